//! `cargo xtask doctor`

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Result, bail};
use gw2_install::{Finding, Minor, Place, Reach, checkup};
use tshark_harness::{Wireshark, installed_file_name, run as run_program};

use super::install::is_root;

/// Options of `cargo xtask doctor`: none.
#[derive(clap::Args)]
pub struct Arguments {}

/// Looks whether the plugin is where Wireshark looks for it, and whether Wireshark takes it. Changes nothing.
pub fn run(_: &Arguments) -> Result<()> {
    let wireshark = Wireshark::find()?;
    let version = wireshark.version();
    println!("Wireshark {version}, by {}", wireshark.tshark().display());
    let minor = Minor {
        major: version.major,
        minor: version.minor,
    };
    let mut findings = checkup(minor, &version.folder(), &places(&wireshark)?);
    findings.push(loaded(&wireshark)?);
    findings.iter().for_each(|finding| println!("{finding}"));
    let problems = findings.iter().filter(|finding| !finding.is_good()).count();
    match problems {
        0 => Ok(()),
        1 => bail!("there is one problem"),
        _ => bail!("there are {problems} problems"),
    }
}

/// Where Wireshark looks for plugins of all versions, and where people put them.
fn places(wireshark: &Wireshark) -> Result<Vec<Place>> {
    let mut places = Vec::new();
    for (name, reach) in [
        ("Personal Plugins", Reach::Personal),
        ("Global Plugins", Reach::Global),
    ] {
        let mut folder = wireshark.folder(name)?;
        // It names the folder of its version; those of others are beside it.
        folder.pop();
        places.push(Place { folder, reach });
    }
    let home = env::var_os("HOME").map(PathBuf::from);
    let mistaken = [".config/wireshark/plugins", ".wireshark/plugins"];
    places.extend(home.into_iter().flat_map(|home| {
        mistaken.map(|folder| Place {
            folder: home.join(folder),
            reach: Reach::Nobody,
        })
    }));
    Ok(places)
}

/// Whether tshark lists it, and what it says if not.
fn loaded(wireshark: &Wireshark) -> Result<Finding> {
    let listed = run_program(
        Command::new(wireshark.tshark()).args(["-G", "plugins"]),
        Duration::from_secs(60),
    )?;
    let line = listed
        .lines()
        .find(|line| line.starts_with(installed_file_name()))
        .map(|line| line.split('\t').next_back().unwrap_or_default().to_owned());
    if let Some(file) = line {
        return Ok(Finding::Good(format!("tshark loads {file}")));
    }
    let said: Vec<_> = listed
        .stderr
        .lines()
        .filter(|line| line.contains("gw2"))
        .collect();
    Ok(Finding::Problem(if !said.is_empty() {
        format!("tshark does not load it, and says: {}", said.join(" "))
    } else if is_root()? {
        "tshark does not load it as root: Wireshark then ignores personal plugin folders. Start it as yourself, or \
         install the plugin for everybody, which `cargo xtask install` does as root"
            .to_owned()
    } else {
        "tshark does not load it: see above, and install it with `cargo xtask install`".to_owned()
    }))
}
