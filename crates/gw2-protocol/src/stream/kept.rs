//! Ciphertext that is kept for the time when a gap before it is filled.

use std::ops::Range;

/// How many bytes are kept.
const MAX_BYTES: usize = 192 * 1024;

/// In how many pieces.
const MAX_PIECES: usize = 1024;

/// Pieces of a stream by their offset, in its order, never overlapping.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pieces: Vec<(u64, Vec<u8>)>,
    bytes: usize,
}

impl Kept {
    /// Keeps bytes that are not here yet.
    pub fn insert(&mut self, offset: u64, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.bytes = self.bytes.saturating_add(bytes.len());
        let place = self.pieces.partition_point(|(start, _)| *start < offset);
        match place
            .checked_sub(1)
            .and_then(|before| self.pieces.get_mut(before))
        {
            Some((start, piece)) if start.saturating_add(super::length(piece)) == offset => {
                piece.extend_from_slice(bytes);
            }
            _ => self.pieces.insert(place, (offset, bytes.to_vec())),
        }
    }

    /// A copy of a range, all of which is here.
    pub fn copy(&self, range: Range<u64>) -> Vec<u8> {
        let mut out = Vec::new();
        for (start, piece) in &self.pieces {
            out.extend_from_slice(within(*start, piece, &range));
        }
        out
    }

    /// Forgets everything outside a range.
    pub fn retain(&mut self, range: Range<u64>) {
        let (first, last) = (self.pieces.first(), self.pieces.last());
        let inside = first.is_none_or(|(start, _)| range.start <= *start)
            && last.is_none_or(|(start, piece)| start.saturating_add(super::length(piece)) <= range.end);
        if inside {
            return;
        }
        let kept = self.pieces.iter().filter_map(|(start, piece)| {
            let rest = within(*start, piece, &range);
            (!rest.is_empty()).then(|| ((*start).max(range.start), rest.to_vec()))
        });
        self.pieces = kept.collect();
        self.bytes = self.pieces.iter().map(|(_, piece)| piece.len()).sum();
    }

    /// Whether more is kept than is worth it.
    pub fn is_too_much(&self) -> bool {
        self.bytes > MAX_BYTES || self.pieces.len() > MAX_PIECES
    }
}

/// What of a piece at `start` lies within a range.
fn within<'a>(start: u64, piece: &'a [u8], range: &Range<u64>) -> &'a [u8] {
    let from = usize::try_from(range.start.saturating_sub(start)).unwrap_or(usize::MAX);
    let to = usize::try_from(range.end.saturating_sub(start)).unwrap_or(usize::MAX);
    piece.get(from..to.min(piece.len())).unwrap_or_default()
}
