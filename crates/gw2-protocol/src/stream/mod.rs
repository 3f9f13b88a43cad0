//! One direction of a connection: bytes in the order in which they were captured in, units out.
//!
//! [`half`] puts segments in order and leads them through handshake and cipher to a pipeline:
//! [`messages`] for a stream of messages, [`blocks`] for one of blocks. What they find is noted as
//! [`Item`]s of the frame that completed it; plaintext is found again through [`Store`].

mod blocks;
mod gap;
mod half;
mod kept;
mod messages;
mod offset;
mod pages;
mod pipeline;
mod record;
mod run;
mod scan;
mod store;
mod text;

pub(crate) use half::{Half, Pending, Phase, Sealed};
pub use offset::StreamOffset;
pub(crate) use pipeline::Layering;
pub use record::{Item, Layer, Notice, Record, Why};
pub use run::HandOff;
pub(crate) use run::{MessageSet, RunStop};
pub use store::{BlockEntry, Store};
pub(crate) use text::TextPiece;

/// A piece of TCP payload, as it was captured.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    /// The number of the frame that carried it.
    pub frame: u32,
    /// Offset of the first byte in its direction's stream; 0 is the first byte after the SYN, or, when
    /// no SYN was captured, the first byte seen.
    pub offset: u64,
    /// The payload.
    pub bytes: &'a [u8],
    /// When it was captured, in nanoseconds since any fixed moment.
    pub time: i64,
    /// The segment carried PSH.
    pub push: bool,
    /// Up to which offset of the other direction the sender has received, where that is known.
    pub ack: Option<u64>,
}

impl Segment<'_> {
    /// The offset behind the last byte.
    pub fn end(&self) -> u64 {
        self.offset.saturating_add(length(self.bytes))
    }
}

/// A length as a stream offset counts.
pub(crate) fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
