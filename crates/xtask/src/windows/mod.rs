//! The plugin for Windows, built and tried without a Windows: cross-built with MinGW, run under wine.
//!
//! There is no Wireshark for Windows here. [`dll`] holds the DLL's imports against what Wireshark's Linux libraries export,
//! and [`stage`] lets it register and dissect in front of stand-ins for Wireshark's DLLs.

pub mod build;
pub mod dll;
pub mod rehearsal;
pub mod stage;
mod toolchain;
mod wine;

/// What rustc calls the system.
pub const TRIPLE: &str = "x86_64-pc-windows-gnu";

/// What must be installed besides, by Debian's names.
pub const PACKAGES: &[&str] = &[
    "gcc-mingw-w64-x86-64-win32", // compiles the C shim and links
    "wine64",                     // runs what was built
];
