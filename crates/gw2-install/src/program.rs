//! An installed Wireshark on Windows.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use object::LittleEndian;
use object::read::pe::{PeFile64, ResourceDirectory, ResourceDirectoryEntryData, ResourceNameOrId};

use crate::Minor;

/// The programs that tell Wireshark's version, the better known first.
const NAMES: [&str; 2] = ["Wireshark.exe", "tshark.exe"];

/// An installed Wireshark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The folder that holds its programs.
    pub folder: PathBuf,
    /// Its version.
    pub version: Minor,
}

impl Program {
    /// The Wireshark in a folder.
    ///
    /// # Errors
    /// When there is none, or it does not tell its version.
    pub fn in_folder(folder: &Path) -> Result<Self> {
        let program = programs(folder).next().ok_or_else(|| {
            anyhow!(
                "there is no Wireshark.exe or tshark.exe in {}; name the folder that holds one with -WiresharkFolder",
                folder.display()
            )
        })?;
        let bytes = fs::read(&program).with_context(|| format!("reading {}", program.display()))?;
        let version = file_version(&bytes).with_context(|| {
            format!(
                "{} does not tell its version; install Wireshark again",
                program.display()
            )
        })?;
        Ok(Self {
            folder: folder.to_owned(),
            version,
        })
    }

    /// The installed Wireshark: as its installer left word in the registry, else on the path.
    ///
    /// # Errors
    /// When there is none.
    pub fn find() -> Result<Self> {
        let path = env::var_os("PATH").unwrap_or_default();
        let on_path = env::split_paths(&path);
        let found = registered()
            .into_iter()
            .chain(on_path)
            .find(|folder| programs(folder).next().is_some());
        match found {
            Some(folder) => Self::in_folder(&folder),
            None => bail!(
                "Wireshark was found neither in the registry nor on the path; name its folder: \
                 -WiresharkFolder \"C:\\Program Files\\Wireshark\""
            ),
        }
    }
}

fn programs(folder: &Path) -> impl Iterator<Item = PathBuf> {
    NAMES
        .map(|name| folder.join(name))
        .into_iter()
        .filter(|path| path.is_file())
}

/// The folders of the Wireshark programs that Windows knows.
#[cfg(windows)]
fn registered() -> Vec<PathBuf> {
    use windows_registry::{CURRENT_USER, LOCAL_MACHINE};
    const KEYS: [&str; 2] = [
        r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\Wireshark.exe",
        r"SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\App Paths\Wireshark.exe",
    ];
    let program = |key| {
        [LOCAL_MACHINE, CURRENT_USER]
            .into_iter()
            .find_map(|root| root.open(key).ok()?.get_string("").ok())
    };
    KEYS.into_iter()
        .filter_map(program)
        .filter_map(|program| Some(Path::new(program.trim_matches('"')).parent()?.to_owned()))
        .collect()
}

#[cfg(not(windows))]
fn registered() -> Vec<PathBuf> {
    Vec::new()
}

/// The type of a version among the resources of a program.
const RT_VERSION: u16 = 16;
/// What `VS_FIXEDFILEINFO` begins with.
const SIGNATURE: [u8; 4] = 0xfeef_04bd_u32.to_le_bytes();

/// Major and minor of the file version that Windows shows as a program's property.
fn file_version(bytes: &[u8]) -> Result<Minor> {
    let program = PeFile64::parse(bytes)?;
    let sections = program.section_table();
    let resources = program
        .data_directories()
        .resource_directory(bytes, &sections)?
        .ok_or_else(|| anyhow!("it has no resources"))?;
    let place = version_place(resources)?.ok_or_else(|| anyhow!("it has no version among its resources"))?;
    let info = sections
        .pe_data_at(bytes, place)
        .ok_or_else(|| anyhow!("its version is beyond its end"))?;
    // The structure stands behind a header of variable length; its first words are the signature, its own version, and
    // minor and major of the file version.
    let at = info
        .windows(SIGNATURE.len())
        .position(|window| window == SIGNATURE)
        .ok_or_else(|| anyhow!("its version is empty"))?;
    let half = |offset: usize| -> Result<u16> {
        let bytes = info.get(at + offset..).and_then(|rest| rest.first_chunk());
        Ok(u16::from_le_bytes(
            *bytes.ok_or_else(|| anyhow!("its version is cut short"))?,
        ))
    };
    Ok(Minor {
        minor: half(8)?,
        major: half(10)?,
    })
}

/// Where in the running program the version is: of whatever name and language comes first.
fn version_place(resources: ResourceDirectory<'_>) -> Result<Option<u32>> {
    let root = resources.root()?;
    let Some(mut entry) = root
        .entries
        .iter()
        .find(|entry| matches!(entry.name_or_id(), ResourceNameOrId::Id(RT_VERSION)))
    else {
        return Ok(None);
    };
    loop {
        match entry.data(resources)? {
            ResourceDirectoryEntryData::Table(table) => match table.entries.first() {
                Some(first) => entry = first,
                None => return Ok(None),
            },
            ResourceDirectoryEntryData::Data(data) => return Ok(Some(data.offset_to_data.get(LittleEndian))),
        }
    }
}
