//! Where things are in this repository, and its cargo.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow};

/// The repository's root.
pub fn root() -> PathBuf {
    // What `cargo run` says now, not what the build was told: two clones may share a target directory.
    let here = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let here = Path::new(&here);
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// A cargo command in the repository, run by the cargo that runs us.
pub fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// Where cargo puts what it builds.
pub fn target() -> Result<PathBuf> {
    let output = cargo()
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .output()
        .context("running `cargo metadata`")?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).with_context(|| {
        format!(
            "reading `cargo metadata`; it said:\n{}",
            String::from_utf8_lossy(&output.stderr).trim_end()
        )
    })?;
    metadata["target_directory"]
        .as_str()
        .map(PathBuf::from)
        .ok_or_else(|| anyhow!("`cargo metadata` names no target directory"))
}
