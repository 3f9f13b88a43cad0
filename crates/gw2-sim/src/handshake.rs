//! The clear frames of login and game (protocol.md section 2).

use crate::crypto::KeyExchange;
use crate::error::{Error, Result};

/// What the 64-byte game version frame tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GameIdentity {
    /// World (home server) id.
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

/// The forms of the first frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Version {
    /// Login, 16 bytes.
    Login,
    /// Game, 64 bytes.
    Game64(GameIdentity),
    /// Game, 86 bytes: the 64-byte form and more whose meaning is unknown; filled with 0x5A here.
    Game86(GameIdentity),
    /// Game, 38 bytes: the 2026 client's request; only the build is placed, the rest is filled with 0x5A.
    Game38,
    /// Not sent: the capture or the connection begins with the client seed.
    None,
}

impl Version {
    /// The frame's bytes; empty for [`Version::None`].
    pub fn frame(&self, build: u32) -> Vec<u8> {
        let mut frame = Vec::new();
        match self {
            Version::Login => {
                frame.extend([0x00, 0x04, 0x0c, 0x00]);
                [build, 1, 4]
                    .iter()
                    .for_each(|word| frame.extend(word.to_le_bytes()));
            }
            Version::Game64(identity) => game(&mut frame, build, identity),
            Version::Game86(identity) => {
                game(&mut frame, build, identity);
                frame.resize(86, 0x5a);
            }
            Version::Game38 => {
                frame.extend([0x00, 0x05, 0x0c, 0x00]);
                frame.extend(build.to_le_bytes());
                frame.resize(38, 0x5a);
            }
            Version::None => {}
        }
        frame
    }

    /// The frame's name in `gw2.handshake.type`.
    pub fn name(&self) -> &'static str {
        if *self == Version::Login {
            "login version"
        } else {
            "game version"
        }
    }
}

fn game(frame: &mut Vec<u8>, build: u32, identity: &GameIdentity) {
    frame.extend([0x00, 0x05, 0x0c, 0x00]);
    let words = [build, 1, identity.world, identity.map, identity.player];
    words.iter().for_each(|word| frame.extend(word.to_le_bytes()));
    frame.extend(identity.account);
    frame.extend(identity.character);
    [0u32, 0].iter().for_each(|word| frame.extend(word.to_le_bytes()));
}

/// Type 0, 66 bytes: the client's public value.
pub fn client_seed(keys: &KeyExchange) -> Vec<u8> {
    let mut frame = vec![0, 66];
    frame.extend(keys.client_public);
    frame
}

/// Type 1, 22 bytes: the server's seed XOR the shared secret's start.
pub fn server_seed(keys: &KeyExchange) -> Vec<u8> {
    let mut frame = vec![1, 22];
    frame.extend(keys.wire_seed);
    frame
}

/// Type 2: the server refuses. A real client wants at least 10 bytes in all.
pub fn server_error(payload: &[u8]) -> Result<Vec<u8>> {
    let length = u8::try_from(payload.len() + 2)
        .map_err(|_| Error::encode("server error frame", format!("{} bytes, 253 fit", payload.len())))?;
    let mut frame = vec![2, length];
    frame.extend(payload);
    Ok(frame)
}

#[cfg(test)]
mod tests {
    use super::{GameIdentity, Version, client_seed, server_error, server_seed};
    use crate::crypto::KeyExchange;
    use crate::rng::Rng;

    #[test]
    fn layouts() {
        let identity = GameIdentity {
            world: 0x1111_1111,
            map: 0x2222,
            player: 3,
            account: [4; 16],
            character: [5; 16],
        };
        let login = Version::Login.frame(0x0102_0304);
        assert_eq!(login, [0, 4, 12, 0, 4, 3, 2, 1, 1, 0, 0, 0, 4, 0, 0, 0]);
        let game = Version::Game64(identity).frame(7);
        assert_eq!(game.len(), 64);
        assert_eq!(game[..8], [0, 5, 12, 0, 7, 0, 0, 0]);
        assert_eq!(game[12..16], [0x11; 4]);
        assert_eq!(game[24..40], [4; 16]);
        assert_eq!(game[40..56], [5; 16]);
        assert_eq!(Version::Game86(identity).frame(7).len(), 86);
        assert_eq!(Version::Game38.frame(7).len(), 38);
        let keys = KeyExchange::random(&mut Rng::new(1));
        assert_eq!(client_seed(&keys).len(), 66);
        assert_eq!(server_seed(&keys).len(), 22);
        assert_eq!(server_error(&[0; 8]).unwrap()[..2], [2, 10]);
        assert!(server_error(&[0; 254]).is_err());
    }
}
