//! `cargo xtask schema import`

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use gw2_protocol::Table;
use gw2_protocol::schema::print_table;

use crate::schema::import::{Wanted, import};
use crate::schema::library::Library;
use crate::schema::message;

/// Options of `cargo xtask schema import`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The dump
    #[arg(value_name = "FILE")]
    dump: PathBuf,
    /// The set's name [default: the build]
    #[arg(long, value_name = "NAME")]
    set: Option<String>,
    /// The client build that the dump is of [default: what the dump says]
    #[arg(long, value_name = "NUMBER")]
    build: Option<u32>,
    /// Whose opcodes these are: c2gs, gs2c, c2ls or ls2c [default: what the dump or its name says]
    #[arg(long, value_name = "TAG", value_parser = super::table)]
    table: Option<Table>,
    /// The opcode of a dump of one message that does not say it
    #[arg(long, value_name = "OPCODE", value_parser = message::opcode)]
    opcode: Option<u16>,
    /// Write the schema file here [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// The schema file, if it is not to go to a file; says on standard error what it could not know.
pub fn run(arguments: &Arguments) -> Result<String> {
    let dump = &arguments.dump;
    let text = fs::read_to_string(dump).with_context(|| format!("reading the dump {}", dump.display()))?;
    let name = dump.file_name().unwrap_or_default().to_string_lossy();
    let wanted = Wanted {
        set: arguments.set.clone(),
        build: arguments.build,
        table: arguments.table,
        opcode: arguments.opcode,
    };
    let imported = import(&name, &text, &wanted).with_context(|| format!("importing {}", dump.display()))?;
    for warning in &imported.warnings {
        eprintln!("{}: {warning}", dump.display());
    }
    let file = &imported.file;
    if file.build.is_none() && Library::load(&[]).catalog.select(None, Some(&file.set)).is_none() {
        eprintln!(
            "the set {:?} is new: one of its files needs the client build; add --build NUMBER",
            file.set
        );
    }
    eprintln!(
        "{}: {}; {}, {}",
        dump.display(),
        imported.form,
        super::counted(file.messages.len(), "message"),
        super::counted(imported.warnings.len(), "warning")
    );
    let text = print_table(file);
    let Some(out) = &arguments.out else {
        return Ok(text);
    };
    fs::write(out, text).with_context(|| format!("writing {}", out.display()))?;
    Ok(String::new())
}
