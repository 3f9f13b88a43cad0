//! The fields that schemas name: registered from the tables, and anew when these change.

use gw2_protocol::schema::{Hint, NameKey, NameKind, NamedField, ValueSet};
use once_cell::sync::Lazy;
use std::sync::{Arc, Mutex, PoisonError};
use wireshark_ffi::{Base, FieldId, FieldKind, FieldSet, FieldSpec, Protocol, RegisterError};

/// The display filter fields of one schema name.
#[derive(Debug)]
pub enum NamedIds {
    /// One field for the value.
    Single(FieldId),
    /// The number, and its flags in the order of their declaration.
    Flags { whole: FieldId, flags: Box<[FieldId]> },
    /// The vector as a whole, and as many components as any vector of this name has.
    Vector {
        whole: FieldId,
        components: [Option<FieldId>; 4],
    },
    /// The parts of a socket address.
    Address {
        whole: FieldId,
        v4: FieldId,
        v6: FieldId,
        port: FieldId,
    },
}

/// All of them, found by the number that the catalog gave each name.
pub struct SchemaFields {
    ids: Vec<NamedIds>,
    /// The values whose names Wireshark knows, where a name has such.
    values: Vec<Option<Arc<ValueSet>>>,
}

/// What Wireshark has registered now.
static REGISTERED: Lazy<Mutex<FieldSet>> = Lazy::new(Mutex::default);

impl SchemaFields {
    /// Registers the fields of a catalog in place of those of the one before.
    pub fn register(protocol: Protocol, names: &[NamedField]) -> Result<Self, RegisterError> {
        let specs: Vec<FieldSpec> = names.iter().flat_map(specs).collect();
        let mut set = REGISTERED.lock().unwrap_or_else(PoisonError::into_inner);
        let mut ids = set.register(protocol, &specs)?.into_iter();
        let ids = names
            .iter()
            .map(|name| take(name, &mut ids))
            .collect::<Option<Vec<_>>>();
        Ok(Self {
            ids: ids.ok_or(RegisterError::TooMany("fields"))?,
            values: names.iter().map(|name| values(name).cloned()).collect(),
        })
    }

    /// The fields of a name.
    pub fn get(&self, key: NameKey) -> Option<&NamedIds> {
        self.ids.get(usize::try_from(key.0).ok()?)
    }

    /// Whether Wireshark itself names the values of a field by this set.
    pub fn knows(&self, key: NameKey, set: &Arc<ValueSet>) -> bool {
        let known = usize::try_from(key.0).ok().and_then(|key| self.values.get(key));
        known.is_some_and(|known| known.as_ref() == Some(set))
    }
}

/// The enumeration or flags that a name is registered with.
fn values(named: &NamedField) -> Option<&Arc<ValueSet>> {
    match &named.hint {
        Some(Hint::Values(set)) => Some(set),
        _ => None,
    }
}

const COMPONENTS: [&str; 4] = ["x", "y", "z", "w"];

fn specs(named: &NamedField) -> Vec<FieldSpec> {
    let blurb = named.description.clone().unwrap_or_default();
    let field = |suffix: &str, kind| {
        FieldSpec::new(
            format!("{}{suffix}", named.name),
            format!("{}{suffix}", named.filter),
            kind,
        )
        .blurb(blurb.clone())
    };
    let single = |kind| vec![field("", kind)];
    match named.kind {
        NameKind::Integer => {
            let whole = field("", FieldKind::U32(Base::Dec));
            match values(named) {
                Some(set) if set.flags => std::iter::once(whole).chain(flags(named, set)).collect(),
                Some(set) => {
                    let labels = set.values.iter();
                    vec![
                        whole.strings(labels.map(|named| (u64::from(named.value), named.label().to_owned()))),
                    ]
                }
                None => vec![whole],
            }
        }
        NameKind::U64 => single(FieldKind::U64(Base::Dec)),
        NameKind::Float => single(FieldKind::Float),
        NameKind::String => single(FieldKind::String),
        NameKind::Bytes => single(FieldKind::Bytes),
        NameKind::Guid => single(FieldKind::Guid),
        NameKind::Boolean => single(FieldKind::Bool),
        NameKind::Vector => {
            let components = COMPONENTS.iter().take(usize::from(named.components));
            std::iter::once(field("", FieldKind::None))
                .chain(components.map(|component| {
                    FieldSpec::new(
                        *component,
                        format!("{}.{component}", named.filter),
                        FieldKind::Float,
                    )
                }))
                .collect()
        }
        NameKind::Address => vec![
            field("", FieldKind::None),
            field(".address", FieldKind::Ipv4),
            field(".address6", FieldKind::Ipv6),
            field(".port", FieldKind::U16(Base::Dec)),
        ],
    }
}

/// A field for each flag of a number.
fn flags<'n>(named: &'n NamedField, set: &'n ValueSet) -> impl Iterator<Item = FieldSpec> {
    let width = match set.values.iter().fold(0, |bits, flag| bits | flag.value) {
        0..=0xff => 8,
        0x100..=0xffff => 16,
        _ => 32,
    };
    set.values.iter().map(move |flag| {
        FieldSpec::new(
            flag.label().to_owned(),
            format!("{}.{}", named.filter, flag.name),
            FieldKind::Flag {
                mask: flag.value,
                width,
            },
        )
    })
}

/// Takes the numbers that belong to one name, in the order of [`specs`].
fn take(named: &NamedField, ids: &mut impl Iterator<Item = FieldId>) -> Option<NamedIds> {
    let whole = ids.next()?;
    Some(match named.kind {
        NameKind::Vector => {
            let mut components = [None; 4];
            for component in components.iter_mut().take(usize::from(named.components)) {
                *component = Some(ids.next()?);
            }
            NamedIds::Vector { whole, components }
        }
        NameKind::Address => NamedIds::Address {
            whole,
            v4: ids.next()?,
            v6: ids.next()?,
            port: ids.next()?,
        },
        NameKind::Integer => match values(named) {
            Some(set) if set.flags => {
                let flags: Box<[_]> = ids.take(set.values.len()).collect();
                NamedIds::Flags { whole, flags }
            }
            _ => NamedIds::Single(whole),
        },
        _ => NamedIds::Single(whole),
    })
}
