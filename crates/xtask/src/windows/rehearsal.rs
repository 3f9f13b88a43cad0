//! Lets `gw2-install.exe` install, look and remove under wine, as `install.ps1` would have it do.
//!
//! Wireshark's part is played by a program without code that has what the installer reads: a file version.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use tshark_harness::Finished;

use super::wine::Wine;
use crate::{project, shell};

/// Where Wireshark's installer leaves word.
const KEY: &str = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\Wireshark.exe";

/// An unpacked release archive, a Wireshark, and a user's application data.
pub struct Rehearsal {
    folder: PathBuf,
    installer: PathBuf,
    wine: Wine,
    version: String,
}

impl Rehearsal {
    /// Unpacks nothing: `plugins` are a version and its DLL each. Wireshark is of the last one's version.
    pub fn set(installer: &Path, plugins: &[(String, PathBuf)]) -> Result<Self> {
        let folder = project::target()?.join("rehearsal");
        // wine's own files too: in its registry is what an earlier rehearsal left.
        for used in [&folder, &project::target()?.join("wine/rehearsal")] {
            if used.exists() {
                fs::remove_dir_all(used).with_context(|| format!("emptying {}", used.display()))?;
            }
        }
        let archive = folder.join("archive");
        for (version, plugin) in plugins {
            let folder = archive.join(version);
            fs::create_dir_all(&folder)?;
            fs::copy(plugin, folder.join("gw2.dll"))?;
        }
        let profile = archive.join("profile/GW2");
        fs::create_dir_all(&profile)?;
        fs::write(profile.join("preferences"), "# none\n")?;
        let copy = archive.join("gw2-install.exe");
        fs::copy(installer, &copy)?;
        let Some((version, _)) = plugins.last() else {
            bail!("no plugin to install");
        };
        wireshark(&folder.join("Wireshark"), version)?;
        wireshark(&folder.join("Wireshark of tomorrow"), "9.9")?;
        Ok(Self {
            folder,
            installer: copy,
            wine: Wine::with_prefix("rehearsal")?,
            version: version.clone(),
        })
    }

    /// Installs and removes in all ways.
    pub fn play(&self) -> Result<()> {
        let named = format!("--wireshark={}", dos_path(&self.folder.join("Wireshark")));
        let mine = self.plugin_below("Application Data");
        let everybodys = self.plugin_below("Wireshark");

        self.fails(&[], "found neither in the registry nor on the path")?;
        self.fails(
            &["--wireshark=C:\\windows"],
            "no Wireshark.exe or tshark.exe in C:\\windows",
        )?;
        self.fails(&[&named, "--doctor"], "not installed for Wireshark")?;

        self.works(&[&named, "--what-if", "--verbose"], "would copy")?;
        ensure!(!mine.exists(), "--what-if installed {}", mine.display());
        self.works(&[&named, "--profile"], "ok")?;
        ensure!(mine.is_file(), "there is no {}", mine.display());
        let profile = self.folder.join("Application Data/profiles/GW2/preferences");
        ensure!(profile.is_file(), "there is no {}", profile.display());
        self.works(&[&named, "--doctor"], "ok")?;

        self.register()?;
        self.fails(&["--global"], "there are 2 copies")?;
        ensure!(everybodys.is_file(), "there is no {}", everybodys.display());
        self.works(&["--uninstall", "--global"], "done: remove")?;
        self.works(&["--doctor"], "ok")?;
        self.works(&["--uninstall"], "done: remove")?;
        ensure!(!mine.exists(), "--uninstall left {}", mine.display());
        self.fails(&["--uninstall"], "nothing to remove")?;

        let tomorrow = format!(
            "--wireshark={}",
            dos_path(&self.folder.join("Wireshark of tomorrow"))
        );
        self.fails(&[&tomorrow], "your Wireshark is 9.9")
    }

    fn plugin_below(&self, folder: &str) -> PathBuf {
        let plugins = self.folder.join(folder).join("plugins").join(&self.version);
        plugins.join("epan/gw2.dll")
    }

    fn register(&self) -> Result<()> {
        let program = dos_path(&self.folder.join("Wireshark/Wireshark.exe"));
        let mut command = self.wine.command(Path::new("reg"));
        command.args(["add", KEY, "/ve", "/d", &program, "/f"]);
        self.wine.finish(&mut command)?.success()?;
        Ok(())
    }

    fn run(&self, arguments: &[&str]) -> Result<Finished> {
        let mut command = self.wine.command(&self.installer);
        command.args(arguments).env(
            "WIRESHARK_CONFIG_DIR",
            dos_path(&self.folder.join("Application Data")),
        );
        self.wine.finish(&mut command)
    }

    fn works(&self, arguments: &[&str], says: &str) -> Result<()> {
        let finished = self
            .run(arguments)?
            .success()
            .with_context(|| format!("gw2-install {}", arguments.join(" ")))?;
        expect(arguments, &finished.stdout, says)
    }

    fn fails(&self, arguments: &[&str], says: &str) -> Result<()> {
        let finished = self.run(arguments)?;
        let said = finished.stdout + &finished.stderr;
        ensure!(
            !finished.status.success(),
            "gw2-install {} should fail, and says:\n{said}",
            arguments.join(" ")
        );
        expect(arguments, &said, says)
    }
}

fn expect(arguments: &[&str], said: &str, says: &str) -> Result<()> {
    ensure!(
        said.contains(says),
        "gw2-install {} should say `{says}`, and says:\n{said}",
        arguments.join(" ")
    );
    Ok(())
}

/// wine shows the whole file system as drive Z.
fn dos_path(path: &Path) -> String {
    format!("Z:{}", path.display()).replace('/', "\\")
}

/// A program with nothing but a version.
fn wireshark(folder: &Path, version: &str) -> Result<()> {
    fs::create_dir_all(folder)?;
    let file = |name: &str| folder.join(name);
    let numbers = version.replace('.', ",");
    fs::write(
        file("version.rc"),
        format!("1 VERSIONINFO FILEVERSION {numbers},17,0 BEGIN END\n"),
    )?;
    fs::write(file("main.c"), "int main(void) { return 0; }\n")?;
    shell::run(
        Command::new("x86_64-w64-mingw32-windres")
            .arg(file("version.rc"))
            .arg(file("version.o")),
    )?;
    shell::run(
        Command::new("x86_64-w64-mingw32-gcc")
            .arg("-o")
            .arg(file("Wireshark.exe"))
            .args([file("main.c"), file("version.o")]),
    )
}
