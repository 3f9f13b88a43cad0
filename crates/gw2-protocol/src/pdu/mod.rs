//! The plaintext of a segment as a record of its own, which needs neither keys nor the segments before it: what
//! File → Export PDUs writes, and what reads it again. docs/pdus.md describes the format.
//!
//! [`header`] says which connection a record is of, [`unit`] what it holds, one after the other. [`replay`] makes of the
//! units what the connection once showed.

pub mod header;
pub mod unit;
mod write;

mod error;
mod replay;
#[cfg(test)]
mod tests;

pub use error::PduError;
pub use header::{Cover, Header, Protocol};
pub use replay::{Replayed, replay_portal};
pub use unit::{Unit, UnitKind, Units};
pub use write::PduWriter;

/// The units of a record, and the header before them.
#[derive(Clone, Copy, Debug)]
pub struct Pdu<'a> {
    /// Which connection this is of.
    pub header: Header<'a>,
    bytes: &'a [u8],
    units_start: usize,
}

impl<'a> Pdu<'a> {
    /// Reads the header. Units are read as they are asked for.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, PduError> {
        let (header, units_start) = Header::parse(bytes)?;
        Ok(Self {
            header,
            bytes,
            units_start,
        })
    }

    /// Where the units begin.
    pub fn header_len(&self) -> usize {
        self.units_start
    }

    /// The units in order, up to the first that cannot be read. Their ranges count from the record's first byte.
    pub fn units(&self) -> Units<'a> {
        Units::new(self.bytes, self.units_start)
    }
}
