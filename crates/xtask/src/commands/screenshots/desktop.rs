//! A screen that nobody sees, and someone who presses keys at it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tshark_harness::run;

use crate::shell;

/// It tells its number when it is ready. Anybody here may use it, for Wireshark may run as somebody else.
const SERVER: &str = "-displayfd 1 -screen 0 1400x1000x24 -dpi 96 -nolisten tcp -ac";

/// How long a tool of the desktop, or a window, may take.
const LIMIT: Duration = Duration::from_secs(60);

/// How often we look at a window.
const LOOK: Duration = Duration::from_millis(300);

/// After so many looks that show nothing new a window counts as drawn.
const STILL: usize = 4;

/// What a user waits between two things that she does, so that menus open.
const PAUSE: Duration = Duration::from_millis(600);

/// An X server and a window manager. They end with the value.
pub struct Desktop {
    display: String,
    _manager: Ended,
    _server: Ended,
}

impl Desktop {
    /// Starts both on a display that is free.
    pub fn start() -> Result<Self> {
        let mut server = Command::new("Xvfb")
            .args(SERVER.split(' '))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("starting `Xvfb` (package xvfb)")?;
        let chosen = server.stdout.take();
        let server = Ended(server);
        let mut number = String::new();
        if let Some(chosen) = chosen {
            BufReader::new(chosen).read_line(&mut number)?;
        }
        if number.trim().is_empty() {
            bail!("Xvfb did not say which display it took");
        }
        let display = format!(":{}", number.trim());
        let manager = Command::new("openbox")
            .env("DISPLAY", &display)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("starting `openbox`")?;
        Ok(Self {
            display,
            _manager: Ended(manager),
            _server: server,
        })
    }

    /// Starts a program on this screen.
    pub fn spawn(&self, program: &mut Command) -> Result<Ended> {
        let child = program
            .env("DISPLAY", &self.display)
            .env("QT_QPA_PLATFORM", "xcb")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("starting `{}`", shell::shown(program)))?;
        Ok(Ended(child))
    }

    /// The window whose title fits a regular expression, once there is one.
    pub fn window(&self, title: &str) -> Result<String> {
        let start = Instant::now();
        while start.elapsed() < LIMIT {
            let found = run(
                self.tool("xdotool")
                    .args(["search", "--onlyvisible", "--name", title]),
                LIMIT,
            )?;
            if let Some(window) = found.lines().last() {
                return Ok(window.to_owned());
            }
            thread::sleep(LOOK);
        }
        let shown = run(
            self.tool("xdotool")
                .args(["search", "--onlyvisible", "--name", ".", "getwindowname", "%@"]),
            LIMIT,
        )?;
        bail!(
            "no window `{title}` opened; these are open:\n{}",
            shown.stdout.trim_end()
        )
    }

    /// Presses keys one after the other, by their names in X.
    pub fn press(&self, keys: &str) -> Result<()> {
        self.act(&[&["key", "--delay", "120"], &*keys.split(' ').collect::<Vec<_>>()].concat())
    }

    /// Types a text.
    pub fn write(&self, text: &str) -> Result<()> {
        self.act(&["type", text])
    }

    /// Clicks into a window.
    pub fn click(&self, window: &str, (x, y): (u16, u16)) -> Result<()> {
        self.act(&[
            "mousemove",
            "--window",
            window,
            &x.to_string(),
            &y.to_string(),
            "click",
            "1",
        ])
    }

    /// Gives a window a size, and a place where it is seen as a whole.
    pub fn resize(&self, window: &str, (width, height): (u16, u16)) -> Result<()> {
        self.act(&["windowmove", window, "20", "20"])?;
        self.act(&["windowsize", window, &width.to_string(), &height.to_string()])
    }

    fn act(&self, arguments: &[&str]) -> Result<()> {
        run(self.tool("xdotool").args(arguments), LIMIT)?.success()?;
        thread::sleep(PAUSE);
        Ok(())
    }

    /// Waits until a window stands still, but for a cursor that may blink in it.
    pub fn settle(&self, window: &str) -> Result<()> {
        let start = Instant::now();
        let mut seen = [Vec::new(), Vec::new()];
        let mut same = 0;
        while start.elapsed() < LIMIT {
            let looked = self
                .tool("import")
                .args(["-window", window, "rgb:-"])
                .output()?
                .stdout;
            same = if seen.contains(&looked) { same + 1 } else { 0 };
            if same == STILL {
                return Ok(());
            }
            if !seen.contains(&looked) {
                seen.swap(0, 1);
                seen[1] = looked;
            }
            thread::sleep(LOOK);
        }
        bail!("a window never stood still")
    }

    /// Takes a picture of a window and its frame: few colours, so that the file is small.
    pub fn picture(&self, window: &str, file: &Path) -> Result<()> {
        let mut take = self.tool("import");
        run(take.args(["-window", window, "-frame"]).arg(file), LIMIT)?.success()?;
        let mut shrink = self.tool("convert");
        shrink
            .arg(file)
            .args(["-strip", "-depth", "8", "+dither", "-colors", "128"]);
        shrink.args([
            "-define",
            "png:compression-level=9",
            "-define",
            "png:exclude-chunks=date,time",
        ]);
        run(shrink.arg(format!("PNG8:{}", file.display())), LIMIT)?.success()?;
        Ok(())
    }

    fn tool(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("DISPLAY", &self.display);
        command
    }
}

/// A program that ends with the value.
pub struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
