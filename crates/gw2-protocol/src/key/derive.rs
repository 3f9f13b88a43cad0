//! From a shared secret to an RC4 key.

/// The 20-byte key of RC4, `H(seed)`.
pub type Rc4Key = [u8; 20];

/// The 20 bytes of the server seed frame as on the wire.
pub type ServerSeed = [u8; 20];

/// The first 20 bytes of the Diffie-Hellman shared secret; the rest has no part in the key.
pub type SharedSecret = [u8; 20];

/// The seed: what the server sent, XOR the shared secret.
pub fn seed_from_secret(server_seed: &ServerSeed, secret: &SharedSecret) -> [u8; 20] {
    let mut seed = *server_seed;
    for (byte, mask) in seed.iter_mut().zip(secret) {
        *byte ^= mask;
    }
    seed
}

/// `H`: SHA-1's compression cut to its first five rounds, little-endian in and out
/// (protocol.md, section 2; the known answers there are its tests).
pub fn hash(seed: &[u8; 20]) -> Rc4Key {
    let mut words = [0u32; 5];
    for (word, chunk) in words.iter_mut().zip(seed.chunks_exact(4)) {
        *word = chunk.first_chunk().copied().map_or(0, u32::from_le_bytes);
    }
    let [mut a, mut b, mut c, mut d, mut e] =
        [0x6745_2301u32, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    for word in words {
        let next = a
            .rotate_left(5)
            .wrapping_add((b & c) | (!b & d))
            .wrapping_add(e)
            .wrapping_add(0x5a82_7999)
            .wrapping_add(word);
        (a, b, c, d, e) = (next, a, b.rotate_left(30), c, d);
    }
    let mut key = [0u8; 20];
    for ((out, word), round) in key.chunks_exact_mut(4).zip(words).zip([a, b, c, d, e]) {
        out.copy_from_slice(&word.wrapping_add(round).to_le_bytes());
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cipher::Rc4;

    fn bytes<const N: usize>(hex: &str) -> [u8; N] {
        let mut out = [0; N];
        for (at, byte) in out.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap();
        }
        out
    }

    #[test]
    fn known_answers_of_protocol_md() {
        for (seed, key, keystream) in [
            (
                "000102030405060708090a0b0c0d0e0f10111213",
                "ef131f7fcc999ef1cd7f60052d8f30807cb7bffb",
                "75d8dbcccd945eb483cb886e0f96c6c8a21842691242344dd3ee9fa16ceb28ba",
            ),
            (
                "0000000000000000000000000000000000000000",
                "7e585b69fd3aedcd584c6385e0f850172c26ede7",
                "199e730979adac685447b01cda42ea3f66c8a85ce8277526452459b9f0dfd147",
            ),
            (
                "ffffffffffffffffffffffffffffffffffffffff",
                "d5d14a2927b7ec8d4f4b6345d6f850d72b26eda7",
                "b15b15cbcbd1ef00e7b8f028c8c252fa86f20c8c1b3dd9495118e7d15dc9dd29",
            ),
        ] {
            let computed = hash(&bytes(seed));
            assert_eq!(computed, bytes(key), "H of {seed}");
            let mut stream = [0; 32];
            Rc4::new(&computed).apply(&mut stream);
            assert_eq!(stream, bytes(keystream), "RC4 of H of {seed}");
        }
    }
}
