//! Which DLL each name comes from, for Windows.
//!
//! There a plugin's imports say the DLL of each name, and there is no import library to cross-build with. Which of
//! Wireshark's libraries exports a name is the same everywhere: the Linux libraries tell. From that comes Rust source with
//! `raw-dylib` blocks, for which rustc makes what the linker needs, for the C shim's objects as well.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use object::read::elf::ElfFile64;
use object::{File, Object, ObjectSymbol, SymbolKind};

/// How each library begins its name on Linux, and what it is called on Windows.
const LIBRARIES: [(&str, &str); 4] = [
    ("libwireshark.so", "libwireshark.dll"),
    ("libwsutil.so", "libwsutil.dll"),
    ("libwiretap.so", "libwiretap.dll"),
    // What the builds of wireshark.org bring.
    ("libglib-2.0.so", "glib-2.0-0.dll"),
];

/// The names that the C shim's objects lack and that are imports, as its headers' `dllimport` spells them or plainly.
///
/// # Errors
/// When an object cannot be read.
pub fn undefined_in(objects: &[PathBuf]) -> Result<BTreeSet<String>, String> {
    let mut names = BTreeSet::new();
    for path in objects {
        let bytes = read(path)?;
        let file = File::parse(&*bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        names.extend(
            file.symbols()
                .filter(ObjectSymbol::is_undefined)
                .filter_map(|symbol| symbol.name().ok().map(str::to_owned))
                .map(|name| name.strip_prefix("__imp_").map_or(name.clone(), str::to_owned)),
        );
    }
    Ok(names)
}

/// The functions that bindings declare.
pub fn declared_in(bindings: &str) -> BTreeSet<String> {
    bindings
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("pub fn "))
        .filter_map(|rest| rest.split(['(', '<']).next())
        .map(str::to_owned)
        .collect()
}

/// Rust source that imports those of the names that Wireshark's libraries in `folder` export. The other names are the C
/// runtime's, or the shim's own.
///
/// # Errors
/// When a library is missing or cannot be read.
pub fn source(names: &BTreeSet<String>, folder: &Path) -> Result<String, String> {
    let mut source = String::new();
    for (unix, windows) in LIBRARIES {
        let path = library(folder, unix)?;
        let bytes = read(&path)?;
        let library = ElfFile64::<object::Endianness>::parse(&*bytes)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let mut imports: Vec<_> = library
            .dynamic_symbols()
            .filter(|symbol| !symbol.is_undefined())
            .filter_map(|symbol| Some((symbol.name().ok()?, symbol.kind() == SymbolKind::Data)))
            .filter(|(name, _)| names.contains(*name))
            .collect();
        imports.sort_unstable();
        imports.dedup();
        if imports.is_empty() {
            continue;
        }
        let written = block(&mut source, windows, &imports);
        written.map_err(|error| error.to_string())?;
    }
    Ok(source)
}

fn block(source: &mut String, dll: &str, imports: &[(&str, bool)]) -> std::fmt::Result {
    writeln!(
        source,
        "#[link(name = {dll:?}, kind = \"raw-dylib\", modifiers = \"+verbatim\")]\nunsafe extern \"C\" {{"
    )?;
    for (name, is_data) in imports {
        match is_data {
            true => writeln!(source, "    static {name}: u8;")?,
            false => writeln!(source, "    fn {name}();")?,
        }
    }
    writeln!(source, "}}")
}

/// A library by the beginning of its name; what follows is a number of its interface.
fn library(folder: &Path, name: &str) -> Result<PathBuf, String> {
    let listed = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut found: Vec<_> = listed
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.file_name()
                .is_some_and(|file| file.to_string_lossy().starts_with(name))
        })
        .collect();
    found.sort();
    found.into_iter().next().ok_or_else(|| {
        format!(
            "{} has no {name}*: a build for Windows reads in Wireshark's Linux libraries which one exports what. \
             WIRESHARK_LIBRARY_DIR names their folder",
            folder.display()
        )
    })
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}
