//! What TCP says of a segment.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::thrown::caught;
use crate::{Conversation, Packet, Thrown, compat, sys};

/// The flags of a segment's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TcpFlags(pub u16);

impl TcpFlags {
    fn has(self, bit: u32) -> bool {
        u32::from(self.0) & bit != 0
    }

    /// The sender is done.
    pub fn fin(self) -> bool {
        self.has(sys::TH_FIN)
    }

    /// A connection begins.
    pub fn syn(self) -> bool {
        self.has(sys::TH_SYN)
    }

    /// The connection is gone.
    pub fn rst(self) -> bool {
        self.has(sys::TH_RST)
    }

    /// The sender had nothing more to send at once.
    pub fn psh(self) -> bool {
        self.has(sys::TH_PUSH)
    }

    /// An acknowledgement.
    pub fn ack(self) -> bool {
        self.has(sys::TH_ACK)
    }
}

/// What TCP passes to the dissector that it calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TcpInfo {
    /// The first byte's sequence number: relative or as on the wire, as TCP's preferences say. See
    /// [`Packet::stream_offset`].
    pub seq: u32,
    /// The sequence number after the last byte; wrong for reassembled data, where it is the last segment's.
    pub next_seq: u32,
    /// The acknowledgement number, of the other direction's sequence numbers; relative or not, like `seq`.
    pub ack: u32,
    /// Whether TCP put it together from several segments.
    pub is_reassembled: bool,
    /// The flags of the (last) segment.
    pub flags: TcpFlags,
}

/// A TCP connection, as this packet goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TcpFlow {
    /// `tcp.stream`.
    pub stream: u32,
    /// The port that a SYN was sent to; 0 when none was captured.
    pub server_port: u16,
    /// The sequence number of this direction's SYN, or the one before its first byte captured; `None` when TCP has not
    /// noted it.
    pub base_seq: Option<u32>,
    /// The same of the other direction.
    pub reverse_base_seq: Option<u32>,
    /// A FIN or RST of either side was captured, up to now: later passes know of those behind this packet too.
    pub ended: bool,
}

/// Whether `seq` is relative: "Relative sequence numbers" and "Analyze TCP sequence numbers" of TCP's preferences.
static RELATIVE: AtomicBool = AtomicBool::new(true);

/// Preferences cannot change inside a file without its being dissected anew, so once a file is enough.
pub(crate) fn read_preferences() {
    // SAFETY: called by Wireshark before a file's first packet, when all preferences are known.
    RELATIVE.store(unsafe { sys::wsffi_tcp_relative_seq() } != 0, Ordering::Relaxed);
}

/// `tcp_flow_t.static_flags`: the base sequence number is known. Not in the headers before 4.4.
const BASE_SEQ_SET: u8 = 0x01;

/// `tcp_analysis.conversation_completeness`: a FIN was seen.
const COMPLETENESS_FIN: u8 = 0x10;
/// The same: an RST was seen.
const COMPLETENESS_RST: u8 = 0x20;

fn has_ended(analysis: &sys::tcp_analysis) -> bool {
    analysis.conversation_completeness & (COMPLETENESS_FIN | COMPLETENESS_RST) != 0
}

impl Conversation<'_> {
    /// Whether a FIN or RST of either side was captured, up to now; `false` for what is no TCP connection.
    pub fn tcp_ended(self) -> bool {
        // SAFETY: a conversation of this file; what TCP keeps with it lives as long as the file, and nobody writes it
        // meanwhile.
        unsafe { sys::wsffi_tcp_of(self.raw()).as_ref() }.is_some_and(has_ended)
    }
}

impl Packet<'_> {
    /// What TCP passed, when it was TCP that called: inside TLS, a proxy's tunnel or an exported PDU there is none.
    pub fn tcp_info(&self) -> Option<TcpInfo> {
        // SAFETY: the packet is being dissected.
        if self.data().is_null() || unsafe { sys::wsffi_data_is_from_tcp(self.raw()) } == 0 {
            return None;
        }
        // SAFETY: TCP called, and what TCP passes is a tcpinfo that lives as long as this call.
        let info = unsafe { &*self.data().cast::<sys::tcpinfo>() };
        Some(TcpInfo {
            seq: info.seq,
            next_seq: info.nxtseq,
            ack: info.lastackseq,
            is_reassembled: compat::is_reassembled(info),
            flags: TcpFlags(info.flags),
        })
    }

    /// The connection that this packet is of, also where TCP is not the direct caller; `None` without TCP.
    pub fn tcp_flow(&self) -> Result<Option<TcpFlow>, Thrown> {
        // SAFETY: the packet is being dissected.
        let analysis = caught(|thrown| unsafe { sys::wsffi_tcp_analysis(thrown, self.raw()) })?;
        if analysis.is_null() {
            return Ok(None);
        }
        // SAFETY: TCP's own record of the conversation, which lives as long as the file; nobody writes it meanwhile.
        let analysis = unsafe { &*analysis };
        let base = |flow: *mut sys::tcp_flow_t| {
            if flow.is_null() {
                return None;
            }
            // SAFETY: fwd and rev point to the record's own two flows.
            let flow = unsafe { &*flow };
            (flow.static_flags & BASE_SEQ_SET != 0).then_some(flow.base_seq)
        };
        Ok(Some(TcpFlow {
            stream: analysis.stream,
            server_port: analysis.server_port,
            base_seq: base(analysis.fwd),
            reverse_base_seq: base(analysis.rev),
            ended: has_ended(analysis),
        }))
    }

    /// Where in its direction's stream the first byte of this packet is, modulo 2^32: 0 is the byte after the SYN, or the
    /// first one captured when there was no SYN. Does not depend on TCP's preferences. `None` where TCP was not the caller,
    /// or does not know.
    pub fn stream_offset(&self) -> Result<Option<u32>, Thrown> {
        let Some(info) = self.tcp_info() else {
            return Ok(None);
        };
        if RELATIVE.load(Ordering::Relaxed) {
            return Ok(Some(info.seq.wrapping_sub(1)));
        }
        let base = self.tcp_flow()?.and_then(|flow| flow.base_seq);
        Ok(base.map(|base| info.seq.wrapping_sub(base).wrapping_sub(1)))
    }

    /// Up to where in the other direction's stream the sender has received, modulo 2^32, counted as
    /// [`Packet::stream_offset`] does. `None` where TCP was not the caller, or does not know.
    pub fn acknowledged_offset(&self) -> Result<Option<u32>, Thrown> {
        let Some(info) = self.tcp_info().filter(|info| info.flags.ack()) else {
            return Ok(None);
        };
        if RELATIVE.load(Ordering::Relaxed) {
            return Ok(Some(info.ack.wrapping_sub(1)));
        }
        let base = self.tcp_flow()?.and_then(|flow| flow.reverse_base_seq);
        Ok(base.map(|base| info.ack.wrapping_sub(base).wrapping_sub(1)))
    }
}
