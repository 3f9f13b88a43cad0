//! `cargo xtask screenshots`: the pictures of docs/, taken anew.
//!
//! A real Wireshark opens sample captures on a screen that nobody sees (Xvfb). Keys are pressed in it, and when the
//! window that a picture is of stands still, it is taken.

mod desktop;
mod gui;
mod shots;

use anyhow::{Result, bail};

use self::desktop::Desktop;
use self::gui::Gui;
use self::shots::{SHOTS, Shot};
use crate::plugin::{self, Profile};
use crate::wiresharks::Target;
use crate::{packages, project, shell};

/// Options of `cargo xtask screenshots`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Pictures of this Wireshark version, 4.0, 4.4 or 4.6 [default: the installed one]
    #[arg(long, value_name = "X.Y")]
    wireshark: Option<String>,
    /// Only these pictures, by their file names without `.png`
    names: Vec<String>,
    /// Install missing packages with sudo without asking
    #[arg(long, short)]
    yes: bool,
}

/// What is needed beside a build's packages. The comment says what each is for.
const PACKAGES: &[&str] = &[
    "wireshark",   // what the pictures are of
    "xvfb",        // a screen that nobody sees
    "openbox",     // gives windows their frames
    "xdotool",     // presses keys
    "imagemagick", // takes pictures and makes them small
];

/// Takes the pictures.
pub fn run(arguments: &Arguments) -> Result<()> {
    let shots = chosen(&arguments.names)?;
    packages::ensure_also(arguments.yes, PACKAGES)?;
    let target = match &arguments.wireshark {
        Some(version) => Target::of(version)?,
        None => Target::installed()?,
    };
    target.ensure_gui()?;
    let plugin = plugin::build(Profile::Dev, &target)?;

    let gui = Gui::new(&target, &plugin)?;
    let desktop = Desktop::start()?;
    let images = project::root().join("docs/images");
    for shot in shots {
        let version = target.wireshark.version();
        if (version.major, version.minor) < shot.since {
            let (major, minor) = shot.since;
            shell::say(format!(
                "no {}: Wireshark {version} lacks it, {major}.{minor} has it",
                shot.name
            ));
            continue;
        }
        let picture = images.join(shot.name).with_extension("png");
        shell::say(format!("taking {}", picture.display()));
        gui.take(&desktop, shot, &picture)?;
    }
    println!(
        "Look at every picture in {} before you commit it.",
        images.display()
    );
    Ok(())
}

fn chosen(names: &[String]) -> Result<Vec<&'static Shot>> {
    if let Some(unknown) = names
        .iter()
        .find(|name| SHOTS.iter().all(|shot| shot.name != **name))
    {
        let known: Vec<_> = SHOTS.iter().map(|shot| shot.name).collect();
        bail!("there is no picture `{unknown}`; these are: {}", known.join(", "));
    }
    let wanted = |shot: &&Shot| names.is_empty() || names.iter().any(|name| name == shot.name);
    Ok(SHOTS.iter().filter(wanted).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn pictures_are_chosen_by_name() {
        let names = |names: &[&str]| -> Result<Vec<_>> {
            let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
            Ok(chosen(&names)?.iter().map(|shot| shot.name).collect())
        };
        assert_eq!(names(&[]).unwrap().len(), SHOTS.len());
        assert_eq!(names(&["handoff"]).unwrap(), ["handoff"]);
        assert!(names(&["no-such"]).unwrap_err().to_string().contains("handoff"));
    }

    #[test]
    fn every_picture_of_docs_is_taken_here() {
        let taken: BTreeSet<_> = SHOTS.iter().map(|shot| format!("{}.png", shot.name)).collect();
        let there: BTreeSet<_> = std::fs::read_dir(project::root().join("docs/images"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(there, taken);
    }
}
