//! `cargo xtask install`

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tshark_harness::{Wireshark, plugin_file_name};

use crate::plugin::{self, Profile};
use crate::wiresharks::Target;
use crate::{packages, shell};

/// Options of `cargo xtask install`.
#[derive(clap::Args)]
pub struct Arguments {
    /// To your personal plugin folder, even as root
    #[arg(long, conflicts_with = "dir")]
    user: bool,
    /// To this folder, which stands for Wireshark's own `plugins/X.Y/epan`
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Remove the plugin instead
    #[arg(long)]
    uninstall: bool,
    /// Install missing packages with sudo without asking
    #[arg(long, short)]
    yes: bool,
}

/// Builds the plugin and copies it, or removes it.
pub fn run(arguments: &Arguments) -> Result<()> {
    if arguments.uninstall {
        return uninstall(&folder(arguments)?);
    }
    packages::ensure(arguments.yes)?;
    let folder = folder(arguments)?;
    let built = plugin::build(Profile::Release, &Target::installed()?)?;
    copy(&built, &folder)?;
    if arguments.dir.is_none() {
        check()?;
    }
    Ok(())
}

fn folder(arguments: &Arguments) -> Result<PathBuf> {
    if let Some(folder) = &arguments.dir {
        return Ok(folder.clone());
    }
    let wireshark = Wireshark::find()?;
    let name = if arguments.user || !is_root()? {
        "Personal Plugins"
    } else {
        "Global Plugins"
    };
    Ok(wireshark.folder(name)?.join("epan"))
}

fn is_root() -> Result<bool> {
    if !cfg!(unix) {
        return Ok(false);
    }
    let id = std::process::Command::new("id")
        .arg("-u")
        .output()
        .context("running `id`")?;
    Ok(id.stdout.trim_ascii() == b"0")
}

fn copy(built: &Path, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).with_context(|| {
        format!(
            "making the folder {}; choose another with --dir",
            folder.display()
        )
    })?;
    let installed = folder.join(plugin_file_name());
    // A running Wireshark has the old file mapped: put the new one in its place instead of writing into it.
    let fresh = folder.join(format!(".{}.new", plugin_file_name()));
    fs::copy(built, &fresh)
        .and_then(|_| fs::rename(&fresh, &installed))
        .with_context(|| {
            format!(
                "writing {}; choose another folder with --dir",
                installed.display()
            )
        })?;
    println!("Installed {}", installed.display());
    println!("Restart Wireshark; Help, About, Plugins lists it.");
    Ok(())
}

fn uninstall(folder: &Path) -> Result<()> {
    let installed = folder.join(plugin_file_name());
    if !installed.exists() {
        bail!(
            "there is no {} to remove; --dir names another folder",
            installed.display()
        );
    }
    fs::remove_file(&installed).with_context(|| format!("removing {}", installed.display()))?;
    println!("Removed {}", installed.display());
    Ok(())
}

/// Whether the Wireshark found loads what was just installed; it is told, not an error: it may be another user's.
fn check() -> Result<()> {
    let wireshark = Wireshark::find()?;
    let listed = std::process::Command::new(wireshark.tshark())
        .args(["-G", "plugins"])
        .output()?;
    if String::from_utf8_lossy(&listed.stdout).contains(plugin_file_name()) {
        println!("tshark {} loads it.", wireshark.version());
        return Ok(());
    }
    shell::say(format!(
        "tshark {} does not list it. {}",
        wireshark.version(),
        if is_root()? {
            "Started as root, Wireshark ignores personal plugin folders: start it as yourself."
        } else {
            "Run `tshark -G plugins`: it says why on standard error."
        }
    ));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_installed_can_be_removed() {
        let home = tempfile::tempdir().unwrap();
        let built = home.path().join("built");
        fs::write(&built, "plugin").unwrap();
        let folder = home.path().join("plugins/4.0/epan");

        copy(&built, &folder).unwrap();
        copy(&built, &folder).unwrap();
        let names: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(names, [plugin_file_name()]);

        uninstall(&folder).unwrap();
        let error = uninstall(&folder).unwrap_err().to_string();
        assert!(error.contains(&folder.display().to_string()), "{error}");
    }
}
