//! Strings: 0D (UTF-16LE) and 0E (UTF-8), both up to a zero.

use super::*;

#[test]
fn utf_16_ends_with_a_zero_unit() {
    assert_eq!(values("s: string(5)", "4100 4200 0000"), ["s 2..8 \"AB\""]);
    assert_eq!(values("s: string(?)", "0000"), ["s 2..4 \"\""]);
    // A zero that is not at a unit's start ends nothing: U+4100, U+0042.
    assert_eq!(values("s: string(5)", "0041 4200 0000"), ["s 2..8 \"\u{4100}B\""]);
    // A pair of surrogates is one character and two units.
    assert_eq!(values("s: string(3)", "3dd8 00de 0000"), ["s 2..8 \"\u{1f600}\""]);
}

#[test]
fn utf_8_ends_with_a_zero_byte() {
    assert_eq!(values("s: cstring(5)", "c3a4 42 00"), ["s 2..6 \"\u{e4}B\""]);
    assert_eq!(values("s: cstring(?)", "00"), ["s 2..3 \"\""]);
}

#[test]
fn the_greatest_length_counts_the_terminator() {
    assert_eq!(values("s: string(3)", "4100 4200 0000"), ["s 2..8 \"AB\""]);
    assert_eq!(values("s: cstring(3)", "4142 00"), ["s 2..5 \"AB\""]);
    for (fields, body) in [
        ("a: u8 s: string(2)", "00 4100 4200 0000"),
        ("a: u8 s: string(2)", "00 4100 4200"),
        ("a: u8 s: cstring(2)", "00 414200"),
        ("a: u8 s: cstring(2)", "00 4142"),
    ] {
        let (reason, offset, lines) = failure(fields, &hex(body));
        assert_eq!((reason, offset), (Reason::OverLimit { found: 3, max: 2 }, 3));
        assert!(reason.is_limit());
        assert_eq!(lines, ["a 2..3 U8(0)", "failed s"]);
    }
}

#[test]
fn a_greatest_length_of_nothing_has_no_place_for_the_terminator() {
    for fields in ["string(0)", "cstring(0)"] {
        assert_eq!(failure(fields, &[0, 0]).0, Reason::OverLimit { found: 1, max: 0 });
    }
}

#[test]
fn without_its_terminator_and_within_the_greatest_it_is_incomplete() {
    for (fields, body, expected) in [
        ("string(9)", "", 4),
        ("string(9)", "41", 4),
        ("string(9)", "4100", 6),
        ("string(9)", "4100 42", 6),
        ("string(?)", "4100 4200", 8),
        ("cstring(9)", "", 3),
        ("cstring(9)", "41", 4),
        ("cstring(?)", "4142", 5),
    ] {
        assert_eq!(needed(fields, &hex(body)), expected, "{fields} {body}");
    }
}

#[test]
fn what_is_no_text_becomes_the_replacement_character() {
    assert_eq!(
        values("string(9)", "3dd8 4100 0000"),
        ["string 2..8 \"\u{fffd}A\""]
    );
    assert_eq!(values("string(9)", "00de 0000"), ["string 2..6 \"\u{fffd}\""]);
    assert_eq!(
        values("cstring(9)", "41 ff 42 00"),
        ["cstring 2..6 \"A\u{fffd}B\""]
    );
    assert_eq!(values("cstring(9)", "41 c3 00"), ["cstring 2..5 \"A\u{fffd}\""]);
    let mut text = "kept ".to_owned();
    utf16_text(&[0x41, 0, 0x42], &mut text);
    assert_eq!(text, "kept A\u{fffd}");
}
