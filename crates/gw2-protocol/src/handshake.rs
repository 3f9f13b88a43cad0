//! The frames in clear before encryption is on (protocol.md, section 2).

use crate::direction::Server;

/// Bytes of a client seed frame.
pub const CLIENT_SEED_LEN: usize = 66;
/// Bytes of a server seed frame.
pub const SERVER_SEED_LEN: usize = 22;

/// Known lengths of a game version frame, in the order to try.
const GAME_VERSION_LENGTHS: [usize; 3] = [64, 86, 38];

/// The first offset at which the client seed can follow a game version frame of unknown length: its
/// tag, length and client build come first.
const SHORTEST_GAME_VERSION: usize = 8;

/// A version frame: which server, and what the client says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// The server that the client wants.
    pub server: Server,
    /// The client build.
    pub build: Option<u32>,
    /// What only the 64-byte form of the game's frame has.
    pub character: Option<Character>,
}

/// Who enters which world, from the 64-byte form of the game's version frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Character {
    /// World id.
    pub world: u32,
    /// Map id.
    pub map: u32,
    /// Player id.
    pub player: u32,
    /// Account GUID, as on the wire.
    pub account: [u8; 16],
    /// Character GUID, as on the wire.
    pub character: [u8; 16],
}

/// Offsets of the fields in the 64-byte form of the game's version frame.
pub mod offsets {
    use std::ops::Range;
    /// Client build; in login's frame too.
    pub const BUILD: Range<usize> = 4..8;
    /// World id.
    pub const WORLD: Range<usize> = 12..16;
    /// Map id.
    pub const MAP: Range<usize> = 16..20;
    /// Player id.
    pub const PLAYER: Range<usize> = 20..24;
    /// Account GUID.
    pub const ACCOUNT: Range<usize> = 24..40;
    /// Character GUID.
    pub const CHARACTER: Range<usize> = 40..56;
}

/// What the client's bytes in clear begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientClear {
    /// Not enough bytes to say.
    Incomplete,
    /// A version frame of this many bytes, with the client seed right behind it.
    Version(usize),
    /// A client seed frame.
    ClientSeed,
    /// Neither: the handshake is not here.
    Other,
}

/// Looks at the client's clear bytes from the start of a frame.
///
/// The game's version frame does not tell its length: it ends where the client seed begins, which is
/// the last thing that the client sends before it hears the server. `at_rest` says that `bytes` may be
/// all that the client sent before that: the segment carried PSH, or the server has spoken.
pub fn client_clear(bytes: &[u8], at_rest: bool) -> ClientClear {
    match bytes {
        [] | [0x00] => ClientClear::Incomplete,
        [0x00, 0x42, ..] if bytes.len() < CLIENT_SEED_LEN => ClientClear::Incomplete,
        [0x00, 0x42, ..] => ClientClear::ClientSeed,
        [0x00, 0x04] | [0x00, 0x04, _] => ClientClear::Incomplete,
        [0x00, 0x04, low, high, ..] => {
            let len = usize::from(u16::from_le_bytes([*low, *high])).saturating_add(4);
            if bytes.len() < len {
                ClientClear::Incomplete
            } else {
                ClientClear::Version(len)
            }
        }
        [0x00, 0x05, ..] => {
            game_version_len(bytes, at_rest).map_or(ClientClear::Incomplete, ClientClear::Version)
        }
        _ => ClientClear::Other,
    }
}

fn game_version_len(bytes: &[u8], at_rest: bool) -> Option<usize> {
    let seed_at = |at: usize| {
        bytes
            .get(at..)
            .is_some_and(|rest| rest.starts_with(&[0x00, 0x42]))
    };
    let whole_seed_at = |at: usize| seed_at(at) && bytes.len() >= at.saturating_add(CLIENT_SEED_LEN);
    if let Some(len) = GAME_VERSION_LENGTHS.into_iter().find(|len| whole_seed_at(*len)) {
        return Some(len);
    }
    if !at_rest {
        return None;
    }
    let before_seed = bytes
        .len()
        .checked_sub(CLIENT_SEED_LEN)
        .filter(|at| *at >= SHORTEST_GAME_VERSION && seed_at(*at));
    // Or alone in its segment, with the seed to come. 86 bytes can be both; a seed is the surer sign.
    before_seed.or_else(|| GAME_VERSION_LENGTHS.contains(&bytes.len()).then_some(bytes.len()))
}

/// Reads the fields of a version frame of this length.
pub fn read_version(frame: &[u8]) -> Version {
    let word = |range: std::ops::Range<usize>| {
        frame
            .get(range)
            .and_then(|bytes| bytes.first_chunk().copied())
            .map(u32::from_le_bytes)
    };
    let guid = |range: std::ops::Range<usize>| {
        frame
            .get(range)
            .and_then(|bytes| bytes.first_chunk::<16>())
            .copied()
    };
    let server = if frame.get(1) == Some(&0x04) {
        Server::Login
    } else {
        Server::Game
    };
    let character = || {
        Some(Character {
            world: word(offsets::WORLD)?,
            map: word(offsets::MAP)?,
            player: word(offsets::PLAYER)?,
            account: guid(offsets::ACCOUNT)?,
            character: guid(offsets::CHARACTER)?,
        })
    };
    Version {
        server,
        build: word(offsets::BUILD),
        character: if server == Server::Game && frame.len() == 64 {
            character()
        } else {
            None
        },
    }
}

/// What the server's bytes in clear begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerClear {
    /// Not enough bytes to say.
    Incomplete,
    /// A server seed frame; encryption is on behind it.
    ServerSeed,
    /// A server error frame of this many bytes: the server refuses.
    ServerError(usize),
    /// A frame of this many bytes that no server sends.
    Malformed(usize),
}

/// Looks at the server's clear bytes from the start of a frame.
pub fn server_clear(bytes: &[u8]) -> ServerClear {
    let [kind, len, ..] = *bytes else {
        return ServerClear::Incomplete;
    };
    let len = usize::from(len);
    if len < 2 {
        return ServerClear::Malformed(2);
    }
    if bytes.len() < len {
        return ServerClear::Incomplete;
    }
    match kind {
        1 if len == SERVER_SEED_LEN => ServerClear::ServerSeed,
        2 if len > 9 => ServerClear::ServerError(len),
        _ => ServerClear::Malformed(len),
    }
}

#[cfg(test)]
mod tests;
