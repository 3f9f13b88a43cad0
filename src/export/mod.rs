//! What a user takes out of a capture: contents as files, plaintext as a capture of its own.

mod name;
mod objects;
mod pdus;

use crate::plugin::Protocols;
use objects::Objects;
use pdus::Pdus;
use wireshark_ffi::RegisterError;

/// The taps.
pub struct Export {
    pub objects: Objects,
    pub pdus: Pdus,
}

impl Export {
    /// Registers them.
    pub fn register(protocols: &Protocols) -> Result<Self, RegisterError> {
        Ok(Self {
            objects: Objects::register(protocols)?,
            pdus: Pdus::register()?,
        })
    }
}
