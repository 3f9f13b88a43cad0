//! The messages that told clients where to connect next.

use super::{Ends, SECOND};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

/// How long an announced connection is waited for. Whoever comes later comes again.
const WAIT: i64 = 120 * SECOND;

/// Who is expected to connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// This client.
    Client(IpAddr),
    /// A client of which the address is not known: that of the server is of another family.
    Anybody,
}

impl Expected {
    /// Who will come when `client` was sent to `server`.
    pub(super) fn at(server: SocketAddr, client: IpAddr) -> Self {
        if client.is_ipv4() == server.is_ipv4() {
            Self::Client(client)
        } else {
            Self::Anybody
        }
    }
}

/// A message that told a client where to connect next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HandOff {
    pub session: u32,
    pub from: Expected,
    pub frame: u32,
    pub time: i64,
    /// Where the connection begins that it led to.
    pub game_frame: Option<u32>,
}

impl HandOff {
    fn leads_to(&self, session: u32, client: IpAddr) -> bool {
        let from = match self.from {
            Expected::Client(expected) => expected == client,
            Expected::Anybody => true,
        };
        self.session == session && from
    }

    fn is_awaited(&self, time: i64) -> bool {
        self.game_frame.is_none() && time.saturating_sub(self.time) <= WAIT
    }
}

/// All of them: of each server in the order of capture.
#[derive(Clone, Debug, Default)]
pub(super) struct HandOffs(HashMap<SocketAddr, Vec<HandOff>>);

impl HandOffs {
    /// Takes note of one. Gives whether none before had told the same.
    pub fn add(&mut self, server: SocketAddr, handoff: HandOff) -> bool {
        let there = self.0.entry(server).or_default();
        let is_new = !there.iter().any(|other| other.from == handoff.from);
        there.push(handoff);
        is_new
    }

    /// Whether a session sent its client to where a connection now begins, and if so, the frame of the first message that
    /// still waits for it.
    pub fn sent(&self, session: u32, ends: Ends, time: i64) -> Option<Option<u32>> {
        let there = self.0.get(&ends.server)?.iter();
        let mut sent = there
            .filter(|handoff| handoff.leads_to(session, ends.client.ip()))
            .peekable();
        sent.peek()?;
        let awaited = sent.find(|handoff| handoff.is_awaited(time));
        Some(awaited.map(|handoff| handoff.frame))
    }

    /// The connection that a session sent its client to begins in `frame`. Gives the message's frame, and whether a
    /// connection had come before. A client that was sent there twice heeds the later message.
    pub fn led_to(&mut self, session: u32, ends: Ends, frame: u32) -> Option<(u32, bool)> {
        let mut latest_first = self.0.get_mut(&ends.server)?.iter_mut().rev();
        let handoff = latest_first.find(|handoff| handoff.leads_to(session, ends.client.ip()))?;
        let again = handoff.game_frame.is_some();
        handoff.game_frame.get_or_insert(frame);
        Some((handoff.frame, again))
    }

    /// The first frame of the connection that a message led to.
    pub fn game_frame(&self, frame: u32, server: SocketAddr) -> Option<u32> {
        let there = self.0.get(&server)?;
        let first = there.partition_point(|handoff| handoff.frame < frame);
        let of_frame = there.get(first..)?.iter().take_while(|of| of.frame == frame);
        of_frame.filter_map(|handoff| handoff.game_frame).next()
    }
}
