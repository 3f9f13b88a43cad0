//! The plain tables of facts (`TABLE-BUILD.txt`) that the built-in schemas were made from.
//!
//! One message a line: `opcode <tab> name <tab> fields`, a field being
//! `[name:]TYPECODE[*count][(sub-fields)][!]`; `*?` is a count that nobody knows, `!` a type that was
//! concluded. `#` begins a comment; the first says what the table is.

use anyhow::{Context, Result, anyhow, bail};
use gw2_protocol::Table;
use gw2_protocol::schema::{Block, Field, FieldType, Schema};

use super::{Dump, type_code};

/// Whether a line is a message of such a table.
pub fn is_message(line: &str) -> bool {
    let mut columns = line.split('\t');
    columns.next().is_some_and(|opcode| opcode.starts_with("0x")) && columns.next().is_some()
}

/// Reads a table of facts.
pub fn read(text: &str) -> Result<Dump> {
    let mut dump = Dump {
        form: "a table of facts",
        ..Dump::default()
    };
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(comment) = line.strip_prefix('#') {
            if dump.source.is_none() {
                dump.build = build(comment);
                dump.table = Table::ALL.into_iter().find(|table| comment.contains(table.tag()));
                dump.source = Some(comment.trim().to_owned());
            }
        } else if !line.trim().is_empty() {
            let mut unknown = Vec::new();
            let message = message(line, &mut unknown).with_context(|| format!("line {number}"))?;
            dump.warnings.extend(unknown.into_iter().map(|code| {
                format!("line {number}: no type has the code {code:?}; the field is written as `unknown`")
            }));
            dump.messages.push(message);
        }
    }
    Ok(dump)
}

/// The number after `client build` in a table's first comment.
fn build(comment: &str) -> Option<u32> {
    let (_, after) = comment.split_once("client build ")?;
    let end = after.find(|c: char| !c.is_ascii_digit()).unwrap_or(after.len());
    after.get(..end)?.parse().ok()
}

fn message(line: &str, unknown: &mut Vec<String>) -> Result<Schema> {
    let mut columns = line.split('\t');
    let opcode = columns
        .next()
        .and_then(|opcode| opcode.strip_prefix("0x"))
        .and_then(|opcode| u16::from_str_radix(opcode, 16).ok())
        .context("expected an opcode such as 0x0012, a tab, a name or nothing, a tab, and fields")?;
    let mut schema = Schema::empty(opcode);
    schema.name = columns.next().filter(|name| !name.is_empty()).map(Into::into);
    let mut reader = Reader {
        rest: columns.next().unwrap_or_default(),
        unknown,
    };
    schema.body = reader.block()?;
    if !reader.rest.is_empty() {
        bail!("{:?} is left over after the fields", reader.rest);
    }
    Ok(schema)
}

struct Reader<'a> {
    rest: &'a str,
    /// Codes that are no type's.
    unknown: &'a mut Vec<String>,
}

impl Reader<'_> {
    fn block(&mut self) -> Result<Block> {
        let mut fields = Vec::new();
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.is_empty() || self.rest.starts_with(')') {
                return Ok(Block::new(fields));
            }
            fields.push(self.field()?);
        }
    }

    fn field(&mut self) -> Result<Field> {
        let end = self.rest.find([' ', '(', ')', '!']).unwrap_or(self.rest.len());
        let (head, rest) = self.rest.split_at(end);
        self.rest = rest;
        let (name, code) = match head.split_once(':') {
            Some((name, code)) => (Some(name), code),
            None => (None, head),
        };
        let (code, count) = match code.split_once('*') {
            Some((code, "?")) => (code, None),
            Some((code, count)) => {
                let number = count
                    .parse()
                    .map_err(|_| anyhow!("{count:?} in {head:?} is not a count up to 65535"))?;
                (code, Some(number))
            }
            None => (code, None),
        };
        let block = if self.take('(') {
            let block = self.block()?;
            if !self.take(')') {
                bail!("a parenthesis of {head:?} is not closed");
            }
            Some(block)
        } else {
            None
        };
        let mut field = Field::new(self.field_type(code, count, block)?);
        field.name = name.map(Into::into);
        field.inferred = self.take('!');
        Ok(field)
    }

    fn field_type(&mut self, code: &str, bound: Option<u16>, block: Option<Block>) -> Result<FieldType> {
        // `??` is the tables' own word for what nobody knows.
        if code == "??" {
            return Ok(FieldType::Unknown);
        }
        let number = u8::from_str_radix(code, 16).unwrap_or(0);
        if type_code::has_block(number) != block.is_some() {
            bail!(
                "type {code} {} sub-fields in parentheses",
                if block.is_some() { "has no" } else { "needs its" }
            );
        }
        let known = type_code::field_type(number, bound, block.unwrap_or_default());
        Ok(known.unwrap_or_else(|| {
            self.unknown.push(code.to_owned());
            FieldType::Unknown
        }))
    }

    fn take(&mut self, mark: char) -> bool {
        match self.rest.strip_prefix(mark) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}
