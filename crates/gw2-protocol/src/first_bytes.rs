//! Tells login and game apart by the first bytes of a connection (protocol.md, section 1).
//! The portal's text is recognised in [`sts`](crate::sts).

use crate::direction::{Direction, Server};
use crate::handshake::{CLIENT_SEED_LEN, SERVER_SEED_LEN};

/// What the first bytes of a connection say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recognised {
    /// The server.
    pub server: Server,
    /// Who sent the bytes.
    pub direction: Direction,
}

/// Recognises the first segment of either side, strictly enough to claim a connection on any port: the
/// four bytes of a version frame whose lengths agree, a segment that is exactly a client seed frame, or
/// one that is exactly a server seed frame. `None` for anything else, and for fewer than four bytes.
pub fn recognise(segment: &[u8]) -> Option<Recognised> {
    let client = |server| {
        Some(Recognised {
            server,
            direction: Direction::ClientToServer,
        })
    };
    match segment {
        [0x00, 0x04, 0x0c, 0x00, ..] => client(Server::Login),
        [0x00, 0x05, 0x0c, 0x00, ..] => client(Server::Game),
        [0x00, 0x42, ..] if segment.len() == CLIENT_SEED_LEN => client(Server::Game),
        [0x01, 0x16, ..] if segment.len() == SERVER_SEED_LEN => Some(Recognised {
            server: Server::Game,
            direction: Direction::ServerToClient,
        }),
        _ => None,
    }
}

/// Recognises first bytes on the registered port, where the port already speaks for the game: what has
/// come of a frame is enough, however it was cut.
pub fn recognise_on_port(segment: &[u8]) -> Option<Recognised> {
    let of = |server, direction| Some(Recognised { server, direction });
    match segment {
        [0x00, 0x04, ..] => of(Server::Login, Direction::ClientToServer),
        [0x00, 0x05 | 0x42, ..] | [0x00] => of(Server::Game, Direction::ClientToServer),
        [0x01, 0x16, ..] | [0x01] => of(Server::Game, Direction::ServerToClient),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
