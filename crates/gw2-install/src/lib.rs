//! Where the plugin belongs, and what to say when it is not there.
//!
//! On Windows the program `gw2-install.exe` of the release archive uses this, `install.ps1` in front of it; elsewhere
//! `cargo xtask install` and `cargo xtask doctor` do. Nothing here runs Wireshark.

mod checkup;
mod folders;
mod plan;
mod plugin_file;
mod program;
mod version;

pub use checkup::{Finding, Place, Reach, checkup};
pub use folders::{Folders, PLUGIN_NAMES};
pub use plan::{Plan, Step};
pub use plugin_file::PluginFile;
pub use program::Program;
pub use version::Minor;
