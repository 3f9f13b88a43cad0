//! docs/schemas.md: every example is read, and does what the page says.

use super::*;

const PAGE: &str = include_str!("../../../../../docs/schemas.md");

/// The fenced blocks: what follows the opening fence, and the content.
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

/// The examples that are right; one without a header gets one.
fn examples() -> Vec<String> {
    let whole = |text: &str| text.lines().any(|line| line.starts_with("schema "));
    blocks()
        .into_iter()
        .filter(|(kind, _)| *kind == "schema")
        .map(|(_, text)| {
            if whole(text) {
                text.to_owned()
            } else {
                format!("schema 2026-205780\ntable gs2c\n{text}")
            }
        })
        .collect()
}

#[test]
fn every_example_is_read_without_errors_even_over_the_built_in_sets() {
    let examples = examples();
    assert_eq!(examples.len(), 6);
    for text in &examples {
        assert!(!good(text).messages.is_empty());
        let (_, errors) = Catalog::load([("example.schema", text.as_str())]);
        assert_eq!(errors, [], "{text}");
    }
}

#[test]
fn the_broken_example_has_the_errors_that_the_page_shows() {
    let blocks = blocks();
    let at = blocks
        .iter()
        .position(|(kind, _)| *kind == "schema broken")
        .unwrap();
    let (file, errors) = parse("my.schema", blocks[at].1);
    let (kind, expected) = blocks[at + 1];
    assert_eq!(kind, "text");
    assert_eq!(shown(&errors), expected.lines().collect::<Vec<_>>());
    assert!(file.unwrap().messages.is_empty());
}

#[test]
fn every_type_is_in_the_table_with_its_code_and_in_the_example() {
    let example = examples()
        .into_iter()
        .find(|text| text.contains("EVERY_TYPE"))
        .unwrap();
    let schema = good(&example).messages.remove(0);
    let used: Vec<&str> = schema.fields().iter().map(|field| field.ty.word()).collect();
    for (word, code) in [
        ("u8", "02"),
        ("u16", "03"),
        ("varint", "04"),
        ("u64", "05"),
        ("f32", "06"),
        ("vec2", "07 08 09"),
        ("vec3", "07 08 09"),
        ("vec4", "07 08 09"),
        ("position", "0A"),
        ("guid", "0B"),
        ("address", "0C"),
        ("string", "0D"),
        ("cstring", "0E"),
        ("optional", "0F"),
        ("array", "10"),
        ("array8", "11"),
        ("array16", "12"),
        ("bytes", "13"),
        ("bytes8", "14"),
        ("bytes16", "15"),
        ("align", "16"),
        ("u32", "17"),
        ("u32_19", "19"),
        ("u64_1a", "1A"),
        ("unknown", ""),
    ] {
        let row = PAGE.lines().find(|line| {
            let first = line.split('|').nth(1).unwrap_or_default();
            first
                .split('`')
                .any(|part| part.split(['(', ' ']).next() == Some(word))
        });
        let row = row.unwrap_or_else(|| panic!("{word} is not in the table"));
        assert_eq!(row.split('|').nth(2).unwrap().trim(), code, "{word}");
        // `align` can stand in no client's message.
        assert!(
            word == "align" || used.contains(&word),
            "{word} is not in the example"
        );
    }
}

#[test]
fn every_hint_and_kind_of_evidence_is_in_its_table() {
    let first_cells = || {
        PAGE.lines()
            .filter_map(|line| line.strip_prefix("| ")?.split('|').next())
    };
    for word in Hint::plain_words() {
        let cell = format!("`as {word}`");
        assert!(first_cells().any(|first| first.contains(&cell)), "{word}");
    }
    for evidence in Evidence::ALL {
        let cell = format!("`{}` ", evidence.word());
        assert!(first_cells().any(|first| first == cell), "{cell}");
    }
}

#[test]
fn the_set_for_a_new_client_starts_from_the_one_before() {
    let example = examples()
        .into_iter()
        .find(|text| text.contains("210000"))
        .unwrap();
    let (catalog, _) = Catalog::load([("new.schema", example.as_str())]);
    let selected = catalog.select(Some(211_000), None).unwrap();
    assert_eq!(
        (catalog.set_name(selected.set), selected.exact),
        ("2026-210000", false)
    );
    let table = catalog.table(selected.set, Table::Gs2c);
    assert!(table.get(0x0016).is_none());
    assert_eq!(table.get(0x0004).unwrap().name.as_deref(), Some("LATENCY"));
    assert!(table.get(0x0600).is_some());
    // One of 1241 is removed, one is new.
    assert_eq!(table.len(), 1241);
}
