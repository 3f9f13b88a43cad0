//! Declarations of enumerations and flags, and the hints that name them.

use super::super::field::FieldType;
use super::super::hint::{Hint, NamedValue, ValueSet};
use super::super::lexer::{Token, TokenKind, unescaped};
use super::fields::is_field_name;
use super::reader::{Parsed, Reader};
use super::{begins_message, is_message_name};
use std::sync::Arc;

impl<'a> Reader<'a> {
    /// `enum NAME { … }` or `flags NAME { … }`, from its name on.
    pub(super) fn value_set(&mut self, flags: bool) -> Parsed<()> {
        let (name, at) = self.word("a name for the values")?;
        if !is_field_name(name) {
            return self.fail(
                at,
                format!("{name:?} can't name values: use lower-case letters, digits and _"),
            );
        }
        if Hint::plain(name).is_some() || self.values(name).is_some() {
            return self.fail(
                at,
                format!("the hint {name:?} is there already; choose another name"),
            );
        }
        self.mark('{')?;
        let mut values: Vec<NamedValue> = Vec::new();
        while let Some((value, at)) = self.named_value(flags)? {
            let same = |known: &NamedValue| known.value == value.value || known.name == value.name;
            if values.iter().any(same) {
                return self.fail(
                    at,
                    format!("{} or its number stands here a second time", value.name),
                );
            }
            values.push(value);
        }
        self.declare(ValueSet {
            name: name.into(),
            flags,
            values: values.into(),
        });
        Ok(())
    }

    /// The next `NAME = NUMBER` and where it stands; `None` at the closing brace.
    fn named_value(&mut self, flags: bool) -> Parsed<Option<(NamedValue, Token<'a>)>> {
        let expected = "a value such as `swimming = 2`, or `}`";
        let token = self.token(expected)?;
        let name = match token.kind {
            TokenKind::Mark('}') => return Ok(None),
            TokenKind::Word(word) if begins_message(word) => {
                return self.fail(token, "`}` is missing before this message");
            }
            // The name of a flag is part of a display filter field.
            TokenKind::Word(word) if is_message_name(word) && (!flags || is_field_name(word)) => word,
            TokenKind::Word(word) => {
                return self.fail(
                    token,
                    format!(
                        "{word:?} can't name a value: begin it with a letter, and a flag's has lower-case letters, \
                         digits and _ only"
                    ),
                );
            }
            _ => return self.unexpected(token, expected),
        };
        self.mark('=')?;
        let at = self.peek().unwrap_or(token);
        let value = self.number("a number up to 0xffffffff", u32::MAX)?;
        if flags && value == 0 {
            return self.fail(at, "a flag has at least one bit");
        }
        let text = match self.peek_kind() {
            Some(TokenKind::Text(raw)) => {
                self.skip();
                Some(unescaped(raw).into())
            }
            _ => None,
        };
        let name = name.into();
        Ok(Some((NamedValue { value, name, text }, token)))
    }

    /// The hint that follows `as`, for a field of this type.
    pub(super) fn hint(&mut self, ty: &FieldType) -> Parsed<Hint> {
        let (word, at) = self.word("a hint")?;
        let declared = || Some(Hint::Values(Arc::clone(self.values(word)?)));
        let Some(hint) = Hint::plain(word).or_else(declared) else {
            let known: Vec<_> = Hint::plain_words().collect();
            return self.fail(
                at,
                format!(
                    "no hint {word:?}; there are {}, and what `enum` or `flags` declare above",
                    known.join(", ")
                ),
            );
        };
        let subject = hint.subject();
        if subject.covers(ty) {
            return Ok(hint);
        }
        self.fail(at, format!("`as {word}` is for {subject}, not for {}", ty.word()))
    }
}
