//! Messages whose payload the client reads with hardcoded code rather than by a schema
//! (protocol.md, "Generic path and fast path").
//!
//! A schema file names the parser (`parser=agent_update_batch`). Without a parser the schema decides.

mod agent_update_batch;

use crate::message::{Decoded, Stop, Visitor};
use crate::schema::Schema;

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
}

/// Walks a message with a hardcoded parser. `bytes` begin with the opcode; `rest` bytes are left of
/// the block that the message begins in.
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
mod tests;
