//! What was really sent: the list that decoded captures are compared with.

use crate::direction::Direction;
use crate::hex;
use crate::packet::Packet;
use serde_json::json;
use std::collections::HashMap;
use std::ops::Range;

/// What kind of thing an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// A frame of the clear handshake.
    Handshake,
    /// A binary message.
    Message,
    /// A portal message.
    Portal,
    /// Plaintext that is no whole message: decoders must call it undecoded.
    Undecoded,
}

impl Layer {
    fn name(self) -> &'static str {
        match self {
            Layer::Handshake => "handshake",
            Layer::Message => "message",
            Layer::Portal => "portal",
            Layer::Undecoded => "undecoded",
        }
    }
}

/// One thing that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TruthItem {
    /// The flow's number in the capture.
    pub flow: u32,
    /// Who sent it.
    pub direction: Direction,
    /// Its kind.
    pub layer: Layer,
    /// `c2gs` and so on; empty for other layers.
    pub table: String,
    /// Of messages.
    pub opcode: Option<u16>,
    /// Name of the handshake frame, start line of the portal message, else empty.
    pub name: String,
    /// The plaintext.
    pub plaintext: Vec<u8>,
    /// Offsets in the direction's TCP stream of the bytes that are needed to read it: the whole of every
    /// block that holds a part of it.
    pub stream: Range<u64>,
}

/// Where an item is complete in a capture. Frame numbers count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// The frame with which the stream is whole from its start to the item's end; none after a gap.
    pub frame: Option<usize>,
    /// The frame with which the item's own bytes are all captured, whatever is missing before.
    pub captured: Option<usize>,
}

/// Finds each item's place. `packets` is the whole capture in order.
pub fn places(items: &[TruthItem], packets: &[Packet]) -> Vec<Place> {
    let mut directions: HashMap<(u32, Direction), Tracker> = HashMap::new();
    for (index, item) in items.iter().enumerate() {
        directions
            .entry((item.flow, item.direction))
            .or_default()
            .items
            .push(index);
    }
    for tracker in directions.values_mut() {
        tracker
            .items
            .sort_by_key(|&index| (items[index].stream.start, index));
    }
    let mut places = vec![Place::default(); items.len()];
    for (number, packet) in packets.iter().enumerate().filter(|(_, p)| p.has_data()) {
        if let Some(tracker) = directions.get_mut(&(packet.flow, packet.direction)) {
            tracker.add(packet.captured_range(), number + 1, items, &mut places);
        }
    }
    places
}

/// One direction's captured ranges, and the items that wait for theirs, in stream order.
#[derive(Default)]
struct Tracker {
    items: Vec<usize>,
    /// Items before this one are complete in order.
    done: usize,
    ranges: Vec<Range<u64>>,
}

impl Tracker {
    fn add(&mut self, range: Range<u64>, frame: usize, items: &[TruthItem], places: &mut [Place]) {
        self.insert(range.clone());
        let whole = self
            .ranges
            .first()
            .filter(|first| first.start == 0)
            .map_or(0, |first| first.end);
        for (n, &index) in self.items.iter().enumerate().skip(self.done) {
            let (item, place) = (&items[index], &mut places[index]);
            if item.stream.start >= range.end.max(whole) {
                break;
            }
            if place.frame.is_none() && item.stream.end <= whole {
                place.frame = Some(frame);
            }
            let covered = |r: &Range<u64>| r.start <= item.stream.start && item.stream.end <= r.end;
            if place.captured.is_none() && self.ranges.iter().any(covered) {
                place.captured = Some(frame);
            }
            if place.frame.is_some() && n == self.done {
                self.done += 1;
            }
        }
    }

    fn insert(&mut self, range: Range<u64>) {
        if range.is_empty() {
            return;
        }
        let at = self.ranges.partition_point(|r| r.end < range.start);
        let mut merged = range;
        let mut end = at;
        while let Some(next) = self.ranges.get(end).filter(|r| r.start <= merged.end) {
            merged = merged.start.min(next.start)..merged.end.max(next.end);
            end += 1;
        }
        self.ranges.splice(at..end, [merged]);
    }
}

/// The list as JSON lines, one an item, in the order of their frames.
pub fn json_lines(items: &[TruthItem], packets: &[Packet]) -> String {
    let places = places(items, packets);
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|&n| (places[n].frame.or(places[n].captured).unwrap_or(usize::MAX), n));
    let mut out = String::new();
    for n in order {
        let (item, place) = (&items[n], &places[n]);
        let line = json!({
            "frame": place.frame,
            "captured": place.captured,
            "flow": item.flow,
            "direction": item.direction.index(),
            "layer": item.layer.name(),
            "table": item.table,
            "opcode": item.opcode,
            "name": item.name,
            "length": item.plaintext.len(),
            "hex": hex::encode(&item.plaintext),
            "stream": [item.stream.start, item.stream.end],
        });
        out.push_str(&line.to_string());
        out.push('\n');
    }
    out
}
