//! The client's numbers for wire types (docs/schemas.md, "Types").

use gw2_protocol::schema::{Block, FieldType};

/// The code of the first field of every message: its opcode, which our schemas do not list.
pub const OPCODE: u8 = 0x01;

/// Whether a field of this type has fields of its own.
pub fn has_block(code: u8) -> bool {
    (0x0f..=0x12).contains(&code)
}

/// The type with this code; `None` for a code that a message can't hold. `block` counts only where
/// [`has_block`] says so.
pub fn field_type(code: u8, bound: Option<u16>, block: Block) -> Option<FieldType> {
    Some(match code {
        0x02 => FieldType::U8,
        0x03 => FieldType::U16,
        0x04 => FieldType::Varint,
        0x05 => FieldType::U64 { alternate: false },
        0x06 => FieldType::F32,
        0x07 => FieldType::Vec2,
        0x08 => FieldType::Vec3,
        0x09 => FieldType::Vec4,
        0x0a => FieldType::Position,
        0x0b => FieldType::Guid,
        0x0c => FieldType::Address,
        0x0d => FieldType::String { max: bound },
        0x0e => FieldType::CString { max: bound },
        0x0f => FieldType::Optional(block),
        0x10 => FieldType::ArrayFixed { count: bound, block },
        0x11 => FieldType::ArraySmall { max: bound, block },
        0x12 => FieldType::ArrayLarge { max: bound, block },
        0x13 => FieldType::BytesFixed { count: bound },
        0x14 => FieldType::BytesSmall { max: bound },
        0x15 => FieldType::BytesLarge { max: bound },
        0x16 => FieldType::Align,
        0x17 => FieldType::U32 { alternate: false },
        0x19 => FieldType::U32 { alternate: true },
        0x1a => FieldType::U64 { alternate: true },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::message;

    /// The codes and words as docs/schemas.md lists them.
    #[test]
    fn every_code_of_the_documentation_gives_its_word() {
        let page = include_str!("../../../../../docs/schemas.md");
        let mut codes = 0;
        let (_, types) = page.split_once("\n### Types\n").unwrap();
        let (types, _) = types.split_once("\n#").unwrap();
        for row in types.lines().filter(|line| line.starts_with("| `")) {
            let mut cells = row.split('|').skip(1);
            let (Some(words), Some(numbers)) = (cells.next(), cells.next()) else {
                continue;
            };
            let words = words.split('`').skip(1).step_by(2);
            for (word, number) in words.zip(numbers.split_whitespace()) {
                let Ok(code) = u8::from_str_radix(number, 16) else {
                    continue;
                };
                let word = word.split(['(', ' ']).next();
                let found = field_type(code, None, Block::default());
                assert_eq!(found.as_ref().map(FieldType::word), word, "{code:02x}");
                assert_eq!(
                    found.and_then(|ty| ty.block().cloned()).is_some(),
                    has_block(code)
                );
                codes += 1;
            }
        }
        assert_eq!(codes, 24);
        assert_eq!(field_type(OPCODE, None, message::unknown_block()), None);
    }
}
