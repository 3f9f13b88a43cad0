//! Values and their wire form (protocol.md section 5). The caller states wire types; no schema is asked.

use crate::error::{Error, Result};
use std::net::SocketAddr;

/// A field's value, one variant a wire form. The type code of each is in its description.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// 02: one byte.
    U8(u8),
    /// 03: two bytes.
    U16(u16),
    /// 04: 7 bits a byte, low bits first, 1 to 5 bytes.
    Varint(u32),
    /// 05 or 1A: eight bytes.
    U64(u64),
    /// 06: four bytes.
    F32(f32),
    /// 07: two floats.
    Vec2([f32; 2]),
    /// 08: three floats.
    Vec3([f32; 3]),
    /// 09: four floats.
    Vec4([f32; 4]),
    /// 0A: three floats and a varint.
    Position([f32; 3], u32),
    /// 0B: 16 bytes, as on the wire.
    Guid([u8; 16]),
    /// 0C: a socket address, 28 bytes.
    Address(SocketAddr),
    /// 0D: UTF-16LE with a closing zero.
    String(String),
    /// 0E: bytes with a closing zero.
    CString(String),
    /// 0F: a flag byte of 0, or of 1 and the sub-fields.
    Optional(Option<Vec<Value>>),
    /// 10: elements without a count.
    ArrayFixed(Vec<Vec<Value>>),
    /// 11: a u8 count, then the elements.
    Array8(Vec<Vec<Value>>),
    /// 12: a u16 count, then the elements.
    Array16(Vec<Vec<Value>>),
    /// 13: bytes without a length. Serves for any bytes that must stand as they are.
    Bytes(Vec<u8>),
    /// 14: a u8 length, then bytes.
    Bytes8(Vec<u8>),
    /// 15: a u16 length, then bytes.
    Bytes16(Vec<u8>),
    /// 17 or 19: four bytes.
    U32(u32),
}

impl Value {
    /// Appends the value's wire form to `out`.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<()> {
        match self {
            Value::U8(v) => out.push(*v),
            Value::U16(v) => out.extend(v.to_le_bytes()),
            Value::Varint(v) => varint(*v, out),
            Value::U64(v) => out.extend(v.to_le_bytes()),
            Value::F32(v) => floats(&[*v], out),
            Value::Vec2(v) => floats(v, out),
            Value::Vec3(v) => floats(v, out),
            Value::Vec4(v) => floats(v, out),
            Value::Position(v, number) => {
                floats(v, out);
                varint(*number, out);
            }
            Value::Guid(v) => out.extend(v),
            Value::Address(v) => address(v, out),
            Value::String(v) => {
                refuse_zero(v)?;
                v.encode_utf16()
                    .chain([0])
                    .for_each(|unit| out.extend(unit.to_le_bytes()));
            }
            Value::CString(v) => {
                refuse_zero(v)?;
                out.extend(v.as_bytes());
                out.push(0);
            }
            Value::Optional(None) => out.push(0),
            Value::Optional(Some(fields)) => {
                out.push(1);
                encode_all(fields, out)?;
            }
            Value::ArrayFixed(elements) => encode_elements(elements, out)?,
            Value::Array8(elements) => {
                out.push(small_count("array (11)", elements.len())?);
                encode_elements(elements, out)?;
            }
            Value::Array16(elements) => {
                out.extend(large_count("array (12)", elements.len())?.to_le_bytes());
                encode_elements(elements, out)?;
            }
            Value::Bytes(v) => out.extend(v),
            Value::Bytes8(v) => {
                out.push(small_count("buffer (14)", v.len())?);
                out.extend(v);
            }
            Value::Bytes16(v) => {
                out.extend(large_count("buffer (15)", v.len())?.to_le_bytes());
                out.extend(v);
            }
            Value::U32(v) => out.extend(v.to_le_bytes()),
        }
        Ok(())
    }
}

/// A message: opcode and fields, with no length (protocol.md section 5).
pub fn message_bytes(opcode: u16, fields: &[Value]) -> Result<Vec<u8>> {
    let mut out = opcode.to_le_bytes().to_vec();
    encode_all(fields, &mut out)?;
    Ok(out)
}

fn encode_all(fields: &[Value], out: &mut Vec<u8>) -> Result<()> {
    fields.iter().try_for_each(|field| field.encode(out))
}

fn encode_elements(elements: &[Vec<Value>], out: &mut Vec<u8>) -> Result<()> {
    elements.iter().try_for_each(|fields| encode_all(fields, out))
}

