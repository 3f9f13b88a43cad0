//! `cargo xtask install`

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use gw2_install::{Minor, Plan};
use tshark_harness::{Wireshark, installed_file_name, plugin_file_name};

use crate::plugin::{self, Profile};
use crate::wiresharks::Target;
use crate::{packages, project, shell};

/// Options of `cargo xtask install`.
#[derive(clap::Args)]
#[allow(clippy::struct_excessive_bools)]
pub struct Arguments {
    /// To your personal plugin folder, even as root
    #[arg(long, conflicts_with = "dir")]
    user: bool,
    /// To this folder, which stands for Wireshark's own `plugins/X.Y/epan`
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// With the profile (columns, colours, filter buttons)
    #[arg(long, conflicts_with = "uninstall")]
    profile: bool,
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
        let plan = Plan::uninstall(&folder(arguments)?.join(installed_file_name()));
        return carry_out(&plan.context("--dir and --user name other folders")?);
    }
    packages::ensure(arguments.yes)?;
    let installed = folder(arguments)?.join(installed_file_name());
    let target = Target::installed()?;
    let built = plugin::build(Profile::Release, &target)?;
    let from = built.parent().unwrap_or(Path::new(""));
    let version = target.wireshark.version();
    let version = Minor {
        major: version.major,
        minor: version.minor,
    };
    let mut plan = Plan::install(from, plugin_file_name(), version, &installed)?;
    if arguments.profile {
        let configuration = target.wireshark.folder("Personal configuration")?;
        plan = plan.and_profiles(&project::root().join("profile"), &configuration.join("profiles"))?;
    }
    carry_out(&plan).context("choose another folder with --dir")?;
    println!("Restart Wireshark; Help, About, Plugins lists it.");
    if arguments.dir.is_none() {
        check()?;
    }
    Ok(())
}

fn carry_out(plan: &Plan) -> Result<()> {
    plan.carry_out(|step| println!("done: {step}"))
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

/// Whether we are root: then Wireshark ignores personal plugin folders.
pub fn is_root() -> Result<bool> {
    if !cfg!(unix) {
        return Ok(false);
    }
    let id = Command::new("id").arg("-u").output().context("running `id`")?;
    Ok(id.stdout.trim_ascii() == b"0")
}

/// Whether the Wireshark found loads what was just installed; it is told, not an error: it may be another user's.
fn check() -> Result<()> {
    let wireshark = Wireshark::find()?;
    let listed = Command::new(wireshark.tshark())
        .args(["-G", "plugins"])
        .output()?;
    if String::from_utf8_lossy(&listed.stdout).contains(installed_file_name()) {
        println!("tshark {} loads it.", wireshark.version());
        return Ok(());
    }
    shell::say(format!(
        "tshark {} does not list it; `cargo xtask doctor` looks why",
        wireshark.version()
    ));
    Ok(())
}
