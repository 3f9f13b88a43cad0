//! The messages that the sessions send, by name, with the fields of `data/tables` (protocol.md section 5).

pub mod game;
pub mod login;
