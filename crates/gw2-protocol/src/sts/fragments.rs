//! Contents that travel in pieces, each with a Content-Range (section 7): any order, never overlapping.

use std::collections::BTreeMap;

use super::header::ContentRange;

/// The longest content.
pub const MAX_TOTAL: u32 = 64 * 1024 * 1024;

/// How many contents can be under way at once; beyond it the first one in key order is given up.
pub const MAX_GROUPS: usize = 4_096;

/// Why a piece does not fit. It is left out; the content may still become whole without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FragmentError {
    /// Its Content-Range cannot be read.
    Unreadable,
    /// Its last byte is before its first.
    Reversed,
    /// It reaches beyond the content's end.
    BeyondTotal,
    /// The content would be over 64 MiB.
    TooLong,
    /// Its body is not as long as its range.
    Length,
    /// It names another total than the pieces before it.
    Total,
    /// It covers bytes that another piece covers.
    Overlap,
    /// It has neither a transaction id nor an X-Sequence that would say to what it belongs.
    NoGroup,
}

impl std::fmt::Display for FragmentError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Unreadable => "fragment: Content-Range cannot be read",
            Self::Reversed => "fragment: the range ends before it begins",
            Self::BeyondTotal => "fragment: the range reaches beyond the total",
            Self::TooLong => "fragment: the content is over 64 MiB",
            Self::Length => "fragment: the body is not as long as the range",
            Self::Total => "fragment: the total differs from that of the pieces before",
            Self::Overlap => "fragment: the range overlaps another piece",
            Self::NoGroup => "fragment: neither a transaction id nor an X-Sequence",
        })
    }
}

impl std::error::Error for FragmentError {}

/// Contents under way. `K` says which pieces belong together, `P` is how the caller names a piece: the bytes
/// stay where they are, so that nothing is allocated beyond what arrived.
#[derive(Debug)]
pub struct Fragments<K, P> {
    groups: BTreeMap<K, Group<P>>,
}

#[derive(Debug)]
struct Group<P> {
    total: u32,
    have: u32,
    /// By first byte: the last byte and the piece.
    pieces: BTreeMap<u32, (u32, P)>,
}

impl<K: Ord + Copy, P> Fragments<K, P> {
    /// Without any pieces.
    #[must_use]
    pub fn new() -> Self {
        Self {
            groups: BTreeMap::new(),
        }
    }

    /// Takes in a piece with a body of `length` bytes. When the content is whole with it, gives its pieces in
    /// order.
    ///
    /// # Errors
    /// When the piece does not fit.
    pub fn insert(
        &mut self,
        key: K,
        range: ContentRange,
        length: usize,
        piece: P,
    ) -> Result<Option<Vec<P>>, FragmentError> {
        let span = span(range, length)?;
        if !self.groups.contains_key(&key) && self.groups.len() >= MAX_GROUPS {
            self.groups.pop_first();
        }
        let group = self.groups.entry(key).or_insert_with(|| Group {
            total: range.total,
            have: 0,
            pieces: BTreeMap::new(),
        });
        group.check(range)?;
        group.have = group.have.saturating_add(span);
        group.pieces.insert(range.first, (range.last, piece));
        if group.have < group.total {
            return Ok(None);
        }
        let whole = self.groups.remove(&key);
        Ok(whole.map(|group| group.pieces.into_values().map(|(_, piece)| piece).collect()))
    }
}

impl<K: Ord + Copy, P> Default for Fragments<K, P> {
    fn default() -> Self {
        Self::new()
    }
}

impl<P> Group<P> {
    fn check(&self, range: ContentRange) -> Result<(), FragmentError> {
        if range.total != self.total {
            return Err(FragmentError::Total);
        }
        // Pieces in hand do not overlap, so the last one that begins no later than this ends is the only one
        // that can touch it.
        match self.pieces.range(..=range.last).next_back() {
            Some((_, &(last, _))) if last >= range.first => Err(FragmentError::Overlap),
            _ => Ok(()),
        }
    }
}

/// The length of a range that makes sense on its own.
fn span(range: ContentRange, length: usize) -> Result<u32, FragmentError> {
    let reach = range
        .last
        .checked_sub(range.first)
        .ok_or(FragmentError::Reversed)?;
    if range.last >= range.total {
        return Err(FragmentError::BeyondTotal);
    }
    if range.total > MAX_TOTAL {
        return Err(FragmentError::TooLong);
    }
    let span = reach.saturating_add(1);
    if u32::try_from(length) == Ok(span) {
        Ok(span)
    } else {
        Err(FragmentError::Length)
    }
}
