//! Everything that one connection's key exchange gives.

use super::{Rc4, premix, public_value, shared_secret};
use crate::rng::Rng;

/// The values of one key exchange, from the client's secret to the RC4 key (protocol.md section 2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyExchange {
    /// `4 ^ R mod P`, 64 bytes, in the client seed frame.
    pub client_public: [u8; 64],
    /// `G ^ R mod P`, 64 bytes, never on the wire.
    pub shared: [u8; 64],
    /// The server's random 20 bytes, what `H` takes.
    pub seed: [u8; 20],
    /// The seed as the server seed frame carries it: XORed with the shared secret's first 20 bytes.
    pub wire_seed: [u8; 20],
    /// `H(seed)`.
    pub rc4_key: [u8; 20],
}

impl KeyExchange {
    /// An exchange with a secret and a seed drawn from `rng`.
    pub fn random(rng: &mut Rng) -> Self {
        let secret = rng.bytes();
        let seed = rng.bytes();
        KeyExchange::new(&secret, seed)
    }

    /// An exchange from the client's secret R (little-endian) and the server's seed.
    pub fn new(secret: &[u8; 64], seed: [u8; 20]) -> Self {
        let shared = shared_secret(secret);
        let mut wire_seed = seed;
        for (byte, mask) in wire_seed.iter_mut().zip(shared) {
            *byte ^= mask;
        }
        KeyExchange {
            client_public: public_value(secret),
            shared,
            seed,
            wire_seed,
            rc4_key: premix(&seed),
        }
    }

    /// A fresh cipher state; each direction takes one.
    pub fn cipher(&self) -> Rc4 {
        Rc4::new(&self.rc4_key)
    }
}
