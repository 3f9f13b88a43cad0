//! A view of one message: start line, headers, body (section 7). Nothing is copied but the list of headers.

use std::ops::Range;

use super::encoding::ContentEncoding;
use super::header::{ContentRange, Header, HeaderName, Mark, Subject, parse_number};
use super::start_line::StartLine;

/// What users call a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An answer is due.
    Request,
    /// The answer.
    Response,
    /// A notification, from either side.
    Message,
}

impl Kind {
    /// The value of `gw2.portal.kind`.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Request => 0,
            Self::Response => 1,
            Self::Message => 2,
        }
    }

    /// As the Info column has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "REQ",
            Self::Response => "RESP",
            Self::Message => "MSG",
        }
    }
}

/// A header whose value cannot be read. The message stands all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defect {
    /// Which header.
    pub header: HeaderName,
    /// Its line, from the message's first byte on.
    pub range: Range<usize>,
}

impl std::fmt::Display for Defect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "malformed {}", self.header.full())
    }
}

/// One message. Ranges count from its first byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message<'a> {
    bytes: &'a [u8],
    start_line: StartLine<'a>,
    start_line_len: usize,
    headers: Vec<(Header<'a>, Range<usize>)>,
    body: Range<usize>,
}

impl<'a> Message<'a> {
    /// Views `bytes` as one message. `None` when they do not begin with a start line.
    ///
    /// For what [`super::parser`] delivers as a message the view is exact. Of a message that is cut short or
    /// that goes wrong further down it shows what can be read: headers end at the first line that is none.
    #[must_use]
    pub fn view(bytes: &'a [u8]) -> Option<Self> {
        let (line, start_line_len) = line_at(bytes, 0)?;
        let start_line = StartLine::parse(line)?;
        let mut headers = Vec::new();
        let mut at = start_line_len;
        while let Some((line, end)) = line_at(bytes, at) {
            if line.is_empty() {
                at = end;
                break;
            }
            let Some(header) = Header::parse(line) else { break };
            headers.push((header, at..end));
            at = end;
        }
        Some(Self {
            bytes,
            start_line,
            start_line_len,
            headers,
            body: at..bytes.len(),
        })
    }

