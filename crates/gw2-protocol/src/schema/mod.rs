//! Message tables: what fields each opcode carries (protocol.md, section 5).
//!
//! A table is text that a person edits (docs/schemas.md). [`parse`] turns one file into
//! a [`TableFile`]; a [`Catalog`] holds the built-in sets and whatever a user lays over them, and
//! answers which [`Schema`] an opcode has under a client build.

mod builtin;
mod catalog;
mod field;
mod hint;
mod lexer;
mod names;
mod parser;
mod print;
mod table;

pub use builtin::BUILTIN_FILES;
pub use catalog::{Catalog, Lookup, SchemaSet, Selected, SetRef};
pub use field::{Block, Field, FieldType};
pub use hint::{Hint, IdKind, NamedValue, POSITION_UNITS, TICK_MILLISECONDS, ValueSet};
pub use names::{NameKey, NameKind, NamedField, STATIC_NAMES};
pub use parser::parse;
pub use print::print_table;
pub use table::{Dispatch, Evidence, MessageTable, Origin, Schema, TableFile};

use std::fmt;

/// What is wrong with a schema file, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaError {
    /// The file's name, as it was given to [`parse`].
    pub file: String,
    /// The line, from 1; 0 when the whole file is meant.
    pub line: u32,
    /// The column in characters, from 1; 0 when the whole line is meant.
    pub column: u32,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        for place in [self.line, self.column].into_iter().filter(|place| *place != 0) {
            write!(f, ":{place}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for SchemaError {}

#[cfg(test)]
mod tests;
