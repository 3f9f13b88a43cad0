//! The examples in docs/keylog.md are pieces of programs that are compiled and run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

const DOCUMENTATION: &str = include_str!("../../../docs/keylog.md");

/// The code blocks of a language.
fn blocks(language: &str) -> Vec<&'static str> {
    let mut blocks = DOCUMENTATION.split("```");
    // Before, block, between, block, …
    blocks.next();
    blocks
        .step_by(2)
        .filter_map(|block| block.strip_prefix(language)?.strip_prefix('\n'))
        .collect()
}

#[test]
fn examples_are_pieces_of_the_programs() {
    for (language, program) in [
        ("rust", include_str!("../examples/exporter.rs")),
        ("c", include_str!("../examples/exporter.c")),
    ] {
        let blocks = blocks(language);
        assert!(!blocks.is_empty(), "no example in {language}");
        for block in blocks {
            assert!(program.contains(block), "not in the example program:\n{block}");
        }
    }
}
