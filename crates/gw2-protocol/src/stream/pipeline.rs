//! What comes behind the cipher.

use super::blocks::BlockStream;
use super::messages::MessageStream;
use super::record::Records;
use super::run::MessageSet;
use super::store::Store;
use crate::block::BlockDecoder;

/// How messages lie in the plaintext.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layering {
    /// One after the other.
    Messages,
    /// In blocks.
    Blocks,
    /// Not at all: it is the portal's text.
    Text,
}

/// What a pipeline reads and writes besides the bytes.
pub(super) struct Context<'a> {
    pub messages: MessageSet<'a>,
    pub decoder: &'a mut BlockDecoder,
    pub store: &'a mut Store,
    pub records: &'a mut Records,
}

/// Where plaintext handed to a pipeline comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin {
    /// The stream offset of the first byte.
    pub offset: u64,
    /// When it was captured, in nanoseconds.
    pub time: i64,
    /// It follows a pause of its direction.
    pub paused: bool,
    /// The segment carried PSH.
    pub push: bool,
    /// The first byte is the first of its segment.
    pub segment_start: bool,
}

/// Turns plaintext into units.
#[derive(Clone, Debug)]
pub(super) enum Pipeline {
    Messages(MessageStream),
    Blocks(BlockStream),
    Text,
}

impl Pipeline {
    pub fn new(layering: Layering) -> Self {
        match layering {
            Layering::Messages => Self::Messages(MessageStream::default()),
            Layering::Blocks => Self::Blocks(BlockStream::default()),
            Layering::Text => Self::Text,
        }
    }

    /// Takes the next plaintext.
    pub fn feed(&mut self, bytes: &[u8], origin: Origin, context: &mut Context<'_>) {
        match self {
            Self::Messages(stream) => stream.feed(bytes, origin, context),
            Self::Blocks(stream) => stream.feed(bytes, origin, context),
            Self::Text => super::text::feed(bytes, origin, context),
        }
    }

    /// Bytes are missing here; what was begun cannot be finished.
    pub fn gap(&mut self, context: &mut Context<'_>) {
        match self {
            Self::Messages(stream) => stream.gap(context),
            Self::Blocks(stream) => stream.gap(context),
            Self::Text => {}
        }
    }

    /// `None` while decoding has lost its place; else the stream offset at which it last came back.
    pub fn in_step_since(&self) -> Option<u64> {
        match self {
            Self::Messages(stream) => stream.in_step_since(),
            Self::Blocks(stream) => stream.in_step_since(),
            // The text's own parser finds its way back.
            Self::Text => Some(0),
        }
    }

    /// How many bytes of what was begun it holds.
    pub fn begun_len(&self) -> u64 {
        match self {
            Self::Messages(stream) => stream.begun_len(),
            Self::Blocks(stream) => stream.begun_len(),
            Self::Text => 0,
        }
    }

    /// Puts the bytes of what was begun into the store again, behind everything that came since.
    pub fn relocate(&mut self, store: &mut Store) {
        match self {
            Self::Messages(stream) => stream.relocate(store),
            Self::Blocks(stream) => stream.relocate(store),
            Self::Text => {}
        }
    }

    /// Nothing more will come: what was begun stays undecoded.
    pub fn abandon(&mut self, context: &mut Context<'_>) {
        match self {
            Self::Messages(stream) => stream.abandon(context),
            Self::Blocks(stream) => stream.abandon(context),
            Self::Text => {}
        }
    }
}
