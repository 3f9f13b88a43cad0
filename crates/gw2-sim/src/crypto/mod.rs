//! The key exchange and the cipher (protocol.md section 2), written from its text, apart from the decoder's.

mod diffie_hellman;
mod exchange;
mod premix;
mod rc4;

pub use diffie_hellman::{public_value, shared_secret};
pub use exchange::KeyExchange;
pub use premix::premix;
pub use rc4::Rc4;

#[cfg(test)]
mod vectors;
