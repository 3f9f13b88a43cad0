//! Diffie-Hellman over the client's 512-bit prime. All numbers are little-endian, 64 bytes.

use num_bigint::BigUint;

/// The prime P, little-endian as the client stores it.
const PRIME: &str = "f9e43af525f1b41fa263a00748cdf14898ef8f59783e8fcd70b41db94afd3d0a\
                     97ac56571c3b5ee7c4a8804f63961fd84158e553f1ed49cb4c470b72598573f9";
/// The server's public value G, a constant in the client.
const SERVER_PUBLIC: &str = "270e7b5849658baf6bbadfe4a86ee1f00596f819b970eeb9fcb2080241c28b09\
                             8ff4737ccd996175482465084eb44ff89567c6fbd6a3e6a56292623dc358a6c4";

/// `4 ^ secret mod P`, what the client sends. `secret` is little-endian.
pub fn public_value(secret: &[u8; 64]) -> [u8; 64] {
    power(BigUint::from(4u8), secret)
}

/// `G ^ secret mod P`, what both sides then know. `secret` is little-endian.
pub fn shared_secret(secret: &[u8; 64]) -> [u8; 64] {
    power(number(SERVER_PUBLIC), secret)
}

fn power(base: BigUint, secret: &[u8; 64]) -> [u8; 64] {
    let result = base
        .modpow(&BigUint::from_bytes_le(secret), &number(PRIME))
        .to_bytes_le();
    let mut out = [0; 64];
    // A result under 2^504 has fewer bytes; the high ones stay zero. It is never over P, so never over 64.
    for (slot, byte) in out.iter_mut().zip(result) {
        *slot = byte;
    }
    out
}

/// The number that 128 little-endian hex digits spell.
fn number(hex: &str) -> BigUint {
    crate::hex::decode(hex)
        .map(|bytes| BigUint::from_bytes_le(&bytes))
        .unwrap_or_default()
}
