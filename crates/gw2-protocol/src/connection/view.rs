//! What a frame shows, looked up on any pass.

use super::{Connection, index};
use crate::direction::Direction;
use crate::schema::{Catalog, MessageTable};
use crate::stream::{Item, Layer, Layering, Record, Store};

/// The items of one segment and the bytes that they speak of.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// What the segment completed, in order; empty when nothing was whole yet.
    pub items: &'a [Item],
    /// The plaintext of the direction.
    pub store: &'a Store,
    /// The clear bytes of the direction.
    pub clear: &'a [u8],
}

impl Connection {
    /// What a segment showed, by the frame's number and the low half of its stream offset; without
    /// that, the frame's first segment.
    pub fn view(&self, direction: Direction, frame: u32, low_offset: Option<u32>) -> Option<View<'_>> {
        let half = &self.halves.get(index(direction))?.half;
        let record: &Record = half.records.find(frame, low_offset)?;
        Some(View {
            items: half.records.items(record),
            store: &half.store,
            clear: &half.clear,
        })
    }

    /// Which plaintext the messages of a direction stand in.
    pub fn message_layer(&self, direction: Direction) -> Layer {
        match self.layering(direction) {
            Layering::Messages | Layering::Text => Layer::Decrypted,
            Layering::Blocks => Layer::Decompressed,
        }
    }

    /// Whether more lines in the key log could make more of this connection readable.
    pub fn wants_key(&self) -> bool {
        self.key.source.is_none() && !self.handshake.refused
    }

    /// The message tables of a direction under the connection's schema set.
    pub fn messages<'c>(&self, direction: Direction, catalog: &'c Catalog) -> Option<&'c MessageTable> {
        Some(catalog.table(self.set?.set, self.table(direction)))
    }
}
