//! Bytes that are only ever appended and then found by position.

use std::ops::Range;

/// Bytes of a page: a power of two.
const PAGE: usize = 1 << PAGE_BITS;
const PAGE_BITS: u32 = 16;

/// An append-only store in pages, so that growing moves nothing that is already there.
#[derive(Debug, Default)]
pub(super) struct Pages {
    pages: Vec<Vec<u8>>,
    len: u64,
}

impl Pages {
    /// How many bytes there are, and the position of the next.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Appends and gives the position of the first byte.
    pub fn append(&mut self, mut bytes: &[u8]) -> u64 {
        let start = self.len;
        self.len = self.len.saturating_add(super::length(bytes));
        while !bytes.is_empty() {
            if self.pages.last().is_none_or(|page| page.len() >= PAGE) {
                // The first page grows as a short connection needs; those after it come whole.
                let capacity = if self.pages.is_empty() {
                    bytes.len().min(PAGE)
                } else {
                    PAGE
                };
                self.pages.push(Vec::with_capacity(capacity));
            }
            let Some(page) = self.pages.last_mut() else {
                return start;
            };
            let room = PAGE.saturating_sub(page.len()).min(bytes.len());
            let (now, later) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
            page.extend_from_slice(now);
            bytes = later;
        }
        start
    }

    /// Appends a copy of a range to `out`; what is not there is left out.
    pub fn read(&self, range: Range<u64>, out: &mut Vec<u8>) {
        let mut at = range.start;
        while at < range.end.min(self.len) {
            let number = usize::try_from(at >> PAGE_BITS).unwrap_or(usize::MAX);
            let from = usize::try_from(at).unwrap_or(usize::MAX) & PAGE.saturating_sub(1);
            let wanted = usize::try_from(range.end.saturating_sub(at)).unwrap_or(usize::MAX);
            let Some(rest) = self.pages.get(number).and_then(|page| page.get(from..)) else {
                return;
            };
            let piece = rest.get(..wanted).unwrap_or(rest);
            if piece.is_empty() {
                return;
            }
            out.extend_from_slice(piece);
            at = at.saturating_add(super::length(piece));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn reads_back_what_was_appended(
            pieces in proptest::collection::vec(0usize..100_000, 1..6), from in 0u64..300_000, len in 0u64..200_000
        ) {
            let mut pages = Pages::default();
            let mut all = Vec::new();
            for (seed, len) in pieces.into_iter().enumerate() {
                let piece: Vec<u8> = (0..len).map(|at| (at * 31 + seed * 7) as u8).collect();
                prop_assert_eq!(pages.append(&piece), all.len() as u64);
                all.extend(piece);
            }
            let end = (from + len).min(all.len() as u64);
            let mut out = Vec::new();
            pages.read(from..from + len, &mut out);
            prop_assert_eq!(&out[..], all.get(from as usize..end as usize).unwrap_or_default());
        }
    }
}
