//! What kx-packet-inspector's schema decoders write (Lua scripts for Cheat Engine).
//!
//! `KX_CMSG_Full_Schema_Decoder` writes a section for each opcode of the client's send table, the
//! SMSG decoders one table for one address, whose opcode the user knows:
//!
//! ```text
//! ## CMSG 0x0004                                  # SMSG Schema: `"Gw2-64.exe"+0x25700F0`
//!
//! | Field # | Typecode | Type Name |              | Field #  | Typecode | Type Name        |
//! | :--- | :--- | :--- |                          |:---------|:---------|:-----------------|
//! | 0 | `0x01` | `short` |                        | 0        | `0x01` | `short`
//! | 4.2 | `0x0F` | `Optional Block` |             | 1        | `0x04` | `compressed_int`
//! ```
//!
//! The first version of the full decoder wrote four spaces before a row for each level instead of
//! dots. Counts and limits are in none of them.
//!
//! The decoders write a nested schema once in a message: where the client refers to it again, the
//! array or optional has no rows. Which of those already written it is, the dump does not say. Here
//! it is the last one that ended, marked `inferred`: all twelve messages of the client of 2025-08 where
//! this happens then have the fields that the table of build 205780, which is known in full, has for
//! them. Where there is another to choose, a warning says so.

use anyhow::{Context, Result, anyhow, bail};
use gw2_protocol::Table;
use gw2_protocol::schema::{Block, Evidence, Field, FieldType, Schema};

use super::{Dump, type_code};
use crate::schema::message;

/// Whether a line is the head of such a table.
pub fn is_table_head(line: &str) -> bool {
    let mut cells = line.trim().split('|').map(str::trim);
    cells.next() == Some("") && cells.next() == Some("Field #") && cells.next() == Some("Typecode")
}

/// Reads a dump; `opcode` is that of a table without a heading that says it.
pub fn read(text: &str, opcode: Option<u16>) -> Result<Dump> {
    let mut reader = Reader {
        opcode,
        message: None,
        dump: Dump {
            form: "a dump of a KX schema decoder",
            source: Some("dump of kx-packet-inspector's schema decoder".to_owned()),
            evidence: Some(Evidence::Client),
            ..Dump::default()
        },
    };
    for (number, line) in (1..).zip(text.lines()) {
        reader
            .line(line, number)
            .with_context(|| format!("line {number}: {:?}", line.trim()))?;
    }
    reader.finish();
    Ok(reader.dump)
}

struct Reader {
    /// The opcode of the table that comes next.
    opcode: Option<u16>,
    message: Option<Message>,
    dump: Dump,
}

impl Reader {
    fn line(&mut self, line: &str, number: usize) -> Result<()> {
        if let Some(heading) = line.trim_start().strip_prefix('#') {
            return self.heading(heading);
        }
        if is_table_head(line) {
            self.finish();
            let opcode = self.opcode.take().context(
                "the table has no heading such as `## CMSG 0x0012` that says its opcode; write one before it, or \
                 add --opcode",
            )?;
            self.message = Some(Message::new(opcode));
            return Ok(());
        }
        let Some(row) = Row::read(line)? else {
            return Ok(());
        };
        let message = self
            .message
            .as_mut()
            .context("a field before the head of its table, `| Field # | …`")?;
        message.row(&row, number, &mut self.dump.warnings)
    }

    fn heading(&mut self, heading: &str) -> Result<()> {
        self.finish();
        let table = match (heading.contains("CMSG"), heading.contains("SMSG")) {
            (true, false) => Some(Table::C2gs),
            (false, true) => Some(Table::Gs2c),
            _ => None,
        };
        if let (Some(one), Some(other)) = (self.dump.table, table)
            && one != other
        {
            bail!("messages of {one} and of {other} in one dump; import them from two files");
        }
        self.dump.table = self.dump.table.or(table);
        // A decoder's own heading says an address, not the opcode: one that was said before it stays.
        self.opcode = opcode_in(heading).or(self.opcode);
        Ok(())
    }

    fn finish(&mut self) {
        if let Some(message) = self.message.take() {
            self.dump.messages.push(message.finish(&mut self.dump.warnings));
        }
    }
}

/// The first number of up to four hex digits, but for an address such as `"Gw2-64.exe"+0x25700F0`.
fn opcode_in(heading: &str) -> Option<u16> {
    heading.match_indices("0x").find_map(|(at, mark)| {
        let (before, after) = heading.split_at(at);
        let digits = after.strip_prefix(mark)?;
        let end = digits
            .find(|c: char| !c.is_ascii_hexdigit())
            .unwrap_or(digits.len());
        let number = digits.get(..end).filter(|digits| digits.len() <= 4)?;
        u16::from_str_radix(number, 16)
            .ok()
            .filter(|_| !before.ends_with('+'))
    })
}

/// A line of a table: where the field stands, and its type.
struct Row {
    path: Vec<usize>,
    indent: usize,
    code: u32,
}

