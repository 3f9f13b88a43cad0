//! A simulated day: 50 play sessions of eight clients in one capture, and which connection belongs to which of them.
//!
//! Three clients share an address, two have IPv6, one logs in over IPv4 and plays over IPv6. They change maps, lose their
//! connection and come back, open their portal connection anew; of some sessions the login was not captured. Beside
//! them run connections that are none of the game's.

mod machine;
mod plan;
mod session;

use crate::capture::Capture;
use crate::connection::Finished;
use crate::direction::Direction::{ClientToServer, ServerToClient};
use crate::error::Result;
use crate::hosts::START_NS;
use crate::message::Message;
use crate::packet::Endpoint;
use crate::rng::Rng;
use crate::tcp::{FlowOptions, MS, TcpFlow};
use machine::Machine;
use plan::Plan;

/// A second, in the unit of all times.
const SECOND: u64 = 1_000 * MS;

/// What a connection carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Login.
    Login,
    /// Game.
    Game,
    /// Portal.
    Portal,
}

/// A connection of a session.
#[derive(Debug, Clone)]
pub struct Member {
    /// The flow's number.
    pub flow: u32,
    /// What it carries.
    pub kind: Kind,
    /// The server's end.
    pub server: Endpoint,
    /// The message that sent the client there, if it was captured.
    pub announced: Option<Message>,
}

/// A play session.
#[derive(Debug, Clone)]
pub struct Played {
    /// The number of the client.
    pub client: usize,
    /// Its connections, as far as they were captured.
    pub members: Vec<Member>,
}

/// The day.
#[derive(Debug, Clone)]
pub struct Day {
    /// All packets, keys and messages.
    pub capture: Capture,
    /// The sessions, in no particular order.
    pub sessions: Vec<Played>,
}

impl Day {
    /// Simulates it; the same for the same seed.
    pub fn simulate(seed: u64) -> Result<Self> {
        let mut flows = Flows::default();
        let mut sessions = Vec::new();
        for (client, machine) in machine::all().iter_mut().enumerate() {
            let mut rng = Rng::new((seed << 8) + client as u64);
            for plan in plan::of_client(client, &mut rng) {
                let members = session::play(&plan, machine, &mut rng, &mut flows)?;
                sessions.push(Played { client, members });
                flows.browse(machine, &mut rng, &plan);
            }
        }
        let capture = Capture::new(flows.finished);
        Ok(Day { capture, sessions })
    }
}

/// The connections made so far.
#[derive(Default)]
struct Flows {
    finished: Vec<Finished>,
    count: u32,
}

impl Flows {
    /// A new connection of a machine.
    fn open(&mut self, machine: &mut Machine, rng: &mut Rng, server: Endpoint, start_ns: u64) -> FlowOptions {
        let id = self.count;
        self.count += 1;
        FlowOptions {
            id,
            client: machine.endpoint(rng, server),
            server,
            start_ns,
            mss: 1460,
            rtt_ns: rng.between(12, 60) * MS,
            seed: 0xda7_0000 + u64::from(id),
        }
    }

    fn add(&mut self, finished: Finished) {
        self.finished.push(finished);
    }

    /// Something that is not the game's, from the same machine while it plays.
    fn browse(&mut self, machine: &mut Machine, rng: &mut Rng, plan: &Plan) {
        let start = START_NS + plan.start_ns + rng.between(2, 1_000) * SECOND;
        let mut tcp = TcpFlow::new(self.open(machine, rng, machine::web_server(), start));
        tcp.handshake();
        tcp.send(
            ClientToServer,
            b"GET /news HTTP/1.1\r\nHost: www.example.com\r\n\r\n",
        );
        tcp.wait(30 * MS);
        tcp.send(ServerToClient, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        tcp.close(ClientToServer);
        self.add(Finished {
            packets: tcp.into_packets(),
            truth: Vec::new(),
            keys: Vec::new(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{Day, Kind};
    use std::collections::HashSet;

    #[test]
    fn the_day_holds_what_it_says() {
        let day = Day::simulate(1).unwrap();
        assert_eq!(day.sessions.len(), 50);
        let members = || day.sessions.iter().flat_map(|session| &session.members);
        let flows: HashSet<_> = members().map(|member| member.flow).collect();
        assert_eq!(
            flows.len(),
            members().count(),
            "a connection belongs to one session"
        );
        let games = || members().filter(|member| member.kind == Kind::Game);
        for port in [80, 443, 6112, 30112] {
            assert!(games().any(|game| game.server.port == port), "{port}");
        }
        for v6 in [false, true] {
            assert!(games().any(|game| game.server.ip.is_ipv6() == v6));
        }
        let without_login =
            |members: &[super::Member]| members.iter().all(|member| member.kind != Kind::Login);
        let lost = day
            .sessions
            .iter()
            .filter(|session| without_login(&session.members));
        assert_eq!(lost.count(), 3);
        let addresses = |client: usize| -> HashSet<_> {
            let sessions = day.sessions.iter().filter(|session| session.client == client);
            let flows: HashSet<_> = sessions
                .flat_map(|session| session.members.iter().map(|member| member.flow))
                .collect();
            let packets = day.capture.packets.iter();
            packets
                .filter(|packet| flows.contains(&packet.flow))
                .map(|packet| packet.client.ip)
                .collect()
        };
        assert_eq!(addresses(0), addresses(1));
        assert_eq!(addresses(0), addresses(2));
        assert_eq!(addresses(7).len(), 2);
    }
}
