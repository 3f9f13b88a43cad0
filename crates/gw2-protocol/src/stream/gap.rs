//! Bytes that are missing now and may come late.
//!
//! A gap does not stop decoding: the cipher moves on and the pipeline comes back at a boundary. The state from
//! before the gap is kept, so that when the missing bytes come after all, what they hold is decoded too, up to
//! where decoding came back.

use super::pipeline::Pipeline;
use crate::cipher::Rc4;
use std::ops::Range;

/// How many gaps of one direction can still be filled; older ones are given up.
const MAX_HOLES: usize = 32;

/// How much ciphertext behind a gap is kept for the time when it is filled, in bytes.
const MAX_TAIL: usize = 192 * 1024;

/// The largest gap that is waited for, in bytes.
const MAX_FILL: u64 = 1024 * 1024;

/// What comes behind the bytes that are kept from behind a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TailEnd {
    /// The bytes that come next: decoding has not come back yet.
    Live,
    /// The place at which decoding came back.
    InStep,
    /// Another gap.
    NextHole,
}

/// A gap that can still be filled.
#[derive(Debug)]
pub(super) struct Hole {
    /// The missing stream offsets.
    pub range: Range<u64>,
    /// The cipher at the start of the gap.
    pub cipher: Rc4,
    /// The pipeline at the start of the gap.
    pub pipeline: Pipeline,
    /// Ciphertext from behind the gap.
    pub tail: Vec<u8>,
    pub tail_end: TailEnd,
    /// Ciphertext that came late, and its offset; never overlapping, in order.
    pieces: Vec<(u64, Vec<u8>)>,
}

impl Hole {
    /// Keeps what of `bytes` at `offset` belongs here and is not here yet; gives how many bytes.
    fn fill(&mut self, offset: u64, bytes: &[u8]) -> usize {
        let mut filled = 0usize;
        let end = offset.saturating_add(super::length(bytes)).min(self.range.end);
        let mut at = offset.max(self.range.start);
        let mut number = 0usize;
        while at < end {
            // The free stretch from `at` on ends where the next piece begins.
            let next = self
                .pieces
                .get(number)
                .map(|(start, piece)| (*start, start.saturating_add(super::length(piece))));
            match next {
                Some((_, piece_end)) if piece_end <= at => number = number.saturating_add(1),
                Some((start, piece_end)) if start <= at => {
                    at = piece_end;
                    number = number.saturating_add(1);
                }
                _ => {
                    let stop = next.map_or(end, |(start, _)| start.min(end));
                    let from = usize::try_from(at.saturating_sub(offset)).unwrap_or(usize::MAX);
                    let to = usize::try_from(stop.saturating_sub(offset)).unwrap_or(usize::MAX);
                    let Some(piece) = bytes.get(from..to) else {
                        return filled;
                    };
                    filled = filled.saturating_add(piece.len());
                    self.pieces.insert(number, (at, piece.to_vec()));
                    number = number.saturating_add(1);
                    at = stop;
                }
            }
        }
        filled
    }

    /// The missing ciphertext, once all of it has come.
    fn filled(&self) -> Option<Vec<u8>> {
        let have: u64 = self
            .pieces
            .iter()
            .map(|(_, piece)| super::length(piece))
            .fold(0, u64::saturating_add);
        let whole = have >= self.range.end.saturating_sub(self.range.start);
        whole.then(|| {
            self.pieces
                .iter()
                .flat_map(|(_, piece)| piece.iter().copied())
                .collect()
        })
    }
}

/// The gaps of one direction, in the order of the stream.
#[derive(Debug, Default)]
pub(super) struct Holes {
    holes: Vec<Hole>,
}

impl Holes {
    /// A gap has been met; `cipher` and `pipeline` are as before it.
    pub fn open(&mut self, range: Range<u64>, cipher: Rc4, pipeline: Pipeline) {
        if let Some(last) = self
            .holes
            .last_mut()
            .filter(|last| last.tail_end == TailEnd::Live)
        {
            last.tail_end = TailEnd::NextHole;
        }
        if range.end.saturating_sub(range.start) > MAX_FILL {
            // The hole before it has no other to lead into any more.
            self.holes.retain(|hole| hole.tail_end == TailEnd::InStep);
            return;
        }
        if self.holes.len() >= MAX_HOLES {
            self.holes.remove(0);
        }
        self.holes.push(Hole {
            range,
            cipher,
            pipeline,
            tail: Vec::new(),
            tail_end: TailEnd::Live,
            pieces: Vec::new(),
        });
    }

    /// Ciphertext has come behind the last gap. `in_step_since` is where decoding came back, if it has.
    pub fn note(&mut self, bytes: &[u8], in_step_since: Option<u64>) {
        let Some(last) = self
            .holes
            .last_mut()
            .filter(|last| last.tail_end == TailEnd::Live)
        else {
            return;
        };
        if last.tail.len().saturating_add(bytes.len()) > MAX_TAIL {
            self.holes.pop();
            return;
        }
        last.tail.extend_from_slice(bytes);
        if let Some(offset) = in_step_since {
            let kept = usize::try_from(offset.saturating_sub(last.range.end)).unwrap_or(usize::MAX);
            last.tail.truncate(kept);
            last.tail_end = TailEnd::InStep;
        }
    }

    /// Bytes have come that are behind what was expected. Gives how many of them were missing.
    pub fn fill(&mut self, offset: u64, bytes: &[u8]) -> usize {
        self.holes
            .iter_mut()
            .map(|hole| hole.fill(offset, bytes))
            .fold(0, usize::saturating_add)
    }

    /// Takes a closed gap out, with its bytes.
    pub fn take_closed(&mut self) -> Option<(Hole, Vec<u8>)> {
        let number = self.holes.iter().position(|hole| hole.filled().is_some())?;
        let bytes = self.holes.get(number)?.filled()?;
        Some((self.holes.remove(number), bytes))
    }

    /// The gap that begins at `offset`.
    pub fn at(&mut self, offset: u64) -> Option<&mut Hole> {
        self.holes.iter_mut().find(|hole| hole.range.start == offset)
    }
}
