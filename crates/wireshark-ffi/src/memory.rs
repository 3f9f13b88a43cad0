//! Memory that Wireshark keeps, or frees by itself: it must come from GLib.

use std::ffi::{CStr, c_char};
use std::mem::size_of;

use crate::sys;

/// A copy of `text` made by GLib. Nobody frees it but `g_free`, here or in Wireshark.
pub(crate) fn string(text: &CStr) -> *mut c_char {
    // SAFETY: text is NUL-terminated; g_strdup copies it.
    unsafe { sys::g_strdup(text.as_ptr()) }
}

/// Zeroed room for `n` values of a C type; never null.
///
/// `T` must be a C structure for which all-zero is a value: the callers pass bindgen's.
pub(crate) fn array<T>(n: usize) -> *mut T {
    let bytes = size_of::<T>().saturating_mul(n).max(1);
    // SAFETY: g_malloc0 returns memory or ends the process.
    unsafe { sys::g_malloc0(bytes as _) }.cast()
}

/// Frees what the functions above made.
///
/// # Safety
///
/// `memory` is from GLib's allocator (or null) and nobody uses it any more.
pub(crate) unsafe fn free<T>(memory: *mut T) {
    // SAFETY: the caller's promise.
    unsafe { sys::g_free(memory.cast()) }
}
