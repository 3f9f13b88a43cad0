//! Cuts one direction's plaintext into messages, and finds its way back after what is none (section 7).
//!
//! What comes out covers the stream without a hole: every byte that goes in is in exactly one [`Unit`], or
//! still pending. How the bytes were cut into segments changes nothing but how a stretch of skipped bytes is
//! divided: skipped bytes are handed out as early as they are known to be none of a message's, so that they
//! show in the frame that carried them.
//!
//! Every byte is looked at a bounded number of times, however small the segments are.

use std::ops::{ControlFlow, Range};

use super::header::{Header, HeaderName, parse_number};
use super::message::Message;
use super::skip::{Skip, SkipReason};
use super::start_line::{MAX_START_LINE, could_begin_start_line, is_start_line};

/// The longest header section: all header lines with their line ends, without the empty line.
pub const MAX_HEADER_SECTION: usize = 32 * 1024;

/// The longest body of one message.
pub const MAX_BODY: usize = 64 * 1024;

/// A stretch of the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit<'a> {
    /// The offset of its first byte in the stream.
    pub offset: u64,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// What it is.
    pub content: UnitContent<'a>,
}

impl Unit<'_> {
    /// Where it is in the stream.
    #[must_use]
    pub fn range(&self) -> Range<u64> {
        self.offset..self.offset.saturating_add(length(self.bytes.len()))
    }
}

/// What a [`Unit`] is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnitContent<'a> {
    /// A whole message.
    Message(Message<'a>),
    /// Something that cannot be parsed, or is not all there.
    Skipped(Skip),
}

/// One direction of a portal connection.
#[derive(Debug, Clone, Default)]
pub struct StsParser {
    /// Bytes that are no unit's yet, from `head` on; what is before it is spent.
    buffer: Vec<u8>,
    head: usize,
    /// Where the line under way begins.
    line: usize,
    /// Up to where that line was searched for its end.
    scanned: usize,
    /// The stream offset of `head`.
    offset: u64,
    /// Where a message is known to end whose bytes are lost: the next one begins there.
    known_end: Option<u64>,
    state: State,
    /// What the next skipped bytes are to say; set as long as no message is under way.
    lost: Option<Skip>,
}

#[derive(Debug, Clone, Copy, Default)]
enum State {
    /// At the beginning of a line that should be a start line.
    #[default]
    StartLine,
    /// In a line that is no start line.
    Discard,
    /// In a header section.
    Headers {
        start: usize,
        content_length: Option<usize>,
    },
    /// In a body.
    Body { end: usize },
}

/// A unit that was found, `buffer[head..end]`: a message, unless there is a reason to skip it.
struct Found {
    end: usize,
    skip: Option<Skip>,
}

impl StsParser {
    /// A parser for a stream whose first byte has this offset.
    #[must_use]
    pub fn new(offset: u64) -> Self {
        Self {
            offset,
            ..Self::default()
        }
    }

