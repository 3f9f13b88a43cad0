//! A message's schema, and the table that holds one for each opcode.

use super::SchemaError;
use super::catalog::SetRef;
use super::field::{Block, Field};
use super::hint::ValueSet;
use crate::direction::Table;
use crate::fast_path::Parser;
use std::sync::Arc;

/// How the client calls a message's handler (protocol.md, "Generic path and fast path").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dispatch {
    /// Type 0: the generic path.
    #[default]
    Generic,
    /// Type 1: the fast path.
    Fast,
}

impl Dispatch {
    /// The value of `gw2.message.dispatch`.
    pub fn code(self) -> u8 {
        match self {
            Self::Generic => 0,
            Self::Fast => 1,
        }
    }
}

/// How the name and the fields of a message are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Seen on the wire, with contents that fit.
    Captured,
    /// Read from the client's code or its own tables.
    Client,
    /// A server emulator uses it so, and a real client talked to that.
    Emulator,
    /// Concluded from something else, such as another build or a neighbouring message.
    Inferred,
}

impl Evidence {
    /// All, the strongest first.
    pub const ALL: [Self; 4] = [Self::Captured, Self::Client, Self::Emulator, Self::Inferred];

    /// The word for it in a schema file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Captured => "captured",
            Self::Client => "client",
            Self::Emulator => "emulator",
            Self::Inferred => "inferred",
        }
    }

    /// The evidence that a word of a schema file stands for.
    pub fn by_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|evidence| evidence.word() == word)
    }
}

/// Where a message stands. Not what it says: two messages can be the same in different places.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// The file's name, as it was given to [`parse`](super::parse).
    pub file: Arc<str>,
    /// The line of its opcode, from 1; 0 for a message that was not read from a file.
    pub line: u32,
}

impl PartialEq for Origin {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Origin {
    /// Something that is wrong with the message there.
    pub(super) fn error(&self, message: String) -> SchemaError {
        SchemaError {
            file: self.file.to_string(),
            line: self.line,
            column: 0,
            message,
        }
    }
}

/// What one opcode carries.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    /// The opcode.
    pub opcode: u16,
    /// The message's name, if it has one.
    pub name: Option<Box<str>>,
    /// How the client calls the handler.
    pub dispatch: Dispatch,
    /// Hardcoded parsing that stands in for the fields.
    pub parser: Option<Parser>,
    /// What the message means, for people.
    pub description: Option<Box<str>>,
    /// How it is known; in a catalog, its file's when it says nothing itself.
    pub evidence: Option<Evidence>,
    /// The fields after the opcode.
    pub body: Block,
    /// Where it was read.
    pub origin: Origin,
    /// The set that this schema comes from; set by the catalog.
    pub set: SetRef,
}

impl Schema {
    /// A message of nothing but its opcode.
    pub fn empty(opcode: u16) -> Self {
        Self {
            opcode,
            name: None,
            dispatch: Dispatch::Generic,
            parser: None,
            description: None,
            evidence: None,
            body: Block::default(),
            origin: Origin::default(),
            set: SetRef::default(),
        }
    }

    /// The fields after the opcode, in wire order.
    pub fn fields(&self) -> &[Field] {
        self.body.fields()
    }
}

/// One schema file, parsed.
#[derive(Clone, Debug, PartialEq)]
pub struct TableFile {
    /// The schema set that the file belongs to, for example `2025-08`.
    pub set: String,
    /// The first client build that the set describes; needed once for each set.
    pub build: Option<u32>,
    /// Which opcodes these are.
    pub table: Table,
    /// The set whose same table this one starts from.
    pub extends: Option<String>,
    /// Where the content comes from.
    pub source: Option<String>,
    /// How its messages are known that do not say so themselves.
    pub evidence: Option<Evidence>,
    /// The enumerations and flags that its fields can refer to.
    pub values: Vec<Arc<ValueSet>>,
    /// The table is known to lack messages that the client has.
    pub partial: bool,
    /// The messages, in the order of the file.
    pub messages: Vec<Schema>,
    /// Opcodes of the extended table that this build no longer has.
    pub removed: Vec<u16>,
}

/// The schemas of one table, found by opcode.
#[derive(Clone, Debug, Default)]
pub struct MessageTable {
    schemas: Vec<Schema>,
    /// Index into `schemas` plus one, by opcode; 0 for none.
    index: Vec<u32>,
}

impl MessageTable {
    /// No messages at all.
    pub const EMPTY: Self = Self {
        schemas: Vec::new(),
        index: Vec::new(),
    };

    /// The schema of `opcode`.
    pub fn get(&self, opcode: u16) -> Option<&Schema> {
        let slot = self.index.get(usize::from(opcode))?.checked_sub(1)?;
        self.schemas.get(usize::try_from(slot).ok()?)
    }

    /// All schemas, in the order in which they were first put in.
    pub fn schemas(&self) -> &[Schema] {
        &self.schemas
    }

    /// How many opcodes have a schema.
    pub fn len(&self) -> usize {
        self.schemas.len()
    }

    /// Whether no opcode has a schema.
    pub fn is_empty(&self) -> bool {
        self.schemas.is_empty()
    }

    /// Puts a schema in, over one of the same opcode.
    pub fn insert(&mut self, schema: Schema) {
        let opcode = usize::from(schema.opcode);
        if self.index.len() <= opcode {
            self.index.resize(opcode.saturating_add(1), 0);
        }
        let Some(slot) = self.index.get_mut(opcode) else {
            return;
        };
        let known = slot.checked_sub(1).and_then(|at| usize::try_from(at).ok());
        match known.and_then(|at| self.schemas.get_mut(at)) {
            Some(existing) => *existing = schema,
            None => {
                self.schemas.push(schema);
                // At most 65,536 opcodes, so that the number fits.
                *slot = u32::try_from(self.schemas.len()).unwrap_or(0);
            }
        }
    }

    /// Takes a schema out.
    pub fn remove(&mut self, opcode: u16) {
        if self.get(opcode).is_none() {
            return;
        }
        let kept = std::mem::take(&mut self.schemas);
        self.index.clear();
        for schema in kept.into_iter().filter(|schema| schema.opcode != opcode) {
            self.insert(schema);
        }
    }

    pub(super) fn schemas_mut(&mut self) -> &mut [Schema] {
        &mut self.schemas
    }
}