fn varint(mut value: u32, out: &mut Vec<u8>) {
    while value > 0x7f {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn floats(values: &[f32], out: &mut Vec<u8>) {
    values.iter().for_each(|value| out.extend(value.to_le_bytes()));
}

/// 28 bytes: family, port in network order, then what the family has, then zeros.
fn address(value: &SocketAddr, out: &mut Vec<u8>) {
    let mut wire = Vec::with_capacity(28);
    match value {
        SocketAddr::V4(v4) => {
            wire.extend(2u16.to_le_bytes());
            wire.extend(v4.port().to_be_bytes());
            wire.extend(v4.ip().octets());
        }
        SocketAddr::V6(v6) => {
            wire.extend(23u16.to_le_bytes());
            wire.extend(v6.port().to_be_bytes());
            wire.extend(v6.flowinfo().to_le_bytes());
            wire.extend(v6.ip().octets());
            wire.extend(v6.scope_id().to_le_bytes());
        }
    }
    wire.resize(28, 0);
    out.extend(wire);
}

fn refuse_zero(text: &str) -> Result<()> {
    if text.contains('\0') {
        return Err(Error::encode(
            format!("string {text:?}"),
            "a zero would end it early; remove it",
        ));
    }
    Ok(())
}

fn small_count(what: &str, count: usize) -> Result<u8> {
    u8::try_from(count).map_err(|_| Error::encode(what, format!("{count} elements, 255 fit")))
}

fn large_count(what: &str, count: usize) -> Result<u16> {
    u16::try_from(count).map_err(|_| Error::encode(what, format!("{count} elements, 65535 fit")))
}

#[cfg(test)]
mod tests {
    use super::{Value, message_bytes};

    fn wire(value: Value) -> Vec<u8> {
        let mut out = Vec::new();
        value.encode(&mut out).unwrap();
        out
    }

    #[test]
    fn varints() {
        for (value, bytes) in [
            (0, vec![0]),
            (0x7f, vec![0x7f]),
            (0x80, vec![0x80, 1]),
            (0x1206, vec![0x86, 0x24]),
            (u32::MAX, vec![0xff, 0xff, 0xff, 0xff, 0x0f]),
        ] {
            assert_eq!(wire(Value::Varint(value)), bytes);
        }
    }

    #[test]
    fn numbers() {
        assert_eq!(wire(Value::U8(0xab)), [0xab]);
        assert_eq!(wire(Value::U16(0x1234)), [0x34, 0x12]);
        assert_eq!(wire(Value::U32(0x1234_5678)), [0x78, 0x56, 0x34, 0x12]);
        assert_eq!(wire(Value::U64(1)), [1, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(wire(Value::F32(1.0)), [0, 0, 0x80, 0x3f]);
        assert_eq!(
            wire(Value::Position([0.0, 1.0, -2.0], 300)),
            [0, 0, 0, 0, 0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0xac, 2]
        );
        assert_eq!(wire(Value::Vec2([0.0; 2])).len(), 8);
        assert_eq!(wire(Value::Vec3([0.0; 3])).len(), 12);
        assert_eq!(wire(Value::Vec4([0.0; 4])).len(), 16);
        assert_eq!(wire(Value::Guid([7; 16])), [7; 16]);
    }

    #[test]
    fn addresses() {
        let v4 = wire(Value::Address("10.1.2.3:6112".parse().unwrap()));
        assert_eq!(v4[..8], [2, 0, 0x17, 0xe0, 10, 1, 2, 3]);
        assert_eq!(v4[8..], [0; 20]);
        let v6 = wire(Value::Address("[2001:db8::1]:443".parse().unwrap()));
        assert_eq!(v6[..12], [23, 0, 1, 0xbb, 0, 0, 0, 0, 0x20, 1, 0x0d, 0xb8]);
        assert_eq!(v6.len(), 28);
    }

    #[test]
    fn text_and_collections() {
        assert_eq!(wire(Value::String("hé".into())), [0x68, 0, 0xe9, 0, 0, 0]);
        assert_eq!(wire(Value::CString("hi".into())), [0x68, 0x69, 0]);
        assert_eq!(wire(Value::Optional(None)), [0]);
        assert_eq!(wire(Value::Optional(Some(vec![Value::U8(9)]))), [1, 9]);
        let two = || vec![vec![Value::U8(1)], vec![Value::U8(2)]];
        assert_eq!(wire(Value::ArrayFixed(two())), [1, 2]);
        assert_eq!(wire(Value::Array8(two())), [2, 1, 2]);
        assert_eq!(wire(Value::Array16(two())), [2, 0, 1, 2]);
        assert_eq!(wire(Value::Bytes(vec![1, 2])), [1, 2]);
        assert_eq!(wire(Value::Bytes8(vec![1, 2])), [2, 1, 2]);
        assert_eq!(wire(Value::Bytes16(vec![1, 2])), [2, 0, 1, 2]);
    }

    #[test]
    fn what_the_wire_cannot_carry() {
        let mut out = Vec::new();
        assert!(Value::String("a\0b".into()).encode(&mut out).is_err());
        assert!(Value::Bytes8(vec![0; 256]).encode(&mut out).is_err());
        assert!(Value::Bytes16(vec![0; 65536]).encode(&mut out).is_err());
    }

    /// A live client's movement message (samples.json, 2025), built from the values it shows.
    #[test]
    fn live_movement() {
        let position = [0x44ae_0ae2, 0x441b_a178, 0x419f_b5fa].map(f32::from_bits);
        let message = message_bytes(
            0x0012,
            &[
                Value::Varint(79090),
                Value::Varint(79090),
                Value::Vec3(position),
                Value::Varint(0),
                Value::U8(2),
                Value::U8(1),
                Value::U8(0),
            ],
        );
        assert_eq!(
            crate::hex::encode(&message.unwrap()),
            "1200f2e904f2e904e20aae4478a11b44fab59f4100020100"
        );
    }
}
