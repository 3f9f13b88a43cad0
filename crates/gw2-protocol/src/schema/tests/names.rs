//! Display filter names (contract.md, "Message fields").

use super::*;

fn named(files: &[(&str, &str)]) -> (Vec<(String, NameKind)>, Vec<String>) {
    let (catalog, errors) = Catalog::read(files.iter().copied());
    let names = catalog
        .names()
        .iter()
        .map(|name| (name.filter.clone(), name.kind))
        .collect();
    (names, shown(&errors))
}

fn fields(text: &str) -> (Vec<(String, NameKind)>, Vec<String>) {
    named(&[(
        "f",
        &format!("schema s\nbuild 1\ntable c2gs\n0x0001 {{ {text} }}"),
    )])
}

#[test]
fn every_kind_has_its_plain_name() {
    let (names, errors) = fields(
        "a: u8 b: u16 c: u32 d: u32_19 e: varint f: u64 g: u64_1a h: f32 i: vec2 j: vec3 k: vec4 l: position \
         m: guid n: address o: string p: cstring q: bytes(1) r: bytes8 s: bytes16 t: optional {} \
         u: array(1) {} v: array8 {} w: array16 {}",
    );
    assert!(errors.is_empty());
    use NameKind::*;
    let kinds = [
        Integer, Integer, Integer, Integer, Integer, U64, U64, Float, Vector, Vector, Vector, Vector, Guid,
        Address, String, String, Bytes, Bytes, Bytes, Boolean, Integer, Integer, Integer,
    ];
    let expected: Vec<_> = ('a'..='w').map(|c| format!("gw2.{c}")).zip(kinds).collect();
    assert_eq!(names, expected);
}

#[test]
fn align_and_unknown_have_nothing_to_show() {
    assert_eq!(
        fields("a: align b: unknown c: u8").0,
        [("gw2.c".to_owned(), NameKind::Integer)]
    );
}

#[test]
fn one_name_is_one_field_over_all_schemas() {
    let (names, errors) = named(&[
        (
            "a",
            "schema a\nbuild 1\ntable c2gs\n0x0001 { agent_id: u8 optional { agent_id: varint } }",
        ),
        ("b", "schema a\ntable gs2c\n0x0001 { agent_id: u32 }"),
        (
            "c",
            "schema c\nbuild 2\ntable gs2c\n0x0001 { array8(1) { agent_id: u16 } }",
        ),
    ]);
    assert_eq!(names, [("gw2.agent_id".to_owned(), NameKind::Integer)]);
    assert!(errors.is_empty());
}

#[test]
fn the_key_of_a_field_leads_to_its_name() {
    let (catalog, _) = Catalog::read([(
        "a",
        "schema a\nbuild 1\ntable c2gs\n0x0001 { x: u8 u16 optional { y: string } } 0x0002 { y: cstring }",
    )]);
    let set = catalog.select(None, None).unwrap().set;
    let schema = catalog.lookup(set, Table::C2gs, 1).unwrap().schema;
    let name = |field: &Field| {
        field
            .key
            .map(|key| catalog.names()[key.0 as usize].filter.clone())
    };
    assert_eq!(name(&schema.fields()[0]).as_deref(), Some("gw2.x"));
    assert_eq!(name(&schema.fields()[1]), None);
    assert_eq!(name(&schema.fields()[2]), None, "an optional without a name");
    let nested = &schema.fields()[2].ty.block().unwrap().fields()[0];
    assert_eq!(name(nested).as_deref(), Some("gw2.y"));
    let other = catalog.lookup(set, Table::C2gs, 2).unwrap().schema;
    assert_eq!(other.fields()[0].key, nested.key);
}

#[test]
fn the_first_kind_keeps_the_name_and_the_others_are_reported() {
    // The order is: newest set, then c2gs gs2c c2ls ls2c, then opcode; not the order of files or lines.
    let (names, errors) = named(&[
        ("old", "schema old\nbuild 1\ntable c2gs\n0x0001 { x: guid }"),
        ("ls", "schema new\nbuild 2\ntable c2ls\n0x0001 { x: bytes8 }"),
        (
            "gs",
            "schema new\ntable gs2c\n0x0009 { x: string } 0x0008 { x: vec3 x: u8 } 0x000a { x: string }",
        ),
    ]);
    assert_eq!(
        names,
        [
            ("gw2.x".to_owned(), NameKind::Vector),
            ("gw2.x_integer".to_owned(), NameKind::Integer),
            ("gw2.x_string".to_owned(), NameKind::String),
            ("gw2.x_bytes".to_owned(), NameKind::Bytes),
            ("gw2.x_guid".to_owned(), NameKind::Guid),
        ]
    );
    let said = |place: &str, opcode: &str, kind: &str| {
        format!("{place}: {opcode}: x is of another kind elsewhere; here it is shown as gw2.x_{kind}")
    };
    assert_eq!(
        errors,
        [
            said("gs:3", "0x0008", "integer"),
            said("gs:3", "0x0009", "string"),
            said("ls:4", "0x0001", "bytes"),
            said("old:4", "0x0001", "guid"),
        ]
    );
}

#[test]
fn names_of_the_contract_get_field_appended() {
    let statics = [
        "direction",
        "opcode",
        "message",
        "schema",
        "handshake",
        "key",
        "encrypted",
        "block",
        "undecoded",
        "session",
        "field",
        "portal",
        "login",
        "game",
        "expert",
    ];
    let mut listed = STATIC_NAMES.to_vec();
    listed.sort_unstable();
    let mut expected = statics.to_vec();
    expected.sort_unstable();
    assert_eq!(listed, expected);
    for name in statics {
        let (names, errors) = fields(&format!("{name}: u8"));
        assert_eq!(names, [(format!("gw2.{name}_field"), NameKind::Integer)]);
        assert!(errors.is_empty());
    }
    let (names, errors) = fields("message: u8 message: string");
    assert_eq!(names[1].0, "gw2.message_field_string");
    assert_eq!(
        errors,
        ["f:4: 0x0001: message is of another kind elsewhere; here it is shown as gw2.message_field_string"]
    );
}

#[test]
fn no_two_fields_share_a_filter_name() {
    let (names, _) =
        fields("flag: u8 flag: bytes8 flag_bytes: u8 flag_bytes: guid message: u8 message_field: u8");
    let mut filters: Vec<_> = names.iter().map(|(filter, _)| filter.clone()).collect();
    assert_eq!(filters.len(), 6);
    filters.sort();
    filters.dedup();
    assert_eq!(filters.len(), 6, "{filters:?}");
}

#[test]
fn a_vectors_components_are_as_many_as_any_of_its_name_has() {
    let (catalog, _) = Catalog::read([(
        "a",
        "schema a\nbuild 1\ntable c2gs\n0x0001 { v: vec2 \"first\" n: u8 } 0x0002 { v: vec4 \"second\" n: u8 \"n\" } 0x0003 { v: position }",
    )]);
    let [v, n] = catalog.names() else {
        panic!("{:?}", catalog.names());
    };
    assert_eq!((v.components, v.description.as_deref()), (4, Some("first")));
    assert_eq!((n.components, n.description.as_deref()), (0, Some("n")));
}
