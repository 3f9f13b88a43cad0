//! Messages with random values, drawn from the schema tables: of those only the data model is used.

use crate::error::Result;
use crate::message::{Message, Table};
use crate::rng::Rng;
use crate::value::Value;
use gw2_protocol::schema::{Block, FieldType, Schema};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

/// The greatest message, bytes (protocol.md section 4).
pub const LARGEST: usize = 8192;

/// Counts and lengths where the schema names no greatest.
const UNBOUNDED: u16 = 300;

/// How large counts and lengths are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// Nothing: no elements, empty strings, absent optionals, numbers of 0.
    Least,
    /// Mostly few, now and then many.
    Usual,
    /// The greatest that the schema allows.
    Greatest,
}

/// A message that fits `schema`, at most [`LARGEST`] bytes: where `size` makes it larger, smaller ones are
/// tried. `None` when the schema has a field whose type or count nobody knows, or a parser instead of fields.
pub fn message(rng: &mut Rng, table: Table, schema: &Schema, size: Size) -> Result<Option<Message>> {
    for size in [size, Size::Usual, Size::Usual, Size::Least] {
        let Some(fields) = values(rng, schema, size) else {
            return Ok(None);
        };
        let message = Message::new(table, schema.opcode, &fields)?;
        if message.bytes.len() <= LARGEST {
            return Ok(Some(message));
        }
    }
    Ok(None)
}

/// Values for the fields of `schema`; they may be more than a message can hold. `None` as with [`message`].
pub fn values(rng: &mut Rng, schema: &Schema, size: Size) -> Option<Vec<Value>> {
    match schema.parser {
        Some(_) => None,
        None => block(rng, &schema.body, size),
    }
}

fn block(rng: &mut Rng, block: &Block, size: Size) -> Option<Vec<Value>> {
    block
        .fields()
        .iter()
        .map(|field| value(rng, &field.ty, size))
        .collect()
}

fn blocks(rng: &mut Rng, count: usize, of: &Block, size: Size) -> Option<Vec<Vec<Value>>> {
    // Elements of a full array are of the usual size: else nesting grows beyond any message.
    let inner = if size == Size::Least { size } else { Size::Usual };
    (0..count).map(|_| block(rng, of, inner)).collect()
}

fn value(rng: &mut Rng, ty: &FieldType, size: Size) -> Option<Value> {
    let floats = |rng: &mut Rng| float(rng, size);
    Some(match ty {
        FieldType::U8 => Value::U8(number(rng, size, 8) as u8),
        FieldType::U16 => Value::U16(number(rng, size, 16) as u16),
        FieldType::Varint => Value::Varint(number(rng, size, 32) as u32),
        FieldType::U64 { .. } => Value::U64(number(rng, size, 64)),
        FieldType::U32 { .. } => Value::U32(number(rng, size, 32) as u32),
        FieldType::F32 => Value::F32(floats(rng)),
        FieldType::Vec2 => Value::Vec2([floats(rng), floats(rng)]),
        FieldType::Vec3 => Value::Vec3([floats(rng), floats(rng), floats(rng)]),
        FieldType::Vec4 => Value::Vec4([floats(rng), floats(rng), floats(rng), floats(rng)]),
        FieldType::Position => Value::Position(
            [floats(rng), floats(rng), floats(rng)],
            number(rng, size, 32) as u32,
        ),
        FieldType::Guid => Value::Guid(rng.bytes()),
        FieldType::Address => Value::Address(address(rng)),
        FieldType::String { max } => Value::String(text(rng, *max, size, char::len_utf16)),
        FieldType::CString { max } => Value::CString(text(rng, *max, size, char::len_utf8)),
        FieldType::Optional(of) => {
            let there = match size {
                Size::Least => false,
                Size::Usual => rng.chance(50),
                Size::Greatest => true,
            };
            Value::Optional(if there { Some(block(rng, of, size)?) } else { None })
        }
        FieldType::ArrayFixed { count, block } => {
            Value::ArrayFixed(blocks(rng, usize::from((*count)?), block, size)?)
        }
        FieldType::ArraySmall { max, block } => {
            let most = max.unwrap_or(UNBOUNDED).min(255);
            let count = count(rng, most, size);
            Value::Array8(blocks(rng, count, block, size)?)
        }
        FieldType::ArrayLarge { max, block } => {
            let count = count(rng, max.unwrap_or(UNBOUNDED), size);
            Value::Array16(blocks(rng, count, block, size)?)
        }
        FieldType::BytesFixed { count } => Value::Bytes(rng.vec(usize::from((*count)?))),
        FieldType::BytesSmall { max } => {
            let length = count(rng, max.unwrap_or(UNBOUNDED).min(255), size);
            Value::Bytes8(rng.vec(length))
        }
        FieldType::BytesLarge { max } => {
            let length = count(rng, max.unwrap_or(UNBOUNDED), size);
            Value::Bytes16(rng.vec(length))
        }
        FieldType::Align | FieldType::Unknown => return None,
    })
}

