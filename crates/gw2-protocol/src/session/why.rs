//! Why a connection is counted to its session, in words that say how sure that is.

use std::fmt;

/// Why a connection is counted to its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is the session's login.
    Login,
    /// A message of the session told the client to come here.
    Announced {
        /// The frame that completed the message.
        frame: u32,
        /// An earlier connection had come already: this is a reconnect.
        again: bool,
        /// How the session was told from others that were sent to the same server.
        how: How,
    },
    /// No message announced it, but the account is the session's.
    SameAccount,
    /// The session's login cannot be read, so that nobody knows where it sent the client.
    UnreadLogin(How),
    /// A portal connection, which names no session: the client has this one open.
    Portal(How),
    /// Nothing before it belongs to it: its login is not in the capture.
    NoLogin,
}

/// How a session was chosen. The numbers count the sessions that could have been meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// No other could have been meant.
    Only,
    /// The account or character is one that only its login named.
    Account(usize),
    /// The client's port is next to those of its connections.
    Port(usize),
    /// The others' connections have ended.
    Open(usize),
    /// First sent, first come.
    First(usize),
    /// It began last.
    Latest(usize),
}

impl Why {
    /// The frame of the message that announced the connection.
    pub fn handoff_frame(self) -> Option<u32> {
        match self {
            Self::Announced { frame, .. } => Some(frame),
            _ => None,
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Login => f.write_str("by its login"),
            Self::Announced { frame, again, how } => {
                write!(f, "announced in frame {frame}")?;
                if *again {
                    f.write_str(", connected again")?;
                }
                match how {
                    How::Only => Ok(()),
                    how => write!(f, ": {how}"),
                }
            }
            Self::SameAccount => f.write_str("by its account"),
            Self::UnreadLogin(how) => write!(f, "probably: its login has no key; {how}"),
            Self::Portal(how) => write!(f, "portal: {how}"),
            Self::NoLogin => f.write_str("no login seen"),
        }
    }
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (of, which) = match self {
            Self::Only => return f.write_str("the only session open from this client then"),
            Self::Account(of) => (of, "by account"),
            Self::Port(of) => (of, "by client port"),
            Self::Open(of) => (of, "the one with a connection open"),
            Self::First(of) => (of, "the first sent there"),
            Self::Latest(of) => (of, "the latest"),
        };
        write!(f, "one of {of} sessions from this client then, {which}")
    }
}
