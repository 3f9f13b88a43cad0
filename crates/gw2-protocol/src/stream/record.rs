//! What a frame showed, noted on the first pass and looked up on all later ones.

use super::run::HandOff;
use crate::block::BlockHeader;
use crate::handshake::{CLIENT_SEED_LEN, SERVER_SEED_LEN};
use crate::message::Failure;
use std::ops::Range;

/// Which plaintext a position belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// Decrypted bytes: blocks of the server, messages of the client.
    Decrypted,
    /// What the blocks decode to.
    Decompressed,
}

/// Why bytes are shown undecoded although no message was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A message or block that a gap in the capture cut off.
    CutByGap,
    /// A message whose next block is broken.
    CutByBrokenBlock,
    /// Bytes in which no boundary was found yet after decoding lost its place.
    NoBoundary,
    /// Bytes in which no block header was found.
    NoBlockHeader,
    /// The part of a fast-path message that nobody can read.
    FastPath,
    /// A message that an exported record ends within: only a record that was tampered with, or read with other schemas,
    /// has one.
    CutByExport,
}

/// Why a direction cannot be decrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// No key log line is for this connection.
    NoKey,
    /// There are lines for it, and none decrypts it.
    BadKey,
    /// The start of the connection is not in the capture, so that no key could help.
    NoStart,
}

/// A unit that a frame completed, or something to say about it. Positions are those of [`Store`](super::Store).
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Item {
    /// A version frame in clear, at this position of the clear bytes.
    Version {
        /// First byte.
        start: u32,
        /// Bytes.
        len: u32,
    },
    /// A client seed frame in clear.
    ClientSeed {
        /// First byte.
        start: u32,
    },
    /// A server seed frame in clear.
    ServerSeed {
        /// First byte.
        start: u32,
    },
    /// A server error frame in clear.
    ServerError {
        /// First byte.
        start: u32,
        /// Bytes.
        len: u32,
    },
    /// A frame in clear that no server sends.
    MalformedFrame {
        /// First byte.
        start: u32,
        /// Bytes.
        len: u32,
    },
    /// Payload that cannot be decrypted.
    Encrypted {
        /// What to say of it, once a direction.
        notice: Option<Notice>,
    },
    /// All bytes were seen before.
    Repeated,
    /// A server block, by its number.
    Block(u32),
    /// Whole messages, one after the other.
    Messages {
        /// Position of the first.
        start: u64,
        /// Bytes of all.
        len: u32,
        /// How many.
        count: u32,
    },
    /// A message that cannot be decoded to its end, and what follows it in the block or segment.
    Failed {
        /// Position of the opcode.
        start: u64,
        /// Bytes up to the end of the unit.
        len: u32,
        /// What is wrong.
        failure: Failure,
    },
    /// Bytes that are not decoded.
    Undecoded {
        /// Which plaintext.
        layer: Layer,
        /// Position of the first.
        start: u64,
        /// Bytes.
        len: u32,
        /// Why.
        why: Why,
    },
    /// A block that does not decode.
    BrokenBlock {
        /// Position of its header in the decrypted bytes.
        start: u64,
        /// The header.
        header: BlockHeader,
    },
    /// Decrypted text of a portal connection.
    Text,
    /// Bytes that were not captured, or not handed over.
    Gap {
        /// How many.
        len: u64,
    },
    /// Decoding came back.
    Resumed {
        /// After so many bytes.
        after: u64,
    },
}

impl Item {
    /// Whether this is payload that cannot be decrypted.
    pub fn is_encrypted(&self) -> bool {
        matches!(self, Self::Encrypted { .. })
    }

