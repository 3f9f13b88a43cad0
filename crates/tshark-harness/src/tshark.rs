use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::{Finished, Identity, Wireshark, run};

/// Variables of the caller that would change what tshark does.
const CLEARED: &[&str] = &[
    "GW2_KEYLOGFILE",
    "SSLKEYLOGFILE",
    "WIRESHARK_APPDATA",
    "WIRESHARK_DATA_DIR",
    "WIRESHARK_RUN_FROM_BUILD_DIRECTORY",
    "XDG_CONFIG_HOME",
];

/// How long one run may take before it counts as hanging.
const LIMIT: Duration = Duration::from_secs(120);

/// A tshark with a home of its own and, in it, one plugin. The home goes away with the value.
#[derive(Debug)]
pub struct Tshark {
    wireshark: Wireshark,
    identity: Identity,
    home: TempDir,
    environment: Vec<(String, String)>,
}

impl Tshark {
    /// A tshark that loads `plugin` and no plugin else.
    ///
    /// # Errors
    /// When the plugin cannot be copied, or we are root and cannot be anyone else.
    pub fn with_plugin(wireshark: &Wireshark, plugin: &Path) -> Result<Self> {
        let tshark = Self::without_plugin(wireshark)?;
        let folder = tshark
            .home
            .path()
            .join("plugins")
            .join(wireshark.version().folder())
            .join("epan");
        fs::create_dir_all(&folder)?;
        fs::copy(plugin, folder.join(crate::installed_file_name()))
            .with_context(|| format!("copying the plugin {} to {}", plugin.display(), folder.display()))?;
        Ok(tshark)
    }

    /// A tshark as it comes, to compare with.
    ///
    /// # Errors
    /// As for [`Tshark::with_plugin`].
    pub fn without_plugin(wireshark: &Wireshark) -> Result<Self> {
        let identity = Identity::find()?;
        let home = tempfile::Builder::new().prefix("gw2-tshark-").tempdir()?;
        fs::create_dir_all(home.path().join("config"))?;
        fs::create_dir_all(home.path().join("plugins"))?;
        if identity == Identity::Nobody {
            open_to_everyone(home.path())?;
        }
        Ok(Self {
            wireshark: wireshark.clone(),
            identity,
            home,
            environment: Vec::new(),
        })
    }

    /// With an environment variable set in each run.
    #[must_use]
    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The Wireshark it belongs to.
    #[must_use]
    pub fn wireshark(&self) -> &Wireshark {
        &self.wireshark
    }

    /// A folder that goes away with this value, readable and writable by its tshark.
    #[must_use]
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// A command that runs this tshark, ready for arguments.
    #[must_use]
    pub fn command(&self) -> Command {
        self.command_of(self.wireshark.tshark())
    }

    /// A command that runs another program of the same Wireshark, `editcap` for example, in the same home.
    #[must_use]
    pub fn companion(&self, name: &str) -> Command {
        self.command_of(&self.wireshark.companion(name))
    }

    /// A shell that runs a script with the programs of this Wireshark first on its path, in the same home.
    #[must_use]
    pub fn shell(&self, script: &str) -> Command {
        let mut folders: Vec<PathBuf> = self
            .wireshark
            .tshark()
            .parent()
            .map(Into::into)
            .into_iter()
            .collect();
        folders.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
        let mut command = self.command_of(Path::new("sh"));
        command.args(["-c", script]);
        if let Ok(path) = env::join_paths(folders) {
            command.env("PATH", path);
        }
        command
    }

    fn command_of(&self, program: &Path) -> Command {
        let home = self.home.path();
        let mut command = self.identity.command(program);
        for name in CLEARED {
            command.env_remove(name);
        }
        command
            .env("HOME", home)
            .env("WIRESHARK_CONFIG_DIR", home.join("config"))
            .env("WIRESHARK_PLUGIN_DIR", home.join("plugins"))
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs tshark to its end.
    ///
    /// # Errors
    /// When it cannot start or hangs. That it fails is no error here: look at [`Finished::status`].
    pub fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Result<Finished> {
        run(self.command().args(arguments), LIMIT)
    }

    /// Makes sure that the plugin is loaded: tshark says so on standard error only, and succeeds all the same.
    ///
    /// # Errors
    /// When it is not: with what tshark said.
    pub fn check_plugin(&self) -> Result<()> {
        let listed = self.run(["-G", "plugins"])?.success()?;
        if listed
            .lines()
            .any(|line| line.starts_with(crate::installed_file_name()))
        {
            return Ok(());
        }
        bail!(
            "tshark {} does not load the plugin; it says:\n{}",
            self.wireshark.version(),
            listed.stderr.trim_end()
        )
    }
}

#[cfg(unix)]
fn open_to_everyone(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    for path in [folder.to_owned(), folder.join("config"), folder.join("plugins")] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o777))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn open_to_everyone(_folder: &Path) -> Result<()> {
    Ok(())
}
