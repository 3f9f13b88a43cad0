//! Analyze → Follow, and `-z follow,NAME,…`.

use std::ffi::c_int;

use crate::{Packet, Protocol, RegisterError, Thrown, Tvb, memory, pool, sys, tap, text};

/// What a protocol's Follow window shows: bytes of both sides, in the order in which they are handed over. A stream is one of
/// TCP, named by `tcp.stream`.
#[derive(Debug, Clone, Copy)]
pub struct FollowTap {
    id: c_int,
}

impl FollowTap {
    /// Offers Follow for a protocol over TCP: in the menu by its short name, in tshark by its filter name.
    /// `tap` is what listeners ask for.
    pub fn register(protocol: Protocol, tap: &str) -> Result<Self, RegisterError> {
        let id = tap::register(tap)?;
        let name = memory::string(&text::c_string(tap));
        // SAFETY: a protocol of ours; Wireshark keeps the string, a GLib copy that nobody frees.
        let registered = unsafe { sys::wsffi_register_follow(protocol.raw(), name) };
        if registered == 0 {
            return Err(RegisterError::NotFound("TCP's Follow".to_owned()));
        }
        Ok(Self { id })
    }

    /// Whether anybody follows: if not, there is no need to make the bytes.
    pub fn has_listener(self) -> bool {
        tap::has_listener(self.id)
    }

    /// Hands over bytes that this packet completed; they are copied. `parent` is where they came from.
    pub fn queue<'a>(
        self,
        packet: &Packet<'a>,
        parent: Tvb<'a>,
        bytes: &[u8],
        from_server: bool,
    ) -> Result<(), Thrown> {
        if !self.has_listener() {
            return Ok(());
        }
        let tvb = Tvb::new_real_data(packet, parent, bytes)?;
        let record = sys::wsffi_followed {
            tvb: tvb.raw(),
            from_server: c_int::from(from_server),
        };
        // SAFETY: this tap's listeners read such records; the tvb is the packet's.
        unsafe { pool::queue(self.id, packet, record) };
        Ok(())
    }
}
