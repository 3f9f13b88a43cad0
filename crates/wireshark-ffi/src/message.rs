//! What is said to the user, outside of packets.

use std::ffi::c_int;

use crate::text::Text;
use crate::{plugin, sys};

/// How much a log line matters. Wireshark shows warnings and worse, unless told otherwise (`--log-level`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// For those who debug.
    Debug,
    /// What happened.
    Info,
    /// Worth reading.
    Message,
    /// Something is not as it should be.
    Warning,
    /// Something failed.
    Critical,
}

/// Shows an error in Wireshark's own way: a message window, or standard error in tshark. From Wireshark's callbacks only;
/// elsewhere it does nothing.
pub fn report_failure(text: &str) {
    report(true, text);
}

/// The same for a warning.
pub fn report_warning(text: &str) {
    report(false, text);
}

fn report(failure: bool, text: &str) {
    if !crate::guard::inside() {
        return;
    }
    let text = Text::new(text);
    // SAFETY: the pointer and the length are those of one string.
    unsafe { sys::wsffi_report(c_int::from(failure), text.ptr(), text.len()) }
}

/// Writes a line to Wireshark's log, in the plugin's domain (the `name` of `declare_plugin!`).
pub fn log(level: LogLevel, text: &str) {
    let level = match level {
        LogLevel::Debug => sys::LOG_LEVEL_DEBUG,
        LogLevel::Info => sys::LOG_LEVEL_INFO,
        LogLevel::Message => sys::LOG_LEVEL_MESSAGE,
        LogLevel::Warning => sys::LOG_LEVEL_WARNING,
        LogLevel::Critical => sys::LOG_LEVEL_CRITICAL,
    };
    let text = Text::new(text);
    // SAFETY: the domain is a static C string, the pointer and the length are those of one string; ws_log may be called
    // from any thread.
    unsafe { sys::wsffi_log(plugin::name().as_ptr(), level as c_int, text.ptr(), text.len()) }
}
