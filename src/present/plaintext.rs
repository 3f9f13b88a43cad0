//! Plaintext as tabs of the byte pane, and where an item's bytes are in them.

use super::Show;
use gw2_protocol::stream::{Item, Layer, Store};
use std::ops::Range;
use wireshark_ffi::{Thrown, Tvb};

/// The plaintext that one frame's items speak of.
pub struct Plaintext<'a> {
    decrypted: Option<Source<'a>>,
    decompressed: Option<Source<'a>>,
}

/// A stretch of plaintext, as a tab.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The bytes.
    pub tvb: Tvb<'a>,
    /// The position of the first of them in the store.
    start: u64,
}

impl Source<'_> {
    /// Where `len` bytes at a position of the store are in the tab.
    pub fn range(&self, start: u64, len: usize) -> Range<usize> {
        let from = usize::try_from(start.saturating_sub(self.start)).unwrap_or(usize::MAX);
        from..from.saturating_add(len)
    }
}

impl<'a> Plaintext<'a> {
    /// Makes the tabs. `message_layer` is where messages stand.
    pub fn new(
        show: &Show<'_, 'a>,
        items: &[Item],
        store: &Store,
        message_layer: Layer,
    ) -> Result<Self, Thrown> {
        let mut extents = Extents::default();
        // Whole messages and blocks are looked at for fields and columns only; what is wrong always is.
        let nothing_wanted = show.wanted().nothing();
        for item in items {
            if !(nothing_wanted && matches!(item, Item::Messages { .. } | Item::Block(_))) {
                extents.add(item, store, message_layer);
            }
        }
        let decrypted = match extents.decrypted.clone() {
            Some(range) => Some(source(
                show,
                store.decrypted(range.clone()),
                range.start,
                "Decrypted",
            )?),
            None => None,
        };
        let decompressed = match extents.decompressed.clone() {
            Some(range) => Some(source(
                show,
                store.decompressed(range.clone()),
                range.start,
                "Decompressed",
            )?),
            None => None,
        };
        Ok(Self {
            decrypted,
            decompressed,
        })
    }

    /// Of an exported record, which is plaintext itself: no tab of its own.
    pub fn of_packet(show: &Show<'_, 'a>) -> Self {
        Self {
            decrypted: Some(Source {
                tvb: show.tvb,
                start: 0,
            }),
            decompressed: None,
        }
    }

    /// The tab of a layer.
    pub fn source(&self, layer: Layer) -> Option<Source<'a>> {
        match layer {
            Layer::Decrypted => self.decrypted,
            Layer::Decompressed => self.decompressed,
        }
    }
}

fn source<'a>(show: &Show<'_, 'a>, bytes: Vec<u8>, start: u64, name: &str) -> Result<Source<'a>, Thrown> {
    let tvb = Tvb::new_real_data(show.packet, show.tvb, &bytes)?;
    tvb.add_data_source(show.packet, name)?;
    Ok(Source { tvb, start })
}

/// From the first to the last byte that the items speak of, in each layer.
#[derive(Default)]
struct Extents {
    decrypted: Option<Range<u64>>,
    decompressed: Option<Range<u64>>,
}

impl Extents {
    fn add(&mut self, item: &Item, store: &Store, message_layer: Layer) {
        match *item {
            Item::Messages { start, len, .. } | Item::Failed { start, len, .. } => {
                self.extend(message_layer, start, u64::from(len));
            }
            Item::Undecoded {
                layer, start, len, ..
            } => self.extend(layer, start, u64::from(len)),
            Item::BrokenBlock { start, header } => {
                self.extend(Layer::Decrypted, start, header.block_len() as u64);
            }
            Item::Block(number) => {
                if let Some(block) = store.block(number) {
                    self.extend(Layer::Decrypted, block.wire, block.header.block_len() as u64);
                    self.extend(Layer::Decompressed, block.plain, u64::from(block.header.decoded));
                }
            }
            _ => {}
        }
    }

    fn extend(&mut self, layer: Layer, start: u64, len: u64) {
        let extent = match layer {
            Layer::Decrypted => &mut self.decrypted,
            Layer::Decompressed => &mut self.decompressed,
        };
        let end = start.saturating_add(len);
        *extent = Some(match extent.take() {
            Some(range) => range.start.min(start)..range.end.max(end),
            None => start..end,
        });
    }
}
