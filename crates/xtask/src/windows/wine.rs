//! wine, with a home of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, anyhow};
use tshark_harness::Finished;

use crate::project;

/// How long a run may take; the first one sets wine up.
const LIMIT: Duration = Duration::from_secs(180);

/// A wine that shares nothing with the user's.
pub struct Wine {
    program: PathBuf,
    prefix: PathBuf,
}

impl Wine {
    /// Debian's is not on the path. `prefix` is where its files are; every user of a prefix sees the others' registry.
    pub fn with_prefix(name: &str) -> Result<Self> {
        let program = ["/usr/lib/wine/wine64", "/usr/bin/wine64", "/usr/bin/wine"]
            .map(PathBuf::from)
            .into_iter()
            .find(|path| path.exists())
            .ok_or_else(|| anyhow!("there is no wine here. On Debian: apt-get install wine64"))?;
        Ok(Self {
            program,
            prefix: project::target()?.join("wine").join(name),
        })
    }

    /// A command that runs a program in its own folder, ready for arguments.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(&self.program);
        if let Some(folder) = program.parent().filter(|folder| folder.is_dir()) {
            command.current_dir(folder);
        }
        command
            .arg(program)
            .env("WINEPREFIX", &self.prefix)
            .env("WINEDEBUG", "-all")
            .env_remove("DISPLAY");
        command
    }

    /// Runs a command to its end.
    pub fn finish(&self, command: &mut Command) -> Result<Finished> {
        std::fs::create_dir_all(&self.prefix)?;
        tshark_harness::run(command, LIMIT)
    }
}
