//! AGENT_UPDATE_BATCH: head, position, and the sizes of whole messages that were seen.

use super::*;
use crate::direction::Table;
use crate::message::tests::{Recorder, hex};
use crate::message::{Failure, Reason, decode, measure};
use crate::schema::{Catalog, parse};

/// Opcode 0x0001, agent 155, tick 0x01020304.
const HEAD: &str = "0100 {subtype} 9b00 04030201";

fn bytes(subtype: &str, len: usize) -> Vec<u8> {
    let mut bytes = hex(&HEAD.replace("{subtype}", subtype));
    // Singles 1.0, 2.0, 3.0, then unknown bytes.
    bytes.extend(hex("0000803f 00000040 00004040"));
    bytes.resize(len, 0xaa);
    bytes
}

/// The built-in schema of the 2025 client.
fn schema() -> Schema {
    let (catalog, _) = Catalog::builtin();
    let set = catalog.select(None, Some("2025-08")).unwrap().set;
    catalog.lookup(set, Table::Gs2c, 0x0001).unwrap().schema.clone()
}

fn walked(bytes: &[u8], rest: usize) -> (Decoded, Vec<String>) {
    let schema = schema();
    let mut recorder = Recorder::default();
    let decoded = decode(bytes, rest, &schema, &mut recorder).unwrap();
    assert_eq!(measure(bytes, rest, &schema), Ok(decoded));
    (decoded, recorder.lines)
}

const SUBTYPE_POSITION: &str = "4000";
const OTHER: &str = "4100";

#[test]
fn a_whole_rest_of_a_size_that_was_seen_is_the_message() {
    for len in [14, 25, 26, 38, 44, 62] {
        let bytes = bytes(OTHER, len);
        let (decoded, lines) = walked(&bytes, len);
        assert_eq!((decoded.len, decoded.open_end), (len, false));
        assert_eq!(
            lines[..3],
            [
                "subtype 2..4 U16(65)",
                "agent_id 4..6 U16(155)",
                "tick 6..10 U32(16909060)"
            ]
        );
        assert_eq!(
            lines[3],
            format!("unknown_bytes 10..{len} Bytes({:?})", &bytes[10..])
        );
        assert_eq!(lines.len(), 4);
    }
}

#[test]
fn subtype_0x0040_has_a_position_where_there_is_room_for_one() {
    let bytes = bytes(SUBTYPE_POSITION, 26);
    let (decoded, lines) = walked(&bytes, 26);
    assert_eq!((decoded.len, decoded.open_end), (26, false));
    assert_eq!(lines[3], "position 10..22 [1.0, 2.0, 3.0]");
    assert_eq!(lines[4], "unknown_bytes 22..26 Bytes([170, 170, 170, 170])");
    let (decoded, lines) = walked(&bytes[..14], 14);
    assert_eq!((decoded.len, lines.len()), (14, 4));
    assert_eq!(lines[3], "unknown_bytes 10..14 Bytes([0, 0, 128, 63])");
}

#[test]
fn any_other_size_ends_after_the_known_fields_and_is_open() {
    for (subtype, rest, len, fields) in [
        (OTHER, 11, 10, 3),
        (OTHER, 100, 10, 3),
        (SUBTYPE_POSITION, 21, 10, 3),
        (SUBTYPE_POSITION, 23, 22, 4),
        (SUBTYPE_POSITION, 20_000, 22, 4),
    ] {
        let (decoded, lines) = walked(&bytes(subtype, rest), rest);
        assert_eq!((decoded.len, decoded.open_end), (len, true), "{subtype} {rest}");
        assert_eq!(lines.len(), fields);
    }
    // Nothing is left: nothing is open.
    assert!(!walked(&bytes(OTHER, 10), 10).0.open_end);
    assert!(!walked(&bytes(SUBTYPE_POSITION, 22), 22).0.open_end);
}

#[test]
fn a_rest_without_room_for_the_head_fails() {
    for rest in [2, 9] {
        let expected = Failure {
            reason: Reason::ShortFastPath,
            offset: 0,
        };
        let bytes = bytes(OTHER, rest);
        assert_eq!(measure(&bytes, rest, &schema()), Err(Stop::Failed(expected)));
    }
}

#[test]
fn what_is_not_here_yet_is_waited_for() {
    for (subtype, have, rest, needed) in [
        (OTHER, 0, 100, 10),
        (OTHER, 9, 100, 10),
        (SUBTYPE_POSITION, 21, 100, 22),
        (OTHER, 13, 14, 14),
        (SUBTYPE_POSITION, 43, 44, 44),
    ] {
        let bytes = &bytes(subtype, rest)[..have];
        assert_eq!(
            measure(bytes, rest, &schema()),
            Err(Stop::Incomplete { needed }),
            "{subtype} {have} of {rest}"
        );
    }
}

#[test]
fn the_builtin_message_is_fast_named_and_fits_its_parser() {
    let schema = schema();
    assert_eq!(schema.name.as_deref(), Some("AGENT_UPDATE_BATCH"));
    assert_eq!(schema.dispatch.code(), 1);
    let parser = schema.parser.unwrap();
    assert!(parser.fits(schema.fields()));
    assert_eq!(Parser::by_name(parser.name()), Some(parser));
    assert_eq!(Parser::by_name("nobody"), None);
}

#[test]
fn a_parser_without_fields_shows_nothing_and_still_finds_the_end() {
    let text = "schema x\ntable gs2c\n0x0001 parser=agent_update_batch {}";
    let (file, errors) = parse("f", text);
    assert_eq!(errors, []);
    let schema = &file.unwrap().messages[0];
    let mut recorder = Recorder::default();
    let decoded = decode(&bytes(OTHER, 14), 14, schema, &mut recorder).unwrap();
    assert_eq!((decoded.len, recorder.lines.len()), (14, 0));
}
