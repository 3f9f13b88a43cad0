//! Bytes that are missing now and may come late.
//!
//! A gap does not stop decoding: the cipher moves on and the pipeline comes back at a boundary. The state from
//! before the gap is kept as a [`Hole`], so that when missing bytes come after all, it goes on through them
//! as far as they reach, and on to where decoding had come back.

use super::kept::Kept;
use super::pipeline::{Context, Origin, Pipeline};
use crate::cipher::Rc4;
use std::ops::Range;

/// How many gaps of one direction can still be filled; older ones are given up.
const MAX_HOLES: usize = 32;

/// How many bytes of what was begun before gaps may be put into the store again, beyond twice as many as came:
/// a peer that leaves and fills gaps in one large block shall not blow it up.
const FREE_RELOCATION: u64 = 256 * 1024;

/// Where decryption and decoding stand.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    pub cipher: Rc4,
    pub pipeline: Pipeline,
}

/// A reader that waits for a missing byte.
#[derive(Debug)]
struct Hole {
    /// The offset of the byte.
    at: u64,
    reader: Reader,
    /// Where decoding came back behind it, if it did.
    stop: Option<u64>,
}

/// The gaps of one direction, in the order of the stream.
#[derive(Debug, Default)]
pub(super) struct Holes {
    holes: Vec<Hole>,
    /// What has not come, of what any hole could go on through.
    missing: Vec<Range<u64>>,
    /// Ciphertext behind the first hole, as far as a hole could go on through it.
    kept: Kept,
    relocated: u64,
}

impl Holes {
    /// A gap has been met; `reader` is as before it.
    pub fn open(&mut self, range: Range<u64>, reader: Reader) {
        if self.holes.len() >= MAX_HOLES {
            self.give_up_first();
        }
        self.holes.push(Hole {
            at: range.start,
            reader,
            stop: None,
        });
        self.missing.push(range);
    }

    /// Ciphertext has come behind the last gap. `in_step_since` is where decoding came back, if it has.
    pub fn note(&mut self, offset: u64, bytes: &[u8], in_step_since: Option<u64>) {
        if self.holes.iter().any(|hole| hole.stop.is_none()) {
            self.kept.insert(offset, bytes);
            self.came_back(self.holes.len(), in_step_since);
            self.bound();
        }
    }

    /// Bytes have come that are behind what was expected. Gives how many of them were missing.
    pub fn fill(&mut self, offset: u64, bytes: &[u8]) -> usize {
        let end = offset.saturating_add(super::length(bytes));
        let mut filled = 0usize;
        let mut left = Vec::with_capacity(self.missing.len());
        for range in std::mem::take(&mut self.missing) {
            let (start, stop) = (range.start.max(offset), range.end.min(end));
            if start >= stop {
                left.push(range);
                continue;
            }
            let from = usize::try_from(start.saturating_sub(offset)).unwrap_or(usize::MAX);
            let to = usize::try_from(stop.saturating_sub(offset)).unwrap_or(usize::MAX);
            let piece = bytes.get(from..to).unwrap_or_default();
            self.kept.insert(start, piece);
            filled = filled.saturating_add(piece.len());
            let parts = [range.start..start, stop..range.end];
            left.extend(parts.into_iter().filter(|part| !part.is_empty()));
        }
        self.missing = left;
        self.bound();
        filled
    }

    /// Lets every hole go on as far as bytes have come. One that reaches `next`, the end of all that came, is
    /// where `live` stands from then on.
    pub fn catch_up(&mut self, live: &mut Reader, next: u64, origin: Origin, context: &mut Context<'_>) {
        if self.relocated > next.saturating_mul(2).saturating_add(FREE_RELOCATION) {
            self.holes
                .drain(..)
                .for_each(|mut hole| hole.reader.pipeline.abandon(context));
        }
        let mut number = 0usize;
        let mut read = false;
        while let Some((at, until)) = self.reach(number, next) {
            if until > at {
                read = true;
                self.go_on(number, until, origin, context);
            }
            number = self.settle(number, live, next, context);
        }
        if read {
            // In the store, what was read now stands between what is begun and what comes next.
            live.pipeline.relocate(context.store);
            self.relocated = self.relocated.saturating_add(live.pipeline.begun_len());
        }
        self.prune();
    }

    /// Where a hole stands, and up to where everything has come.
    fn reach(&self, number: usize, next: u64) -> Option<(u64, u64)> {
        let hole = self.holes.get(number)?;
        let behind = self.holes.get(number.saturating_add(1));
        let end = behind
            .map_or(next, |other| other.at)
            .min(hole.stop.unwrap_or(next));
        let missing = self.missing.iter().map(|range| range.start);
        let until = missing.filter(|start| *start >= hole.at).fold(end, u64::min);
        Some((hole.at, until))
    }

    /// Has a hole read everything up to an offset.
    fn go_on(&mut self, number: usize, until: u64, origin: Origin, context: &mut Context<'_>) {
        let Some(hole) = self.holes.get_mut(number) else {
            return;
        };
        let mut bytes = self.kept.copy(hole.at..until);
        hole.reader.cipher.apply(&mut bytes);
        let pipeline = &mut hole.reader.pipeline;
        pipeline.relocate(context.store);
        self.relocated = self.relocated.saturating_add(pipeline.begun_len());
        let here = Origin {
            offset: hole.at,
            paused: false,
            push: false,
            segment_start: false,
            ..origin
        };
        pipeline.feed(&bytes, here, context);
        hole.at = until;
        let in_step_since = pipeline.in_step_since();
        self.came_back(number, in_step_since);
    }

    /// Deals with a hole that has gone on as far as it could; gives the number of the next to deal with.
    fn settle(&mut self, number: usize, live: &mut Reader, next: u64, context: &mut Context<'_>) -> usize {
        let behind = number.saturating_add(1);
        let other = self.holes.get(behind).map(|other| other.at);
        let Some(hole) = self.holes.get_mut(number) else {
            return behind;
        };
        match hole.stop {
            Some(stop) if hole.at >= stop => hole.reader.pipeline.abandon(context),
            None if hole.at >= next => {
                *live = hole.reader.clone();
                let in_step_since = live.pipeline.in_step_since();
                self.came_back(number, in_step_since);
            }
            _ if Some(hole.at) == other => {
                // The other lost its place before; this one has not, or it would have stopped.
                self.holes.remove(behind);
                return number;
            }
            _ => return behind,
        }
        self.holes.remove(number);
        number
    }

    /// Decoding has come back at `since`: holes before `number` need not go on beyond it.
    fn came_back(&mut self, number: usize, since: Option<u64>) {
        let Some(since) = since else { return };
        for hole in self.holes.iter_mut().take(number) {
            if since > hole.at {
                hole.stop = Some(hole.stop.map_or(since, |stop| stop.min(since)));
            }
        }
    }

    fn bound(&mut self) {
        self.prune();
        while self.kept.is_too_much() && !self.holes.is_empty() {
            self.give_up_first();
        }
    }

    fn give_up_first(&mut self) {
        if !self.holes.is_empty() {
            self.holes.remove(0);
        }
        self.prune();
    }

    /// Forgets what no hole goes on through.
    fn prune(&mut self) {
        let first = self.holes.first().map_or(u64::MAX, |hole| hole.at);
        let end = if self.holes.iter().any(|hole| hole.stop.is_none()) {
            u64::MAX
        } else {
            self.holes.iter().filter_map(|hole| hole.stop).max().unwrap_or(0)
        };
        self.missing
            .retain(|range| first < range.end && range.start < end);
        self.kept.retain(first..end);
    }
}
