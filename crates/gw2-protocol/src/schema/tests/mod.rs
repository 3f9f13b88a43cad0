//! Tests of the schema language and of the sets.
//!
//! | what | where |
//! |---|---|
//! | every construct of the language | `language` |
//! | hints, enumerations, flags, evidence | `hints` |
//! | every error, its place, and how reading goes on | `errors` |
//! | docs/schemas.md: each example does what the page says | `documentation` |
//! | choice by build, overlays, extends, login's fall-back | `catalog` |
//! | display filter names | `names` |
//! | the built-in files: printed and read again, counts, equal to the plain tables | `builtin` |

mod builtin;
mod catalog;
mod documentation;
mod errors;
mod hints;
mod language;
mod names;

use super::*;
use crate::direction::Table;

/// A file without errors.
fn good(text: &str) -> TableFile {
    let (file, errors) = parse("good", text);
    assert_eq!(errors, []);
    file.unwrap()
}

/// A file of gs2c messages of the set `test`, with its header before them.
fn messages(text: &str) -> Vec<Schema> {
    good(&format!("schema test\nbuild 1\ntable gs2c\n{text}")).messages
}

/// The names and opcodes of a table, in the order of opcodes.
fn listed(table: &MessageTable) -> Vec<(u16, Option<&str>)> {
    let mut listed: Vec<_> = table
        .schemas()
        .iter()
        .map(|schema| (schema.opcode, schema.name.as_deref()))
        .collect();
    listed.sort();
    listed
}

fn shown(errors: &[SchemaError]) -> Vec<String> {
    errors.iter().map(ToString::to_string).collect()
}
