//! File → Export PDUs to File, and tshark's `-U NAME`.

use std::ffi::{CStr, c_int};

use crate::thrown::caught;
use crate::{Packet, RegisterError, Thrown, Tvb, memory, routines, sys, tap, text};

/// A kind of PDU that can be exported to a capture file of its own.
#[derive(Debug, Clone, Copy)]
pub struct ExportPduTap {
    id: c_int,
    /// Reads the PDUs of an exported file.
    dissector: &'static CStr,
}

impl ExportPduTap {
    /// Offers Export PDUs under this name. In the exported file each PDU goes to the dissector that is registered as
    /// `dissector`.
    pub fn register(name: &str, dissector: &'static CStr) -> Result<Self, RegisterError> {
        routines::check_thread()?;
        let c_name = text::c_string(name);
        // Wireshark would give out the same tap again, and its listeners would read records of another kind.
        // SAFETY: a C string; Wireshark only looks.
        if unsafe { sys::find_tap_id(c_name.as_ptr()) } != 0 {
            return Err(RegisterError::Duplicate(name.to_owned()));
        }
        // SAFETY: Wireshark keeps the name, a GLib copy that nobody frees.
        let id = unsafe { sys::wsffi_register_export_pdu(memory::string(&c_name)) };
        Ok(Self { id, dissector })
    }

    /// Whether anybody exports: if not, there is no need to make the PDU.
    pub fn has_listener(self) -> bool {
        tap::has_listener(self.id)
    }

    /// Exports bytes, which are copied, with the packet's time, number, addresses and ports. `parent` is where they came
    /// from.
    pub fn queue<'a>(self, packet: &Packet<'a>, parent: Tvb<'a>, bytes: &[u8]) -> Result<(), Thrown> {
        if !self.has_listener() {
            return Ok(());
        }
        let tvb = Tvb::new_real_data(packet, parent, bytes)?;
        // SAFETY: the packet is being dissected, and the tvb is its own; the tap is one of Export PDUs.
        caught(|thrown| unsafe {
            sys::wsffi_queue_pdu(thrown, self.id, packet.raw(), tvb.raw(), self.dissector.as_ptr());
        })
    }
}
