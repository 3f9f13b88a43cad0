//! Play sessions: a login connection, the game connections that it led to, and the portal connections that the same
//! client has open meanwhile (protocol.md, section 6).
//!
//! Several clients can share an address. What tells them apart is compared in [`choice`]; how sure the result is, [`Why`]
//! says.

mod choice;
mod guids;
mod handoffs;
mod play;
mod why;

pub use guids::guids;
pub use handoffs::Expected;
pub use why::{How, Why};

use choice::{Open, Sent};
use handoffs::{HandOff, HandOffs};
use play::{Account, Liveness, Play};
use std::cmp::Reverse;
use std::net::{IpAddr, SocketAddr};

/// A second, in the unit of all times here.
const SECOND: i64 = 1_000_000_000;

/// How many sessions are looked at when a connection begins, lest a capture of nothing but logins take for ever.
const AT_ONCE: usize = 1_024;

/// A GUID, as on the wire.
pub type Guid = [u8; 16];

/// The two ends of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// The client's.
    pub client: SocketAddr,
    /// The server's.
    pub server: SocketAddr,
}

/// What a connection carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Login.
    Login,
    /// Game.
    Game,
    /// Portal.
    Portal,
}

/// Who plays, as a game connection's version frame has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Player {
    /// The account.
    pub account: Guid,
    /// The character.
    pub character: Guid,
}

/// What a connection belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Joined {
    /// The session's number.
    pub session: u32,
    /// Why it is counted to this session.
    pub why: Why,
    line: usize,
}

/// A connection that was not seen to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenLine {
    /// Its ends.
    pub ends: Ends,
    session: u32,
    line: usize,
}

/// What is known of a session as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summary {
    /// When it began.
    pub start: i64,
    /// The client's address, if it has one of IP.
    pub client: Option<IpAddr>,
    /// The client's build, if a version frame was seen.
    pub build: Option<u32>,
    /// How many connections it has.
    pub connections: usize,
    /// Of how many of them more than the handshake can be read.
    pub read: usize,
}

/// All play sessions of a capture, numbered from 1 in the order in which they begin. Times are nanoseconds since any
/// fixed moment.
#[derive(Clone, Debug, Default)]
pub struct Sessions {
    plays: Vec<Play>,
    handoffs: HandOffs,
    /// A game connection was seen to begin with a GUID that its login had named: so logins name them.
    logins_name: bool,
}

impl Sessions {
    /// A login connection begins, and with it a session.
    pub fn login(&mut self, ends: Ends, time: i64) -> Joined {
        let session = self.begin(time);
        self.join(session, Kind::Login, Some(ends), time, Why::Login)
    }

    /// A connection begins of which the ends are not known: it belongs to nothing.
    pub fn alone(&mut self, kind: Kind, time: i64) -> Joined {
        let session = self.begin(time);
        self.join(session, kind, None, time, Why::NoLogin)
    }

    /// A game connection begins in `frame`. It belongs to the session that sent its client to this server.
    pub fn game(&mut self, ends: Ends, player: Option<Player>, frame: u32, time: i64) -> Joined {
        let (session, why) = self
            .sent_there(ends, player, frame, time)
            .or_else(|| self.same_account(ends, player, time))
            .or_else(|| self.unread_login(ends, time))
            .unwrap_or_else(|| (self.begin(time), Why::NoLogin));
        let joined = self.join(session, Kind::Game, Some(ends), time, why);
        if let (Some(player), Some(play)) = (player, self.play_mut(session)) {
            let named = play.names(player);
            play.plays(player);
            self.logins_name |= named;
        }
        joined
    }

    /// A portal connection begins. It belongs to a session that the client has open meanwhile.
    pub fn portal(&mut self, ends: Ends, time: i64) -> Joined {
        let is_play = |play: &Play| play.has(Kind::Login) || play.has(Kind::Game);
        let (session, why) = match self.choose_open(ends, time, is_play) {
            Some((session, how)) => (session, Why::Portal(how)),
            None => (self.begin(time), Why::NoLogin),
        };
        self.join(session, Kind::Portal, Some(ends), time, why)
    }

    /// A message of `session` tells the client to connect to `server`. Gives who will, unless that was known before.
    pub fn hand_off(
        &mut self,
        session: u32,
        client: IpAddr,
        server: SocketAddr,
        frame: u32,
        time: i64,
    ) -> Option<Expected> {
        if let Some(play) = self.play_mut(session) {
            play.has_announced = true;
            play.touch(time);
        }
        let from = Expected::at(server, client);
        let handoff = HandOff {
            session,
            from,
            frame,
            time,
            game_frame: None,
        };
        self.handoffs.add(server, handoff).then_some(from)
    }

    /// A message of the session's login names this GUID.
    pub fn named(&mut self, session: u32, guid: Guid) {
        if let Some(play) = self.play_mut(session) {
            play.name(guid);
        }
    }

    /// A segment of a connection has come. `is_read` says that more than the handshake can be read.
    pub fn heard(&mut self, of: Joined, time: i64, is_read: bool, build: Option<u32>) {
        if let Some(play) = self.play_mut(of.session) {
            play.heard(of.line, time, is_read, build);
        }
    }

