//! Reads a schema file. The language is described in docs/schemas.md.

use super::SchemaError;
use super::field::{Block, Field, FieldType};
use super::lexer::{Token, TokenKind, tokens};
use super::table::{Dispatch, Schema, TableFile};
use crate::direction::Table;
use crate::fast_path::Parser as FastPathParser;
use crate::message::MAX_DEPTH;

/// Parses one schema file.
///
/// Errors do not end parsing: the message that holds one is left out and the rest is read. The
/// file itself is `None` when its header does not say which set and table it is for.
pub fn parse(file: &str, text: &str) -> (Option<TableFile>, Vec<SchemaError>) {
    let mut parser = Parser {
        file,
        tokens: tokens(text),
        at: 0,
        errors: Vec::new(),
    };
    let table = parser.table_file();
    (table, parser.errors)
}

/// An error has been noted and the caller has to come back to a known place.
struct Noted;

type Parsed<T> = Result<T, Noted>;

struct Parser<'a> {
    file: &'a str,
    tokens: Vec<Token<'a>>,
    at: usize,
    errors: Vec<SchemaError>,
}

#[derive(Default)]
struct Header {
    set: Option<String>,
    build: Option<u32>,
    table: Option<Table>,
    extends: Option<String>,
    source: Option<String>,
    partial: bool,
}

impl<'a> Parser<'a> {
    fn table_file(&mut self) -> Option<TableFile> {
        let mut header = Header::default();
        let mut messages: Vec<Schema> = Vec::new();
        let mut removed = Vec::new();
        while let Some(token) = self.peek().cloned() {
            let outcome = match &token.kind {
                TokenKind::Word("remove") => self.removal().map(|opcode| removed.push(opcode)),
                TokenKind::Word(word) if word.starts_with("0x") => self.message().and_then(|schema| {
                    if messages.iter().rev().any(|known| known.opcode == schema.opcode) {
                        return self.fail(
                            &token,
                            format!(
                                "opcode 0x{:04x} stands here a second time; keep one",
                                schema.opcode
                            ),
                        );
                    }
                    messages.push(schema);
                    Ok(())
                }),
                TokenKind::Word(_) => self.header_line(&mut header),
                _ => self.fail(
                    &token,
                    "expected a header word or an opcode such as 0x0012".to_owned(),
                ),
            };
            if outcome.is_err() {
                self.recover();
            }
        }
        let (Some(set), Some(table)) = (header.set, header.table) else {
            self.errors.push(SchemaError {
                file: self.file.to_owned(),
                line: 0,
                column: 0,
                message: "the file does not say what it describes; start it with lines such as \
                          `schema 2026-205780` and `table gs2c`"
                    .to_owned(),
            });
            return None;
        };
        Some(TableFile {
            set,
            build: header.build,
            table,
            extends: header.extends,
            source: header.source,
            partial: header.partial,
            messages,
            removed,
        })
    }

    fn header_line(&mut self, header: &mut Header) -> Parsed<()> {
        let (word, token) = self.word("a header word")?;
        match word {
            "schema" => header.set = Some(self.word("the set's name")?.0.to_owned()),
            "build" => header.build = Some(self.number("a client build such as 205780", u32::MAX)?),
            "table" => {
                let (tag, at) = self.word("c2gs, gs2c, c2ls or ls2c")?;
                header.table = match Table::from_tag(tag) {
                    Some(table) => Some(table),
                    None => {
                        return self.fail(
                            &at,
                            format!("no table {tag:?}; there are c2gs, gs2c, c2ls and ls2c"),
                        );
                    }
                };
            }
            "extends" => header.extends = Some(self.word("the name of another set")?.0.to_owned()),
            "source" => header.source = Some(self.text("a string")?),
            "partial" => header.partial = true,
            other => {
                return self.fail(
                    &token,
                    format!(
                        "no header word {other:?}; there are schema, build, table, extends, source, partial, \
                         and messages start with their opcode, such as 0x0012"
                    ),
                );
            }
        }
        Ok(())
    }

    fn removal(&mut self) -> Parsed<u16> {
        self.next();
        self.opcode()
    }

