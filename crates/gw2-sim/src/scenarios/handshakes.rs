//! The clear frames, and how sessions begin.

use super::{Scenario, flow};
use crate::block::Codec::Stored;
use crate::capture::Capture;
use crate::connection::Connection;
use crate::demo::BUILD;
use crate::direction::Direction::{ClientToServer, ServerToClient};
use crate::error::Result;
use crate::handshake::{GameIdentity, Version};
use crate::hosts;
use crate::messages::{game, login};
use crate::tcp::MS;

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "handshake-only",
        "a login and a game handshake, and nothing behind them",
        handshake_only,
    ),
    Scenario::new(
        "version-frames",
        "the game version frame in 64, 86 and 38 bytes, and none; the seed in a segment of its own, and not",
        version_frames,
    ),
    Scenario::new(
        "server-error",
        "the server refuses: error frames on login and game",
        server_error,
    ),
    Scenario::new(
        "handshake-malformed",
        "a frame of type 3, and one of length 1, in the server's place for its seed",
        malformed,
    ),
    Scenario::new("ipv6", "login hands off to a game server over IPv6", ipv6),
    Scenario::new(
        "map-change",
        "one login, two game servers one after the other, the second on port 7443",
        map_change,
    ),
    Scenario::new(
        "two-players",
        "two hosts, each with login and game at the same time: two sessions",
        two_players,
    ),
    Scenario::new(
        "unknown-build",
        "builds without a schema set of their own: 21000, 190000, 999999",
        unknown_build,
    ),
    Scenario::new(
        "no-game-handshake",
        "a hand-off, and the game connection captured without its handshake",
        no_game_handshake,
    ),
];

/// An identity for 64-byte version frames.
pub(super) fn identity() -> GameIdentity {
    GameIdentity {
        world: 2012,
        map: 50,
        player: 99,
        account: *b"account-guid-16b",
        character: *b"charact-guid-16b",
    }
}

fn handshake_only() -> Result<Capture> {
    let mut login = Connection::new(flow(0, hosts::login(), 50_000, 0), BUILD, Version::Login);
    login.open();
    let mut game = Connection::new(
        flow(1, hosts::game(), 50_001, 500),
        BUILD,
        Version::Game64(identity()),
    );
    game.open();
    Ok(Capture::new(vec![login.finish(), game.finish()]))
}

fn version_frames() -> Result<Capture> {
    let versions = [
        Version::Game64(identity()),
        Version::Game86(identity()),
        Version::Game38,
        Version::None,
    ];
    let mut connections = Vec::new();
    for (n, version) in versions.into_iter().enumerate() {
        for separate in [false, true] {
            let id = n as u32 * 2 + u32::from(separate);
            let options = flow(id, hosts::game(), 50_000 + id as u16, u64::from(id) * 1000);
            let mut c = Connection::new(options, BUILD, version.clone());
            c.tcp.handshake();
            c.tcp.wait(MS);
            c.hello(separate);
            c.tcp.wait(35 * MS);
            c.accept();
            c.tcp.wait(MS);
            c.client(&[game::world_entry_2()?])?;
            c.server(&[game::latency(30 + id)?], Stored)?;
            connections.push(c.finish());
        }
    }
    Ok(Capture::new(connections))
}

fn server_error() -> Result<Capture> {
    let mut connections = Vec::new();
    for (id, server, version) in [
        (0, hosts::login(), Version::Login),
        (1, hosts::game(), Version::Game64(identity())),
    ] {
        let mut c = Connection::new(
            flow(id, server, 50_000 + id as u16, u64::from(id) * 500),
            BUILD,
            version,
        );
        c.tcp.handshake();
        c.tcp.wait(MS);
        c.hello(false);
        c.tcp.wait(35 * MS);
        let words = [42u32, 0x0c45_1b58];
        c.refuse(&words.map(u32::to_le_bytes).concat())?;
        c.tcp.wait(MS);
        c.tcp.close(ServerToClient);
        connections.push(c.finish());
    }
    Ok(Capture::new(connections))
}

fn malformed() -> Result<Capture> {
    let mut connections = Vec::new();
    for (id, frame) in [(0u32, vec![3, 22, 0, 0]), (1, vec![1, 1])] {
        let options = flow(id, hosts::game(), 50_000 + id as u16, u64::from(id) * 500);
        let mut c = Connection::new(options, BUILD, Version::Game64(identity()));
        c.tcp.handshake();
        c.tcp.wait(MS);
        c.hello(false);
        c.tcp.wait(35 * MS);
        c.clear_bytes(ServerToClient, &frame);
        c.tcp.reset(ClientToServer);
        connections.push(c.finish());
    }
    Ok(Capture::new(connections))
}

