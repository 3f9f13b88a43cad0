//! Where Wireshark's versions differ, as far as Rust sees it. One name each; the C shim hides the rest.

use std::ffi::c_int;

use crate::sys;

/// What Wireshark writes a boolean preference into: `gboolean`, since 4.4 `bool`.
#[cfg(not(ws_ge_4_4))]
pub(crate) type CBool = c_int;
/// What Wireshark writes a boolean preference into: `gboolean`, since 4.4 `bool`.
#[cfg(ws_ge_4_4)]
pub(crate) type CBool = bool;

/// A truth value as C reads it.
#[cfg(not(ws_ge_4_4))]
pub(crate) fn to_c(value: bool) -> CBool {
    c_int::from(value)
}
/// A truth value as C reads it.
#[cfg(ws_ge_4_4)]
pub(crate) fn to_c(value: bool) -> CBool {
    value
}

/// A truth value that C made.
#[cfg(not(ws_ge_4_4))]
pub(crate) fn from_c(value: CBool) -> bool {
    value != 0
}
/// A truth value that C made.
#[cfg(ws_ge_4_4)]
pub(crate) fn from_c(value: CBool) -> bool {
    value
}

/// Column numbers move from version to version; the bindings know.
pub(crate) const COL_PROTOCOL: c_int = sys::COL_PROTOCOL as c_int;
/// As above.
pub(crate) const COL_INFO: c_int = sys::COL_INFO as c_int;

/// `tcpinfo.is_reassembled` and its kind: int, then `bool`.
#[cfg(not(ws_ge_4_4))]
pub(crate) fn is_reassembled(info: &sys::tcpinfo) -> bool {
    info.is_reassembled != 0
}
/// `tcpinfo.is_reassembled` and its kind: int, then `bool`.
#[cfg(ws_ge_4_4)]
pub(crate) fn is_reassembled(info: &sys::tcpinfo) -> bool {
    info.is_reassembled
}
