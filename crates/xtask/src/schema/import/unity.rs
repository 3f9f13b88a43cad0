//! gw2-unity's JSON: the chains of field definitions as the client holds them.
//!
//! ```json
//! { "build": 205780, "direction": "recv", "messages": {
//!     "0x2": [ {"t": 1, "p": 2}, {"t": 4}, {"t": 4}, {"t": 13, "p": 128} ] } }
//! ```
//!
//! `t` is the type code in decimal, `p` the client's parameter (a count or limit; the opcode in the
//! first field), `r` the nested chain. Walks of a registration table (`"entries"`) hold no fields
//! but the first; what they give is that there is such an opcode.

use anyhow::{Context, Result, anyhow, bail};
use gw2_protocol::Table;
use gw2_protocol::schema::{Block, Evidence, Field, FieldType, Schema};
use serde_json::{Map, Value};

use super::{Dump, type_code};
use crate::schema::message;

/// Reads a dump.
pub fn read(text: &str) -> Result<Dump> {
    let root: Value = serde_json::from_str(text).context("this begins like JSON, but is none")?;
    let mut dump = Dump {
        form: "gw2-unity's JSON",
        build: root["build"].as_u64().and_then(|build| u32::try_from(build).ok()),
        table: match root["direction"].as_str() {
            Some("recv") => Some(Table::Gs2c),
            Some("send") => Some(Table::C2gs),
            _ => None,
        },
        source: Some(source(&root)),
        evidence: Some(Evidence::Client),
        ..Dump::default()
    };
    if let Some(messages) = root["messages"].as_object() {
        chains(messages, &mut dump)?;
    } else if let Some(entries) = root["entries"].as_array() {
        for (number, entry) in entries.iter().enumerate() {
            dump.messages
                .push(descriptor(entry).with_context(|| format!("entry {number}"))?);
        }
        dump.warnings
            .push("only the opcodes are in this dump; the fields are written as `unknown`".to_owned());
    } else {
        bail!("the JSON has neither `messages` (chains by opcode) nor `entries` (of a registration table)");
    }
    Ok(dump)
}

fn source(root: &Value) -> String {
    let said = ["provenance", "source", "note"].map(|key| root[key].as_str());
    said.into_iter()
        .flatten()
        .next()
        .map_or_else(|| "gw2-unity".to_owned(), |said| format!("gw2-unity: {said}"))
}

fn chains(messages: &Map<String, Value>, dump: &mut Dump) -> Result<()> {
    for (key, value) in messages {
        let opcode = message::opcode(key).context("a key of `messages`")?;
        let mut chain = Chain {
            opcode,
            warnings: &mut dump.warnings,
        };
        let mut fields = chain.entries(value, "")?.iter().enumerate().peekable();
        if let Some((_, first)) = fields.peek()
            && first["t"].as_u64() == Some(u64::from(type_code::OPCODE))
        {
            if first["p"].as_u64() != Some(u64::from(opcode)) {
                chain.warn(
                    "0",
                    &format!("the client's own id is {}, not the key", first["p"]),
                );
            }
            fields.next();
        }
        let mut schema = Schema::empty(opcode);
        schema.body = chain.block(fields, "")?;
        dump.messages.push(schema);
    }
    Ok(())
}

/// A message that is being read.
struct Chain<'a> {
    opcode: u16,
    warnings: &'a mut Vec<String>,
}

impl Chain<'_> {
    fn entries<'v>(&self, chain: &'v Value, path: &str) -> Result<&'v Vec<Value>> {
        chain.as_array().ok_or_else(|| {
            anyhow!(
                "0x{:04x}{path}: expected a list of fields, not {chain}",
                self.opcode
            )
        })
    }

    fn block<'v>(
        &mut self,
        entries: impl Iterator<Item = (usize, &'v Value)>,
        parent: &str,
    ) -> Result<Block> {
        /// The codes that end a chain.
        const ENDS: [u64; 2] = [0, 0x18];
        let mut fields = Vec::new();
        for (number, entry) in entries {
            let path = format!("{parent}{number}");
            let code = entry["t"].as_u64().ok_or_else(|| {
                anyhow!(
                    "0x{:04x}, field {path}: expected a type code `t`, not {entry}",
                    self.opcode
                )
            })?;
            if ENDS.contains(&code) {
                break;
            }
            fields.push(self.field(code, entry, &path)?);
        }
        Ok(Block::new(fields))
    }

    fn field(&mut self, code: u64, entry: &Value, path: &str) -> Result<Field> {
        let code = u8::try_from(code).unwrap_or(0);
        let block = match &entry["r"] {
            Value::Null if type_code::has_block(code) => {
                self.warn(
                    path,
                    "its nested chain is not in the dump; it is written as `unknown`",
                );
                message::unknown_block()
            }
            Value::Null => Block::default(),
            chain => {
                let entries = self.entries(chain, &format!(", field {path}"))?;
                self.block(entries.iter().enumerate(), &format!("{path}."))?
            }
        };
        let bound = self.bound(code, &entry["p"], path);
        let ty = type_code::field_type(code, bound, block).unwrap_or_else(|| {
            self.warn(
                path,
                &format!("no type has the code {}; it is written as `unknown`", entry["t"]),
            );
            FieldType::Unknown
        });
        Ok(Field::new(ty))
    }

    fn bound(&mut self, code: u8, parameter: &Value, path: &str) -> Option<u16> {
        const BYTES_SMALL: u8 = 0x14;
        const BYTES_LARGE: u8 = 0x15;
        let number = match parameter {
            Value::Null => return None,
            // Of these the client compares the low half only, and keeps something else in the high one.
            _ if matches!(code, BYTES_SMALL | BYTES_LARGE) => {
                parameter.as_u64().map(|number| number & 0xffff)
            }
            _ => parameter.as_u64(),
        };
        let bound = number.and_then(|number| u16::try_from(number).ok());
        if bound.is_none() {
            self.warn(
                path,
                &format!("the limit {parameter} is not a number up to 65535; left open"),
            );
        }
        bound
    }

    fn warn(&mut self, path: &str, what: &str) {
        self.warnings
            .push(format!("0x{:04x}, field {path}: {what}", self.opcode));
    }
}

/// A registered message, of which only the definition of the first field is there: 40 bytes in hex,
/// the type code in the first four and the parameter, here the opcode, at 16.
fn descriptor(entry: &Value) -> Result<Schema> {
    let hex = entry["descriptor0"]
        .as_str()
        .context("expected `descriptor0`, 40 bytes in hex")?;
    let word = |at: usize| {
        let digits = hex.get(2 * at..2 * at + 8)?;
        u32::from_str_radix(digits, 16).ok().map(u32::swap_bytes)
    };
    let opcode = match (word(0), word(16)) {
        (Some(code), Some(opcode)) if code == u32::from(type_code::OPCODE) => u16::try_from(opcode).ok(),
        _ => None,
    };
    let mut schema = Schema::empty(opcode.ok_or_else(|| anyhow!("{hex:?} does not define an opcode"))?);
    schema.body = message::unknown_block();
    Ok(schema)
}
