//! Making and writing single messages and fields.

use std::sync::Arc;

use anyhow::{Result, anyhow};
use gw2_protocol::Table;
use gw2_protocol::schema::{Block, Field, FieldType, Hint, Schema, TableFile, ValueSet, parse, print_table};

/// A table without messages. Made by the language itself, so that a set's name which a schema file
/// can't hold is refused here, and what a header may leave out is left out.
pub fn empty_table(set: &str, table: Table) -> Result<TableFile> {
    let header = format!("schema {set}\ntable {table}\n");
    let (file, errors) = parse("header", &header);
    file.filter(|file| errors.is_empty() && file.set == set)
        .ok_or_else(|| anyhow!("{set:?} can't name a set: use letters, digits, `-`, `_` and `.`"))
}

/// A field that is the end of what is known of a message.
pub fn unknown() -> Field {
    Field::new(FieldType::Unknown)
}

/// A block of which nothing is known.
pub fn unknown_block() -> Block {
    Block::new(vec![unknown()])
}

/// A message as a schema file writes it, with the enumerations that its fields refer to.
pub fn text(schema: &Schema) -> Result<String> {
    let mut file = empty_table("one", Table::Gs2c)?;
    put_messages(&mut file, vec![schema.clone()]);
    let text = print_table(&file);
    let (_, message) = text.split_once("\n\n").unwrap_or_default();
    Ok(message.trim_end().to_owned())
}

/// Gives a table its messages, and the enumerations and flags that their fields refer to.
pub fn put_messages(file: &mut TableFile, messages: Vec<Schema>) {
    for schema in &messages {
        collect_values(&schema.body, &mut file.values);
    }
    file.messages = messages;
}

fn collect_values(block: &Block, values: &mut Vec<Arc<ValueSet>>) {
    for field in block.fields() {
        if let Some(Hint::Values(set)) = &field.hint
            && !values.iter().any(|known| known.name == set.name)
        {
            values.push(set.clone());
        }
        if let Some(block) = field.ty.block() {
            collect_values(block, values);
        }
    }
}

/// The fields of a message, on one line.
pub fn fields_line(schema: &Schema) -> Result<String> {
    // What has no name is written on one line.
    let mut bare = Schema::empty(schema.opcode);
    bare.body = schema.body.clone();
    let text = text(&bare)?;
    let line = text.lines().next_back().unwrap_or_default();
    let (_, fields) = line.split_once(' ').unwrap_or_default();
    Ok(fields.to_owned())
}

/// An opcode as people and schema files write it: hex with `0x`, or decimal.
pub fn opcode(text: &str) -> Result<u16> {
    let parsed = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) => u16::from_str_radix(hex, 16),
        None => text.parse(),
    };
    parsed.map_err(|_| anyhow!("{text:?} is not an opcode such as 0x0012 or 18"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_a_name_that_a_schema_file_can_hold() {
        assert_eq!(
            empty_table("2026-205780", Table::C2ls).unwrap().table,
            Table::C2ls
        );
        for name in ["", "two words", "a\nbuild 5", "a#b", "\"a\""] {
            let error = empty_table(name, Table::C2ls).unwrap_err();
            assert!(
                error.to_string().contains("can't name a set"),
                "{name:?}: {error}"
            );
        }
    }

    #[test]
    fn messages_are_written_as_in_a_schema_file() {
        let (file, _) = parse(
            "a",
            "schema s table gs2c 0x0012 MOVE \"It moves\" { tick: varint text: string(8) array8(3) { u8 } }",
        );
        let schema = &file.unwrap().messages[0];
        assert_eq!(
            text(schema).unwrap(),
            "0x0012 MOVE \"It moves\" {\n    tick: varint\n    text: string(8)\n    array8(3) { u8 }\n}"
        );
        assert_eq!(
            fields_line(schema).unwrap(),
            "{ tick: varint text: string(8) array8(3) { u8 } }"
        );
        assert_eq!(fields_line(&Schema::empty(1)).unwrap(), "{}");
    }

    #[test]
    fn enumerations_come_with_the_message_that_refers_to_them() {
        let (file, errors) = parse(
            "a",
            "schema s table gs2c\nenum mood { calm = 0 angry = 1 }\nenum other { a = 0 }\n\
             0x0012 { array8(3) { mood: u8 as mood } }",
        );
        assert_eq!(errors, []);
        let schema = &file.unwrap().messages[0];
        assert_eq!(
            text(schema).unwrap(),
            "enum mood {\n    calm = 0\n    angry = 1\n}\n\n0x0012 { array8(3) { mood: u8 as mood } }"
        );
        assert_eq!(fields_line(schema).unwrap(), "{ array8(3) { mood: u8 as mood } }");
    }

    #[test]
    fn opcodes_are_hex_or_decimal() {
        assert_eq!(opcode("0x12").unwrap(), 18);
        assert_eq!(opcode("18").unwrap(), 18);
        for text in ["", "0x", "12h", "65536", "-1"] {
            assert!(opcode(text).is_err(), "{text}");
        }
    }
}
