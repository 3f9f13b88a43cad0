//! Messages whose payload the client reads with hardcoded code rather than by a schema
//! (protocol.md, "Generic path and fast path").
//!
//! A schema file names the parser (`parser=agent_update_batch`). Without a parser the schema decides.

mod agent_update_batch;
mod shortcut;

pub use shortcut::Shortcut;

use crate::message::{Decoded, Stop, Visitor};
use crate::schema::{Field, FieldType, Schema};
use std::mem::discriminant;

/// A hardcoded parser that a schema file can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parser {
    /// `gs2c` 0x0001 of the 2025 client.
    AgentUpdateBatch,
}

impl Parser {
    /// Every parser.
    pub const ALL: [Self; 1] = [Self::AgentUpdateBatch];

    /// The name in schema files.
    pub fn name(self) -> &'static str {
        match self {
            Self::AgentUpdateBatch => "agent_update_batch",
        }
    }

    /// The parser of this name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|parser| parser.name() == name)
    }

    /// Whether a schema's fields are those that the parser gives values to; the last may be missing.
    pub fn fits(self, fields: &[Field]) -> bool {
        let own = self.fields();
        fields.len() <= own.len()
            && fields
                .iter()
                .zip(own)
                .all(|(field, ty)| discriminant(&field.ty) == discriminant(ty))
    }

    /// The types of those fields, as a schema file writes them.
    pub fn shows(self) -> String {
        let words: Vec<&str> = self.fields().iter().map(FieldType::word).collect();
        words.join(", ")
    }

    fn fields(self) -> &'static [FieldType] {
        match self {
            Self::AgentUpdateBatch => &agent_update_batch::FIELDS,
        }
    }
}

/// Walks a message with a hardcoded parser. `bytes` begin with the opcode; `rest` bytes are left of
/// the block that the message begins in, of which `bytes` may be the first part.
pub(crate) fn walk<V: Visitor>(
    parser: Parser,
    bytes: &[u8],
    rest: usize,
    schema: &Schema,
    visitor: &mut V,
) -> Result<Decoded, Stop<V::Error>> {
    match parser {
        Parser::AgentUpdateBatch => agent_update_batch::walk(bytes, rest, schema, visitor),
    }
}

#[cfg(test)]
mod shortcut_tests;
#[cfg(test)]
mod tests;
