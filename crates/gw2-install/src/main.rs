//! `gw2-install.exe`, which `install.ps1` runs: everything that script decides is decided here.

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Parser;
use gw2_install::{Folders, Place, Plan, Program, Reach, checkup};

/// Installs the Guild Wars 2 plugin into Wireshark on Windows, or removes it.
#[derive(Parser)]
#[command(name = "gw2-install", version)]
#[allow(clippy::struct_excessive_bools)]
struct Arguments {
    /// The folder that holds Wireshark.exe or tshark.exe, when Wireshark is not found by itself
    #[arg(long, value_name = "FOLDER")]
    wireshark: Option<PathBuf>,
    /// The folder with the plugin: a release archive's, or a build's [default: this program's]
    #[arg(long, value_name = "FOLDER", conflicts_with = "uninstall")]
    from: Option<PathBuf>,
    /// For everybody who uses this computer: into Wireshark's own folder, as an administrator
    #[arg(long)]
    global: bool,
    /// With the profile (columns, colours, filter buttons)
    #[arg(long, conflicts_with = "uninstall")]
    profile: bool,
    /// Remove the plugin instead
    #[arg(long)]
    uninstall: bool,
    /// Look whether everything is where it belongs, and change nothing
    #[arg(long, conflicts_with_all = ["uninstall", "from", "profile", "global"])]
    doctor: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    what_if: bool,
    /// Say how it was found out
    #[arg(long)]
    verbose: bool,
}

/// What the plugin's file is called on Windows.
const PLUGIN: &str = "gw2.dll";

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether all is well in the end.
fn run(arguments: &Arguments) -> Result<bool> {
    let program = match &arguments.wireshark {
        Some(folder) => Program::in_folder(folder)?,
        None => Program::find()?,
    };
    println!("Wireshark {} in {}", program.version, program.folder.display());
    let folders = Folders::of(&program)?;
    if arguments.verbose {
        println!("personal plugins: {}", folders.personal_plugins.display());
        println!("everybody's plugins: {}", folders.global_plugins.display());
        println!("profiles: {}", folders.profiles.display());
    }
    if !arguments.doctor {
        let plan = plan(arguments, &program, &folders)?;
        if arguments.what_if {
            plan.steps().for_each(|step| println!("would {step}"));
            return Ok(true);
        }
        plan.carry_out(|step| println!("done: {step}"))?;
        if arguments.uninstall {
            return Ok(true);
        }
    }
    let well = examine(&program, &folders);
    if well {
        println!("Start Wireshark: Help, About Wireshark, Plugins lists {PLUGIN}.");
    }
    Ok(well)
}

fn plan(arguments: &Arguments, program: &Program, folders: &Folders) -> Result<Plan> {
    let plugins = if arguments.global {
        &folders.global_plugins
    } else {
        &folders.personal_plugins
    };
    let installed = plugins
        .join(program.version.to_string())
        .join("epan")
        .join(PLUGIN);
    if arguments.uninstall {
        return Plan::uninstall(&installed).context(if arguments.global {
            "without -Global your personal folder is looked at"
        } else {
            "with -Global everybody's folder is looked at"
        });
    }
    let from = match &arguments.from {
        Some(folder) => folder.clone(),
        None => own_folder()?,
    };
    let plan = Plan::install(&from, PLUGIN, program.version, &installed)?;
    if arguments.profile {
        return plan.and_profiles(&from.join("profile"), &folders.profiles);
    }
    Ok(plan)
}

fn own_folder() -> Result<PathBuf> {
    let own = env::current_exe().context("finding this program's folder")?;
    match own.parent() {
        Some(folder) => Ok(folder.to_owned()),
        None => bail!("{} is in no folder", own.display()),
    }
}

fn examine(program: &Program, folders: &Folders) -> bool {
    let place = |folder: &Path, reach| Place {
        folder: folder.to_owned(),
        reach,
    };
    let places = [
        place(&folders.personal_plugins, Reach::Personal),
        place(&folders.global_plugins, Reach::Global),
    ];
    let findings = checkup(program.version, &program.version.to_string(), &places);
    findings.iter().for_each(|finding| println!("{finding}"));
    findings.iter().all(gw2_install::Finding::is_good)
}
