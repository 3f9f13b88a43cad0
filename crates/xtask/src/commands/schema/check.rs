//! `cargo xtask schema check`

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use gw2_protocol::schema::BUILTIN_FILES;

use super::counted;
use crate::project;
use crate::schema::files;
use crate::schema::library::Library;

/// Options of `cargo xtask schema check`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Schema files, or folders of them [default: the built-in ones, schemas/ of this repository]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// Says that nothing is wrong; prints what is and fails when something is.
pub fn run(arguments: &Arguments) -> Result<String> {
    let checked = if arguments.paths.is_empty() {
        check_builtin(&project::root())?
    } else {
        let files = files::read(&arguments.paths)?;
        Checked::new(&files, files.len())
    };
    if checked.problems > 0 {
        super::print(&checked.report)?;
        bail!(
            "{} in {}",
            counted(checked.problems, "problem"),
            counted(checked.files, "file")
        );
    }
    Ok(checked.report)
}

/// What a check found.
struct Checked {
    report: String,
    problems: usize,
    files: usize,
}

impl Checked {
    /// Checks files over the built-in ones, of which `count` are the user's matter.
    fn new(files: &[(String, String)], count: usize) -> Self {
        let library = Library::load(files);
        let mut report = String::new();
        for error in &library.errors {
            let _ = writeln!(report, "{error}");
        }
        if library.errors.is_empty() {
            let tables = library.tables().count();
            let messages: usize = library.tables().map(|table| table.messages.len()).sum();
            let _ = writeln!(
                report,
                "no problems in {}; with the built-in sets there are {} of {} in {}",
                counted(count, "file"),
                counted(messages, "message"),
                counted(tables, "table"),
                counted(library.catalog.sets().len(), "set"),
            );
        }
        Self {
            report,
            problems: library.errors.len(),
            files: count,
        }
    }
}

/// Checks the built-in files, and that no file lies beside them that the plugin does not have.
fn check_builtin(root: &Path) -> Result<Checked> {
    let mut checked = Checked::new(&[], BUILTIN_FILES.len());
    let mut found = files::find(&root.join("schemas"))?;
    found.sort();
    for path in found {
        let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        if !BUILTIN_FILES.iter().any(|(known, _)| *known == name) {
            let _ = writeln!(
                checked.report,
                "{name}: the plugin does not have this file; name it in crates/gw2-protocol/src/schema/builtin.rs"
            );
            checked.problems += 1;
        }
    }
    Ok(checked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gw2_protocol::schema::Catalog;
    use std::fs;

    #[test]
    fn the_repository_has_no_problems() {
        let checked = check_builtin(&project::root()).unwrap();
        assert_eq!(checked.problems, 0, "{}", checked.report);
        assert!(
            checked
                .report
                .starts_with("no problems in 10 files; with the built-in sets there are ")
        );
    }

    #[test]
    fn problems_are_those_of_the_plugin_with_their_places() {
        let text = "schema 2026-205780\ntable gs2c\n\n0x0001 { agent: u9 }\n0x0002 { tick: string }\n";
        let files = [("mine.schema".to_owned(), text.to_owned())];
        let checked = Checked::new(&files, 1);
        let (_, errors) = Catalog::load([("mine.schema", text)]);
        let expected: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(checked.report.lines().collect::<Vec<_>>(), expected);
        assert!(
            expected[0].starts_with("mine.schema:4:17: no type \"u9\""),
            "{expected:?}"
        );
        assert_eq!(checked.problems, expected.len());
    }

    #[test]
    fn a_file_that_the_plugin_does_not_have_is_a_problem() {
        let root = tempfile::tempdir().unwrap();
        let set = root.path().join("schemas/2030");
        fs::create_dir_all(&set).unwrap();
        fs::write(set.join("gs2c.schema"), "").unwrap();
        let checked = check_builtin(root.path()).unwrap();
        assert_eq!(checked.problems, 1);
        assert!(
            checked
                .report
                .contains("\nschemas/2030/gs2c.schema: the plugin does not have"),
            "{}",
            checked.report
        );
    }
}
