//! Where Wireshark's headers are, and which version they are of.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The oldest version whose API this crate is written for.
const OLDEST: (u32, u32) = (4, 0);

const INSTALL: &str = "On Debian and Ubuntu: apt-get install libwireshark-dev libglib2.0-dev pkg-config libclang-dev\n\
    On Fedora: dnf install wireshark-devel glib2-devel pkgconf clang-devel\n\
    On macOS: brew install wireshark glib pkg-config llvm\n\
    Or set WIRESHARK_INCLUDE_DIR (and WIRESHARK_VERSION) to the headers of the Wireshark to build for.";

/// A Wireshark to build for.
pub struct Wireshark {
    /// Folders for `-I`: Wireshark's and GLib's.
    pub includes: Vec<PathBuf>,
    /// Major, minor, micro.
    pub version: (u32, u32, u32),
}

impl Wireshark {
    /// Finds it as the environment says.
    pub fn locate() -> Result<Self, String> {
        for variable in ["WIRESHARK_INCLUDE_DIR", "WIRESHARK_VERSION", "PKG_CONFIG_PATH"] {
            println!("cargo::rerun-if-env-changed={variable}");
        }
        let includes = match env::var_os("WIRESHARK_INCLUDE_DIR") {
            Some(given) => given_folders(env::split_paths(&given).collect())?,
            None => pkg_config_folders("wireshark")?,
        };
        let header = find(&includes, "ws_version.h")
            .ok_or_else(|| format!("ws_version.h is in none of {includes:?}.\n{INSTALL}"))?;
        println!("cargo::rerun-if-changed={}", header.display());
        let version = match env::var("WIRESHARK_VERSION") {
            Ok(text) => parse_version(&text)?,
            Err(_) => header_version(&header)?,
        };
        if (version.0, version.1) < OLDEST {
            return Err(format!(
                "Wireshark {}.{}.{} is too old: {}.{} or newer is needed.",
                version.0, version.1, version.2, OLDEST.0, OLDEST.1
            ));
        }
        Ok(Self { includes, version })
    }

    /// As people write it.
    pub fn version_string(&self) -> String {
        format!("{}.{}.{}", self.version.0, self.version.1, self.version.2)
    }
}

fn given_folders(mut folders: Vec<PathBuf>) -> Result<Vec<PathBuf>, String> {
    if find(&folders, "glib.h").is_none() {
        folders.extend(pkg_config_folders("glib-2.0")?);
    }
    Ok(folders)
}

fn pkg_config_folders(package: &str) -> Result<Vec<PathBuf>, String> {
    pkg_config::Config::new()
        .cargo_metadata(false)
        .env_metadata(true)
        // The compiler knows them; when building for another system they are the wrong ones.
        .print_system_cflags(false)
        .probe(package)
        .map(|library| library.include_paths)
        .map_err(|error| format!("pkg-config does not find {package}.\n{INSTALL}\n({error})"))
}

fn find(folders: &[PathBuf], file: &str) -> Option<PathBuf> {
    folders
        .iter()
        .map(|folder| folder.join(file))
        .find(|path| path.is_file())
}

fn header_version(header: &Path) -> Result<(u32, u32, u32), String> {
    let text = fs::read_to_string(header).map_err(|error| format!("{}: {error}", header.display()))?;
    let number = |name: &str| {
        text.lines()
            .filter_map(|line| line.trim().strip_prefix("#define"))
            .filter_map(|line| line.trim().strip_prefix(name))
            .find_map(|value| value.trim().parse().ok())
            .ok_or_else(|| format!("{}: no {name}", header.display()))
    };
    Ok((
        number("WIRESHARK_VERSION_MAJOR")?,
        number("WIRESHARK_VERSION_MINOR")?,
        number("WIRESHARK_VERSION_MICRO")?,
    ))
}

fn parse_version(text: &str) -> Result<(u32, u32, u32), String> {
    let mut parts = text.trim().split('.').map(str::parse);
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(Ok(major)), Some(Ok(minor)), None, None) => Ok((major, minor, 0)),
        (Some(Ok(major)), Some(Ok(minor)), Some(Ok(micro)), None) => Ok((major, minor, micro)),
        _ => Err(format!(
            "WIRESHARK_VERSION is {text:?}: expected something like 4.4.18"
        )),
    }
}
