//! `cargo xtask schema coverage`

use std::fs;

use anyhow::{Context, Result};

use crate::project;
use crate::schema::coverage;
use crate::schema::library::Library;

/// Options of `cargo xtask schema coverage`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Write docs/coverage.md anew
    #[arg(long)]
    write: bool,
}

/// The page, if it is not to be written.
pub fn run(arguments: &Arguments) -> Result<String> {
    let page = coverage::page(&Library::load(&[]));
    if !arguments.write {
        return Ok(page);
    }
    let path = project::root().join(coverage::PAGE);
    fs::write(&path, page).with_context(|| format!("writing {}", path.display()))?;
    Ok(String::new())
}
