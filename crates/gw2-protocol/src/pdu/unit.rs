//! What a record holds: units of one kind or another, each with its length.

use super::error::PduError;
use crate::stream::Why;
use crate::sts::{Skip, SkipReason};
use std::ops::Range;

/// Bytes before a unit's own: kind, detail, length.
pub const UNIT_HEAD: usize = 6;

/// Set in the detail of a portal unit whose secret bytes were written over.
const LEFT_OUT: u8 = 0x40;
/// Set in the detail of skipped portal bytes that go on with those of the unit before.
const CONTINUED: u8 = 0x80;

/// What a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitKind {
    /// Messages, one after the other. The last may be one that cannot be decoded to its end.
    Messages,
    /// Bytes that were not decoded.
    Undecoded(Why),
    /// A block that does not decompress, with its header.
    BrokenBlock,
    /// A version frame.
    Version,
    /// A client seed frame.
    ClientSeed,
    /// A server seed frame.
    ServerSeed,
    /// A server error frame.
    ServerError,
    /// A frame in clear that no server sends.
    MalformedFrame,
    /// So many bytes are missing here.
    Gap(u64),
    /// Decoding came back here, after so many bytes.
    Resumed(u64),
    /// A whole message of the portal.
    Portal {
        /// Its content was secret, and is written over.
        left_out: bool,
    },
    /// Bytes of the portal that are no message.
    Skipped {
        /// Why.
        skip: Skip,
        /// They may be secret, and are written over.
        left_out: bool,
    },
}

/// A unit of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit<'a> {
    /// What it is.
    pub kind: UnitKind,
    /// Its own bytes.
    pub bytes: &'a [u8],
    /// Where they are in the record.
    pub range: Range<usize>,
}

impl UnitKind {
    /// Kind and detail, as they are written.
    pub(super) fn code(self) -> (u8, u8) {
        match self {
            Self::Messages => (1, 0),
            Self::Undecoded(why) => (2, why_code(why)),
            Self::BrokenBlock => (3, 0),
            Self::Version => (4, 0),
            Self::ClientSeed => (5, 0),
            Self::ServerSeed => (6, 0),
            Self::ServerError => (7, 0),
            Self::MalformedFrame => (8, 0),
            Self::Gap(_) => (9, 0),
            Self::Resumed(_) => (10, 0),
            Self::Portal { left_out } => (11, flag(left_out, LEFT_OUT)),
            Self::Skipped { skip, left_out } => {
                let flags = flag(left_out, LEFT_OUT) | flag(skip.continued, CONTINUED);
                (12, reason_code(skip.reason) | flags)
            }
        }
    }

    /// The kind of a unit that begins at `at`. What a detail cannot be is taken for the general case.
    fn read(code: u8, detail: u8, bytes: &[u8], at: usize) -> Result<Self, PduError> {
        let number = || {
            let eight = bytes.first_chunk().ok_or(PduError::Short { what: "unit", at })?;
            Ok(u64::from_le_bytes(*eight))
        };
        let left_out = detail & LEFT_OUT != 0;
        Ok(match code {
            1 => Self::Messages,
            2 => Self::Undecoded(why(detail)),
            3 => Self::BrokenBlock,
            4 => Self::Version,
            5 => Self::ClientSeed,
            6 => Self::ServerSeed,
            7 => Self::ServerError,
            8 => Self::MalformedFrame,
            9 => Self::Gap(number()?),
            10 => Self::Resumed(number()?),
            11 => Self::Portal { left_out },
            12 => Self::Skipped {
                skip: Skip {
                    reason: reason(detail & !(LEFT_OUT | CONTINUED)),
                    at: 0,
                    continued: detail & CONTINUED != 0,
                },
                left_out,
            },
            found => return Err(PduError::UnitKind { found, at }),
        })
    }
}

/// The units of a record, read as they are asked for. Behind an error there is nothing more.
#[derive(Clone, Debug)]
pub struct Units<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Units<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    fn read(&self) -> Result<Unit<'a>, PduError> {
        let at = self.at;
        let rest = self.bytes.get(at..).unwrap_or_default();
        let short = PduError::Short { what: "unit", at };
        let head: &[u8; UNIT_HEAD] = rest.first_chunk().ok_or(short)?;
        let [code, detail, len @ ..] = *head;
        let len = usize::try_from(u32::from_le_bytes(len)).map_err(|_| short)?;
        let start = at.saturating_add(UNIT_HEAD);
        let range = start..start.saturating_add(len);
        let bytes = self.bytes.get(range.clone()).ok_or(short)?;
        let kind = UnitKind::read(code, detail, bytes, at)?;
        Ok(Unit { kind, bytes, range })
    }
}

impl<'a> Iterator for Units<'a> {
    type Item = Result<Unit<'a>, PduError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.bytes.len() {
            return None;
        }
        let unit = self.read();
        self.at = unit.as_ref().map_or(self.bytes.len(), |unit| unit.range.end);
        Some(unit)
    }
}

fn flag(set: bool, flag: u8) -> u8 {
    if set { flag } else { 0 }
}

fn why_code(why: Why) -> u8 {
    match why {
        Why::NoBoundary => 0,
        Why::CutByGap => 1,
        Why::CutByBrokenBlock => 2,
        Why::NoBlockHeader => 3,
        Why::FastPath => 4,
        Why::CutByExport => 5,
    }
}

fn why(code: u8) -> Why {
    match code {
        1 => Why::CutByGap,
        2 => Why::CutByBrokenBlock,
        3 => Why::NoBlockHeader,
        4 => Why::FastPath,
        5 => Why::CutByExport,
        _ => Why::NoBoundary,
    }
}

fn reason_code(reason: SkipReason) -> u8 {
    match reason {
        SkipReason::StartLine => 0,
        SkipReason::HeaderLine => 1,
        SkipReason::HeaderSectionTooLong => 2,
        SkipReason::ContentLength => 3,
        SkipReason::BodyTooLong => 4,
        SkipReason::Gap => 5,
        SkipReason::Incomplete => 6,
    }
}

fn reason(code: u8) -> SkipReason {
    match code {
        1 => SkipReason::HeaderLine,
        2 => SkipReason::HeaderSectionTooLong,
        3 => SkipReason::ContentLength,
        4 => SkipReason::BodyTooLong,
        5 => SkipReason::Gap,
        6 => SkipReason::Incomplete,
        _ => SkipReason::StartLine,
    }
}
