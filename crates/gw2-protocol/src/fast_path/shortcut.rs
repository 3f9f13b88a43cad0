//! Hand-written ways to the end of the hottest messages.
//!
//! A shortcut belongs to a *shape*, the types of a message's fields, so that it serves every opcode and client build of
//! that shape, and none whose fields a user's schema file changed. It says only where a whole and sound message ends;
//! for anything else the schema decides. Tests hold the two to the same end on every input. docs/performance.md has
//! what each gains.

use crate::schema::{Field, FieldType};

/// A shape with a hand-written way to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortcut {
    /// Nothing but varints, so many of them: ticks, ids and amounts.
    Varints(u8),
    /// Two varints, three singles, a varint and three bytes: the client's movement.
    Movement,
    /// u16, varint, u8 and an optional state of motion: what the server says of an agent.
    AgentState,
    /// u16, varint, u8, varint and at most so many bytes: a command with its data.
    Command {
        /// The greatest length of the data.
        max: u8,
    },
}

impl Shortcut {
    /// The shortcut for messages of these fields.
    pub fn of(fields: &[Field]) -> Option<Self> {
        let types: Vec<&FieldType> = fields.iter().map(|field| &field.ty).collect();
        let all_varints = !types.is_empty() && types.iter().all(|ty| matches!(ty, FieldType::Varint));
        match types.as_slice() {
            _ if all_varints => u8::try_from(types.len()).ok().map(Self::Varints),
            [
                FieldType::Varint,
                FieldType::Varint,
                FieldType::Vec3,
                FieldType::Varint,
                FieldType::U8,
                FieldType::U8,
                FieldType::U8,
            ] => Some(Self::Movement),
            [
                FieldType::U16,
                FieldType::Varint,
                FieldType::U8,
                FieldType::Optional(state),
            ] if is_motion(state.fields()) => Some(Self::AgentState),
            [
                FieldType::U16,
                FieldType::Varint,
                FieldType::U8,
                FieldType::Varint,
                FieldType::BytesSmall { max },
            ] => {
                let max = max.map_or(u8::MAX, |max| u8::try_from(max).unwrap_or(u8::MAX));
                Some(Self::Command { max })
            }
            _ => None,
        }
    }

    /// Where the message that begins with `bytes`, opcode first, ends; `None` when it is not whole or not sound.
    #[inline]
    pub fn end(self, bytes: &[u8]) -> Option<usize> {
        const OPCODE: usize = 2;
        let end = match self {
            Self::Varints(count) => {
                let mut at = OPCODE;
                for _ in 0..count {
                    at = varint(bytes, at)?;
                }
                at
            }
            Self::Movement => {
                let vector = varint(bytes, varint(bytes, OPCODE)?)?;
                varint(bytes, vector.checked_add(12)?)?.checked_add(3)?
            }
            Self::AgentState => motion(bytes, varint(bytes, 4)?.checked_add(1)?)?,
            Self::Command { max } => {
                let length = varint(bytes, varint(bytes, 4)?.checked_add(1)?)?;
                let count = *bytes.get(length)?;
                if count > max {
                    return None;
                }
                length.checked_add(1)?.checked_add(usize::from(count))?
            }
        };
        (end <= bytes.len()).then_some(end)
    }
}

fn is_motion(fields: &[Field]) -> bool {
    let is_vec4 = |field: &Field| match &field.ty {
        FieldType::Optional(block) => {
            matches!(block.fields(), [only] if matches!(only.ty, FieldType::Vec4))
        }
        _ => false,
    };
    match fields {
        [position, place, first, second, a, b] => {
            matches!(position.ty, FieldType::Vec4)
                && matches!(place.ty, FieldType::Varint)
                && is_vec4(first)
                && is_vec4(second)
                && matches!((&a.ty, &b.ty), (FieldType::U8, FieldType::U8))
        }
        _ => false,
    }
}

/// Behind an optional state of motion: vec4, varint, two optional vec4, two bytes.
fn motion(bytes: &[u8], flag: usize) -> Option<usize> {
    let behind = flag.checked_add(1)?;
    if *bytes.get(flag)? == 0 {
        return Some(behind);
    }
    let place = varint(bytes, behind.checked_add(16)?)?;
    let second = optional_vec4(bytes, place)?;
    optional_vec4(bytes, second)?.checked_add(2)
}

fn optional_vec4(bytes: &[u8], flag: usize) -> Option<usize> {
    flag.checked_add(if *bytes.get(flag)? == 0 { 1 } else { 17 })
}

/// Behind a varint.
#[inline]
fn varint(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = bytes.get(at..)?;
    let len = match rest {
        [0..0x80, ..] => 1,
        [_, 0..0x80, ..] => 2,
        [_, _, 0..0x80, ..] => 3,
        [_, _, _, 0..0x80, ..] => 4,
        // A fifth byte has four bits.
        [_, _, _, _, 0..0x10, ..] => 5,
        _ => return None,
    };
    at.checked_add(len)
}
