//! A portal connection: both directions, their messages, and what ties them together.
//!
//! The first pass over a capture feeds it once, in order; what comes of it is kept as small records beside the
//! plaintext, so that any frame can be looked at later, in any order, with the same result ([`UnitView`]).

use std::ops::{ControlFlow, Range};

use super::Pair;
use super::encoding::ContentEncoding;
use super::error_body::ErrorBody;
use super::fragments::{FragmentError, Fragments};
use super::header::HeaderName;
use super::incoming::Incoming;
use super::message::{Kind, Message};
use super::parser::{StsParser, Unit, UnitContent};
use super::skip::{Skip, SkipReason};
use super::transactions::{Pieces, Transactions};
use super::unit::{Links, Record, RecordContent, UnitId, UnitView};
use crate::Direction;
use crate::pdu;

const START_TLS: &[u8] = b"/Auth/StartTls";

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The units that ended in it.
    units: Range<usize>,
    /// Set when one of them, the last, accepts StartTls.
    pub start_tls: Option<StartTls>,
    /// How many bytes are missing right before what the call brought.
    pub missing: u64,
}

impl Outcome {
    /// The numbers of the units that ended in it, for [`UnitId::from_index`].
    #[must_use]
    pub fn unit_indexes(&self) -> Range<usize> {
        self.units.clone()
    }

    /// The units that ended in it, in order.
    pub fn units(&self) -> impl Iterator<Item = UnitId> + use<> {
        self.units.clone().map(UnitId)
    }
}

/// From here on the connection speaks TLS. What TLS carries is STS again, in a stream of its own: feed it to
/// another [`PortalConnection`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StartTls {
    /// The answer that accepts it.
    pub unit: UnitId,
    /// Where TLS begins in what the client sends.
    pub client_offset: u64,
    /// Where TLS begins in what the server sends: behind the last byte of the answer.
    pub server_offset: u64,
}

/// When and how something came.
#[derive(Debug, Clone, Copy)]
struct Arrival {
    direction: Direction,
    frame: u32,
    time: i64,
}

/// Both directions of a portal connection.
#[derive(Debug, Default)]
pub struct PortalConnection {
    parsers: Pair<Incoming>,
    log: Log,
    start_tls: Option<StartTls>,
}

/// What is kept for later looks.
#[derive(Debug, Default)]
pub(crate) struct Log {
    /// The bytes of all units, one after the other.
    pub(crate) plaintext: Vec<u8>,
    pub(crate) records: Vec<Record>,
    /// The units of each direction, by offset.
    pub(crate) by_offset: Pair<Vec<UnitId>>,
    /// Whether a side closed the connection.
    pub(crate) ended: bool,
    transactions: Transactions<UnitId>,
    fragments: Fragments<FragmentKey, UnitId>,
}

/// Which pieces belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct FragmentKey {
    direction: Direction,
    is_answer: bool,
    group: Group,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Transaction(u32),
    Sequence(u64),
}

impl PortalConnection {
    /// A connection of which nothing was seen.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in plaintext. `offset` is where it stands in its direction's stream: what came before is left out, and a
    /// jump ahead is a gap, behind which parsing goes on at once. Bytes of a gap that come late are read all the same. The
    /// first bytes of a direction may have any offset. Frames must not go back from call to call; `time` is in
    /// nanoseconds since any moment.
    ///
    /// Once StartTls was accepted, nothing is taken in any more.
    pub fn segment(
        &mut self,
        direction: Direction,
        offset: u64,
        bytes: &[u8],
        frame: u32,
        time: i64,
    ) -> Outcome {
        let mut missing = 0;
        let outcome = self.feed(
            Arrival {
                direction,
                frame,
                time,
            },
            |incoming, sink| incoming.segment(offset, bytes, &mut missing, sink),
        );
        Outcome { missing, ..outcome }
    }

    /// Bytes of this direction are not in the capture, and `frame` is where that was noticed.
    pub fn gap(&mut self, direction: Direction, len: u64, frame: u32, time: i64) -> Outcome {
        self.feed(
            Arrival {
                direction,
                frame,
                time,
            },
            |incoming, sink| match &mut incoming.parser {
                Some(parser) => parser.gap(len, sink),
                None => ControlFlow::Continue(()),
            },
        )
    }

    /// The sender of this direction closed the connection (FIN), or it was torn down (RST: both directions).
    pub fn finish(&mut self, direction: Direction, frame: u32, time: i64) -> Outcome {
        self.log.ended = true;
        self.feed(
            Arrival {
                direction,
                frame,
                time,
            },
            |incoming, sink| match &mut incoming.parser {
                Some(parser) => parser.finish(sink),
                None => ControlFlow::Continue(()),
            },
        )
    }