    /// The connections of a client's open sessions that were not seen to end.
    pub fn open_lines(&self, client: IpAddr, time: i64) -> Vec<OpenLine> {
        let lines = self.open_plays(client, time).flat_map(|(session, play)| {
            play.open_lines()
                .map(move |(line, ends)| OpenLine { ends, session, line })
        });
        lines.collect()
    }

    /// A connection has ended.
    pub fn ended(&mut self, open: OpenLine) {
        if let Some(play) = self.play_mut(open.session) {
            play.ended(open.line);
        }
    }

    /// The first frame of the connection that a hand-off led to.
    pub fn game_frame(&self, handoff_frame: u32, server: SocketAddr) -> Option<u32> {
        self.handoffs.game_frame(handoff_frame, server)
    }

    /// What a connection carries, and its ends.
    pub fn connection(&self, of: Joined) -> Option<(Kind, Option<Ends>)> {
        self.plays.get(index(of.session)?)?.connection(of.line)
    }

    /// What is known of a session as a whole.
    pub fn summary(&self, session: u32) -> Option<Summary> {
        self.plays.get(index(session)?).map(Play::summary)
    }

    /// The session that announced a game connection.
    fn sent_there(
        &mut self,
        ends: Ends,
        player: Option<Player>,
        frame: u32,
        time: i64,
    ) -> Option<(u32, Why)> {
        let candidates: Vec<_> = self
            .all_open(time)
            .filter(|(_, play)| play.can_be_of(ends.client.ip()))
            .filter_map(|(session, play)| {
                let awaited = self.handoffs.sent(session, ends, time)?;
                Some(Sent {
                    account: play.account(player, self.logins_name),
                    near: play.is_near(ends),
                    awaited: awaited.is_some(),
                    liveness: play.liveness(time),
                    first: awaited.map(Reverse),
                    session,
                })
            })
            .filter(|candidate| candidate.account != Account::Other)
            .collect();
        let (session, how) = choice::sent(&candidates)?;
        let (frame, again) = self.handoffs.led_to(session, ends, frame)?;
        Some((session, Why::Announced { frame, again, how }))
    }

    /// An open session of the same account, for a game connection that nothing announced: the message is not in the
    /// capture.
    fn same_account(&self, ends: Ends, player: Option<Player>, time: i64) -> Option<(u32, Why)> {
        let (session, _) = self
            .open_plays(ends.client.ip(), time)
            .filter(|(_, play)| play.account(player, false) == Account::Same)
            .last()?;
        Some((session, Why::SameAccount))
    }

    /// An open session whose login cannot be read and that has no game connection yet, for one that nothing announced.
    fn unread_login(&self, ends: Ends, time: i64) -> Option<(u32, Why)> {
        let could_be = |play: &Play| {
            play.has(Kind::Login) && !play.has(Kind::Game) && !play.has_announced && !play.reads(Kind::Login)
        };
        let (session, how) = self.choose_open(ends, time, could_be)?;
        Some((session, Why::UnreadLogin(how)))
    }

    /// One of the client's open sessions that `could_be` it.
    fn choose_open(&self, ends: Ends, time: i64, could_be: impl Fn(&Play) -> bool) -> Option<(u32, How)> {
        let candidates: Vec<_> = self
            .open_plays(ends.client.ip(), time)
            .filter(|(_, play)| could_be(play))
            .map(|(session, play)| Open {
                near: play.is_near(ends),
                liveness: play.liveness(time),
                lacks_portal: !play.has_open(Kind::Portal),
                session,
            })
            .collect();
        choice::open(&candidates)
    }

    fn begin(&mut self, time: i64) -> u32 {
        self.plays.push(Play::beginning(time));
        u32::try_from(self.plays.len()).unwrap_or(u32::MAX)
    }

    fn join(&mut self, session: u32, kind: Kind, ends: Option<Ends>, time: i64, why: Why) -> Joined {
        let play = self.play_mut(session);
        let line = play.map_or(0, |play| play.add(kind, ends, time));
        Joined { session, why, line }
    }

    fn play_mut(&mut self, session: u32) -> Option<&mut Play> {
        self.plays.get_mut(index(session)?)
    }

    /// A client's open sessions with their numbers, in the order in which they began.
    fn open_plays(&self, client: IpAddr, time: i64) -> impl Iterator<Item = (u32, &Play)> {
        self.all_open(time).filter(move |(_, play)| play.is_of(client))
    }

    /// All open sessions with their numbers, of those that began last.
    fn all_open(&self, time: i64) -> impl Iterator<Item = (u32, &Play)> {
        let skipped = self.plays.len().saturating_sub(AT_ONCE);
        (1..)
            .zip(&self.plays)
            .skip(skipped)
            .filter(move |(_, play)| play.liveness(time) != Liveness::Over)
    }
}

/// Where a session stands in the list.
fn index(session: u32) -> Option<usize> {
    usize::try_from(session.checked_sub(1)?).ok()
}

#[cfg(test)]
mod tests;
