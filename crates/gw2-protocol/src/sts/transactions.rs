//! Which answer belongs to which request (section 7). Each side numbers its own requests.

use std::collections::BTreeMap;

use super::Pair;
use crate::Direction;

/// How many requests of one side can be open; beyond it the one with the lowest number is forgotten.
pub const MAX_OPEN: usize = 65_536;

/// Whether a message is a piece of a fragmented content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pieces {
    /// It is whole, or the piece that makes the content whole.
    Complete,
    /// More pieces are to come.
    Missing,
}

/// The open requests of a connection. `M` is how the caller names messages.
#[derive(Debug)]
pub struct Transactions<M> {
    open: Pair<BTreeMap<u32, Open<M>>>,
}

#[derive(Debug)]
struct Open<M> {
    request: M,
    request_pieces: Pieces,
    final_seen: bool,
}

impl<M: Copy> Transactions<M> {
    /// Without any requests.
    #[must_use]
    pub fn new() -> Self {
        Self {
            open: Pair {
                client_to_server: BTreeMap::new(),
                server_to_client: BTreeMap::new(),
            },
        }
    }

    /// Takes in a request from the sender of `direction`. When it is a further piece of an open one, gives
    /// that one's first piece. A request whose number is still open for another takes its place.
    pub fn request(&mut self, direction: Direction, id: u32, request: M, pieces: Pieces) -> Option<M> {
        let open = self.open.get_mut(direction);
        if let Some(begun) = open
            .get_mut(&id)
            .filter(|begun| begun.request_pieces == Pieces::Missing)
        {
            begun.request_pieces = pieces;
            return Some(begun.request);
        }
        if open.len() >= MAX_OPEN && !open.contains_key(&id) {
            open.pop_first();
        }
        open.insert(
            id,
            Open {
                request,
                request_pieces: pieces,
                final_seen: false,
            },
        );
        None
    }

    /// Takes in an answer that travels in `direction` and gives the request it belongs to; none when no such
    /// request is open. The last answer closes the transaction; when its content is fragmented, once all
    /// pieces are there, for they come in any order.
    pub fn answer(&mut self, direction: Direction, id: u32, is_final: bool, pieces: Pieces) -> Option<M> {
        let open = self.open.get_mut(direction.reverse());
        let transaction = open.get_mut(&id)?;
        transaction.final_seen |= is_final;
        let request = transaction.request;
        if transaction.final_seen && pieces == Pieces::Complete {
            open.remove(&id);
        }
        Some(request)
    }

    /// How many requests from the sender of `direction` are open.
    #[must_use]
    pub fn open(&self, direction: Direction) -> usize {
        self.open.get(direction).len()
    }
}

impl<M: Copy> Default for Transactions<M> {
    fn default() -> Self {
        Self::new()
    }
}
