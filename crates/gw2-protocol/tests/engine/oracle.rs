//! What must be shown, from the rules of protocol.md, sections 5 and 8, and from the truth.
//!
//! The oracle never parses a stream: it knows where every message and block was sent. A message is shown
//! once all bytes that it needs have come, and all from a place at which decoding stood in step: the start
//! of encryption, or a boundary at which decoding came back behind a gap.
//!
//! The rules let decoding come back at a place that only looks like a boundary, and a block decode by another
//! codec than its own. Where a session holds such a thing, and only there, `deceived` is set and nothing
//! more is said of the direction.

use crate::network::Segment;
use crate::session::{SentBlock, Session, Side};
use gw2_protocol::block::{BlockDecoder, BlockHeader, Compression, HEADER, payload_range};
use gw2_protocol::message::{Stop, measure, read_opcode};
use gw2_protocol::schema::MessageTable;
use std::ops::Range;

/// A pause, in the time that `feed` counts.
const PAUSE: u64 = 250_000_000;

/// What the segments of one direction show.
#[derive(Default)]
pub struct Expected {
    /// For each segment (of both directions) the messages that it completes, in the order of the stream.
    pub messages: Vec<Vec<usize>>,
    /// For each segment the size of the gap before it.
    pub gaps: Vec<Option<u64>>,
    /// For each segment, up to where everything has come from the start of encryption on.
    pub first_run: Vec<u64>,
    pub deceived: bool,
}

/// Stream offsets that have come.
#[derive(Default)]
struct Ranges(Vec<Range<u64>>);

impl Ranges {
    fn add(&mut self, mut range: Range<u64>) {
        self.0.retain(|known| {
            let apart = known.end < range.start || range.end < known.start;
            if !apart {
                range = known.start.min(range.start)..known.end.max(range.end);
            }
            apart
        });
        self.0.push(range);
    }

    /// Up to where everything from `start` on has come.
    fn reach(&self, start: u64) -> u64 {
        self.0
            .iter()
            .find(|range| range.start <= start && start <= range.end)
            .map_or(start, |range| range.end)
    }
}

struct Model<'a> {
    side: &'a Side,
    table: &'a MessageTable,
    come: Ranges,
    /// Where decoding stood in step.
    origins: Vec<u64>,
    next: u64,
    last_time: Option<u64>,
    /// Nothing has come since the gap.
    behind_gap: bool,
    /// The first bytes behind gaps, from which on no boundary was found yet.
    regions: Vec<u64>,
    shown: Vec<bool>,
    deceived: bool,
}

pub fn expect(session: &Session, number: usize, segments: &[Segment], table: &MessageTable) -> Expected {
    let side = &session.sides[number];
    let mut model = Model {
        side,
        table,
        come: Ranges::default(),
        origins: vec![side.clear],
        next: side.clear,
        last_time: None,
        behind_gap: false,
        regions: Vec::new(),
        shown: vec![false; side.messages.len()],
        deceived: false,
    };
    model.deceived = side.blocks.iter().any(|block| looks_like_another(side, block));
    let mut expected = Expected::default();
    let mut time = 0;
    for segment in segments {
        time += if segment.pause { 1_000_000_000 } else { 10_000 };
        let mine = usize::from(segment.direction.code()) == number;
        expected
            .gaps
            .push(if mine { model.take(segment, time) } else { None });
        expected
            .messages
            .push(if mine { model.newly_shown() } else { Vec::new() });
        expected.first_run.push(model.come.reach(side.clear));
    }
    expected.deceived = model.deceived;
    expected
}

/// Whether a block decodes by a codec that is tried before its own, to something else.
fn looks_like_another(side: &Side, block: &SentBlock) -> bool {
    let bytes = &side.plain[block.stream.start as usize..block.stream.end as usize];
    let header = BlockHeader::read(bytes).unwrap();
    let mut plain = Vec::new();
    let decoded =
        BlockDecoder::new(Compression::Auto).decode(header, &bytes[payload_range(0, header)], &mut plain);
    decoded.is_err() || plain != block.plain
}

