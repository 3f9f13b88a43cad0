//! Why something could not be registered.

use std::fmt;

/// Why something could not be registered. Wireshark itself would abort, or go on with a broken table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegisterError {
    /// A filter, preference or display name is empty or has characters that Wireshark refuses.
    InvalidName(String),
    /// Something with this name exists already.
    Duplicate(String),
    /// More of a kind than the wrapper has C functions for; says which kind.
    TooMany(&'static str),
    /// There is no dissector table or dissector of this name in the running Wireshark.
    NotFound(String),
    /// Called from outside Wireshark's callbacks, where its tables may be changing.
    WrongThread,
    /// The plugin's own reason.
    Other(String),
}

impl fmt::Display for RegisterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidName(name) => write!(f, "the name {name:?} is not one that Wireshark takes"),
            Self::Duplicate(name) => write!(f, "{name:?} is registered already"),
            Self::TooMany(what) => write!(f, "too many {what}"),
            Self::NotFound(name) => write!(f, "this Wireshark has no {name:?}"),
            Self::WrongThread => write!(f, "called from outside Wireshark's callbacks"),
            Self::Other(reason) => write!(f, "{reason}"),
        }
    }
}

impl std::error::Error for RegisterError {}
