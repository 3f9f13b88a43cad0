//! Faults on request, for the tests that show that a fault does no harm.

use once_cell::sync::Lazy;
use wireshark_ffi::{Forced, Thrown, Tvb, force_exception};

/// The environment variable that asks for a fault on every packet: `panic` or `exception`.
const VARIABLE: &str = "GW2_DEBUG_FAULT";

static FAULT: Lazy<Option<String>> = Lazy::new(|| std::env::var(VARIABLE).ok());

/// Fails as the environment asks.
#[expect(clippy::panic, reason = "the environment asks for it")]
pub fn provoke(tvb: Tvb<'_>) -> Result<(), Thrown> {
    match FAULT.as_deref() {
        Some("panic") => panic!("provoked by the environment variable {VARIABLE}"),
        Some("exception") => force_exception(tvb, Forced::ReadBeyondEnd),
        _ => Ok(()),
    }
}
