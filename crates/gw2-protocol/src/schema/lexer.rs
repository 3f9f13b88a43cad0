//! Splits a schema file into tokens with their places.

use std::fmt;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind<'a> {
    /// Letters, digits, `_`, `-`, `.` and `?`: names, numbers and keywords.
    Word(&'a str),
    /// A string, as it stands between its quotes; [`unescaped`] gives the text.
    Text(&'a str),
    /// One of `: = ( ) { }`.
    Mark(char),
    /// Something that the language does not have.
    Bad(Bad),
}

/// What the language does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bad {
    /// This character outside strings.
    Character(char),
    /// A backslash before this character.
    Escape(char),
    /// A string that goes on beyond its line.
    Unclosed,
}

impl fmt::Display for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Character(c) => write!(f, "unexpected character {c:?}"),
            Self::Escape(c) => write!(f, "unknown escape \\{c}; only \\\" and \\\\ exist"),
            Self::Unclosed => f.write_str("a string that does not end on its line; close it with \""),
        }
    }
}

/// A token and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub kind: TokenKind<'a>,
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
}

/// All tokens of a file. White space, commas and `#` comments only separate; so does the mark that
/// some editors put before a file's first character.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut out = Vec::new();
    for (line, number) in text.lines().zip(1u32..) {
        line_tokens(line, number, &mut out);
    }
    out
}

/// The text of a string token.
pub(super) fn unescaped(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        text.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    text
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '?')
}

fn line_tokens<'a>(line: &'a str, number: u32, out: &mut Vec<Token<'a>>) {
    let mut chars = line.char_indices().zip(1u32..).peekable();
    while let Some(((start, c), column)) = chars.next() {
        let kind = match c {
            '#' => return,
            ',' => continue,
            c if c.is_whitespace() => continue,
            ':' | '=' | '(' | ')' | '{' | '}' => TokenKind::Mark(c),
            '"' => quoted(line, &mut chars),
            c if is_word(c) => {
                let mut end = start.saturating_add(c.len_utf8());
                while let Some(((at, next), _)) = chars.next_if(|((_, next), _)| is_word(*next)) {
                    end = at.saturating_add(next.len_utf8());
                }
                TokenKind::Word(line.get(start..end).unwrap_or_default())
            }
            other => TokenKind::Bad(Bad::Character(other)),
        };
        out.push(Token {
            kind,
            line: number,
            column,
        });
    }
}

/// The rest of a string whose opening quote has been read.
fn quoted<'a>(line: &'a str, chars: &mut impl Iterator<Item = ((usize, char), u32)>) -> TokenKind<'a> {
    let mut start = None;
    while let Some(((at, c), _)) = chars.next() {
        let start = *start.get_or_insert(at);
        match c {
            '"' => return TokenKind::Text(line.get(start..at).unwrap_or_default()),
            '\\' => match chars.next() {
                Some(((_, '"' | '\\'), _)) => {}
                Some(((_, other), _)) => return TokenKind::Bad(Bad::Escape(other)),
                None => break,
            },
            _ => {}
        }
    }
    TokenKind::Bad(Bad::Unclosed)
}
