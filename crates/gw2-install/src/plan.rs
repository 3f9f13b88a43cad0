//! What will be done, step by step: told first, then done.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::{Minor, PluginFile};

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Copy a file, over what may be there.
    Copy {
        /// The file.
        from: PathBuf,
        /// Its copy.
        to: PathBuf,
    },
    /// Remove a file.
    Remove(PathBuf),
}

/// Steps, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan(Vec<Step>);

impl Plan {
    /// To install the plugin for a Wireshark as the file `to`. `from` is a release archive's folder, with a folder for each
    /// version, or a build's; `name` is what the plugin is called there.
    ///
    /// # Errors
    /// When there is no plugin, or none for this Wireshark.
    pub fn install(from: &Path, name: &str, version: Minor, to: &Path) -> Result<Self> {
        let from = plugin_for(from, name, version)?;
        let wants = PluginFile::read(&from)?.wants;
        if wants != version {
            bail!(
                "{} is for Wireshark {wants}, and yours is {version}; take the one for {version}",
                from.display()
            );
        }
        Ok(Self(vec![Step::Copy {
            from,
            to: to.to_owned(),
        }]))
    }

    /// To remove the plugin.
    ///
    /// # Errors
    /// When it is not there.
    pub fn uninstall(installed: &Path) -> Result<Self> {
        if !installed.is_file() {
            bail!("there is nothing to remove: no {}", installed.display());
        }
        Ok(Self(vec![Step::Remove(installed.to_owned())]))
    }

    /// To copy every profile of `from` into a user's folder of profiles as well.
    ///
    /// # Errors
    /// When `from` holds no profile.
    pub fn and_profiles(mut self, from: &Path, profiles: &Path) -> Result<Self> {
        let before = self.0.len();
        for profile in folders_in(from)? {
            let to = profiles.join(profile.file_name().unwrap_or_default());
            for file in files_in(&profile)? {
                let to = to.join(file.file_name().unwrap_or_default());
                self.0.push(Step::Copy { from: file, to });
            }
        }
        if self.0.len() == before {
            bail!("there is no profile in {}", from.display());
        }
        Ok(self)
    }

    /// The steps.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.0.iter()
    }

    /// Does it, telling each step that is done.
    ///
    /// # Errors
    /// When a file cannot be written or removed: says what to do.
    pub fn carry_out(&self, mut done: impl FnMut(&Step)) -> Result<()> {
        for step in &self.0 {
            step.carry_out()?;
            done(step);
        }
        Ok(())
    }
}

impl Step {
    fn carry_out(&self) -> Result<()> {
        match self {
            Self::Copy { from, to } => copy(from, to).with_context(|| refused("written", to)),
            Self::Remove(file) => fs::remove_file(file).with_context(|| refused("removed", file)),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Copy { from, to } => write!(f, "copy {} to {}", from.display(), to.display()),
            Self::Remove(file) => write!(f, "remove {}", file.display()),
        }
    }
}

fn refused(what: &str, file: &Path) -> String {
    format!(
        "{} cannot be {what}. Close Wireshark and try again; a folder that is everybody's takes an administrator",
        file.display()
    )
}

/// A running Wireshark has the old file mapped: the new one is put in its place instead of being written into it.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    let folder = to.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder)?;
    let fresh = folder.join(format!(
        ".{}.new",
        to.file_name().unwrap_or_default().to_string_lossy()
    ));
    fs::copy(from, &fresh)?;
    fs::rename(&fresh, to).inspect_err(|_| {
        let _best_effort = fs::remove_file(&fresh);
    })
}

fn plugin_for(from: &Path, name: &str, version: Minor) -> Result<PathBuf> {
    let of_version = from.join(version.to_string()).join(name);
    for candidate in [of_version, from.join(name)] {
        if candidate.is_file() {
            return Ok(candidate);
        }
    }
    let mut built: Vec<_> = folders_in(from)?
        .into_iter()
        .filter(|folder| folder.join(name).is_file())
        .filter_map(|folder| folder.file_name()?.to_str()?.parse::<Minor>().ok())
        .collect();
    built.sort_unstable();
    if built.is_empty() {
        bail!(
            "there is no {name} in {}; unpack the release archive whole, or name its folder with -From",
            from.display()
        );
    }
    let built: Vec<_> = built.iter().map(Minor::to_string).collect();
    bail!(
        "your Wireshark is {version}, and {} has the plugin for {}; get a release that has it for {version}, or \
         install one of these versions of Wireshark",
        from.display(),
        built.join(", ")
    )
}

fn folders_in(folder: &Path) -> Result<Vec<PathBuf>> {
    entries(folder, Path::is_dir)
}

fn files_in(folder: &Path) -> Result<Vec<PathBuf>> {
    entries(folder, Path::is_file)
}

fn entries(folder: &Path, wanted: fn(&Path) -> bool) -> Result<Vec<PathBuf>> {
    let listed =
        fs::read_dir(folder).with_context(|| format!("looking into the folder {}", folder.display()))?;
    let mut found = listed
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<Vec<_>>>()?;
    found.retain(|path| wanted(path));
    found.sort();
    Ok(found)
}
