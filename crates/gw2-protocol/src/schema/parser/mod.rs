//! Reads a schema file. The language is described in docs/schemas.md.

mod fields;
mod reader;
mod values;

use super::SchemaError;
use super::hint::ValueSet;
use super::lexer::{Token, TokenKind, unescaped};
use super::table::{Dispatch, Evidence, Origin, Schema, TableFile};
use crate::direction::Table;
use crate::fast_path::Parser as FastPathParser;
use reader::{Parsed, Reader};
use std::collections::HashSet;
use std::sync::Arc;

/// Parses one schema file.
///
/// Errors do not end parsing: the message that holds one is left out and the rest is read. The
/// file itself is `None` when its header does not say which set and table it is for.
pub fn parse(file: &str, text: &str) -> (Option<TableFile>, Vec<SchemaError>) {
    let mut reader = Reader::new(file, text);
    let mut draft = Draft::default();
    while let Some(token) = reader.peek() {
        let start = reader.position();
        if reader.statement(token, &mut draft).is_err() {
            reader.recover(start);
        }
    }
    let (values, mut errors) = reader.finish();
    let table = draft.finish(values);
    if table.is_none() {
        errors.push(SchemaError {
            file: file.to_owned(),
            line: 0,
            column: 0,
            message: "the file does not say what it describes; start it with lines such as \
                      `schema 2026-205780` and `table gs2c`"
                .to_owned(),
        });
    }
    (table, errors)
}

/// The words that begin a line of a file's header.
const HEADER_WORDS: [&str; 7] = [
    "schema", "build", "table", "extends", "source", "evidence", "partial",
];

/// Whether a word at the start of a line begins a header line, a removal, a declaration or a message.
fn begins_statement(word: &str) -> bool {
    matches!(word, "remove" | "enum" | "flags") || begins_message(word) || HEADER_WORDS.contains(&word)
}

fn begins_message(word: &str) -> bool {
    word.starts_with("0x")
}

/// What has been read of a file so far.
#[derive(Default)]
struct Draft<'a> {
    /// Header words that have been read.
    said: Vec<&'a str>,
    set: Option<String>,
    build: Option<u32>,
    table: Option<Table>,
    extends: Option<String>,
    source: Option<String>,
    evidence: Option<Evidence>,
    partial: bool,
    messages: Vec<Schema>,
    opcodes: HashSet<u16>,
    removed: Vec<u16>,
}

impl Draft<'_> {
    fn finish(self, values: Vec<Arc<ValueSet>>) -> Option<TableFile> {
        Some(TableFile {
            set: self.set?,
            build: self.build,
            table: self.table?,
            extends: self.extends,
            source: self.source,
            evidence: self.evidence,
            values,
            partial: self.partial,
            messages: self.messages,
            removed: self.removed,
        })
    }
}

impl<'a> Reader<'a> {
    fn statement(&mut self, token: Token<'a>, draft: &mut Draft<'a>) -> Parsed<()> {
        match token.kind {
            TokenKind::Word("remove") => {
                self.skip();
                self.value_follows("remove", token)?;
                draft.removed.push(self.opcode()?);
            }
            TokenKind::Word(kind @ ("enum" | "flags")) => {
                self.skip();
                self.value_follows(kind, token)?;
                self.value_set(kind == "flags")?;
            }
            TokenKind::Word(word) if begins_message(word) => {
                let schema = self.message(token)?;
                if !draft.opcodes.insert(schema.opcode) {
                    return self.fail(
                        token,
                        format!(
                            "opcode 0x{:04x} stands here a second time; keep one",
                            schema.opcode
                        ),
                    );
                }
                draft.messages.push(schema);
            }
            TokenKind::Word(word) => {
                self.skip();
                self.header_line(word, token, draft)?;
            }
            TokenKind::Bad(bad) => return self.fail(token, bad.to_string()),
            _ => return self.fail(token, "expected a header word or an opcode such as 0x0012"),
        }
        Ok(())
    }

