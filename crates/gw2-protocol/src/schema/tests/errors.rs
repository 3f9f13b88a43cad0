//! Every error, where it stands, and that the rest of the file is read.

use super::*;

/// Reads `broken` between a good message before it (line 3) and one behind it; both must come out.
/// Gives the errors without the file's name.
fn errors_of(broken: &str) -> Vec<String> {
    let text = format!("schema s\ntable gs2c\n0x7000 BEFORE {{ u8 }}\n{broken}\n0x7001 AFTER {{ u8 }}\n");
    let (file, errors) = parse("f", &text);
    let file = file.unwrap();
    let opcodes: Vec<u16> = file.messages.iter().map(|schema| schema.opcode).collect();
    assert!(
        opcodes.contains(&0x7000) && opcodes.contains(&0x7001),
        "{broken}: {opcodes:x?}"
    );
    errors
        .iter()
        .map(|error| error.to_string().strip_prefix("f:").unwrap().to_owned())
        .collect()
}

#[test]
fn errors_in_messages() {
    for (broken, expected) in [
        ("0x10000 {}", "4:1: \"0x10000\" is not an opcode such as 0x0012"),
        ("0xzz {}", "4:1: \"0xzz\" is not an opcode such as 0x0012"),
        ("0x0001 dispatch=slow {}", "4:17: dispatch is generic or fast"),
        (
            "0x0001 parser=magic {}",
            "4:15: no fast-path parser \"magic\"; there are: agent_update_batch",
        ),
        (
            "0x0001 parser=agent_update_batch { string(4) }",
            "4:15: the parser agent_update_batch shows the fields u16, u16, u32, vec3, bytes",
        ),
        (
            "0x0001 colour=red {}",
            "4:8: no attribute \"colour\" of a message; there are dispatch, evidence and parser",
        ),
        (
            "0x0001 NAME NAME {}",
            "4:13: expected `{`, an attribute or a description",
        ),
        (
            "0x0001 9NAME {}",
            "4:8: expected `{`, an attribute or a description",
        ),
        ("0x0001 (", "4:8: expected `{`, an attribute or a description"),
        ("0x0001 dispatch= {}", "4:18: expected a value"),
        ("0x0001 ;", "4:8: unexpected character ';'"),
        (
            "0x0001",
            "4:1: this message has no block; `{}` stands for no fields",
        ),
        (
            "0x0001 NAME",
            "4:1: this message has no block; `{}` stands for no fields",
        ),
        (
            "0x7000 {}",
            "4:1: opcode 0x7000 stands here a second time; keep one",
        ),
        (
            "0x7000 AGAIN {\n  a: u8\n}",
            "4:1: opcode 0x7000 stands here a second time; keep one",
        ),
    ] {
        assert_eq!(errors_of(broken), [expected], "{broken}");
    }
}

#[test]
fn errors_in_fields() {
    let block = "a field such as `agent_id: u16`, or `}`";
    for (broken, expected) in [
        (
            "0x0001 { u9 }",
            "4:10: no type \"u9\"; docs/schemas.md lists them".to_owned(),
        ),
        (
            "0x0001 {\n  agent: u9\n}",
            "5:10: no type \"u9\"; docs/schemas.md lists them".to_owned(),
        ),
        (
            "0x0001 { Agent: u8 }",
            "4:10: \"Agent\" can't be a field's name: use lower-case letters, digits and _".to_owned(),
        ),
        (
            "0x0001 { a.b: u8 }",
            "4:10: \"a.b\" can't be a field's name: use lower-case letters, digits and _".to_owned(),
        ),
        ("0x0001 { a: }", "4:13: expected a type".to_owned()),
        ("0x0001 { : u8 }", format!("4:10: expected {block}")),
        ("0x0001 { \"text\" }", format!("4:10: expected {block}")),
        (
            "0x0001 { \u{e4}: u8 }",
            "4:10: unexpected character '\u{e4}'".to_owned(),
        ),
        (
            "0x0001 { string(70000) }",
            "4:17: \"70000\" is not a number up to 65535, or ?".to_owned(),
        ),
        (
            "0x0001 { string(x) }",
            "4:17: \"x\" is not a number up to 65535, or ?".to_owned(),
        ),
        (
            "0x0001 { string() }",
            "4:17: expected a number up to 65535, or ?".to_owned(),
        ),
        ("0x0001 { string(4 }", "4:19: expected `)`".to_owned()),
        ("0x0001 { u8(4) }", format!("4:12: expected {block}")),
        ("0x0001 { optional u8 }", "4:19: expected `{`".to_owned()),
        ("0x0001 { array8(4) }", "4:20: expected `{`".to_owned()),
        (
            "0x0001 { a: u8",
            "5:1: `}` is missing before this message".to_owned(),
        ),
        (
            "0x0001 {\n  a: optional { u8\n}",
            "7:1: `}` is missing before this message".to_owned(),
        ),
        (
            "0x0001 { u8 \"open }",
            "4:13: a string that does not end on its line; close it with \"".to_owned(),
        ),
        (
            "0x0001 { u8 \"a\\n\" }",
            "4:13: unknown escape \\n; only \\\" and \\\\ exist".to_owned(),
        ),
        (
            "0x0001 {}}",
            "4:10: expected a header word or an opcode such as 0x0012".to_owned(),
        ),
    ] {
        assert_eq!(errors_of(broken), [expected], "{broken}");
    }
}

