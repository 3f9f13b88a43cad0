//! RC4 with a position.
//!
//! The two directions of a connection start from the same state and then each keeps its own
//! (protocol.md, section 2). The crate `rc4` cannot copy a state, which checkpoints and gaps need, and
//! is slower than this loop; tests hold the two to the same keystream.

use std::fmt;

/// An RC4 generator and how many bytes it has given.
#[derive(Clone)]
pub struct Rc4 {
    state: [u8; 256],
    i: u8,
    j: u8,
    position: u64,
}

impl Rc4 {
    /// The generator for `key`, at position 0. RC4 has no empty key; one is taken as a single zero.
    pub fn new(key: &[u8]) -> Self {
        let mut state = [0u8; 256];
        for (value, slot) in (0u8..=255).zip(&mut state) {
            *slot = value;
        }
        let key = if key.is_empty() { &[0] } else { key };
        let mut j = 0u8;
        for (i, byte) in (0u8..=255).zip(key.iter().cycle()) {
            let here = read(&state, i);
            j = j.wrapping_add(here).wrapping_add(*byte);
            let there = read(&state, j);
            write(&mut state, i, there);
            write(&mut state, j, here);
        }
        Self {
            state,
            i: 0,
            j: 0,
            position: 0,
        }
    }

    /// A generator caught at any moment, which then counts as position 0.
    pub fn from_state(state: [u8; 256], i: u8, j: u8) -> Self {
        Self {
            state,
            i,
            j,
            position: 0,
        }
    }

    /// How many bytes of keystream have been used.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Decrypts (or encrypts) in place.
    pub fn apply(&mut self, bytes: &mut [u8]) {
        let (mut i, mut j) = (self.i, self.j);
        for byte in bytes.iter_mut() {
            *byte ^= step(&mut self.state, &mut i, &mut j);
        }
        (self.i, self.j) = (i, j);
        self.count(bytes.len());
    }

    /// Moves on without output, past bytes that the capture lacks.
    pub fn skip(&mut self, count: u64) {
        let (mut i, mut j) = (self.i, self.j);
        for _ in 0..count {
            step(&mut self.state, &mut i, &mut j);
        }
        (self.i, self.j) = (i, j);
        self.position = self.position.saturating_add(count);
    }

    fn count(&mut self, len: usize) {
        self.position = self
            .position
            .saturating_add(u64::try_from(len).unwrap_or(u64::MAX));
    }
}

#[inline(always)]
fn step(state: &mut [u8; 256], i: &mut u8, j: &mut u8) -> u8 {
    *i = i.wrapping_add(1);
    let here = read(state, *i);
    *j = j.wrapping_add(here);
    let there = read(state, *j);
    write(state, *i, there);
    write(state, *j, here);
    read(state, here.wrapping_add(there))
}

#[expect(clippy::indexing_slicing, reason = "a u8 is always within 256 entries")]
#[inline(always)]
fn read(state: &[u8; 256], at: u8) -> u8 {
    state[usize::from(at)]
}

#[expect(clippy::indexing_slicing, reason = "a u8 is always within 256 entries")]
#[inline(always)]
fn write(state: &mut [u8; 256], at: u8, value: u8) {
    state[usize::from(at)] = value;
}

impl fmt::Debug for Rc4 {
    /// The position only: the state is a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rc4")
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rc4::{KeyInit, StreamCipher};

    fn reference(key: &[u8; 20], len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        rc4::Rc4::<rc4::consts::U20>::new(key.into()).apply_keystream(&mut bytes);
        bytes
    }

    proptest! {
        #[test]
        fn keystream_equals_the_rc4_crate(key: [u8; 20], cuts in proptest::collection::vec(0usize..300, 0..8)) {
            let mut ours = Rc4::new(&key);
            let mut keystream = Vec::new();
            for cut in cuts {
                let mut piece = vec![0; cut];
                ours.apply(&mut piece);
                keystream.extend(piece);
            }
            prop_assert_eq!(&keystream, &reference(&key, keystream.len()));
            prop_assert_eq!(ours.position(), keystream.len() as u64);
        }

        #[test]
        fn skipping_is_decrypting_without_output(key: [u8; 20], gap in 0usize..5000) {
            let mut ours = Rc4::new(&key);
            ours.skip(gap as u64);
            let mut after = [0u8; 16];
            ours.apply(&mut after);
            prop_assert_eq!(&after[..], &reference(&key, gap + 16)[gap..]);
        }
    }
}
