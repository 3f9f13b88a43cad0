//! Game messages of client build 205780.

use crate::error::Result;
use crate::message::{Message, Table};
use crate::value::Value::{
    self, Array8, Bytes8, CString, F32, Guid, Optional, U8, U16, Varint, Vec2, Vec3, Vec4,
};
use std::net::SocketAddr;

fn client(opcode: u16, fields: &[Value]) -> Result<Message> {
    Message::new(Table::C2gs, opcode, fields)
}

fn server(opcode: u16, fields: &[Value]) -> Result<Message> {
    Message::new(Table::Gs2c, opcode, fields)
}

fn text(value: &str) -> Value {
    Value::String(value.to_owned())
}

/// c2gs 0x0002: the answer to [`performance_request`], milliseconds a frame.
pub fn performance_response(frame_time_ms: u32) -> Result<Message> {
    client(0x0002, &[Varint(frame_time_ms)])
}

/// c2gs 0x0011.
pub fn heartbeat(number: u16) -> Result<Message> {
    client(0x0011, &[U16(number)])
}

/// c2gs 0x0012: a movement update at a tick of 40 ms; positions in units of 32 game units.
pub fn movement(tick: u32, position: [f32; 3], state: [u8; 3]) -> Result<Message> {
    let [a, b, c] = state.map(U8);
    client(
        0x0012,
        &[Varint(tick), Varint(tick), Vec3(position), Varint(0), a, b, c],
    )
}

/// c2gs 0x0017: a skill is used.
pub fn use_skill(agent: u16, tick: u32, skill: u32, data: Vec<u8>) -> Result<Message> {
    client(
        0x0017,
        &[U16(agent), Varint(tick), U8(3), Varint(skill), Bytes8(data)],
    )
}

/// c2gs 0x00e3: one varint; stands for the choice of an agent (the 2025 client's opcode for it was 0x00e5).
pub fn select_agent(agent: u32) -> Result<Message> {
    client(0x00e3, &[Varint(agent)])
}

/// c2gs 0x0120, the one client message caught on a live wire.
pub fn single_sender_120(value: u32, flag: u8) -> Result<Message> {
    client(0x0120, &[Varint(value), U8(flag)])
}

/// c2gs 0x01a9 MSCLI_WORLD_ENTRY_1.
pub fn world_entry_1(name: &str, locale: &str) -> Result<Message> {
    client(0x01a9, &[text(name), text(locale), U8(0), U8(1)])
}

/// c2gs 0x01a8 MSCLI_WORLD_ENTRY_2.
pub fn world_entry_2() -> Result<Message> {
    client(0x01a8, &[U8(1), U8(0)])
}

/// c2gs 0x019a MSCLI_WORLD_ENTRY_3.
pub fn world_entry_3() -> Result<Message> {
    client(0x019a, &[])
}

/// c2gs 0x01a5 MSCLI_LOAD_COMPLETE_ACK.
pub fn load_complete() -> Result<Message> {
    client(0x01a5, &[])
}

/// c2gs 0x019d MSCLI_AFTER_ENTRY_19D.
pub fn after_entry() -> Result<Message> {
    client(0x019d, &[])
}

/// gs2c 0x0001: four varints in the complete tables.
pub fn push(numbers: [u32; 4]) -> Result<Message> {
    server(0x0001, &numbers.map(Varint))
}

/// gs2c 0x0003: asks for the frame time.
pub fn performance_request() -> Result<Message> {
    server(0x0003, &[])
}

/// gs2c 0x0004: the round trip that the server measured.
pub fn latency(latency_ms: u32) -> Result<Message> {
    server(0x0004, &[Varint(latency_ms)])
}

/// gs2c 0x0021 AGWORLD_OBJECT_KIND_00, with its movement record when `position` is given.
pub fn agent_object(agent: u16, sequence: u32, position: Option<[f32; 4]>) -> Result<Message> {
    let motion = position.map(|p| {
        let target = [p[0] + 2.0, p[1] + 1.0, p[2], p[3]];
        vec![
            Vec4(p),
            Varint(0),
            Optional(Some(vec![Vec4(target)])),
            Optional(None),
            U8(2),
            U8(1),
        ]
    });
    server(
        0x0021,
        &[
            U16(agent),
            Varint(sequence),
            U8(u8::from(motion.is_some())),
            Optional(motion),
        ],
    )
}

