use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use anyhow::{Context, Result, bail};

/// Who tshark runs as: it loads our plugin only when neither its user nor its group is root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// We are an ordinary user already.
    Ours,
    /// A user namespace that shows root as user 1000. Every file that root reads stays readable.
    UserNamespace,
    /// User and group 65534, with the right to read root's files. For places that forbid user namespaces (chroots).
    Nobody,
}

const USER_NAMESPACE: &[&str] = &["unshare", "--user", "--map-user=1000", "--map-group=1000"];
const NOBODY: &[&str] = &[
    "setpriv",
    "--reuid=65534",
    "--regid=65534",
    "--clear-groups",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
];

impl Identity {
    /// The first identity that works here; found once, then remembered.
    ///
    /// # Errors
    /// When we are root and neither `unshare` nor `setpriv` can make us someone else.
    pub fn find() -> Result<Self> {
        static FOUND: OnceLock<Identity> = OnceLock::new();
        if let Some(found) = FOUND.get() {
            return Ok(*found);
        }
        let found = Self::probe()?;
        Ok(*FOUND.get_or_init(|| found))
    }

    fn probe() -> Result<Self> {
        if !we_are_root()? {
            return Ok(Self::Ours);
        }
        for identity in [Self::UserNamespace, Self::Nobody] {
            let works = identity
                .command(Path::new("true"))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success());
            if works {
                return Ok(identity);
            }
        }
        bail!(
            "tshark ignores plugin folders when it runs as root, and neither `unshare --user` nor `setpriv` \
             (package util-linux) works here to run it as someone else. Run this command as an ordinary user."
        )
    }

    /// A command that runs `program` under this identity.
    #[must_use]
    pub fn command(self, program: &Path) -> Command {
        let prefix: &[&str] = match self {
            Self::Ours => &[],
            Self::UserNamespace => USER_NAMESPACE,
            Self::Nobody => NOBODY,
        };
        let mut words = prefix.iter().map(OsStr::new).chain([program.as_os_str()]);
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words);
        command
    }
}

/// Whether the user or the group is root: either is enough for Wireshark.
fn we_are_root() -> Result<bool> {
    if !cfg!(unix) {
        return Ok(false);
    }
    for option in ["-u", "-g"] {
        let output = Command::new("id")
            .arg(option)
            .output()
            .context("running `id` (package coreutils)")?;
        if output.stdout.trim_ascii() == b"0" {
            return Ok(true);
        }
    }
    Ok(false)
}
