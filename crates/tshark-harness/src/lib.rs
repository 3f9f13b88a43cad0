//! Runs tshark with a plugin that was just built.
//!
//! Two things make that less simple than it sounds. tshark started as root, or with group root, ignores every
//! plugin folder but the system's own, so as root it runs under another identity ([`Identity`]). And the user's
//! preferences, profiles and installed plugins must not leak into a test, so each [`Tshark`] has a home of its own.
//!
//! `cargo xtask demo` and the end-to-end tests share this crate.

mod identity;
mod process;
mod tshark;
mod wireshark;

pub use identity::Identity;
pub use process::{Finished, run};
pub use tshark::Tshark;
pub use wireshark::{Version, Wireshark, installed_file_name, plugin_file_name};