fn hand_off(mut c: Connection, address: std::net::SocketAddr) -> Result<Connection> {
    c.open();
    c.client(&[login::request_game_server([1, 1, 50, 0, 0, 0], [7; 16])?])?;
    c.tcp.wait(40 * MS);
    c.server(&[login::refer_to_game_server(1, 50, address)?], Stored)?;
    c.tcp.wait(600 * MS);
    c.tcp.close(ClientToServer);
    Ok(c)
}

fn visit(mut c: Connection) -> Result<Connection> {
    c.open();
    c.client(&[game::world_entry_2()?])?;
    c.tcp.wait(40 * MS);
    c.server(&[game::latency(31)?, game::performance_request()?], Stored)?;
    c.tcp.wait(20 * MS);
    c.client(&[game::performance_response(16)?])?;
    c.tcp.wait(500 * MS);
    c.tcp.close(ClientToServer);
    Ok(c)
}

fn ipv6() -> Result<Capture> {
    let v6 = |id, server, port, start| {
        let mut options = flow(id, server, port, start);
        options.client = hosts::client_v6(port);
        options.mss = 1440;
        options
    };
    let login = Connection::new(v6(0, hosts::login_v6(), 50_000, 0), BUILD, Version::Login);
    let login = hand_off(login, hosts::socket(hosts::game_v6()))?;
    let game = visit(Connection::new(
        v6(1, hosts::game_v6(), 50_001, 200),
        BUILD,
        Version::Game38,
    ))?;
    Ok(Capture::new(vec![login.finish(), game.finish()]))
}

fn map_change() -> Result<Capture> {
    let mut login = Connection::new(flow(0, hosts::login(), 50_000, 0), BUILD, Version::Login);
    login.open();
    login.server(
        &[login::refer_to_game_server(1, 50, hosts::socket(hosts::game()))?],
        Stored,
    )?;
    login.tcp.wait(2_000 * MS);
    login.server(
        &[login::refer_to_game_server(
            2,
            51,
            hosts::socket(hosts::second_game()),
        )?],
        Stored,
    )?;
    let first = visit(Connection::new(
        flow(1, hosts::game(), 50_001, 300),
        BUILD,
        Version::Game38,
    ))?;
    let second = visit(Connection::new(
        flow(2, hosts::second_game(), 50_002, 2_300),
        BUILD,
        Version::Game38,
    ))?;
    Ok(Capture::new(vec![
        login.finish(),
        first.finish(),
        second.finish(),
    ]))
}

fn two_players() -> Result<Capture> {
    let second = |id, server, port, start| {
        let mut options = flow(id, server, port, start);
        options.client = hosts::second_client(port);
        options
    };
    let to_game = || hosts::socket(hosts::game());
    // Both use the same client ports: only the hosts tell them apart.
    let connections = vec![
        hand_off(
            Connection::new(flow(0, hosts::login(), 50_000, 0), BUILD, Version::Login),
            to_game(),
        )?,
        hand_off(
            Connection::new(second(1, hosts::login(), 50_000, 20), BUILD, Version::Login),
            to_game(),
        )?,
        visit(Connection::new(
            flow(2, hosts::game(), 50_001, 200),
            BUILD,
            Version::Game38,
        ))?,
        visit(Connection::new(
            second(3, hosts::game(), 50_001, 210),
            BUILD,
            Version::Game38,
        ))?,
    ];
    Ok(Capture::new(
        connections.into_iter().map(Connection::finish).collect(),
    ))
}

fn unknown_build() -> Result<Capture> {
    let mut connections = Vec::new();
    for (id, build) in [(0u32, 21_000), (1, 190_000), (2, 999_999)] {
        let options = flow(id, hosts::game(), 50_000 + id as u16, u64::from(id) * 900);
        let mut c = Connection::new(options, build, Version::Game38);
        c.open();
        // The same in the 2013, 2025 and 2026 tables.
        c.client(&[game::performance_response(16)?])?;
        c.server(&[game::latency(31)?], Stored)?;
        connections.push(c.finish());
    }
    Ok(Capture::new(connections))
}

fn no_game_handshake() -> Result<Capture> {
    let login = Connection::new(flow(0, hosts::login(), 50_000, 0), BUILD, Version::Login);
    let login = hand_off(login, hosts::socket(hosts::second_game()))?;
    let game = visit(Connection::new(
        flow(1, hosts::second_game(), 50_001, 200),
        BUILD,
        Version::Game38,
    ))?;
    let mut game = game.finish();
    game.packets
        .retain(|p| p.offset >= if p.direction == ClientToServer { 104 } else { 22 });
    Ok(Capture::new(vec![login.finish(), game]))
}
