//! The packet's tree. Adding values to it is in `values.rs`.
//!
//! Every `add_*` takes the bytes that the item marks, as a range of `tvb` which is clamped to what was captured. On a null
//! tree it does nothing and returns a null item. A field of another kind than the function's is a dissector bug, in
//! Wireshark's own words, and comes back as [`Thrown`].

use std::marker::PhantomData;
use std::ops::Range;
use std::ptr;

use crate::text::Text;
use crate::thrown::caught;
use crate::{ExpertId, FieldId, Item, Packet, Protocol, SubtreeId, Thrown, Tvb, sys};

/// A tree that items are added to, or nothing when nobody looks.
#[derive(Clone, Copy)]
pub struct Tree<'a> {
    raw: *mut sys::proto_tree,
    _packet: PhantomData<&'a sys::proto_tree>,
}

impl<'a> Tree<'a> {
    /// # Safety
    ///
    /// `raw` is null, or a tree of a packet that is being dissected for at least `'a`.
    pub(crate) unsafe fn of(raw: *mut sys::proto_tree) -> Self {
        Self {
            raw,
            _packet: PhantomData,
        }
    }

    pub(crate) fn raw(self) -> *mut sys::proto_tree {
        self.raw
    }

    /// The item that this is the tree below of: in Wireshark the two are one node.
    pub fn item(self) -> Item<'a> {
        // SAFETY: proto_tree and proto_item are the same type.
        unsafe { Item::of(self.raw) }
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

    /// Whether somebody will see the tree. Not the whole question: filters and columns want fields from a tree that nobody
    /// sees, see [`Tree::field_referenced`].
    pub fn visible(self) -> bool {
        // SAFETY: null or a tree of this packet.
        unsafe { sys::wsffi_tree_visible(self.raw) != 0 }
    }

    /// Whether a filter, a column or a tap wants this field, or somebody sees the tree.
    pub fn field_referenced(self, field: FieldId) -> bool {
        // SAFETY: null or a tree of this packet; the field's number is one.
        unsafe { sys::wsffi_field_referenced(self.raw, field.raw()) != 0 }
    }

    /// The same for any field of a protocol.
    pub fn protocol_referenced(self, protocol: Protocol) -> bool {
        // SAFETY: null or a tree of this packet; the protocol's number is one.
        unsafe { sys::wsffi_field_referenced(self.raw, protocol.raw()) != 0 }
    }

    #[inline]
    pub(crate) fn at(
        self,
        tvb: Tvb<'a>,
        range: Range<usize>,
        add: impl FnOnce(*mut sys::wsffi_thrown, *const sys::wsffi_place) -> *mut sys::proto_item,
    ) -> Result<Item<'a>, Thrown> {
        if self.is_null() {
            return Ok(Item::none());
        }
        let place = self.place(tvb, range);
        let raw = caught(|thrown| add(thrown, &raw const place))?;
        // SAFETY: the shim returns null or an item of this tree.
        Ok(unsafe { Item::of(raw) })
    }

    fn place(self, tvb: Tvb<'a>, range: Range<usize>) -> sys::wsffi_place {
        let (start, length) = tvb.clamp(range);
        sys::wsffi_place {
            tree: self.raw,
            tvb: tvb.raw(),
            start,
            length,
        }
    }

    /// Adds a field without a value.
    pub fn add_none(self, field: FieldId, tvb: Tvb<'a>, range: Range<usize>) -> Result<Item<'a>, Thrown> {
        // SAFETY: the place is of this packet.
        self.at(tvb, range, |thrown, at| unsafe {
            sys::wsffi_add_none(thrown, at, field.raw())
        })
    }

    /// Adds a field without a value, with `text` as its whole line.
    pub fn add_none_text(
        self,
        field: FieldId,
        tvb: Tvb<'a>,
        range: Range<usize>,
        text: &str,
    ) -> Result<Item<'a>, Thrown> {
        let text = Text::new(text);
        // SAFETY: the place is of this packet; pointer and length are of one string.
        self.at(tvb, range, |thrown, at| unsafe {
            sys::wsffi_add_none_text(thrown, at, field.raw(), text.ptr(), text.len())
        })
    }

    /// Adds the line of a protocol: what its filter name alone matches.
    pub fn add_protocol(
        self,
        protocol: Protocol,
        tvb: Tvb<'a>,
        range: Range<usize>,
    ) -> Result<Item<'a>, Thrown> {
        // SAFETY: the place is of this packet; a protocol is a field too.
        self.at(tvb, range, |thrown, at| unsafe {
            sys::wsffi_add_none(thrown, at, protocol.raw())
        })
    }

    /// Adds the line of a protocol, with `text` as its whole line.
    pub fn add_protocol_text(
        self,
        protocol: Protocol,
        tvb: Tvb<'a>,
        range: Range<usize>,
        text: &str,
    ) -> Result<Item<'a>, Thrown> {
        let text = Text::new(text);
        // SAFETY: the place is of this packet; pointer and length are of one string.
        self.at(tvb, range, |thrown, at| unsafe {
            sys::wsffi_add_protocol_text(thrown, at, protocol.raw(), text.ptr(), text.len())
        })
    }

    /// Adds a line of text with a tree below it: no field, so filters do not find it.
    pub fn add_subtree(
        self,
        tvb: Tvb<'a>,
        range: Range<usize>,
        kind: SubtreeId,
        text: &str,
    ) -> Result<Tree<'a>, Thrown> {
        if self.is_null() {
            return Ok(Tree::none());
        }
        let text = Text::new(text);
        let place = self.place(tvb, range);
        // SAFETY: the place is of this packet; pointer and length are of one string.
        let raw = caught(|thrown| unsafe {
            sys::wsffi_add_subtree(thrown, &raw const place, kind.raw(), text.ptr(), text.len())
        })?;
        // SAFETY: the shim returns null or a tree below this one.
        Ok(unsafe { Tree::of(raw) })
    }

    /// Adds an expert item over a range, with its own summary or `text`. On a null tree it still counts for the packet.
    pub fn add_expert(
        self,
        packet: &Packet<'a>,
        id: ExpertId,
        tvb: Tvb<'a>,
        range: Range<usize>,
        text: Option<&str>,
    ) -> Result<(), Thrown> {
        let text = text.map(Text::new);
        let (pointer, len) = text
            .as_ref()
            .map_or((ptr::null(), 0), |text| (text.ptr(), text.len()));
        let place = self.place(tvb, range);
        // SAFETY: the packet is being dissected, the place is its own; pointer and length are of one string, or null.
        caught(|thrown| unsafe {
            sys::wsffi_tree_expert(thrown, packet.raw(), &raw const place, id.raw(), pointer, len);
        })
    }
}
