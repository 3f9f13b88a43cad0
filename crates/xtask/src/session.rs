//! A sample session: what the simulator writes when it plays a login, a portal and a game server.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use tshark_harness::Tshark;

use crate::{project, shell};

/// A capture and the keys that decrypt it.
pub struct Session {
    pub capture: PathBuf,
    pub keys: PathBuf,
}

impl Session {
    /// The session that `cargo xtask demo` shows, written to a folder.
    pub fn write(folder: PathBuf) -> Result<Self> {
        shell::say(format!("writing a sample session to {}", folder.display()));
        simulate(&["demo"], &folder)?;
        Ok(Self::in_folder(folder, "demo"))
    }

    /// One of the simulator's scenarios.
    pub fn scenario(name: &str, folder: PathBuf) -> Result<Self> {
        simulate(&["scenario", name], &folder)?;
        Ok(Self::in_folder(folder, name))
    }

    fn in_folder(folder: PathBuf, name: &str) -> Self {
        Self {
            capture: folder.join(format!("{name}.pcapng")),
            keys: folder.join(format!("{name}.keys")),
        }
    }

    /// What Wireshark and tshark must be told to open it.
    pub fn options(&self) -> [String; 4] {
        [
            "-r".to_owned(),
            self.capture.display().to_string(),
            "-o".to_owned(),
            format!("gw2.keylog_file:{}", self.keys.display()),
        ]
    }

    /// What tshark prints of it.
    pub fn tshark(&self, tshark: &Tshark, arguments: &[&str]) -> Result<String> {
        let mut command = tshark.command();
        command.args(self.options()).args(arguments);
        let finished = tshark_harness::run(&mut command, Duration::from_secs(60))?.success()?;
        eprint!("{}", finished.stderr);
        Ok(finished.stdout)
    }
}

fn simulate(what: &[&str], folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("making the folder {}", folder.display()))?;
    let mut simulator = project::cargo();
    simulator
        .args(["run", "--quiet", "--release", "--package", "gw2-sim", "--"])
        .args(what)
        .arg("--out")
        .arg(folder);
    shell::run(&mut simulator)
}
