//! Statistics → Service Response Time, and `-z NAME,srt`.

use std::ffi::c_int;

use crate::text::c_string;
use crate::{Packet, Protocol, RegisterError, memory, pool, sys, tap};

/// A table of how long answers took, a row for each procedure.
#[derive(Debug, Clone, Copy)]
pub struct ResponseTimeTap {
    id: c_int,
}

impl ResponseTimeTap {
    /// Registers the table of a protocol: in the menu by its short name, in tshark by its filter name. `tap` is what
    /// listeners ask for.
    pub fn register(protocol: Protocol, tap: &str) -> Result<Self, RegisterError> {
        let id = tap::register(tap)?;
        let tap = c_string(tap);
        // SAFETY: a protocol of ours; Wireshark keeps the string, a GLib copy that nobody frees.
        unsafe { sys::wsffi_register_srt(protocol.raw(), memory::string(&tap)) };
        Ok(Self { id })
    }

    /// Whether anybody measures.
    pub fn has_listener(self) -> bool {
        tap::has_listener(self.id)
    }

    /// Notes an answer to `procedure` that this packet completed, `nanoseconds` after the question.
    pub fn queue(self, packet: &Packet<'_>, procedure: &str, nanoseconds: i64) {
        const SECOND: i64 = 1_000_000_000;
        if !self.has_listener() {
            return;
        }
        let record = sys::wsffi_response {
            procedure: pool::string(packet, procedure),
            secs: nanoseconds.div_euclid(SECOND),
            // Less than a second.
            nsecs: nanoseconds.rem_euclid(SECOND) as i32,
        };
        // SAFETY: this tap's listeners read such records; the name is in the packet's memory.
        unsafe { pool::queue(self.id, packet, record) };
    }
}