    fn header_line(&mut self, word: &'a str, token: Token<'a>, draft: &mut Draft<'a>) -> Parsed<()> {
        if !HEADER_WORDS.contains(&word) {
            return self.fail(
                token,
                format!(
                    "no header word {word:?}; there are {}, enum and flags; messages start with their opcode, such as 0x0012",
                    HEADER_WORDS.join(", ")
                ),
            );
        }
        if draft.said.contains(&word) {
            return self.fail(
                token,
                format!("`{word}` stands here a second time; a file holds one table"),
            );
        }
        draft.said.push(word);
        if word == "partial" {
            draft.partial = true;
            return Ok(());
        }
        self.value_follows(word, token)?;
        match word {
            "schema" => draft.set = Some(self.word("the set's name")?.0.to_owned()),
            "build" => draft.build = Some(self.number("a client build such as 205780", u32::MAX)?),
            "extends" => draft.extends = Some(self.word("the name of another set")?.0.to_owned()),
            "source" => draft.source = Some(self.text("a string")?),
            "evidence" => {
                let (word, at) = self.word("a kind of evidence")?;
                draft.evidence = Some(self.evidence(word, at)?);
            }
            _ => {
                let (tag, at) = self.word("c2gs, gs2c, c2ls or ls2c")?;
                let Some(table) = Table::from_tag(tag) else {
                    return self.fail(
                        at,
                        format!("no table {tag:?}; there are c2gs, gs2c, c2ls and ls2c"),
                    );
                };
                draft.table = Some(table);
            }
        }
        Ok(())
    }

    /// Refuses a word whose value is missing, before the next line is taken for it.
    fn value_follows(&mut self, word: &str, token: Token<'a>) -> Parsed<()> {
        match self.peek() {
            Some(value) if value.line == token.line => Ok(()),
            _ => self.fail(token, format!("`{word}` needs a value on its line")),
        }
    }

    /// A message, from its opcode at `first` to its closing brace.
    fn message(&mut self, first: Token<'a>) -> Parsed<Schema> {
        let mut schema = Schema::empty(self.opcode()?);
        schema.origin = Origin {
            file: Arc::clone(self.file()),
            line: first.line,
        };
        let mut parser = None;
        if let Some(word) = self.peek_word()
            && !matches!(self.peek_after(), Some(TokenKind::Mark('=')))
            && is_message_name(word)
        {
            schema.name = Some(word.into());
            self.skip();
        }
        loop {
            let expected = "`{`, an attribute or a description";
            let token = self.token(expected)?;
            match token.kind {
                TokenKind::Mark('{') => break,
                TokenKind::Text(raw) => schema.description = Some(unescaped(raw).into()),
                TokenKind::Word(word) if begins_message(word) => {
                    return self.fail(first, "this message has no block; `{}` stands for no fields");
                }
                TokenKind::Word(attribute) if matches!(self.peek_kind(), Some(TokenKind::Mark('='))) => {
                    self.skip();
                    let (value, at) = self.word("a value")?;
                    match attribute {
                        "dispatch" => schema.dispatch = self.dispatch(value, at)?,
                        "evidence" => schema.evidence = Some(self.evidence(value, at)?),
                        "parser" => parser = Some((self.fast_path_parser(value, at)?, at)),
                        other => {
                            return self.fail(
                                token,
                                format!("no attribute {other:?} of a message; there are dispatch, evidence and parser"),
                            );
                        }
                    }
                }
                TokenKind::Bad(bad) => return self.fail(token, bad.to_string()),
                _ => return self.fail(token, format!("expected {expected}")),
            }
        }
        schema.body = self.block(0)?;
        if let Some((parser, at)) = parser {
            if !parser.fits(schema.fields()) {
                return self.fail(
                    at,
                    format!("the parser {} shows the fields {}", parser.name(), parser.shows()),
                );
            }
            schema.parser = Some(parser);
        }
        Ok(schema)
    }

    fn dispatch(&mut self, value: &str, at: Token<'a>) -> Parsed<Dispatch> {
        match value {
            "generic" => Ok(Dispatch::Generic),
            "fast" => Ok(Dispatch::Fast),
            _ => self.fail(at, "dispatch is generic or fast"),
        }
    }

    fn evidence(&mut self, word: &str, at: Token<'a>) -> Parsed<Evidence> {
        if let Some(evidence) = Evidence::by_word(word) {
            return Ok(evidence);
        }
        let known = Evidence::ALL.map(Evidence::word).join(", ");
        self.fail(at, format!("no evidence {word:?}; there are {known}"))
    }

    fn fast_path_parser(&mut self, name: &str, at: Token<'a>) -> Parsed<FastPathParser> {
        if let Some(parser) = FastPathParser::by_name(name) {
            return Ok(parser);
        }
        let known = FastPathParser::ALL.map(FastPathParser::name).join(", ");
        self.fail(at, format!("no fast-path parser {name:?}; there are: {known}"))
    }

    fn opcode(&mut self) -> Parsed<u16> {
        let number = self.number("an opcode such as 0x0012", u32::from(u16::MAX))?;
        Ok(u16::try_from(number).unwrap_or(u16::MAX))
    }
}

/// Whether `name` can name a message: it must not look like the opcode of the next one.
fn is_message_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
}