    fn message(&mut self) -> Parsed<Schema> {
        let opcode = self.opcode()?;
        let mut schema = Schema::empty(opcode);
        if let Some(TokenKind::Word(word)) = self.peek().map(|token| &token.kind)
            && !matches!(self.peek_at(1), Some(TokenKind::Mark('=')))
        {
            schema.name = Some((*word).into());
            self.next();
        }
        loop {
            let token = self.expect_any("`{`, an attribute or a description")?;
            match token.kind {
                TokenKind::Mark('{') => break,
                TokenKind::Text(text) => schema.description = Some(text.into()),
                TokenKind::Word(attribute) => {
                    self.mark('=')?;
                    self.message_attribute(attribute, &token, &mut schema)?;
                }
                _ => return self.fail(&token, "expected `{`, an attribute or a description".to_owned()),
            }
        }
        schema.body = self.block(0)?;
        Ok(schema)
    }

    fn message_attribute(&mut self, attribute: &str, token: &Token<'a>, schema: &mut Schema) -> Parsed<()> {
        let (value, at) = self.word("a value")?;
        match (attribute, value) {
            ("dispatch", "generic") => schema.dispatch = Dispatch::Generic,
            ("dispatch", "fast") => schema.dispatch = Dispatch::Fast,
            ("dispatch", _) => return self.fail(&at, "dispatch is generic or fast".to_owned()),
            ("parser", name) => match FastPathParser::by_name(name) {
                Some(parser) => schema.parser = Some(parser),
                None => {
                    let known = FastPathParser::ALL.map(FastPathParser::name).join(", ");
                    return self.fail(&at, format!("no fast-path parser {name:?}; there are: {known}"));
                }
            },
            _ => {
                return self.fail(
                    token,
                    format!("no attribute {attribute:?} of a message; there are dispatch and parser"),
                );
            }
        }
        Ok(())
    }

    /// The fields up to and with the closing brace.
    fn block(&mut self, depth: usize) -> Parsed<Block> {
        let mut fields = Vec::new();
        loop {
            let token = self.expect_any("a field or `}`")?;
            match token.kind {
                TokenKind::Mark('}') => return Ok(Block::new(fields)),
                TokenKind::Word(word) => fields.push(self.field(word, &token, depth)?),
                TokenKind::Bad(reason) => return self.fail_at(token.line, token.column, reason),
                _ => {
                    return self.fail(
                        &token,
                        "expected a field such as `agent_id: u16`, or `}`".to_owned(),
                    );
                }
            }
        }
    }

    fn field(&mut self, first: &'a str, token: &Token<'a>, depth: usize) -> Parsed<Field> {
        let (name, word, at) = if matches!(self.peek_at(0), Some(TokenKind::Mark(':'))) {
            self.next();
            if !is_field_name(first) {
                return self.fail(
                    token,
                    format!("{first:?} can't be a field's name: use lower-case letters, digits and _"),
                );
            }
            let (word, at) = self.word("a type")?;
            (Some(first.into()), word, at)
        } else {
            (None, first, token.clone())
        };
        let ty = self.field_type(word, &at, depth)?;
        let mut field = Field {
            name,
            key: None,
            ty,
            inferred: false,
            description: None,
        };
        loop {
            match self.peek().map(|token| &token.kind) {
                Some(TokenKind::Word("inferred")) => field.inferred = true,
                Some(TokenKind::Text(text)) => field.description = Some(text.as_str().into()),
                _ => return Ok(field),
            }
            self.next();
        }
    }

    fn field_type(&mut self, word: &str, at: &Token<'a>, depth: usize) -> Parsed<FieldType> {
        Ok(match word {
            "u8" => FieldType::U8,
            "u16" => FieldType::U16,
            "varint" => FieldType::Varint,
            "u64" => FieldType::U64 { alternate: false },
            "u64_1a" => FieldType::U64 { alternate: true },
            "f32" => FieldType::F32,
            "vec2" => FieldType::Vec2,
            "vec3" => FieldType::Vec3,
            "vec4" => FieldType::Vec4,
            "position" => FieldType::Position,
            "guid" => FieldType::Guid,
            "address" => FieldType::Address,
            "align" => FieldType::Align,
            "u32" => FieldType::U32 { alternate: false },
            "u32_19" => FieldType::U32 { alternate: true },
            "unknown" => FieldType::Unknown,
            "string" => FieldType::String { max: self.bound()? },
            "cstring" => FieldType::CString { max: self.bound()? },
            "bytes" => FieldType::BytesFixed { count: self.bound()? },
            "bytes8" => FieldType::BytesSmall { max: self.bound()? },
            "bytes16" => FieldType::BytesLarge { max: self.bound()? },
            "optional" => FieldType::Optional(self.nested(at, depth)?),
            "array" => FieldType::ArrayFixed {
                count: self.bound()?,
                block: self.nested(at, depth)?,
            },
            "array8" => FieldType::ArraySmall {
                max: self.bound()?,
                block: self.nested(at, depth)?,
            },
            "array16" => FieldType::ArrayLarge {
                max: self.bound()?,
                block: self.nested(at, depth)?,
            },
            other => {
                return self.fail(at, format!("no type {other:?}; docs/schemas.md lists them"));
            }
        })
    }

