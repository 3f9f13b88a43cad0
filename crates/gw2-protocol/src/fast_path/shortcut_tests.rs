//! Shortcuts against the schema's own walk.

use super::Shortcut;
use crate::direction::Table;
use crate::message::{Group, Stop, Value, Visitor, decode, measure};
use crate::schema::{Catalog, Field, Schema, parse};
use proptest::prelude::*;
use std::convert::Infallible;
use std::ops::Range;

/// Wants values, so that the decoder takes no shortcut.
struct TheLongWay;

impl Visitor for TheLongWay {
    type Error = Infallible;
    const VALUES: bool = true;

    fn value(&mut self, _: &Field, _: u8, _: Range<usize>, _: Value<'_>) -> Result<(), Infallible> {
        Ok(())
    }

    fn enter(&mut self, _: &Field, _: Range<usize>, _: Group) -> Result<(), Infallible> {
        Ok(())
    }
}

fn end_by_schema(bytes: &[u8], schema: &Schema) -> Result<usize, Stop<Infallible>> {
    decode(bytes, bytes.len(), schema, &mut TheLongWay).map(|message| message.len)
}

/// One message of each shape.
const SHAPES: &str = "
schema shapes
build  1
table  c2gs
0x0001 { varint varint varint varint }
0x0002 { varint }
0x0003 { varint varint vec3 varint u8 u8 u8 }
0x0004 { u16 varint u8 optional { vec4 varint optional { vec4 } optional { vec4 } u8 u8 } }
0x0005 { u16 varint u8 varint bytes8(250) }
0x0006 { u16 varint u8 varint bytes8(?) }
";

fn shapes() -> Vec<Schema> {
    let (table, errors) = parse("shapes", SHAPES);
    assert_eq!(errors, []);
    table.unwrap().messages
}

#[test]
fn each_shape_is_known_and_its_neighbours_are_not() {
    let known: Vec<_> = shapes().iter().map(|schema| schema.body.shortcut()).collect();
    assert_eq!(
        known,
        [
            Some(Shortcut::Varints(4)),
            Some(Shortcut::Varints(1)),
            Some(Shortcut::Movement),
            Some(Shortcut::AgentState),
            Some(Shortcut::Command { max: 250 }),
            Some(Shortcut::Command { max: 255 }),
        ]
    );
    let other = "schema s\nbuild 1\ntable c2gs\n0x0001 {}\n0x0002 { varint u8 }\n\
                 0x0003 { varint varint vec3 varint u8 u8 }\n0x0004 { u16 varint u8 optional { vec4 } }\n";
    let (table, _) = parse("other", other);
    assert!(
        table
            .unwrap()
            .messages
            .iter()
            .all(|schema| schema.body.shortcut().is_none())
    );
}

#[test]
fn the_hottest_messages_of_the_built_in_sets_have_one() {
    let (catalog, _) = Catalog::builtin();
    let set = catalog.select(Some(205_780), None).unwrap().set;
    for (table, opcode) in [
        (Table::C2gs, 0x0012),
        (Table::C2gs, 0x0017),
        (Table::Gs2c, 0x0001),
        (Table::Gs2c, 0x0021),
        (Table::Gs2c, 0x02e1),
    ] {
        let schema = catalog.lookup(set, table, opcode).unwrap().schema;
        assert!(schema.body.shortcut().is_some(), "{table} 0x{opcode:04x}");
    }
}

fn holds(bytes: &[u8], schema: &Schema) {
    let by_schema = end_by_schema(bytes, schema);
    if let Some(end) = schema.body.shortcut().and_then(|shortcut| shortcut.end(bytes)) {
        assert_eq!(by_schema, Ok(end), "0x{:04x} {bytes:02x?}", schema.opcode);
    }
    // And where the shortcut says nothing, measuring says what the schema does.
    let measured = measure(bytes, bytes.len(), schema).map(|message| message.len);
    match (measured, by_schema) {
        (Err(Stop::Incomplete { .. }), Err(Stop::Incomplete { .. })) => {}
        (measured, by_schema) => assert_eq!(measured, by_schema, "0x{:04x} {bytes:02x?}", schema.opcode),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn shortcuts_and_schema_end_at_the_same_byte_whatever_the_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for schema in shapes() {
            holds(&bytes, &schema);
        }
    }

    /// Random bytes rarely have short varints or absent options; these do.
    #[test]
    fn also_of_bytes_as_messages_have_them(
        bytes in proptest::collection::vec(prop_oneof![0u8..3, 0u8..0x90, any::<u8>()], 0..120)
    ) {
        for schema in shapes() {
            for cut in [bytes.len(), bytes.len() / 2, bytes.len().saturating_sub(1)] {
                holds(&bytes[..cut], &schema);
            }
        }
    }
}

#[test]
fn a_whole_message_is_found_by_its_shortcut() {
    let mut taken = 0;
    for schema in shapes() {
        for fill in [0u8, 1, 0x7f] {
            let bytes = [fill; 300];
            if let Ok(end) = end_by_schema(&bytes, &schema) {
                assert_eq!(
                    schema.body.shortcut().and_then(|shortcut| shortcut.end(&bytes)),
                    Some(end)
                );
                taken += 1;
            }
        }
    }
    assert!(taken >= 15, "{taken}");
}
