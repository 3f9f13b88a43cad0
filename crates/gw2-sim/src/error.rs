//! What can go wrong while a capture is built or written.

use std::path::PathBuf;

/// An error that names what failed, where, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A value that the wire cannot carry.
    #[error("cannot encode {what}: {why}")]
    Encode {
        /// The thing that was to be encoded.
        what: String,
        /// Why the wire cannot carry it, and what would fit.
        why: String,
    },
    /// A step that the connection's state does not allow.
    #[error("connection {flow}: {why}")]
    Order {
        /// The flow's number in its capture.
        flow: u32,
        /// What is missing and which call provides it.
        why: String,
    },
    /// An impairment that found nothing to impair.
    #[error("impairment {what} fits no packet of the flow: {why}")]
    Impairment {
        /// The impairment, as written.
        what: String,
        /// What was looked for.
        why: String,
    },
    /// A packet that could not be built.
    #[error("packet {index} of the capture: {why}")]
    Packet {
        /// The packet's number in the capture, from 1.
        index: usize,
        /// What the packet library said.
        why: String,
    },
    /// A file that could not be written.
    #[error("cannot write {path}: {source} (choose another folder with --out)")]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A connection over a real socket that failed.
    #[error("talking over {address}: {source} (is the other end there, and the port free?)")]
    Network {
        /// The server's address.
        address: std::net::SocketAddr,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A scenario that does not exist.
    #[error("no scenario is called '{0}'; `gw2-sim list` shows the names")]
    UnknownScenario(String),
}

impl Error {
    /// An [`Error::Encode`].
    pub fn encode(what: impl Into<String>, why: impl Into<String>) -> Self {
        Error::Encode {
            what: what.into(),
            why: why.into(),
        }
    }
}

/// The crate's result.
pub type Result<T> = std::result::Result<T, Error>;
