//! Conversations: what Wireshark calls the two ends that talk.

use std::marker::PhantomData;

use crate::thrown::caught;
use crate::{Address, DissectorHandle, Packet, Thrown, sys};

/// A conversation of the capture file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conversation<'a> {
    raw: *mut sys::conversation_t,
    _packet: PhantomData<&'a sys::conversation_t>,
}

/// Who will open an announced connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// Anybody.
    Any,
    /// This address, from any port.
    Address(Address),
    /// This address and port.
    Port(Address, u16),
}

impl<'a> Conversation<'a> {
    /// The packet's conversation; a new one when there is none yet.
    pub fn find_or_create(packet: &Packet<'a>) -> Result<Self, Thrown> {
        // SAFETY: the packet is being dissected.
        let raw = caught(|thrown| unsafe { sys::wsffi_conversation_find(thrown, packet.raw(), 1) })?;
        Self::of(raw).ok_or_else(|| Thrown::dissector_bug("no conversation"))
    }

    /// The packet's conversation, when there is one.
    pub fn find(packet: &Packet<'a>) -> Result<Option<Self>, Thrown> {
        // SAFETY: the packet is being dissected.
        let raw = caught(|thrown| unsafe { sys::wsffi_conversation_find(thrown, packet.raw(), 0) })?;
        Ok(Self::of(raw))
    }

    /// The TCP conversation between two ends, as it was at the packet's frame. With `Client::Any` or
    /// `Client::Address` also one that was announced.
    pub fn find_between(
        packet: &Packet<'a>,
        server: Address,
        server_port: u16,
        client: Client,
    ) -> Result<Option<Self>, Thrown> {
        let options = match client {
            Client::Any => sys::NO_ADDR_B | sys::NO_PORT_B,
            Client::Address(_) => sys::NO_PORT_B,
            Client::Port(..) => 0,
        };
        let raw = with_ends(server, client, |a, b, port| {
            // SAFETY: two addresses that live for the call.
            caught(|thrown| unsafe {
                sys::wsffi_conversation_find_by(
                    thrown,
                    packet.number(),
                    a,
                    b,
                    u32::from(server_port),
                    port,
                    options,
                )
            })
        })?;
        Ok(Self::of(raw))
    }

    /// Announces a TCP connection that is yet to be opened to `server`: the first that matches takes this conversation
    /// over, with its dissector and state. On the first visit of a packet only.
    pub fn announce(
        packet: &Packet<'a>,
        server: Address,
        server_port: u16,
        client: Client,
    ) -> Result<Self, Thrown> {
        Self::new(packet, server, server_port, client, 0)
    }

    /// Announces all TCP connections that are yet to be opened to `server`: each becomes a conversation of its own, with
    /// this one's dissector but not its state. On the first visit of a packet only.
    pub fn announce_each(
        packet: &Packet<'a>,
        server: Address,
        server_port: u16,
        client: Client,
    ) -> Result<Self, Thrown> {
        Self::new(packet, server, server_port, client, sys::CONVERSATION_TEMPLATE)
    }

    fn new(
        packet: &Packet<'a>,
        server: Address,
        server_port: u16,
        client: Client,
        options: u32,
    ) -> Result<Self, Thrown> {
        let unknown = match client {
            Client::Any => sys::NO_ADDR2 | sys::NO_PORT2,
            Client::Address(_) => sys::NO_PORT2,
            Client::Port(..) => 0,
        };
        let raw = with_ends(server, client, |a, b, port| {
            // SAFETY: two addresses that live for the call; Wireshark copies them.
            caught(|thrown| unsafe {
                sys::wsffi_conversation_new(
                    thrown,
                    packet.number(),
                    a,
                    b,
                    u32::from(server_port),
                    port,
                    options | unknown,
                )
            })
        })?;
        Self::of(raw).ok_or_else(|| Thrown::dissector_bug("no conversation"))
    }

    /// Gives the conversation to a dissector, from this packet on.
    pub fn set_dissector(self, handle: DissectorHandle) {
        // SAFETY: a conversation of this file, a dissector of Wireshark's.
        unsafe { sys::conversation_set_dissector(self.raw, handle.raw()) }
    }

    /// Its number: unique in the file, in the order of creation.
    pub fn index(self) -> u32 {
        // SAFETY: a conversation of this file.
        unsafe { (*self.raw).conv_index }
    }

    /// The frame it was created in.
    pub fn setup_frame(self) -> u32 {
        // SAFETY: a conversation of this file.
        unsafe { (*self.raw).setup_frame }
    }

    pub(crate) fn raw(self) -> *mut sys::conversation_t {
        self.raw
    }

    fn of(raw: *mut sys::conversation_t) -> Option<Self> {
        (!raw.is_null()).then_some(Self {
            raw,
            _packet: PhantomData,
        })
    }
}

fn with_ends<R>(
    server: Address,
    client: Client,
    f: impl FnOnce(*const sys::address, *const sys::address, u32) -> R,
) -> R {
    let (address, port) = match client {
        Client::Any => (Address::None, 0),
        Client::Address(address) => (address, 0),
        Client::Port(address, port) => (address, u32::from(port)),
    };
    server.with_raw(|a| address.with_raw(|b| f(a, b, port)))
}
