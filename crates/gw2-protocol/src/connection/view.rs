//! What a frame shows, looked up on any pass.

use super::{Connection, index};
use crate::direction::Direction;
use crate::stream::{Item, Record, Store};

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
    /// What a segment showed: the frame's number and the stream offset that it was taken with.
    pub fn view(&self, direction: Direction, frame: u32, offset: u64) -> Option<View<'_>> {
        let half = &self.halves.get(index(direction))?.half;
        let record: &Record = half.records.find(frame, offset)?;
        Some(View { items: half.records.items(record), store: &half.store, clear: &half.clear })
    }
}
