//! Named captures, one a case that a decoder must handle: the fixtures of the end-to-end tests.

mod blocks;
mod broken;
mod handshakes;
mod keys;
mod portals;
mod portals_tls;
#[cfg(feature = "schemas")]
mod tables;
mod transport;

use crate::capture::Capture;
use crate::error::{Error, Result};
use crate::hosts::{self, START_NS};
use crate::packet::Endpoint;
use crate::tcp::{FlowOptions, MS};

/// A capture that can be made by name.
#[derive(Debug, Clone, Copy)]
pub struct Scenario {
    /// Its name, also that of its files.
    pub name: &'static str,
    /// What it holds and what a decoder should show.
    pub about: &'static str,
    make: fn() -> Result<Capture>,
}

impl Scenario {
    /// Makes the capture.
    pub fn capture(&self) -> Result<Capture> {
        (self.make)()
    }

    const fn new(name: &'static str, about: &'static str, make: fn() -> Result<Capture>) -> Self {
        Scenario { name, about, make }
    }
}

/// All scenarios, by topic.
pub fn all() -> Vec<Scenario> {
    let mut all = vec![
        Scenario::new("demo", "login, portal and game of one session", crate::demo::demo),
        Scenario::new(
            "day",
            "50 sessions of eight clients, three of them behind one address: map changes, reconnects, lost logins",
            || crate::day::Day::simulate(1).map(|day| day.capture),
        ),
        Scenario::new(
            "samples",
            "live client messages of 2025, one flush each",
            crate::samples::all,
        ),
    ];
    for topic in [
        handshakes::SCENARIOS,
        keys::SCENARIOS,
        blocks::SCENARIOS,
        broken::SCENARIOS,
        transport::SCENARIOS,
        portals::SCENARIOS,
        portals_tls::SCENARIOS,
        #[cfg(feature = "schemas")]
        tables::SCENARIOS,
    ] {
        all.extend_from_slice(topic);
    }
    all
}

/// The scenario of that name.
pub fn find(name: &str) -> Result<Scenario> {
    let found = all().into_iter().find(|scenario| scenario.name == name);
    found.ok_or_else(|| Error::UnknownScenario(name.to_owned()))
}

/// A flow from the usual client to `server`, `start_ms` after the capture's begin. Seeded by its number.
pub fn flow(id: u32, server: Endpoint, client_port: u16, start_ms: u64) -> FlowOptions {
    FlowOptions {
        id,
        client: hosts::client(client_port),
        server,
        start_ns: START_NS + start_ms * MS,
        mss: 1460,
        rtt_ns: 31 * MS,
        seed: 0x6777_3200 + u64::from(id),
    }
}
