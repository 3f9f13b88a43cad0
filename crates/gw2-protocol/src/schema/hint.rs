//! How a field's value is to be read by people: the words after `as` in a schema file.

use super::field::FieldType;
use std::fmt;
use std::sync::Arc;

/// How long a server tick is, in milliseconds (protocol.md, section 5).
pub const TICK_MILLISECONDS: u32 = 40;

/// How many game units a unit of position on the wire is (protocol.md, section 5).
pub const POSITION_UNITS: f32 = 32.0;

/// How the value of a field is shown to people.
#[derive(Clone, Debug, PartialEq)]
pub enum Hint {
    /// A number whose digits mean more in base 16.
    Hex,
    /// A time in server ticks.
    Ticks,
    /// A time in milliseconds.
    Milliseconds,
    /// A time in seconds.
    Seconds,
    /// The number of something.
    Id(IdKind),
    /// An angle in radians.
    Angle,
    /// A place in the world, in units of the wire.
    Position,
    /// One of a few values, or a set of bits, with names.
    Values(Arc<ValueSet>),
}

/// What an id numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdKind {
    /// Something in the world that acts or is acted upon.
    Agent,
    /// A skill.
    Skill,
    /// An item.
    Item,
    /// A map.
    Map,
    /// Something else.
    Other,
}

impl IdKind {
    /// What it numbers, in a word; empty for [`IdKind::Other`].
    pub fn word(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Skill => "skill",
            Self::Item => "item",
            Self::Map => "map",
            Self::Other => "",
        }
    }
}

/// The values of an enumeration, or the bits of a set of flags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueSet {
    /// The name after `as`.
    pub name: Box<str>,
    /// Each value is a bit or several that can be set beside others.
    pub flags: bool,
    /// In the order of the file.
    pub values: Box<[NamedValue]>,
}

/// A value with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedValue {
    /// The number, or the bits.
    pub value: u32,
    /// The name; of a flag, the last part of its display filter field.
    pub name: Box<str>,
    /// What it means, for people.
    pub text: Option<Box<str>>,
}

impl NamedValue {
    /// What people are shown.
    pub fn label(&self) -> &str {
        self.text.as_deref().unwrap_or(&self.name)
    }
}

impl ValueSet {
    /// What people are shown for a value of an enumeration.
    pub fn label(&self, value: u32) -> Option<&str> {
        self.values
            .iter()
            .find(|named| named.value == value)
            .map(NamedValue::label)
    }

    /// The flags that are set in `value`: all of their bits.
    pub fn set_in(&self, value: u32) -> impl Iterator<Item = &NamedValue> {
        self.values
            .iter()
            .filter(move |named| value & named.value == named.value)
    }
}

/// The hints that need no declaration, with their words.
const PLAIN: [(&str, Hint); 11] = [
    ("hex", Hint::Hex),
    ("ticks", Hint::Ticks),
    ("milliseconds", Hint::Milliseconds),
    ("seconds", Hint::Seconds),
    ("agent_id", Hint::Id(IdKind::Agent)),
    ("skill_id", Hint::Id(IdKind::Skill)),
    ("item_id", Hint::Id(IdKind::Item)),
    ("map_id", Hint::Id(IdKind::Map)),
    ("id", Hint::Id(IdKind::Other)),
    ("angle", Hint::Angle),
    ("position", Hint::Position),
];

impl Hint {
    /// The words of the hints that need no declaration.
    pub fn plain_words() -> impl Iterator<Item = &'static str> {
        PLAIN.iter().map(|(word, _)| *word)
    }

    /// The hint that a word names without a declaration.
    pub fn plain(word: &str) -> Option<Self> {
        let (_, hint) = PLAIN.iter().find(|(plain, _)| *plain == word)?;
        Some(hint.clone())
    }

    /// The word after `as`.
    pub fn word(&self) -> &str {
        if let Self::Values(set) = self {
            return &set.name;
        }
        let plain = PLAIN.iter().find(|(_, hint)| hint == self);
        plain.map_or("", |(word, _)| word)
    }

    /// Which types it can stand behind.
    pub(super) fn subject(&self) -> Subject {
        match self {
            Self::Hex | Self::Id(_) | Self::Ticks => Subject::Integer,
            Self::Milliseconds | Self::Seconds => Subject::Number,
            Self::Angle => Subject::Float,
            Self::Position => Subject::Vector,
            Self::Values(_) => Subject::SmallInteger,
        }
    }
}

/// The types that a hint can stand behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    Integer,
    SmallInteger,
    Float,
    Number,
    Vector,
}

impl Subject {
    pub fn covers(self, ty: &FieldType) -> bool {
        let small = matches!(
            ty,
            FieldType::U8 | FieldType::U16 | FieldType::U32 { .. } | FieldType::Varint
        );
        let integer = small || matches!(ty, FieldType::U64 { .. });
        match self {
            Self::SmallInteger => small,
            Self::Integer => integer,
            Self::Float => matches!(ty, FieldType::F32),
            Self::Number => integer || matches!(ty, FieldType::F32),
            Self::Vector => matches!(
                ty,
                FieldType::Vec2 | FieldType::Vec3 | FieldType::Vec4 | FieldType::Position
            ),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Integer => "integers",
            Self::SmallInteger => "integers of up to 32 bits",
            Self::Float => "f32",
            Self::Number => "integers and f32",
            Self::Vector => "vectors and positions",
        })
    }
}
