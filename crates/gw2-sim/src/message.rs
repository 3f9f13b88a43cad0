//! A message with the table that it belongs to.

use crate::direction::Direction;
use crate::error::Result;
use crate::value::{Value, message_bytes};

/// The four opcode spaces (protocol.md section 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Table {
    /// Client to login server.
    C2ls,
    /// Login server to client.
    Ls2c,
    /// Client to game server.
    C2gs,
    /// Game server to client.
    Gs2c,
}

impl Table {
    /// The name that `gw2.message.table` shows.
    pub fn name(self) -> &'static str {
        match self {
            Table::C2ls => "c2ls",
            Table::Ls2c => "ls2c",
            Table::C2gs => "c2gs",
            Table::Gs2c => "gs2c",
        }
    }

    /// Which side sends it.
    pub fn direction(self) -> Direction {
        match self {
            Table::C2ls | Table::C2gs => Direction::ClientToServer,
            Table::Ls2c | Table::Gs2c => Direction::ServerToClient,
        }
    }
}

/// One message, encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The opcode space.
    pub table: Table,
    /// The opcode, the first two bytes.
    pub opcode: u16,
    /// The whole message, opcode included.
    pub bytes: Vec<u8>,
    /// False when no decoder can read it: its own bytes are wrong, or they stand behind ones that are.
    pub readable: bool,
}

impl Message {
    /// Encodes `fields` behind `opcode`.
    pub fn new(table: Table, opcode: u16, fields: &[Value]) -> Result<Self> {
        Ok(Message {
            table,
            opcode,
            bytes: message_bytes(opcode, fields)?,
            readable: true,
        })
    }

    /// A message whose bytes behind the opcode are given as they are.
    pub fn raw(table: Table, opcode: u16, rest: &[u8]) -> Self {
        let mut bytes = opcode.to_le_bytes().to_vec();
        bytes.extend(rest);
        Message {
            table,
            opcode,
            bytes,
            readable: true,
        }
    }

    /// The same bytes, entered in the ground truth as undecoded.
    pub fn unreadable(self) -> Self {
        Message {
            readable: false,
            ..self
        }
    }
}
