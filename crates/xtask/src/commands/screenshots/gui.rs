//! Wireshark with the plugin, the profile and sample captures, in a home of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use tshark_harness::Tshark;

use super::desktop::Desktop;
use super::shots::{Sample, Shot, Step};
use crate::project;
use crate::session::Session;
use crate::wiresharks::Target;

/// The main window's size: what a README shows readably.
const SIZE: (u16, u16) = (1280, 800);

/// Where the packet details have no item before any is opened. After a click there, keys go to them.
pub const DETAILS: (u16, u16) = (300, SIZE.1 - 60);

/// A Wireshark that can be started again and again, each time as if for the first time.
pub struct Gui {
    tshark: Tshark,
    sessions: PathBuf,
}

impl Gui {
    /// Writes the captures, and finds out whether Wireshark loads the plugin.
    pub fn new(target: &Target, plugin: &Path) -> Result<Self> {
        let tshark = Tshark::with_plugin(&target.wireshark, plugin)?;
        tshark.check_plugin()?;
        let sessions = tshark.home().join("captures");
        Session::write(sessions.clone())?;
        Session::scenario("day", sessions.clone())?;
        trouble(&tshark, &sessions)?;
        // Beside the captures, so that nothing in a picture depends on where the repository is.
        copy_folder(&project::root().join("examples"), &sessions.join("examples"))?;
        Ok(Self { tshark, sessions })
    }

    /// Takes one picture.
    pub fn take(&self, desktop: &Desktop, shot: &Shot, picture: &Path) -> Result<()> {
        self.settings(shot)?;
        let name = match shot.capture {
            Sample::Demo => "demo",
            Sample::Day => "day",
            Sample::Trouble => "trouble",
        };
        let mut wireshark = self.tshark.companion("wireshark");
        wireshark
            .current_dir(&self.sessions)
            .env("XDG_RUNTIME_DIR", self.tshark.home())
            .args(["-C", "GW2", "-r", &format!("{name}.pcapng")])
            .args(["-o", &format!("gw2.keylog_file:{name}.keys")])
            .args(shot.arguments);
        let _running = desktop.spawn(&mut wireshark)?;

        let mut window = desktop.window(&format!("^{name}.pcapng$"))?;
        desktop.settle(&window)?;
        for step in shot.steps {
            match step {
                Step::Press(keys) => desktop.press(keys)?,
                Step::Down(items) => desktop.press(&vec!["Down"; *items].join(" "))?,
                Step::Type(text) => desktop.write(text)?,
                Step::Click(place) => desktop.click(&window, *place)?,
                Step::Dialog(title, size) => {
                    window = desktop.window(&format!("^Wireshark · {title}"))?;
                    desktop.resize(&window, *size)?;
                    desktop.settle(&window)?;
                }
            }
        }
        desktop.settle(&window)?;
        desktop.picture(&window, picture)
    }

    /// Settings as on a new machine, but for the profile and what would be in the way of a picture.
    fn settings(&self, shot: &Shot) -> Result<()> {
        let config = self.tshark.home().join("config");
        fs::remove_dir_all(&config)?;
        let profile = config.join("profiles/GW2");
        copy_folder(&project::root().join("profile/GW2"), &profile)?;
        let (width, height) = SIZE;
        fs::write(
            config.join("recent_common"),
            format!(
                "privs.warn_if_elevated: FALSE\ngui.geometry_main_x: 0\ngui.geometry_main_y: 0\n\
                 gui.geometry_main_width: {width}\ngui.geometry_main_height: {height}\n"
            ),
        )?;
        let recent = profile.join("recent");
        let ours = fs::read_to_string(&recent)?;
        let (list, details) = (shot.list, width / 2);
        fs::write(
            recent,
            format!(
                "{ours}\ngui.toolbar_main_show: FALSE\ngui.geometry_main_upper_pane: {list}\n\
                 gui.geometry_main_lower_pane: {details}\n"
            ),
        )?;
        Ok(())
    }
}

/// Writes a capture of connections that cannot be decoded as a whole.
fn trouble(tshark: &Tshark, folder: &Path) -> Result<()> {
    let mut merge = tshark.companion("mergecap");
    merge.arg("-w").arg(folder.join("trouble.pcapng"));
    let mut keys = String::new();
    for name in ["portal-gap", "unknown-opcode", "ipv6"] {
        let session = Session::scenario(name, folder.to_owned())?;
        merge.arg(&session.capture);
        // Those of `ipv6` are left out, so that there is a connection without a key.
        if name != "ipv6" {
            keys += &fs::read_to_string(&session.keys)?;
        }
    }
    fs::write(folder.join("trouble.keys"), keys)?;
    tshark_harness::run(&mut merge, Duration::from_secs(60))?.success()?;
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("reading the folder {}", from.display()))? {
        let entry = entry?;
        let copy = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &copy)?;
        } else {
            fs::copy(entry.path(), copy)?;
        }
    }
    Ok(())
}
