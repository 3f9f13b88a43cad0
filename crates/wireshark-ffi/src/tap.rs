//! Taps: what statistics, follow streams and exports listen to.
//!
//! Registering and feeding a tap of one's own is here; the taps that Wireshark's windows listen to (Follow, statistics
//! trees, response times, Export Objects, Export PDUs) are modules of their own. Their listeners are C functions that read plain
//! records from the packet's memory: no Rust runs in them.

use std::ffi::{CString, c_int};
use std::marker::PhantomData;

use crate::text::filter_name;
use crate::{Packet, RegisterError, Tvb, compat, routines, sys};

/// A tap whose records are values of type `T`.
pub struct Tap<T> {
    id: c_int,
    _record: PhantomData<fn(T)>,
}

impl<T> Clone for Tap<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Tap<T> {}

impl<T: Copy + 'static> Tap<T> {
    /// Registers a tap. Its name is what listeners ask for.
    pub fn register(name: &str) -> Result<Self, RegisterError> {
        const { assert!(align_of::<T>() <= 8, "the packet's memory is aligned to 8 bytes") };
        Ok(Self {
            id: register(name)?,
            _record: PhantomData,
        })
    }

    /// Whether anybody listens: if not, there is no need to make a record.
    pub fn has_listener(self) -> bool {
        has_listener(self.id)
    }

    /// Hands a record to the listeners, which are called when the packet is dissected.
    pub fn queue(self, packet: &Packet<'_>, record: T) {
        if !self.has_listener() {
            return;
        }
        // SAFETY: the packet is being dissected; the record is copied to memory that lives as long as the packet, which is
        // as long as listeners use it.
        unsafe {
            let copy = sys::wsffi_pool_copy(packet.raw(), (&raw const record).cast(), size_of::<T>() as _);
            sys::tap_queue_packet(self.id, packet.raw(), copy);
        }
    }
}

/// A tap whose records are bytes: what Wireshark's Follow Stream takes.
#[derive(Debug, Clone, Copy)]
pub struct TvbTap {
    id: c_int,
}

impl TvbTap {
    /// Registers a tap. Its name is what listeners ask for.
    pub fn register(name: &str) -> Result<Self, RegisterError> {
        Ok(Self { id: register(name)? })
    }

    /// Whether anybody listens.
    pub fn has_listener(self) -> bool {
        has_listener(self.id)
    }

    /// Hands bytes to the listeners.
    pub fn queue<'a>(self, packet: &Packet<'a>, tvb: Tvb<'a>) {
        // SAFETY: the packet is being dissected; its tvb lives as long as listeners use it.
        unsafe { sys::tap_queue_packet(self.id, packet.raw(), tvb.raw().cast()) }
    }
}

pub(crate) fn register(name: &str) -> Result<c_int, RegisterError> {
    routines::check_thread()?;
    // Wireshark's export taps have spaces in their names: only what C needs is checked.
    let c_name = match filter_name(name) {
        Ok(name) => name,
        Err(error) => CString::new(name)
            .ok()
            .filter(|_| !name.is_empty())
            .ok_or(error)?,
    };
    // Wireshark would give out the same tap again, and its listeners would read records of another kind.
    // SAFETY: a C string; Wireshark only looks.
    if unsafe { sys::find_tap_id(c_name.as_ptr()) } != 0 {
        return Err(RegisterError::Duplicate(name.to_owned()));
    }
    // SAFETY: a C string; Wireshark copies it.
    Ok(unsafe { sys::register_tap(c_name.as_ptr()) })
}

pub(crate) fn has_listener(id: c_int) -> bool {
    // SAFETY: a registered tap.
    compat::from_c(unsafe { sys::have_tap_listener(id) })
}
