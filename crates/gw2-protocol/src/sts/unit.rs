//! What a frame shows: messages with what ties them to others, and bytes that are none.

use std::borrow::Cow;
use std::ops::Range;

use super::connection::{Log, named_encoding};
use super::encoding::{ContentEncoding, DecodeError};
use super::error_body::{ErrorBody, ErrorBodyError};
use super::fragments::FragmentError;
use super::header::HeaderName;
use super::message::{Kind, Message};
use super::secrets::is_secret_path;
use super::skip::Skip;
use crate::Direction;

/// Names a unit of one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitId(pub(crate) usize);

impl UnitId {
    /// The unit of a number that [`Outcome::unit_indexes`](super::Outcome::unit_indexes) gave.
    #[must_use]
    pub fn from_index(index: usize) -> Self {
        Self(index)
    }
}

/// What is kept of a unit.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) direction: Direction,
    pub(crate) frame: u32,
    pub(crate) time: i64,
    pub(crate) offset: u64,
    /// Where its bytes are in the log's plaintext.
    pub(crate) bytes: Range<usize>,
    /// Its content was secret, and is written over: this was exported.
    pub(crate) left_out: bool,
    pub(crate) content: RecordContent,
}

#[derive(Debug)]
pub(crate) enum RecordContent {
    Message(Links),
    Skipped(Skip),
}

/// What ties a message to others.
#[derive(Debug, Default)]
pub(crate) struct Links {
    /// Of an answer, the request; of a request's further piece, its first one.
    pub(crate) request: Option<UnitId>,
    pub(crate) last_answer: Option<UnitId>,
    pub(crate) unmatched: bool,
    pub(crate) requests_start_tls: bool,
    /// Of a message with a Content-Range: the pieces, when the content is whole with it.
    pub(crate) fragment: Option<Box<Result<Option<Vec<UnitId>>, FragmentError>>>,
}

/// What a unit is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content<'a> {
    /// A whole message.
    Message(Message<'a>),
    /// Bytes that are no message, or not all of one.
    Skipped(Skip),
}

/// One unit of a connection.
#[derive(Debug, Clone)]
pub struct UnitView<'a> {
    log: &'a Log,
    id: UnitId,
    record: &'a Record,
    content: Content<'a>,
}

impl<'a> UnitView<'a> {
    pub(crate) fn new(log: &'a Log, id: UnitId) -> Option<Self> {
        let record = log.records.get(id.0)?;
        let content = match &record.content {
            RecordContent::Skipped(skip) => Content::Skipped(*skip),
            RecordContent::Message(_) => {
                Content::Message(Message::view(log.plaintext.get(record.bytes.clone())?)?)
            }
        };
        Some(Self {
            log,
            id,
            record,
            content,
        })
    }

    /// Its name in the connection.
    #[must_use]
    pub fn id(&self) -> UnitId {
        self.id
    }

    /// Which way it went.
    #[must_use]
    pub fn direction(&self) -> Direction {
        self.record.direction
    }

    /// The frame it ended in.
    #[must_use]
    pub fn frame(&self) -> u32 {
        self.record.frame
    }

    /// That frame's time, in nanoseconds.
    #[must_use]
    pub fn time(&self) -> i64 {
        self.record.time
    }

    /// Where it is in its direction's stream.
    #[must_use]
    pub fn range(&self) -> Range<u64> {
        let len = u64::try_from(self.record.bytes.len()).unwrap_or(u64::MAX);
        self.record.offset..self.record.offset.saturating_add(len)
    }

