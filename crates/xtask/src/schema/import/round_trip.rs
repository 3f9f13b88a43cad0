//! The built-in tables, written as the other programs write theirs, come back as they were.

use std::fmt::Write;

use super::*;
use crate::schema::library::Library;
use gw2_protocol::schema::{Block, Field, FieldType};
use serde_json::{Value, json};

/// The tables of which all is known.
fn tables() -> Vec<(Table, Vec<Schema>)> {
    let library = Library::load(&[]);
    [Table::C2gs, Table::Gs2c]
        .map(|table| {
            let messages = library.table("2026-205780", table).messages;
            (table, messages.into_iter().map(bare).collect())
        })
        .to_vec()
}

/// A message without what dumps do not hold.
fn bare(schema: &Schema) -> Schema {
    let mut bare = Schema::empty(schema.opcode);
    bare.body = mapped(&schema.body, &|ty| ty);
    bare
}

/// A block's types alone, each changed by `change`.
fn mapped(block: &Block, change: &dyn Fn(FieldType) -> FieldType) -> Block {
    let fields = block.fields().iter().map(|field| {
        let inner = field
            .ty
            .block()
            .map(|block| mapped(block, change))
            .unwrap_or_default();
        let bound = field.ty.bound().flatten();
        let again = type_code::field_type(code(&field.ty), bound, inner).unwrap();
        Field::new(change(again))
    });
    Block::new(fields.collect())
}

fn unbounded(schema: &Schema) -> Schema {
    let open = |ty: FieldType| {
        let block = ty.block().cloned().unwrap_or_default();
        type_code::field_type(code(&ty), None, block).unwrap()
    };
    let mut unbounded = Schema::empty(schema.opcode);
    unbounded.body = mapped(&schema.body, &open);
    unbounded
}

fn code(ty: &FieldType) -> u8 {
    let is = |code: &u8| {
        let found = type_code::field_type(*code, None, Block::default());
        found.is_some_and(|found| found.word() == ty.word())
    };
    (2..=0x1a).find(is).unwrap()
}

fn set() -> Wanted {
    Wanted {
        set: Some("again".to_owned()),
        ..Wanted::default()
    }
}

#[test]
fn through_gw2_unitys_json() {
    fn chain(block: &Block) -> Vec<Value> {
        let entry = |field: &Field| {
            let mut entry = json!({ "t": code(&field.ty) });
            if let Some(bound) = field.ty.bound().flatten() {
                // The client keeps something of its own above the limit of bytes.
                let above = if matches!(code(&field.ty), 0x14 | 0x15) {
                    0x10000
                } else {
                    0
                };
                entry["p"] = json!(u32::from(bound) + above);
            }
            if let Some(block) = field.ty.block() {
                entry["r"] = json!(chain(block));
            }
            entry
        };
        block.fields().iter().map(entry).collect()
    }
    for (table, messages) in tables() {
        let mut written = serde_json::Map::new();
        for schema in &messages {
            let mut entries = vec![json!({ "t": 1, "p": schema.opcode })];
            entries.extend(chain(&schema.body));
            written.insert(format!("{:#x}", schema.opcode), json!(entries));
        }
        let direction = if table == Table::C2gs { "send" } else { "recv" };
        let dump = json!({ "build": 1, "direction": direction, "messages": written });
        let imported = import("a.json", &dump.to_string(), &set()).unwrap();
        assert_eq!(imported.warnings, [""; 0]);
        assert_eq!(imported.file.table, table);
        assert!(imported.file.messages == messages);
    }
}

#[test]
fn through_both_layouts_of_the_kx_decoders() {
    fn rows(out: &mut String, block: &Block, first: usize, dots: bool, place: &str) {
        for (number, field) in (first..).zip(block.fields()) {
            let code = code(&field.ty);
            let inner = if dots {
                let _ = writeln!(out, "| {place}{number} | `0x{code:02X}` | `a type` |");
                format!("{place}{number}.")
            } else {
                let _ = writeln!(out, "{place}| {number} | `0x{code:02X}` | `a type` |");
                format!("{place}    ")
            };
            if let Some(block) = field.ty.block() {
                rows(out, block, 0, dots, &inner);
            }
        }
    }
    for (table, messages) in tables() {
        for dots in [true, false] {
            let mut dump = String::new();
            for schema in &messages {
                let which = if table == Table::C2gs { "CMSG" } else { "SMSG" };
                let _ = writeln!(dump, "## {which} 0x{:04X}\n", schema.opcode);
                dump.push_str(
                    "| Field # | Typecode | Type Name |\n| :--- | :--- | :--- |\n| 0 | `0x01` | `short` |\n",
                );
                rows(&mut dump, &schema.body, 1, dots, "");
            }
            let imported = import("a.md", &dump, &set()).unwrap();
            assert_eq!(imported.warnings, [""; 0]);
            assert_eq!(imported.file.table, table);
            assert!(imported.file.messages == messages.iter().map(unbounded).collect::<Vec<_>>());
        }
    }
}
