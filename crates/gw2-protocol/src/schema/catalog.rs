//! The schema sets: which one describes a client build, and what it says of an opcode.

use super::SchemaError;
use super::builtin::BUILTIN_FILES;
use super::field::Field;
use super::names::{NameAssigner, NamedField};
use super::parser::parse;
use super::table::{MessageTable, Schema, TableFile};
use crate::direction::Table;

/// The number of a schema set: an index into [`Catalog::sets`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SetRef(u16);

/// The tables of one client build.
#[derive(Clone, Debug)]
pub struct SchemaSet {
    /// The set's name, for example `2026-205780`.
    pub name: String,
    /// The first client build that the set describes.
    pub build: u32,
    tables: [MessageTable; 4],
    partial: [bool; 4],
}

impl SchemaSet {
    fn new(name: &str, build: u32) -> Self {
        Self {
            name: name.to_owned(),
            build,
            tables: Default::default(),
            partial: [false; 4],
        }
    }
}

/// A chosen set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selected {
    /// The set.
    pub set: SetRef,
    /// False when the client's build is known and is not the set's own.
    pub exact: bool,
}

/// A schema and the name of the set that it comes from.
#[derive(Clone, Copy, Debug)]
pub struct Lookup<'a> {
    /// The schema.
    pub schema: &'a Schema,
    /// The set's name, shown as `gw2.schema`.
    pub set: &'a str,
}

/// All schema sets and the names of their fields.
#[derive(Clone, Debug)]
pub struct Catalog {
    /// The newest build first.
    sets: Vec<SchemaSet>,
    names: Vec<NamedField>,
}

impl Catalog {
    /// The built-in sets. The errors are those of the files under `schemas/`; a test holds the list empty.
    pub fn builtin() -> (Self, Vec<SchemaError>) {
        Self::load([])
    }

    /// The built-in sets with `files` (name, text) laid over them: a file of a set and table that
    /// exist adds messages and replaces those of the same opcode.
    pub fn load<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Self, Vec<SchemaError>) {
        Self::read(BUILTIN_FILES.iter().copied().chain(files))
    }

    /// A catalog of nothing but `files`.
    pub(super) fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Self, Vec<SchemaError>) {
        let mut errors = Vec::new();
        let mut parsed = Vec::new();
        for (name, text) in files {
            let (file, mut file_errors) = parse(name, text);
            errors.append(&mut file_errors);
            parsed.extend(file.map(|file| (name.to_owned(), file)));
        }
        let catalog = Self::assemble(parsed, &mut errors);
        (catalog, errors)
    }

    fn assemble(files: Vec<(String, TableFile)>, errors: &mut Vec<SchemaError>) -> Self {
        let mut sets: Vec<SchemaSet> = Vec::new();
        for (name, file) in &files {
            let known = sets.iter().any(|set| set.name == file.set);
            match file.build {
                Some(build) if known => {
                    for set in sets.iter_mut().filter(|set| set.name == file.set) {
                        set.build = build;
                    }
                }
                Some(build) => sets.push(SchemaSet::new(&file.set, build)),
                None if known => {}
                None => errors.push(whole_file(
                    name,
                    format!(
                        "the set {:?} is new: say its first client build with `build NUMBER`",
                        file.set
                    ),
                )),
            }
        }
        // A table that extends another comes after the one it extends, however the files are ordered.
        let mut waiting = files;
        while !waiting.is_empty() {
            let blocked: Vec<bool> = waiting
                .iter()
                .map(|(_, file)| awaits_another(file, &waiting))
                .collect();
            let all_blocked = blocked.iter().all(|blocked| *blocked);
            let mut rest = Vec::new();
            for ((name, file), blocked) in waiting.into_iter().zip(blocked) {
                if all_blocked {
                    errors.push(whole_file(
                        &name,
                        "this table extends itself, by way of others".to_owned(),
                    ));
                } else if blocked {
                    rest.push((name, file));
                } else {
                    place(&name, file, &mut sets, errors);
                }
            }
            waiting = rest;
        }
        // Of two sets for one build, the one that was added later: a user's own wins.
        sets.reverse();
        sets.sort_by_key(|set| std::cmp::Reverse(set.build));
        let names = number_fields(&mut sets, errors);
        fill_login_tables(&mut sets);
        Self { sets, names }
    }

    /// The sets, the newest build first.
    pub fn sets(&self) -> &[SchemaSet] {
        &self.sets
    }

    /// The display filter fields that the schemas name.
    pub fn names(&self) -> &[NamedField] {
        &self.names
    }

    /// The set for a client build (protocol.md, section 8): the newest that is not newer, for a
    /// build older than all the oldest, and without a build the newest. `forced` is the name of a
    /// set that a user chose. `None` when there are no sets, or none of the forced name.
    pub fn select(&self, build: Option<u32>, forced: Option<&str>) -> Option<Selected> {
        let position = match (forced, build) {
            (Some(name), _) => self.sets.iter().position(|set| set.name == name)?,
            (None, Some(build)) => self
                .sets
                .iter()
                .position(|set| set.build <= build)
                .unwrap_or(self.sets.len().saturating_sub(1)),
            (None, None) => 0,
        };
        let set = self.sets.get(position)?;
        let exact = build.is_none_or(|build| build == set.build);
        Some(Selected {
            set: SetRef(u16::try_from(position).ok()?),
            exact,
        })
    }

    /// The messages of one table under a set; login's are filled up from other sets.
    pub fn table(&self, set: SetRef, table: Table) -> &MessageTable {
        static EMPTY: MessageTable = MessageTable::EMPTY;
        self.sets
            .get(usize::from(set.0))
            .and_then(|set| set.tables.get(position(table)))
            .unwrap_or(&EMPTY)
    }

    /// A set's name.
    pub fn set_name(&self, set: SetRef) -> &str {
        self.sets.get(usize::from(set.0)).map_or("", |set| &set.name)
    }

    /// What a set says of an opcode.
    pub fn lookup(&self, set: SetRef, table: Table, opcode: u16) -> Option<Lookup<'_>> {
        let schema = self.table(set, table).get(opcode)?;
        Some(Lookup {
            schema,
            set: self.set_name(schema.set),
        })
    }
}

