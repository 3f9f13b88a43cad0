//! What cannot be decoded, and coming back behind it.

use super::blocks::game;
use super::{Scenario, flow};
use crate::block::Codec::{Lz4, Stored};
use crate::block::{block_with_sizes, encode_block};
use crate::capture::Capture;
use crate::connection::Connection;
use crate::demo::BUILD;
use crate::direction::Direction::{ClientToServer, ServerToClient};
use crate::error::Result;
use crate::handshake::Version;
use crate::hosts;
use crate::message::{Message, Table};
use crate::messages::{game, login};
use crate::samples::BUILD_2025;
use crate::tcp::MS;
use crate::value::Value::{self, Array8, Bytes, Bytes8, U8, U16, Varint};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "unknown-opcode",
        "opcodes without a schema from both sides; decoding comes back at the next block and flush",
        unknown_opcode,
    ),
    Scenario::new(
        "unknown-opcode-login",
        "the same on a login connection",
        unknown_opcode_login,
    ),
    Scenario::new("malformed", "varints of six bytes and beyond 32 bits", malformed),
    Scenario::new(
        "limit",
        "a string, a buffer and an array over the schema's greatest",
        limit,
    ),
    Scenario::new(
        "bad-block",
        "LZ4 that does not decode, a wrong decoded size; whole blocks behind",
        bad_block,
    ),
    Scenario::new(
        "bad-block-header",
        "a header whose compressed size is a lie: the next header must be looked for",
        bad_header,
    ),
    Scenario::new(
        "endless-message",
        "a client string that does not end within 8,192 bytes, of a build whose tables know no greatest length",
        endless,
    ),
];

fn unknown(table: Table) -> Message {
    Message::raw(table, 0x7ffe, &[1, 2, 3, 4, 5]).unreadable()
}

/// Good, bad and what stands behind it, good again; from the server, then from the client.
fn around(c: &mut Connection, server: &[Message], client: &[Message]) -> Result<()> {
    c.tcp.wait(300 * MS);
    c.server(&[game::latency(31)?], Stored)?;
    c.tcp.wait(40 * MS);
    c.server(server, Stored)?;
    c.tcp.wait(40 * MS);
    c.server(&[game::latency(32)?, game::performance_request()?], Lz4)?;
    c.tcp.wait(300 * MS);
    c.client(&[game::performance_response(16)?])?;
    c.tcp.wait(300 * MS);
    c.client(client)?;
    c.tcp.wait(300 * MS);
    c.client(&[game::performance_response(17)?, game::heartbeat(1)?])
}

fn one(c: Connection) -> Result<Capture> {
    Ok(Capture::new(vec![c.finish()]))
}

fn unknown_opcode() -> Result<Capture> {
    let mut c = game(0);
    around(
        &mut c,
        &[
            game::skillbar_slot(9083, 1)?,
            unknown(Table::Gs2c),
            game::latency(99)?.unreadable(),
        ],
        &[
            game::heartbeat(5)?,
            unknown(Table::C2gs),
            game::heartbeat(6)?.unreadable(),
        ],
    )?;
    one(c)
}

fn unknown_opcode_login() -> Result<Capture> {
    let mut c = Connection::new(flow(0, hosts::login(), 50_000, 0), BUILD, Version::Login);
    c.open();
    c.client(&[login::ping(1)?, unknown(Table::C2ls)])?;
    c.tcp.wait(300 * MS);
    c.client(&[login::ping(2)?])?;
    c.server(&[login::ping_reply(1)?, unknown(Table::Ls2c)], Stored)?;
    c.tcp.wait(40 * MS);
    c.server(&[login::ping_reply(2)?], Stored)?;
    one(c)
}

fn malformed() -> Result<Capture> {
    let mut c = game(0);
    let six = |table, opcode| Message::raw(table, opcode, &[0x80, 0x80, 0x80, 0x80, 0x80, 0x01]).unreadable();
    let wide = |table, opcode| Message::raw(table, opcode, &[0xff, 0xff, 0xff, 0xff, 0x1f]).unreadable();
    around(
        &mut c,
        &[game::latency(7)?, six(Table::Gs2c, 0x0004)],
        &[six(Table::C2gs, 0x0002)],
    )?;
    around(
        &mut c,
        &[wide(Table::Gs2c, 0x0004)],
        &[game::heartbeat(2)?, wide(Table::C2gs, 0x0002)],
    )?;
    one(c)
}

