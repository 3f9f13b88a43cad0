//! Messages: a u16 opcode and the fields that its schema lists, without any length
//! (protocol.md, section 5).
//!
//! One decoder, several visitors: [`decode`] walks the bytes and tells a [`Visitor`] what it
//! finds. [`measure`] is the same walk by a visitor that does nothing; it finds where a message ends.

mod addresses;
mod cursor;
mod decode;
mod outcome;
mod value;
mod visitor;

pub use addresses::addresses;
pub use decode::{decode, measure, read_opcode};
pub use outcome::{Decoded, Failure, Reason, Stop};
pub use value::{Value, Vector, utf8_text, utf16_text};
pub use visitor::{Group, Measure, Visitor};

/// The greatest size of a message on the wire, in bytes (the client asserts it).
pub const MAX_MESSAGE: usize = 8192;

/// How deep blocks may be nested in a schema.
pub const MAX_DEPTH: usize = 8;

#[cfg(test)]
pub(crate) mod tests;
