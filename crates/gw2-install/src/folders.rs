use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};

use crate::Program;

/// What the plugin's file is called: on Windows, on Linux, on macOS.
pub const PLUGIN_NAMES: [&str; 3] = ["gw2.dll", "libgw2.so", "libgw2.dylib"];

/// A Wireshark's folders on Windows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// Where a user's plugins of all versions are.
    pub personal_plugins: PathBuf,
    /// Where everybody's plugins are.
    pub global_plugins: PathBuf,
    /// Where a user's profiles are.
    pub profiles: PathBuf,
}

impl Folders {
    /// As Wireshark finds them: `WIRESHARK_CONFIG_DIR`, else below the application data.
    ///
    /// # Errors
    /// When Windows does not say where application data is.
    pub fn of(program: &Program) -> Result<Self> {
        let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
        let config = set("WIRESHARK_CONFIG_DIR")
            .or_else(|| set("WIRESHARK_APPDATA"))
            .map(PathBuf::from)
            .or_else(|| Some(Path::new(&set("APPDATA")?).join("Wireshark")))
            .ok_or_else(|| {
                anyhow!(
                    "the environment variable APPDATA is not set, so there is no personal folder: use -Global"
                )
            })?;
        Ok(Self {
            personal_plugins: config.join("plugins"),
            global_plugins: program.folder.join("plugins"),
            profiles: config.join("profiles"),
        })
    }
}
