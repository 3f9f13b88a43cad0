//! Whether Wireshark for Windows can load the DLL: a name that no DLL exports would keep it from loading, and wine does not
//! notice.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use object::{File, Object};

use crate::wiresharks::Target;

/// What Wireshark looks up in a plugin. Nothing else is to be seen of ours.
const EXPORTS: [&str; 5] = [
    "plugin_describe",
    "plugin_register",
    "plugin_version",
    "plugin_want_major",
    "plugin_want_minor",
];

/// Wireshark's DLLs, and how the names of the Linux libraries that export the same begin.
const WIRESHARK: [(&str, &str); 4] = [
    ("libwireshark.dll", "libwireshark.so"),
    ("libwsutil.dll", "libwsutil.so"),
    ("libwiretap.dll", "libwiretap.so"),
    ("glib-2.0-0.dll", "libglib-2.0.so"),
];

/// DLLs of Windows itself, in lower case.
const SYSTEM: [&str; 6] = [
    "advapi32.dll",
    "api-ms-win-core-synch-l1-2-0.dll",
    "bcryptprimitives.dll",
    "kernel32.dll",
    "msvcrt.dll",
    "ntdll.dll",
];

/// The names that a DLL takes from another.
pub struct Imports {
    /// The other DLL.
    pub dll: String,
    /// The names.
    pub names: Vec<String>,
}

/// Looks at exports and imports.
///
/// # Errors
/// Names what is wrong.
pub fn check(dll: &Path, target: &Target) -> Result<()> {
    check_file(dll, target).with_context(|| format!("{} would not load", dll.display()))
}

fn check_file(dll: &Path, target: &Target) -> Result<()> {
    let exported = exports(dll)?;
    if exported != EXPORTS.map(str::to_owned).into() {
        bail!("it exports {exported:?}, where Wireshark wants {EXPORTS:?} and nothing else");
    }
    let folder = target.library_folder();
    imports(dll)?
        .iter()
        .try_for_each(|imports| check_imports(imports, |library| exports(&library_file(&folder, library)?)))
}

/// Whether another DLL has what is taken from it. `exported` says what a Linux library exports.
fn check_imports(imports: &Imports, exported: impl Fn(&str) -> Result<BTreeSet<String>>) -> Result<()> {
    let Imports { dll, names } = imports;
    let Some((_, library)) = WIRESHARK.iter().find(|(name, _)| name == dll) else {
        if SYSTEM.contains(&dll.to_lowercase().as_str()) {
            return Ok(());
        }
        bail!("it needs {dll}, which is neither Wireshark's nor a part of Windows");
    };
    let there = exported(library)?;
    let missing: Vec<_> = names.iter().filter(|name| !there.contains(*name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    bail!("it takes {missing:?} from {dll}, and this Wireshark's {library} exports no such names")
}

/// What a DLL takes from others.
pub fn imports(dll: &Path) -> Result<Vec<Imports>> {
    let bytes = fs::read(dll).with_context(|| format!("reading {}", dll.display()))?;
    let file = File::parse(&*bytes).with_context(|| format!("reading {}", dll.display()))?;
    let mut imports = Vec::<Imports>::new();
    for import in file.imports()? {
        let dll = String::from_utf8_lossy(import.library()).into_owned();
        let name = String::from_utf8_lossy(import.name()).into_owned();
        match imports.iter_mut().find(|known| known.dll == dll) {
            Some(known) => known.names.push(name),
            None => imports.push(Imports {
                dll,
                names: vec![name],
            }),
        }
    }
    Ok(imports)
}

fn exports(library: &Path) -> Result<BTreeSet<String>> {
    let bytes = fs::read(library).with_context(|| format!("reading {}", library.display()))?;
    let file = File::parse(&*bytes).with_context(|| format!("reading {}", library.display()))?;
    Ok(file
        .exports()?
        .iter()
        .map(|export| String::from_utf8_lossy(export.name()).into_owned())
        .collect())
}

/// A library by the beginning of its name; what follows is a number of its interface.
fn library_file(folder: &Path, name: &str) -> Result<PathBuf> {
    let listed = fs::read_dir(folder).with_context(|| format!("looking into {}", folder.display()))?;
    let mut found: Vec<_> = listed
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.file_name()
                .is_some_and(|file| file.to_string_lossy().starts_with(name))
        })
        .collect();
    found.sort();
    found
        .into_iter()
        .next()
        .ok_or_else(|| anyhow!("there is no {name}* in {}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(dll: &str, name: &str) -> Result<()> {
        let imports = Imports {
            dll: dll.to_owned(),
            names: vec![name.to_owned()],
        };
        check_imports(&imports, |library| {
            Ok(match library {
                "libwireshark.so" => ["proto_register_plugin".to_owned()].into(),
                _ => ["wmem_alloc".to_owned()].into(),
            })
        })
    }

    #[test]
    fn a_name_must_come_from_the_library_that_has_it() {
        check("libwireshark.dll", "proto_register_plugin").unwrap();
        check("libwsutil.dll", "wmem_alloc").unwrap();
        let error = check("libwireshark.dll", "wmem_alloc").unwrap_err().to_string();
        assert!(
            error.contains("wmem_alloc") && error.contains("libwireshark.dll"),
            "{error}"
        );
    }

    #[test]
    fn only_windows_itself_is_taken_for_granted() {
        check("KERNEL32.dll", "Sleep").unwrap();
        let error = check("libgcc_s_seh-1.dll", "_Unwind_Resume")
            .unwrap_err()
            .to_string();
        assert!(error.contains("libgcc_s_seh-1.dll"), "{error}");
    }
}
