//! How many messages of each opcode there were, and how long they were.

use crate::connection::BinaryState;
use crate::follow::layer_bytes;
use gw2_protocol::Direction;
use gw2_protocol::connection::View;
use gw2_protocol::message::{measure, read_opcode};
use gw2_protocol::stream::Item;
use wireshark_ffi::{Amount, Packet, StatsTreeTap, Tick};

/// The nodes at the top.
const MESSAGES: &str = "Messages";
const BYTES: &str = "Bytes";

/// A message: the node that counts it and its length.
type Counted = (String, usize);

/// Counts what a segment completed.
pub fn count(
    tap: StatsTreeTap,
    packet: &Packet<'_>,
    state: &BinaryState,
    direction: Direction,
    view: View<'_>,
) {
    let table = state.connection.table(direction).to_string();
    let counted = counted(state, direction, view);
    let paths: Vec<_> = counted
        .iter()
        .map(|(name, len)| {
            let len = i32::try_from(*len).unwrap_or(i32::MAX);
            ([MESSAGES, &table, name], [BYTES, &table, name], len)
        })
        .collect();
    let ticks: Vec<_> = paths
        .iter()
        .flat_map(|(messages, bytes, len)| {
            [(messages, Amount::Sample(*len)), (bytes, Amount::Add(*len))]
                .map(|(path, amount)| Tick { path, amount })
        })
        .collect();
    tap.queue(packet, &ticks);
}

fn counted(state: &BinaryState, direction: Direction, view: View<'_>) -> Vec<Counted> {
    let layer = state.connection.message_layer(direction);
    let schemas = state.connection.messages(direction, &state.schemas.catalog);
    let name = |opcode: u16| {
        let schema = schemas.and_then(|schemas| schemas.get(opcode));
        let name = schema.and_then(|schema| schema.name.as_deref());
        format!("0x{opcode:04x} {}", name.unwrap_or("UNKNOWN"))
    };
    let mut counted = Vec::new();
    for item in view.items {
        let (start, len, whole) = match *item {
            Item::Messages { start, len, .. } => (start, len, true),
            Item::Failed { start, len, .. } => (start, len, false),
            _ => continue,
        };
        let bytes = layer_bytes(view.store, layer, start..start.saturating_add(u64::from(len)));
        let mut rest = bytes.as_slice();
        while let Some(opcode) = read_opcode(rest) {
            if !whole {
                counted.push((format!("{}, undecoded", name(opcode)), rest.len()));
                break;
            }
            let Some(schema) = schemas.and_then(|schemas| schemas.get(opcode)) else {
                break;
            };
            let Ok(message) = measure(rest, rest.len(), schema) else {
                break;
            };
            counted.push((name(opcode), message.len));
            rest = rest.get(message.len.max(1)..).unwrap_or_default();
        }
    }
    counted
}
