//! An exception that epan threw, held as a value.

use std::ffi::{CStr, c_char, c_ulong};
use std::fmt;
use std::ptr;

use crate::{memory, sys};

/// An exception of epan's, caught by the shim. Return it: the outermost C frame throws it again, so that Wireshark
/// shows what it always shows (`[Malformed Packet]` and so on). Dropping it is allowed, and ends it.
#[must_use = "return it with `?`, or the packet looks as if nothing had happened"]
pub struct Thrown(Box<Caught>);

struct Caught {
    group: c_ulong,
    code: c_ulong,
    message: Option<String>,
}

/// What kind of exception it is; Wireshark's own names in the comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThrownKind {
    /// Beyond the captured bytes (`BoundsError`): cut by the snapshot length.
    Captured,
    /// Beyond the containing packet (`ContainedBoundsError`): malformed.
    Contained,
    /// Beyond what the packet says it holds (`ReportedBoundsError`): malformed.
    Reported,
    /// Beyond a fragment that was not reassembled (`FragmentBoundsError`).
    Fragment,
    /// A bug in a dissector (`DissectorError`); too many items in a tree is one too.
    Dissector,
    /// Anything else.
    Other,
}

// exceptions.h defines these as macros; the numbers are the same from 4.0 to 4.6.
const GROUP: c_ulong = 1;
const BOUNDS: c_ulong = 1;
const CONTAINED: c_ulong = 2;
const REPORTED: c_ulong = 3;
const FRAGMENT: c_ulong = 4;
const DISSECTOR: c_ulong = 6;

impl Thrown {
    /// What Wireshark shows as `[Malformed Packet]`.
    pub fn malformed() -> Self {
        Self(Box::new(Caught {
            group: GROUP,
            code: REPORTED,
            message: None,
        }))
    }

    /// What Wireshark shows as a bug in a dissector, with its text.
    pub fn dissector_bug(message: impl Into<String>) -> Self {
        Self(Box::new(Caught {
            group: GROUP,
            code: DISSECTOR,
            message: Some(message.into()),
        }))
    }

    /// What kind it is.
    pub fn kind(&self) -> ThrownKind {
        match self.0.code {
            _ if self.0.group != GROUP => ThrownKind::Other,
            BOUNDS => ThrownKind::Captured,
            CONTAINED => ThrownKind::Contained,
            REPORTED => ThrownKind::Reported,
            FRAGMENT => ThrownKind::Fragment,
            DISSECTOR => ThrownKind::Dissector,
            _ => ThrownKind::Other,
        }
    }

    /// Wireshark's text, when it gave one.
    pub fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    pub(crate) fn raw(&self) -> (c_ulong, c_ulong) {
        (self.0.group, self.0.code)
    }

    #[cold]
    fn take(caught: &sys::wsffi_thrown) -> Self {
        let message = (!caught.message.is_null()).then(|| {
            // SAFETY: the shim made the string and gave it to us.
            let text = unsafe { CStr::from_ptr(caught.message) }
                .to_string_lossy()
                .into_owned();
            // SAFETY: it is from g_strdup and nobody else has it.
            unsafe { memory::free::<c_char>(caught.message) };
            text
        });
        Self(Box::new(Caught {
            group: caught.group,
            code: caught.code,
            message,
        }))
    }
}

impl fmt::Debug for Thrown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Thrown")
            .field("kind", &self.kind())
            .field("message", &self.message())
            .finish()
    }
}

impl fmt::Display for Thrown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message() {
            Some(message) => write!(f, "{:?}: {message}", self.kind()),
            None => write!(f, "{:?}", self.kind()),
        }
    }
}

impl std::error::Error for Thrown {}

/// Calls a shim function, and turns what it caught into an error.
#[inline]
pub(crate) fn caught<R>(call: impl FnOnce(*mut sys::wsffi_thrown) -> R) -> Result<R, Thrown> {
    let mut thrown = sys::wsffi_thrown {
        group: 0,
        code: 0,
        message: ptr::null_mut(),
    };
    let result = call(&raw mut thrown);
    if thrown.code == 0 {
        Ok(result)
    } else {
        Err(Thrown::take(&thrown))
    }
}
