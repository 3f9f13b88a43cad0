//! Which side sends.

/// Which side sends; the numbers are those of `gw2.direction`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Direction {
    /// The client sends.
    ClientToServer = 0,
    /// The server sends.
    ServerToClient = 1,
}

impl Direction {
    /// Both, client first.
    pub const BOTH: [Direction; 2] = [Direction::ClientToServer, Direction::ServerToClient];

    /// The other side.
    pub fn reverse(self) -> Self {
        match self {
            Direction::ClientToServer => Direction::ServerToClient,
            Direction::ServerToClient => Direction::ClientToServer,
        }
    }

    /// 0 or 1, for arrays of both sides.
    pub fn index(self) -> usize {
        self as usize
    }
}
