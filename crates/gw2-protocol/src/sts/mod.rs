//! The portal protocol STS/1.0 (protocol.md, section 7): text messages in the manner of HTTP and SIP.
//!
//! From the bottom up: [`start_line`] and [`header`] read one line, [`message`] is a view of one whole
//! message, [`parser`] cuts one direction's bytes into messages and finds its way back after what cannot
//! be parsed, [`transactions`] pairs answers with requests, [`fragments`] puts long contents together, and
//! [`connection`] drives all of it for both directions and keeps what a later look at a frame needs.
//!
//! Nothing here knows of TCP, TLS or RC4: the caller hands in plaintext in order, and names the gaps.

pub mod connection;
pub mod encoding;
pub mod error_body;
pub mod fragments;
pub mod header;
mod incoming;
pub mod leaves;
pub mod message;
pub mod parser;
pub mod secrets;
pub mod skip;
pub mod start_line;
pub mod transactions;
pub mod unit;

#[cfg(test)]
mod tests;

pub use connection::{Outcome, PortalConnection, StartTls};
pub use message::{Kind, Message};
pub use parser::StsParser;
pub use secrets::is_secret_path;
pub use skip::{Skip, SkipReason};
pub use start_line::{Certainty, looks_like_portal};
pub use unit::{Content, UnitId, UnitView};

use crate::Direction;

/// One value for each direction.
#[derive(Debug, Default)]
pub(crate) struct Pair<T> {
    client_to_server: T,
    server_to_client: T,
}

impl<T> Pair<T> {
    pub(crate) fn get(&self, direction: Direction) -> &T {
        match direction {
            Direction::ClientToServer => &self.client_to_server,
            Direction::ServerToClient => &self.server_to_client,
        }
    }

    pub(crate) fn get_mut(&mut self, direction: Direction) -> &mut T {
        match direction {
            Direction::ClientToServer => &mut self.client_to_server,
            Direction::ServerToClient => &mut self.server_to_client,
        }
    }
}
