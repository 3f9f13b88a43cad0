//! Where the RC4 key of a connection comes from (protocol.md, sections 2 and 3).

mod derive;
mod log;

pub use derive::{Rc4Key, ServerSeed, SharedSecret, hash, seed_from_secret};
pub use log::{ConnectionId, KeyLine, KeyLog, KeyLogError, Secret, Source};
