//! For tests: exceptions on purpose, and what only Wireshark's windows do.

use std::ffi::c_int;

use crate::text::c_string;
use crate::thrown::caught;
use crate::{Packet, Thrown, Tvb, sys};

/// An exception to have thrown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forced {
    /// Reads beyond the end of the packet: what malformed packets do.
    ReadBeyondEnd,
    /// Fails an assertion of epan's: a dissector bug.
    Assertion,
    /// Throws a dissector bug with the text "forced with the text 42".
    Message,
}

/// Has epan throw, in C, through the same guard as everything else. Always `Err`.
pub fn force_exception(tvb: Tvb<'_>, what: Forced) -> Result<(), Thrown> {
    let which = match what {
        Forced::ReadBeyondEnd => sys::WSFFI_FORCE_BOUNDS,
        Forced::Assertion => sys::WSFFI_FORCE_DISSECTOR_BUG,
        Forced::Message => sys::WSFFI_FORCE_MESSAGE,
    };
    // SAFETY: a tvb of the packet that is being dissected.
    caught(|thrown| unsafe { sys::wsffi_force_exception(thrown, tvb.raw(), which as c_int) })
}

/// Does what a window of statistics does before the first packet, which tshark never does. `false` when there is no tree of
/// that name.
pub fn open_statistics_window(_while_dissecting: &Packet<'_>, abbreviation: &str) -> bool {
    let name = c_string(abbreviation);
    // SAFETY: a C string; the tree lives for the call. The packet shows that this is the thread that dissects.
    unsafe { sys::wsffi_reset_stats_tree(name.as_ptr()) != 0 }
}
