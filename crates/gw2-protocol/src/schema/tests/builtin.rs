//! The built-in files: no errors, printed and read again, and equal to the plain tables that they were
//! made from.

use super::*;
use std::fs;
use std::path::Path;

fn file(set: &str, table: &str) -> TableFile {
    let name = format!("schemas/{set}/{table}.schema");
    let (_, text) = BUILTIN_FILES.iter().find(|(known, _)| *known == name).unwrap();
    good(text)
}

#[test]
fn they_have_no_errors() {
    let (catalog, errors) = Catalog::builtin();
    assert_eq!(errors, []);
    let sets: Vec<_> = catalog
        .sets()
        .iter()
        .map(|set| (set.name.as_str(), set.build))
        .collect();
    assert_eq!(
        sets,
        [
            ("2026-205780", 205_780),
            ("2025-08", 180_000),
            ("2013-21315", 21_315)
        ]
    );
}

/// Counts of protocol.md's section 5, "Tables at hand".
#[test]
fn they_have_as_many_messages_as_their_sources() {
    for (set, table, count, partial) in [
        ("2026-205780", "c2gs", 480, false),
        ("2026-205780", "gs2c", 1241, false),
        ("2026-205780", "c2ls", 1, true),
        ("2025-08", "c2gs", 476, false),
        // Three, and the fast path.
        ("2025-08", "gs2c", 4, true),
        ("2025-08", "c2ls", 21, true),
        ("2013-21315", "c2gs", 225, false),
        ("2013-21315", "gs2c", 700, false),
        ("2013-21315", "c2ls", 22, false),
        ("2013-21315", "ls2c", 19, false),
    ] {
        let file = file(set, table);
        assert_eq!((file.set.as_str(), file.table.tag()), (set, table));
        assert_eq!(file.messages.len(), count, "{set}/{table}");
        assert_eq!(file.partial, partial, "{set}/{table}");
        assert!(file.build.is_some() && file.source.is_some() && file.removed.is_empty());
    }
    assert_eq!(BUILTIN_FILES.len(), 10);
}

#[test]
fn printed_they_read_the_same() {
    for (name, text) in BUILTIN_FILES {
        let file = good(text);
        assert_eq!(good(&print_table(&file)), file, "{name}");
    }
}

#[test]
fn login_of_2026_has_its_own_message_and_all_others_from_elsewhere() {
    let (catalog, _) = Catalog::builtin();
    let set = catalog.select(Some(205_780), None).unwrap().set;
    let from = |table, opcode| catalog.lookup(set, table, opcode).map(|found| found.set);
    assert_eq!(from(Table::C2ls, 0x001d), Some("2026-205780"));
    assert_eq!(from(Table::C2ls, 0x0001), Some("2013-21315"));
    // Only the partly inferred table knows it.
    assert_eq!(from(Table::C2ls, 0x0028), Some("2025-08"));
    assert_eq!(from(Table::Ls2c, 0x0014), Some("2013-21315"));
    assert_eq!(from(Table::C2ls, 0x0099), None);
}

#[test]
fn the_handoff_of_2013_has_an_address() {
    let file = file("2013-21315", "ls2c");
    let schema = file
        .messages
        .iter()
        .find(|schema| schema.opcode == 0x0014)
        .unwrap();
    let types: Vec<_> = schema.fields().iter().map(|field| field.ty.word()).collect();
    assert_eq!(
        types,
        ["varint", "varint", "varint", "varint", "address", "varint"]
    );
}

/// A field as the plain tables write it: type code, count, inferred, name, sub-fields.
#[derive(Debug, PartialEq)]
struct Fact {
    code: String,
    count: Option<u16>,
    inferred: bool,
    name: Option<String>,
    sub: Vec<Fact>,
}

