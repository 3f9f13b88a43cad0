//! Looks for a block header after decoding lost its place (protocol.md, sections 5 and 8).

use crate::block::{BlockHeader, HEADER};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// How far from where the search began a header may be, in bytes.
const WINDOW: usize = 64 * 1024;

/// The greatest factor by which a codec can expand: deflate's 1032.
const MAX_EXPANSION: usize = 1032;

/// A search over a growing buffer. Offsets are those of the buffer, whose start does not move.
///
/// Candidates are tried in the order in which their blocks come to be whole, so that the way the
/// bytes were cut into segments does not matter.
#[derive(Clone, Debug, Default)]
pub(super) struct Scan {
    /// The next offset to look at.
    next: usize,
    /// What [`WINDOW`] counts from.
    start: usize,
    /// Where the candidates' blocks end, and where they begin.
    waiting: BinaryHeap<Reverse<(u32, u32)>>,
}

/// What a step of the search gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The block at this offset is whole: does it hold?
    Try(usize),
    /// Not before more bytes come.
    Wait,
    /// There is no header within the window.
    GiveUp,
}

impl Scan {
    /// A search that begins within a broken block of `broken` bytes at the start of the buffer, whose sizes may
    /// be wrong, and goes on behind it.
    pub fn behind(broken: usize) -> Self {
        Self {
            next: 1,
            start: broken,
            ..Self::default()
        }
    }

    /// The next candidate whose block is whole in `buffer`.
    pub fn step(&mut self, buffer: &[u8]) -> Step {
        let last = self.start.saturating_add(WINDOW);
        while self.next <= last {
            let Some(header) = buffer.get(self.next..).and_then(BlockHeader::read) else {
                break;
            };
            if plausible(header) {
                let end = self.next.saturating_add(header.block_len());
                if let (Ok(end), Ok(start)) = (u32::try_from(end), u32::try_from(self.next)) {
                    self.waiting.push(Reverse((end, start)));
                }
            }
            self.next = self.next.saturating_add(1);
        }
        match self.waiting.peek() {
            Some(Reverse((end, _))) if usize::try_from(*end).is_ok_and(|end| end <= buffer.len()) => {
                let start = self.waiting.pop().map_or(0, |Reverse((_, start))| start);
                Step::Try(usize::try_from(start).unwrap_or(0))
            }
            None if self.next > last => Step::GiveUp,
            _ => Step::Wait,
        }
    }
}

/// Whether the sizes can be those of a block that has content.
fn plausible(header: BlockHeader) -> bool {
    let decoded = usize::from(header.decoded);
    let compressed = usize::from(header.compressed);
    decoded >= 2
        && (compressed == 0
            || (decoded <= compressed.saturating_mul(MAX_EXPANSION)
                && compressed <= decoded.saturating_add(decoded / 255).saturating_add(HEADER * 5)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_that_becomes_whole_later_is_passed_over_and_looked_at_again() {
        // At 0 a stored block of 8 bytes, at 4 (in its payload) one of 2.
        let buffer = [0, 0, 8, 0, 0, 0, 2, 0, 9, 9, 0, 0];
        let mut scan = Scan::default();
        assert_eq!(scan.step(&buffer[..9]), Step::Wait);
        assert_eq!(scan.step(&buffer[..10]), Step::Try(4));
        assert_eq!(scan.step(&buffer[..10]), Step::Wait);
        assert_eq!(scan.step(&buffer), Step::Try(0));
    }

    #[test]
    fn gives_up_behind_the_window() {
        let mut scan = Scan::default();
        assert_eq!(scan.step(&vec![0; WINDOW]), Step::Wait);
        assert_eq!(scan.step(&vec![0; WINDOW + HEADER + 1]), Step::GiveUp);
    }
}
