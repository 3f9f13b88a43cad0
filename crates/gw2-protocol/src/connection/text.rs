//! A portal connection that is RC4-coded: what it carries is the portal's text.

use super::Connection;
use crate::direction::Direction;
use crate::stream::TextPiece;
use crate::sts::PortalConnection;

/// The text of a connection and how much of it was parsed.
#[derive(Debug, Default)]
pub(super) struct Text {
    portal: PortalConnection,
    /// How many pieces of each direction the parser has had.
    parsed: [usize; 2],
}

impl Connection {
    /// The messages of a portal connection; `None` when this is none.
    pub fn portal(&self) -> Option<&PortalConnection> {
        self.text.as_ref().map(|text| &text.portal)
    }

    /// Hands new text of both directions to the parser, in the order of the frames.
    pub(super) fn read_text(&mut self) {
        let Some(text) = &mut self.text else { return };
        let mut pieces: Vec<(TextPiece, Direction, Vec<u8>)> = Vec::new();
        let directions = [Direction::ClientToServer, Direction::ServerToClient];
        for ((state, direction), parsed) in self.halves.iter().zip(directions).zip(&mut text.parsed) {
            let store = &state.half.store;
            for piece in store.texts().get(*parsed..).unwrap_or_default() {
                let end = piece.start.saturating_add(piece.len as u64);
                pieces.push((*piece, direction, store.decrypted(piece.start..end)));
            }
            *parsed = store.texts().len();
        }
        pieces.sort_by_key(|(piece, ..)| piece.frame);
        for (piece, direction, bytes) in pieces {
            text.portal
                .segment(direction, piece.offset, &bytes, piece.frame, piece.time);
        }
    }
}
