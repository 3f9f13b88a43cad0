//! Play sessions: a login connection, the game connections that it led to, and the portal connection that the
//! same client has open meanwhile (protocol.md, section 6).

use std::net::{IpAddr, SocketAddr};

/// How long an announced connection is waited for before another announcement of the same address goes first,
/// in nanoseconds.
const WAIT: i64 = 120_000_000_000;

/// A message that told a client where to connect next.
#[derive(Clone, Debug, PartialEq, Eq)]
struct HandOff {
    session: u32,
    client: IpAddr,
    server: SocketAddr,
    frame: u32,
    time: i64,
    /// Where the connection begins that it led to.
    game_frame: Option<u32>,
}

/// A login connection.
#[derive(Clone, Debug)]
struct Login {
    session: u32,
    client: IpAddr,
    /// A portal connection was counted to it.
    has_portal: bool,
}

/// What a game connection belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joined {
    /// The session's number.
    pub session: u32,
    /// The frame that announced the connection.
    pub handoff_frame: Option<u32>,
}

/// All play sessions of a capture, numbered from 1 in the order in which they begin. Times are nanoseconds since any
/// fixed moment.
#[derive(Clone, Debug, Default)]
pub struct Sessions {
    count: u32,
    logins: Vec<Login>,
    handoffs: Vec<HandOff>,
}

impl Sessions {
    /// A login connection begins, and with it a session.
    pub fn login(&mut self, client: IpAddr) -> u32 {
        let session = self.begin();
        self.logins.push(Login {
            session,
            client,
            has_portal: false,
        });
        session
    }

    /// A connection that belongs to nothing that was seen.
    pub fn begin(&mut self) -> u32 {
        self.count = self.count.saturating_add(1);
        self.count
    }

    /// A message of `session` tells the client to connect to `server`.
    pub fn hand_off(&mut self, session: u32, client: IpAddr, server: SocketAddr, frame: u32, time: i64) {
        self.handoffs.push(HandOff {
            session,
            client,
            server,
            frame,
            time,
            game_frame: None,
        });
    }

    /// A game connection begins: it belongs to the hand-off that announced its server to this client. Where several
    /// clients behind one address were sent to one server, they are taken to come in the order in which they were sent.
    pub fn game(&mut self, client: IpAddr, server: SocketAddr, frame: u32, time: i64) -> Joined {
        let fits = |handoff: &HandOff| handoff.client == client && handoff.server == server;
        let awaited =
            |handoff: &HandOff| handoff.game_frame.is_none() && time.saturating_sub(handoff.time) <= WAIT;
        let first_awaited = self
            .handoffs
            .iter()
            .position(|handoff| fits(handoff) && awaited(handoff));
        let chosen = first_awaited.or_else(|| self.handoffs.iter().rposition(fits));
        match chosen.and_then(|number| self.handoffs.get_mut(number)) {
            Some(handoff) => {
                handoff.game_frame.get_or_insert(frame);
                Joined {
                    session: handoff.session,
                    handoff_frame: Some(handoff.frame),
                }
            }
            None => Joined {
                session: self.begin(),
                handoff_frame: None,
            },
        }
    }

    /// A portal connection begins: it is counted to the client's latest session that has none yet.
    pub fn portal(&mut self, client: IpAddr) -> u32 {
        let latest = self
            .logins
            .iter_mut()
            .rev()
            .filter(|login| login.client == client);
        match latest.min_by_key(|login| login.has_portal) {
            Some(login) => {
                login.has_portal = true;
                login.session
            }
            None => self.begin(),
        }
    }

    /// The first frame of the connection that a hand-off led to.
    pub fn game_frame(&self, handoff_frame: u32, server: SocketAddr) -> Option<u32> {
        self.handoffs
            .iter()
            .find(|handoff| handoff.frame == handoff_frame && handoff.server == server)?
            .game_frame
    }
}

#[cfg(test)]
mod tests;
