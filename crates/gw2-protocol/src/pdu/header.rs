//! What the plaintext alone does not say: which connection it is of.

use super::error::PduError;
use crate::direction::{Direction, Server};

/// The first four bytes.
pub const MAGIC: [u8; 4] = *b"GW2P";

/// The version that is written, and the only one so far.
pub const VERSION: u8 = 1;

/// Bytes up to the name of the schema set.
const FIXED: usize = 21;

/// What a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Messages of login or game.
    Messages(Server),
    /// The portal's text.
    Portal,
}

impl Protocol {
    /// As the header has it, and the value of `gw2.pdu.protocol`.
    pub fn code(self) -> u8 {
        match self {
            Self::Messages(Server::Login) => 0,
            Self::Messages(Server::Game) => 1,
            Self::Portal => 2,
        }
    }

    fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0 => Self::Messages(Server::Login),
            1 => Self::Messages(Server::Game),
            2 => Self::Portal,
            _ => return None,
        })
    }
}

/// What hid the plaintext in the capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cover {
    /// Nothing: it came in clear.
    None,
    /// RC4.
    Rc4,
    /// TLS.
    Tls,
}

impl Cover {
    /// As the header has it, and the value of `gw2.pdu.cover`.
    pub fn code(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Rc4 => 1,
            Self::Tls => 2,
        }
    }

    fn from_code(code: u8) -> Option<Self> {
        Some(match code {
            0 => Self::None,
            1 => Self::Rc4,
            2 => Self::Tls,
            _ => return None,
        })
    }
}

/// Which connection a record is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header<'a> {
    /// What the connection speaks.
    pub protocol: Protocol,
    /// Which way it went.
    pub direction: Direction,
    /// What hid it.
    pub cover: Cover,
    /// The client build, where the version frame was captured.
    pub build: Option<u32>,
    /// The play session.
    pub session: Option<u32>,
    /// `tcp.stream` in the capture that it was exported from.
    pub stream: u32,
    /// The schema set that decoded it; empty when none did.
    pub set: &'a str,
}

impl<'a> Header<'a> {
    /// Reads a header, and says where it ends.
    pub fn parse(bytes: &'a [u8]) -> Result<(Self, usize), PduError> {
        if !bytes.starts_with(&MAGIC) {
            return Err(PduError::NoMagic);
        }
        let short = PduError::Short {
            what: "header",
            at: 0,
        };
        let version = *bytes.get(4).ok_or(short)?;
        if version != VERSION {
            return Err(PduError::Version(version));
        }
        let fixed: &[u8; FIXED] = bytes.first_chunk().ok_or(short)?;
        let [_, _, _, _, _, protocol, direction, cover, numbers @ .., set_len] = fixed;
        let refuse = |what, found| PduError::Header { what, found };
        let set_end = FIXED.saturating_add(usize::from(*set_len));
        let set = bytes.get(FIXED..set_end).ok_or(short)?;
        let header = Self {
            protocol: Protocol::from_code(*protocol).ok_or(refuse("protocol", *protocol))?,
            direction: match direction {
                0 => Direction::ClientToServer,
                1 => Direction::ServerToClient,
                _ => return Err(refuse("direction", *direction)),
            },
            cover: Cover::from_code(*cover).ok_or(refuse("cover", *cover))?,
            build: Some(number(numbers, 0)).filter(|build| *build != 0),
            session: Some(number(numbers, 4)).filter(|session| *session != 0),
            stream: number(numbers, 8),
            // A name is shown and looked up; one that is no text is as good as none.
            set: std::str::from_utf8(set).unwrap_or_default(),
        };
        Ok((header, set_end))
    }

    /// Appends the header.
    pub fn write(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&MAGIC);
        to.extend_from_slice(&[
            VERSION,
            self.protocol.code(),
            self.direction.code(),
            self.cover.code(),
        ]);
        for number in [
            self.build.unwrap_or_default(),
            self.session.unwrap_or_default(),
            self.stream,
        ] {
            to.extend_from_slice(&number.to_le_bytes());
        }
        // A set's name is the name of a folder: 255 bytes are the most that file systems take.
        let (len, set) = match u8::try_from(self.set.len()) {
            Ok(len) => (len, self.set),
            Err(_) => (0, ""),
        };
        to.push(len);
        to.extend_from_slice(set.as_bytes());
    }
}

fn number(bytes: &[u8], at: usize) -> u32 {
    let four = bytes.get(at..).and_then(<[u8]>::first_chunk);
    four.map_or(0, |four| u32::from_le_bytes(*four))
}
