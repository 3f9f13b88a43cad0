//! A field of a message and its wire type.

use super::hint::Hint;
use super::names::NameKey;
use crate::fast_path::Shortcut;

/// One field of a message, or of a block nested in one.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The name in the schema file, if the field has one.
    pub name: Option<Box<str>>,
    /// Which display filter field shows the value; set by the catalog for named fields.
    pub key: Option<NameKey>,
    /// The wire form.
    pub ty: FieldType,
    /// The type was concluded from elsewhere, not read from the client or seen on the wire.
    pub inferred: bool,
    /// How the value is shown to people.
    pub hint: Option<Hint>,
    /// What the field means, for people.
    pub description: Option<Box<str>>,
}

impl Field {
    /// A field of which nothing but the wire form is known.
    pub fn new(ty: FieldType) -> Self {
        Self {
            name: None,
            key: None,
            ty,
            inferred: false,
            hint: None,
            description: None,
        }
    }
}

/// The wire form of a field: the type codes of protocol.md, section 5.
///
/// A greatest count or length is `None` where the source of the schema does not know it.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldType {
    /// 02: one byte.
    U8,
    /// 03: two bytes.
    U16,
    /// 04: a base-128 number of one to five bytes.
    Varint,
    /// 05 and 1A: eight bytes.
    U64 {
        /// Code 1A rather than 05.
        alternate: bool,
    },
    /// 06: an IEEE 754 single.
    F32,
    /// 07: two singles.
    Vec2,
    /// 08: three singles.
    Vec3,
    /// 09: four singles.
    Vec4,
    /// 0A: three singles, then a varint.
    Position,
    /// 0B: sixteen bytes.
    Guid,
    /// 0C: a socket address of 28 bytes.
    Address,
    /// 0D: UTF-16LE up to a u16 zero; the greatest length is in UTF-16 units with the terminator.
    String {
        /// Greatest length in units.
        max: Option<u16>,
    },
    /// 0E: bytes up to a zero; the greatest length is in bytes with the terminator.
    CString {
        /// Greatest length in bytes.
        max: Option<u16>,
    },
    /// 0F: a byte, and the block if it is not 0.
    Optional(Block),
    /// 10: the block, as many times as the schema says.
    ArrayFixed {
        /// How many; `None` where nobody knows, which ends decoding.
        count: Option<u16>,
        /// What is repeated.
        block: Block,
    },
    /// 11: a u8 count, then the block that many times.
    ArraySmall {
        /// Greatest count.
        max: Option<u16>,
        /// What is repeated.
        block: Block,
    },
    /// 12: a u16 count, then the block that many times.
    ArrayLarge {
        /// Greatest count.
        max: Option<u16>,
        /// What is repeated.
        block: Block,
    },
    /// 13: as many bytes as the schema says.
    BytesFixed {
        /// How many; `None` where nobody knows, which ends decoding.
        count: Option<u16>,
    },
    /// 14: a u8 length, then bytes.
    BytesSmall {
        /// Greatest length.
        max: Option<u16>,
    },
    /// 15: a u16 length, then bytes.
    BytesLarge {
        /// Greatest length.
        max: Option<u16>,
    },
    /// 16: legal in a server's schema only; always an error in a client's.
    Align,
    /// 17 and 19: four bytes.
    U32 {
        /// Code 19 rather than 17.
        alternate: bool,
    },
    /// Nobody knows the type, so that nobody knows where the message goes on.
    Unknown,
}

/// Fields that come and go together: the sub-schema of an optional or an array.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    fields: Box<[Field]>,
    fixed_size: Option<u32>,
    depth: usize,
    has_address: bool,
    shortcut: Option<Shortcut>,
}

impl Block {
    /// A block of these fields.
    pub fn new(fields: Vec<Field>) -> Self {
        let fixed_size = fields
            .iter()
            .try_fold(0u32, |sum, field| sum.checked_add(field.ty.fixed_size()?));
        let deepest = fields
            .iter()
            .map(|field| field.ty.block().map_or(0, |block| block.depth.saturating_add(1)))
            .max();
        let has_address = fields.iter().any(|field| {
            matches!(field.ty, FieldType::Address) || field.ty.block().is_some_and(Block::has_address)
        });
        Self {
            shortcut: Shortcut::of(&fields),
            fields: fields.into_boxed_slice(),
            fixed_size,
            depth: deepest.unwrap_or(0),
            has_address,
        }
    }

