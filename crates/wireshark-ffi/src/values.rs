//! Adding values to a tree.

use std::ffi::c_int;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use crate::text::Text;
use crate::{FieldId, Item, Thrown, Tree, Tvb, sys};

/// Defines an `add_*` and its `add_*_text` over the shim's two functions.
macro_rules! add {
    ($(#[$doc:meta])* $add:ident, $shim:ident, $add_text:ident, $shim_text:ident,
     $value:ident: $type:ty => $($pass:expr),+) => {
        $(#[$doc])*
        pub fn $add(self, field: FieldId, tvb: Tvb<'a>, range: Range<usize>, $value: $type)
            -> Result<Item<'a>, Thrown> {
            // SAFETY: see at(): the place is of this packet; the value's pointers, if any, outlive the call.
            self.at(tvb, range, |thrown, at| unsafe { sys::$shim(thrown, at, field.raw(), $($pass),+) })
        }

        /// The same with `text` shown in place of the value.
        pub fn $add_text(self, field: FieldId, tvb: Tvb<'a>, range: Range<usize>, $value: $type, text: &str)
            -> Result<Item<'a>, Thrown> {
            let text = Text::new(text);
            // SAFETY: as above; the text's pointer and length are those of one string.
            self.at(tvb, range, |thrown, at| unsafe {
                sys::$shim_text(thrown, at, field.raw(), $($pass),+, text.ptr(), text.len())
            })
        }
    };
}

impl<'a> Tree<'a> {
    add! {
        /// Adds an unsigned integer of 8, 16 or 32 bits.
        add_u32, wsffi_add_uint, add_u32_text, wsffi_add_uint_text, value: u32 => value
    }
    add! {
        /// Adds an unsigned integer of 64 bits.
        add_u64, wsffi_add_uint64, add_u64_text, wsffi_add_uint64_text, value: u64 => value
    }
    add! {
        /// Adds a signed integer of 32 bits.
        add_i32, wsffi_add_int, add_i32_text, wsffi_add_int_text, value: i32 => value
    }
    add! {
        /// Adds a signed integer of 64 bits.
        add_i64, wsffi_add_int64, add_i64_text, wsffi_add_int64_text, value: i64 => value
    }
    add! {
        /// Adds a float of 32 bits.
        add_f32, wsffi_add_float, add_f32_text, wsffi_add_float_text, value: f32 => value
    }
    add! {
        /// Adds a float of 64 bits.
        add_f64, wsffi_add_double, add_f64_text, wsffi_add_double_text, value: f64 => value
    }
    add! {
        /// Adds true or false.
        add_bool, wsffi_add_boolean, add_bool_text, wsffi_add_boolean_text, value: bool => u32::from(value)
    }

    /// Adds whether the bits of a [`FieldKind::Flag`](crate::FieldKind::Flag) are set in `number`.
    pub fn add_flag(
        self,
        field: FieldId,
        tvb: Tvb<'a>,
        range: Range<usize>,
        number: u32,
    ) -> Result<Item<'a>, Thrown> {
        // SAFETY: the place is of this packet.
        self.at(tvb, range, |thrown, at| unsafe {
            sys::wsffi_add_boolean(thrown, at, field.raw(), number)
        })
    }

    /// Adds a string. Wireshark escapes what is not printable; a NUL becomes U+FFFD.
    pub fn add_str(
        self,
        field: FieldId,
        tvb: Tvb<'a>,
        range: Range<usize>,
        value: &str,
    ) -> Result<Item<'a>, Thrown> {
        let value = Text::new(value);
        // SAFETY: the place is of this packet; pointer and length are of one string, which the shim copies.
        self.at(tvb, range, |thrown, at| unsafe {
            sys::wsffi_add_string(thrown, at, field.raw(), value.ptr(), value.len())
        })
    }

    /// The same with `text` shown in place of the value.
    pub fn add_str_text(
        self,
        field: FieldId,
        tvb: Tvb<'a>,
        range: Range<usize>,
        value: &str,
        text: &str,
    ) -> Result<Item<'a>, Thrown> {
        let (value, text) = (Text::new(value), Text::new(text));
        // SAFETY: the place is of this packet; pointers and lengths are of one string each.
        self.at(tvb, range, |thrown, at| unsafe {
            sys::wsffi_add_string_text(
                thrown,
                at,
                field.raw(),
                value.ptr(),
                value.len(),
                text.ptr(),
                text.len(),
            )
        })
    }

    /// Adds bytes, which need not be those of the range.
    pub fn add_bytes(
        self,
        field: FieldId,
        tvb: Tvb<'a>,
        range: Range<usize>,
        value: &[u8],
    ) -> Result<Item<'a>, Thrown> {
        let len = c_int::try_from(value.len()).unwrap_or(c_int::MAX);
        // SAFETY: the place is of this packet; Wireshark copies len bytes of the value, which has as many.
        self.at(tvb, range, |thrown, at| unsafe {
            sys::wsffi_add_bytes(thrown, at, field.raw(), value.as_ptr(), len)
        })
    }

    /// The bytes of the range, with `text` shown in place of the value.
    pub fn add_bytes_text(
        self,
        field: FieldId,
        tvb: Tvb<'a>,
        range: Range<usize>,
        text: &str,
    ) -> Result<Item<'a>, Thrown> {
        let text = Text::new(text);
        let (start, len) = tvb.clamp(range.clone());
        let bytes = tvb.captured_bytes().get(start as usize..).unwrap_or_default();
        // SAFETY: the place is of this packet; the range was clamped, so that len bytes follow start.
        self.at(tvb, range, |thrown, at| unsafe {
            sys::wsffi_add_bytes_text(
                thrown,
                at,
                field.raw(),
                bytes.as_ptr(),
                len,
                text.ptr(),
                text.len(),
            )
        })
    }

    /// Adds a GUID given as it lies in memory on Windows: the first three parts little-endian.
    pub fn add_guid(
        self,
        field: FieldId,
        tvb: Tvb<'a>,
        range: Range<usize>,
        value: [u8; 16],
    ) -> Result<Item<'a>, Thrown> {
        let [a, b, c, d, e, f, g, h, rest @ ..] = value;
        let (data1, data2, data3) = (
            u32::from_le_bytes([a, b, c, d]),
            u16::from_le_bytes([e, f]),
            u16::from_le_bytes([g, h]),
        );
        // SAFETY: the place is of this packet; the shim copies the 8 bytes.
        self.at(tvb, range, |thrown, at| unsafe {
            sys::wsffi_add_guid(thrown, at, field.raw(), data1, data2, data3, rest.as_ptr())
        })
    }

    /// Adds an IPv4 address.
    pub fn add_ipv4(
        self,
        field: FieldId,
        tvb: Tvb<'a>,
        range: Range<usize>,
        value: Ipv4Addr,
    ) -> Result<Item<'a>, Thrown> {
        let octets = value.octets();
        // SAFETY: the place is of this packet; the shim copies the 4 bytes.
        self.at(tvb, range, |thrown, at| unsafe {
            sys::wsffi_add_ipv4(thrown, at, field.raw(), octets.as_ptr())
        })
    }

    /// Adds an IPv6 address.
    pub fn add_ipv6(
        self,
        field: FieldId,
        tvb: Tvb<'a>,
        range: Range<usize>,
        value: Ipv6Addr,
    ) -> Result<Item<'a>, Thrown> {
        let octets = value.octets();
        // SAFETY: the place is of this packet; the shim copies the 16 bytes.
        self.at(tvb, range, |thrown, at| unsafe {
            sys::wsffi_add_ipv6(thrown, at, field.raw(), octets.as_ptr())
        })
    }

    /// Adds a frame's number, which can be followed by a double click.
    pub fn add_framenum(
        self,
        field: FieldId,
        tvb: Tvb<'a>,
        range: Range<usize>,
        frame: u32,
    ) -> Result<Item<'a>, Thrown> {
        self.add_u32(field, tvb, range, frame)
    }

    /// Adds a time or a span of time, in nanoseconds (since 1970 for a time).
    pub fn add_time(
        self,
        field: FieldId,
        tvb: Tvb<'a>,
        range: Range<usize>,
        nanoseconds: i128,
    ) -> Result<Item<'a>, Thrown> {
        // C's remainder: both parts have the sign of the whole, as Wireshark expects of a negative span.
        let secs = i64::try_from(nanoseconds / 1_000_000_000).unwrap_or(i64::MAX);
        let nsecs = (nanoseconds % 1_000_000_000) as i32;
        // SAFETY: the place is of this packet.
        self.at(tvb, range, |thrown, at| unsafe {
            sys::wsffi_add_time(thrown, at, field.raw(), secs, nsecs)
        })
    }
}
