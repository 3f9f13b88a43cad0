//! The three TCP protocols of the Guild Wars 2 client: login, portal and game.
//!
//! Pure: bytes in, decoded units out. This crate knows neither Wireshark nor files, clocks or
//! globals, so that every rule of the protocol can be tested on its own.
//!
//! A byte of a login or game connection travels through the modules in this order:
//! [`handshake`] (in clear), [`cipher`] (RC4), [`block`] (server to client only), [`message`]
//! (described by a [`schema`]); [`connection`] ties them together. The portal's text is in [`sts`].
#![forbid(unsafe_code)]
#![deny(clippy::indexing_slicing, clippy::arithmetic_side_effects)]
#![cfg_attr(test, allow(clippy::indexing_slicing, clippy::arithmetic_side_effects))]

pub mod block;
pub mod cipher;
pub mod connection;
pub mod direction;
pub mod fast_path;
pub mod first_bytes;
pub mod handshake;
pub mod key;
pub mod message;
pub mod pdu;
pub mod schema;
pub mod session;
pub mod stream;
pub mod sts;

pub use direction::{Direction, Server, Table};
