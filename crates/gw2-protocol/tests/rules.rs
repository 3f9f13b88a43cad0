//! docs/rules.md names tests that exist.
#![allow(clippy::unwrap_used)]

use std::collections::HashSet;
use std::fs;
use std::path::Path;

/// The functions and modules of every source file under a folder.
fn names(folder: &Path, found: &mut HashSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.insert(path.file_stem().unwrap().to_str().unwrap().to_owned());
            let text = fs::read_to_string(&path).unwrap();
            for declared in text.split("fn ").skip(1) {
                let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
                found.insert(declared.chars().take_while(|c| is_name(*c)).collect());
            }
        }
        let folder_name = folder.file_name().unwrap().to_str().unwrap();
        found.insert(folder_name.to_owned());
    }
}

#[test]
fn every_test_in_the_table_of_rules_exists() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = HashSet::new();
    names(&here.join("src"), &mut found);
    names(&here.join("tests"), &mut found);
    names(&here.join("../../tests"), &mut found);
    let text = fs::read_to_string(here.join("../../docs/rules.md")).unwrap();
    let mut checked = 0;
    for row in text.lines().filter(|line| line.starts_with("| ")) {
        let tests = row.trim_end_matches('|').rsplit(" | ").next().unwrap();
        for name in tests
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|name| !name.contains(".rs"))
        {
            let last = name.rsplit("::").next().unwrap();
            assert!(found.contains(last), "{name}: no such test");
            checked += 1;
        }
    }
    assert!(checked > 80, "{checked} tests are named");
}
