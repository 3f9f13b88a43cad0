//! Server blocks in all codecs and sizes, and the 2025 client's fast path.

use super::{Scenario, flow};
use crate::block::Codec::{self, Deflate, Lz4, Stored, Zlib};
use crate::capture::Capture;
use crate::connection::{Chunk, Connection};
use crate::demo::BUILD;
use crate::error::Result;
use crate::handshake::Version;
use crate::hosts;
use crate::message::{Message, Table};
use crate::messages::game;
use crate::samples::BUILD_2025;
use crate::tcp::MS;
use crate::value::Value::{Bytes, F32, U16, U32, Varint};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "codecs",
        "blocks stored, LZ4, zlib and raw deflate, and empty ones between",
        codecs,
    ),
    Scenario::new(
        "message-over-blocks",
        "messages cut at every byte over two blocks, and one of 2 KiB over five",
        over_blocks,
    ),
    Scenario::new(
        "large-blocks",
        "stored and LZ4 blocks of up to 65,535 bytes, messages of 8 KiB",
        large,
    ),
    Scenario::new(
        "many-messages",
        "two hundred messages in one block and in one flush",
        many,
    ),
    Scenario::new(
        "client-cuts",
        "a client message cut over flushes at every byte",
        client_cuts,
    ),
    Scenario::new(
        "no-blocks",
        "the server sends bare messages; needs -o gw2.compression:none",
        no_blocks,
    ),
    Scenario::new(
        "game-2025",
        "agent update batches of the 2025 client: sizes 14, 25, 26, 38, 44, 62, and others among them",
        game_2025,
    ),
];

/// An open game connection of the usual build.
pub(super) fn game(id: u32) -> Connection {
    let options = flow(id, hosts::game(), 50_000 + id as u16, u64::from(id) * 700);
    let mut c = Connection::new(options, BUILD, Version::Game38);
    c.open();
    c
}

fn one(c: Connection) -> Result<Capture> {
    Ok(Capture::new(vec![c.finish()]))
}

fn chunk(length: usize, codec: Codec) -> Chunk {
    Chunk {
        length,
        codec,
        flush: true,
    }
}

fn codecs() -> Result<Capture> {
    let mut c = game(0);
    for (n, codec) in [Stored, Lz4, Zlib, Deflate, Lz4, Stored].into_iter().enumerate() {
        let mut messages = Vec::new();
        for slot in 0..10 {
            messages.push(game::skill_configured(4600 + n as u32, slot, 0, 1)?);
        }
        c.server(&messages, codec)?;
        c.tcp.wait(40 * MS);
        c.server_chunks(&[], &[chunk(0, Stored)])?;
        c.tcp.wait(40 * MS);
    }
    one(c)
}

fn over_blocks() -> Result<Capture> {
    let mut c = game(0);
    let pair = [game::player_add(1, "Ada", [9; 16], 1)?, game::latency(31)?];
    let length = pair[0].bytes.len();
    for cut in 1..length {
        c.server_chunks(&pair, &[chunk(cut, if cut % 2 == 0 { Stored } else { Lz4 })])?;
        c.tcp.wait(20 * MS);
    }
    let long = game::match_string_table(&names(40, 50))?;
    c.server_chunks(&[long, game::latency(32)?], &[chunk(400, Lz4); 4])?;
    one(c)
}

fn names(count: usize, length: usize) -> Vec<(String, u32)> {
    (0..count)
        .map(|n| (format!("{n:03}-{}", "name".repeat(length / 4)), n as u32))
        .collect()
}

fn large() -> Result<Capture> {
    let mut c = game(0);
    // 7,309 bytes: near the client's limit of 8,192 for a message.
    let long = game::match_string_table(&names(58, 120))?;
    let mut messages = vec![long.clone()];
    c.server(&messages, Stored)?;
    c.tcp.wait(40 * MS);
    while messages.iter().map(|m| m.bytes.len()).sum::<usize>() + long.bytes.len() <= 65_535 {
        messages.push(long.clone());
    }
    let fill = 65_535 - messages.iter().map(|m| m.bytes.len()).sum::<usize>();
    for _ in 0..fill / 3 {
        messages.push(game::latency(31)?);
    }
    for _ in 0..(fill % 3) / 2 {
        messages.push(game::performance_request()?);
    }
    c.server(&messages, Stored)?;
    c.tcp.wait(200 * MS);
    c.server(&messages, Lz4)?;
    c.tcp.wait(200 * MS);
    c.server(&[game::latency(33)?], Stored)?;
    one(c)
}

fn many() -> Result<Capture> {
    let mut c = game(0);
    let mut server = Vec::new();
    let mut client = Vec::new();
    for n in 0..200 {
        server.push(game::skillbar_slot(n, (n % 10) as u8)?);
        client.push(game::performance_response(n)?);
    }
    c.client(&client)?;
    c.tcp.wait(40 * MS);
    c.server(&server, Stored)?;
    one(c)
}

fn client_cuts() -> Result<Capture> {
    let mut c = game(0);
    let pair = [game::world_entry_1("Ada", "en")?, game::heartbeat(7)?];
    for cut in 1..pair[0].bytes.len() {
        c.client_cut(&pair, &[cut], 3 * MS)?;
        c.tcp.wait(300 * MS);
    }
    one(c)
}

fn no_blocks() -> Result<Capture> {
    let mut c = game(0);
    for n in 0..5 {
        let messages = [game::latency(30 + n)?, game::skillbar_slot(9083, n as u8)?];
        c.server_bare(&messages)?;
        c.tcp.wait(40 * MS);
    }
    one(c)
}

/// gs2c 0x0001 AGENT_UPDATE_BATCH of the 2025 client, `size` bytes in all (protocol.md section 5).
fn agent_update_batch(subtype: u16, agent: u16, tick: u32, size: usize) -> Result<Message> {
    let mut fields = vec![U16(subtype), U16(agent), U32(tick)];
    let mut known = 10;
    if subtype == 0x0040 && size >= 22 {
        fields.extend([F32(347.5), F32(622.25), F32(-19.9)]);
        known += 12;
    }
    fields.push(Bytes((0..size.saturating_sub(known)).map(|n| n as u8).collect()));
    Message::new(Table::Gs2c, 0x0001, &fields)
}

fn game_2025() -> Result<Capture> {
    let mut c = Connection::new(flow(0, hosts::game(), 50_000, 0), BUILD_2025, Version::Game38);
    c.open();
    c.client(&[Message::new(Table::C2gs, 0x0002, &[Varint(16)])?])?;
    let latency = Message::new(Table::Gs2c, 0x0004, &[Varint(31)])?;
    let time = Message::new(Table::Gs2c, 0x050f, &[U32(1_234_567), U32(43_200_000)])?;
    for (n, size) in [14, 25, 26, 38, 44, 62].into_iter().enumerate() {
        let subtype = if size == 25 { 0x003f } else { 0x0040 };
        let batch = agent_update_batch(subtype, 155, 78_322 + n as u32, size)?;
        c.tcp.wait(40 * MS);
        c.server(
            std::slice::from_ref(&batch),
            if n % 2 == 0 { Stored } else { Lz4 },
        )?;
        c.tcp.wait(40 * MS);
        c.server(&[latency.clone(), batch], Stored)?;
    }
    c.tcp.wait(40 * MS);
    // A size that was never seen: what follows the known fields is undecoded.
    c.server(
        &[agent_update_batch(0x0040, 156, 78_400, 33)?.unreadable()],
        Stored,
    )?;
    c.tcp.wait(40 * MS);
    c.server(&[latency, time], Stored)?;
    one(c)
}
