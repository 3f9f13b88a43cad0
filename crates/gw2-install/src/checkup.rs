//! Whether the plugin is where Wireshark looks for it, and there alone.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::{Minor, PLUGIN_NAMES, PluginFile};

/// Who uses a plugin folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The user alone.
    Personal,
    /// Everybody.
    Global,
    /// Nobody: Wireshark does not look there, but people do.
    Nobody,
}

/// A folder that plugins of all versions are in, or that people take for one.
#[derive(Clone, Debug)]
pub struct Place {
    /// The folder.
    pub folder: PathBuf,
    /// Who uses it.
    pub reach: Reach,
}

/// Something that is worth knowing. Problems name what, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The plugin is where it belongs.
    Good(String),
    /// Something keeps it from working.
    Problem(String),
}

impl Finding {
    /// Whether it is none to worry about.
    #[must_use]
    pub fn is_good(&self) -> bool {
        matches!(self, Self::Good(_))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Good(text) => write!(f, "ok       {text}"),
            Self::Problem(text) => write!(f, "PROBLEM  {text}"),
        }
    }
}

/// Looks for the plugin in all places. `folder` is what this Wireshark calls the folder of its version: `4.6`, on macOS
/// `4-6`.
#[must_use]
pub fn checkup(version: Minor, folder: &str, places: &[Place]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut loaded = Vec::new();
    for place in places {
        let right = place.folder.join(folder).join("epan");
        for file in plugins_below(&place.folder) {
            let finding = judge(&file, version, place, &right);
            if finding.is_good() {
                loaded.push(file);
            }
            findings.push(finding);
        }
    }
    if loaded.is_empty() {
        let wanted: Vec<_> = places
            .iter()
            .filter(|place| place.reach != Reach::Nobody)
            .map(|place| place.folder.join(folder).join("epan").display().to_string())
            .collect();
        findings.push(Finding::Problem(format!(
            "the plugin is not installed for Wireshark {version}: it belongs into {}",
            wanted.join(" or ")
        )));
    }
    if let [first, others @ ..] = &loaded[..]
        && !others.is_empty()
    {
        let others: Vec<_> = others.iter().map(|file| file.display().to_string()).collect();
        findings.push(Finding::Problem(format!(
            "there are {} copies, and Wireshark can use one: keep {} or another, remove the rest: {}",
            loaded.len(),
            first.display(),
            others.join(", ")
        )));
    }
    findings
}

fn judge(file: &Path, version: Minor, place: &Place, right: &Path) -> Finding {
    let shown = file.display();
    let plugin = match PluginFile::read(file) {
        Ok(plugin) => plugin,
        Err(error) => return Finding::Problem(format!("{error:#}. Install it again")),
    };
    if place.reach == Reach::Nobody {
        return Finding::Problem(format!(
            "{shown} is where Wireshark does not look. Remove it, and install it where Wireshark does"
        ));
    }
    if file.parent() != Some(right) {
        return Finding::Problem(format!(
            "{shown} is not in the folder of Wireshark {version}. If it is for that version, move it to {}",
            right.display()
        ));
    }
    if file.extension().is_some_and(|extension| extension == "dylib") {
        return Finding::Problem(format!(
            "{shown} ends in .dylib, and Wireshark looks for .so on macOS, too: rename it to libgw2.so"
        ));
    }
    if plugin.wants != version {
        return Finding::Problem(format!(
            "{shown} was built for Wireshark {}, and this is {version}. Install the one for {version} over it",
            plugin.wants
        ));
    }
    Finding::Good(format!(
        "{shown}: version {}, for Wireshark {version}",
        plugin.version
    ))
}

/// How deep a plugin is put by mistake: `plugins/4.6/epan/gw2`.
const DEPTH: usize = 3;

/// The files below a folder that could be the plugin, also under another name: all that have `gw2` in it.
fn plugins_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let Ok(listed) = fs::read_dir(&folder) else {
            continue;
        };
        for path in listed.filter_map(|entry| Some(entry.ok()?.path())) {
            if path.is_dir() && depth < DEPTH {
                folders.push((path, depth + 1));
            } else if path.is_file() && looks_like_it(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn looks_like_it(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
        return false;
    };
    let suffix = |name: &str| name.rsplit('.').next().unwrap_or_default().to_lowercase();
    name.to_lowercase().contains("gw2") && PLUGIN_NAMES.iter().any(|known| suffix(known) == suffix(name))
}
