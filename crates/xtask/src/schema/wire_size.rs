//! How many bytes a message takes on the wire.

use std::fmt;

use gw2_protocol::schema::{Block, FieldType, Schema};

/// The bytes of an opcode.
const OPCODE: u64 = 2;

/// The least and the greatest size of something, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireSize {
    /// The least.
    pub least: u64,
    /// The greatest; `None` where the tables know no limit, or not every type.
    pub most: Option<u64>,
}

impl WireSize {
    /// The size of a message with its opcode. A message of which not every type is known has at least what
    /// is known of it.
    pub fn of(schema: &Schema) -> Self {
        Self::exactly(OPCODE).and(Self::of_block(&schema.body))
    }

    fn exactly(size: u64) -> Self {
        Self::between(size, size)
    }

    fn between(least: u64, most: u64) -> Self {
        Self {
            least,
            most: Some(most),
        }
    }

    fn at_least(least: u64) -> Self {
        Self { least, most: None }
    }

    fn and(self, other: Self) -> Self {
        Self {
            least: self.least + other.least,
            most: self.most.zip(other.most).map(|(one, other)| one + other),
        }
    }

    fn times(self, least: u64, most: Option<u64>) -> Self {
        Self {
            least: self.least * least,
            most: match (self.most, most) {
                (Some(0), _) | (_, Some(0)) => Some(0),
                (size, times) => size.zip(times).map(|(size, times)| size * times),
            },
        }
    }

    fn of_block(block: &Block) -> Self {
        let mut size = Self::exactly(0);
        for field in block.fields() {
            size = size.and(Self::of_type(&field.ty));
            if matches!(field.ty, FieldType::Unknown | FieldType::Align) {
                return Self::at_least(size.least);
            }
        }
        size
    }

    fn of_type(ty: &FieldType) -> Self {
        const VARINT: WireSize = WireSize {
            least: 1,
            most: Some(5),
        };
        const VEC3: u64 = 12;
        if let Some(size) = ty.fixed_size() {
            return Self::exactly(size.into());
        }
        let bound = ty.bound().flatten().map(u64::from);
        let up_to_bound = |unit: u64| Self::exactly(unit).times(0, bound);
        match ty {
            FieldType::Varint => VARINT,
            FieldType::Position => Self::exactly(VEC3).and(VARINT),
            // At least the terminator, which the limit counts.
            FieldType::String { .. } => Self {
                least: 2,
                ..up_to_bound(2)
            },
            FieldType::CString { .. } => Self {
                least: 1,
                ..up_to_bound(1)
            },
            FieldType::Optional(block) => Self::exactly(1).and(Self::of_block(block).times(0, Some(1))),
            FieldType::ArrayFixed { block, .. } => Self::of_block(block).times(bound.unwrap_or(0), bound),
            FieldType::ArraySmall { block, .. } => {
                Self::exactly(1).and(Self::of_block(block).times(0, bound.or(Some(u8::MAX.into()))))
            }
            FieldType::ArrayLarge { block, .. } => {
                Self::exactly(2).and(Self::of_block(block).times(0, bound.or(Some(u16::MAX.into()))))
            }
            FieldType::BytesSmall { .. } => Self::between(1, 1 + bound.unwrap_or(u8::MAX.into())),
            FieldType::BytesLarge { .. } => Self::between(2, 2 + bound.unwrap_or(u16::MAX.into())),
            _ => Self::at_least(0),
        }
    }
}

impl fmt::Display for WireSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.most {
            Some(most) if most == self.least => write!(f, "{most} bytes"),
            Some(most) => write!(f, "{} to {most} bytes", self.least),
            None => write!(f, "at least {} bytes", self.least),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gw2_protocol::schema::parse;

    fn size(fields: &str) -> String {
        let text = format!("schema s table gs2c 0x0001 {{ {fields} }}");
        let (file, errors) = parse("a", &text);
        assert_eq!(errors, []);
        WireSize::of(&file.unwrap().messages[0]).to_string()
    }

    /// By the table of types in docs/schemas.md, with two bytes for the opcode.
    #[test]
    fn sizes_are_those_of_the_types() {
        assert_eq!(size(""), "2 bytes");
        assert_eq!(size("u8 u16 u32 u64 f32 vec3 guid address bytes(5)"), "82 bytes");
        assert_eq!(size("varint position"), "16 to 24 bytes");
        assert_eq!(size("string(128)"), "4 to 258 bytes");
        assert_eq!(size("cstring(64)"), "3 to 66 bytes");
        assert_eq!(size("string(?)"), "at least 4 bytes");
        assert_eq!(size("optional { vec4 optional { u8 } }"), "3 to 21 bytes");
        assert_eq!(size("array(4) { u8 varint }"), "10 to 26 bytes");
        assert_eq!(size("array(?) { u8 }"), "at least 2 bytes");
        assert_eq!(size("array8(3) { u16 }"), "3 to 9 bytes");
        assert_eq!(size("array8 { u16 }"), "3 to 513 bytes");
        assert_eq!(size("array16(10) { varint }"), "4 to 54 bytes");
        assert_eq!(size("array16 { cstring(?) }"), "at least 4 bytes");
        assert_eq!(size("bytes8(250)"), "3 to 253 bytes");
        assert_eq!(size("bytes16"), "4 to 65539 bytes");
        assert_eq!(size("u8 unknown u16"), "at least 3 bytes");
        assert_eq!(size("array16(0) { unknown }"), "4 bytes");
    }
}
