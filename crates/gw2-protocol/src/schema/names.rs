//! Which display filter field shows a named schema field (contract.md, "Message fields").

use super::field::{Field, FieldType};
use super::hint::Hint;
use std::collections::HashMap;

/// Words that follow `gw2.` in the contract's own fields; a schema field of such a name gets
/// `_field` appended.
pub const STATIC_NAMES: &[&str] = &[
    "block",
    "direction",
    "encrypted",
    "expert",
    "field",
    "game",
    "handshake",
    "key",
    "login",
    "message",
    "opcode",
    "portal",
    "schema",
    "session",
    "undecoded",
];

/// The number of a named field: an index into [`Catalog::names`](super::Catalog::names).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameKey(pub u32);

/// What a name's values are. One name is one kind over all schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NameKind {
    /// Integers of 8, 16 and 32 bits, varints, and the counts of arrays.
    Integer,
    /// Integers of 64 bits.
    U64,
    /// Singles.
    Float,
    /// Two to four singles.
    Vector,
    /// Text.
    String,
    /// Bytes.
    Bytes,
    /// GUIDs.
    Guid,
    /// Socket addresses.
    Address,
    /// Whether an optional block is there.
    Boolean,
}

impl NameKind {
    /// The kind of a field's value; `None` for types that show none.
    pub fn of(ty: &FieldType) -> Option<Self> {
        Some(match ty {
            FieldType::U8
            | FieldType::U16
            | FieldType::Varint
            | FieldType::U32 { .. }
            | FieldType::ArrayFixed { .. }
            | FieldType::ArraySmall { .. }
            | FieldType::ArrayLarge { .. } => Self::Integer,
            FieldType::U64 { .. } => Self::U64,
            FieldType::F32 => Self::Float,
            FieldType::Vec2 | FieldType::Vec3 | FieldType::Vec4 | FieldType::Position => Self::Vector,
            FieldType::String { .. } | FieldType::CString { .. } => Self::String,
            FieldType::BytesFixed { .. } | FieldType::BytesSmall { .. } | FieldType::BytesLarge { .. } => {
                Self::Bytes
            }
            FieldType::Guid => Self::Guid,
            FieldType::Address => Self::Address,
            FieldType::Optional(_) => Self::Boolean,
            FieldType::Align | FieldType::Unknown => return None,
        })
    }

    /// The word that tells two fields of one name apart: `gw2.<name>_<word>`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::U64 => "u64",
            Self::Float => "float",
            Self::Vector => "vector",
            Self::String => "string",
            Self::Bytes => "bytes",
            Self::Guid => "guid",
            Self::Address => "address",
            Self::Boolean => "boolean",
        }
    }
}

/// A display filter field that schemas name.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedField {
    /// The name in the schemas, for example `agent_id`.
    pub name: String,
    /// The filter name, for example `gw2.agent_id`.
    pub filter: String,
    /// What its values are.
    pub kind: NameKind,
    /// How many components vectors of this name have at most; 0 for other kinds.
    pub components: u8,
    /// The first description that a schema gives.
    pub description: Option<String>,
    /// The first hint that a schema gives.
    pub hint: Option<Hint>,
}

impl NamedField {
    /// Takes over what another field of the name says. Says what the two disagree about.
    fn merge(&mut self, field: &Field, components: u8) -> Option<String> {
        self.components = self.components.max(components);
        if self.description.is_none() {
            self.description = field.description.as_deref().map(str::to_owned);
        }
        match (&self.hint, &field.hint) {
            (None, hint) => self.hint.clone_from(hint),
            (Some(Hint::Values(known)), Some(Hint::Values(set))) if known != set => {
                return Some(format!(
                    "{} has other values elsewhere; the filter {} knows the names of those",
                    self.name, self.filter
                ));
            }
            _ => {}
        }
        None
    }
}

/// Gives each name and kind its display filter field.
#[derive(Debug, Default)]
pub(super) struct NameAssigner {
    fields: Vec<NamedField>,
    by_name: HashMap<(String, NameKind), NameKey>,
    /// The kind that keeps the plain name.
    owner: HashMap<String, NameKind>,
}

impl NameAssigner {
    /// The key of `field`, which is new or known, and what it disagrees about with fields of the same name before it.
    pub(super) fn assign(&mut self, field: &Field) -> Option<(NameKey, Option<String>)> {
        let name = field.name.as_deref()?;
        let kind = NameKind::of(&field.ty)?;
        let components = match field.ty {
            FieldType::Vec2 => 2,
            FieldType::Vec3 | FieldType::Position => 3,
            FieldType::Vec4 => 4,
            _ => 0,
        };
        if let Some(&key) = self.by_name.get(&(name.to_owned(), kind)) {
            let known = usize::try_from(key.0).ok().and_then(|at| self.fields.get_mut(at));
            return Some((key, known.and_then(|known| known.merge(field, components))));
        }
        let owner = *self.owner.entry(name.to_owned()).or_insert(kind);
        let mut filter = format!("gw2.{name}");
        if STATIC_NAMES.contains(&name) {
            filter.push_str("_field");
        }
        if owner != kind {
            filter.push('_');
            filter.push_str(kind.word());
        }
        // Two schema names can meet in one filter name, such as `flag` as bytes and `flag_bytes`.
        while self.fields.iter().any(|known| known.filter == filter) {
            filter.push_str("_2");
        }
        let key = NameKey(u32::try_from(self.fields.len()).ok()?);
        self.by_name.insert((name.to_owned(), kind), key);
        let clash = (owner != kind)
            .then(|| format!("{name} is of another kind elsewhere; here it is shown as {filter}"));
        self.fields.push(NamedField {
            name: name.to_owned(),
            filter,
            kind,
            components,
            description: field.description.as_deref().map(str::to_owned),
            hint: field.hint.clone(),
        });
        Some((key, clash))
    }

    pub(super) fn finish(self) -> Vec<NamedField> {
        self.fields
    }
}
