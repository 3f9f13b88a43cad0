//! Every construct of the language.

use super::*;
use proptest::prelude::*;

#[test]
fn the_header() {
    let file = good(
        "# a comment\nschema 2026-205780\nbuild 205780\ntable gs2c\nextends 2025-08\n\
         source \"somebody's \\\"notes\\\", a \\\\ too\"\nevidence emulator\npartial\n",
    );
    assert_eq!(
        file,
        TableFile {
            set: "2026-205780".to_owned(),
            build: Some(205_780),
            table: Table::Gs2c,
            extends: Some("2025-08".to_owned()),
            source: Some("somebody's \"notes\", a \\ too".to_owned()),
            evidence: Some(Evidence::Emulator),
            values: Vec::new(),
            partial: true,
            messages: Vec::new(),
            removed: Vec::new(),
        }
    );
}

#[test]
fn the_shortest_header_for_each_table() {
    for table in Table::ALL {
        let file = good(&format!("schema s\ntable {table}\n"));
        assert_eq!(file.table, table);
        assert_eq!(
            (file.build, file.extends, file.source, file.partial),
            (None, None, None, false)
        );
    }
}

#[test]
fn a_message_with_everything() {
    let parsed = messages(
        "0x0001 AGENT_UPDATE_BATCH dispatch=fast parser=agent_update_batch \"what it is\" {\n\
         subtype: u16 inferred \"which\"\n}\n",
    );
    let schema = &parsed[0];
    assert_eq!(schema.opcode, 1);
    assert_eq!(schema.name.as_deref(), Some("AGENT_UPDATE_BATCH"));
    assert_eq!(schema.dispatch, Dispatch::Fast);
    assert_eq!(
        schema.parser,
        crate::fast_path::Parser::by_name("agent_update_batch")
    );
    assert_eq!(schema.description.as_deref(), Some("what it is"));
    let field = &schema.fields()[0];
    assert_eq!(
        (field.name.as_deref(), &field.ty),
        (Some("subtype"), &FieldType::U16)
    );
    assert!(field.inferred);
    assert_eq!(field.description.as_deref(), Some("which"));
}

#[test]
fn attributes_and_description_come_in_any_order() {
    let one = messages("0x0001 \"d\" dispatch=generic {}");
    assert_eq!(
        (one[0].name.as_deref(), one[0].dispatch),
        (None, Dispatch::Generic)
    );
    assert_eq!(one[0].description.as_deref(), Some("d"));
    let other = messages("0x0001 dispatch=fast \"d\" { u8 \"e\" inferred }");
    assert_eq!(other[0].dispatch, Dispatch::Fast);
    assert!(other[0].fields()[0].inferred);
    assert_eq!(other[0].fields()[0].description.as_deref(), Some("e"));
}

fn empty() -> Block {
    Block::new(Vec::new())
}

#[test]
fn every_type_word() {
    let words = [
        ("u8", FieldType::U8),
        ("u16", FieldType::U16),
        ("u32", FieldType::U32 { alternate: false }),
        ("u32_19", FieldType::U32 { alternate: true }),
        ("u64", FieldType::U64 { alternate: false }),
        ("u64_1a", FieldType::U64 { alternate: true }),
        ("varint", FieldType::Varint),
        ("f32", FieldType::F32),
        ("vec2", FieldType::Vec2),
        ("vec3", FieldType::Vec3),
        ("vec4", FieldType::Vec4),
        ("position", FieldType::Position),
        ("guid", FieldType::Guid),
        ("address", FieldType::Address),
        ("string(64)", FieldType::String { max: Some(64) }),
        ("cstring(0xff)", FieldType::CString { max: Some(255) }),
        ("bytes(16)", FieldType::BytesFixed { count: Some(16) }),
        ("bytes8(250)", FieldType::BytesSmall { max: Some(250) }),
        ("bytes16(65535)", FieldType::BytesLarge { max: Some(65535) }),
        ("optional {}", FieldType::Optional(empty())),
        (
            "array(4) {}",
            FieldType::ArrayFixed {
                count: Some(4),
                block: empty(),
            },
        ),
        (
            "array8(5) {}",
            FieldType::ArraySmall {
                max: Some(5),
                block: empty(),
            },
        ),
        (
            "array16(6) {}",
            FieldType::ArrayLarge {
                max: Some(6),
                block: empty(),
            },
        ),
        ("align", FieldType::Align),
        ("unknown", FieldType::Unknown),
    ];
    for (text, ty) in words {
        let parsed = messages(&format!("0x0001 {{ {text} }}"));
        assert_eq!(parsed[0].fields()[0].ty, ty, "{text}");
    }
}

#[test]
fn a_number_that_nobody_knows_is_a_question_mark_or_missing() {
    for text in [
        "string",
        "cstring",
        "bytes",
        "bytes8",
        "bytes16",
        "array {}",
        "array8 {}",
        "array16 {}",
    ] {
        let (word, block) = text.split_once(' ').unwrap_or((text, ""));
        let parsed = messages(&format!("0x0001 {{ {text} {word}(?) {block} }}"));
        let [first, second] = parsed[0].fields() else {
            panic!("{text}");
        };
        assert_eq!(first.ty.bound(), Some(None), "{text}");
        assert_eq!(first, second);
    }
}

