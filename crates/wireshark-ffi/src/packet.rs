//! The packet that is being dissected.

use std::ffi::{c_int, c_void};
use std::marker::PhantomData;

use crate::text::Text;
use crate::{Address, Protocol, Tree, Tvb, compat, sys};

/// The packet that is being dissected. It cannot be kept beyond that, nor sent to another thread.
pub struct Packet<'a> {
    raw: *mut sys::packet_info,
    data: *const c_void,
    _packet: PhantomData<&'a sys::packet_info>,
}

/// A time, or a span of it, as Wireshark has it.
pub(crate) fn nanoseconds(time: &sys::nstime_t) -> i128 {
    i128::from(time.secs) * 1_000_000_000 + i128::from(time.nsecs)
}

impl<'a> Packet<'a> {
    /// # Safety
    ///
    /// `call` is what the shim calls a dissector with, and `'a` ends before that call does.
    pub(crate) unsafe fn of_call(call: &sys::wsffi_call) -> (Self, Tvb<'a>, Tree<'a>) {
        let packet = Self {
            raw: call.pinfo,
            data: call.data,
            _packet: PhantomData,
        };
        // SAFETY: the shim fills in the tvb and its captured bytes; all three live as long as the packet.
        let (tvb, tree) = unsafe {
            (
                Tvb::of(call.tvb, call.bytes, call.captured, call.reported),
                Tree::of(call.tree),
            )
        };
        (packet, tvb, tree)
    }

    pub(crate) fn raw(&self) -> *mut sys::packet_info {
        self.raw
    }

    pub(crate) fn info(&self) -> &sys::packet_info {
        // SAFETY: Wireshark's packet_info lives as long as the packet is dissected. The reference is used for one read at a
        // time and is never alive across a call into Wireshark.
        unsafe { &*self.raw }
    }

    /// The data that the calling dissector passed.
    pub(crate) fn data(&self) -> *const c_void {
        self.data
    }

    /// The frame's number, from 1.
    pub fn number(&self) -> u32 {
        self.info().num
    }

    /// Whether this frame was dissected before. What builds up state belongs to the first visit, in the order of the
    /// capture; later ones come in any order.
    pub fn visited(&self) -> bool {
        // SAFETY: the packet is being dissected.
        unsafe { sys::wsffi_visited(self.raw) != 0 }
    }

    /// Counts calls: how many there were for `protocol` before this one, in this dissection of the packet. Where a packet
    /// brings several calls of one dissector and nothing else tells them apart, their order does: it is the same each
    /// time. One call of this for each.
    pub fn count_call(&self, protocol: Protocol) -> u32 {
        // SAFETY: the packet is being dissected; the count lives in its own scope.
        unsafe { sys::wsffi_count_call(self.raw, protocol.raw()) }
    }

    /// When it was captured: nanoseconds since 1970; `None` when the file does not say.
    pub fn absolute_time(&self) -> Option<i128> {
        let info = self.info();
        (info.presence_flags & sys::PINFO_HAS_TS != 0).then(|| nanoseconds(&info.abs_ts))
    }

    /// Nanoseconds since the first packet of the file (or the time reference before it); may be negative.
    pub fn relative_time(&self) -> i128 {
        nanoseconds(&self.info().rel_ts)
    }

    /// Who sent it.
    pub fn source(&self) -> Address {
        // SAFETY: an address of Wireshark's.
        unsafe { Address::of(&self.info().src) }
    }

    /// Who was to get it.
    pub fn destination(&self) -> Address {
        // SAFETY: an address of Wireshark's.
        unsafe { Address::of(&self.info().dst) }
    }

    /// The port it was sent from.
    pub fn source_port(&self) -> u32 {
        self.info().srcport
    }

    /// The port it was sent to.
    pub fn destination_port(&self) -> u32 {
        self.info().destport
    }

    /// Whether the ports are TCP's.
    pub fn is_tcp(&self) -> bool {
        self.info().ptype == sys::PT_TCP
    }

    /// Whether this is a packet quoted inside another, such as an ICMP error: no state must come from it.
    pub fn is_error_packet(&self) -> bool {
        // SAFETY: the packet is being dissected.
        unsafe { sys::wsffi_in_error_packet(self.raw) != 0 }
    }

    /// The columns of the packet list.
    pub fn columns(&self) -> Columns<'_> {
        Columns {
            raw: self.raw,
            _packet: PhantomData,
        }
    }
}

/// The columns of the packet list. Setting them costs next to nothing when nobody shows them.
#[derive(Clone, Copy)]
pub struct Columns<'p> {
    raw: *mut sys::packet_info,
    _packet: PhantomData<&'p sys::packet_info>,
}

impl Columns<'_> {
    /// Sets the Protocol column.
    pub fn set_protocol(&self, text: &str) {
        self.set(compat::COL_PROTOCOL, text);
    }

    /// Empties the Info column, up to its fence.
    pub fn clear_info(&self) {
        // SAFETY: the packet is being dissected; a null cinfo is allowed.
        unsafe { sys::col_clear((*self.raw).cinfo, compat::COL_INFO) }
    }

    /// Sets the Info column, after its fence.
    pub fn set_info(&self, text: &str) {
        self.set(compat::COL_INFO, text);
    }

    /// Appends to the Info column.
    pub fn append_info(&self, text: &str) {
        if !self.info_writable() {
            return;
        }
        let text = Text::new(text);
        // SAFETY: the pointer and the length are those of one string; Wireshark copies it.
        unsafe { sys::wsffi_column_append(self.raw, compat::COL_INFO, text.ptr(), text.len()) }
    }

    /// Whether anybody will see the Info column: if not, there is no need to make its text.
    pub fn info_writable(&self) -> bool {
        self.writable(compat::COL_INFO)
    }

    /// Protects what the Info column holds from whoever writes next, for example the next message of the segment.
    pub fn fence_info(&self) {
        // SAFETY: the packet is being dissected; a null cinfo is allowed.
        unsafe { sys::col_set_fence((*self.raw).cinfo, compat::COL_INFO) }
    }

    fn set(&self, column: c_int, text: &str) {
        if !self.writable(column) {
            return;
        }
        let text = Text::new(text);
        // SAFETY: the pointer and the length are those of one string; Wireshark copies it.
        unsafe { sys::wsffi_column_set(self.raw, column, text.ptr(), text.len()) }
    }

    fn writable(&self, column: c_int) -> bool {
        // SAFETY: the packet is being dissected; a null cinfo is allowed, and not writable.
        compat::from_c(unsafe { sys::col_get_writable((*self.raw).cinfo, column) })
    }
}
