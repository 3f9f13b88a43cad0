//! `cargo xtask schema list`

use std::fmt::Write;

use anyhow::Result;

use super::Selection;
use crate::schema::message;

/// Options of `cargo xtask schema list`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Only messages in whose line this stands, in capitals or not: a part of a name, `0x01`, a field
    #[arg(value_name = "FILTER")]
    filter: Option<String>,
    /// Only messages that have a name
    #[arg(long)]
    named: bool,
    /// Do not cut long lists of fields
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    selection: Selection,
}

/// Characters of fields that one line shows.
const FIELDS_SHOWN: usize = 100;

/// One line a message.
pub fn run(arguments: &Arguments) -> Result<String> {
    let library = arguments.selection.library()?;
    let filter = arguments.filter.as_deref().map(str::to_lowercase);
    let mut out = String::new();
    for table in arguments.selection.tables(&library)? {
        for schema in &table.messages {
            if arguments.named && schema.name.is_none() {
                continue;
            }
            let fields = message::fields_line(schema)?;
            let line = format!(
                "{:<12} {} 0x{:04x} {:<28} {fields}",
                table.set,
                table.table,
                schema.opcode,
                schema.name.as_deref().unwrap_or("-"),
            );
            if filter
                .as_deref()
                .is_some_and(|filter| !line.to_lowercase().contains(filter))
            {
                continue;
            }
            let most = line.chars().count() - fields.chars().count() + FIELDS_SHOWN;
            let _ = writeln!(out, "{}", if arguments.full { line } else { cut(&line, most) });
        }
    }
    Ok(out)
}

/// At most `most` characters of a line.
fn cut(line: &str, most: usize) -> String {
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or(line)),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut() {
        assert_eq!(cut("{ ü u16 }", 3), "{ ü…");
        assert_eq!(cut("{ u8 }", 6), "{ u8 }");
    }
}
