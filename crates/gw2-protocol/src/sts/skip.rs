//! Why bytes of a portal stream are no message.

/// Why bytes are no part of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkipReason {
    /// A message should begin here, and this is no start line.
    StartLine,
    /// A line in a header section is no header.
    HeaderLine,
    /// A header section is over [`super::parser::MAX_HEADER_SECTION`].
    HeaderSectionTooLong,
    /// A Content-Length is no number, or two of them disagree.
    ContentLength,
    /// A Content-Length is over [`super::parser::MAX_BODY`].
    BodyTooLong,
    /// Bytes are missing in the stream: the message that lost them, or what comes behind them.
    Gap,
    /// The connection ended, or changed to another protocol, within the message.
    Incomplete,
}

impl std::fmt::Display for SkipReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::StartLine => "not a start line",
            Self::HeaderLine => "not a header line",
            Self::HeaderSectionTooLong => "header section over 32 KiB",
            Self::ContentLength => "malformed Content-Length",
            Self::BodyTooLong => "Content-Length over 64 KiB",
            Self::Gap => "bytes are missing before or in it",
            Self::Incomplete => "message is incomplete",
        })
    }
}

/// What is known of bytes that are no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skip {
    /// Why.
    pub reason: SkipReason,
    /// Where that was found, as an offset in the stream.
    pub at: u64,
    /// Whether this goes on where the skipped bytes of the unit before ended: report the reason only once.
    pub continued: bool,
}

impl Skip {
    pub(crate) fn new(reason: SkipReason, at: u64) -> Self {
        Self {
            reason,
            at,
            continued: false,
        }
    }

    /// Whether the sender is to blame: a gap, or an end, is nobody's malformed message.
    #[must_use]
    pub fn is_malformed(&self) -> bool {
        !matches!(self.reason, SkipReason::Gap | SkipReason::Incomplete)
    }
}
