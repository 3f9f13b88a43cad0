//! Reads the plain tables of facts (`TABLE-BUILD.txt`) that the built-in schemas were made from.
//!
//! One message a line: `opcode <tab> name <tab> fields`, a field being
//! `[name:]TYPECODE[*count][(sub-fields)][!]` with the type codes of protocol.md, section 5.

use anyhow::{Context, Result, bail};
use gw2_protocol::schema::{Block, Field, FieldType, Schema};

/// The messages of one table of facts, and its comment lines without the `#`.
pub fn read(text: &str) -> Result<(Vec<Schema>, Vec<String>)> {
    let mut messages = Vec::new();
    let mut comments = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        if let Some(comment) = line.strip_prefix('#') {
            comments.push(comment.trim().to_owned());
        } else if !line.trim().is_empty() {
            messages.push(message(line).with_context(|| format!("line {number}: {line:?}"))?);
        }
    }
    Ok((messages, comments))
}

fn message(line: &str) -> Result<Schema> {
    let mut columns = line.split('\t');
    let opcode = columns.next().and_then(|opcode| opcode.strip_prefix("0x")).context("no opcode")?;
    let mut schema = Schema::empty(u16::from_str_radix(opcode, 16).context("the opcode is not hex")?);
    schema.name = columns.next().filter(|name| !name.is_empty()).map(Into::into);
    let fields = columns.next().unwrap_or_default();
    let mut reader = Reader { rest: fields };
    schema.body = reader.block()?;
    if !reader.rest.is_empty() {
        bail!("{:?} is left over after the fields", reader.rest);
    }
    Ok(schema)
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
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
            Some((code, count)) => (code, Some(count.parse::<u16>().context("the count is not a number")?)),
            None => (code, None),
        };
        let block = match self.take('(') {
            true => {
                let block = self.block()?;
                if !self.take(')') {
                    bail!("a parenthesis is not closed");
                }
                Some(block)
            }
            false => None,
        };
        let ty = field_type(code, count, block)?;
        let inferred = self.take('!');
        Ok(Field { name: name.map(Into::into), inferred, ..Field::new(ty) })
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

fn field_type(code: &str, bound: Option<u16>, block: Option<Block>) -> Result<FieldType> {
    let nested = || block.clone().with_context(|| format!("type {code} without its sub-fields"));
    Ok(match code {
        "02" => FieldType::U8,
        "03" => FieldType::U16,
        "04" => FieldType::Varint,
        "05" => FieldType::U64 { alternate: false },
        "06" => FieldType::F32,
        "07" => FieldType::Vec2,
        "08" => FieldType::Vec3,
        "09" => FieldType::Vec4,
        "0A" => FieldType::Position,
        "0B" => FieldType::Guid,
        "0C" => FieldType::Address,
        "0D" => FieldType::String { max: bound },
        "0E" => FieldType::CString { max: bound },
        "0F" => FieldType::Optional(nested()?),
        "10" => FieldType::ArrayFixed { count: bound, block: nested()? },
        "11" => FieldType::ArraySmall { max: bound, block: nested()? },
        "12" => FieldType::ArrayLarge { max: bound, block: nested()? },
        "13" => FieldType::BytesFixed { count: bound },
        "14" => FieldType::BytesSmall { max: bound },
        "15" => FieldType::BytesLarge { max: bound },
        "16" => FieldType::Align,
        "17" => FieldType::U32 { alternate: false },
        "19" => FieldType::U32 { alternate: true },
        "1A" => FieldType::U64 { alternate: true },
        "??" => FieldType::Unknown,
        other => bail!("no type code {other:?}"),
    })
}