    /// Takes in units as they stand in an exported record, whose first byte gets the stream offset `base`. Where messages
    /// begin and end is known, so that nothing is parsed, and StartTls ends nothing: what TLS hid is in records too.
    pub(crate) fn replay(
        &mut self,
        direction: Direction,
        units: &[pdu::Unit<'_>],
        base: u64,
        frame: u32,
        time: i64,
    ) -> Outcome {
        let first = self.log.records.len();
        let arrival = Arrival {
            direction,
            frame,
            time,
        };
        for unit in units {
            let at = u64::try_from(unit.range.start).unwrap_or(u64::MAX);
            let offset = base.saturating_add(at);
            let (skip, left_out) = match unit.kind {
                pdu::UnitKind::Portal { left_out } => (None, left_out),
                pdu::UnitKind::Skipped { skip, left_out } => (Some(Skip { at: offset, ..skip }), left_out),
                // Of another protocol: the record says wrongly that it is of the portal.
                _ => (Some(Skip::new(SkipReason::StartLine, offset)), false),
            };
            let content = match (skip, Message::view(unit.bytes)) {
                (Some(skip), _) => UnitContent::Skipped(skip),
                (None, Some(message)) => UnitContent::Message(message),
                (None, None) => UnitContent::Skipped(Skip::new(SkipReason::StartLine, offset)),
            };
            let bytes = unit.bytes;
            self.log.add(
                &Unit {
                    offset,
                    bytes,
                    content,
                },
                arrival,
            );
            if let Some(record) = self.log.records.last_mut() {
                record.left_out = left_out;
            }
        }
        Outcome {
            units: first..self.log.records.len(),
            start_tls: None,
            missing: 0,
        }
    }

    /// The connection has ended, which another layer noticed: a FIN or RST can come without any bytes.
    pub fn note_end(&mut self) {
        self.log.ended = true;
    }

    /// The offset that the next new byte of a direction has, when any was seen.
    #[must_use]
    pub fn next_offset(&self, direction: Direction) -> Option<u64> {
        self.parsers.get(direction).parser.as_ref().map(StsParser::end)
    }

    /// The bytes of a direction that belong to no unit yet: the beginning of a message, or what may be one.
    #[must_use]
    pub fn pending(&self, direction: Direction) -> Option<Range<u64>> {
        let parser = self.parsers.get(direction).parser.as_ref()?;
        Some(parser.offset()..parser.end()).filter(|pending| !pending.is_empty())
    }

    /// Set when StartTls was accepted.
    #[must_use]
    pub fn start_tls(&self) -> Option<StartTls> {
        self.start_tls
    }

    /// A unit, by what [`Outcome::units`] gave.
    #[must_use]
    pub fn unit(&self, id: UnitId) -> Option<UnitView<'_>> {
        UnitView::new(&self.log, id)
    }

    /// The units that ended in a frame.
    pub fn units_in(&self, frame: u32) -> impl Iterator<Item = UnitView<'_>> + Clone {
        let first = self.log.records.partition_point(|record| record.frame < frame);
        let end = self.log.records.partition_point(|record| record.frame <= frame);
        (first..end).filter_map(|index| self.unit(UnitId(index)))
    }

    /// The unit that a byte belongs to, whatever frame it ended in. None while it is pending.
    #[must_use]
    pub fn unit_at(&self, direction: Direction, offset: u64) -> Option<UnitView<'_>> {
        let units = self.log.by_offset.get(direction);
        let start = |id: &UnitId| self.log.records.get(id.0).map(|record| record.offset);
        let behind = units.partition_point(|id| start(id).is_some_and(|start| start <= offset));
        let unit = self.unit(*units.get(behind.checked_sub(1)?)?)?;
        unit.range().contains(&offset).then_some(unit)
    }

    /// All units of one direction in the order of the stream.
    pub fn units(&self, direction: Direction) -> impl Iterator<Item = UnitView<'_>> {
        self.log
            .by_offset
            .get(direction)
            .iter()
            .filter_map(|id| self.unit(*id))
    }

    fn feed(
        &mut self,
        arrival: Arrival,
        feed: impl FnOnce(&mut Incoming, &mut dyn FnMut(Unit<'_>) -> ControlFlow<()>) -> ControlFlow<()>,
    ) -> Outcome {
        let first = self.log.records.len();
        let mut accepted = None;
        if self.start_tls.is_none() {
            let log = &mut self.log;
            let mut sink = |unit: Unit<'_>| {
                let (id, starts_tls) = log.add(&unit, arrival);
                if starts_tls {
                    accepted = Some(id);
                    return ControlFlow::Break(());
                }
                ControlFlow::Continue(())
            };
            // A break only says that TLS begins: the rest is not ours.
            let _ = feed(self.parsers.get_mut(arrival.direction), &mut sink);
        }
        let offset = |direction| {
            self.parsers
                .get(direction)
                .parser
                .as_ref()
                .map_or(0, StsParser::offset)
        };
        let start_tls = accepted.map(|unit| StartTls {
            unit,
            client_offset: offset(Direction::ClientToServer),
            server_offset: offset(Direction::ServerToClient),
        });
        self.start_tls = self.start_tls.or(start_tls);
        Outcome {
            units: first..self.log.records.len(),
            start_tls,
            missing: 0,
        }
    }
}

