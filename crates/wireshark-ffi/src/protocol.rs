//! Protocols and subtrees.

use std::ffi::c_int;
use std::sync::Mutex;

use crate::text::{display_name, filter_name};
use crate::{RegisterError, compat, memory, sys};

/// A registered protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Protocol(c_int);

/// The first protocol registered, with its filter name: it owns the expert field for panics.
static FIRST: Mutex<Option<(Protocol, String)>> = Mutex::new(None);

impl Protocol {
    /// Registers a protocol: its name in full, the one of the Protocol column, the one of filters (`gw2.login`).
    pub fn register(name: &str, short: &str, filter: &str) -> Result<Self, RegisterError> {
        crate::routines::check_thread()?;
        let full = display_name(name)?;
        let short = display_name(short)?;
        let filter_c = filter_name(filter)?;
        // SAFETY: C strings; Wireshark only looks.
        let taken = unsafe {
            compat::from_c(sys::proto_name_already_registered(full.as_ptr()))
                || sys::proto_get_id_by_filter_name(filter_c.as_ptr()) >= 0
        };
        if taken {
            return Err(RegisterError::Duplicate(filter.to_owned()));
        }
        // SAFETY: Wireshark keeps the three strings, they are GLib copies that nobody frees.
        let id = unsafe {
            sys::proto_register_protocol(
                memory::string(&full),
                memory::string(&short),
                memory::string(&filter_c),
            )
        };
        let protocol = Self(id);
        if let Ok(mut first) = FIRST.lock() {
            first.get_or_insert_with(|| (protocol, filter.to_owned()));
        }
        Ok(protocol)
    }

    pub(crate) fn first() -> Option<(Self, String)> {
        FIRST.lock().ok()?.clone()
    }

    pub(crate) fn raw(self) -> c_int {
        self.0
    }
}

/// A kind of subtree: Wireshark remembers for each whether the user has it open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubtreeId(c_int);

impl SubtreeId {
    pub(crate) fn raw(self) -> c_int {
        self.0
    }
}

/// Registers `N` kinds of subtree.
pub fn register_subtrees<const N: usize>() -> Result<[SubtreeId; N], RegisterError> {
    crate::routines::check_thread()?;
    let ids: *mut c_int = memory::array(N);
    let places: *mut *mut c_int = memory::array(N);
    for i in 0..N {
        // SAFETY: i is below N, both arrays have N places. Wireshark wants -1 in a new one.
        unsafe {
            ids.add(i).write(-1);
            places.add(i).write(ids.add(i));
        }
    }
    let n = c_int::try_from(N).map_err(|_| RegisterError::TooMany("subtrees"))?;
    // SAFETY: n pointers to n integers; Wireshark writes through them now, and does not keep them.
    unsafe { sys::proto_register_subtree_array(places.cast_const(), n) };
    // SAFETY: N integers, written by us and by Wireshark.
    let registered = std::array::from_fn(|i| SubtreeId(unsafe { ids.add(i).read() }));
    // SAFETY: both are from memory::array and nobody else has them.
    unsafe {
        memory::free(places);
        memory::free(ids);
    }
    Ok(registered)
}