    /// Of a handshake frame: where it is in the clear bytes.
    pub fn clear_range(&self) -> Option<Range<usize>> {
        let size = |len: u32| usize::try_from(len).unwrap_or(usize::MAX);
        let (start, len) = match *self {
            Self::Version { start, len }
            | Self::ServerError { start, len }
            | Self::MalformedFrame { start, len } => (start, size(len)),
            Self::ClientSeed { start } => (start, CLIENT_SEED_LEN),
            Self::ServerSeed { start } => (start, SERVER_SEED_LEN),
            _ => return None,
        };
        Some(size(start)..size(start).saturating_add(len))
    }
}

/// What one segment showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// The frame's number.
    pub frame: u32,
    first_item: u32,
    items: u32,
    /// The segment's first byte in the stream.
    pub offset: u64,
}

/// The records of one direction, in the order of the frames.
#[derive(Debug, Default)]
pub(crate) struct Records {
    records: Vec<Record>,
    items: Vec<Item>,
    /// The record begun last.
    current: usize,
    /// Where messages sent the client, until somebody takes note.
    pub handoffs: Vec<HandOff>,
}

impl Records {
    /// Begins the record of a segment. Items pushed from now on are its own.
    pub fn begin(&mut self, frame: u32, offset: u64) -> usize {
        let first_item = self.item_count();
        self.records.push(Record {
            frame,
            first_item,
            items: 0,
            offset,
        });
        self.current = self.records.len().saturating_sub(1);
        self.current
    }

    /// Gives a record begun before its items anew, because its bytes can be read only now. What it
    /// said in clear it still says.
    pub fn begin_again(&mut self, record: usize) {
        self.end(self.current);
        self.current = record;
        let first_item = self.item_count();
        let Some(record) = self.records.get_mut(record) else {
            return;
        };
        let start = usize::try_from(record.first_item).unwrap_or(usize::MAX);
        let end = start.saturating_add(usize::try_from(record.items).unwrap_or(usize::MAX));
        record.first_item = first_item;
        record.items = 0;
        for number in start..end {
            if let Some(item) = self
                .items
                .get(number)
                .copied()
                .filter(|item| !item.is_encrypted())
            {
                self.items.push(item);
            }
        }
    }

    /// Whether a record says that its bytes cannot be decrypted.
    pub fn is_encrypted(&self, record: usize) -> bool {
        self.records
            .get(record)
            .is_some_and(|record| self.items(record).iter().any(Item::is_encrypted))
    }

    /// The items that were pushed since are all that this record has. It may have ended before, when another
    /// was begun anew.
    pub fn end(&mut self, record: usize) {
        if record != self.current {
            return;
        }
        let end = self.item_count();
        if let Some(record) = self.records.get_mut(record) {
            record.items = end.saturating_sub(record.first_item);
        }
    }

    /// The frame of the record begun last.
    pub fn current_frame(&self) -> u32 {
        self.records.get(self.current).map_or(0, |record| record.frame)
    }

    /// Notes something for the record begun last.
    pub fn push(&mut self, item: Item) {
        self.items.push(item);
    }

    /// The items of a record.
    pub fn items(&self, record: &Record) -> &[Item] {
        let start = usize::try_from(record.first_item).unwrap_or(usize::MAX);
        let end = start.saturating_add(usize::try_from(record.items).unwrap_or(usize::MAX));
        self.items.get(start..end).unwrap_or_default()
    }

    /// The record of a segment. `low_offset` is the low half of its offset, which is all that a sequence
    /// number tells; without it the frame's first.
    pub fn find(&self, frame: u32, low_offset: Option<u32>) -> Option<&Record> {
        let first = self.records.partition_point(|record| record.frame < frame);
        self.records
            .get(first..)?
            .iter()
            .take_while(|record| record.frame == frame)
            .find(|record| low_offset.is_none_or(|low| record.offset & 0xffff_ffff == u64::from(low)))
    }

    /// Whether any item of any record is such.
    pub fn any(&self, is_such: impl Fn(&Item) -> bool) -> bool {
        self.items.iter().any(is_such)
    }

    fn item_count(&self) -> u32 {
        u32::try_from(self.items.len()).unwrap_or(u32::MAX)
    }
}
