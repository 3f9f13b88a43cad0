//! Writes a table in the form that [`parse`](super::parse) reads.

use super::field::{Block, Field};
use super::hint::ValueSet;
use super::table::{Dispatch, Schema, TableFile};
use std::fmt::Write;

/// The text of a schema file.
pub fn print_table(table: &TableFile) -> String {
    let mut out = String::new();
    let mut header = |word: &str, value: &str| {
        let _ = writeln!(out, "{word:<8} {value}");
    };
    header("schema", &table.set);
    if let Some(build) = table.build {
        header("build", &build.to_string());
    }
    header("table", table.table.tag());
    if let Some(extends) = &table.extends {
        header("extends", extends);
    }
    if let Some(source) = &table.source {
        header("source", &quote(source));
    }
    if let Some(evidence) = table.evidence {
        header("evidence", evidence.word());
    }
    if table.partial {
        out.push_str("partial\n");
    }
    out.push('\n');
    for set in &table.values {
        print_values(&mut out, set);
    }
    for opcode in &table.removed {
        let _ = writeln!(out, "remove 0x{opcode:04x}");
    }
    for schema in &table.messages {
        print_message(&mut out, schema);
    }
    out
}

fn print_values(out: &mut String, set: &ValueSet) {
    let _ = writeln!(
        out,
        "{} {} {{",
        if set.flags { "flags" } else { "enum" },
        set.name
    );
    for named in &set.values {
        let _ = if set.flags {
            write!(out, "    {} = 0x{:02x}", named.name, named.value)
        } else {
            write!(out, "    {} = {}", named.name, named.value)
        };
        if let Some(text) = &named.text {
            let _ = write!(out, " {}", quote(text));
        }
        out.push('\n');
    }
    out.push_str("}\n\n");
}

fn print_message(out: &mut String, schema: &Schema) {
    let _ = write!(out, "0x{:04x}", schema.opcode);
    if let Some(name) = &schema.name {
        let _ = write!(out, " {name}");
    }
    if schema.dispatch == Dispatch::Fast {
        out.push_str(" dispatch=fast");
    }
    if let Some(parser) = schema.parser {
        let _ = write!(out, " parser={}", parser.name());
    }
    if let Some(evidence) = schema.evidence {
        let _ = write!(out, " evidence={}", evidence.word());
    }
    if let Some(description) = &schema.description {
        let _ = write!(out, " {}", quote(description));
    }
    out.push(' ');
    // A message that somebody named is read by people: a line for each field.
    print_block(out, &schema.body, schema.name.is_some().then_some(1));
    out.push('\n');
}

/// Prints a block, with a line for each field when `indent` says how far.
fn print_block(out: &mut String, block: &Block, indent: Option<usize>) {
    if block.fields().is_empty() {
        out.push_str("{}");
        return;
    }
    out.push('{');
    for field in block.fields() {
        new_line(out, indent);
        print_field(out, field, indent);
    }
    new_line(out, indent.map(|indent| indent.saturating_sub(1)));
    out.push('}');
}

/// Goes to the next line, or only on by a space.
fn new_line(out: &mut String, indent: Option<usize>) {
    match indent {
        Some(indent) => {
            out.push('\n');
            out.push_str(&"    ".repeat(indent));
        }
        None => out.push(' '),
    }
}

fn print_field(out: &mut String, field: &Field, indent: Option<usize>) {
    if let Some(name) = &field.name {
        let _ = write!(out, "{name}: ");
    }
    out.push_str(field.ty.word());
    match field.ty.bound() {
        Some(Some(bound)) => {
            let _ = write!(out, "({bound})");
        }
        Some(None) => out.push_str("(?)"),
        None => {}
    }
    if let Some(block) = field.ty.block() {
        out.push(' ');
        // A block in which nothing is named stays short.
        let named = block.fields().iter().any(|field| field.name.is_some());
        let deeper = indent.filter(|_| named).map(|indent| indent.saturating_add(1));
        print_block(out, block, deeper);
    }
    if let Some(hint) = &field.hint {
        let _ = write!(out, " as {}", hint.word());
    }
    if field.inferred {
        out.push_str(" inferred");
    }
    if let Some(description) = &field.description {
        let _ = write!(out, " {}", quote(description));
    }
}

fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
