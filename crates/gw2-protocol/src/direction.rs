//! Who talks to whom.

use std::fmt;

/// Which way bytes travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Direction {
    /// From the game client.
    ClientToServer,
    /// To the game client.
    ServerToClient,
}

impl Direction {
    /// The opposite direction.
    pub fn reverse(self) -> Self {
        match self {
            Self::ClientToServer => Self::ServerToClient,
            Self::ServerToClient => Self::ClientToServer,
        }
    }

    /// The value of `gw2.direction`.
    pub fn code(self) -> u8 {
        match self {
            Self::ClientToServer => 0,
            Self::ServerToClient => 1,
        }
    }
}

/// The two servers that talk in binary messages (protocol.md, section 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Server {
    /// Version, authentication, characters, hand-off.
    Login,
    /// The world.
    Game,
}

impl Server {
    /// The message table for one direction of a connection to this server.
    pub fn table(self, direction: Direction) -> Table {
        match (self, direction) {
            (Self::Login, Direction::ClientToServer) => Table::C2ls,
            (Self::Login, Direction::ServerToClient) => Table::Ls2c,
            (Self::Game, Direction::ClientToServer) => Table::C2gs,
            (Self::Game, Direction::ServerToClient) => Table::Gs2c,
        }
    }
}

/// A space of opcodes: one server, one direction.
///
/// The order is the one in which a field name that several kinds want is given away (contract.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Table {
    /// Client to game server.
    C2gs,
    /// Game server to client.
    Gs2c,
    /// Client to login server.
    C2ls,
    /// Login server to client.
    Ls2c,
}

impl Table {
    /// Every table, in the order in which field names are given away.
    pub const ALL: [Self; 4] = [Self::C2gs, Self::Gs2c, Self::C2ls, Self::Ls2c];

    /// The tag that the client's own code uses.
    pub fn tag(self) -> &'static str {
        match self {
            Self::C2gs => "c2gs",
            Self::Gs2c => "gs2c",
            Self::C2ls => "c2ls",
            Self::Ls2c => "ls2c",
        }
    }

    /// The table with this tag.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.tag() == tag)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}
