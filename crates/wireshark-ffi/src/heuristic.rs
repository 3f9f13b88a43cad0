//! Recognising a protocol by its bytes.

use std::ffi::c_int;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::dissector::Outcome;
use crate::text::{display_name, filter_name};
use crate::{DissectorHandle, Packet, Protocol, RegisterError, Tvb, guard, memory, routines, sys};

/// Something that recognises connections.
pub trait Heuristic: Sync {
    /// Whether these bytes, of a connection that nobody has claimed, are of this protocol. Be strict: a wrong claim takes
    /// the connection away from everybody else. When it is true, the connection is given to the dissector, which is called
    /// for this packet at once.
    fn claims<'a>(&self, packet: &Packet<'a>, tvb: Tvb<'a>) -> bool;
}

const CAPACITY: usize = 8;
static SLOTS: [OnceLock<&'static dyn Heuristic>; CAPACITY] = [const { OnceLock::new() }; CAPACITY];
static USED: AtomicUsize = AtomicUsize::new(0);

/// Adds a heuristic to a table (`"tcp"`). `display` is its name in Analyze → Enabled Protocols, `internal` the one of
/// `--enable-heuristic`. `handle` is one of ours ([`crate::register_dissector`]): it gets what is claimed.
pub fn add_heuristic(
    table: &str,
    display: &str,
    internal: &str,
    protocol: Protocol,
    heuristic: &'static dyn Heuristic,
    handle: DissectorHandle,
    enabled: bool,
) -> Result<(), RegisterError> {
    routines::check_thread()?;
    let (table, display, internal) = (
        filter_name(table)?,
        display_name(display)?,
        filter_name(internal)?,
    );
    let dissector_slot = handle.slot().ok_or_else(|| {
        RegisterError::NotFound(format!(
            "dissector of this plugin for the heuristic {}",
            internal.to_string_lossy()
        ))
    })?;
    let number = USED.fetch_add(1, Ordering::Relaxed);
    let slot = SLOTS.get(number).ok_or(RegisterError::TooMany("heuristics"))?;
    let _free = slot.set(heuristic);
    // SAFETY: Wireshark keeps the names, as copies that nobody frees; the slots are filled; the handle is one.
    let added = unsafe {
        sys::wsffi_add_heuristic(
            number as _,
            memory::string(&table),
            memory::string(&display),
            memory::string(&internal),
            protocol.raw(),
            c_int::from(enabled),
            handle.raw(),
            dissector_slot as _,
        )
    };
    if added != 0 {
        Ok(())
    } else {
        Err(RegisterError::TooMany("heuristics"))
    }
}

/// Called by the shim for a packet that nobody has claimed.
pub(crate) unsafe extern "C" fn claims(
    slot: usize,
    call: *const sys::wsffi_call,
    outcome: *mut sys::wsffi_outcome,
) {
    let result = guard::run(|| {
        // SAFETY: the shim passes a call that is complete, for as long as this function runs.
        let (packet, tvb, _) = unsafe { Packet::of_call(&*call) };
        let heuristic = SLOTS.get(slot).and_then(|slot| slot.get());
        Ok(c_int::from(
            heuristic.is_some_and(|heuristic| heuristic.claims(&packet, tvb)),
        ))
    });
    // SAFETY: the shim passes a place for the outcome.
    unsafe { Outcome::new(outcome) }.report(result);
}
