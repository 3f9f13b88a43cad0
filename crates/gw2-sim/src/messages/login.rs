//! Login messages. Tables: c2ls and ls2c of 2013, c2ls 0x001d of client build 205780.

use crate::error::Result;
use crate::message::{Message, Table};
use crate::value::Value::{self, Address, Array8, Bytes, Bytes16, Guid, Varint};
use std::net::SocketAddr;

fn client(opcode: u16, fields: &[Value]) -> Result<Message> {
    Message::new(Table::C2ls, opcode, fields)
}

fn server(opcode: u16, fields: &[Value]) -> Result<Message> {
    Message::new(Table::Ls2c, opcode, fields)
}

fn text(value: &str) -> Value {
    Value::String(value.to_owned())
}

/// c2ls 0x0001 PING_SERVER.
pub fn ping(time_ms: u32) -> Result<Message> {
    client(0x0001, &[Varint(time_ms)])
}

/// c2ls 0x0002 COMPUTER_USER_NAME.
pub fn computer_user_name(user: &str, computer: &str) -> Result<Message> {
    client(0x0002, &[text(user), text(computer)])
}

/// c2ls 0x0003 COMPUTER_INFO.
pub fn computer_info(number: u32, info: [u8; 16]) -> Result<Message> {
    client(0x0003, &[Varint(number), Bytes(info.to_vec())])
}

/// c2ls 0x000a CLIENT_SESSION_INFO.
pub fn client_session_info(
    sync: u32,
    account: [u8; 16],
    verification: [u8; 16],
    mail: &str,
) -> Result<Message> {
    client(
        0x000a,
        &[Varint(sync), Guid(account), Guid(verification), text(mail)],
    )
}

/// c2ls 0x0016 CHARACTER_SELECT.
pub fn character_select(request: u32, name: &str) -> Result<Message> {
    client(0x0016, &[Varint(request), text(name)])
}

/// c2ls 0x001d REQUEST_GAME_SERVER, as build 205780 sends it.
pub fn request_game_server(numbers: [u32; 6], key: [u8; 16]) -> Result<Message> {
    let mut fields: Vec<Value> = numbers.into_iter().map(Varint).collect();
    fields.push(Guid(key));
    client(0x001d, &fields)
}

/// ls2c 0x0001 PING_REPLY.
pub fn ping_reply(time_ms: u32) -> Result<Message> {
    server(0x0001, &[Varint(time_ms)])
}

/// ls2c 0x0002 COMPUTER_INFO_REPLY.
pub fn computer_info_reply(number: u32) -> Result<Message> {
    server(0x0002, &[Varint(number)])
}

/// ls2c 0x0004 CLIENT_SYNC.
pub fn client_sync(numbers: [u32; 5]) -> Result<Message> {
    server(0x0004, &numbers.map(Varint))
}

/// ls2c 0x0008 ACCOUNT_INFO.
pub fn account_info(sync: u32, account: [u8; 16], session: [u8; 16]) -> Result<Message> {
    let row = |a, b| vec![Value::U16(a), Value::U16(b), Varint(1), Varint(0), Varint(900)];
    server(
        0x0008,
        &[
            Varint(sync),
            Guid(account),
            Guid(session),
            Varint(4),
            Varint(25),
            Varint(0),
            Varint(1),
            Varint(80),
            Varint(3),
            Bytes((0..32).collect()),
            Array8(vec![row(1, 2), row(1, 5)]),
            Bytes(vec![0; 32]),
        ],
    )
}

/// ls2c 0x000a ACCOUNT_MEDALS.
pub fn account_medals(sync: u32, medals: Vec<u8>) -> Result<Message> {
    server(0x000a, &[Varint(sync), Bytes16(medals)])
}

/// ls2c 0x0011 CHARACTER_INFO: one line of the character list.
pub fn character_info(sync: u32, id: [u8; 16], slot: u32, name: &str, data: Vec<u8>) -> Result<Message> {
    server(
        0x0011,
        &[Varint(sync), Guid(id), Varint(slot), text(name), Bytes16(data)],
    )
}

/// ls2c 0x0014 REFER_TO_GAME_SERVER: the hand-off (protocol.md section 6).
pub fn refer_to_game_server(request: u32, map: u32, address: SocketAddr) -> Result<Message> {
    server(
        0x0014,
        &[
            Varint(request),
            Varint(1),
            Varint(0),
            Varint(map),
            Address(address),
            Varint(0x51c3),
        ],
    )
}

/// ls2c 0x0019 GAME_SERVER_INFO.
pub fn game_server_info(location: u32, population: u32, cost: u32) -> Result<Message> {
    server(
        0x0019,
        &[Varint(location), Varint(population), Varint(cost), Varint(0)],
    )
}
