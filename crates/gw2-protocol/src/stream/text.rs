//! A stream of text: a portal connection that is RC4-coded (protocol.md, section 7).

use super::pipeline::{Context, Origin};
use super::record::Item;

/// A stretch of decrypted text, as one segment brought it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TextPiece {
    /// The frame that it counts to.
    pub frame: u32,
    /// When it was captured, in nanoseconds.
    pub time: i64,
    /// Its offset in the stream.
    pub offset: u64,
    /// Its position in the decrypted bytes.
    pub start: u64,
    /// Bytes.
    pub len: usize,
}

/// Keeps decrypted text for the portal's parser, which finds the messages in it.
pub(super) fn feed(bytes: &[u8], origin: Origin, context: &mut Context<'_>) {
    let start = context.store.append_decrypted(bytes);
    let frame = context.records.current_frame();
    let (time, offset) = (origin.time, origin.offset);
    context.store.add_text(TextPiece {
        frame,
        time,
        offset,
        start,
        len: bytes.len(),
    });
    context.records.push(Item::Text);
}
