//! `install.ps1`: no PowerShell runs here, so its syntax is checked, and that what it hands over is understood.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use tree_sitter::{Node, Parser};

fn script() -> String {
    fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../install.ps1")).unwrap()
}

fn errors(node: Node<'_>, found: &mut Vec<String>) {
    if node.is_error() || node.is_missing() {
        found.push(format!("line {}: {}", node.start_position().row + 1, node.kind()));
    }
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        errors(child, found);
    }
}

fn errors_in(text: &str) -> Vec<String> {
    let mut parser = Parser::new();
    parser
        .set_language(&tree_sitter_powershell::LANGUAGE.into())
        .unwrap();
    let mut found = Vec::new();
    errors(parser.parse(text, None).unwrap().root_node(), &mut found);
    found
}

#[test]
fn its_syntax_is_right() {
    assert_eq!(errors_in(&script()), [""; 0]);
    assert_ne!(
        errors_in("if ($Global) { 'unfinished"),
        [""; 0],
        "the check finds nothing"
    );
}

#[test]
fn the_program_has_the_options_that_it_hands_over() {
    let help = Command::new(env!("CARGO_BIN_EXE_gw2-install"))
        .arg("--help")
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let words = |text: &str| -> BTreeSet<String> {
        text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
            .filter(|word| word.starts_with("--"))
            .map(str::to_owned)
            .collect()
    };
    let (handed_over, known) = (words(&script()), words(&help));
    assert!(handed_over.len() >= 8, "{handed_over:?}");
    assert!(handed_over.is_subset(&known), "{handed_over:?} in {known:?}");
}
