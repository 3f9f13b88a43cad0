//! A place among the tokens of a file, and the errors found so far.

use super::super::SchemaError;
use super::super::hint::ValueSet;
use super::super::lexer::{Token, TokenKind, tokens, unescaped};
use super::begins_statement;
use std::sync::Arc;

/// An error has been noted and the caller has to come back to a known place.
pub(super) struct Noted;

pub(super) type Parsed<T> = Result<T, Noted>;

pub(super) struct Reader<'a> {
    file: Arc<str>,
    tokens: Vec<Token<'a>>,
    at: usize,
    errors: Vec<SchemaError>,
    /// The enumerations and flags that the file has declared so far.
    values: Vec<Arc<ValueSet>>,
}

impl<'a> Reader<'a> {
    pub fn new(file: &str, text: &'a str) -> Self {
        Self {
            file: file.into(),
            tokens: tokens(text),
            at: 0,
            errors: Vec::new(),
            values: Vec::new(),
        }
    }

    /// The declarations of the whole file, and what was wrong with it.
    pub fn finish(self) -> (Vec<Arc<ValueSet>>, Vec<SchemaError>) {
        (self.values, self.errors)
    }

    /// The enumeration or flags of this name.
    pub fn values(&self, name: &str) -> Option<&Arc<ValueSet>> {
        self.values.iter().find(|set| *set.name == *name)
    }

    pub fn declare(&mut self, set: ValueSet) {
        self.values.push(Arc::new(set));
    }

    /// The file's name.
    pub fn file(&self) -> &Arc<str> {
        &self.file
    }

    /// The number of the next token.
    pub fn position(&self) -> usize {
        self.at
    }

    pub fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.at).copied()
    }

    pub fn peek_kind(&self) -> Option<TokenKind<'a>> {
        self.peek().map(|token| token.kind)
    }

    /// The next token when it is a word.
    pub fn peek_word(&self) -> Option<&'a str> {
        match self.peek_kind()? {
            TokenKind::Word(word) => Some(word),
            _ => None,
        }
    }

    /// The token after the next.
    pub fn peek_after(&self) -> Option<TokenKind<'a>> {
        self.tokens.get(self.at.saturating_add(1)).map(|token| token.kind)
    }

    pub fn skip(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    /// The next token, whatever it is. `expected` says what would be right, should there be none.
    pub fn token(&mut self, expected: &str) -> Parsed<Token<'a>> {
        if let Some(token) = self.peek() {
            self.skip();
            return Ok(token);
        }
        let (line, column) = self
            .tokens
            .last()
            .map_or((1, 1), |token| (token.line, token.column));
        self.errors.push(SchemaError {
            file: self.file.to_string(),
            line,
            column,
            message: format!("the file ends where {expected} was expected"),
        });
        Err(Noted)
    }

    pub fn word(&mut self, expected: &str) -> Parsed<(&'a str, Token<'a>)> {
        let token = self.token(expected)?;
        match token.kind {
            TokenKind::Word(word) => Ok((word, token)),
            _ => self.unexpected(token, expected),
        }
    }

    pub fn text(&mut self, expected: &str) -> Parsed<String> {
        let token = self.token(expected)?;
        match token.kind {
            TokenKind::Text(raw) => Ok(unescaped(raw)),
            _ => self.unexpected(token, &format!("{expected} in double quotes")),
        }
    }

    pub fn number(&mut self, expected: &str, max: u32) -> Parsed<u32> {
        let (word, at) = self.word(expected)?;
        let parsed = match word.strip_prefix("0x") {
            Some(hex) => u32::from_str_radix(hex, 16),
            None => word.parse(),
        };
        match parsed {
            Ok(number) if number <= max => Ok(number),
            _ => self.fail(at, format!("{word:?} is not {expected}")),
        }
    }

    pub fn mark(&mut self, mark: char) -> Parsed<()> {
        let expected = format!("`{mark}`");
        let token = self.token(&expected)?;
        if token.kind == TokenKind::Mark(mark) {
            return Ok(());
        }
        self.unexpected(token, &expected)
    }

    pub fn unexpected<T>(&mut self, token: Token<'a>, expected: &str) -> Parsed<T> {
        match token.kind {
            TokenKind::Bad(bad) => self.fail(token, bad.to_string()),
            _ => self.fail(token, format!("expected {expected}")),
        }
    }

    pub fn fail<T>(&mut self, at: Token<'a>, message: impl Into<String>) -> Parsed<T> {
        self.errors.push(SchemaError {
            file: self.file.to_string(),
            line: at.line,
            column: at.column,
            message: message.into(),
        });
        Err(Noted)
    }

    /// After an error in the statement that begins with token `start`: on to the next line that begins
    /// a message, a removal or a header line. The token that was read last may be the first of it.
    pub fn recover(&mut self, start: usize) {
        self.at = self.at.saturating_sub(1).max(start.saturating_add(1));
        while let Some(token) = self.peek() {
            let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
            let first_of_line = before.is_none_or(|before| before.line < token.line);
            // `table: u8` is a field.
            let named = matches!(self.peek_after(), Some(TokenKind::Mark(':')));
            if first_of_line && !named && self.peek_word().is_some_and(begins_statement) {
                return;
            }
            self.skip();
        }
    }
}
