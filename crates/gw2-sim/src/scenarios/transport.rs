//! What TCP and captures do to a good connection.

use super::{Scenario, flow};
use crate::block::Codec::{Lz4, Stored};
use crate::capture::Capture;
use crate::connection::{Connection, Finished};
use crate::demo::BUILD;
use crate::direction::Direction::{ClientToServer, ServerToClient};
use crate::error::Result;
use crate::handshake::Version;
use crate::hosts;
use crate::impair::Impairment::{self, *};
use crate::impair::Select::Data;
use crate::messages::game;
use crate::tcp::MS;

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "clean",
        "the connection that the other transport scenarios impair",
        || traffic_with(&[]),
    ),
    Scenario::new("1-byte-segments", "every byte in a segment of its own", || {
        traffic_with(&[Split(None, 1)])
    }),
    Scenario::new("7-byte-segments", "every seven bytes in a segment", || {
        traffic_with(&[Split(None, 7)])
    }),
    Scenario::new(
        "coalesced",
        "segments of up to 64 KiB, as segmentation offload shows them",
        || traffic_with(&[Coalesce(ServerToClient, 65_000), Coalesce(ClientToServer, 65_000)]),
    ),
    Scenario::new(
        "gap",
        "a server segment, later a client segment, was never captured",
        || traffic_with(&[Drop(Data(ServerToClient, 8)), Drop(Data(ClientToServer, 12))]),
    ),
    Scenario::new(
        "gap-in-large-block",
        "the middle segment of a block over several segments is missing",
        gap_in_large_block,
    ),
    Scenario::new("gap-many", "every fifth data segment is missing", gap_many),
    Scenario::new("retransmission", "needless retransmissions of both sides", || {
        traffic_with(&[
            Duplicate(Data(ServerToClient, 6), 210 * MS),
            Duplicate(Data(ClientToServer, 9), 210 * MS),
        ])
    }),
    Scenario::new(
        "lost-timeout",
        "segments lost and retransmitted after a time-out",
        || traffic_with(&[lost(ServerToClient, 7, 260, 0), lost(ClientToServer, 10, 320, 0)]),
    ),
    Scenario::new(
        "lost-fast",
        "segments lost and fast-retransmitted after three repeated acknowledgements",
        || traffic_with(&[lost(ServerToClient, 7, 90, 3), lost(ClientToServer, 10, 50, 3)]),
    ),
    Scenario::new(
        "out-of-order",
        "neighbouring segments captured in the wrong order",
        || {
            traffic_with(&[
                Swap(Data(ServerToClient, 7)),
                Swap(Data(ClientToServer, 10)),
                Swap(Data(ServerToClient, 20)),
            ])
        },
    ),
    Scenario::new(
        "overlap",
        "segments that repeat bytes before their new ones",
        || {
            traffic_with(&[
                Overlap(Data(ServerToClient, 7), 9),
                Overlap(Data(ClientToServer, 10), 30),
            ])
        },
    ),
    Scenario::new(
        "random-20",
        "duplicated, swapped, lost and late segments, one in five, by seed",
        || {
            traffic_with(&[Random {
                seed: 20,
                percent: 20,
            }])
        },
    ),
    Scenario::new("snaplen", "one server segment captured only in part", || {
        traffic_with(&[Cut(Data(ServerToClient, 8), 64)])
    }),
    Scenario::new("snaplen-all", "all frames cut to 96 bytes", || {
        traffic_with(&[Snaplen(96)])
    }),
    Scenario::new(
        "no-syn",
        "TCP's handshake was not captured, the seeds were",
        || traffic_with(&[NoHandshake]),
    ),
    Scenario::new(
        "mid-capture",
        "the capture begins behind the seeds: nothing can name the key",
        || traffic_with(&[StartAt(Data(ServerToClient, 3))]),
    ),
    Scenario::new(
        "no-server-seed",
        "the server seed frame was not captured; the key log names the client public value",
        no_server_seed,
    ),
    Scenario::new(
        "no-client-hello",
        "the client's first segment was not captured",
        || traffic_with(&[Drop(Data(ClientToServer, 0))]),
    ),
    Scenario::new(
        "keep-alive",
        "TCP keep-alives, with a byte of filler and without",
        || {
            traffic_with(&[
                KeepAlive(Data(ServerToClient, 9), ClientToServer, true),
                KeepAlive(Data(ServerToClient, 15), ServerToClient, false),
            ])
        },
    ),
    Scenario::new(
        "port-reuse",
        "the same addresses and ports carry two connections one after the other",
        port_reuse,
    ),
    Scenario::new("reset", "the server resets in the middle of a block", reset),
];

