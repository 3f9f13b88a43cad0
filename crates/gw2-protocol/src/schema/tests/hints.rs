//! `as …`, enumerations, flags, and evidence.

use super::*;

fn hint(text: &str) -> Option<Hint> {
    messages(&format!("0x0001 {{ {text} }}"))[0].fields()[0]
        .hint
        .clone()
}

#[test]
fn every_hint_that_needs_no_declaration() {
    for (text, expected) in [
        ("u8 as hex", Hint::Hex),
        ("u64 as hex", Hint::Hex),
        ("tick: varint as ticks", Hint::Ticks),
        ("u32 as milliseconds", Hint::Milliseconds),
        ("f32 as seconds", Hint::Seconds),
        ("u16 as agent_id", Hint::Id(IdKind::Agent)),
        ("varint as skill_id", Hint::Id(IdKind::Skill)),
        ("varint as item_id", Hint::Id(IdKind::Item)),
        ("varint as map_id", Hint::Id(IdKind::Map)),
        ("u64 as id", Hint::Id(IdKind::Other)),
        ("f32 as angle", Hint::Angle),
        ("vec2 as position", Hint::Position),
        ("position as position", Hint::Position),
    ] {
        assert_eq!(hint(text).as_ref(), Some(&expected), "{text}");
        assert!(text.ends_with(&format!(" as {}", expected.word())));
    }
    assert_eq!(hint("u8"), None);
    assert_eq!(Hint::plain_words().count(), 11);
}

#[test]
fn a_hint_stands_among_what_else_follows_a_type() {
    let parsed =
        messages("0x0001 { a: u8 inferred as hex \"d\"  b: u8 \"e\" as id inferred  as: u8  u8 as hex }");
    let [a, b, named_as, unnamed] = parsed[0].fields() else {
        panic!("four fields");
    };
    assert_eq!((&a.hint, a.inferred), (&Some(Hint::Hex), true));
    assert_eq!((&b.hint, b.inferred), (&Some(Hint::Id(IdKind::Other)), true));
    assert_eq!((named_as.name.as_deref(), &named_as.hint), (Some("as"), &None));
    assert_eq!((unnamed.name.as_deref(), &unnamed.hint), (None, &Some(Hint::Hex)));
}

const DECLARED: &str = "enum stance { none = 0, combat = 1 \"In combat\", Far = 0xffffffff }\n\
                        flags moves {\n    running = 0x01\n    both = 0x06 \"Two bits\"\n}\n";

#[test]
fn an_enumeration_names_values() {
    let parsed = messages(&format!("{DECLARED}0x0001 {{ varint as stance }}"));
    let Some(Hint::Values(set)) = &parsed[0].fields()[0].hint else {
        panic!("values");
    };
    assert_eq!((&*set.name, set.flags), ("stance", false));
    assert_eq!(set.label(0), Some("none"));
    assert_eq!(set.label(1), Some("In combat"));
    assert_eq!(set.label(u32::MAX), Some("Far"));
    assert_eq!(set.label(2), None);
}

#[test]
fn flags_name_bits() {
    let parsed = messages(&format!("{DECLARED}0x0001 {{ u8 as moves }}"));
    let Some(Hint::Values(set)) = &parsed[0].fields()[0].hint else {
        panic!("values");
    };
    assert!(set.flags);
    let labels = |value| set.set_in(value).map(NamedValue::label).collect::<Vec<_>>();
    assert_eq!(labels(0xff), ["running", "Two bits"]);
    assert_eq!(labels(0x04), Vec::<&str>::new());
    assert_eq!(labels(0x06), ["Two bits"]);
}

#[test]
fn evidence_is_the_files_or_the_messages_own() {
    let file =
        good("schema s\nbuild 1\ntable gs2c\nevidence client\n0x0001 {}\n0x0002 X evidence=captured {}\n");
    let told: Vec<_> = file.messages.iter().map(|schema| schema.evidence).collect();
    assert_eq!(told, [None, Some(Evidence::Captured)]);
    let text = print_table(&file);
    let (catalog, errors) = Catalog::read([("f", text.as_str())]);
    assert_eq!(errors, []);
    let set = catalog.select(None, None).unwrap().set;
    let evidence = |opcode| catalog.lookup(set, Table::Gs2c, opcode).unwrap().schema.evidence;
    assert_eq!(evidence(1), Some(Evidence::Client));
    assert_eq!(evidence(2), Some(Evidence::Captured));
}

