//! What login and game both name: GUIDs.
//!
//! Which GUID of login's messages is which is only partly known. But 16 random bytes do not occur twice by chance: a GUID
//! that a login names and a game connection begins with ties the two, wherever it stands.

use super::Guid;
use crate::connection::Connection;
use crate::direction::Direction;
use crate::message::{Value, Visitor, decode, read_opcode};
use crate::schema::{Catalog, Field, Schema};
use crate::stream::{Item, Layer};
use std::convert::Infallible;
use std::ops::Range;

/// The GUIDs in the messages that a segment completed; see [`Connection::view`] for what names the segment.
pub fn guids(
    connection: &Connection,
    direction: Direction,
    frame: u32,
    low_offset: Option<u32>,
    catalog: &Catalog,
) -> Vec<Guid> {
    let mut found = Found(Vec::new());
    let (Some(view), Some(schemas)) = (
        connection.view(direction, frame, low_offset),
        connection.messages(direction, catalog),
    ) else {
        return found.0;
    };
    for item in view.items {
        let Item::Messages { start, len, .. } = *item else {
            continue;
        };
        let range = start..start.saturating_add(u64::from(len));
        let bytes = match connection.message_layer(direction) {
            Layer::Decrypted => view.store.decrypted(range),
            Layer::Decompressed => view.store.decompressed(range),
        };
        let mut rest = bytes.as_slice();
        while let Some(schema) = read_opcode(rest).and_then(|opcode| schemas.get(opcode)) {
            let Some(len) = found.look(rest, schema) else {
                break;
            };
            rest = rest.get(len.max(1)..).unwrap_or_default();
        }
    }
    found.0
}

struct Found(Vec<Guid>);

impl Found {
    /// Looks through the message at the start of `bytes` and gives its length.
    fn look(&mut self, bytes: &[u8], schema: &Schema) -> Option<usize> {
        let message = decode(bytes, bytes.len(), schema, self).ok()?;
        Some(message.len)
    }
}

impl Visitor for Found {
    type Error = Infallible;

    const VALUES: bool = true;

    fn value(&mut self, _: &Field, _: u8, _: Range<usize>, value: Value<'_>) -> Result<(), Infallible> {
        if let Value::Guid(guid) = value
            && guid != [0; 16]
        {
            self.0.push(guid);
        }
        Ok(())
    }
}
