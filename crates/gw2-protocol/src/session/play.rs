//! One play session: what is known of it, and whether it still goes on.

use super::{Ends, Guid, Kind, Player, SECOND, Summary};
use std::net::IpAddr;

/// How long after its login and game connections have ended a session is still taken for open: a client that changes
/// servers has none for a moment, and a portal connection can outlast them.
const LINGER: i64 = 120 * SECOND;

/// How long nothing may come of a session whose connections were not seen to end. Clients and servers say something
/// several times a minute.
const QUIET: i64 = 600 * SECOND;

/// How far apart the ports of two connections can be for both to be the same machine's. Machines count their ports up, and
/// a router that hides several behind one address leaves them as they are where it can.
const NEAR: u16 = 64;

/// Whether a session goes on. Later ones are better to be counted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Liveness {
    /// It has ended.
    Over,
    /// Its login and game connections have ended not long ago.
    Lingering,
    /// A login or game connection is open.
    Live,
}

/// What a session's accounts say of a game connection. Later ones are better to be counted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Account {
    /// Another account's.
    Other,
    /// Nothing.
    Unknown,
    /// The same.
    Same,
}

#[derive(Clone, Debug)]
pub(super) struct Line {
    pub kind: Kind,
    pub ends: Option<Ends>,
    pub is_open: bool,
    is_read: bool,
}

/// A play session.
#[derive(Clone, Debug, Default)]
pub(super) struct Play {
    pub lines: Vec<Line>,
    /// GUIDs that its login named.
    named: Vec<Guid>,
    /// The account that its game connections began with.
    account: Option<Guid>,
    /// A message of it told where to connect next.
    pub has_announced: bool,
    client_port: Option<u16>,
    start: i64,
    /// When something came of it last.
    last: i64,
    build: Option<u32>,
}

impl Play {
    pub fn beginning(time: i64) -> Self {
        Self {
            start: time,
            last: time,
            ..Self::default()
        }
    }

    /// Counts a connection to the session, and gives its number in it.
    pub fn add(&mut self, kind: Kind, ends: Option<Ends>, time: i64) -> usize {
        self.client_port = ends.map(|ends| ends.client.port()).or(self.client_port);
        self.last = self.last.max(time);
        self.lines.push(Line {
            kind,
            ends,
            is_open: true,
            is_read: false,
        });
        self.lines.len().saturating_sub(1)
    }

    /// Whether it is this client's.
    pub fn is_of(&self, client: IpAddr) -> bool {
        self.addresses().any(|address| address == client)
    }

    /// Whether it can be this client's: it is, or its client's address of this family is not known.
    pub fn can_be_of(&self, client: IpAddr) -> bool {
        let mut same_family = self
            .addresses()
            .filter(|address| address.is_ipv4() == client.is_ipv4())
            .peekable();
        same_family.peek().is_none() || same_family.any(|address| address == client)
    }

    /// The client's addresses. It can have one of each family.
    fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        let ends = self.lines.iter().filter_map(|line| line.ends);
        ends.map(|ends| ends.client.ip())
    }

    pub fn has(&self, kind: Kind) -> bool {
        self.lines.iter().any(|line| line.kind == kind)
    }

    pub fn has_open(&self, kind: Kind) -> bool {
        self.lines.iter().any(|line| line.kind == kind && line.is_open)
    }

    /// Whether what a connection of this kind says can be read.
    pub fn reads(&self, kind: Kind) -> bool {
        self.lines.iter().any(|line| line.kind == kind && line.is_read)
    }

    pub fn liveness(&self, time: i64) -> Liveness {
        let silence = time.saturating_sub(self.last);
        if silence <= QUIET && (self.has_open(Kind::Login) || self.has_open(Kind::Game)) {
            Liveness::Live
        } else if silence <= LINGER {
            Liveness::Lingering
        } else {
            Liveness::Over
        }
    }

    pub fn is_near(&self, ends: Ends) -> bool {
        self.client_port
            .is_some_and(|port| port.abs_diff(ends.client.port()) <= NEAR)
    }

    /// Whether a player is this session's. What game connections began with is compared like with like. That a login
    /// names what they begin with is counted against a player only where `logins_name` says that this is so.
    pub fn account(&self, player: Option<Player>, logins_name: bool) -> Account {
        let Some(player) = player else {
            return Account::Unknown;
        };
        if let Some(account) = self.account {
            return if account == player.account {
                Account::Same
            } else {
                Account::Other
            };
        }
        if self.names(player) {
            Account::Same
        } else if logins_name && !self.named.is_empty() {
            Account::Other
        } else {
            Account::Unknown
        }
    }

    /// Whether the login named this player.
    pub fn names(&self, player: Player) -> bool {
        self.named.contains(&player.account) || self.named.contains(&player.character)
    }

    pub fn name(&mut self, guid: Guid) {
        if !self.named.contains(&guid) {
            self.named.push(guid);
        }
    }

    pub fn plays(&mut self, player: Player) {
        self.account.get_or_insert(player.account);
    }

    /// A segment of one of its connections has come.
    pub fn heard(&mut self, line: usize, time: i64, is_read: bool, build: Option<u32>) {
        self.last = self.last.max(time);
        self.build = self.build.or(build);
        if let Some(line) = self.lines.get_mut(line) {
            line.is_read |= is_read;
        }
    }

    pub fn touch(&mut self, time: i64) {
        self.last = self.last.max(time);
    }

    pub fn summary(&self) -> Summary {
        let ends = self.lines.first().and_then(|line| line.ends);
        Summary {
            start: self.start,
            client: ends.map(|ends| ends.client.ip()),
            build: self.build,
            connections: self.lines.len(),
            read: self.lines.iter().filter(|line| line.is_read).count(),
        }
    }
}
