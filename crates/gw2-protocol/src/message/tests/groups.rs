//! Optionals and arrays, and in which order a visitor is told.

use super::*;
use std::time::{Duration, Instant};

#[test]
fn an_optional_is_there_when_its_flag_is_not_zero() {
    for (flag, expected) in [("01", "true"), ("02", "true"), ("ff", "true")] {
        assert_eq!(
            values("o: optional { u16 }", &format!("{flag} 0500")),
            [
                format!("o 2..3 Optional({expected})"),
                "u16 3..5 U16(5)".to_owned(),
                "/ 5".to_owned()
            ]
        );
    }
    assert_eq!(
        values("o: optional { u16 }", "00"),
        ["o 2..3 Optional(false)", "/ 3"]
    );
    assert_eq!(needed("optional { u16 }", &[]), 3);
    assert_eq!(needed("optional { u16 }", &[1]), 5);
}

#[test]
fn arrays_of_each_kind() {
    let elements = ["[0] ", "u8 ", "/[] ", "[1] ", "u8 ", "/[] ", "/ "];
    for (fields, body, head, first) in [
        ("a: array(2) { u8 }", "0a0b", "a 2..2 Array(2)", 2),
        ("a: array8(2) { u8 }", "02 0a0b", "a 2..3 Array(2)", 3),
        ("a: array16(2) { u8 }", "0200 0a0b", "a 2..4 Array(2)", 4),
    ] {
        let places = [
            format!("{first}"),
            format!("{first}..{} U8(10)", first + 1),
            format!("{}", first + 1),
            format!("{}", first + 1),
            format!("{}..{} U8(11)", first + 1, first + 2),
            format!("{}", first + 2),
            format!("{}", first + 2),
        ];
        let expected: Vec<String> = std::iter::once(head.to_owned())
            .chain(
                elements
                    .iter()
                    .zip(places)
                    .map(|(word, place)| format!("{word}{place}")),
            )
            .collect();
        assert_eq!(values(fields, body), expected);
    }
}

#[test]
fn an_array_of_nothing() {
    assert_eq!(values("a: array8(9) { u8 }", "00"), ["a 2..3 Array(0)", "/ 3"]);
    assert_eq!(values("a: array(0) { u8 }", ""), ["a 2..2 Array(0)", "/ 2"]);
}

#[test]
fn nested_arrays_close_from_within() {
    assert_eq!(
        values(
            "a: array8(2) { x: u8 b: array16(2) { y: optional { z: varint } } } end: u8",
            "02  01 0100 01 8001  02 0000  09"
        ),
        [
            "a 2..3 Array(2)",
            "[0] 3",
            "x 3..4 U8(1)",
            "b 4..6 Array(1)",
            "[0] 6",
            "y 6..7 Optional(true)",
            "z 7..9 Varint(128)",
            "/ 9",
            "/[] 9",
            "/ 9",
            "/[] 9",
            "[1] 9",
            "x 9..10 U8(2)",
            "b 10..12 Array(0)",
            "/ 12",
            "/[] 12",
            "/ 12",
            "end 12..13 U8(9)",
        ]
    );
}

#[test]
fn the_greatest_count_is_allowed() {
    for fields in ["array8(3) { u8 }", "array16(3) { u8 }"] {
        let count = if fields.starts_with("array8") {
            "03"
        } else {
            "0300"
        };
        values(fields, &format!("{count} 010203"));
    }
}

#[test]
fn elements_before_the_one_that_is_missing_are_shown() {
    let (outcome, lines) = walk("array8(3) { u16 }", &hex("03 0100 02"));
    assert_eq!(outcome, Err(Stop::Incomplete { needed: 7 }));
    assert_eq!(
        lines,
        [
            "array8 2..3 Array(3)",
            "[0] 3",
            "u16 3..5 U16(1)",
            "/[] 5",
            "[1] 5"
        ]
    );
}

#[test]
fn measuring_asks_for_a_whole_array_at_once_where_its_size_is_known() {
    let bytes = hex("0100 03 0100 02");
    assert_eq!(
        measure(&bytes, bytes.len(), &schema("array8(3) { u16 }")),
        Err(Stop::Incomplete { needed: 9 })
    );
}

#[test]
fn elements_of_no_bytes_take_no_time() {
    let began = Instant::now();
    for fields in [
        "a: array16(?) {}",
        "a: array16(?) { array(65535) {} }",
        "a: array16(?) { array(65535) { array(65535) { array(0) { varint } bytes(0) } } }",
    ] {
        assert_eq!(values(fields, "ffff"), ["a 2..4 Array(65535)", "/ 4"]);
    }
    assert!(began.elapsed() < Duration::from_millis(500));
}

#[test]
fn a_visitor_can_end_the_walk() {
    struct Tired(usize);
    impl Visitor for Tired {
        type Error = &'static str;
        const VALUES: bool = true;
        fn value(&mut self, _: &Field, _: u8, _: Range<usize>, _: Value<'_>) -> Result<(), Self::Error> {
            self.0 = self.0.checked_sub(1).ok_or("tired")?;
            Ok(())
        }
        fn enter(&mut self, _: &Field, _: Range<usize>, _: Group) -> Result<(), Self::Error> {
            Ok(())
        }
        fn element(&mut self, _: usize, _: usize) -> Result<(), Self::Error> {
            Ok(())
        }
        fn end_element(&mut self, _: usize) -> Result<(), Self::Error> {
            Ok(())
        }
        fn leave(&mut self, _: usize) -> Result<(), Self::Error> {
            Ok(())
        }
    }
    let schema = schema("array8(9) { u8 u8 }");
    let bytes = hex("0100 02 01020304");
    assert_eq!(decode(&bytes, 7, &schema, &mut Tired(4)), Ok(whole(7)));
    assert_eq!(
        decode(&bytes, 7, &schema, &mut Tired(3)),
        Err(Stop::Visitor("tired"))
    );
}
