//! The Wireshark versions that the plugin is built for and tested over: the installed one, and others that
//! Debian carries, each unpacked into a folder of its own under `target/wireshark/`.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use tshark_harness::Wireshark;

use crate::{project, shell};

/// A Debian suite that carries a supported version.
struct Suite {
    version: &'static str,
    name: &'static str,
    /// What debootstrap must be told besides: it does not resolve virtual packages.
    more_packages: &'static str,
}

const SUITES: &[Suite] = &[
    Suite {
        version: "4.0",
        name: "bookworm",
        more_packages: ",libglib2.0-dev",
    },
    Suite {
        version: "4.4",
        name: "trixie",
        more_packages: "",
    },
    Suite {
        version: "4.6",
        name: "sid",
        more_packages: ",libre2-11",
    },
];

/// What must be installed to unpack others than the installed one, by Debian's names.
pub const PACKAGES: &[&str] = &["debootstrap"];

/// The supported versions, oldest first.
pub fn supported() -> Vec<String> {
    SUITES.iter().map(|suite| suite.version.to_owned()).collect()
}

/// Where Debian puts the headers of Wireshark and of the GLib that it is built with.
const HEADERS: [&str; 3] = [
    "usr/include/wireshark",
    "usr/include/glib-2.0",
    "usr/lib/x86_64-linux-gnu/glib-2.0/include",
];

/// Where Debian puts its libraries.
const LIBRARIES: &str = "usr/lib/x86_64-linux-gnu";

fn headers_in(root: &Path) -> Result<OsString> {
    Ok(env::join_paths(HEADERS.map(|folder| root.join(folder)))?)
}

/// A Wireshark to build for and run, and what cargo must know to build for it.
pub struct Target {
    /// Its tshark.
    pub wireshark: Wireshark,
    /// What its files' paths begin with.
    root: PathBuf,
    environment: Vec<(&'static str, OsString)>,
}

impl Target {
    /// The Wireshark that is installed, or that the caller's environment names.
    pub fn installed() -> Result<Self> {
        Ok(Self {
            wireshark: Wireshark::find()?,
            root: "/".into(),
            environment: Vec::new(),
        })
    }

    /// A version unpacked beside the system; the installed one when it is that version.
    pub fn of(version: &str) -> Result<Self> {
        let Some(suite) = SUITES.iter().find(|suite| suite.version == version) else {
            bail!(
                "Wireshark `{version}` is not supported; these are: {}",
                supported().join(", ")
            );
        };
        if let Ok(installed) = Self::installed()
            && installed.wireshark.version().loads_plugins_of(version.parse()?)
        {
            return Ok(installed);
        }
        let folder = project::target()?.join("wireshark").join(version);
        let root = folder.join("root");
        unpack(suite, &root)?;
        let wireshark = Wireshark::at(&wrappers(&folder.join("bin"), &root)?)?;
        let environment = vec![
            ("WIRESHARK_INCLUDE_DIR", headers_in(&root)?),
            ("WIRESHARK_VERSION", wireshark.version().to_string().into()),
            // A build for one version is of no use to another: each keeps its own.
            ("CARGO_TARGET_DIR", folder.join("target").into_os_string()),
        ];
        Ok(Self {
            wireshark,
            root,
            environment,
        })
    }

    /// Makes sure that there is a `wireshark` beside tshark, not only tshark.
    pub fn ensure_gui(&self) -> Result<()> {
        if self.is_installed() {
            return Ok(());
        }
        install_gui(&self.root)
    }

    /// Whether it is the installed one, not one that was unpacked.
    pub fn is_installed(&self) -> bool {
        self.environment.is_empty()
    }

    /// A cargo command that builds for this Wireshark.
    pub fn cargo(&self) -> Command {
        let mut cargo = project::cargo();
        cargo.envs(self.environment.iter().map(|(name, value)| (name, value)));
        cargo
    }

    /// A cargo command that builds for this Wireshark on another system: nothing is asked of pkg-config, which knows this
    /// system only.
    pub fn cross_cargo(&self) -> Result<Command> {
        let mut cargo = self.cargo();
        cargo
            .env("WIRESHARK_INCLUDE_DIR", headers_in(&self.root)?)
            .env("WIRESHARK_LIBRARY_DIR", self.library_folder());
        Ok(cargo)
    }

    /// The folders of its headers and of GLib's.
    pub fn header_folders(&self) -> Vec<PathBuf> {
        HEADERS.map(|folder| self.root.join(folder)).into()
    }

    /// The folder of its libraries and of GLib's.
    pub fn library_folder(&self) -> PathBuf {
        self.root.join(LIBRARIES)
    }

    /// Where cargo puts what it builds for this Wireshark.
    pub fn target_folder(&self) -> Result<PathBuf> {
        match self
            .environment
            .iter()
            .find(|(name, _)| *name == "CARGO_TARGET_DIR")
        {
            Some((_, folder)) => Ok(folder.into()),
            None => project::target(),
        }
    }
}

/// Installs Wireshark itself into an unpacked root, which has tshark only, unless that is done.
fn install_gui(root: &Path) -> Result<()> {
    if root.join("usr/bin/wireshark").exists() {
        return Ok(());
    }
    shell::say(format!("installing Wireshark into {}", root.display()));
    for arguments in [
        &["update"][..],
        &["install", "-y", "--no-install-recommends", "wireshark"],
    ] {
        let mut apt = Command::new("chroot");
        apt.arg(root)
            .args(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]);
        shell::run(apt.args(arguments))?;
    }
    Ok(())
}

/// Unpacks a suite's tshark and headers, unless that is done.
fn unpack(suite: &Suite, root: &Path) -> Result<()> {
    if root.join("usr/bin/tshark").exists() && root.join("usr/include/wireshark").exists() {
        return Ok(());
    }
    shell::say(format!(
        "unpacking Wireshark {} from Debian {} (about 1 GB)",
        suite.version, suite.name
    ));
    if root.exists() {
        fs::remove_dir_all(root).with_context(|| format!("removing the unfinished {}", root.display()))?;
    }
    fs::create_dir_all(root)?;
    let packages = format!("--include=tshark,libwireshark-dev{}", suite.more_packages);
    shell::run(
        Command::new("debootstrap")
            .args(["--variant=minbase", &packages, suite.name])
            .arg(root),
    )
    .context("other Wireshark versions are unpacked with debootstrap, which must run as root")
}

/// Writes scripts that run the programs of `root` with its own libraries; says where tshark's is.
fn wrappers(folder: &Path, root: &Path) -> Result<PathBuf> {
    fs::create_dir_all(folder)?;
    for program in ["tshark", "sharkd", "editcap", "capinfos", "mergecap", "wireshark"] {
        // Qt's libraries need two that are in folders of their own.
        let script = format!(
            "#!/bin/sh\nR={root}\nL=\"$R/usr/lib/x86_64-linux-gnu\"\n\
             export WIRESHARK_DATA_DIR=\"$R/usr/share/wireshark\" QT_PLUGIN_PATH=\"$L/qt6/plugins\"\n\
             exec \"$R/lib64/ld-linux-x86-64.so.2\" --library-path \"$L:$L/pulseaudio:$L/libproxy\" \
             \"$R/usr/bin/{program}\" \"$@\"\n",
            root = shell::quoted(&root.to_string_lossy()),
        );
        write_executable(&folder.join(program), &script)?;
    }
    Ok(folder.join("tshark"))
}

fn write_executable(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}
