//! Strings on their way to C.

use std::borrow::Cow;
use std::ffi::{CString, c_char, c_int};

use crate::RegisterError;

/// What stands for a NUL inside a string: C would end there.
const REPLACEMENT: &str = "\u{FFFD}";

/// A string for `"%.*s"`: a pointer and a length. Borrows, unless there is a NUL to replace.
pub(crate) struct Text<'a>(Cow<'a, str>);

impl<'a> Text<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        if text.as_bytes().contains(&0) {
            Self(Cow::Owned(text.replace('\0', REPLACEMENT)))
        } else {
            Self(Cow::Borrowed(text))
        }
    }

    pub(crate) fn ptr(&self) -> *const c_char {
        self.0.as_ptr().cast()
    }

    /// At most what fits a C `int`.
    pub(crate) fn len(&self) -> c_int {
        c_int::try_from(self.0.len()).unwrap_or(c_int::MAX)
    }
}

/// An owned C string; NULs are replaced.
pub(crate) fn c_string(text: &str) -> CString {
    match CString::new(text) {
        Ok(string) => string,
        Err(_) => CString::new(text.replace('\0', REPLACEMENT)).unwrap_or_default(),
    }
}

/// A filter name: what Wireshark accepts between dots, and no more.
pub(crate) fn filter_name(name: &str) -> Result<CString, RegisterError> {
    let invalid = || RegisterError::InvalidName(name.to_owned());
    let character = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'-');
    if name.is_empty() || !name.bytes().all(character) || name.split('.').any(str::is_empty) {
        return Err(invalid());
    }
    CString::new(name).map_err(|_| invalid())
}

/// The last part of a preference's name: lower case, digits, underscores and dots.
pub(crate) fn preference_name(name: &str) -> Result<CString, RegisterError> {
    let invalid = || RegisterError::InvalidName(name.to_owned());
    let character = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'.' | b'_');
    if name.is_empty() || !name.bytes().all(character) {
        return Err(invalid());
    }
    CString::new(name).map_err(|_| invalid())
}

/// A title: something to see, at least.
pub(crate) fn display_name(name: &str) -> Result<CString, RegisterError> {
    if name.trim().is_empty() {
        return Err(RegisterError::InvalidName(name.to_owned()));
    }
    Ok(c_string(name))
}
