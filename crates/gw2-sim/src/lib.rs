//! A synthetic Guild Wars 2 client and server: writes captures (pcapng), key logs and the truth about what
//! was sent. Deterministic: the same call gives the same bytes.
//!
//! It is the project's independent encoder. It is written from `protocol.md` and shares no code with the
//! decoder, so that a mistake in one does not hide the same mistake in the other. Only `random` reads the
//! data model of the decoder's schema tables.
//!
//! From the bottom up: [`value`] and [`message`] encode messages, [`block`] packs the server's plaintext,
//! [`crypto`] and [`handshake`] do the key exchange, [`tcp`] makes packets, [`connection`] and [`portal`]
//! put these together, [`impair`] spoils the packets, [`capture`] writes files. [`demo`], [`day`], [`samples`],
//! [`load`] and [`scenarios`] are ready-made sessions; `random` draws messages from schemas.

pub mod block;
pub mod capture;
pub mod connection;
pub mod crypto;
pub mod day;
pub mod demo;
pub mod direction;
pub mod error;
pub mod handshake;
pub mod hex;
pub mod hosts;
pub mod impair;
pub mod keylog;
pub mod load;
pub mod loopback;
pub mod message;
pub mod messages;
pub mod packet;
pub mod portal;
#[cfg(feature = "schemas")]
pub mod random;
pub mod rng;
pub mod samples;
pub mod scenarios;
pub mod sts;
pub mod tcp;
pub mod tls;
pub mod truth;
pub mod value;