/// gs2c 0x0100 CHCLI_CHARACTER_TWO_FLOATS.
pub fn character_two_floats(index: u32, first: f32, second: f32) -> Result<Message> {
    server(0x0100, &[Varint(index), F32(first), F32(second)])
}

/// gs2c 0x01ab CHCLI_PLAYER_ADD.
pub fn player_add(index: u32, name: &str, key: [u8; 16], flags: u32) -> Result<Message> {
    server(0x01ab, &[Varint(index), text(name), Guid(key), Varint(flags)])
}

/// gs2c 0x01ad CHCLI_PLAYER_REMOVE.
pub fn player_remove(index: u32) -> Result<Message> {
    server(0x01ad, &[Varint(index)])
}

/// gs2c 0x025e CHCLI_SKILL_TABLES_RESET.
pub fn skill_tables_reset(player: u32) -> Result<Message> {
    server(0x025e, &[Varint(player)])
}

/// gs2c 0x0264 CHCLI_SKILL_CONFIGURED_UPDATE.
pub fn skill_configured(skill: u32, slot: u8, context: u8, player: u32) -> Result<Message> {
    server(0x0264, &[Varint(skill), U8(slot), U8(context), Varint(player)])
}

/// gs2c 0x027c CHCLI_SKILLBAR_RUNTIME_SLOT_UPDATE.
pub fn skillbar_slot(skill: u32, slot: u8) -> Result<Message> {
    server(0x027c, &[Varint(skill), U8(slot)])
}

/// gs2c 0x0262 CHCLI_ATTACK_TARGET.
pub fn attack_target(agent: u32, target: u32) -> Result<Message> {
    server(0x0262, &[Varint(agent), Varint(target), U8(1)])
}

/// gs2c 0x02df CMBTCLI_BUFF_APPLY; the duration in milliseconds.
pub fn buff_apply(target: u32, source: u32, skill: u32, buff: u32, duration_ms: u32) -> Result<Message> {
    server(
        0x02df,
        &[
            Varint(target),
            Varint(source),
            Varint(skill),
            Varint(buff),
            Varint(duration_ms),
            U8(0),
            U8(1),
        ],
    )
}

/// gs2c 0x02e0 CMBTCLI_BUFF_DEACTIVATE.
pub fn buff_deactivate(target: u32, buff: u32, duration_ms: u32) -> Result<Message> {
    server(0x02e0, &[Varint(target), Varint(buff), Varint(duration_ms)])
}

/// gs2c 0x0417 MSCLI_MATCH_STRING_TABLE_B: at most 58 entries, names of at most 127 bytes.
pub fn match_string_table(entries: &[(String, u32)]) -> Result<Message> {
    let row = |(name, value): &(String, u32)| vec![CString(name.clone()), Varint(*value)];
    server(0x0417, &[Array8(entries.iter().map(row).collect())])
}

/// gs2c 0x0425 MSCLI_WORLD_LOAD_START.
pub fn world_load_start(position: [f32; 3], map: u16) -> Result<Message> {
    server(
        0x0425,
        &[
            Vec3(position),
            Vec2([0.0, 0.0]),
            Vec2([1024.0, 768.0]),
            U16(map),
            U8(1),
            Value::U64(0x0001_0203_a0b0_c0d0),
            Varint(5),
        ],
    )
}

/// gs2c 0x042a: sends the client to another game server.
pub fn move_to(address: SocketAddr, number: u32) -> Result<Message> {
    let rest = [Varint(number), Varint(50), U16(1), Varint(0), Varint(0)];
    let fields: Vec<Value> = std::iter::once(Value::Address(address)).chain(rest).collect();
    server(0x042a, &fields)
}

/// gs2c 0x0505: names a server, with a number before it.
pub fn server_address(number: u32, address: SocketAddr) -> Result<Message> {
    server(0x0505, &[Varint(number), Value::Address(address)])
}
