//! AGENT_UPDATE_BATCH, `gs2c` 0x0001 of the 2025 client.
//!
//! A hypothesis (seed document and kx-packet-inspector; protocol.md, section 5): after the opcode
//! a head of u16 subtype, u16 agent id, u32 tick; for subtype 0x0040 three singles follow; the rest is
//! unknown. No subtype has a known end, so that the size of what is left of the block decides. The
//! schema's fields describe the head, the position and the rest, in this order.

use crate::message::{Decoded, Failure, Reason, Stop, Value, Vector, Visitor};
use crate::schema::{Field, FieldType, Schema};

/// What the fields of the schema have to be.
pub(super) const FIELDS: [FieldType; 5] = [
    FieldType::U16,
    FieldType::U16,
    FieldType::U32 { alternate: false },
    FieldType::Vec3,
    FieldType::BytesFixed { count: None },
];

/// Bytes of the opcode and the head.
const HEAD: usize = 10;

/// The one subtype whose first bytes after the head are known: a position.
const SUBTYPE_POSITION: u16 = 0x0040;

/// Bytes of the opcode, the head and a position.
const WITH_POSITION: usize = 22;

/// Sizes of whole messages that were seen, opcode included.
const SIZES: [usize; 6] = [14, 25, 26, 38, 44, 62];

pub(super) fn walk<V: Visitor>(
    bytes: &[u8],
    rest: usize,
    schema: &Schema,
    visitor: &mut V,
) -> Result<Decoded, Stop<V::Error>> {
    if rest < HEAD {
        return Err(Stop::Failed(Failure {
            reason: Reason::ShortFastPath,
            offset: 0,
        }));
    }
    let Some(head) = bytes.get(2..).and_then(<[u8]>::first_chunk::<8>) else {
        return Err(Stop::Incomplete { needed: HEAD });
    };
    let [s0, s1, a0, a1, t0, t1, t2, t3] = *head;
    let subtype = u16::from_le_bytes([s0, s1]);
    let known = if subtype == SUBTYPE_POSITION && rest >= WITH_POSITION {
        WITH_POSITION
    } else {
        HEAD
    };
    let whole = SIZES.contains(&rest);
    let len = if whole { rest } else { known };
    let Some(message) = bytes.get(..len) else {
        return Err(Stop::Incomplete { needed: len });
    };

    let mut fields = schema.fields().iter();
    let mut tell = |field: Option<&Field>, range, value| match field {
        Some(field) => visitor.value(field, 0, range, value).map_err(Stop::Visitor),
        None => Ok(()),
    };
    tell(fields.next(), 2..4, Value::U16(subtype))?;
    tell(fields.next(), 4..6, Value::U16(u16::from_le_bytes([a0, a1])))?;
    tell(
        fields.next(),
        6..HEAD,
        Value::U32(u32::from_le_bytes([t0, t1, t2, t3])),
    )?;
    let position_field = fields.next();
    if let Some(position) = message.get(HEAD..known).filter(|bytes| !bytes.is_empty()) {
        let vector = Vector::new::<3>(position);
        tell(position_field, HEAD..known, Value::Vector(vector))?;
    }
    if let Some(unknown) = message.get(known..).filter(|bytes| !bytes.is_empty()) {
        tell(fields.next(), known..len, Value::Bytes(unknown))?;
    }
    Ok(Decoded {
        len,
        open_end: rest > len,
    })
}
