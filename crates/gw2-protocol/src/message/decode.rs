//! The walk over a message's fields.

use super::cursor::{Cursor, Short};
use super::outcome::{Decoded, Failure, Reason, Stop};
use super::value::{Value, Vector};
use super::visitor::{Group, Measure, Visitor};
use super::{MAX_DEPTH, MAX_MESSAGE};
use crate::fast_path;
use crate::schema::{Block, Field, FieldType, Schema};
use std::convert::Infallible;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

/// The opcode of the message that begins with `bytes`.
pub fn read_opcode(bytes: &[u8]) -> Option<u16> {
    bytes.first_chunk().copied().map(u16::from_le_bytes)
}

/// Finds where a message ends. `rest` is how many bytes are left of the block or segment that the
/// message begins in; only fast-path parsers want it.
pub fn measure(bytes: &[u8], rest: usize, schema: &Schema) -> Result<Decoded, Stop<Infallible>> {
    decode(bytes, rest, schema, &mut Measure)
}

/// Walks the message that begins with `bytes` and has this schema, opcode first.
///
/// `rest` as for [`measure`].
pub fn decode<V: Visitor>(
    bytes: &[u8],
    rest: usize,
    schema: &Schema,
    visitor: &mut V,
) -> Result<Decoded, Stop<V::Error>> {
    let in_limit = bytes.get(..MAX_MESSAGE).unwrap_or(bytes);
    if let Some(parser) = schema.parser {
        return fast_path::walk(parser, in_limit, rest, schema, visitor);
    }
    if !V::VALUES
        && let Some(len) = schema.body.shortcut().and_then(|shortcut| shortcut.end(in_limit))
    {
        return Ok(Decoded { len, open_end: false });
    }
    if in_limit.len() < 2 {
        return Err(Stop::Incomplete { needed: 2 });
    }
    if schema.body.depth() > MAX_DEPTH {
        return Err(Stop::Failed(Failure {
            reason: Reason::TooDeep,
            offset: 2,
        }));
    }
    let mut walk = Walk {
        cursor: Cursor::new(in_limit, 2),
        visitor,
        blamed: false,
    };
    walk.block(&schema.body)?;
    Ok(Decoded {
        len: walk.cursor.at(),
        open_end: false,
    })
}

struct Walk<'a, 'v, V> {
    cursor: Cursor<'a>,
    visitor: &'v mut V,
    /// The visitor knows which field failed.
    blamed: bool,
}

type Walked<V> = Result<(), Stop<<V as Visitor>::Error>>;

fn short<E>(Short(needed): Short) -> Stop<E> {
    Stop::Incomplete { needed }
}

