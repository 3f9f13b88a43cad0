//! `cargo xtask dist`

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tshark_harness::{Tshark, installed_file_name};

use crate::archive::{self, Member};
use crate::plugin::{self, Profile};
use crate::windows::build::Builder;
use crate::windows::rehearsal::Rehearsal;
use crate::windows::stage::Stage;
use crate::wiresharks::{self, Target};
use crate::{packages, project};

/// Options of `cargo xtask dist`.
#[derive(clap::Args)]
pub struct Arguments {
    /// For this system only, not for Windows
    #[arg(long)]
    no_windows: bool,
    /// Install missing packages with sudo without asking
    #[arg(long, short)]
    yes: bool,
}

/// Builds the plugin for all versions, here and for Windows, tries each, and packs the archives.
pub fn run(arguments: &Arguments) -> Result<()> {
    packages::ensure_also(arguments.yes, wiresharks::PACKAGES)?;
    let versions = wiresharks::supported();
    let targets = versions
        .iter()
        .map(|version| Target::of(version))
        .collect::<Result<Vec<_>>>()?;
    let folder = empty_folder()?;
    let mut archives = Vec::new();
    for (version, target) in versions.iter().zip(&targets) {
        archives.push(for_this_system(version, target, &folder)?);
    }
    if !arguments.no_windows {
        archives.push(for_windows(
            Builder::ensure(arguments.yes)?,
            &versions,
            &targets,
            &folder,
        )?);
    }
    archive::checksums(&folder, &archives)?;
    for archive in archives {
        println!("{}", archive.display());
    }
    Ok(())
}

/// An archive of this system's plugin for one version.
fn for_this_system(version: &str, target: &Target, folder: &Path) -> Result<PathBuf> {
    let plugin = plugin::build(Profile::Release, target)?;
    Tshark::with_plugin(&target.wireshark, &plugin)?.check_plugin()?;
    let name = format!(
        "gw2-dissector-{}-{}-{}-wireshark-{version}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    let mut members = vec![Member::program(plugin, installed_file_name())];
    members.extend(common()?);
    archive::tar_gz(folder, &name, &members)
}

/// One archive for all versions: its installer chooses.
fn for_windows(builder: Builder, versions: &[String], targets: &[Target], folder: &Path) -> Result<PathBuf> {
    let mut plugins = Vec::new();
    for (version, target) in versions.iter().zip(targets) {
        let plugin = builder.plugin(target)?;
        let stage = Stage::set(&plugin, target)?;
        stage
            .load()
            .and_then(|()| stage.play())
            .with_context(|| format!("the DLL for Wireshark {version} fails under wine"))?;
        plugins.push((version.clone(), plugin));
    }
    let installer = builder.installer()?;
    Rehearsal::set(&installer, &plugins)?
        .play()
        .context("gw2-install.exe fails under wine")?;
    let mut members: Vec<_> = plugins
        .into_iter()
        .map(|(version, plugin)| Member::program(plugin, format!("{version}/gw2.dll")))
        .collect();
    members.push(Member::program(installer, "gw2-install.exe"));
    members.push(Member::text(project::root().join("install.ps1"), "install.ps1"));
    members.extend(common()?);
    let name = format!("gw2-dissector-{}-windows-x86_64", env!("CARGO_PKG_VERSION"));
    archive::zip(folder, &name, &members)
}

/// What every archive has.
fn common() -> Result<Vec<Member>> {
    let root = project::root();
    let mut members: Vec<_> = ["README.md", "CHANGELOG.md", "LICENSE"]
        .map(|name| Member::text(root.join(name), name))
        .into();
    for folder in ["docs", "profile"] {
        add_folder(&mut members, &root, folder)?;
    }
    Ok(members)
}

/// The files of a folder, if it exists, and of the folders in it.
fn add_folder(members: &mut Vec<Member>, root: &Path, folder: &str) -> Result<()> {
    let path = root.join(folder);
    if !path.is_dir() {
        return Ok(());
    }
    let listed = fs::read_dir(&path).with_context(|| format!("looking into {}", path.display()))?;
    let mut names = listed
        .map(|entry| Ok(entry?.file_name()))
        .collect::<Result<Vec<_>>>()?;
    names.sort();
    for name in names {
        let Some(name) = name.to_str() else {
            bail!("{} has a file whose name is no text", path.display());
        };
        let name = format!("{folder}/{name}");
        if root.join(&name).is_dir() {
            add_folder(members, root, &name)?;
        } else {
            members.push(Member::text(root.join(&name), name));
        }
    }
    Ok(())
}

/// `dist/`, with nothing of an earlier run.
fn empty_folder() -> Result<PathBuf> {
    let folder = project::root().join("dist");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("emptying {}", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    Ok(folder)
}
