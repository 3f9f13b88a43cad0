//! The system packages that building and testing need.

use std::env;
use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::shell;

/// What a build and a run of tshark need, by Debian's names. The comment says what each is for.
const NEEDED: &[&str] = &[
    "tshark",           // dissects; brings wireshark-common with editcap and capinfos
    "libwireshark-dev", // the headers the bindings are made from
    "libglib2.0-dev",   // headers that Wireshark's include; bookworm's libwireshark-dev does not bring them
    "libclang-dev",     // bindgen reads headers with it
    "pkg-config",       // finds the headers
    "gcc",              // compiles the C shim and links
    "libc6-dev",
];

/// The question that wireshark-common asks when it is installed: may ordinary users capture? We only read files.
const PRESEED: &str = "wireshark-common wireshark-common/install-setuid boolean false\n";

/// Installs what is missing. Does nothing when all is there.
///
/// `agreed` answers the question before sudo with yes.
pub fn ensure(agreed: bool) -> Result<()> {
    ensure_also(agreed, &[])
}

/// The same with what only one command needs.
pub fn ensure_also(agreed: bool, also: &[&'static str]) -> Result<()> {
    let needed = [NEEDED, also].concat();
    if !Path::new("/etc/debian_version").exists() {
        // We cannot install there; the build itself says what it does not find.
        if which("tshark") && which("pkg-config") {
            return Ok(());
        }
        bail!(
            "this system is not Debian or made from it, so please install these yourself: tshark, \
             Wireshark's headers (wireshark-devel, wireshark-dev), GLib's headers (glib2-devel), libclang, \
             pkg-config, and a C compiler. Debian calls them: {}",
            needed.join(" ")
        );
    }
    let missing = missing(&needed)?;
    if missing.is_empty() {
        return Ok(());
    }
    shell::say(format!("packages needed: {}", missing.join(" ")));
    let privilege = Privilege::get(agreed, &missing)?;
    preseed(privilege)?;
    let lock = ["-o", "DPkg::Lock::Timeout=600"];
    shell::run(privilege.command("apt-get").args(lock).args(["-q", "update"]))?;
    shell::run(
        privilege
            .command("apt-get")
            .args(lock)
            .args(["-q", "install", "-y", "--no-install-recommends"])
            .args(missing),
    )
}

fn missing(needed: &[&'static str]) -> Result<Vec<&'static str>> {
    let output = Command::new("dpkg-query")
        .args(["-W", "-f=${Package} ${Status}\n"])
        .args(needed)
        .output()
        .context("running `dpkg-query`")?;
    let listed = String::from_utf8_lossy(&output.stdout).into_owned();
    let installed = |name: &&&str| {
        listed
            .lines()
            .any(|line| line == format!("{name} install ok installed"))
    };
    Ok(needed
        .iter()
        .filter(|name| !installed(name))
        .copied()
        .filter(|name| !provided(name))
        .collect())
}

/// pkg-config is a virtual package in newer Debian, where pkgconf stands in for it.
fn provided(name: &str) -> bool {
    name == "pkg-config" && which("pkg-config")
}

fn which(program: &str) -> bool {
    let folders = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

/// How we may install packages.
#[derive(Clone, Copy)]
enum Privilege {
    Root,
    Sudo,
}

impl Privilege {
    fn get(agreed: bool, missing: &[&str]) -> Result<Self> {
        let id = Command::new("id").arg("-u").output().context("running `id`")?;
        if id.stdout.trim_ascii() == b"0" {
            return Ok(Self::Root);
        }
        let by_hand = format!("apt-get install --no-install-recommends {}", missing.join(" "));
        if !which("sudo") {
            bail!("there is no sudo here; run this as root, then try again:\n  {by_hand}");
        }
        if agreed || asked(&format!("Run `sudo {by_hand}`?"))? {
            return Ok(Self::Sudo);
        }
        bail!("nothing was installed. Run this yourself, then try again:\n  sudo {by_hand}")
    }

    fn command(self, program: &str) -> Command {
        let mut command = match self {
            Self::Root => Command::new("env"),
            Self::Sudo => {
                let mut sudo = Command::new("sudo");
                sudo.arg("env");
                sudo
            }
        };
        command.args(["DEBIAN_FRONTEND=noninteractive", program]);
        command
    }
}

/// Asks a question that only `y` answers with yes. Without a terminal nobody can answer: that is a no.
fn asked(question: &str) -> Result<bool> {
    let stdin = io::stdin();
    if !stdin.is_terminal() {
        return Ok(false);
    }
    eprint!("{question} [y/N] ");
    io::stderr().flush()?;
    let mut answer = String::new();
    stdin.lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn preseed(privilege: Privilege) -> Result<()> {
    let mut child = privilege
        .command("debconf-set-selections")
        .stdin(Stdio::piped())
        .spawn()
        .context("starting `debconf-set-selections` (package debconf)")?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(PRESEED.as_bytes())?;
    }
    if !child.wait()?.success() {
        bail!("`debconf-set-selections` failed; what it wrote above says why");
    }
    Ok(())
}