#[test]
fn blocks_nest_eight_deep() {
    let open = "optional { ".repeat(8);
    let close = "} ".repeat(8);
    let parsed = messages(&format!("0x0001 {{ {open} deep: u8 {close} }}"));
    assert_eq!(parsed[0].body.depth(), 8);
}

#[test]
fn white_space_commas_and_comments_only_separate() {
    let spread = messages("0x0012 NAME {\n  a: u8, # one\n\n  b\n:\nstring ( 3 ),\n}\n");
    let dense = messages("0x0012 NAME{a:u8 b:string(3)}");
    assert_eq!(spread, dense);
    let windows = messages("0x0012 NAME {\r\n\ta: u8\r\n\tb: string(3)\r\n}\r\n");
    assert_eq!(windows, dense);
}

#[test]
fn a_hash_inside_a_string_is_text() {
    let parsed = messages("0x0001 \"not # a comment\" {}");
    assert_eq!(parsed[0].description.as_deref(), Some("not # a comment"));
}

#[test]
fn the_mark_that_notepad_writes_first_is_skipped() {
    assert_eq!(good("\u{feff}schema s\ntable c2gs\n").set, "s");
}

#[test]
fn words_of_the_language_can_be_names() {
    let parsed = messages(
        "0x0001 dispatch { inferred: u8 u8: u16 table: u8 remove: u8 schema: varint inferred: u8 inferred }",
    );
    assert_eq!(parsed[0].name.as_deref(), Some("dispatch"));
    let names: Vec<_> = parsed[0]
        .fields()
        .iter()
        .map(|f| f.name.as_deref().unwrap())
        .collect();
    assert_eq!(names, ["inferred", "u8", "table", "remove", "schema", "inferred"]);
    let inferred: Vec<_> = parsed[0].fields().iter().map(|f| f.inferred).collect();
    assert_eq!(inferred, [false, false, false, false, false, true]);
}

#[test]
fn removals() {
    let file = good("schema s\ntable c2gs\nextends t\nremove 0x0012\nremove 0x0013\n0x0001 {}\n");
    assert_eq!(file.removed, [0x12, 0x13]);
    assert_eq!(file.messages.len(), 1);
}

#[test]
fn sizes_that_do_not_depend_on_the_content() {
    for (fields, size) in [
        ("", Some(0)),
        ("u8 u16 u32 u64 f32", Some(19)),
        ("vec2 vec3 vec4 guid address", Some(80)),
        ("array(3) { u16 } bytes(5)", Some(11)),
        ("array(0) { varint }", Some(0)),
        ("array(65535) { array(65535) { array(65535) { u8 } } }", None),
        ("bytes(?)", None),
        ("varint", None),
        ("position", None),
        ("optional { u8 }", None),
        ("array8(1) { u8 }", None),
        ("unknown", None),
    ] {
        let parsed = messages(&format!("0x0001 {{ {fields} }}"));
        assert_eq!(parsed[0].body.fixed_size(), size, "{fields}");
    }
}

#[test]
fn what_is_printed_is_read_again() {
    let file = good(
        "schema s\nbuild 7\ntable c2ls\nextends t\nsource \"a \\\"b\\\" \\\\\"\npartial\nremove 0x0009\n\
         0x0001 {}\n0x0002 { u8 inferred: u16 inferred }\n\
         0x0003 NAMED dispatch=fast \"x # y\" { a: array8(?) { b: optional { u8 string(4) } } inferred \"d\" bytes(3) }\n",
    );
    assert_eq!(good(&print_table(&file)), file);
}

proptest! {
    /// Whatever is typed: no panic, and every error has a place in the text.
    #[test]
    fn any_text_is_read_to_its_end(
        pieces in proptest::collection::vec(
            prop_oneof![
                Just("schema s\ntable gs2c\n"), Just("0x0001"), Just("0x0002 {\n"), Just("}\n"), Just("a: u8 "),
                Just("optional {"), Just("string("), Just("(?)"), Just("\n"), Just("\""), Just("\\"), Just("build "),
                Just("remove "), Just("="), Just("dispatch=fast "), Just("# x\n"), Just("\u{e4}"), Just("99999999999 "),
            ],
            0..40,
        ),
    ) {
        let text = pieces.concat();
        let (_, errors) = parse("f", &text);
        let lines = text.lines().count().max(1) as u32;
        for error in errors {
            prop_assert!(error.line <= lines, "{error}");
        }
    }

    /// A good message after any broken one is read.
    #[test]
    fn a_good_message_on_a_line_of_its_own_is_always_read(
        broken in "[ -~]{0,40}",
    ) {
        let text = format!("schema s\ntable gs2c\n{broken}\n0x7777 GOOD {{ u8 }}\n");
        let (file, _) = parse("f", &text);
        // Unless the broken text says another set or table.
        if let Some(file) = file {
            prop_assert!(file.messages.iter().any(|schema| schema.opcode == 0x7777), "{text}");
        }
    }
}
