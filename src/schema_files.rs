//! The user's folder of schema files.

use std::fs;
use std::path::Path;

/// The ending of schema files.
const ENDING: &str = "schema";

/// How deep folders may be nested: a set is a folder of files, and sets may be grouped once more.
const MAX_DEPTH: usize = 3;

/// Reads every schema file below `dir`: name and text, in the order of their names. What cannot be
/// read comes back as sentences for the user.
pub fn read(dir: &Path) -> (Vec<(String, String)>, Vec<String>) {
    let mut files = Vec::new();
    let mut problems = Vec::new();
    read_folder(dir, MAX_DEPTH, &mut files, &mut problems);
    files.sort();
    if files.is_empty() && problems.is_empty() {
        problems.push(format!(
            "there is no *.{ENDING} file in \"{}\", which the preference gw2.schema_dir names",
            dir.display()
        ));
    }
    (files, problems)
}

fn read_folder(dir: &Path, depth: usize, files: &mut Vec<(String, String)>, problems: &mut Vec<String>) {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) => {
            problems.push(format!(
                "cannot read the folder \"{}\": {error}. Check the preference gw2.schema_dir.",
                dir.display()
            ));
            return;
        }
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            if let Some(depth) = depth.checked_sub(1) {
                read_folder(&path, depth, files, problems);
            }
        } else if path.extension().is_some_and(|ending| ending == ENDING) {
            match fs::read_to_string(&path) {
                Ok(text) => files.push((path.display().to_string(), text)),
                Err(error) => problems.push(format!("cannot read \"{}\": {error}", path.display())),
            }
        }
    }
}