fn whole_file(file: &str, message: String) -> SchemaError {
    SchemaError {
        file: file.to_owned(),
        line: 0,
        column: 0,
        message,
    }
}

fn position(table: Table) -> usize {
    match table {
        Table::C2gs => 0,
        Table::Gs2c => 1,
        Table::C2ls => 2,
        Table::Ls2c => 3,
    }
}

fn awaits_another(file: &TableFile, waiting: &[(String, TableFile)]) -> bool {
    file.extends.as_ref().is_some_and(|wanted| {
        waiting
            .iter()
            .any(|(_, other)| other.set == *wanted && other.table == file.table)
    })
}

fn place(name: &str, file: TableFile, sets: &mut [SchemaSet], errors: &mut Vec<SchemaError>) {
    let at = position(file.table);
    let table_of = |wanted: &str| {
        sets.iter()
            .find(|set| set.name == *wanted)
            .and_then(|set| set.tables.get(at))
            .filter(|table| !table.is_empty())
    };
    // What a file says of a whole table counts where the table begins, not where more is laid over it.
    let begins = table_of(&file.set).is_none();
    let base = file.extends.as_deref().and_then(|wanted| {
        let message = match table_of(wanted) {
            Some(base) if begins => return Some(base.clone()),
            Some(_) => format!(
                "{} of {:?} has messages already: only its first file can extend another",
                file.table, file.set
            ),
            None => format!("there is no {} of a set {wanted:?} to extend", file.table),
        };
        errors.push(whole_file(name, message));
        None
    });
    let Some(set) = sets.iter_mut().find(|set| set.name == file.set) else {
        return;
    };
    let (Some(table), Some(partial)) = (set.tables.get_mut(at), set.partial.get_mut(at)) else {
        return;
    };
    if begins {
        *partial = file.partial;
        *table = base.unwrap_or_default();
    }
    for opcode in file.removed {
        table.remove(opcode);
    }
    for mut schema in file.messages {
        schema.evidence = schema.evidence.or(file.evidence);
        table.insert(schema);
    }
}

/// Numbers named fields in the contract's order: set (newest first), table, opcode.
fn number_fields(sets: &mut [SchemaSet], errors: &mut Vec<SchemaError>) -> Vec<NamedField> {
    let mut names = NameAssigner::default();
    for (number, set) in (0u16..).zip(sets) {
        for table in &mut set.tables {
            let mut schemas: Vec<&mut Schema> = table.schemas_mut().iter_mut().collect();
            schemas.sort_by_key(|schema| schema.opcode);
            for schema in schemas {
                schema.set = SetRef(number);
                let (opcode, origin) = (schema.opcode, schema.origin.clone());
                number_block(schema.body.fields_mut(), &mut names, &mut |clash| {
                    errors.push(origin.error(format!("0x{opcode:04x}: {clash}")));
                });
            }
        }
    }
    names.finish()
}

fn number_block(fields: &mut [Field], names: &mut NameAssigner, disagree: &mut dyn FnMut(&str)) {
    for field in fields {
        if let Some((key, clash)) = names.assign(field) {
            field.key = Some(key);
            if let Some(clash) = clash {
                disagree(&clash);
            }
        }
        if let Some(block) = field.ty.block_mut() {
            number_block(block.fields_mut(), names, disagree);
        }
    }
}

/// Login's messages hardly moved between builds, so that one that a set lacks is taken from the
/// complete tables of other sets, then from the partial ones (protocol.md, section 5).
fn fill_login_tables(sets: &mut [SchemaSet]) {
    for table in [Table::C2ls, Table::Ls2c] {
        let at = position(table);
        let mut sources: Vec<(bool, MessageTable)> = sets
            .iter()
            .filter_map(|set| Some((*set.partial.get(at)?, set.tables.get(at)?.clone())))
            .collect();
        // Stable: the newest set stays first in each half.
        sources.sort_by_key(|(partial, _)| *partial);
        for target in sets.iter_mut().filter_map(|set| set.tables.get_mut(at)) {
            for schema in sources.iter().flat_map(|(_, source)| source.schemas()) {
                if target.get(schema.opcode).is_none() {
                    target.insert(schema.clone());
                }
            }
        }
    }
}
