//! Network addresses.

use std::ffi::c_int;
use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::sys;

/// An address of any kind that Wireshark knows, as a value: it does not die with the packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Address {
    /// None.
    None,
    /// IPv4.
    V4(Ipv4Addr),
    /// IPv6.
    V6(Ipv6Addr),
    /// Something else: Wireshark's number for the kind, and its first bytes.
    Other {
        /// Wireshark's number for the kind of address.
        kind: i32,
        /// How many bytes there are.
        len: u8,
        /// The bytes.
        bytes: [u8; 24],
    },
}

impl Address {
    /// # Safety
    ///
    /// `raw` is an address of Wireshark's: `data` has `len` bytes.
    pub(crate) unsafe fn of(raw: &sys::address) -> Self {
        let len = usize::try_from(raw.len).unwrap_or(0);
        if raw.data.is_null() || len == 0 {
            return Self::None;
        }
        // SAFETY: the caller's promise.
        let data = unsafe { std::slice::from_raw_parts(raw.data.cast::<u8>(), len) };
        if raw.type_ == sys::AT_IPv4 as c_int
            && let Ok(bytes) = <[u8; 4]>::try_from(data)
        {
            return Self::V4(bytes.into());
        }
        if raw.type_ == sys::AT_IPv6 as c_int
            && let Ok(bytes) = <[u8; 16]>::try_from(data)
        {
            return Self::V6(bytes.into());
        }
        let mut bytes = [0; 24];
        let mut kept: u8 = 0;
        for (to, from) in bytes.iter_mut().zip(data) {
            *to = *from;
            kept = kept.saturating_add(1);
        }
        Self::Other {
            kind: raw.type_,
            len: kept,
            bytes,
        }
    }

    /// Calls `f` with the address as Wireshark takes it; it copies what it keeps.
    pub(crate) fn with_raw<R>(&self, f: impl FnOnce(*const sys::address) -> R) -> R {
        let (kind, data): (c_int, &[u8]) = match self {
            Self::None => (sys::AT_NONE as c_int, &[]),
            Self::V4(ip) => (sys::AT_IPv4 as c_int, &ip.octets()),
            Self::V6(ip) => (sys::AT_IPv6 as c_int, &ip.octets()),
            Self::Other { kind, len, bytes } => (*kind, bytes.get(..usize::from(*len)).unwrap_or_default()),
        };
        let raw = sys::address {
            type_: kind,
            len: data.len() as c_int,
            data: if data.is_empty() {
                std::ptr::null()
            } else {
                data.as_ptr().cast()
            },
            priv_: std::ptr::null_mut(),
        };
        f(&raw const raw)
    }
}

impl From<Ipv4Addr> for Address {
    fn from(ip: Ipv4Addr) -> Self {
        Self::V4(ip)
    }
}

impl From<Ipv6Addr> for Address {
    fn from(ip: Ipv6Addr) -> Self {
        Self::V6(ip)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => write!(f, "no address"),
            Self::V4(ip) => write!(f, "{ip}"),
            Self::V6(ip) => write!(f, "{ip}"),
            Self::Other { kind, .. } => write!(f, "address of kind {kind}"),
        }
    }
}
