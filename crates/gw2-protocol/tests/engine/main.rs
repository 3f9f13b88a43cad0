//! The engine held against the simulator: bytes that an independent encoder sent go in as segments, cut,
//! lost, doubled and out of order; what comes out is compared with what was sent.
//!
//! `session` makes connections, `network` does to their segments what networks do, `feed` hands them to the
//! engine and reads back what it shows, `oracle` says what it must show. docs/rules.md lists which test holds
//! which rule.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod boundaries;
mod cases;
mod compression;
mod fast_path;
mod feed;
mod gaps;
mod handshakes;
mod keys;
mod limits;
mod network;
mod oracle;
mod random_sessions;
mod scan;
mod schemas;
mod segments;
mod session;
