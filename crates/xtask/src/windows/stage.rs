//! Lets the DLL register and dissect under wine, in front of stand-ins for Wireshark's DLLs (`tests/windows/`).
//!
//! The stand-ins are compiled against the same headers as the plugin, for Windows. What they do not define of the plugin's
//! imports is written here: functions that do nothing.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};
use object::{File, Object, ObjectSymbol};

use super::dll;
use super::wine::Wine;
use crate::wiresharks::Target;
use crate::{project, shell};

#[path = "../../../wireshark-ffi/build/glib_for_windows.rs"]
mod glib_for_windows;

const COMPILER: &str = "x86_64-w64-mingw32-gcc";

/// The DLLs to stand in for, and the sources of the stand-ins.
const DLLS: [(&str, &str); 4] = [
    ("libwsutil.dll", "libwsutil.c"),
    ("libwireshark.dll", "libwireshark.c"),
    ("glib-2.0-0.dll", "glib.c"),
    ("bcryptprimitives.dll", "bcryptprimitives.c"),
];

/// A loader, stand-ins, and the plugin, in one folder.
pub struct Stage {
    folder: PathBuf,
    wine: Wine,
}

impl Stage {
    /// Builds all that it takes to load `plugin`.
    pub fn set(plugin: &Path, target: &Target) -> Result<Self> {
        shell::say(format!(
            "setting a stage for gw2.dll {}",
            target.wireshark.version()
        ));
        let folder = target.target_folder()?.join("stage");
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("emptying {}", folder.display()))?;
        }
        fs::create_dir_all(&folder)?;
        let includes = includes(&folder, target)?;
        let imports = dll::imports(plugin)?;
        for (name, source) in DLLS {
            let object = compile(&folder, source, &includes)?;
            let defined = defined_in(&object)?;
            let needed = imports.iter().find(|imports| imports.dll == name);
            let needed = needed.map_or(&[][..], |imports| &imports.names);
            let idle = folder.join(format!("idle-{source}"));
            fs::write(&idle, idle_functions(needed, &defined))?;
            link(&folder, name, &[object, idle])?;
        }
        let loader = compile(&folder, "loader.c", &includes)?;
        let dlls = ["libwireshark.dll", "libwsutil.dll"].map(|name| folder.join(name));
        shell::run(
            Command::new(COMPILER)
                .arg("-o")
                .arg(folder.join("loader.exe"))
                .arg(loader)
                .args(dlls),
        )?;
        fs::copy(plugin, folder.join("gw2.dll"))?;
        Ok(Self {
            folder,
            wine: Wine::with_prefix("stage")?,
        })
    }

    /// Whether it loads and registers.
    pub fn load(&self) -> Result<()> {
        self.act("load.txt", &[])
    }

    /// Lets the plugin dissect, once undisturbed, once with an exception half-way, and compares with what must be seen.
    pub fn play(&self) -> Result<()> {
        self.act("play.txt", &["play"])?;
        self.act("throw.txt", &["play", "gw2.portal.status"])
    }

    fn act(&self, expected: &str, arguments: &[&str]) -> Result<()> {
        let expected = sources().join(expected);
        let expected =
            fs::read_to_string(&expected).with_context(|| format!("reading {}", expected.display()))?;
        let arguments = [&["gw2.dll"], arguments].concat();
        let mut loader = self.wine.command(&self.folder.join("loader.exe"));
        let seen = self.wine.finish(loader.args(arguments))?.success()?;
        compare(&seen.stdout, &expected)
    }
}

fn sources() -> PathBuf {
    project::root().join("tests/windows")
}

/// Options that name the headers: the same that the plugin is built with.
fn includes(folder: &Path, target: &Target) -> Result<Vec<String>> {
    let headers = target.header_folders();
    glib_for_windows::write(&headers, folder).map_err(|error| anyhow!(error))?;
    Ok(std::iter::once(folder)
        .chain(headers.iter().map(PathBuf::as_path))
        .map(|folder| format!("-I{}", folder.display()))
        .collect())
}

fn compile(folder: &Path, source: &str, includes: &[String]) -> Result<PathBuf> {
    let object = folder.join(source).with_extension("o");
    shell::run(
        Command::new(COMPILER)
            .args(["-c", "-Wall", "-Wextra", "-Wno-unused-parameter", "-o"])
            .arg(&object)
            .args(includes)
            .arg(sources().join(source)),
    )?;
    Ok(object)
}

fn link(folder: &Path, name: &str, objects: &[PathBuf]) -> Result<()> {
    shell::run(
        Command::new(COMPILER)
            // Some of the idle functions have names that the compiler knows otherwise.
            .args(["-shared", "-fno-builtin", "-o"])
            .arg(folder.join(name))
            .args(objects)
            .arg("-ladvapi32"),
    )
}

fn defined_in(object: &Path) -> Result<Vec<String>> {
    let bytes = fs::read(object)?;
    let file = File::parse(&*bytes)?;
    Ok(file
        .symbols()
        .filter(|symbol| symbol.is_global() && !symbol.is_undefined())
        .filter_map(|symbol| symbol.name().ok().map(str::to_owned))
        .collect())
}

/// 0 is also a null pointer, and no harm where nothing is returned.
fn idle_functions(needed: &[String], defined: &[String]) -> String {
    let mut source = String::new();
    for name in needed.iter().filter(|name| !defined.contains(name)) {
        let _infallible = writeln!(
            source,
            "__declspec(dllexport) long long {name}(void) {{ return 0; }}"
        );
    }
    source
}

/// The expected lines must occur in their order; others may be between them.
fn compare(seen: &str, expected: &str) -> Result<()> {
    let mut lines = seen.lines().map(str::trim_end);
    for wanted in expected.lines().filter(|line| !line.is_empty()) {
        if !lines.any(|line| line == wanted) {
            bail!("the plugin does not show `{wanted}` where it should; it shows:\n{seen}");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expected_lines_are_found_in_order() {
        let seen = "a\r\nx\r\nb\r\nc\r\n";
        compare(seen, "a\nb\n").unwrap();
        compare(seen, "b\na\n").unwrap_err();
        compare(seen, "d\n").unwrap_err();
    }

    #[test]
    fn only_what_is_not_defined_becomes_idle() {
        let names = ["one".to_owned(), "two".to_owned()];
        let source = idle_functions(&names, &names[..1]);
        assert!(
            source.contains("two(void)") && !source.contains("one(void)"),
            "{source}"
        );
    }
}
