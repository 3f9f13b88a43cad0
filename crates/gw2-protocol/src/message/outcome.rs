//! How a walk over a message ends.

use super::MAX_DEPTH;
use super::MAX_MESSAGE;
use std::fmt;

/// Why a message cannot be decoded further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The opcode has no schema.
    UnknownOpcode,
    /// A varint of more than five bytes, or with bits beyond 32.
    Varint,
    /// A count, length or string over the schema's greatest.
    OverLimit {
        /// What the wire says; for a string, how much was read without a terminator.
        found: u32,
        /// The greatest that the schema allows.
        max: u32,
    },
    /// The message is over [`MAX_MESSAGE`] bytes.
    TooLong,
    /// The schema does not know how many elements or bytes there are.
    UnknownCount,
    /// The schema does not know the field's type.
    UnknownType,
    /// Type 16, which only a server's schema may hold.
    Align,
    /// The fast-path message is shorter than the head that all its subtypes have.
    ShortFastPath,
    /// Blocks are nested deeper than [`MAX_DEPTH`].
    TooDeep,
}

impl Reason {
    /// Whether this is `gw2.expert.limit` rather than `gw2.expert.malformed`.
    pub fn is_limit(self) -> bool {
        matches!(self, Self::OverLimit { .. } | Self::TooLong)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownOpcode => f.write_str("no schema for this opcode"),
            Self::Varint => f.write_str("varint of more than five bytes or 32 bits"),
            Self::OverLimit { found, max } => write!(f, "{found} is over the greatest, {max}"),
            Self::TooLong => write!(f, "message of more than {MAX_MESSAGE} bytes"),
            Self::UnknownCount => f.write_str("the schema does not know the count"),
            Self::UnknownType => f.write_str("the schema does not know the type"),
            Self::Align => f.write_str("alignment field (type 16) in a client's schema"),
            Self::ShortFastPath => f.write_str("shorter than the head of a fast-path message"),
            Self::TooDeep => write!(f, "blocks nested more than {MAX_DEPTH} deep"),
        }
    }
}

/// A field that cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Why.
    pub reason: Reason,
    /// Where the field begins, in bytes from the message's first.
    pub offset: usize,
}

/// What ended a walk before the message's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop<E> {
    /// The message goes on beyond the bytes in hand: nothing can be said before there are this many.
    Incomplete {
        /// Bytes, from the message's first.
        needed: usize,
    },
    /// The bytes contradict the schema.
    Failed(Failure),
    /// The visitor gave up.
    Visitor(E),
}

/// A message that was walked to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// Wire bytes, opcode included.
    pub len: usize,
    /// Of a fast-path message whose end is unknown: what follows `len` up to the end of the unit
    /// is not decoded.
    pub open_end: bool,
}
