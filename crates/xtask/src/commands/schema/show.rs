//! `cargo xtask schema show`

use std::collections::BTreeSet;
use std::fmt::Write;

use anyhow::{Result, bail};
use gw2_protocol::schema::{Block, Schema};

use super::{Selection, counted};
use crate::schema::library::{Library, OneTable};
use crate::schema::message;
use crate::schema::wire_size::WireSize;

/// Options of `cargo xtask schema show`.
#[derive(clap::Args)]
pub struct Arguments {
    /// An opcode, 0x0012 or 18, or a message's name
    #[arg(value_name = "OPCODE")]
    wanted: String,
    #[command(flatten)]
    selection: Selection,
}

/// Every message of that opcode or name.
pub fn run(arguments: &Arguments) -> Result<String> {
    let library = arguments.selection.library()?;
    let tables = arguments.selection.tables(&library)?;
    text(&arguments.wanted, &library, &tables)
}

fn text(wanted: &str, library: &Library, tables: &[OneTable]) -> Result<String> {
    let opcode = message::opcode(wanted).ok();
    let is_wanted = |schema: &Schema| match opcode {
        Some(opcode) => schema.opcode == opcode,
        None => schema
            .name
            .as_deref()
            .is_some_and(|name| name.eq_ignore_ascii_case(wanted)),
    };
    let mut shown = Vec::new();
    for table in tables {
        for schema in table.messages.iter().filter(|schema| is_wanted(schema)) {
            shown.push(one(schema, table, library)?);
        }
    }
    if shown.is_empty() {
        let mut sets: Vec<&str> = tables.iter().map(|table| table.set).collect();
        sets.dedup();
        bail!(
            "no message {wanted:?} in {} of {}; `cargo xtask schema list` lists all",
            counted(tables.len(), "table"),
            sets.join(", ")
        );
    }
    Ok(shown.join("\n"))
}

fn one(schema: &Schema, table: &OneTable, library: &Library) -> Result<String> {
    let mut out = format!("# {} {}", table.set, table.table);
    for source in library.sources(table.set, table.table) {
        let _ = write!(out, "\n# source: {source}");
    }
    let _ = writeln!(out, "\n# on the wire: {}", WireSize::of(schema));
    let mut filters = BTreeSet::new();
    collect(&schema.body, library, &mut filters);
    if !filters.is_empty() {
        let filters: Vec<&str> = filters.into_iter().collect();
        let _ = writeln!(out, "# display filter fields: {}", filters.join(" "));
    }
    let _ = writeln!(out, "{}", message::text(schema)?);
    Ok(out)
}

/// The display filter fields of a block's named fields.
fn collect<'a>(block: &Block, library: &'a Library, filters: &mut BTreeSet<&'a str>) {
    for field in block.fields() {
        let number = field.key.and_then(|key| usize::try_from(key.0).ok());
        filters.extend(
            number
                .and_then(|at| library.catalog.names().get(at))
                .map(|named| named.filter.as_str()),
        );
        if let Some(block) = field.ty.block() {
            collect(block, library, filters);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(wanted: &str) -> Result<String> {
        let text = "schema mine build 5 table ls2c source \"seen\"\n\
                    0x0012 GREET { agent: u16 text: string(4) } 0x0013 { opcode: u8 }";
        let library = Library::load(&[("mine.schema".to_owned(), text.to_owned())]);
        let tables: Vec<OneTable> = library.tables().filter(|table| table.set == "mine").collect();
        super::text(wanted, &library, &tables)
    }

    #[test]
    fn a_message_is_shown_with_all_that_is_known_of_it() {
        let expected = "# mine ls2c\n# source: seen\n# on the wire: 6 to 12 bytes\n\
                        # display filter fields: gw2.agent gw2.text\n\
                        0x0012 GREET {\n    agent: u16\n    text: string(4)\n}\n";
        for wanted in ["0x12", "18", "greet"] {
            assert_eq!(show(wanted).unwrap(), expected);
        }
        assert!(
            show("0x13")
                .unwrap()
                .contains("# display filter fields: gw2.opcode_field\n")
        );
    }

    #[test]
    fn what_is_not_there_is_said() {
        let error = show("PARTING").unwrap_err().to_string();
        assert!(
            error.starts_with("no message \"PARTING\" in 1 table of mine"),
            "{error}"
        );
    }
}