fn limit() -> Result<Capture> {
    let mut c = game(0);
    let over = |table, opcode, fields: &[Value]| Ok(Message::new(table, opcode, fields)?.unreadable());
    // 0x01a9's first string takes 64 units with the zero.
    let name = over(
        Table::C2gs,
        0x01a9,
        &[
            Value::String("n".repeat(64)),
            Value::String("en".into()),
            U8(0),
            U8(1),
        ],
    )?;
    let row = || vec![Varint(1), Varint(2), Varint(3)];
    let rows = |count| [U8(1), U16(2), U8(3), Array8((0..count).map(|_| row()).collect())];
    around(&mut c, &[over(Table::Gs2c, 0x0007, &rows(33))?], &[name])?;
    let buffer = [U16(155), Varint(1), U8(3), Varint(2), Bytes8(vec![7; 251])];
    let player = [
        Varint(1),
        Value::String("p".repeat(32)),
        Bytes(vec![1; 16]),
        Varint(0),
    ];
    around(
        &mut c,
        &[over(Table::Gs2c, 0x01ab, &player)?],
        &[over(Table::C2gs, 0x0017, &buffer)?],
    )?;
    // The greatest that is allowed is no error.
    let buffer = [U16(155), Varint(1), U8(3), Varint(2), Bytes8(vec![7; 250])];
    let player = [
        Varint(1),
        Value::String("p".repeat(31)),
        Bytes(vec![1; 16]),
        Varint(0),
    ];
    let most = [
        Message::new(Table::Gs2c, 0x0007, &rows(32))?,
        Message::new(Table::Gs2c, 0x01ab, &player)?,
    ];
    around(&mut c, &most, &[Message::new(Table::C2gs, 0x0017, &buffer)?])?;
    one(c)
}

fn bad_block() -> Result<Capture> {
    let mut c = game(0);
    c.server(&[game::latency(31)?], Stored)?;
    c.tcp.wait(40 * MS);
    // A match that reaches back beyond the block's start.
    c.raw(
        ServerToClient,
        &block_with_sizes(6, 60, &[0x1f, 0x41, 0xff, 0x7f, 0x00, 0x00])?,
    )?;
    c.tcp.wait(40 * MS);
    c.server(&[game::latency(32)?], Stored)?;
    c.tcp.wait(40 * MS);
    // The right payload under a decoded size that is one too large.
    let good = encode_block(Lz4, &game::latency(33)?.bytes)?;
    c.raw(
        ServerToClient,
        &block_with_sizes(good.len() as u16 - 4, 4, &good[4..])?,
    )?;
    c.tcp.wait(40 * MS);
    c.server(&[game::latency(34)?, game::performance_request()?], Lz4)?;
    one(c)
}

fn bad_header() -> Result<Capture> {
    let mut c = game(0);
    c.server(&[game::latency(31)?], Stored)?;
    c.tcp.wait(40 * MS);
    c.raw(ServerToClient, &block_with_sizes(38, 200, &[0xee; 25])?)?;
    for n in 0..6 {
        c.tcp.wait(40 * MS);
        c.server(
            &[
                game::latency(40 + n)?,
                game::skillbar_slot(9083, n as u8)?,
                game::performance_request()?,
            ],
            Lz4,
        )?;
    }
    one(c)
}

fn endless() -> Result<Capture> {
    // The tables of 2025 know no greatest length for the text of a chat message.
    let mut c = Connection::new(flow(0, hosts::game(), 50_000, 0), BUILD_2025, Version::Game38);
    c.open();
    c.client(&[game::heartbeat(1)?])?;
    c.tcp.wait(300 * MS);
    let mut bytes = vec![0x00, 0x01];
    // Wherever a segment cuts the text, it does not read as an opcode of the table.
    bytes.extend([0x41, 0x7f].repeat(5_000));
    c.raw(ClientToServer, &bytes)?;
    c.tcp.wait(300 * MS);
    c.client(&[game::heartbeat(2)?])?;
    one(c)
}
