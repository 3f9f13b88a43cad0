//! Building the plugin.

use std::path::PathBuf;

use anyhow::{Result, bail};
use tshark_harness::plugin_file_name;

use crate::shell;
use crate::wiresharks::Target;

/// For what is handed out: without debug information, which is most of the file.
pub const STRIPPED: [&str; 2] = ["--config", "profile.release.strip=\"debuginfo\""];

/// How much the compiler works on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Quick to build, with checks for overflow: for tests.
    Dev,
    /// For use.
    Release,
}

/// Builds the wrapper's example, which its tests load, and says where it is.
pub fn build_probe(target: &Target) -> Result<PathBuf> {
    shell::run(
        target
            .cargo()
            .args(["build", "--package", "wireshark-ffi", "--example", "probe"]),
    )?;
    Ok(target.target_folder()?.join("debug/examples/libprobe.so"))
}

/// Builds the plugin for a Wireshark, and says where it is.
pub fn build(profile: Profile, target: &Target) -> Result<PathBuf> {
    shell::say(format!(
        "building the plugin for Wireshark {}",
        target.wireshark.version()
    ));
    let mut cargo = target.cargo();
    cargo.args(["build", "--package", "gw2-dissector"]);
    let folder = match profile {
        Profile::Dev => "debug",
        Profile::Release => {
            cargo.arg("--release").args(STRIPPED);
            "release"
        }
    };
    shell::run(&mut cargo)?;
    let plugin = target.target_folder()?.join(folder).join(plugin_file_name());
    if !plugin.is_file() {
        bail!(
            "cargo built the plugin, but there is no {}; does a cargo config set build.target?",
            plugin.display()
        );
    }
    Ok(plugin)
}
