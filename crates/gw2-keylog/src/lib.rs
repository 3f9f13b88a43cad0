//! Writes key logs: what a key exporter inside the client's process tells the Wireshark plugin for Guild Wars 2.
//!
//! docs/keylog.md has the format, and says where a client has its secrets. This is its reference writer: [`line`] makes a
//! line, [`KeyLogWriter`] appends lines to a file that many writers may share. `include/gw2_keylog.h` declares the same
//! for C.
//!
//! It depends on nothing but std, shares no code with the plugin that reads what it writes, and never panics: it is to run in
//! somebody else's process.

#![deny(unsafe_code)]

#[allow(unsafe_code)]
mod c;
mod line;
mod writer;

pub use line::{ConnectionId, LineError, Secret, line};
pub use writer::{KEYLOG_VARIABLE, KeyLogWriter, WriteError};