/// Reads `[name:]CODE[*count][(sub-fields)][!]`, separated by spaces, up to the end or a `)`.
fn facts(text: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Vec<Fact> {
    let mut found = Vec::new();
    loop {
        while text.next_if_eq(&' ').is_some() {}
        if matches!(text.peek(), None | Some(')')) {
            return found;
        }
        let mut word = String::new();
        while let Some(c) = text.next_if(|c| !" ()!".contains(*c)) {
            word.push(c);
        }
        let (name, word) = match word.split_once(':') {
            Some((name, word)) => (Some(name.to_owned()), word),
            None => (None, word.as_str()),
        };
        let (code, count) = word.split_once('*').unwrap_or((word, "?"));
        let mut fact = Fact {
            code: code.to_owned(),
            count: (count != "?").then(|| count.parse().unwrap()),
            inferred: false,
            name,
            sub: Vec::new(),
        };
        if text.next_if_eq(&'(').is_some() {
            fact.sub = facts(text);
            assert_eq!(text.next(), Some(')'));
        }
        fact.inferred = text.next_if_eq(&'!').is_some();
        found.push(fact);
    }
}

fn fact(field: &Field) -> Fact {
    let code = match &field.ty {
        FieldType::U8 => "02",
        FieldType::U16 => "03",
        FieldType::Varint => "04",
        FieldType::U64 { alternate: false } => "05",
        FieldType::F32 => "06",
        FieldType::Vec2 => "07",
        FieldType::Vec3 => "08",
        FieldType::Vec4 => "09",
        FieldType::Position => "0A",
        FieldType::Guid => "0B",
        FieldType::Address => "0C",
        FieldType::String { .. } => "0D",
        FieldType::CString { .. } => "0E",
        FieldType::Optional(_) => "0F",
        FieldType::ArrayFixed { .. } => "10",
        FieldType::ArraySmall { .. } => "11",
        FieldType::ArrayLarge { .. } => "12",
        FieldType::BytesFixed { .. } => "13",
        FieldType::BytesSmall { .. } => "14",
        FieldType::BytesLarge { .. } => "15",
        FieldType::Align => "16",
        FieldType::U32 { alternate: false } => "17",
        FieldType::U32 { alternate: true } => "19",
        FieldType::U64 { alternate: true } => "1A",
        FieldType::Unknown => "??",
    };
    let block = field.ty.block().map(Block::fields).unwrap_or_default();
    Fact {
        code: code.to_owned(),
        count: field.ty.bound().flatten(),
        inferred: field.inferred,
        name: field.name.as_deref().map(str::to_owned),
        sub: block.iter().map(fact).collect(),
    }
}

#[test]
fn they_equal_the_plain_tables_message_by_message() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/tables");
    if !folder.exists() {
        println!("skipped: {} is not here", folder.display());
        return;
    }
    for (path, _) in BUILTIN_FILES {
        let mut parts = path.trim_end_matches(".schema").rsplit('/');
        let (table, set) = (parts.next().unwrap(), parts.next().unwrap());
        let build = match set {
            "2025-08" => "2025",
            other => other.rsplit('-').next().unwrap(),
        };
        let text = fs::read_to_string(folder.join(format!("{table}-{build}.txt"))).unwrap();
        let mut messages = file(set, table).messages;
        for line in text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
        {
            let mut columns = line.split('\t');
            let opcode = u16::from_str_radix(&columns.next().unwrap()[2..], 16).unwrap();
            let name = columns.next().filter(|name| !name.is_empty());
            let mut rest = columns.next().unwrap_or_default().chars().peekable();
            let expected = facts(&mut rest);
            assert_eq!(rest.next(), None, "{line}");
            let at = messages
                .iter()
                .position(|schema| schema.opcode == opcode)
                .unwrap();
            let schema = messages.remove(at);
            assert_eq!(schema.name.as_deref(), name, "{path} {line}");
            let found: Vec<Fact> = schema.fields().iter().map(fact).collect();
            assert_eq!(found, expected, "{path} {line}");
            assert_eq!(
                (schema.dispatch, schema.parser),
                (Dispatch::Generic, None),
                "{line}"
            );
        }
        // The tables leave the fast path to protocol.md.
        let left: Vec<u16> = messages.iter().map(|schema| schema.opcode).collect();
        let expected: &[u16] = if *path == "schemas/2025-08/gs2c.schema" {
            &[1]
        } else {
            &[]
        };
        assert_eq!(left, expected, "{path}");
    }
}

/// The budget of docs/performance.md, which loading keeps far below. The fastest of some is what loading takes when nothing
/// else runs.
#[test]
fn all_tables_load_in_under_20_milliseconds() {
    let load = || {
        let start = std::time::Instant::now();
        assert_eq!(Catalog::builtin().1, []);
        start.elapsed()
    };
    let fastest = std::iter::repeat_with(load).take(20).min().unwrap();
    println!("loaded in {fastest:?}");
    assert!(fastest.as_millis() < 20, "{fastest:?}");
}
