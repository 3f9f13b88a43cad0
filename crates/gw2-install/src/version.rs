use std::fmt;
use std::str::FromStr;

use anyhow::{Error, bail};

/// What a plugin is built for: major and minor version. Patch releases of one minor version take the same plugins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Minor {
    /// 4 in 4.6
    pub major: u16,
    /// 6 in 4.6
    pub minor: u16,
}

impl fmt::Display for Minor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for Minor {
    type Err = Error;

    /// Also with a dash, as macOS has it in the names of folders.
    fn from_str(text: &str) -> Result<Self, Error> {
        let numbers: Vec<_> = text.split(['.', '-']).map(str::parse).collect();
        match numbers[..] {
            [Ok(major), Ok(minor)] => Ok(Self { major, minor }),
            _ => bail!("`{text}` is no version; one looks like 4.6"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_of_all_systems_are_read() {
        let version = Minor { major: 4, minor: 6 };
        assert_eq!("4.6".parse::<Minor>().unwrap(), version);
        assert_eq!("4-6".parse::<Minor>().unwrap(), version);
        for bad in ["4", "4.6.1", "epan", "4.x", ""] {
            assert!(bad.parse::<Minor>().is_err(), "{bad}");
        }
    }
}
