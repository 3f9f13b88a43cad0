//! The text of the Info column.

use gw2_protocol::Direction;
use std::fmt::Write;

/// How many messages are written out.
const MAX_MESSAGES: u32 = 8;

/// Collects what a frame holds, in a line.
pub struct Info {
    text: String,
    parts: u32,
    messages: u32,
}

impl Info {
    /// A line that begins with the direction.
    pub fn new(direction: Direction) -> Self {
        let arrow = match direction {
            Direction::ClientToServer => "C→S",
            Direction::ServerToClient => "S→C",
        };
        Self {
            text: arrow.to_owned(),
            parts: 0,
            messages: 0,
        }
    }

    /// Adds something that is no message.
    pub fn note(&mut self, note: &str) {
        self.separate();
        self.text.push_str(note);
    }

    /// Adds a message, written by `write`; beyond the greatest number it is only counted.
    pub fn message(&mut self, write: impl FnOnce(&mut String)) {
        self.messages = self.messages.saturating_add(1);
        if self.messages <= MAX_MESSAGES {
            self.separate();
            write(&mut self.text);
        }
    }

    /// Counts messages without writing them.
    pub fn count(&mut self, messages: u32) {
        self.messages = self.messages.saturating_add(messages);
    }

    /// Whether the next message is written out.
    pub fn has_room(&self) -> bool {
        self.messages < MAX_MESSAGES
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.parts == 0
    }

    /// The line.
    pub fn finish(mut self) -> String {
        if let Some(more) = self.messages.checked_sub(MAX_MESSAGES).filter(|more| *more > 0) {
            let _ = write!(self.text, ", … +{more}");
        }
        self.text
    }

    fn separate(&mut self) {
        self.text.push_str(if self.parts == 0 { " " } else { ", " });
        self.parts = self.parts.saturating_add(1);
    }
}
