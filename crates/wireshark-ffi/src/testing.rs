//! For tests: exceptions on purpose.

use std::ffi::c_int;

use crate::thrown::caught;
use crate::{Thrown, Tvb, sys};

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