    /// Its bytes as they were sent.
    #[must_use]
    pub fn bytes(&self) -> &'a [u8] {
        self.log
            .plaintext
            .get(self.record.bytes.clone())
            .unwrap_or_default()
    }

    /// What it is.
    #[must_use]
    pub fn content(&self) -> &Content<'a> {
        &self.content
    }

    /// The message, when it is one.
    #[must_use]
    pub fn message(&self) -> Option<&Message<'a>> {
        match &self.content {
            Content::Message(message) => Some(message),
            Content::Skipped(_) => None,
        }
    }

    /// Of an answer: the request, or its first piece.
    #[must_use]
    pub fn request(&self) -> Option<UnitView<'a>> {
        if self.message()?.kind() != Kind::Response {
            return None;
        }
        Self::new(self.log, self.links()?.request?)
    }

    /// Of a request: its last answer so far.
    #[must_use]
    pub fn last_answer(&self) -> Option<UnitView<'a>> {
        let first = match (self.message()?.kind(), self.links()?.request) {
            (Kind::Request, Some(first)) => Self::new(self.log, first)?,
            _ => self.clone(),
        };
        Self::new(self.log, first.links()?.last_answer?)
    }

    /// Of an answer: nanoseconds since the request.
    #[must_use]
    pub fn elapsed(&self) -> Option<i64> {
        Some(self.time().saturating_sub(self.request()?.time()))
    }

    /// Of an answer: whether no request is known that it belongs to.
    #[must_use]
    pub fn is_unmatched(&self) -> bool {
        self.links().is_some_and(|links| links.unmatched)
    }

    /// Of a request that asks by a Subject: whether the connection ended without an answer.
    #[must_use]
    pub fn is_unanswered(&self) -> bool {
        self.log.ended
            && self
                .message()
                .is_some_and(|message| message.kind() == Kind::Request && message.transaction().is_some())
            && self
                .links()
                .is_some_and(|links| links.request.is_none() && links.last_answer.is_none())
    }

    /// The message's own path, or that of the request it answers.
    #[must_use]
    pub fn path(&self) -> Option<&'a [u8]> {
        self.message()?
            .path()
            .or_else(|| self.request()?.message()?.path())
    }

    /// Whether what it carries must not spread beyond the tree. What is of unknown path counts as secret.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.path().is_none_or(is_secret_path)
    }

    /// Whether its content was left out when it was exported: other bytes stand in its place.
    #[must_use]
    pub fn is_left_out(&self) -> bool {
        self.record.left_out
    }

    /// The pieces of the content that is whole with this message, in order; empty when it has none.
    #[must_use]
    pub fn pieces(&self) -> &'a [UnitId] {
        match self.fragment() {
            Some(Ok(Some(pieces))) => pieces,
            _ => &[],
        }
    }

    /// Why a message with a Content-Range fits no content.
    #[must_use]
    pub fn fragment_error(&self) -> Option<FragmentError> {
        self.fragment()?.as_ref().err().copied()
    }

    /// What the message carries: its body, or the whole content when it is the last piece to arrive. None for
    /// the other pieces, and where there is nothing, or nothing any more.
    #[must_use]
    pub fn document(&self) -> Option<Document<'a>> {
        let message = self.message().filter(|_| !self.is_left_out())?;
        let (raw, first) = match self.fragment() {
            None | Some(Err(_)) => (Cow::Borrowed(message.body()), message.clone()),
            Some(Ok(None)) => return None,
            Some(Ok(Some(pieces))) => {
                let pieces = pieces.iter().filter_map(|piece| Self::new(self.log, *piece));
                let messages: Vec<_> = pieces.filter_map(|piece| piece.message().cloned()).collect();
                let raw = messages.iter().flat_map(|piece| piece.body()).copied().collect();
                (Cow::Owned(raw), messages.first()?.clone())
            }
        };
        let typed = if message.header(HeaderName::ContentType).is_some() {
            message
        } else {
            &first
        };
        let encoding = named_encoding(message, &first);
        (!raw.is_empty()).then(|| Document {
            content_type: typed.content_type(),
            is_xml: typed.is_xml(),
            is_json: typed.is_json(),
            encoding,
            raw,
        })
    }

    /// Of an answer of 400 or more: its `<Error/>`. None when it has no body.
    #[must_use]
    pub fn error(&self) -> Option<Result<ErrorBody, ErrorBodyError>> {
        self.message()?.status().filter(|&status| status >= 400)?;
        let document = self.document()?;
        Some(
            document
                .decode()
                .map_or(Err(ErrorBodyError::NoErrorElement), |body| {
                    ErrorBody::parse(&body)
                }),
        )
    }

    /// Of an answer: whether it says no. 400 and more with the code 0 is a yes; without a readable code the
    /// status decides.
    #[must_use]
    pub fn is_failure(&self) -> Option<bool> {
        let status = self.message()?.status()?;
        let said_yes = || matches!(self.error(), Some(Ok(error)) if error.is_success());
        Some(status >= 400 && !said_yes())
    }

    fn links(&self) -> Option<&'a Links> {
        match &self.record.content {
            RecordContent::Message(links) => Some(links),
            RecordContent::Skipped(_) => None,
        }
    }

    fn fragment(&self) -> Option<&'a Result<Option<Vec<UnitId>>, FragmentError>> {
        self.links()?.fragment.as_deref()
    }
}

/// A content, of one message or put together from pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document<'a> {
    /// As it was sent.
    pub raw: Cow<'a, [u8]>,
    /// Its Content-Type.
    pub content_type: &'a [u8],
    /// Whether that says XML.
    pub is_xml: bool,
    /// Whether that says JSON.
    pub is_json: bool,
    /// Its Content-Encoding.
    pub encoding: ContentEncoding,
}

impl Document<'_> {
    /// The content with its encoding undone. An unknown encoding stays: look at [`Self::encoding`].
    ///
    /// # Errors
    /// When the content is not in its encoding, or is too long decoded.
    pub fn decode(&self) -> Result<Cow<'_, [u8]>, DecodeError> {
        self.encoding.decode(&self.raw)
    }
}
