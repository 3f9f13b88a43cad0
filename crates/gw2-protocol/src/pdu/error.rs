//! What makes bytes no record.

use std::fmt;

/// Why a record, or the rest of one, cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PduError {
    /// It does not begin with the four letters.
    NoMagic,
    /// A newer plugin wrote it.
    Version(u8),
    /// A byte of the header has none of the values that it can have.
    Header {
        /// What the byte says.
        what: &'static str,
        /// Its value.
        found: u8,
    },
    /// It ends within what is named.
    Short {
        /// What lacks bytes.
        what: &'static str,
        /// Where that begins.
        at: usize,
    },
    /// A unit is of a kind that there is not.
    UnitKind {
        /// The kind.
        found: u8,
        /// Where the unit begins.
        at: usize,
    },
}

impl fmt::Display for PduError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoMagic => f.write_str("it does not begin with GW2P"),
            Self::Version(found) => write!(
                f,
                "version {found} of the format; this plugin reads version {}: take a newer one",
                super::header::VERSION
            ),
            Self::Header { what, found } => write!(f, "the header's {what} cannot be {found}"),
            Self::Short { what, at } => write!(f, "cut short in the {what} at offset {at}"),
            Self::UnitKind { found, at } => write!(f, "unit of unknown kind {found} at offset {at}"),
        }
    }
}

impl std::error::Error for PduError {}
