//! A Rust that builds for Windows: rustup's, or where rustup has none to offer, Debian's.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::TRIPLE;
use crate::{packages, shell};

/// Debian's newest compiler, with the sources of the standard library, which is then built along.
const DEBIAN: &[&str] = &["rustc-web", "rust-web-src"];

/// Where the standard library for Windows comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Toolchain {
    /// It is beside the compiler that is used anyway.
    Here,
    /// Debian's compiler builds it from its sources.
    Debian,
}

impl Toolchain {
    /// Finds one, or installs what is missing.
    pub fn ensure(agreed: bool) -> Result<Self> {
        if is_here()? {
            return Ok(Self::Here);
        }
        let mut rustup = Command::new("rustup");
        rustup.args(["target", "add", TRIPLE]);
        match shell::run(&mut rustup) {
            Ok(()) if is_here()? => return Ok(Self::Here),
            Ok(()) => shell::say("rustup's compiler is not the one that cargo uses here"),
            Err(error) => shell::say(format!("{error:#}")),
        }
        shell::say("so Debian's compiler builds the standard library for Windows");
        packages::ensure_also(agreed, DEBIAN).with_context(|| {
            format!("there is no standard library for {TRIPLE}; `rustup target add {TRIPLE}` installs one")
        })?;
        Ok(Self::Debian)
    }

    /// Tells cargo.
    pub fn configure(self, cargo: &mut Command) {
        cargo.args(["--target", TRIPLE]);
        if self == Self::Debian {
            cargo
                .env("RUSTC", "/usr/bin/rustc")
                .env("RUSTDOC", "/usr/bin/rustdoc")
                // Building the standard library is not stable yet.
                .env("RUSTC_BOOTSTRAP", "1")
                .arg("-Zbuild-std=std,panic_unwind");
        }
    }
}

fn is_here() -> Result<bool> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(&rustc)
        .args(["--print", "sysroot"])
        .current_dir(crate::project::root())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("starting `{}`", Path::new(&rustc).display()))?;
    if !output.status.success() {
        bail!("`rustc --print sysroot` failed ({})", output.status);
    }
    let sysroot = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    Ok(sysroot.join("lib/rustlib").join(TRIPLE).is_dir())
}
