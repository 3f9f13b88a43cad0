//! Tests of the message decoder, by part of protocol.md's section 5. Bytes are written by hand.
//!
//! | rule | where |
//! |---|---|
//! | type codes of a fixed size, varints, addresses | `numbers` |
//! | strings | `text` |
//! | byte fields, greatest lengths, what cannot be decoded, 8,192 bytes | `bounds` |
//! | optionals and arrays, the order of a visitor's calls | `groups` |
//! | cut anywhere, decoding and measuring agree | `properties` |
//! | live samples and captured stretches | `live` |

mod bounds;
mod groups;
mod live;
mod numbers;
mod properties;
mod text;

use super::*;
use crate::schema::{Field, Schema, parse};
use std::convert::Infallible;
use std::ops::Range;

/// Writes down what it is told, one line a call: `name 2..4 U16(7)`, `name 2..3 Array(2)`, `[0] 3`,
/// `/[] 5`, `/ 5`, `failed name`. A field without a name goes by its type.
#[derive(Default)]
pub(crate) struct Recorder {
    pub lines: Vec<String>,
}

fn label(field: &Field) -> &str {
    field.name.as_deref().unwrap_or(field.ty.word())
}

fn show(value: Value<'_>) -> String {
    let mut text = String::new();
    match value {
        Value::Vector(vector) => format!("{:?}", vector.components()),
        Value::Utf16(bytes) => {
            utf16_text(bytes, &mut text);
            format!("{text:?}")
        }
        Value::Utf8(bytes) => {
            utf8_text(bytes, &mut text);
            format!("{text:?}")
        }
        Value::Ipv4 { address, port } => format!("{address}:{port}"),
        Value::Ipv6 { address, port } => format!("[{address}]:{port}"),
        other => format!("{other:?}"),
    }
}

impl Visitor for Recorder {
    type Error = Infallible;

    const VALUES: bool = true;

    fn value(
        &mut self,
        field: &Field,
        part: u8,
        range: Range<usize>,
        value: Value<'_>,
    ) -> Result<(), Infallible> {
        let part = if part == 0 {
            String::new()
        } else {
            format!("+{part}")
        };
        self.lines
            .push(format!("{}{part} {range:?} {}", label(field), show(value)));
        Ok(())
    }

    fn enter(&mut self, field: &Field, range: Range<usize>, group: Group) -> Result<(), Infallible> {
        self.lines.push(format!("{} {range:?} {group:?}", label(field)));
        Ok(())
    }

    fn element(&mut self, index: usize, at: usize) -> Result<(), Infallible> {
        self.lines.push(format!("[{index}] {at}"));
        Ok(())
    }

    fn end_element(&mut self, end: usize) -> Result<(), Infallible> {
        self.lines.push(format!("/[] {end}"));
        Ok(())
    }

    fn leave(&mut self, end: usize) -> Result<(), Infallible> {
        self.lines.push(format!("/ {end}"));
        Ok(())
    }

    fn failed(&mut self, field: &Field) {
        self.lines.push(format!("failed {}", label(field)));
    }
}

/// The bytes that hex digits stand for; spaces are for the reader.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
    assert_eq!(digits.len() % 2, 0, "{text}");
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap())
        .collect()
}

/// Opcode 0x0001 with these fields, written in the schema language.
pub(crate) fn schema(fields: &str) -> Schema {
    let text = format!("schema test\ntable c2gs\n0x0001 {{ {fields} }}\n");
    let (file, errors) = parse("test", &text);
    assert_eq!(errors, []);
    file.unwrap().messages.remove(0)
}

type Outcome = Result<Decoded, Stop<Infallible>>;

/// Decodes opcode 0x0001 followed by `body`, holds [`measure`] to the same, and gives the outcome and
/// what the visitor was told.
fn walk(fields: &str, body: &[u8]) -> (Outcome, Vec<String>) {
    let schema = schema(fields);
    let bytes = [&[1, 0], body].concat();
    let mut recorder = Recorder::default();
    let outcome = decode(&bytes, bytes.len(), &schema, &mut recorder);
    let measured = measure(&bytes, bytes.len(), &schema);
    match (outcome, measured) {
        (Err(Stop::Incomplete { needed }), Err(Stop::Incomplete { needed: measured })) => {
            assert!(
                bytes.len() < needed && needed <= measured,
                "{fields}: {needed}, {measured}"
            );
        }
        _ => assert_eq!(outcome, measured, "{fields}"),
    }
    (outcome, recorder.lines)
}

/// Decodes `body` and two bytes of the next message behind it: all of `body` and no more must be used.
fn values(fields: &str, body: &str) -> Vec<String> {
    let body = hex(body);
    let (outcome, lines) = walk(fields, &[body.as_slice(), &[0xee, 0xee]].concat());
    assert_eq!(outcome, Ok(whole(2 + body.len())), "{fields}");
    lines
}

fn whole(len: usize) -> Decoded {
    Decoded { len, open_end: false }
}

/// Decodes a body that contradicts its schema: why, at which offset, and what the visitor was told.
fn failure(fields: &str, body: &[u8]) -> (Reason, usize, Vec<String>) {
    match walk(fields, body) {
        (Err(Stop::Failed(Failure { reason, offset })), lines) => (reason, offset, lines),
        (other, _) => panic!("{fields}: {other:?}"),
    }
}

/// Decodes a body that is cut: how many bytes of the message are wanted.
fn needed(fields: &str, body: &[u8]) -> usize {
    match walk(fields, body).0 {
        Err(Stop::Incomplete { needed }) => needed,
        other => panic!("{fields}: {other:?}"),
    }
}
