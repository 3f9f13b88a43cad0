//! Records for taps, in memory that lives as long as the packet: listeners read them before it goes.

use std::ffi::{c_char, c_int};

use crate::{Packet, sys, text};

/// A C string; NULs inside are replaced.
pub(crate) fn string(packet: &Packet<'_>, value: &str) -> *const c_char {
    copy(packet, text::c_string(value).as_bytes_with_nul()).cast()
}

/// Values of a C type, one after the other; never null.
pub(crate) fn copy<T: Copy>(packet: &Packet<'_>, values: &[T]) -> *const T {
    const { assert!(align_of::<T>() <= 8, "the packet's memory is aligned to 8 bytes") };
    // SAFETY: the packet is being dissected; as many bytes are copied as the slice has.
    unsafe { sys::wsffi_pool_copy(packet.raw(), values.as_ptr().cast(), size_of_val(values) as _) }
        .cast_const()
        .cast()
}

/// Hands a record to a tap's listeners. It is copied; what it points to must be the packet's.
///
/// # Safety
///
/// The tap's listeners read records of type `T`, and every pointer in the record lives as long as the packet.
pub(crate) unsafe fn queue<T: Copy>(tap: c_int, packet: &Packet<'_>, record: T) {
    let record = copy(packet, &[record]);
    // SAFETY: the packet is being dissected; for the record the caller vouches.
    unsafe { sys::tap_queue_packet(tap, packet.raw(), record.cast()) }
}