fn lost(direction: crate::direction::Direction, n: usize, delay_ms: u64, dup_acks: usize) -> Impairment {
    Lost {
        at: Data(direction, n),
        delay_ns: delay_ms * MS,
        dup_acks,
    }
}

/// Some two seconds of play: 48 client flushes, 24 server blocks.
fn traffic(id: u32, port: u16, start_ms: u64) -> Result<Connection> {
    let mut c = Connection::new(flow(id, hosts::game(), port, start_ms), BUILD, Version::Game38);
    c.open();
    for n in 0..48u32 {
        let position = [347.5 + n as f32, 622.25, -19.9];
        c.client(&[game::movement(79_090 + n, position, [2, 1, 0])?])?;
        c.tcp.wait(9 * MS);
        if n % 2 == 0 {
            let agent = 160 + n as u16;
            let messages = [
                game::push([n, 40, u32::from(agent), 3])?,
                game::agent_object(agent, n, Some([position[0], 600.0, -19.9, 0.0]))?,
                game::skill_configured(4614, (n % 10) as u8, 0, 1)?,
            ];
            c.server(&messages, if n % 4 == 0 { Stored } else { Lz4 })?;
        }
        c.tcp.wait(31 * MS);
    }
    Ok(c)
}

fn played() -> Result<Finished> {
    let mut c = traffic(0, 50_000, 0)?;
    c.tcp.close(ClientToServer);
    Ok(c.finish())
}

fn traffic_with(impairments: &[Impairment]) -> Result<Capture> {
    Ok(Capture::new(vec![played()?.impaired(impairments)?]))
}

fn gap_many() -> Result<Capture> {
    let mut finished = played()?;
    let mut seen = 0;
    finished.packets.retain(|packet| {
        seen += usize::from(packet.has_data());
        // The hellos and seeds stay.
        !packet.has_data() || seen < 5 || seen % 5 != 0
    });
    Ok(Capture::new(vec![finished]))
}

fn gap_in_large_block() -> Result<Capture> {
    let mut c = Connection::new(flow(0, hosts::game(), 50_000, 0), BUILD, Version::Game38);
    c.open();
    for round in 0..3u32 {
        let mut messages = Vec::new();
        for n in 0..2_000 {
            messages.push(game::skill_configured(round * 2_000 + n, (n % 10) as u8, 0, 1)?);
        }
        c.server(&messages, Stored)?;
        c.tcp.wait(40 * MS);
        c.server(
            &[game::latency(31 + round)?, game::performance_request()?],
            Stored,
        )?;
        c.tcp.wait(40 * MS);
    }
    Ok(Capture::new(vec![
        c.finish().impaired(&[Drop(Data(ServerToClient, 4))])?,
    ]))
}

fn no_server_seed() -> Result<Capture> {
    let mut c = traffic(0, 50_000, 0)?;
    c.set_key_forms(&[(crate::keylog::Secret::Rc4Key, crate::keylog::Id::ClientPublic)]);
    Ok(Capture::new(vec![
        c.finish().impaired(&[Drop(Data(ServerToClient, 0))])?,
    ]))
}

fn port_reuse() -> Result<Capture> {
    let mut first = traffic(0, 50_000, 0)?;
    first.tcp.close(ClientToServer);
    let mut second = traffic(1, 50_000, 60_000)?;
    second.tcp.close(ServerToClient);
    Ok(Capture::new(vec![first.finish(), second.finish()]))
}

fn reset() -> Result<Capture> {
    let mut c = traffic(0, 50_000, 0)?;
    c.raw(ServerToClient, &[0, 0, 200, 0, 4, 0, 31])?;
    c.tcp.wait(20 * MS);
    c.tcp.reset(ServerToClient);
    Ok(Capture::new(vec![c.finish()]))
}
