//! Byte fields, greatest lengths and counts, what cannot be decoded, and how long a message may be.

use super::*;

#[test]
fn bytes_with_a_length_before_them() {
    assert_eq!(
        values("b: bytes8(3)", "03 010203"),
        ["b 2..6 Bytes([1, 2, 3])"],
        "the range holds the length"
    );
    assert_eq!(
        values("b: bytes16(3)", "0300 010203"),
        ["b 2..7 Bytes([1, 2, 3])"]
    );
    assert_eq!(values("b: bytes8(?)", "00"), ["b 2..3 Bytes([])"]);
    assert_eq!(needed("bytes8(9)", &hex("05 01")), 8);
    assert_eq!(needed("bytes16(9)", &hex("05")), 4);
    assert_eq!(needed("bytes16(9)", &hex("0500 01")), 9);
}

#[test]
fn one_more_than_the_greatest_is_over_the_limit_even_before_it_is_there() {
    for (fields, body) in [
        ("x: u8 b: bytes8(3)", "07 04"),
        ("x: u8 b: bytes16(3)", "07 0400"),
        ("x: u8 b: array8(3) { u8 }", "07 04"),
        ("x: u8 b: array16(3) { u8 }", "07 0400"),
    ] {
        let (reason, offset, lines) = failure(fields, &hex(body));
        assert_eq!((reason, offset), (Reason::OverLimit { found: 4, max: 3 }, 3));
        assert_eq!(lines, ["x 2..3 U8(7)", "failed b"]);
    }
}

#[test]
fn a_greatest_that_is_not_known_bounds_nothing() {
    let long = "ff".to_owned() + &"00".repeat(255);
    assert_eq!(values("bytes8", &long).len(), 1);
    assert_eq!(values("bytes8(?)", &long).len(), 1);
    assert_eq!(values("array8(?) { u8 }", &long).len(), 2 + 3 * 255);
}

#[test]
fn what_the_schema_does_not_know_ends_decoding_there() {
    for (ty, reason) in [
        ("unknown", Reason::UnknownType),
        ("align", Reason::Align),
        ("bytes(?)", Reason::UnknownCount),
        ("array(?) { u8 }", Reason::UnknownCount),
    ] {
        let (found, offset, lines) = failure(&format!("x: u8 y: {ty} u8"), &[7; 9]);
        assert_eq!((found, offset), (reason, 3), "{ty}");
        assert_eq!(lines, ["x 2..3 U8(7)", "failed y"]);
        assert!(!found.is_limit());
    }
}

#[test]
fn fields_before_an_unknown_one_are_waited_for() {
    assert_eq!(needed("u32 unknown", &[0; 3]), 6);
}

#[test]
fn the_innermost_field_is_the_one_that_failed() {
    let (_, offset, lines) = failure(
        "a: array8(2) { o: optional { v: varint } }",
        &[1, 1, 0xff, 0xff, 0xff, 0xff, 0xff],
    );
    assert_eq!(offset, 4);
    assert_eq!(
        lines,
        ["a 2..3 Array(1)", "[0] 3", "o 3..4 Optional(true)", "failed v"]
    );
}

#[test]
fn a_message_may_have_8192_bytes_and_not_one_more() {
    let (outcome, _) = walk("bytes16(?)", &[&[0xfc, 0x1f][..], &[0; 8188]].concat());
    assert_eq!(outcome, Ok(whole(MAX_MESSAGE)));
    for fields in ["x: u8 y: bytes16(?)", "x: u8 y: array16(?) { u8 }"] {
        // At once, not after the bytes have come.
        let (reason, offset, lines) = failure(fields, &[7, 0xfc, 0x1f]);
        assert_eq!((reason, offset), (Reason::TooLong, 3));
        assert_eq!(lines, ["x 2..3 U8(7)", "failed y"]);
        assert!(reason.is_limit());
    }
}

#[test]
fn strings_and_elements_that_go_on_beyond_8192_bytes_are_too_long() {
    assert_eq!(needed("string(?)", &[1; 8189]), 8192);
    for fields in ["string(?)", "cstring(?)"] {
        let (reason, offset, _) = failure(fields, &[1; 9000]);
        assert_eq!((reason, offset), (Reason::TooLong, 2));
    }
    let body = [&[0xff, 0xff][..], &[1; 9000]].concat();
    assert_eq!(failure("array16(?) { varint }", &body).0, Reason::TooLong);
    // Fields of a fixed size, which measuring passes over in one step.
    let (reason, offset, lines) = failure("a: bytes(5000) b: bytes(5000) u8", &[0; 9000]);
    assert_eq!((reason, offset), (Reason::TooLong, 5002));
    assert_eq!(lines.last().unwrap(), "failed b");
}

#[test]
fn blocks_nested_too_deep_are_refused() {
    use crate::schema::{Block, FieldType};
    let nested = |depth: usize| {
        let mut schema = Schema::empty(1);
        for _ in 0..depth {
            let ty = FieldType::Optional(schema.body);
            schema.body = Block::new(vec![Field::new(ty)]);
        }
        schema
    };
    let bytes = [&[1, 0][..], &[1; 20]].concat();
    assert_eq!(
        measure(&bytes, bytes.len(), &nested(MAX_DEPTH)),
        Ok(whole(2 + MAX_DEPTH))
    );
    let too_deep = Failure {
        reason: Reason::TooDeep,
        offset: 2,
    };
    assert_eq!(
        measure(&bytes, bytes.len(), &nested(MAX_DEPTH + 1)),
        Err(Stop::Failed(too_deep))
    );
}

#[test]
fn reasons_are_sentences_for_people() {
    for (reason, text) in [
        (Reason::UnknownOpcode, "no schema for this opcode"),
        (
            Reason::OverLimit { found: 9, max: 3 },
            "9 is over the greatest, 3",
        ),
        (Reason::TooLong, "message of more than 8192 bytes"),
        (Reason::TooDeep, "blocks nested more than 8 deep"),
    ] {
        assert_eq!(reason.to_string(), text);
    }
}
