//! Splits a schema file into tokens with their places.

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TokenKind<'a> {
    /// Letters, digits, `_`, `-`, `.` and `?`: names, numbers and keywords.
    Word(&'a str),
    /// A string in double quotes, unescaped.
    Text(String),
    /// One of `: = ( ) { }`.
    Mark(char),
    /// Something that the language does not have; the text says what.
    Bad(String),
}

/// A token and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub kind: TokenKind<'a>,
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
}

/// All tokens of a file. White space, commas and `#` comments only separate.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let number = u32::try_from(index).unwrap_or(u32::MAX).saturating_add(1);
        line_tokens(line, number, &mut out);
    }
    out
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
            '"' => quoted(&mut chars),
            c if is_word(c) => {
                let mut end = start.saturating_add(c.len_utf8());
                while let Some(&((at, next), _)) = chars.peek() {
                    if !is_word(next) {
                        break;
                    }
                    end = at.saturating_add(next.len_utf8());
                    chars.next();
                }
                TokenKind::Word(line.get(start..end).unwrap_or_default())
            }
            other => TokenKind::Bad(format!("unexpected character {other:?}")),
        };
        out.push(Token {
            kind,
            line: number,
            column,
        });
    }
}

fn quoted<'a>(chars: &mut impl Iterator<Item = ((usize, char), u32)>) -> TokenKind<'a> {
    let mut text = String::new();
    while let Some(((_, c), _)) = chars.next() {
        match c {
            '"' => return TokenKind::Text(text),
            '\\' => match chars.next() {
                Some(((_, c @ ('"' | '\\')), _)) => text.push(c),
                Some(((_, other), _)) => {
                    return TokenKind::Bad(format!("unknown escape \\{other}; only \\\" and \\\\ exist"));
                }
                None => break,
            },
            c => text.push(c),
        }
    }
    TokenKind::Bad("a string that does not end on its line; close it with \"".to_owned())
}
