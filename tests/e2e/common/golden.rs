//! Golden files: what tshark printed when a person last looked at it and found it right.

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Compares with `tests/golden/NAME`. `GW2_UPDATE_GOLDEN=1` writes the file instead: look at the difference in git.
pub fn check(name: &str, actual: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if env::var_os("GW2_UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        fs::write(&file, actual).unwrap();
        return;
    }
    let wanted = fs::read_to_string(&file).unwrap_or_default();
    if wanted == actual {
        return;
    }
    panic!(
        "{} differs (- wanted, + now). GW2_UPDATE_GOLDEN=1 takes what is now:\n{}",
        file.display(),
        difference(&wanted, actual)
    );
}

/// The lines between the common beginning and the common end, at most 40 of each side.
fn difference(wanted: &str, actual: &str) -> String {
    let wanted: Vec<_> = wanted.lines().collect();
    let actual: Vec<_> = actual.lines().collect();
    let same_start = wanted.iter().zip(&actual).take_while(|(a, b)| a == b).count();
    let rest = wanted.len().min(actual.len()) - same_start;
    let same_end = wanted
        .iter()
        .rev()
        .zip(actual.iter().rev())
        .take(rest)
        .take_while(|(a, b)| a == b)
        .count();

    let mut text = format!("@@ line {} @@\n", same_start + 1);
    for (mark, lines) in [('-', &wanted), ('+', &actual)] {
        let differing = &lines[same_start..lines.len() - same_end];
        for line in differing.iter().take(40) {
            writeln!(text, "{mark} {line}").unwrap();
        }
        if differing.len() > 40 {
            writeln!(text, "{mark} … {} more lines", differing.len() - 40).unwrap();
        }
    }
    text
}

#[test]
fn a_difference_shows_only_what_differs() {
    assert_eq!(
        difference("a\nb\nc\n", "a\nx\ny\nc\n"),
        "@@ line 2 @@\n- b\n+ x\n+ y\n"
    );
    assert_eq!(difference("a\n", "a\na\n"), "@@ line 2 @@\n+ a\n");
}
