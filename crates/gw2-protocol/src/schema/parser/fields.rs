//! Fields, their types, and the blocks that they stand in.

use super::super::field::{Block, Field, FieldType};
use super::super::lexer::{Token, TokenKind, unescaped};
use super::begins_message;
use super::reader::{Parsed, Reader};
use crate::message::MAX_DEPTH;

impl<'a> Reader<'a> {
    /// The fields up to and with the closing brace.
    pub(super) fn block(&mut self, depth: usize) -> Parsed<Block> {
        let expected = "a field such as `agent_id: u16`, or `}`";
        let mut fields = Vec::new();
        loop {
            let token = self.token(expected)?;
            match token.kind {
                TokenKind::Mark('}') => return Ok(Block::new(fields)),
                TokenKind::Word(word) if begins_message(word) => {
                    return self.fail(token, "`}` is missing before this message");
                }
                TokenKind::Word(word) => fields.push(self.field(word, token, depth)?),
                _ => return self.unexpected(token, expected),
            }
        }
    }

    fn field(&mut self, first: &'a str, token: Token<'a>, depth: usize) -> Parsed<Field> {
        let (name, word, at) = if matches!(self.peek_kind(), Some(TokenKind::Mark(':'))) {
            self.skip();
            if !is_field_name(first) {
                return self.fail(
                    token,
                    format!("{first:?} can't be a field's name: use lower-case letters, digits and _"),
                );
            }
            let (word, at) = self.word("a type")?;
            (Some(first.into()), word, at)
        } else {
            (None, first, token)
        };
        let mut field = Field {
            name,
            ..Field::new(self.field_type(word, at, depth)?)
        };
        loop {
            // `inferred: u8` is a field of that name.
            let names_a_field = matches!(self.peek_after(), Some(TokenKind::Mark(':')));
            match self.peek_kind() {
                Some(TokenKind::Word("inferred")) if !names_a_field => field.inferred = true,
                Some(TokenKind::Word("as")) if !names_a_field => {
                    self.skip();
                    field.hint = Some(self.hint(&field.ty)?);
                    continue;
                }
                Some(TokenKind::Text(raw)) => field.description = Some(unescaped(raw).into()),
                _ => return Ok(field),
            }
            self.skip();
        }
    }

    fn field_type(&mut self, word: &str, at: Token<'a>, depth: usize) -> Parsed<FieldType> {
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

    fn nested(&mut self, at: Token<'a>, depth: usize) -> Parsed<Block> {
        let depth = depth.saturating_add(1);
        if depth > MAX_DEPTH {
            return self.fail(at, format!("blocks are nested more than {MAX_DEPTH} deep"));
        }
        self.mark('{')?;
        self.block(depth)
    }

    /// `(250)`, `(?)`, or nothing, which means the same as `(?)`.
    fn bound(&mut self) -> Parsed<Option<u16>> {
        if !matches!(self.peek_kind(), Some(TokenKind::Mark('('))) {
            return Ok(None);
        }
        self.skip();
        let bound = if self.peek_word() == Some("?") {
            self.skip();
            None
        } else {
            let number = self.number("a number up to 65535, or ?", u32::from(u16::MAX))?;
            u16::try_from(number).ok()
        };
        self.mark(')')?;
        Ok(bound)
    }
}

/// Whether `name` can be the last part of a display filter field.
pub(super) fn is_field_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}
