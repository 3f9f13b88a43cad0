//! `cargo xtask demo`

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use tshark_harness::Tshark;

use crate::plugin::{self, Profile};
use crate::session::Session;
use crate::wiresharks::Target;
use crate::{packages, project, shell};

/// Options of `cargo xtask demo`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Install missing packages with sudo without asking
    #[arg(long, short)]
    yes: bool,
}

/// The packets whose trees are shown: what each is, and a filter that finds it.
const CHOSEN: &[(&str, &str)] = &[
    (
        "The login server hands the client over to a game server",
        "gw2.login.handoff.port",
    ),
    ("The client moves", "gw2.opcode == 0x0012 && gw2.direction == 0"),
    ("The client asks the portal", "gw2.portal.kind == 0"),
];

/// The longest tree that is still good reading.
const TREE_LINES: usize = 48;

/// Shows the plugin at work, from nothing.
pub fn run(arguments: &Arguments) -> Result<()> {
    packages::ensure(arguments.yes)?;
    let target = Target::installed()?;
    let plugin = plugin::build(Profile::Release, &target)?;
    let session = Session::write(project::target()?.join("demo"))?;

    let tshark = Tshark::with_plugin(&target.wireshark, &plugin)?;
    tshark.check_plugin()?;
    let frames = summary(&tshark, &session)?;
    for (what, filter) in CHOSEN {
        tree(&tshark, &session, what, filter)?;
    }
    println!("{}", closing(&session, &plugin, frames));
    Ok(())
}

/// Prints one line a packet of the three protocols; returns how many.
fn summary(tshark: &Tshark, session: &Session) -> Result<usize> {
    println!("\n{}", heading("Every packet of the three protocols"));
    let columns = "gui.column.format:\"No.\",\"%m\",\"Time\",\"%t\",\"Protocol\",\"%p\",\"Info\",\"%i\"";
    let listed = session.tshark(tshark, &["-o", columns, "-Y", "gw2"])?;
    let mut frames = 0;
    for line in listed.lines() {
        println!("{}", shortened(line, 150));
        frames += 1;
    }
    Ok(frames)
}

/// Prints the tree of the first packet that a filter finds.
fn tree(tshark: &Tshark, session: &Session, what: &str, filter: &str) -> Result<()> {
    let found = session.tshark(tshark, &["-Y", filter, "-T", "fields", "-e", "frame.number"])?;
    let Some(frame) = found.lines().next() else {
        println!("\n{}\nno packet matches {filter}", heading(what));
        return Ok(());
    };
    println!("\n{}", heading(&format!("{what} (frame {frame})")));
    let only = format!("frame.number == {frame}");
    let tree = session.tshark(
        tshark,
        &["-Y", &only, "-V", "-O", "gw2,gw2.login,gw2.portal,gw2.game,xml"],
    )?;
    let lines: Vec<_> = tree.trim_end().lines().collect();
    for line in lines.iter().take(TREE_LINES) {
        println!("{}", shortened(line, 150));
    }
    if lines.len() > TREE_LINES {
        println!("    … {} more lines", lines.len() - TREE_LINES);
    }
    Ok(())
}

fn closing(session: &Session, plugin: &Path, frames: usize) -> String {
    let mut wireshark = Command::new("wireshark");
    wireshark.args(session.options());
    format!(
        "\n{heading}\n{frames} packets decoded. The plugin is {plugin}\n\n\
         To see the same in Wireshark, install the plugin into your plugin folder, then open the session:\n  \
         cargo xtask install\n  {wireshark}",
        heading = heading("What now"),
        plugin = plugin.display(),
        wireshark = shell::shown(&wireshark),
    )
}

fn heading(text: &str) -> String {
    format!("── {text} ──")
}

/// At most `most` characters of a line.
fn shortened(line: &str, most: usize) -> String {
    if line.chars().count() <= most {
        return line.to_owned();
    }
    line.chars().take(most - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_by_characters() {
        assert_eq!(shortened("C→S", 3), "C→S");
        assert_eq!(shortened("C→S MOVEMENT", 5), "C→S …");
    }
}
