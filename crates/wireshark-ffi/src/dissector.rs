//! Dissectors: ours, which epan calls, and others, which we call.

use std::ffi::c_int;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

use crate::text::filter_name;
use crate::thrown::caught;
use crate::{Packet, Protocol, RegisterError, Thrown, Tree, Tvb, guard, routines, sys, text};

/// Something that dissects. One static instance for each registered dissector.
pub trait Dissector: Sync {
    /// Shows the bytes of `tvb` in `tree`, which may be a null tree when nobody looks. Returns how many bytes it took; 0
    /// says that they are not of this protocol.
    ///
    /// State must be committed before the tree is touched: what comes after may end with [`Thrown`]. A panic is caught, and
    /// shown as an expert item; the bytes go to the data dissector.
    fn dissect<'a>(&self, packet: &Packet<'a>, tvb: Tvb<'a>, tree: Tree<'a>) -> Result<usize, Thrown>;
}

/// A dissector that Wireshark knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DissectorHandle {
    raw: sys::dissector_handle_t,
}

// SAFETY: an address that Wireshark never frees; it is used only where a packet or the registration phase is at hand.
unsafe impl Send for DissectorHandle {}
// SAFETY: as above.
unsafe impl Sync for DissectorHandle {}

impl DissectorHandle {
    pub(crate) fn raw(self) -> sys::dissector_handle_t {
        self.raw
    }

    /// Ours, by its slot; `None` for somebody else's.
    pub(crate) fn slot(self) -> Option<usize> {
        SLOTS
            .iter()
            .position(|slot| slot.handle.load(Ordering::Acquire) == self.raw)
    }
}

struct Slot {
    dissector: OnceLock<&'static dyn Dissector>,
    handle: AtomicPtr<sys::dissector_handle>,
}

const CAPACITY: usize = sys::WSFFI_DISSECTORS as usize;
static SLOTS: [Slot; CAPACITY] = [const {
    Slot {
        dissector: OnceLock::new(),
        handle: AtomicPtr::new(ptr::null_mut()),
    }
}; CAPACITY];
static USED: AtomicUsize = AtomicUsize::new(0);

/// Registers a dissector by its filter name.
pub fn register_dissector(
    name: &str,
    protocol: Protocol,
    dissector: &'static dyn Dissector,
) -> Result<DissectorHandle, RegisterError> {
    routines::check_thread()?;
    let c_name = filter_name(name)?;
    if find_dissector(name).is_some() {
        return Err(RegisterError::Duplicate(name.to_owned()));
    }
    let number = USED.fetch_add(1, Ordering::Relaxed);
    let slot = SLOTS.get(number).ok_or(RegisterError::TooMany("dissectors"))?;
    let _free = slot.dissector.set(dissector);
    // SAFETY: Wireshark keeps the name: a copy that nobody frees. The slot has its dissector.
    let raw =
        unsafe { sys::wsffi_register_dissector(crate::memory::string(&c_name), protocol.raw(), number as _) };
    slot.handle.store(raw, Ordering::Release);
    Ok(DissectorHandle { raw })
}

/// A dissector by its name, such as `tls`; in `handoff`, when all are registered.
pub fn find_dissector(name: &str) -> Option<DissectorHandle> {
    if !guard::inside() {
        return None;
    }
    let name = text::c_string(name);
    // SAFETY: a C string; Wireshark only looks.
    let raw = unsafe { sys::find_dissector(name.as_ptr()) };
    (!raw.is_null()).then_some(DissectorHandle { raw })
}

/// Has a dissector called for a range of ports (`"6112"`, `"6112,6600-6604"`), with a preference to change it:
/// `<filter name of its protocol>.<table>`, for example `gw2.tcp.port`.
pub fn add_port_range_with_preference(
    table: &str,
    range: &str,
    handle: DissectorHandle,
) -> Result<(), RegisterError> {
    let table = dissector_table(table)?;
    if range.is_empty()
        || !range
            .bytes()
            .all(|c| c.is_ascii_digit() || matches!(c, b',' | b'-'))
    {
        return Err(RegisterError::InvalidName(range.to_owned()));
    }
    let range = text::c_string(range);
    // SAFETY: the table exists, the strings outlive the process (Wireshark keeps the table's name), the handle is one.
    unsafe {
        sys::dissector_add_uint_range_with_preference(
            crate::memory::string(&table),
            crate::memory::string(&range),
            handle.raw,
        );
    }
    Ok(())
}

/// Offers a dissector in Decode As.
pub fn add_for_decode_as(table: &str, handle: DissectorHandle) -> Result<(), RegisterError> {
    let table = dissector_table(table)?;
    // SAFETY: the table exists, the handle is one.
    unsafe { sys::dissector_add_for_decode_as(table.as_ptr(), handle.raw) };
    Ok(())
}

