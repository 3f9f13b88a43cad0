//! Faults on request, for the tests that show that a fault does no harm.

use crate::plugin::Plugin;
use crate::prefs::Fault;
use wireshark_ffi::{Forced, Thrown, Tvb, force_exception};

/// Fails as the preference `gw2.debug_fault` asks.
#[expect(clippy::panic, reason = "the preference asks for it")]
pub fn provoke(plugin: &Plugin, tvb: Tvb<'_>) -> Result<(), Thrown> {
    match plugin.prefs.fault() {
        Fault::None => Ok(()),
        Fault::Panic => panic!("provoked by the preference gw2.debug_fault"),
        Fault::Exception => force_exception(tvb, Forced::ReadBeyondEnd),
    }
}
