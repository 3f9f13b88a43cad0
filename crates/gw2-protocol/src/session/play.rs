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

/// How many GUIDs of a login are kept: an account, and more characters than one can have.
const NAMED: usize = 256;

#[derive(Clone, Debug)]
struct Line {
    kind: Kind,
    ends: Option<Ends>,
    is_read: bool,
}

/// What is known of a session's connections of one kind.
#[derive(Clone, Copy, Debug, Default)]
struct OfKind {
    /// There is one.
    any: bool,
    /// The one that is open. A client has one of a kind at a time: a new one says that the one before has ended.
    open: Option<usize>,
    /// One of them can be read.
    read: bool,
}

/// A play session.
#[derive(Clone, Debug, Default)]
pub(super) struct Play {
    lines: Vec<Line>,
    /// How many of them can be read.
    read: usize,
    kinds: [OfKind; 3],
    /// The client's, at most one of each family.
    addresses: Vec<IpAddr>,
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
        let number = self.lines.len();
        self.lines.push(Line {
            kind,
            ends,
            is_read: false,
        });
        let of_kind = self.of_kind_mut(kind);
        of_kind.any = true;
        of_kind.open = Some(number);
        if let Some(ends) = ends {
            self.client_port = Some(ends.client.port());
            if !self.is_of(ends.client.ip()) {
                self.addresses.push(ends.client.ip());
            }
        }
        self.touch(time);
        number
    }

    /// The connections that were not seen to end.
    pub fn open_lines(&self) -> impl Iterator<Item = (usize, Ends)> {
        let open = self.kinds.iter().filter_map(|of_kind| of_kind.open);
        open.filter_map(|number| Some((number, self.lines.get(number)?.ends?)))
    }

    /// A connection has ended.
    pub fn ended(&mut self, number: usize) {
        for of_kind in &mut self.kinds {
            of_kind.open.take_if(|open| *open == number);
        }
    }

    /// What a connection carries, and its ends.
    pub fn connection(&self, number: usize) -> Option<(Kind, Option<Ends>)> {
        let line = self.lines.get(number)?;
        Some((line.kind, line.ends))
    }

    /// Whether it is this client's.
    pub fn is_of(&self, client: IpAddr) -> bool {
        self.addresses.contains(&client)
    }

    /// Whether it can be this client's: it is, or its client's address of this family is not known.
    pub fn can_be_of(&self, client: IpAddr) -> bool {
        let mut same_family = self
            .addresses
            .iter()
            .filter(|address| address.is_ipv4() == client.is_ipv4());
        same_family.all(|address| *address == client)
    }

    pub fn has(&self, kind: Kind) -> bool {
        self.of_kind(kind).any
    }

    pub fn has_open(&self, kind: Kind) -> bool {
        self.of_kind(kind).open.is_some()
    }

    /// Whether what a connection of this kind says can be read.
    pub fn reads(&self, kind: Kind) -> bool {
        self.of_kind(kind).read
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
        if self.named.len() < NAMED && !self.named.contains(&guid) {
            self.named.push(guid);
        }
    }

    pub fn plays(&mut self, player: Player) {
        self.account.get_or_insert(player.account);
    }

    /// A segment of one of its connections has come.
    pub fn heard(&mut self, line: usize, time: i64, is_read: bool, build: Option<u32>) {
        self.touch(time);
        self.build = self.build.or(build);
        let line = self.lines.get_mut(line);
        if let Some(line) = line.filter(|line| is_read && !line.is_read) {
            line.is_read = true;
            let kind = line.kind;
            self.of_kind_mut(kind).read = true;
            self.read = self.read.saturating_add(1);
        }
    }

    /// Something has come of it.
    pub fn touch(&mut self, time: i64) {
        self.last = self.last.max(time);
    }

    pub fn summary(&self) -> Summary {
        Summary {
            start: self.start,
            client: self.addresses.first().copied(),
            build: self.build,
            connections: self.lines.len(),
            read: self.read,
        }
    }

    fn of_kind(&self, kind: Kind) -> OfKind {
        let [login, game, portal] = self.kinds;
        match kind {
            Kind::Login => login,
            Kind::Game => game,
            Kind::Portal => portal,
        }
    }

    fn of_kind_mut(&mut self, kind: Kind) -> &mut OfKind {
        let [login, game, portal] = &mut self.kinds;
        match kind {
            Kind::Login => login,
            Kind::Game => game,
            Kind::Portal => portal,
        }
    }
}