impl<'a, V: Visitor> Walk<'a, '_, V> {
    fn block(&mut self, block: &Block) -> Walked<V> {
        if !V::VALUES
            && let Some(size) = block.fixed_size()
            && self.fits(size, 1)
        {
            return self.skip(size, 1);
        }
        block.fields().iter().try_for_each(|field| {
            let start = self.cursor.at();
            let walked = match self.field(field) {
                Err(Stop::Incomplete { needed }) if needed > MAX_MESSAGE => {
                    Err(self.failed(start, Reason::TooLong))
                }
                other => other,
            };
            // The innermost field failed; those around it do not know.
            if matches!(walked, Err(Stop::Failed(_))) && !self.blamed {
                self.blamed = true;
                self.visitor.failed(field);
            }
            walked
        })
    }

    /// Whether `count` blocks of `size` bytes each end within the greatest message.
    fn fits(&self, size: u32, count: usize) -> bool {
        self.end_of(size, count) <= MAX_MESSAGE
    }

    /// Passes over `count` blocks of `size` bytes each.
    fn skip(&mut self, size: u32, count: usize) -> Walked<V> {
        let len = self.end_of(size, count).saturating_sub(self.cursor.at());
        self.cursor.take(len).map(drop).map_err(short)
    }

    fn end_of(&self, size: u32, count: usize) -> usize {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        self.cursor.at().saturating_add(size.saturating_mul(count))
    }

    fn field(&mut self, field: &Field) -> Walked<V> {
        let start = self.cursor.at();
        let value = match &field.ty {
            FieldType::U8 => Value::U8(self.cursor.u8().map_err(short)?),
            FieldType::U16 => Value::U16(self.cursor.u16().map_err(short)?),
            FieldType::Varint => Value::Varint(self.varint()?),
            FieldType::U32 { .. } => Value::U32(u32::from_le_bytes(self.array()?)),
            FieldType::U64 { .. } => Value::U64(u64::from_le_bytes(self.array()?)),
            FieldType::F32 => Value::F32(f32::from_le_bytes(self.array()?)),
            FieldType::Vec2 => Value::Vector(Vector::new::<2>(&self.array::<8>()?)),
            FieldType::Vec3 => Value::Vector(Vector::new::<3>(&self.array::<12>()?)),
            FieldType::Vec4 => Value::Vector(Vector::new::<4>(&self.array::<16>()?)),
            FieldType::Position => return self.position(field),
            FieldType::Guid => Value::Guid(self.array()?),
            FieldType::Address => address(self.cursor.take(28).map_err(short)?),
            FieldType::String { max } => Value::Utf16(self.utf16(*max)?),
            FieldType::CString { max } => Value::Utf8(self.utf8(*max)?),
            FieldType::BytesFixed { count } => {
                let count = count.ok_or_else(|| self.failed(start, Reason::UnknownCount))?;
                Value::Bytes(self.cursor.take(usize::from(count)).map_err(short)?)
            }
            FieldType::BytesSmall { max } => {
                let len = u16::from(self.cursor.u8().map_err(short)?);
                Value::Bytes(self.bytes(start, len, *max)?)
            }
            FieldType::BytesLarge { max } => {
                let len = self.cursor.u16().map_err(short)?;
                Value::Bytes(self.bytes(start, len, *max)?)
            }
            FieldType::Optional(block) => return self.optional(field, block),
            FieldType::ArrayFixed { count, block } => {
                let count = count.ok_or_else(|| self.failed(start, Reason::UnknownCount))?;
                return self.array_of(field, start, count, block);
            }
            FieldType::ArraySmall { max, block } => {
                let count = u16::from(self.cursor.u8().map_err(short)?);
                self.check(start, count, *max)?;
                return self.array_of(field, start, count, block);
            }
            FieldType::ArrayLarge { max, block } => {
                let count = self.cursor.u16().map_err(short)?;
                self.check(start, count, *max)?;
                return self.array_of(field, start, count, block);
            }
            FieldType::Align => return Err(self.failed(start, Reason::Align)),
            FieldType::Unknown => return Err(self.failed(start, Reason::UnknownType)),
        };
        self.tell(field, 0, start..self.cursor.at(), value)
    }

    fn tell(&mut self, field: &Field, part: u8, range: Range<usize>, value: Value<'_>) -> Walked<V> {
        self.visitor
            .value(field, part, range, value)
            .map_err(Stop::Visitor)
    }

    fn failed(&self, offset: usize, reason: Reason) -> Stop<V::Error> {
        Stop::Failed(Failure { reason, offset })
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Stop<V::Error>> {
        self.cursor.array().map_err(short)
    }

    fn varint(&mut self) -> Result<u32, Stop<V::Error>> {
        let start = self.cursor.at();
        self.cursor
            .varint()
            .map_err(short)?
            .ok_or_else(|| self.failed(start, Reason::Varint))
    }

    fn position(&mut self, field: &Field) -> Walked<V> {
        let start = self.cursor.at();
        let vector = Vector::new::<3>(&self.array::<12>()?);
        let middle = self.cursor.at();
        self.tell(field, 0, start..middle, Value::Vector(vector))?;
        let number = self.varint()?;
        self.tell(field, 1, middle..self.cursor.at(), Value::Varint(number))
    }

    /// Refuses a count or length over the greatest.
    fn check(&self, start: usize, found: u16, max: Option<u16>) -> Walked<V> {
        match max {
            Some(max) if found > max => {
                let reason = Reason::OverLimit {
                    found: u32::from(found),
                    max: u32::from(max),
                };
                Err(self.failed(start, reason))
            }
            _ => Ok(()),
        }
    }

    fn bytes(&mut self, start: usize, len: u16, max: Option<u16>) -> Result<&'a [u8], Stop<V::Error>> {
        self.check(start, len, max)?;
        self.cursor.take(usize::from(len)).map_err(short)
    }

    fn utf16(&mut self, max: Option<u16>) -> Result<&'a [u8], Stop<V::Error>> {
        let start = self.cursor.at();
        let greatest = max.map_or(usize::MAX, usize::from);
        let units = self.cursor.rest().chunks_exact(2);
        let seen = units.len();
        match units.take(greatest).position(|unit| unit == [0, 0]) {
            Some(len) => {
                let text = self.cursor.take(len.saturating_mul(2)).map_err(short)?;
                self.cursor.take(2).map_err(short)?;
                Ok(text)
            }
            None => Err(self.unterminated(start, seen, max, 2)),
        }
    }

    fn utf8(&mut self, max: Option<u16>) -> Result<&'a [u8], Stop<V::Error>> {
        let start = self.cursor.at();
        let greatest = max.map_or(usize::MAX, usize::from);
        let rest = self.cursor.rest();
        match rest.iter().take(greatest).position(|byte| *byte == 0) {
            Some(len) => {
                let text = self.cursor.take(len).map_err(short)?;
                self.cursor.take(1).map_err(short)?;
                Ok(text)
            }
            None => Err(self.unterminated(start, rest.len(), max, 1)),
        }
    }

    /// No terminator among `seen` units of `size` bytes: too long, or not all here yet.
    fn unterminated(&self, start: usize, seen: usize, max: Option<u16>, size: usize) -> Stop<V::Error> {
        match max {
            Some(max) if seen >= usize::from(max) => {
                let found = u32::from(max).saturating_add(1);
                self.failed(
                    start,
                    Reason::OverLimit {
                        found,
                        max: u32::from(max),
                    },
                )
            }
            _ => {
                let needed = start.saturating_add(seen.saturating_add(1).saturating_mul(size));
                Stop::Incomplete { needed }
            }
        }
    }

    fn optional(&mut self, field: &Field, block: &Block) -> Walked<V> {
        let start = self.cursor.at();
        let present = self.cursor.u8().map_err(short)? != 0;
        let flag = start..self.cursor.at();
        self.visitor
            .enter(field, flag, Group::Optional(present))
            .map_err(Stop::Visitor)?;
        if present {
            self.block(block)?;
        }
        self.visitor.leave(self.cursor.at()).map_err(Stop::Visitor)
    }

    fn array_of(&mut self, field: &Field, start: usize, count: u16, block: &Block) -> Walked<V> {
        let count = usize::from(count);
        // No need to wait for bytes that would be too many.
        if let Some(size) = block.fixed_size()
            && !self.fits(size, count)
        {
            return Err(self.failed(start, Reason::TooLong));
        }
        let at = start..self.cursor.at();
        self.visitor
            .enter(field, at, Group::Array(count))
            .map_err(Stop::Visitor)?;
        match block.fixed_size() {
            // Elements of no bytes: there is nothing to show, and counts of them cost the sender nothing.
            Some(0) => {}
            Some(size) if !V::VALUES => self.skip(size, count)?,
            _ => {
                for index in 0..count {
                    self.visitor
                        .element(index, self.cursor.at())
                        .map_err(Stop::Visitor)?;
                    self.block(block)?;
                    self.visitor
                        .end_element(self.cursor.at())
                        .map_err(Stop::Visitor)?;
                }
            }
        }
        self.visitor.leave(self.cursor.at()).map_err(Stop::Visitor)
    }
}

/// A socket address as Windows lays it out (type 0C): the port is in network order.
fn address(bytes: &[u8]) -> Value<'_> {
    let family = bytes.first_chunk().copied().map(u16::from_le_bytes);
    let port = bytes
        .get(2..)
        .and_then(<[u8]>::first_chunk)
        .copied()
        .map_or(0, u16::from_be_bytes);
    let v4 = bytes.get(4..).and_then(<[u8]>::first_chunk::<4>).copied();
    let v6 = bytes.get(8..).and_then(<[u8]>::first_chunk::<16>).copied();
    match (family, v4, v6) {
        (Some(2), Some(address), _) => Value::Ipv4 {
            address: Ipv4Addr::from(address),
            port,
        },
        (Some(23), _, Some(address)) => Value::Ipv6 {
            address: Ipv6Addr::from(address),
            port,
        },
        _ => Value::OtherAddress(bytes),
    }
}