fn count(rng: &mut Rng, most: u16, size: Size) -> usize {
    let drawn = match size {
        Size::Least => 0,
        Size::Usual if rng.chance(10) => rng.between(0, most.into()),
        Size::Usual => rng.between(0, most.min(6).into()),
        Size::Greatest => most.into(),
    };
    usize::try_from(drawn).unwrap_or(0)
}

/// Numbers of all lengths are equally likely: a varint has then one to five bytes.
fn number(rng: &mut Rng, size: Size, bits: u32) -> u64 {
    let full = u64::MAX >> (64 - bits);
    match size {
        Size::Least => 0,
        Size::Usual => (rng.u64() & full) >> rng.below(bits.into()),
        Size::Greatest => full,
    }
}

fn float(rng: &mut Rng, size: Size) -> f32 {
    match size {
        Size::Least => 0.0,
        Size::Usual if rng.chance(5) => f32::from_bits(rng.u32()),
        Size::Usual => (rng.below(2_000_000) as f32 - 1_000_000.0) / 32.0,
        Size::Greatest => f32::MAX,
    }
}

fn address(rng: &mut Rng) -> SocketAddr {
    let port = rng.between(1, 65_535) as u16;
    if rng.chance(70) {
        SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::from(rng.u32()), port))
    } else {
        let ip = Ipv6Addr::from(rng.bytes::<16>());
        SocketAddr::V6(SocketAddrV6::new(ip, port, rng.u32() >> 12, rng.u32() >> 28))
    }
}

/// Text of letters that take one to four bytes, one or two UTF-16 units. `most` counts the closing zero.
fn text(rng: &mut Rng, most: Option<u16>, size: Size, width: fn(char) -> usize) -> String {
    const LETTERS: [char; 16] = [
        'a', 'e', 'i', 'o', 'n', 'r', 's', 't', 'K', ' ', '-', '7', 'é', 'ß', '鍵', '🐉',
    ];
    let mut room = count(rng, most.unwrap_or(UNBOUNDED).saturating_sub(1), size);
    let mut out = String::new();
    while room > 0 {
        let drawn = rng.pick(&LETTERS).copied().unwrap_or('a');
        let letter = if width(drawn) <= room { drawn } else { 'a' };
        room -= width(letter);
        out.push(letter);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{LARGEST, Size, message};
    use crate::message::Table;
    use crate::rng::Rng;
    use gw2_protocol::schema::parse;

    #[test]
    fn sizes_are_those_of_the_schema() {
        let file = gw2_protocol::schema::BUILTIN_FILES
            .iter()
            .find(|(name, _)| name.ends_with("2026-205780/gs2c.schema"));
        let (name, text) = file.unwrap();
        let table = parse(name, text).0.unwrap();
        let schema = |opcode| table.messages.iter().find(|s| s.opcode == opcode).unwrap();
        let mut rng = Rng::new(1);
        let mut length = |opcode, size| {
            message(&mut rng, Table::Gs2c, schema(opcode), size)
                .unwrap()
                .unwrap()
                .bytes
                .len()
        };
        // 04 02: the least is two bytes behind the opcode, the greatest six.
        assert_eq!(length(0x0012, Size::Least), 4);
        assert_eq!(length(0x0012, Size::Greatest), 8);
        // 04 04 0D*128: five, five, 128 units of two bytes.
        assert_eq!(length(0x0002, Size::Greatest), 2 + 5 + 5 + 256);
    }

    #[test]
    fn every_schema_of_the_complete_table_gives_messages() {
        for (name, text) in gw2_protocol::schema::BUILTIN_FILES
            .iter()
            .filter(|(name, _)| name.contains("205780"))
        {
            let table = parse(name, text).0.unwrap();
            let mut rng = Rng::new(2);
            for schema in &table.messages {
                for size in [Size::Least, Size::Usual, Size::Greatest] {
                    let message = message(&mut rng, Table::Gs2c, schema, size).unwrap();
                    let message = message.unwrap_or_else(|| panic!("{name} 0x{:04x}", schema.opcode));
                    assert!(message.bytes.len() <= LARGEST);
                }
            }
        }
    }
}
