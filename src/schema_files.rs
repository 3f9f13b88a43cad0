//! The user's folder of schema files.

use std::fs;
use std::path::Path;

/// The ending of schema files.
const ENDING: &str = "schema";

/// How deep folders may be nested: a set is a folder of files, and sets may be grouped once more.
const MAX_DEPTH: usize = 3;

/// What a folder held when it was read. Two readings are equal when nothing in it has changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct SchemaFiles {
    /// Name and text, in the order of names.
    files: Vec<(String, String)>,
    /// What could not be read, as sentences for the user.
    problems: Vec<String>,
}

impl SchemaFiles {
    /// Reads every schema file below `dir`; nothing without one.
    pub fn read(dir: Option<&Path>) -> Self {
        let mut read = Self::default();
        let Some(dir) = dir else { return read };
        read.folder(dir, MAX_DEPTH);
        read.files.sort();
        read.problems.sort();
        if read.files.is_empty() && read.problems.is_empty() {
            read.problems.push(format!(
                "there is no *.{ENDING} file in \"{}\", which the preference gw2.schema_dir names",
                dir.display()
            ));
        }
        read
    }

    /// Name and text of each file.
    pub fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
    }

    /// What could not be read.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    fn folder(&mut self, dir: &Path, depth: usize) {
        let entries = match fs::read_dir(dir) {
            Ok(entries) => entries,
            Err(error) => {
                self.problems.push(format!(
                    "cannot read the folder \"{}\": {error}. Check the preference gw2.schema_dir.",
                    dir.display()
                ));
                return;
            }
        };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                if let Some(depth) = depth.checked_sub(1) {
                    self.folder(&path, depth);
                }
            } else if path.extension().is_some_and(|ending| ending == ENDING) {
                match fs::read_to_string(&path) {
                    Ok(text) => self.files.push((path.display().to_string(), text)),
                    Err(error) => self
                        .problems
                        .push(format!("cannot read \"{}\": {error}", path.display())),
                }
            }
        }
    }
}
