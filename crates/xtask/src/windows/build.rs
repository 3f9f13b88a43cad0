//! Building for Windows.

use std::path::PathBuf;

use anyhow::{Result, bail};

use super::toolchain::Toolchain;
use super::{PACKAGES, TRIPLE, dll};
use crate::plugin::STRIPPED;
use crate::wiresharks::Target;
use crate::{packages, project, shell};

/// What builds for Windows, once it is there.
#[derive(Clone, Copy, Debug)]
pub struct Builder(Toolchain);

impl Builder {
    /// Installs what is missing.
    pub fn ensure(agreed: bool) -> Result<Self> {
        packages::ensure_also(agreed, PACKAGES)?;
        Ok(Self(Toolchain::ensure(agreed)?))
    }

    /// Builds the plugin for a Wireshark, looks whether that Wireshark can load it, and says where it is.
    pub fn plugin(self, target: &Target) -> Result<PathBuf> {
        shell::say(format!(
            "building gw2.dll for Wireshark {}",
            target.wireshark.version()
        ));
        let mut cargo = target.cross_cargo()?;
        cargo.args(["build", "--release", "--package", "gw2-dissector"]);
        cargo.args(STRIPPED);
        self.0.configure(&mut cargo);
        shell::run(&mut cargo)?;
        let plugin = built(target.target_folder()?, "gw2.dll")?;
        dll::check(&plugin, target)?;
        Ok(plugin)
    }

    /// Builds `gw2-install.exe`, the same for all versions, and says where it is.
    pub fn installer(self) -> Result<PathBuf> {
        shell::say("building gw2-install.exe");
        let mut cargo = project::cargo();
        cargo.args(["build", "--release", "--package", "gw2-install"]);
        cargo.args(STRIPPED);
        self.0.configure(&mut cargo);
        shell::run(&mut cargo)?;
        built(project::target()?, "gw2-install.exe")
    }
}

fn built(target: PathBuf, name: &str) -> Result<PathBuf> {
    let file = target.join(TRIPLE).join("release").join(name);
    if !file.is_file() {
        bail!("cargo built {name}, but there is no {}", file.display());
    }
    Ok(file)
}
