//! What a build for Windows needs besides: it is a cross build with MinGW, as there are no headers or import libraries of
//! Wireshark for Windows to install.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{glib_for_windows, imports};

/// The compiler, whose C library's headers clang reads as well.
const MINGW: &str = "x86_64-w64-mingw32-gcc";

/// What clang must know to lay structures out as Windows does. Wireshark itself is built with Visual C++, whose bit
/// fields MinGW has too (`-mms-bitfields`, its default).
///
/// # Errors
/// When there is no MinGW.
pub fn clang_arguments() -> Result<Vec<String>, String> {
    let mut arguments = ["--target=x86_64-w64-windows-gnu", "-mms-bitfields", "-nostdinc"]
        .map(str::to_owned)
        .to_vec();
    arguments.extend(header_folders()?.iter().map(|folder| format!("-isystem{folder}")));
    Ok(arguments)
}

/// Where MinGW looks for headers: it says so between two lines on standard error.
fn header_folders() -> Result<Vec<String>, String> {
    let shown = Command::new(MINGW)
        .args(["-E", "-v", "-x", "c", "/dev/null", "-o", "/dev/null"])
        .output()
        .map_err(|error| {
            format!(
                "starting {MINGW}: {error}. On Debian and Ubuntu: apt-get install gcc-mingw-w64-x86-64-win32"
            )
        })?;
    let shown = String::from_utf8_lossy(&shown.stderr).into_owned();
    let folders: Vec<_> = shown
        .lines()
        .skip_while(|line| !line.starts_with("#include <...>"))
        .skip(1)
        .take_while(|line| line.starts_with(' '))
        .map(|line| line.trim().to_owned())
        .collect();
    if folders.is_empty() {
        return Err(format!(
            "`{MINGW} -v` does not say where its headers are:\n{shown}"
        ));
    }
    Ok(folders)
}

/// Puts GLib's headers for Windows before those that are there.
///
/// # Errors
/// As for [`glib_for_windows::write`].
pub fn adapt(includes: &mut Vec<PathBuf>, out: &Path) -> Result<(), String> {
    let folder = out.join("glib-for-windows");
    glib_for_windows::write(includes, &folder)?;
    includes.insert(0, folder);
    Ok(())
}

/// Writes `imports.rs`: from which DLL what the bindings and the shim's objects need comes.
///
/// # Errors
/// When a file cannot be read or written, or a library is missing.
pub fn imports(bindings: &Path, objects: &[PathBuf], out: &Path) -> Result<(), String> {
    let mut names: BTreeSet<_> = imports::undefined_in(objects)?;
    let bindings =
        fs::read_to_string(bindings).map_err(|error| format!("{}: {error}", bindings.display()))?;
    names.extend(imports::declared_in(&bindings));
    let path = out.join("imports.rs");
    fs::write(&path, imports::source(&names, &libraries()?)?)
        .map_err(|error| format!("{}: {error}", path.display()))
}

fn libraries() -> Result<PathBuf, String> {
    println!("cargo::rerun-if-env-changed=WIRESHARK_LIBRARY_DIR");
    if let Some(folder) = env::var_os("WIRESHARK_LIBRARY_DIR") {
        return Ok(folder.into());
    }
    pkg_config::get_variable("wireshark", "libdir")
        .map(PathBuf::from)
        .map_err(|error| format!("pkg-config does not say where Wireshark's libraries are: {error}"))
}
