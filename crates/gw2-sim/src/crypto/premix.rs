//! `H`: the five rounds of SHA-1's compression that stand before the RC4 key schedule.

const ROUND_CONSTANT: u32 = 0x5A82_7999;
const INITIAL: [u32; 5] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];

/// `H(seed)`: the 20-byte RC4 key of a connection (protocol.md section 2).
pub fn premix(seed: &[u8; 20]) -> [u8; 20] {
    let mut words = [0u32; 5];
    for (word, bytes) in words.iter_mut().zip(seed.chunks_exact(4)) {
        *word = bytes
            .iter()
            .rev()
            .fold(0, |high, &low| high << 8 | u32::from(low));
    }
    let [mut a, mut b, mut c, mut d, mut e] = INITIAL;
    for word in words {
        // Choose c where b is set, else d: the same as (b & c) | (!b & d).
        let chosen = d ^ (b & (c ^ d));
        let next = a
            .rotate_left(5)
            .wrapping_add(chosen)
            .wrapping_add(e)
            .wrapping_add(ROUND_CONSTANT)
            .wrapping_add(word);
        (a, b, c, d, e) = (next, a, b.rotate_left(30), c, d);
    }
    let mut key = [0; 20];
    for ((bytes, word), sum) in key.chunks_exact_mut(4).zip(words).zip([a, b, c, d, e]) {
        bytes.copy_from_slice(&word.wrapping_add(sum).to_le_bytes());
    }
    key
}
