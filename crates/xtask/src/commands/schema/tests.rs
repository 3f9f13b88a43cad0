//! docs/schema-commands.md: every example does what the page shows.

use super::*;
use std::fs;

use clap::Parser;

const PAGE: &str = include_str!("../../../../../docs/schema-commands.md");

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    arguments: Arguments,
}

/// The fenced blocks: the word behind the opening fence, and the content.
fn blocks() -> Vec<(&'static str, &'static str)> {
    let mut parts = PAGE.split("```");
    parts.next();
    let mut blocks = Vec::new();
    while let Some(block) = parts.next() {
        blocks.push(block.split_once('\n').unwrap());
        parts.next().expect("a fence that is not closed");
    }
    blocks
}

#[test]
fn the_commands_of_the_page_print_what_it_shows() {
    let folder = tempfile::tempdir().unwrap();
    let mut examples = 0;
    for (kind, text) in blocks() {
        match kind {
            // A file that a command further down reads; its first line is its name.
            "schema" | "text" => {
                let (name, content) = text.split_once('\n').unwrap();
                fs::write(folder.path().join(name.trim_start_matches("# ")), content).unwrap();
            }
            "console" => {
                let (line, expected) = text.split_once('\n').unwrap();
                let words = line.strip_prefix("$ cargo xtask ").unwrap().split_whitespace();
                let words = words.map(|word| {
                    let file = folder.path().join(word);
                    if file.exists() {
                        file.display().to_string()
                    } else {
                        word.to_owned()
                    }
                });
                let line = Line::try_parse_from(words).unwrap();
                assert_eq!(output(&line.arguments).unwrap().trim_end(), expected.trim_end());
                examples += 1;
            }
            // Commands to type, whose result depends on what one has.
            "sh" => {}
            other => panic!("a block of {other:?}"),
        }
    }
    assert_eq!(examples, 5);
}

#[test]
fn the_example_folder_is_what_diff_writes() {
    let line = "schema diff 2025-08 2026-205780 --table c2gs --format schema";
    let parsed = Line::try_parse_from(line.split_whitespace()).unwrap();
    let written = output(&parsed.arguments).unwrap();
    let kept = include_str!("../../../../../examples/names-2026/c2gs.schema");
    assert_eq!(
        written.trim_end(),
        kept.trim_end(),
        "write it anew with `cargo xtask {line}`"
    );
}