impl Model<'_> {
    /// A segment comes; gives the size of the gap before it.
    fn take(&mut self, segment: &Segment, time: u64) -> Option<u64> {
        if segment.end() <= self.side.clear {
            return None;
        }
        let paused = self
            .last_time
            .replace(time)
            .is_some_and(|last| time - last >= PAUSE);
        let start = segment.offset.max(self.next);
        self.come
            .add(segment.offset.max(self.side.clear)..segment.end().min(start).max(self.side.clear));
        if segment.end() <= self.next {
            self.find_blocks();
            return None;
        }
        let gap = start - self.next;
        if gap > 0 {
            self.behind_gap = true;
            self.regions.push(start);
        }
        let lost = gap > 0 || !self.in_step();
        self.come.add(start..segment.end());
        self.next = segment.end();
        self.find_blocks();
        if lost && !self.side.blocked {
            let fresh = start == segment.offset;
            if fresh && (segment.push || paused || self.behind_gap) {
                self.try_segment(segment.offset..segment.end());
            }
            self.behind_gap = false;
        }
        (gap > 0).then_some(gap)
    }

    fn in_step(&self) -> bool {
        self.origins
            .iter()
            .any(|origin| self.come.reach(*origin) >= self.next)
    }

    fn newly_shown(&mut self) -> Vec<usize> {
        let reaches: Vec<(u64, u64)> = self.origins.iter().map(|o| (*o, self.come.reach(*o))).collect();
        let mut new = Vec::new();
        for (number, message) in self.side.messages.iter().enumerate() {
            let there =
                |(origin, reach): &(u64, u64)| *origin <= message.needs.start && message.needs.end <= *reach;
            if !self.shown[number] && reaches.iter().any(there) {
                self.shown[number] = true;
                new.push(number);
            }
        }
        new
    }

    /// A segment that may begin with a message.
    fn try_segment(&mut self, range: Range<u64>) {
        let bytes = &self.side.plain[range.start as usize..range.end as usize];
        if self.whole_messages(bytes).0 == 0 {
            return;
        }
        match self.side.messages.iter().any(|m| m.needs.start == range.start) {
            true => self.origins.push(range.start),
            false => self.deceived = true,
        }
    }

    /// How many whole messages bytes begin with, and whether the rest can be the start of another.
    fn whole_messages(&self, bytes: &[u8]) -> (usize, bool) {
        let (mut at, mut count) = (0, 0);
        loop {
            let rest = &bytes[at..];
            let Some(opcode) = read_opcode(rest) else {
                return (count, true);
            };
            let Some(schema) = self.table.get(opcode) else {
                return (count, false);
            };
            match measure(rest, rest.len(), schema) {
                // What follows in the block is not decoded.
                Ok(decoded) if decoded.open_end => return (count + 1, true),
                Ok(decoded) => (at, count) = (at + decoded.len, count + 1),
                Err(Stop::Incomplete { .. }) => return (count, true),
                Err(_) => return (count, false),
            }
        }
    }

    /// Looks behind every gap for the first block that holds, and from it on for a boundary.
    fn find_blocks(&mut self) {
        if !self.side.blocked {
            return;
        }
        for region in std::mem::take(&mut self.regions) {
            let end = self.come.reach(region);
            let in_step = self
                .origins
                .iter()
                .any(|o| *o <= region && region <= self.come.reach(*o));
            if !in_step && !self.find_block(region..end) {
                self.regions.push(region);
            }
        }
    }

    fn find_block(&mut self, region: Range<u64>) -> bool {
        let whole: Vec<_> = self
            .side
            .blocks
            .iter()
            .filter(|block| region.start <= block.stream.start && block.stream.end <= region.end)
            .collect();
        let holds = |stored: bool, plain: &[u8]| {
            let (count, sound) = self.whole_messages(plain);
            plain.len() >= 2 && (!stored || (count > 0 && sound))
        };
        let first = whole.iter().position(|block| holds(block.stored, &block.plain));
        let until = first.map_or((region.end, u64::MAX), |first| {
            (whole[first].stream.end, whole[first].stream.start)
        });
        if self.looks_like_a_block(region, until) {
            self.deceived = true;
            return true;
        }
        for block in whole.iter().skip(first.unwrap_or(usize::MAX)) {
            if self.whole_messages(&block.plain).0 > 0 {
                match block.at_message {
                    true => self.origins.push(block.stream.start),
                    false => self.deceived = true,
                }
                return true;
            }
        }
        false
    }

    /// Whether anything but a block, that is whole before the place `until` (an end and a start), looks like one.
    fn looks_like_a_block(&self, region: Range<u64>, until: (u64, u64)) -> bool {
        let mut decoder = BlockDecoder::new(Compression::Auto);
        (region.start..region.end.saturating_sub(HEADER as u64)).any(|start| {
            let bytes = &self.side.plain[start as usize..region.end as usize];
            let Some(header) = BlockHeader::read(bytes) else {
                return false;
            };
            let end = start + header.block_len() as u64;
            let before = (end, start) < until && end <= region.end;
            if !before || header.decoded < 2 || self.side.blocks.iter().any(|b| b.stream.start == start) {
                return false;
            }
            let mut plain = Vec::new();
            let decoded = decoder.decode(header, &bytes[payload_range(0, header)], &mut plain);
            let (count, sound) = self.whole_messages(&plain);
            decoded.is_ok() && (header.compressed != 0 || (count > 0 && sound))
        })
    }
}
