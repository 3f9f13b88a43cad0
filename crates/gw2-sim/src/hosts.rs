//! The hosts of the simulated network. Addresses are from the ranges for documentation, bar the client's.

use crate::packet::Endpoint;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The time at which all captures begin: 2026-03-14 18:00:00 UTC, nanoseconds since 1970.
pub const START_NS: u64 = 1_773_511_200_000_000_000;

const ROUTER: [u8; 6] = [0x02, 0x00, 0x5e, 0x00, 0x53, 0x01];

/// The player's machine.
pub fn client(port: u16) -> Endpoint {
    Endpoint {
        mac: [0x02, 0x00, 0x5e, 0x00, 0x53, 0x42],
        ip: v4(192, 168, 1, 42),
        port,
    }
}

/// A second player's machine on the same network.
pub fn second_client(port: u16) -> Endpoint {
    Endpoint {
        mac: [0x02, 0x00, 0x5e, 0x00, 0x53, 0x43],
        ip: v4(192, 168, 1, 43),
        port,
    }
}

/// The login server.
pub fn login() -> Endpoint {
    Endpoint {
        mac: ROUTER,
        ip: v4(198, 51, 100, 10),
        port: 6112,
    }
}

/// The game server.
pub fn game() -> Endpoint {
    Endpoint {
        mac: ROUTER,
        ip: v4(203, 0, 113, 77),
        port: 6112,
    }
}

/// A second game server, on an unusual port: a map change leads there.
pub fn second_game() -> Endpoint {
    Endpoint {
        mac: ROUTER,
        ip: v4(203, 0, 113, 91),
        port: 7443,
    }
}

/// The portal server.
pub fn portal() -> Endpoint {
    Endpoint {
        mac: ROUTER,
        ip: v4(198, 51, 100, 20),
        port: 6112,
    }
}

/// The player's machine over IPv6.
pub fn client_v6(port: u16) -> Endpoint {
    Endpoint {
        ip: v6(0x42),
        ..client(port)
    }
}

/// The login server over IPv6.
pub fn login_v6() -> Endpoint {
    Endpoint {
        ip: v6(0x10),
        ..login()
    }
}

/// The game server over IPv6.
pub fn game_v6() -> Endpoint {
    Endpoint {
        ip: v6(0x77),
        ..game()
    }
}

/// An endpoint's address and port, as a hand-off carries it.
pub fn socket(endpoint: Endpoint) -> SocketAddr {
    SocketAddr::new(endpoint.ip, endpoint.port)
}

fn v4(a: u8, b: u8, c: u8, d: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(a, b, c, d))
}

fn v6(last: u16) -> IpAddr {
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, last))
}