    fn nested(&mut self, at: &Token<'a>, depth: usize) -> Parsed<Block> {
        let depth = depth.saturating_add(1);
        if depth > MAX_DEPTH {
            return self.fail(at, format!("blocks are nested more than {MAX_DEPTH} deep"));
        }
        self.mark('{')?;
        self.block(depth)
    }

    /// `(250)`, `(?)`, or nothing, which means the same as `(?)`.
    fn bound(&mut self) -> Parsed<Option<u16>> {
        if !matches!(self.peek_at(0), Some(TokenKind::Mark('('))) {
            return Ok(None);
        }
        self.next();
        let bound = if matches!(self.peek_at(0), Some(TokenKind::Word("?"))) {
            self.next();
            None
        } else {
            let number = self.number("a number up to 65535, or ?", u32::from(u16::MAX))?;
            u16::try_from(number).ok()
        };
        self.mark(')')?;
        Ok(bound)
    }

    fn opcode(&mut self) -> Parsed<u16> {
        let number = self.number("an opcode such as 0x0012", u32::from(u16::MAX))?;
        Ok(u16::try_from(number).unwrap_or(u16::MAX))
    }

    fn number(&mut self, what: &str, max: u32) -> Parsed<u32> {
        let (word, at) = self.word(what)?;
        let parsed = match word.strip_prefix("0x") {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => word.parse(),
        };
        match parsed {
            Ok(number) if number <= max => Ok(number),
            _ => self.fail(&at, format!("{word:?} is not {what}")),
        }
    }

    fn word(&mut self, what: &str) -> Parsed<(&'a str, Token<'a>)> {
        let token = self.expect_any(what)?;
        match token.kind {
            TokenKind::Word(word) => Ok((word, token)),
            TokenKind::Bad(reason) => self.fail_at(token.line, token.column, reason),
            _ => self.fail(&token, format!("expected {what}")),
        }
    }

    fn text(&mut self, what: &str) -> Parsed<String> {
        let token = self.expect_any(what)?;
        match token.kind {
            TokenKind::Text(text) => Ok(text),
            TokenKind::Bad(reason) => self.fail_at(token.line, token.column, reason),
            _ => self.fail(&token, format!("expected {what} in double quotes")),
        }
    }

    fn mark(&mut self, mark: char) -> Parsed<()> {
        let token = self.expect_any(&format!("`{mark}`"))?;
        if token.kind == TokenKind::Mark(mark) {
            return Ok(());
        }
        self.fail(&token, format!("expected `{mark}`"))
    }

    fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.at)
    }

    fn peek_at(&self, ahead: usize) -> Option<&TokenKind<'a>> {
        self.tokens
            .get(self.at.checked_add(ahead)?)
            .map(|token| &token.kind)
    }

    fn next(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    fn expect_any(&mut self, what: &str) -> Parsed<Token<'a>> {
        if let Some(token) = self.peek().cloned() {
            self.next();
            return Ok(token);
        }
        let (line, column) = self
            .tokens
            .last()
            .map_or((1, 1), |token| (token.line, token.column));
        self.fail_at(line, column, format!("the file ends where {what} was expected"))
    }

    fn fail<T>(&mut self, at: &Token<'a>, message: String) -> Parsed<T> {
        self.fail_at(at.line, at.column, message)
    }

    fn fail_at<T>(&mut self, line: u32, column: u32, message: String) -> Parsed<T> {
        self.errors.push(SchemaError {
            file: self.file.to_owned(),
            line,
            column,
            message,
        });
        Err(Noted)
    }

    /// After an error: on to the next word that starts a line, where a message or a header begins.
    fn recover(&mut self) {
        let line = self.errors.last().map_or(0, |error| error.line);
        while let Some(token) = self.peek() {
            if token.line > line && token.column == 1 && matches!(token.kind, TokenKind::Word(_)) {
                return;
            }
            self.next();
        }
    }
}

/// Whether `name` can be the last part of a display filter field.
fn is_field_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