#[test]
fn hints_are_printed_and_read_again() {
    let file = good(&format!(
        "schema s\ntable c2gs\nevidence inferred\n{DECLARED}\
         0x0001 X evidence=emulator {{ a: u8 as moves inferred \"d\" array8(3) {{ varint as stance }} b: vec3 as position }}\n"
    ));
    assert_eq!(good(&print_table(&file)), file);
}

#[test]
fn what_is_wrong_with_hints_and_declarations() {
    let hints = "hex, ticks, milliseconds, seconds, agent_id, skill_id, item_id, map_id, id, angle, position, and what \
                 `enum` or `flags` declare above";
    for (text, expected) in [
        ("0x0001 { u8 as colour }", format!("4:16: no hint \"colour\"; there are {hints}")),
        ("0x0001 { f32 as ticks }", "4:17: `as ticks` is for integers, not for f32".to_owned()),
        ("0x0001 { u8 as angle }", "4:16: `as angle` is for f32, not for u8".to_owned()),
        ("0x0001 { guid as seconds }", "4:18: `as seconds` is for integers and f32, not for guid".to_owned()),
        ("0x0001 { u8 as position }", "4:16: `as position` is for vectors and positions, not for u8".to_owned()),
        (
            "enum a { x = 1 }\n0x0001 { u64 as a }",
            "5:17: `as a` is for integers of up to 32 bits, not for u64".to_owned(),
        ),
        (
            "enum hex { x = 1 }",
            "4:6: the hint \"hex\" is there already; choose another name".to_owned(),
        ),
        (
            "enum a { x = 1 }\nflags a { x = 1 }",
            "5:7: the hint \"a\" is there already; choose another name".to_owned(),
        ),
        (
            "enum A { x = 1 }",
            "4:6: \"A\" can't name values: use lower-case letters, digits and _".to_owned(),
        ),
        (
            "flags a { Up = 1 }",
            "4:11: \"Up\" can't name a value: begin it with a letter, and a flag's has lower-case letters, digits and _ \
             only"
                .to_owned(),
        ),
        ("flags a { up = 0 }", "4:16: a flag has at least one bit".to_owned()),
        (
            "enum a { x = 1, y = 1 }",
            "4:17: y or its number stands here a second time".to_owned(),
        ),
        ("enum a { x 1 }", "4:12: expected `=`".to_owned()),
        ("enum a { x = y }", "4:14: \"y\" is not a number up to 0xffffffff".to_owned()),
        ("enum a { x = 1\n0x0001 {}", "5:1: `}` is missing before this message".to_owned()),
        ("enum\n", "4:1: `enum` needs a value on its line".to_owned()),
        (
            "evidence rumour",
            "4:10: no evidence \"rumour\"; there are captured, client, emulator, inferred".to_owned(),
        ),
        (
            "0x0001 evidence=rumour {}",
            "4:17: no evidence \"rumour\"; there are captured, client, emulator, inferred".to_owned(),
        ),
    ] {
        let (file, errors) = parse("f", &format!("schema s\nbuild 1\ntable gs2c\n{text}\n0x7777 {{}}\n"));
        assert_eq!(shown(&errors), [format!("f:{expected}")], "{text}");
        assert!(file.unwrap().messages.iter().any(|schema| schema.opcode == 0x7777), "{text}");
    }
}

#[test]
fn the_first_hint_of_a_name_is_the_fields_and_other_values_are_reported() {
    let text = "schema s\nbuild 1\ntable gs2c\nenum a { x = 1 }\nenum b { y = 1 }\n\
                0x0001 { n: u8 }\n0x0002 { n: u8 as a }\n0x0003 { n: u8 as b }\n0x0004 { n: u8 as hex }\n";
    let (catalog, errors) = Catalog::read([("f", text)]);
    assert_eq!(
        shown(&errors),
        ["f:8: 0x0003: n has other values elsewhere; the filter gw2.n knows the names of those"]
    );
    let [n] = catalog.names() else { panic!("one name") };
    assert_eq!(n.hint.as_ref().map(Hint::word), Some("a"));
}