    /// The whole message as it was sent.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The first line.
    #[must_use]
    pub fn start_line(&self) -> StartLine<'a> {
        self.start_line
    }

    /// Where the first line is, its line end included.
    #[must_use]
    pub fn start_line_range(&self) -> Range<usize> {
        0..self.start_line_len
    }

    /// The headers in the order of the wire, each with the range of its line.
    #[must_use]
    pub fn headers(&self) -> &[(Header<'a>, Range<usize>)] {
        &self.headers
    }

    /// The value of a header; the last one when it is there more than once.
    #[must_use]
    pub fn header(&self, name: HeaderName) -> Option<&'a [u8]> {
        self.line_of(name).map(|(header, _)| header.value)
    }

    /// Where a header's line is.
    #[must_use]
    pub fn header_range(&self, name: HeaderName) -> Option<Range<usize>> {
        self.line_of(name).map(|(_, range)| range.clone())
    }

    /// What the sender put behind the empty line, as it was sent.
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        self.bytes.get(self.body.clone()).unwrap_or_default()
    }

    /// Where the body is.
    #[must_use]
    pub fn body_range(&self) -> Range<usize> {
        self.body.clone()
    }

    /// What users call it.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.start_line {
            StartLine::Answer { .. } => Kind::Response,
            StartLine::Request { .. } if self.start_line.is_seed_request() => Kind::Request,
            StartLine::Request { .. } if self.transaction().is_some() => Kind::Request,
            StartLine::Request { .. } => Kind::Message,
        }
    }

    /// The method of a request or message.
    #[must_use]
    pub fn method(&self) -> Option<&'a [u8]> {
        match self.start_line {
            StartLine::Request { method, .. } => Some(method),
            StartLine::Answer { .. } => None,
        }
    }

    /// The path of a request or message.
    #[must_use]
    pub fn path(&self) -> Option<&'a [u8]> {
        match self.start_line {
            StartLine::Request { path, .. } => Some(path),
            StartLine::Answer { .. } => None,
        }
    }

    /// The protocol's version, where the start line has it.
    #[must_use]
    pub fn version(&self) -> Option<&'static str> {
        self.start_line.version()
    }

    /// The status code of an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self.start_line {
            StartLine::Answer { status, .. } => Some(status),
            StartLine::Request { .. } => None,
        }
    }

    /// An answer's reason.
    #[must_use]
    pub fn reason(&self) -> Option<&'a [u8]> {
        match self.start_line {
            StartLine::Answer { reason, .. } => reason,
            StartLine::Request { .. } => None,
        }
    }

    /// The Subject, when there is one that can be read.
    #[must_use]
    pub fn subject(&self) -> Option<Subject> {
        Subject::parse(self.header(HeaderName::Subject)?)
    }

    /// The Subject's id, 0 included.
    #[must_use]
    pub fn sequence(&self) -> Option<u32> {
        self.subject().map(|subject| subject.id)
    }

    /// The transaction's id: the Subject's, which is not 0.
    #[must_use]
    pub fn transaction(&self) -> Option<u32> {
        self.sequence().filter(|&id| id != 0)
    }

    /// How long the sender waits for an answer, in milliseconds.
    #[must_use]
    pub fn timeout(&self) -> Option<u32> {
        self.subject()?.timeout
    }

    /// An answer's number in its transaction.
    #[must_use]
    pub fn part(&self) -> Option<u32> {
        self.status()?;
        self.subject()?.part
    }

    /// Of an answer: whether no more follow. One that does not say that it is partial is the whole.
    #[must_use]
    pub fn is_final(&self) -> Option<bool> {
        self.status()?;
        Some(self.subject().is_none_or(|subject| subject.mark != Mark::Partial))
    }

    /// The Content-Range, when there is one that can be read.
    #[must_use]
    pub fn content_range(&self) -> Option<ContentRange> {
        ContentRange::parse(self.header(HeaderName::ContentRange)?)
    }

    /// The X-Sequence, when there is one that can be read.
    #[must_use]
    pub fn x_sequence(&self) -> Option<u64> {
        parse_number(self.header(HeaderName::Sequence)?)
    }

    /// The Content-Type, or what it is without the header.
    #[must_use]
    pub fn content_type(&self) -> &'a [u8] {
        self.header(HeaderName::ContentType).unwrap_or(b"application/xml")
    }

    /// Whether the content is XML by its type.
    #[must_use]
    pub fn is_xml(&self) -> bool {
        self.content_type_ends_with(b"xml")
    }

    /// Whether the content is JSON by its type.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.content_type_ends_with(b"json")
    }

    fn content_type_ends_with(&self, end: &[u8]) -> bool {
        let essence = self
            .content_type()
            .split(|&byte| byte == b';')
            .next()
            .unwrap_or_default()
            .trim_ascii();
        let tail = essence
            .len()
            .checked_sub(end.len())
            .and_then(|start| essence.get(start..))
            .unwrap_or_default();
        tail.eq_ignore_ascii_case(end)
    }

    /// The Content-Encoding.
    #[must_use]
    pub fn content_encoding(&self) -> ContentEncoding {
        ContentEncoding::parse(self.header(HeaderName::ContentEncoding).unwrap_or_default())
    }

    /// The headers that cannot be read. (A Content-Length that cannot be read makes no message at all.)
    #[must_use]
    pub fn defects(&self) -> Vec<Defect> {
        let unreadable = |name: HeaderName| match name {
            HeaderName::Subject => self.subject().is_none(),
            HeaderName::ContentRange => self.content_range().is_none(),
            HeaderName::Sequence => self.x_sequence().is_none(),
            _ => false,
        };
        [
            HeaderName::Subject,
            HeaderName::ContentRange,
            HeaderName::Sequence,
        ]
        .into_iter()
        .filter(|&name| unreadable(name))
        .filter_map(|header| {
            Some(Defect {
                header,
                range: self.header_range(header)?,
            })
        })
        .collect()
    }

    fn line_of(&self, name: HeaderName) -> Option<&(Header<'a>, Range<usize>)> {
        self.headers
            .iter()
            .rev()
            .find(|(header, _)| header.id == Some(name))
    }
}

/// The line that starts at `at`, without its `\r\n`, and where the next one starts.
fn line_at(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = bytes.get(at..)?;
    let line_end = rest.iter().position(|&byte| byte == b'\n')?.checked_add(1)?;
    let line = rest.get(..line_end)?.strip_suffix(b"\r\n")?;
    Some((line, at.checked_add(line_end)?))
}
