use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Error, Result, anyhow, bail};

use crate::run;

/// The variable that names another tshark than the one on the path.
const TSHARK_VARIABLE: &str = "GW2_TSHARK";

/// A Wireshark version. A plugin loads only where major and minor equal those it was built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// 4 in 4.0.17
    pub major: u16,
    /// 0 in 4.0.17
    pub minor: u16,
    /// 17 in 4.0.17
    pub micro: u16,
}

impl Version {
    /// The part that names plugin folders, `4.0` in 4.0.17. macOS builds use a dash.
    #[must_use]
    pub fn folder(self) -> String {
        let separator = if cfg!(target_os = "macos") { '-' } else { '.' };
        format!("{}{separator}{}", self.major, self.minor)
    }

    /// Whether a plugin built for `other` loads in this version.
    #[must_use]
    pub fn loads_plugins_of(self, other: Self) -> bool {
        (self.major, self.minor) == (other.major, other.minor)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.micro)
    }
}

impl FromStr for Version {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let mut numbers = text.trim().split('.').map(str::parse::<u16>);
        let mut next = || numbers.next().transpose().ok().flatten();
        match (next(), next()) {
            (Some(major), Some(minor)) => Ok(Self {
                major,
                minor,
                micro: next().unwrap_or(0),
            }),
            _ => bail!("`{text}` is no Wireshark version; one looks like 4.0.17"),
        }
    }
}

/// An installed Wireshark, by its tshark.
#[derive(Clone, Debug)]
pub struct Wireshark {
    tshark: PathBuf,
    version: Version,
}

impl Wireshark {
    /// The tshark that `GW2_TSHARK` names, else the one on the path.
    ///
    /// # Errors
    /// When there is none, or it does not tell its version.
    pub fn find() -> Result<Self> {
        match env::var_os(TSHARK_VARIABLE) {
            Some(path) => Self::at(Path::new(&path)).with_context(|| {
                format!("{TSHARK_VARIABLE} is set: unset it to take the tshark on the path")
            }),
            None => Self::at(Path::new("tshark")),
        }
    }

    /// The Wireshark whose tshark is at `tshark`.
    ///
    /// # Errors
    /// When it cannot be run, or does not tell its version.
    pub fn at(tshark: &Path) -> Result<Self> {
        let output = run(Command::new(tshark).arg("--version"), Duration::from_secs(60))
            .and_then(crate::Finished::success)
            .with_context(|| {
                format!(
                    "`{} --version` failed. On Debian: apt-get install tshark",
                    tshark.display()
                )
            })?;
        let version = output
            .lines()
            .next()
            .and_then(|line| {
                line.split_whitespace()
                    .find(|word| word.starts_with(|c: char| c.is_ascii_digit()))
            })
            .map(|word| word.trim_end_matches('.'))
            .ok_or_else(|| anyhow!("`{} --version` names no version", tshark.display()))?;
        Ok(Self {
            tshark: tshark.to_owned(),
            version: version.parse()?,
        })
    }

    /// Its tshark.
    #[must_use]
    pub fn tshark(&self) -> &Path {
        &self.tshark
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// A program that comes with it: `editcap`, `capinfos`, `mergecap`.
    #[must_use]
    pub fn companion(&self, name: &str) -> PathBuf {
        self.tshark.with_file_name(name)
    }

    /// One of the folders that `tshark -G folders` lists: `Personal Plugins`, `Global Plugins`.
    ///
    /// # Errors
    /// When tshark fails or lists no such folder.
    pub fn folder(&self, name: &str) -> Result<PathBuf> {
        let output = run(
            Command::new(&self.tshark).args(["-G", "folders"]),
            Duration::from_secs(60),
        )?
        .success()?;
        output
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(key, _)| key.trim() == name)
            .map(|(_, folder)| PathBuf::from(folder.trim()))
            .ok_or_else(|| anyhow!("`{} -G folders` lists no `{name}`", self.tshark.display()))
    }
}

/// What the plugin's file is called where Wireshark looks for it: on macOS, too, Wireshark takes names in `.so` only.
#[must_use]
pub fn installed_file_name() -> &'static str {
    if cfg!(windows) { "gw2.dll" } else { "libgw2.so" }
}

/// What the plugin's file is called as cargo builds it on this system.
#[must_use]
pub fn plugin_file_name() -> &'static str {
    if cfg!(windows) {
        "gw2.dll"
    } else if cfg!(target_os = "macos") {
        "libgw2.dylib"
    } else {
        "libgw2.so"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_compared_by_major_and_minor() {
        let version: Version = "4.0.17".parse().unwrap();
        assert_eq!(
            version,
            Version {
                major: 4,
                minor: 0,
                micro: 17
            }
        );
        assert_eq!(version.to_string(), "4.0.17");
        assert!(version.loads_plugins_of("4.0".parse().unwrap()));
        assert!(!version.loads_plugins_of("4.4.17".parse().unwrap()));
        assert!("four".parse::<Version>().is_err());
        assert!("4".parse::<Version>().is_err());
    }
}
