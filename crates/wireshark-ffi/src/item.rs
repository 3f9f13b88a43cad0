//! An item of the packet's tree.

use std::ffi::c_int;
use std::marker::PhantomData;
use std::ptr;

use crate::text::Text;
use crate::thrown::caught;
use crate::{ExpertId, Packet, SubtreeId, Thrown, Tree, sys};

/// An item of the packet's tree, or nothing when nobody looks: then everything here does nothing.
#[derive(Clone, Copy)]
pub struct Item<'a> {
    raw: *mut sys::proto_item,
    _packet: PhantomData<&'a sys::proto_item>,
}

impl<'a> Item<'a> {
    /// # Safety
    ///
    /// `raw` is null, or an item of a packet that is being dissected for at least `'a`.
    pub(crate) unsafe fn of(raw: *mut sys::proto_item) -> Self {
        Self {
            raw,
            _packet: PhantomData,
        }
    }

    /// Nothing.
    pub const fn none() -> Self {
        Self {
            raw: ptr::null_mut(),
            _packet: PhantomData,
        }
    }

    /// Whether it is nothing.
    pub fn is_null(self) -> bool {
        self.raw.is_null()
    }

    /// A tree below this item.
    pub fn subtree(self, kind: SubtreeId) -> Result<Tree<'a>, Thrown> {
        if self.is_null() {
            return Ok(Tree::none());
        }
        // SAFETY: an item of this packet, a registered kind.
        let raw = caught(|thrown| unsafe { sys::wsffi_item_subtree(thrown, self.raw, kind.raw()) })?;
        // SAFETY: it lives as long as the item.
        Ok(unsafe { Tree::of(raw) })
    }

    /// Appends to the item's text.
    pub fn append_text(self, text: &str) -> Result<(), Thrown> {
        if self.is_null() {
            return Ok(());
        }
        let text = Text::new(text);
        // SAFETY: an item of this packet; the pointer and the length are those of one string.
        caught(|thrown| unsafe { sys::wsffi_item_append_text(thrown, self.raw, text.ptr(), text.len()) })
    }

    /// Replaces the item's text.
    pub fn set_text(self, text: &str) -> Result<(), Thrown> {
        if self.is_null() {
            return Ok(());
        }
        let text = Text::new(text);
        // SAFETY: an item of this packet; the pointer and the length are those of one string.
        caught(|thrown| unsafe { sys::wsffi_item_set_text(thrown, self.raw, text.ptr(), text.len()) })
    }

    /// Marks it as concluded, not read: Wireshark puts brackets around it.
    pub fn set_generated(self) -> Self {
        // SAFETY: null or an item of this packet.
        unsafe { sys::wsffi_item_set_generated(self.raw) };
        self
    }

    /// Keeps it out of sight; filters find it all the same.
    pub fn set_hidden(self) -> Self {
        // SAFETY: null or an item of this packet.
        unsafe { sys::wsffi_item_set_hidden(self.raw) };
        self
    }

    /// Sets how many bytes it marks; clamped by Wireshark to what was captured when it is drawn.
    pub fn set_len(self, len: usize) -> Self {
        if !self.is_null() {
            // SAFETY: an item of this packet, a length that is not negative.
            unsafe { sys::proto_item_set_len(self.raw, c_int::try_from(len).unwrap_or(c_int::MAX)) };
        }
        self
    }

    /// Attaches an expert item, with its own summary. On a null item it still counts for the packet.
    pub fn expert(self, packet: &Packet<'a>, id: ExpertId) -> Result<(), Thrown> {
        // SAFETY: the packet is being dissected, the item is null or its own.
        caught(|thrown| unsafe {
            sys::wsffi_item_expert(thrown, packet.raw(), self.raw, id.raw(), ptr::null(), 0);
        })
    }

    /// Attaches an expert item with a text of its own. On a null item it still counts for the packet.
    pub fn expert_text(self, packet: &Packet<'a>, id: ExpertId, text: &str) -> Result<(), Thrown> {
        let text = Text::new(text);
        // SAFETY: the packet is being dissected, the item is null or its own; pointer and length are of one string.
        caught(|thrown| unsafe {
            sys::wsffi_item_expert(thrown, packet.raw(), self.raw, id.raw(), text.ptr(), text.len());
        })
    }
}
