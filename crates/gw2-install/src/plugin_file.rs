use std::fs;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use object::{File, Object, ObjectSegment};

use crate::Minor;

/// What a plugin's file says of itself, whatever system it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PluginFile {
    /// The plugin's own version.
    pub version: String,
    /// The Wireshark that it was built for.
    pub wants: Minor,
}

impl PluginFile {
    /// Reads the symbols that Wireshark reads.
    ///
    /// # Errors
    /// When the file cannot be read, or is no Wireshark plugin.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
        Self::parse(&bytes).with_context(|| format!("{} is no Wireshark plugin", path.display()))
    }

    fn parse(bytes: &[u8]) -> Result<Self> {
        let file = File::parse(bytes)?;
        let number = |name: &str| -> Result<u16> {
            let data = data_of(&file, name)?;
            let word = data
                .first_chunk()
                .ok_or_else(|| anyhow!("`{name}` is cut short"))?;
            Ok(u16::try_from(u32::from_le_bytes(*word))?)
        };
        let version = data_of(&file, "plugin_version")?;
        let version = version.split(|byte| *byte == 0).next().unwrap_or_default();
        Ok(Self {
            version: String::from_utf8_lossy(version).into_owned(),
            wants: Minor {
                major: number("plugin_want_major")?,
                minor: number("plugin_want_minor")?,
            },
        })
    }
}

/// What is in the file from a symbol to the end of its segment.
fn data_of<'a>(file: &File<'a>, name: &str) -> Result<&'a [u8]> {
    // Apple's compilers put an underscore before names.
    let is_it = |symbol: &[u8]| symbol.strip_prefix(b"_").unwrap_or(symbol) == name.as_bytes();
    let address = file
        .exports()?
        .iter()
        .find(|export| is_it(export.name()))
        .map(|export| export.address())
        .ok_or_else(|| anyhow!("it has no symbol `{name}`"))?;
    for segment in file.segments() {
        let Some(offset) = address.checked_sub(segment.address()) else {
            continue;
        };
        if let Some(data) = usize::try_from(offset)
            .ok()
            .and_then(|offset| segment.data().ok()?.get(offset..))
            .filter(|data| !data.is_empty())
        {
            return Ok(data);
        }
    }
    bail!("its symbol `{name}` has no value in the file")
}
