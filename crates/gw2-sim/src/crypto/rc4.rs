//! RC4, with a state that can be given: captured states of a live client are checked with it.

/// One direction's cipher state (protocol.md section 2).
#[derive(Clone)]
pub struct Rc4 {
    i: u8,
    j: u8,
    sbox: [u8; 256],
}

impl Rc4 {
    /// The state after the key schedule, at position 0. An empty key leaves the box in its first order.
    pub fn new(key: &[u8]) -> Self {
        let mut sbox = [0u8; 256];
        for (slot, value) in sbox.iter_mut().zip(0u8..=255) {
            *slot = value;
        }
        if !key.is_empty() {
            let mut j = 0u8;
            for i in 0..256 {
                j = j.wrapping_add(sbox[i]).wrapping_add(key[i % key.len()]);
                sbox.swap(i, usize::from(j));
            }
        }
        Rc4 { i: 0, j: 0, sbox }
    }

    /// A state caught in the middle of a connection.
    pub fn from_state(i: u8, j: u8, sbox: [u8; 256]) -> Self {
        Rc4 { i, j, sbox }
    }

    /// Encrypts or decrypts `data` in place and moves on by its length.
    pub fn apply(&mut self, data: &mut [u8]) {
        for byte in data {
            self.i = self.i.wrapping_add(1);
            let at_i = self.sbox[usize::from(self.i)];
            self.j = self.j.wrapping_add(at_i);
            let at_j = self.sbox[usize::from(self.j)];
            self.sbox[usize::from(self.i)] = at_j;
            self.sbox[usize::from(self.j)] = at_i;
            *byte ^= self.sbox[usize::from(at_i.wrapping_add(at_j))];
        }
    }
}

impl std::fmt::Debug for Rc4 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rc4 {{ i: {}, j: {} }}", self.i, self.j)
    }
}

#[cfg(test)]
mod tests {
    use super::Rc4;
    use rc4::{KeyInit, StreamCipher, consts::U20};

    #[test]
    fn agrees_with_the_rc4_crate() {
        let key: [u8; 20] = std::array::from_fn(|n| (n * 13 + 5) as u8);
        let mut ours = vec![0u8; 5000];
        let mut theirs = ours.clone();
        Rc4::new(&key).apply(&mut ours);
        rc4::Rc4::<U20>::new(&key.into()).apply_keystream(&mut theirs);
        assert_eq!(ours, theirs);
    }
}