#[test]
fn errors_in_the_header() {
    for (broken, expected) in [
        (
            "colour red",
            "4:1: no header word \"colour\"; there are schema, build, table, extends, source, evidence, partial, enum and \
             flags; messages start with their opcode, such as 0x0012",
        ),
        ("build x", "4:7: \"x\" is not a client build such as 205780"),
        (
            "build 4294967296",
            "4:7: \"4294967296\" is not a client build such as 205780",
        ),
        ("build", "4:1: `build` needs a value on its line"),
        ("extends", "4:1: `extends` needs a value on its line"),
        ("extends \"x\"", "4:9: expected the name of another set"),
        ("source words", "4:8: expected a string in double quotes"),
        (
            "table gs2c",
            "4:1: `table` stands here a second time; a file holds one table",
        ),
        ("remove", "4:1: `remove` needs a value on its line"),
        ("remove x", "4:8: \"x\" is not an opcode such as 0x0012"),
    ] {
        assert_eq!(errors_of(broken), [expected], "{broken}");
    }
}

#[test]
fn a_file_that_does_not_say_what_it_describes() {
    let expected = "f: the file does not say what it describes; start it with lines such as \
                    `schema 2026-205780` and `table gs2c`";
    for text in ["", "# nothing\n", "schema s\n0x0001 {}\n", "table gs2c\n"] {
        let (file, errors) = parse("f", text);
        assert_eq!(file, None);
        assert_eq!(shown(&errors), [expected]);
    }
    let (file, errors) = parse("f", "schema s\ntable login\n0x0001 {}\n");
    assert_eq!(file, None);
    assert_eq!(
        shown(&errors),
        [
            "f:2:7: no table \"login\"; there are c2gs, gs2c, c2ls and ls2c",
            expected
        ]
    );
}

#[test]
fn the_end_of_the_file_inside_a_message() {
    for (tail, place) in [
        (
            "0x0001 {",
            "3:8: the file ends where a field such as `agent_id: u16`, or `}` was expected",
        ),
        ("0x0001 { a:", "3:11: the file ends where a type was expected"),
        (
            "0x0001 NAME",
            "3:8: the file ends where `{`, an attribute or a description was expected",
        ),
        ("0x0001 { string(4", "3:17: the file ends where `)` was expected"),
        ("remove", "3:1: `remove` needs a value on its line"),
    ] {
        let (file, errors) = parse("f", &format!("schema s\ntable gs2c\n{tail}"));
        assert_eq!(file.unwrap().messages, []);
        assert_eq!(shown(&errors), [format!("f:{place}")], "{tail}");
    }
}

#[test]
fn blocks_nested_nine_deep() {
    let errors = errors_of(&format!(
        "0x0001 {{ {}{} }}",
        "optional { ".repeat(9),
        "} ".repeat(9)
    ));
    assert_eq!(errors, ["4:98: blocks are nested more than 8 deep"]);
}

#[test]
fn each_of_several_errors_is_reported_once() {
    let broken = "0x0001 {\n  a: u8\n  b: u9\n  c: u10\n}\nshema x\n0x0002 { u11 }\n  0x0003 GOOD { u8 }";
    let places: Vec<String> = errors_of(broken)
        .iter()
        .map(|error| error.split(": ").next().unwrap().to_owned())
        .collect();
    // Nothing is looked for between an error and the next statement, which `shema x` is none of.
    assert_eq!(places, ["6:6", "10:10"]);
}

#[test]
fn columns_count_characters() {
    assert_eq!(
        errors_of("0x0001 \"\u{e4}\u{1f600}\" { u9 }"),
        ["4:15: no type \"u9\"; docs/schemas.md lists them"]
    );
}

#[test]
fn a_whole_files_error_has_no_line() {
    let error = SchemaError {
        file: "f".to_owned(),
        line: 0,
        column: 0,
        message: "m".to_owned(),
    };
    assert_eq!(error.to_string(), "f: m");
}
