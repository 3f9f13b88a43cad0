//! The clients' machines and the servers that they talk to.

use crate::handshake::{GameIdentity, Version};
use crate::hosts;
use crate::packet::Endpoint;
use crate::rng::Rng;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Which form of the game's version frame a client sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Game38,
    Game64,
    Game86,
}

/// A client's machine. It counts its ports up, as systems do; a router in front of it leaves them as they are.
#[derive(Debug, Clone)]
pub(super) struct Machine {
    v4: Option<Ipv4Addr>,
    v6: Option<Ipv6Addr>,
    next_port: u16,
    form: Form,
    pub account: [u8; 16],
    pub character: [u8; 16],
    /// Where its games run.
    pub games: Vec<Endpoint>,
    pub login: Endpoint,
    pub portal: Endpoint,
}

impl Machine {
    /// The machine's end of a new connection.
    pub fn endpoint(&mut self, rng: &mut Rng, server: Endpoint) -> Endpoint {
        // Other programs open connections too.
        self.next_port += rng.between(1, 6) as u16;
        let v4 = self.v4.map(IpAddr::V4);
        let v6 = self.v6.map(IpAddr::V6);
        let ip = if server.ip.is_ipv4() { v4 } else { v6 };
        Endpoint {
            ip: ip.or(v4).unwrap_or(server.ip),
            ..hosts::client(self.next_port)
        }
    }

    /// The first frame of its game connections.
    pub fn version(&self) -> Version {
        let identity = GameIdentity {
            world: 2012,
            map: 50,
            player: 0x0001_86a1,
            account: self.account,
            character: self.character,
        };
        match self.form {
            Form::Game38 => Version::Game38,
            Form::Game64 => Version::Game64(identity),
            Form::Game86 => Version::Game86(identity),
        }
    }
}

/// All eight. The first three share an address; the last has IPv4 and IPv6.
pub(super) fn all() -> Vec<Machine> {
    let shared = Some(Ipv4Addr::new(192, 0, 2, 10));
    let own = |last| Some(Ipv4Addr::new(192, 168, 1, last));
    let v6 = |last| Some(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 1, last));
    // The three that share an address are sent to the same servers time and again.
    let few = [v4_game(77, 6112), v4_game(78, 443)];
    let many = [few[0], few[1], v4_game(79, 80), v4_game(80, 30112)];
    let six = [v6_game(0x77, 6112), v6_game(0x78, 443), v6_game(0x79, 30112)];
    [
        (shared, None, 49_200, Form::Game38, &few[..]),
        (shared, None, 52_600, Form::Game64, &few),
        (shared, None, 61_000, Form::Game38, &few),
        (own(21), None, 50_100, Form::Game38, &many),
        (own(22), None, 55_000, Form::Game86, &many),
        (None, v6(0x23), 51_500, Form::Game64, &six),
        (None, v6(0x24), 58_000, Form::Game38, &six),
        (own(25), v6(0x25), 53_300, Form::Game38, &six),
    ]
    .into_iter()
    .enumerate()
    .map(|(number, (v4, v6, next_port, form, games))| {
        let mut rng = Rng::new(0x3ac + number as u64);
        let (login, portal) = match v4 {
            Some(_) => (hosts::login(), hosts::portal()),
            None => (hosts::login_v6(), portal_v6()),
        };
        Machine {
            v4,
            v6,
            next_port,
            form,
            account: rng.bytes(),
            character: rng.bytes(),
            games: games.to_vec(),
            login,
            portal,
        }
    })
    .collect()
}

/// A server that has nothing to do with the game.
pub(super) fn web_server() -> Endpoint {
    Endpoint {
        ip: IpAddr::V4(Ipv4Addr::new(198, 51, 100, 80)),
        port: 80,
        ..hosts::game()
    }
}

fn v4_game(last: u8, port: u16) -> Endpoint {
    Endpoint {
        ip: IpAddr::V4(Ipv4Addr::new(203, 0, 113, last)),
        port,
        ..hosts::game()
    }
}

fn v6_game(last: u16, port: u16) -> Endpoint {
    Endpoint {
        ip: IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, last)),
        port,
        ..hosts::game()
    }
}

fn portal_v6() -> Endpoint {
    Endpoint {
        port: hosts::portal().port,
        ..v6_game(0x20, 0)
    }
}
