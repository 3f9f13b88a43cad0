//! Makes a record of what a segment completed.

use super::header::Header;
use super::unit::UnitKind;
use crate::connection::View;
use crate::stream::{Item, Layer};
use crate::sts::{Content, UnitView};
use std::ops::Range;

/// What stands in place of a secret byte.
const MASK: u8 = b'*';

/// A record under construction.
#[derive(Debug)]
pub struct PduWriter {
    bytes: Vec<u8>,
    header_len: usize,
}

impl PduWriter {
    /// A record of this connection, without units.
    pub fn new(header: &Header<'_>) -> Self {
        let mut bytes = Vec::new();
        header.write(&mut bytes);
        Self {
            header_len: bytes.len(),
            bytes,
        }
    }

    /// The record; `None` when there is nothing in it.
    pub fn finish(self) -> Option<Vec<u8>> {
        (self.bytes.len() > self.header_len).then_some(self.bytes)
    }

    /// Adds a unit. More bytes than a length can say are no unit of any protocol here, and are left out.
    pub fn unit(&mut self, kind: UnitKind, bytes: &[u8]) {
        let Ok(len) = u32::try_from(bytes.len()) else {
            return;
        };
        let (code, detail) = kind.code();
        self.bytes.extend_from_slice(&[code, detail]);
        self.bytes.extend_from_slice(&len.to_le_bytes());
        self.bytes.extend_from_slice(bytes);
    }

    /// Adds a number of missing bytes.
    pub fn gap(&mut self, len: u64) {
        self.unit(UnitKind::Gap(len), &len.to_le_bytes());
    }

    /// Adds what a segment of login or game completed. `layer` is where its messages stand. Left out are blocks, of which
    /// the messages are all that counts, and what cannot be read for want of a key.
    pub fn view(&mut self, view: View<'_>, layer: Layer) {
        for item in view.items {
            self.item(item, view, layer);
        }
    }

    fn item(&mut self, item: &Item, view: View<'_>, layer: Layer) {
        let plain = |layer: Layer, start: u64, len: usize| {
            let range = start..start.saturating_add(len as u64);
            match layer {
                Layer::Decrypted => view.store.decrypted(range),
                Layer::Decompressed => view.store.decompressed(range),
            }
        };
        let len = |len: u32| usize::try_from(len).unwrap_or(usize::MAX);
        match *item {
            Item::Messages { start, len: of, .. } | Item::Failed { start, len: of, .. } => {
                self.unit(UnitKind::Messages, &plain(layer, start, len(of)));
            }
            Item::Undecoded {
                layer,
                start,
                len: of,
                why,
            } => self.unit(UnitKind::Undecoded(why), &plain(layer, start, len(of))),
            Item::BrokenBlock { start, header } => self.unit(
                UnitKind::BrokenBlock,
                &plain(Layer::Decrypted, start, header.block_len()),
            ),
            Item::Gap { len } => self.gap(len),
            Item::Resumed { after } => self.unit(UnitKind::Resumed(after), &after.to_le_bytes()),
            _ => {
                if let Some((kind, range)) = clear(item) {
                    self.unit(kind, view.clear.get(range).unwrap_or_default());
                }
            }
        }
    }

    /// Adds a unit of the portal. What is secret is written over unless `with_secrets` says otherwise; how long it was
    /// stays.
    pub fn portal(&mut self, unit: &UnitView<'_>, with_secrets: bool) {
        let mut bytes = unit.bytes().to_vec();
        let left_out = unit.is_left_out() || (unit.is_secret() && !with_secrets);
        let secret = match unit.content() {
            Content::Message(message) => message.body_range(),
            Content::Skipped(_) => 0..bytes.len(),
        };
        let left_out = left_out && !secret.is_empty();
        if left_out && let Some(secret) = bytes.get_mut(secret) {
            secret.fill(MASK);
        }
        let kind = match unit.content() {
            Content::Message(_) => UnitKind::Portal { left_out },
            Content::Skipped(skip) => UnitKind::Skipped {
                skip: *skip,
                left_out,
            },
        };
        self.unit(kind, &bytes);
    }
}

/// The kind of a handshake frame, and where it is in the clear bytes.
fn clear(item: &Item) -> Option<(UnitKind, Range<usize>)> {
    let kind = match item {
        Item::Version { .. } => UnitKind::Version,
        Item::ClientSeed { .. } => UnitKind::ClientSeed,
        Item::ServerSeed { .. } => UnitKind::ServerSeed,
        Item::ServerError { .. } => UnitKind::ServerError,
        Item::MalformedFrame { .. } => UnitKind::MalformedFrame,
        _ => return None,
    };
    Some((kind, item.clear_range()?))
}
