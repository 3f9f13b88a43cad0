//! The decoder finds the end of every message that the encoder calls readable, and of no shorter prefix.
#![cfg(feature = "schemas")]
#![allow(clippy::unwrap_used, clippy::panic)]

use gw2_protocol::Table;
use gw2_protocol::message::{Stop, measure};
use gw2_protocol::schema::Catalog;
use gw2_sim::scenarios;
use gw2_sim::truth::{Layer, TruthItem};

/// The build of a flow's version frame; the newest without one.
fn build(truth: &[TruthItem], flow: u32) -> Option<u32> {
    let frame = truth
        .iter()
        .find(|item| item.flow == flow && item.name.ends_with(" version"))?;
    Some(u32::from_le_bytes(frame.plaintext.get(4..8)?.try_into().unwrap()))
}

#[test]
fn every_readable_message_is_measured_as_it_was_sent() {
    let (catalog, errors) = Catalog::builtin();
    assert_eq!(errors, []);
    let mut checked = 0;
    for scenario in scenarios::all() {
        let truth = scenario.capture().unwrap().truth;
        for item in truth.iter().filter(|item| item.layer == Layer::Message) {
            let what = format!("{}: {} {:04x?}", scenario.name, item.table, item.opcode.unwrap());
            let set = catalog.select(build(&truth, item.flow), None).unwrap().set;
            let table = Table::from_tag(&item.table).unwrap();
            let schema = catalog.lookup(set, table, item.opcode.unwrap());
            let schema = schema.unwrap_or_else(|| panic!("{what}: no schema")).schema;
            let length = item.plaintext.len();
            let measured = measure(&item.plaintext, length, schema);
            assert_eq!(measured.map(|decoded| decoded.len), Ok(length), "{what}");
            if schema.parser.is_none() {
                let cut = measure(&item.plaintext[..length - 1], length - 1, schema);
                assert!(matches!(cut, Err(Stop::Incomplete { .. })), "{what}: {cut:?}");
            }
            checked += 1;
        }
    }
    assert!(checked > 10_000, "{checked}");
}