fn dissector_table(name: &str) -> Result<std::ffi::CString, RegisterError> {
    routines::check_thread()?;
    let c_name = filter_name(name)?;
    // SAFETY: a C string; Wireshark only looks.
    if unsafe { sys::find_dissector_table(c_name.as_ptr()) }.is_null() {
        return Err(RegisterError::NotFound(name.to_owned()));
    }
    Ok(c_name)
}

/// Calls another dissector; what it refuses goes to the data dissector. Returns how many bytes it took.
pub fn call_dissector<'a>(
    handle: DissectorHandle,
    tvb: Tvb<'a>,
    packet: &Packet<'a>,
    tree: Tree<'a>,
) -> Result<usize, Thrown> {
    // SAFETY: all four belong to the packet that is being dissected.
    let taken = caught(|thrown| unsafe {
        sys::wsffi_call_dissector(thrown, handle.raw, tvb.raw(), packet.raw(), tree.raw())
    })?;
    Ok(usize::try_from(taken).unwrap_or(0))
}

/// Shows bytes as Wireshark shows those that it cannot dissect.
pub fn call_data_dissector<'a>(tvb: Tvb<'a>, packet: &Packet<'a>, tree: Tree<'a>) -> Result<usize, Thrown> {
    // SAFETY: all three belong to the packet that is being dissected.
    let taken =
        caught(|thrown| unsafe { sys::wsffi_call_data(thrown, tvb.raw(), packet.raw(), tree.raw()) })?;
    Ok(usize::try_from(taken).unwrap_or(0))
}

/// Says that after this packet the connection speaks TLS, and inside it `inner`. Returns whether it was the first to say
/// so for this connection.
pub fn starttls_ack(
    tls: DissectorHandle,
    packet: &Packet<'_>,
    inner: DissectorHandle,
) -> Result<bool, Thrown> {
    // SAFETY: handles that Wireshark gave out, the packet being dissected.
    let before =
        caught(|thrown| unsafe { sys::wsffi_starttls_ack(thrown, tls.raw, packet.raw(), inner.raw) })?;
    Ok(before == 0)
}

/// What a Rust callback reports to the C frame that called it.
pub(crate) struct Outcome(*mut sys::wsffi_outcome);

impl Outcome {
    /// # Safety
    ///
    /// `raw` is a place of the shim's, valid for this call.
    pub(crate) unsafe fn new(raw: *mut sys::wsffi_outcome) -> Self {
        Self(raw)
    }

    /// Writes how it ended. The message buffer is only written when there is a message.
    pub(crate) fn report(self, result: Result<Result<c_int, Thrown>, String>) {
        let (kind, value, group, code, message) = match &result {
            Ok(Ok(value)) => (sys::WSFFI_DONE, *value, 0, 0, None),
            Ok(Err(thrown)) => {
                let (group, code) = thrown.raw();
                (sys::WSFFI_THREW, 0, group, code, thrown.message())
            }
            Err(panic) => (sys::WSFFI_PANICKED, 0, 0, 0, Some(panic.as_str())),
        };
        // SAFETY: a valid place, see new(). Written field by field: C has not initialised it.
        unsafe {
            (&raw mut (*self.0).kind).write(kind as c_int);
            (&raw mut (*self.0).value).write(value);
            (&raw mut (*self.0).group).write(group);
            (&raw mut (*self.0).code).write(code);
            (&raw mut (*self.0).has_message).write(c_int::from(message.is_some()));
        }
        if let Some(message) = message {
            self.write_message(message);
        }
    }

    fn write_message(&self, message: &str) {
        let mut end = message.len().min(sys::WSFFI_MESSAGE as usize - 1);
        while !message.is_char_boundary(end) {
            end -= 1;
        }
        // SAFETY: end is below the buffer's length, the terminator fits; a NUL inside only ends the text early.
        unsafe {
            let buffer = (&raw mut (*self.0).message).cast::<u8>();
            ptr::copy_nonoverlapping(message.as_ptr(), buffer, end);
            buffer.add(end).write(0);
        }
    }
}

/// Called by the shim for a packet of ours.
pub(crate) unsafe extern "C" fn dissect(
    slot: usize,
    call: *const sys::wsffi_call,
    outcome: *mut sys::wsffi_outcome,
) {
    let result = guard::run(|| {
        // SAFETY: the shim passes a call that is complete, for as long as this function runs.
        let (packet, tvb, tree) = unsafe { Packet::of_call(&*call) };
        match SLOTS.get(slot).and_then(|slot| slot.dissector.get()) {
            Some(dissector) => dissector
                .dissect(&packet, tvb, tree)
                .map(|taken| c_int::try_from(taken).unwrap_or(c_int::MAX)),
            None => Ok(0),
        }
    });
    // SAFETY: the shim passes a place for the outcome.
    unsafe { Outcome::new(outcome) }.report(result);
}