    /// The fields, in wire order.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The wire size in bytes when it does not depend on the content.
    pub fn fixed_size(&self) -> Option<u32> {
        self.fixed_size
    }

    /// A hand-written way to the end of a message that is this block.
    pub fn shortcut(&self) -> Option<Shortcut> {
        self.shortcut
    }

    /// Whether a socket address can be in it.
    pub fn has_address(&self) -> bool {
        self.has_address
    }

    /// How many blocks are nested in this one, at most, counted downwards.
    pub fn depth(&self) -> usize {
        self.depth
    }

    pub(super) fn fields_mut(&mut self) -> &mut [Field] {
        &mut self.fields
    }
}

impl Default for Block {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl FieldType {
    /// The wire size in bytes when it does not depend on the content.
    pub fn fixed_size(&self) -> Option<u32> {
        match self {
            Self::U8 => Some(1),
            Self::U16 => Some(2),
            Self::F32 | Self::U32 { .. } => Some(4),
            Self::U64 { .. } | Self::Vec2 => Some(8),
            Self::Vec3 => Some(12),
            Self::Vec4 | Self::Guid => Some(16),
            Self::Address => Some(28),
            Self::BytesFixed { count } => count.map(u32::from),
            Self::ArrayFixed { count: Some(0), .. } => Some(0),
            Self::ArrayFixed { count, block } => block.fixed_size()?.checked_mul(u32::from((*count)?)),
            Self::Varint
            | Self::Position
            | Self::String { .. }
            | Self::CString { .. }
            | Self::Optional(_)
            | Self::ArraySmall { .. }
            | Self::ArrayLarge { .. }
            | Self::BytesSmall { .. }
            | Self::BytesLarge { .. }
            | Self::Align
            | Self::Unknown => None,
        }
    }

    /// The nested block, if the type has one.
    pub fn block(&self) -> Option<&Block> {
        match self {
            Self::Optional(block)
            | Self::ArrayFixed { block, .. }
            | Self::ArraySmall { block, .. }
            | Self::ArrayLarge { block, .. } => Some(block),
            _ => None,
        }
    }

    pub(super) fn block_mut(&mut self) -> Option<&mut Block> {
        match self {
            Self::Optional(block)
            | Self::ArrayFixed { block, .. }
            | Self::ArraySmall { block, .. }
            | Self::ArrayLarge { block, .. } => Some(block),
            _ => None,
        }
    }

    /// The word for the type in a schema file.
    pub fn word(&self) -> &'static str {
        match self {
            Self::U8 => "u8",
            Self::U16 => "u16",
            Self::Varint => "varint",
            Self::U64 { alternate: false } => "u64",
            Self::U64 { alternate: true } => "u64_1a",
            Self::F32 => "f32",
            Self::Vec2 => "vec2",
            Self::Vec3 => "vec3",
            Self::Vec4 => "vec4",
            Self::Position => "position",
            Self::Guid => "guid",
            Self::Address => "address",
            Self::String { .. } => "string",
            Self::CString { .. } => "cstring",
            Self::Optional(_) => "optional",
            Self::ArrayFixed { .. } => "array",
            Self::ArraySmall { .. } => "array8",
            Self::ArrayLarge { .. } => "array16",
            Self::BytesFixed { .. } => "bytes",
            Self::BytesSmall { .. } => "bytes8",
            Self::BytesLarge { .. } => "bytes16",
            Self::Align => "align",
            Self::U32 { alternate: false } => "u32",
            Self::U32 { alternate: true } => "u32_19",
            Self::Unknown => "unknown",
        }
    }

    /// The number in parentheses in a schema file: a count or a greatest count or length.
    /// The outer `None`: the type takes no number.
    pub fn bound(&self) -> Option<Option<u16>> {
        match self {
            Self::String { max }
            | Self::CString { max }
            | Self::ArraySmall { max, .. }
            | Self::ArrayLarge { max, .. }
            | Self::BytesSmall { max }
            | Self::BytesLarge { max } => Some(*max),
            Self::ArrayFixed { count, .. } | Self::BytesFixed { count } => Some(*count),
            _ => None,
        }
    }
}
