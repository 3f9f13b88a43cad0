//! The captures, written once.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::{project, shell};

/// A capture of the simulator's, and its key log.
pub struct Load {
    pub capture: PathBuf,
    pub keys: PathBuf,
    pub packets: u64,
    /// Bytes of game messages.
    pub plaintext: u64,
}

impl Load {
    /// The capture of so many millions of bytes; written when it is not there.
    pub fn of(megabytes: u64) -> Result<Self> {
        let folder = project::target()?.join(format!("bench/{megabytes}"));
        let said = folder.join("load.txt");
        if !said.is_file() {
            shell::say(format!("writing {megabytes} MB to {}", folder.display()));
            let mut simulator = project::cargo();
            simulator
                .args([
                    "run",
                    "--quiet",
                    "--release",
                    "--package",
                    "gw2-sim",
                    "--",
                    "load",
                ])
                .args(["--megabytes", &megabytes.to_string(), "--out"])
                .arg(&folder);
            let output = simulator.output().context("running gw2-sim")?;
            if !output.status.success() {
                bail!("gw2-sim fails: {}", String::from_utf8_lossy(&output.stderr));
            }
            // Last, so that a capture that was not finished is written anew.
            fs::write(&said, output.stdout).with_context(|| format!("writing {}", said.display()))?;
        }
        let text = fs::read_to_string(&said).with_context(|| format!("reading {}", said.display()))?;
        let number = |unit: &str| {
            let line = text.lines().find_map(|line| line.strip_suffix(unit));
            let number = line.and_then(|line| line.rsplit(' ').next()?.parse().ok());
            number.with_context(|| format!("{} does not say how many{unit}; delete it", said.display()))
        };
        Ok(Self {
            capture: folder.join("load.pcapng"),
            keys: folder.join("load.keys"),
            packets: number(" packets")?,
            plaintext: number(" bytes of plaintext")?,
        })
    }
}
