//! File → Export Objects, and `--export-objects NAME,FOLDER`.

use std::ffi::c_int;

use crate::{Packet, Protocol, RegisterError, pool, routines, sys, tap};

/// The list of files that a protocol carried.
#[derive(Debug, Clone, Copy)]
pub struct ExportObjectTap {
    id: c_int,
}

/// A file.
#[derive(Debug, Clone, Copy)]
pub struct ExportObject<'o> {
    /// Who sent it.
    pub hostname: &'o str,
    /// Its media type.
    pub content_type: &'o str,
    /// The name it is saved by. Wireshark replaces what a file name cannot have, and numbers those that occur twice.
    pub filename: &'o str,
    /// What it holds.
    pub bytes: &'o [u8],
}

impl ExportObjectTap {
    /// Offers Export Objects for a protocol: in the menu by its short name, in tshark by its filter name.
    pub fn register(protocol: Protocol) -> Result<Self, RegisterError> {
        routines::check_thread()?;
        // SAFETY: a protocol of ours.
        let id = unsafe { sys::wsffi_register_export_object(protocol.raw()) };
        Ok(Self { id })
    }

    /// Whether anybody exports: if not, there is no need to make the file.
    pub fn has_listener(self) -> bool {
        tap::has_listener(self.id)
    }

    /// Adds a file that this packet completed.
    pub fn queue(self, packet: &Packet<'_>, object: &ExportObject<'_>) {
        if !self.has_listener() {
            return;
        }
        let record = sys::wsffi_object {
            hostname: pool::string(packet, object.hostname),
            content_type: pool::string(packet, object.content_type),
            filename: pool::string(packet, object.filename),
            bytes: pool::copy(packet, object.bytes),
            len: object.bytes.len() as _,
        };
        // SAFETY: this tap's listeners read such records; strings and bytes are in the packet's memory.
        unsafe { pool::queue(self.id, packet, record) };
    }
}