    /// Takes in the next bytes and hands out the units that end in them. When `sink` breaks, the rest stays
    /// pending until the next call.
    pub fn push(
        &mut self,
        bytes: &[u8],
        sink: &mut dyn FnMut(Unit<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        self.compact();
        self.buffer.extend_from_slice(bytes);
        self.drain(sink)
    }

    /// Bytes are missing: a message under way is given up; parsing resumes at the next start line.
    pub fn gap(&mut self, len: u64, sink: &mut dyn FnMut(Unit<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
        self.drain(sink)?;
        let pending_body = match self.state {
            State::Body { end } => Some(length(end.saturating_sub(self.head)).saturating_add(self.offset)),
            _ => self.known_end,
        };
        self.give_up(SkipReason::Gap, sink)?;
        self.offset = self.offset.saturating_add(len);
        self.known_end = pending_body.filter(|&end| end > self.offset);
        self.lost = Some(Skip::new(SkipReason::Gap, self.offset));
        ControlFlow::Continue(())
    }

    /// The stream ends: hands out what is pending. More bytes may follow all the same.
    pub fn finish(&mut self, sink: &mut dyn FnMut(Unit<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
        self.drain(sink)?;
        self.give_up(SkipReason::Incomplete, sink)
    }

    /// The offset of the first byte that is no unit's yet.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// How many bytes are no unit's yet.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.buffer.len().saturating_sub(self.head)
    }

    /// The offset behind the last byte taken in.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.offset.saturating_add(length(self.pending()))
    }

    fn drain(&mut self, sink: &mut dyn FnMut(Unit<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
        while let Some(found) = self.advance() {
            self.emit(found, sink)?;
        }
        ControlFlow::Continue(())
    }

    /// Hands out everything that is pending as skipped.
    fn give_up(
        &mut self,
        reason: SkipReason,
        sink: &mut dyn FnMut(Unit<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        self.lose(reason, self.head);
        self.line = self.buffer.len();
        self.scanned = self.line;
        let found = self.skip_to(self.line);
        self.lost = None;
        found.map_or(ControlFlow::Continue(()), |found| self.emit(found, sink))
    }

    fn emit(&mut self, found: Found, sink: &mut dyn FnMut(Unit<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
        let bytes = self.buffer.get(self.head..found.end).unwrap_or_default();
        let offset = self.offset;
        self.head = found.end;
        self.offset = offset.saturating_add(length(bytes.len()));
        let message = if found.skip.is_none() {
            Message::view(bytes)
        } else {
            None
        };
        let content = match message {
            Some(message) => UnitContent::Message(message),
            None => UnitContent::Skipped(found.skip.unwrap_or(Skip::new(SkipReason::StartLine, offset))),
        };
        sink(Unit {
            offset,
            bytes,
            content,
        })
    }

    /// Looks at what is pending until a unit ends or the bytes do.
    fn advance(&mut self) -> Option<Found> {
        loop {
            match self.state {
                State::StartLine => match self.line_end() {
                    Some(end) => {
                        if let Some(found) = self.first_line(end) {
                            return Some(found);
                        }
                    }
                    None if self.line_could_become_start_line() => return self.skip_to(self.line),
                    None => {
                        self.lose(SkipReason::StartLine, self.line);
                        self.state = State::Discard;
                    }
                },
                State::Discard => {
                    let line_end = self.line_end();
                    let known_end = self.known_end_in_line().filter(|&end| end <= self.buffer.len());
                    let Some(end) = line_end.into_iter().chain(known_end).min() else {
                        return self.skip_to(self.buffer.len());
                    };
                    self.next_line(end);
                    self.state = State::StartLine;
                }
                State::Headers {
                    start,
                    content_length,
                } => {
                    let Some(end) = self.line_end() else {
                        if self.buffer.len().saturating_sub(start) > MAX_HEADER_SECTION.saturating_add(1) {
                            self.lose(SkipReason::HeaderSectionTooLong, self.line);
                            continue;
                        }
                        return None;
                    };
                    self.header_line(start, content_length, end);
                }
                State::Body { end } => {
                    if self.buffer.len() < end {
                        return None;
                    }
                    self.next_line(end);
                    self.state = State::StartLine;
                    return Some(Found { end, skip: None });
                }
            }
        }
    }

    /// Takes in the line that ends at `end`, where a message should begin.
    fn first_line(&mut self, end: usize) -> Option<Found> {
        let is_start_line = self.is_start_line(self.line, end);
        let known_end = self
            .known_end_in_line()
            .filter(|&known_end| known_end < end && (!is_start_line || self.is_start_line(known_end, end)));
        if known_end.is_some() || !is_start_line {
            self.lose(SkipReason::StartLine, self.line);
            self.next_line(known_end.unwrap_or(end));
            return None;
        }
        if self.head < self.line {
            // What precedes it goes first; then it is looked at once more.
            self.scanned = self.line;
            return self.skip_to(self.line);
        }
        self.lost = None;
        self.known_end = None;
        self.next_line(end);
        self.state = State::Headers {
            start: end,
            content_length: None,
        };
        None
    }

    /// Takes in the line that ends at `end` as one of a header section.
    fn header_line(&mut self, start: usize, content_length: Option<usize>, end: usize) {
        let line = self.buffer.get(self.line..end).unwrap_or_default();
        if line == b"\r\n" {
            self.next_line(end);
            self.state = State::Body {
                end: end.saturating_add(content_length.unwrap_or(0)),
            };
            return;
        }
        let too_long = end.saturating_sub(start) > MAX_HEADER_SECTION;
        let header = line.strip_suffix(b"\r\n").and_then(Header::parse);
        let outcome = match header {
            _ if too_long => Err(SkipReason::HeaderSectionTooLong),
            None => Err(SkipReason::HeaderLine),
            Some(Header {
                id: Some(HeaderName::ContentLength),
                value,
                ..
            }) => body_length(value, content_length).map(Some),
            Some(_) => Ok(content_length),
        };
        match outcome {
            Ok(content_length) => {
                self.next_line(end);
                self.state = State::Headers {
                    start,
                    content_length,
                };
            }
            // The line itself may be the start line of the next message. Those before it were headers, and
            // no header line is a start line, so nothing is looked at again.
            Err(reason) => self.lose(reason, self.line),
        }
    }

    /// Gives up the message under way, or notes that none begins here, and goes on at the line under way. The
    /// first reason of a run stays.
    fn lose(&mut self, reason: SkipReason, at: usize) {
        let at = self.offset.saturating_add(length(at.saturating_sub(self.head)));
        self.lost.get_or_insert(Skip::new(reason, at));
        self.scanned = self.line;
        self.state = State::StartLine;
    }

    /// What is before `end` is no message's: a unit, unless there is nothing.
    fn skip_to(&mut self, end: usize) -> Option<Found> {
        if end <= self.head {
            return None;
        }
        let skip = self.lost.unwrap_or(Skip::new(SkipReason::StartLine, self.offset));
        self.lost = Some(Skip {
            continued: true,
            ..skip
        });
        Some(Found {
            end,
            skip: Some(skip),
        })
    }

    fn next_line(&mut self, start: usize) {
        self.line = start;
        self.scanned = start;
    }

    /// Where the line under way ends, behind its line feed.
    fn line_end(&mut self) -> Option<usize> {
        let unseen = self.buffer.get(self.scanned..).unwrap_or_default();
        let Some(position) = unseen.iter().position(|&byte| byte == b'\n') else {
            self.scanned = self.buffer.len();
            return None;
        };
        Some(self.scanned.saturating_add(position).saturating_add(1))
    }

    /// Where a lost message is known to end, when that is behind the first byte of the line under way.
    fn known_end_in_line(&self) -> Option<usize> {
        let ahead = usize::try_from(self.known_end?.checked_sub(self.offset)?).ok()?;
        ahead.checked_add(self.head).filter(|&end| end > self.line)
    }

    fn is_start_line(&self, start: usize, end: usize) -> bool {
        self.buffer.get(start..end).is_some_and(is_start_line)
    }

    fn line_could_become_start_line(&self) -> bool {
        let line = self.buffer.get(self.line..).unwrap_or_default();
        line.len() < MAX_START_LINE && could_begin_start_line(line)
    }

    /// Drops what is spent, once it is the larger part: each byte moves a bounded number of times.
    fn compact(&mut self) {
        if self.head < self.pending() {
            return;
        }
        self.buffer.drain(..self.head);
        self.line = self.line.saturating_sub(self.head);
        self.scanned = self.scanned.saturating_sub(self.head);
        match &mut self.state {
            State::Headers { start, .. } => *start = start.saturating_sub(self.head),
            State::Body { end } => *end = end.saturating_sub(self.head),
            State::StartLine | State::Discard => {}
        }
        self.head = 0;
    }
}

/// The length that a Content-Length gives, beside one that was there before.
fn body_length(value: &[u8], before: Option<usize>) -> Result<usize, SkipReason> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return Err(SkipReason::ContentLength);
    }
    match parse_number(value) {
        Some(length) if before.is_some_and(|before| before != length) => Err(SkipReason::ContentLength),
        Some(length) if length <= MAX_BODY => Ok(length),
        _ => Err(SkipReason::BodyTooLong),
    }
}

fn length(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}
