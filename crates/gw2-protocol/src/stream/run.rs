//! Finds where messages end, one after the other.

use crate::direction::Table;
use crate::message::{Failure, Reason, Stop, addresses, measure, read_opcode};
use crate::schema::{Catalog, MessageTable, SetRef};
use std::net::SocketAddr;

/// The messages that one direction of a connection can carry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MessageSet<'c> {
    table: &'c MessageTable,
}

/// Why a run of whole messages ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RunStop {
    /// At the end of the bytes, which may be in the middle of a message: it needs this many.
    Incomplete { needed: usize },
    /// At a message that cannot be decoded.
    Failed(Failure),
    /// Behind a fast-path message whose end is unknown.
    OpenEnd,
}

/// A message that tells the client where to connect next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HandOff {
    /// The frame that completed the message.
    pub frame: u32,
    /// Where to.
    pub server: SocketAddr,
}

/// Whole messages at the start of some bytes.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// Bytes of all of them.
    pub len: usize,
    /// How many.
    pub count: u32,
    /// Why there are no more.
    pub stop: RunStop,
    /// The servers that they name.
    pub servers: Vec<SocketAddr>,
}

impl<'c> MessageSet<'c> {
    pub fn new(catalog: &'c Catalog, set: SetRef, table: Table) -> Self {
        Self {
            table: catalog.table(set, table),
        }
    }

    /// The schemas.
    pub fn table(&self) -> &'c MessageTable {
        self.table
    }

    /// Whether an opcode has a schema.
    pub fn knows(&self, opcode: u16) -> bool {
        self.table.get(opcode).is_some()
    }

    /// The messages at the start of `bytes`, which end where their block or segment does.
    pub fn run(&self, bytes: &[u8]) -> Run {
        let mut run = Run {
            len: 0,
            count: 0,
            stop: RunStop::Incomplete { needed: 2 },
            servers: Vec::new(),
        };
        loop {
            let rest = bytes.get(run.len..).unwrap_or_default();
            let Some(opcode) = read_opcode(rest) else {
                run.stop = RunStop::Incomplete {
                    needed: if rest.is_empty() { 0 } else { 2 },
                };
                return run;
            };
            let Some(schema) = self.table.get(opcode) else {
                run.stop = RunStop::Failed(Failure {
                    reason: Reason::UnknownOpcode,
                    offset: 0,
                });
                return run;
            };
            match measure(rest, rest.len(), schema) {
                Ok(message) => {
                    if schema.body.has_address() {
                        let message = rest.get(..message.len).unwrap_or(rest);
                        run.servers.extend(addresses(message, schema));
                    }
                    run.len = run.len.saturating_add(message.len);
                    run.count = run.count.saturating_add(1);
                    if message.open_end {
                        run.stop = RunStop::OpenEnd;
                        return run;
                    }
                }
                Err(Stop::Incomplete { needed }) => {
                    run.stop = RunStop::Incomplete { needed };
                    return run;
                }
                Err(Stop::Failed(failure)) => {
                    run.stop = RunStop::Failed(failure);
                    return run;
                }
            }
        }
    }

    /// Whether `bytes` begin with a whole message.
    pub fn begins_with_message(&self, bytes: &[u8]) -> bool {
        read_opcode(bytes)
            .and_then(|opcode| self.table.get(opcode))
            .is_some_and(|schema| measure(bytes, bytes.len(), schema).is_ok())
    }
}
