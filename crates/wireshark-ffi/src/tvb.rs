//! The bytes of a packet.

use std::ffi::c_int;
use std::marker::PhantomData;
use std::ops::Range;

use crate::text::Text;
use crate::thrown::caught;
use crate::{Packet, Thrown, sys};

/// Bytes of the packet that is being dissected, or made from it. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Tvb<'a> {
    raw: *mut sys::tvbuff_t,
    bytes: &'a [u8],
    reported: usize,
    _packet: PhantomData<&'a sys::tvbuff_t>,
}

impl<'a> Tvb<'a> {
    /// # Safety
    ///
    /// `raw` is a tvb that has `captured` bytes, which lie at `bytes`, and lives as long as `'a`.
    pub(crate) unsafe fn of(
        raw: *mut sys::tvbuff_t,
        bytes: *const u8,
        captured: usize,
        reported: usize,
    ) -> Self {
        let bytes = if bytes.is_null() || captured == 0 {
            &[]
        } else {
            // SAFETY: the caller's promise; epan does not change a packet's bytes.
            unsafe { std::slice::from_raw_parts(bytes, captured) }
        };
        Self {
            raw,
            bytes,
            reported,
            _packet: PhantomData,
        }
    }

    pub(crate) fn raw(self) -> *mut sys::tvbuff_t {
        self.raw
    }

    /// The bytes that were captured.
    pub fn captured_bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// How many bytes were captured.
    pub fn captured_len(self) -> usize {
        self.bytes.len()
    }

    /// How many bytes there were on the wire; more than were captured when a snapshot length cut the packet.
    pub fn reported_len(self) -> usize {
        self.reported
    }

    /// A range clamped to what was captured, as C takes it.
    pub(crate) fn clamp(self, range: Range<usize>) -> (c_int, c_int) {
        let (start, end) = self.clamp_range(range);
        // A tvb's length is a C int.
        (start as c_int, (end - start) as c_int)
    }

    fn clamp_range(self, range: Range<usize>) -> (usize, usize) {
        let len = self.bytes.len();
        let start = range.start.min(len);
        (start, range.end.clamp(start, len))
    }

    /// Part of the bytes, for another dissector. What was not captured is left out.
    pub fn subset(self, range: Range<usize>) -> Result<Self, Thrown> {
        let (start, end) = self.clamp_range(range.clone());
        let (offset, len) = self.clamp(range);
        // SAFETY: a tvb of this packet, and a range inside its captured bytes.
        let raw = caught(|thrown| unsafe { sys::wsffi_tvb_subset(thrown, self.raw, offset, len) })?;
        let bytes = self.bytes.get(start..end).unwrap_or_default();
        Ok(Self {
            raw,
            bytes,
            reported: bytes.len(),
            _packet: PhantomData,
        })
    }

    /// Bytes made from this packet's, such as plaintext: copied, and freed with the packet. `parent` is where they came
    /// from. To have them shown, see [`Tvb::add_data_source`].
    pub fn new_real_data(packet: &Packet<'a>, parent: Tvb<'a>, bytes: &[u8]) -> Result<Self, Thrown> {
        let len = c_int::try_from(bytes.len())
            .map_err(|_| Thrown::dissector_bug("more bytes than a tvb can hold"))?;
        let mut copy = std::ptr::null();
        // SAFETY: the packet is being dissected, the bytes are as many as said.
        let raw = caught(|thrown| unsafe {
            sys::wsffi_tvb_copy(
                thrown,
                packet.raw(),
                parent.raw,
                bytes.as_ptr(),
                len as u32,
                &raw mut copy,
            )
        })?;
        // SAFETY: the shim copied the bytes to memory that lives as long as the packet.
        Ok(unsafe { Self::of(raw, copy, bytes.len(), bytes.len()) })
    }

    /// Shows these bytes as a tab of their own in the byte pane. Once for each tvb.
    pub fn add_data_source(self, packet: &Packet<'a>, name: &str) -> Result<(), Thrown> {
        let name = Text::new(name);
        // SAFETY: the packet is being dissected, the tvb is its own; the shim copies the name.
        caught(|thrown| unsafe {
            sys::wsffi_add_data_source(thrown, packet.raw(), self.raw, name.ptr(), name.len());
        })
    }
}