impl Log {
    /// Keeps a unit; says whether it is an answer that accepts StartTls.
    fn add(&mut self, unit: &Unit<'_>, arrival: Arrival) -> (UnitId, bool) {
        let id = UnitId(self.records.len());
        let Arrival { direction, time, .. } = arrival;
        let mut starts_tls = false;
        let content = match &unit.content {
            UnitContent::Skipped(skip) => RecordContent::Skipped(*skip),
            UnitContent::Message(message) => {
                let links = self.link(message, direction, id);
                starts_tls =
                    direction == Direction::ServerToClient && self.accepts_start_tls(message, &links);
                RecordContent::Message(links)
            }
        };
        let frame = self
            .records
            .last()
            .map_or(0, |last| last.frame)
            .max(arrival.frame);
        let start = self.plaintext.len();
        self.plaintext.extend_from_slice(unit.bytes);
        self.place(id, unit, direction);
        let bytes = start..self.plaintext.len();
        self.records.push(Record {
            direction,
            frame,
            time,
            offset: unit.offset,
            bytes,
            left_out: false,
            content,
        });
        (id, starts_tls)
    }

    /// Notes a unit where it stands in its stream. A late one takes the place of the parts of it that were skipped.
    fn place(&mut self, id: UnitId, unit: &Unit<'_>, direction: Direction) {
        let range = unit.range();
        let records = &self.records;
        let start = |id: &UnitId| records.get(id.0).map_or(0, |record| record.offset);
        let units = self.by_offset.get_mut(direction);
        let first = units.partition_point(|other| start(other) < range.start);
        let end = units.partition_point(|other| start(other) < range.end).max(first);
        units.splice(first..end, [id]);
    }

    /// Ties a new message to those before it.
    fn link(&mut self, message: &Message<'_>, direction: Direction, id: UnitId) -> Links {
        let fragment = self.fragment(message, direction, id);
        let pieces = match fragment {
            Some(Ok(None)) => Pieces::Missing,
            _ => Pieces::Complete,
        };
        let mut links = Links {
            requests_start_tls: message.path() == Some(START_TLS),
            fragment: fragment.map(Box::new),
            ..Links::default()
        };
        match (message.kind(), message.transaction()) {
            (Kind::Request, Some(transaction)) => {
                links.request = self.transactions.request(direction, transaction, id, pieces);
            }
            (Kind::Response, transaction) => {
                let is_final = message.is_final().unwrap_or(true);
                links.request = transaction.and_then(|transaction| {
                    self.transactions.answer(direction, transaction, is_final, pieces)
                });
                links.unmatched = links.request.is_none();
                if let Some(request) = links.request.and_then(|request| self.links_mut(request)) {
                    request.last_answer = Some(id);
                }
            }
            (Kind::Request | Kind::Message, _) => {}
        }
        links
    }

    /// Adds a message with a Content-Range to its content.
    fn fragment(
        &mut self,
        message: &Message<'_>,
        direction: Direction,
        id: UnitId,
    ) -> Option<Result<Option<Vec<UnitId>>, FragmentError>> {
        message.header(HeaderName::ContentRange)?;
        let Some(range) = message.content_range() else {
            return Some(Err(FragmentError::Unreadable));
        };
        let group = match (message.transaction(), message.x_sequence()) {
            (Some(transaction), _) => Group::Transaction(transaction),
            (None, Some(sequence)) => Group::Sequence(sequence),
            (None, None) => return Some(Err(FragmentError::NoGroup)),
        };
        let key = FragmentKey {
            direction,
            is_answer: message.kind() == Kind::Response,
            group,
        };
        Some(self.fragments.insert(key, range, message.body().len(), id))
    }

    /// Whether an answer says yes to StartTls: code 0 in its `<Error/>`, or the status 200.
    fn accepts_start_tls(&self, answer: &Message<'_>, links: &Links) -> bool {
        let request = links.request.and_then(|request| self.records.get(request.0));
        let asked = request.is_some_and(|request| match &request.content {
            RecordContent::Message(links) => links.requests_start_tls,
            RecordContent::Skipped(_) => false,
        });
        if !asked || answer.is_final() != Some(true) {
            return false;
        }
        match answer.status() {
            Some(200) => true,
            Some(400..) => {
                let body = answer.content_encoding().decode(answer.body());
                body.is_ok_and(|body| ErrorBody::parse(&body).is_ok_and(|error| error.is_success()))
            }
            _ => false,
        }
    }

    fn links_mut(&mut self, id: UnitId) -> Option<&mut Links> {
        match &mut self.records.get_mut(id.0)?.content {
            RecordContent::Message(links) => Some(links),
            RecordContent::Skipped(_) => None,
        }
    }
}

/// The encoding that a content in pieces has: the one that any of the two messages names.
pub(crate) fn named_encoding(last: &Message<'_>, first: &Message<'_>) -> ContentEncoding {
    match last.content_encoding() {
        ContentEncoding::Identity => first.content_encoding(),
        named => named,
    }
}