impl Row {
    /// `None` for a line that is no field.
    fn read(line: &str) -> Result<Option<Self>> {
        let trimmed = line.trim();
        let Some(cells) = trimmed.strip_prefix('|') else {
            return Ok(None);
        };
        let mut cells = cells.split('|').map(str::trim);
        let (Some(place), Some(code)) = (cells.next(), cells.next()) else {
            bail!("expected `| FIELD | TYPECODE | TYPE NAME |`");
        };
        if place.contains("---") {
            return Ok(None);
        }
        let path: Option<Vec<usize>> = place.split('.').map(|number| number.parse().ok()).collect();
        let path = path.ok_or_else(|| anyhow!("{place:?} is not a field's number such as 4 or 4.2.0"))?;
        let code = code
            .strip_prefix("`0x")
            .and_then(|code| u32::from_str_radix(code.strip_suffix('`')?, 16).ok())
            .ok_or_else(|| anyhow!("{code} is not a type code such as `0x04`"))?;
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        Ok(Some(Self { path, indent, code }))
    }

    /// How deep the field is nested, and its number in its block.
    fn place(&self) -> (usize, usize) {
        const SPACES_A_LEVEL: usize = 4;
        let number = self.path.last().copied().unwrap_or(0);
        (
            self.path.len().saturating_sub(1) + self.indent / SPACES_A_LEVEL,
            number,
        )
    }
}

/// A block whose fields are still coming, and the field that holds it.
struct Open {
    code: u8,
    line: usize,
    fields: Vec<Field>,
}

/// A message whose rows are still coming.
struct Message {
    opcode: u16,
    /// Fields of the message itself, with that of the opcode.
    rows: usize,
    fields: Vec<Field>,
    /// Nested blocks that have not ended, the outermost first.
    open: Vec<Open>,
    /// Nested blocks that have ended, as they did.
    ended: Vec<Block>,
}

impl Message {
    fn new(opcode: u16) -> Self {
        Self {
            opcode,
            rows: 0,
            fields: Vec::new(),
            open: Vec::new(),
            ended: Vec::new(),
        }
    }

    fn row(&mut self, row: &Row, line: usize, warnings: &mut Vec<String>) -> Result<()> {
        let (depth, number) = row.place();
        if depth > self.open.len() {
            bail!("the field is nested in one that is no array or optional");
        }
        while self.open.len() > depth {
            self.end_block(warnings);
        }
        let expected = match self.open.last() {
            Some(open) => open.fields.len(),
            None => self.rows,
        };
        if number != expected {
            bail!(
                "this is field {number} of its block, but {expected} was expected: a row is missing or too many"
            );
        }
        self.rows += usize::from(depth == 0);
        let code = u8::try_from(row.code).unwrap_or(0);
        if depth == 0 && number == 0 {
            if code == type_code::OPCODE {
                return Ok(());
            }
            warnings.push(format!(
                "line {line}: the first field of 0x{:04x} is not its opcode (`0x01`); it is kept",
                self.opcode
            ));
        }
        if type_code::has_block(code) {
            self.open.push(Open {
                code,
                line,
                fields: Vec::new(),
            });
            return Ok(());
        }
        let ty = type_code::field_type(code, None, Block::default()).unwrap_or_else(|| {
            warnings.push(format!(
                "line {line}: no type has the code 0x{:02X}; the field is written as `unknown`",
                row.code
            ));
            FieldType::Unknown
        });
        self.add(Field::new(ty));
        Ok(())
    }

    fn add(&mut self, field: Field) {
        match self.open.last_mut() {
            Some(open) => open.fields.push(field),
            None => self.fields.push(field),
        }
    }

    fn end_block(&mut self, warnings: &mut Vec<String>) {
        let Some(Open { code, line, fields }) = self.open.pop() else {
            return;
        };
        let block = if fields.is_empty() {
            self.referred(line, warnings)
        } else {
            let block = Block::new(fields);
            self.ended.push(block.clone());
            block
        };
        // A code with a block is a type's.
        self.add(type_code::field_type(code, None, block).map_or_else(message::unknown, Field::new));
    }

    /// The block of an array or optional without rows.
    fn referred(&self, line: usize, warnings: &mut Vec<String>) -> Block {
        let Some(last) = self.ended.last() else {
            warnings.push(format!(
                "line {line}: the dump lacks the fields of this block of 0x{:04x}; they are written as `unknown`",
                self.opcode
            ));
            return message::unknown_block();
        };
        if self.ended.iter().any(|other| other != last) {
            warnings.push(format!(
                "line {line}: which earlier block of 0x{:04x} this one repeats is not in the dump; taken to be the last",
                self.opcode
            ));
        }
        let fields = last.fields().iter().cloned().map(|mut field| {
            field.inferred = true;
            field
        });
        Block::new(fields.collect())
    }

    fn finish(mut self, warnings: &mut Vec<String>) -> Schema {
        while !self.open.is_empty() {
            self.end_block(warnings);
        }
        let mut schema = Schema::empty(self.opcode);
        schema.body = Block::new(self.fields);
        schema
    }
}
