//! What a field is: its description before it is registered, its number after.

use std::borrow::Cow;
use std::ffi::c_int;

use crate::sys;

/// A registered field: what Wireshark filters by. A small integer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FieldId(pub(crate) c_int);

impl FieldId {
    pub(crate) fn raw(self) -> c_int {
        self.0
    }
}

/// How an unsigned integer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Base {
    /// 123
    Dec,
    /// 0x7b
    Hex,
    /// 0173
    Oct,
    /// 123 (0x7b)
    DecHex,
    /// 0x7b (123)
    HexDec,
}

/// What a frame number refers to: Wireshark draws an arrow in its packet list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FrameLink {
    /// Another frame.
    Plain,
    /// The request to this answer.
    Request,
    /// The answer to this request.
    Response,
}

/// The kind of value that a field has, and how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldKind {
    /// No value: a heading.
    None,
    /// True or false. `strings` may have a text for 1 and one for 0.
    Bool,
    /// One or more bits of a number: true when any is set.
    Flag {
        /// The bits.
        mask: u32,
        /// How many bits of the number are drawn: 8, 16 or 32.
        width: u8,
    },
    /// 8 bits.
    U8(Base),
    /// 16 bits.
    U16(Base),
    /// 16 bits, a TCP port: shown with its service's name.
    TcpPort,
    /// 32 bits.
    U32(Base),
    /// 64 bits.
    U64(Base),
    /// 32 bits, signed.
    I32,
    /// 64 bits, signed.
    I64,
    /// 32 bits.
    Float,
    /// 64 bits.
    Double,
    /// UTF-8.
    String,
    /// Bytes.
    Bytes,
    /// A GUID.
    Guid,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// A frame's number.
    FrameNum(FrameLink),
    /// A span of time.
    RelativeTime,
    /// A point in time, shown in local time.
    AbsoluteTime,
}

/// A field to register.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FieldSpec {
    /// What stands before the value in the tree.
    pub name: Cow<'static, str>,
    /// The name in filters, with the protocol's in front: `gw2.opcode`.
    pub abbrev: Cow<'static, str>,
    /// The kind of value.
    pub kind: FieldKind,
    /// Texts for values of integers and booleans; other kinds ignore them.
    pub strings: Vec<(u64, Cow<'static, str>)>,
    /// A sentence about it, or nothing.
    pub blurb: Cow<'static, str>,
}

impl FieldSpec {
    /// A field without texts for values and without description.
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        abbrev: impl Into<Cow<'static, str>>,
        kind: FieldKind,
    ) -> Self {
        Self {
            name: name.into(),
            abbrev: abbrev.into(),
            kind,
            strings: Vec::new(),
            blurb: Cow::Borrowed(""),
        }
    }

    /// With texts for values.
    #[must_use]
    pub fn strings<T: Into<Cow<'static, str>>>(
        mut self,
        strings: impl IntoIterator<Item = (u64, T)>,
    ) -> Self {
        self.strings = strings
            .into_iter()
            .map(|(value, text)| (value, text.into()))
            .collect();
        self
    }

    /// With a description.
    #[must_use]
    pub fn blurb(mut self, blurb: impl Into<Cow<'static, str>>) -> Self {
        self.blurb = blurb.into();
        self
    }
}

/// How C looks up texts for values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lookup {
    None,
    Bool,
    Val32,
    Val64,
    /// Not texts: the kind of frame link, in the pointer itself.
    Frame(FrameLink),
}

impl FieldKind {
    pub(crate) fn ftype(self) -> sys::ftenum {
        match self {
            Self::None => sys::FT_NONE,
            Self::Bool | Self::Flag { .. } => sys::FT_BOOLEAN,
            Self::U8(_) => sys::FT_UINT8,
            Self::U16(_) | Self::TcpPort => sys::FT_UINT16,
            Self::U32(_) => sys::FT_UINT32,
            Self::U64(_) => sys::FT_UINT64,
            Self::I32 => sys::FT_INT32,
            Self::I64 => sys::FT_INT64,
            Self::Float => sys::FT_FLOAT,
            Self::Double => sys::FT_DOUBLE,
            Self::String => sys::FT_STRING,
            Self::Bytes => sys::FT_BYTES,
            Self::Guid => sys::FT_GUID,
            Self::Ipv4 => sys::FT_IPv4,
            Self::Ipv6 => sys::FT_IPv6,
            Self::FrameNum(_) => sys::FT_FRAMENUM,
            Self::RelativeTime => sys::FT_RELATIVE_TIME,
            Self::AbsoluteTime => sys::FT_ABSOLUTE_TIME,
        }
    }

    pub(crate) fn display(self) -> c_int {
        let display = match self {
            Self::U8(base) | Self::U16(base) | Self::U32(base) | Self::U64(base) => match base {
                Base::Dec => sys::BASE_DEC,
                Base::Hex => sys::BASE_HEX,
                Base::Oct => sys::BASE_OCT,
                Base::DecHex => sys::BASE_DEC_HEX,
                Base::HexDec => sys::BASE_HEX_DEC,
            },
            Self::I32 | Self::I64 => sys::BASE_DEC,
            Self::TcpPort => sys::BASE_PT_TCP,
            Self::AbsoluteTime => sys::ABSOLUTE_TIME_LOCAL,
            Self::Flag { width, .. } => u32::from(width),
            _ => sys::BASE_NONE,
        };
        display as c_int
    }

    pub(crate) fn bitmask(self) -> u64 {
        match self {
            Self::Flag { mask, .. } => u64::from(mask),
            _ => 0,
        }
    }

    pub(crate) fn lookup(self) -> Lookup {
        match self {
            Self::Bool | Self::Flag { .. } => Lookup::Bool,
            Self::U8(_) | Self::U16(_) | Self::U32(_) | Self::I32 => Lookup::Val32,
            Self::U64(_) | Self::I64 => Lookup::Val64,
            Self::FrameNum(link) => Lookup::Frame(link),
            _ => Lookup::None,
        }
    }
}
