//! Analyze → Follow: both sides of a connection as they would read without encryption.

use crate::connection::BinaryState;
use crate::plugin::Protocols;
use crate::present::Show;
use crate::taps::awaits_more;
use gw2_protocol::connection::View;
use gw2_protocol::stream::{Item, Layer, Store};
use gw2_protocol::sts::UnitView;
use gw2_protocol::{Direction, Server};
use std::borrow::Cow;
use std::ops::Range;
use wireshark_ffi::{FollowTap, RegisterError, Thrown};

/// The three protocols' taps.
pub struct Follow {
    login: FollowTap,
    portal: FollowTap,
    game: FollowTap,
}

impl Follow {
    /// Registers them.
    pub fn register(protocols: &Protocols) -> Result<Self, RegisterError> {
        Ok(Self {
            login: FollowTap::register(protocols.login, "gw2.login_follow")?,
            portal: FollowTap::register(protocols.portal, "gw2.portal_follow")?,
            game: FollowTap::register(protocols.game, "gw2.game_follow")?,
        })
    }

    /// A portal unit.
    pub fn portal(&self, show: &Show<'_, '_>, unit: &UnitView<'_>) -> Result<(), Thrown> {
        if !self.portal.has_listener() {
            return Ok(());
        }
        let from_server = unit.direction() == Direction::ServerToClient;
        match text(unit) {
            Some(text) => self.portal.queue(show.packet, show.tvb, &text, from_server),
            None => Ok(()),
        }
    }

    /// What a segment of login or game completed. The clear handshake is left out.
    pub fn binary(
        &self,
        show: &Show<'_, '_>,
        state: &BinaryState,
        direction: Direction,
        view: View<'_>,
    ) -> Result<(), Thrown> {
        let tap = match state.connection.server() {
            Server::Login => self.login,
            Server::Game => self.game,
        };
        if !tap.has_listener() {
            return Ok(());
        }
        let layer = state.connection.message_layer(direction);
        let bytes = plaintext(view.items, view.store, layer);
        if bytes.is_empty() {
            return Ok(());
        }
        let from_server = direction == Direction::ServerToClient;
        tap.queue(show.packet, show.tvb, &bytes, from_server)
    }
}

/// A unit as a reader wants it: contents in one piece and without their encoding. `None` for a piece of a content that a
/// later message completes.
fn text<'u>(unit: &UnitView<'u>) -> Option<Cow<'u, [u8]>> {
    let as_sent = Some(Cow::Borrowed(unit.bytes()));
    let Some(message) = unit.message() else {
        return as_sent;
    };
    if awaits_more(unit, message) {
        return None;
    }
    let Some(document) = unit.document() else {
        return as_sent;
    };
    let content = document.decode().unwrap_or(Cow::Borrowed(&document.raw));
    if content.as_ref() == message.body() {
        return as_sent;
    }
    let head = unit.bytes().get(..message.body_range().start).unwrap_or_default();
    Some(Cow::Owned([head, &content].concat()))
}

/// The plaintext that a segment completed, in order.
fn plaintext(items: &[Item], store: &Store, layer: Layer) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut run: Option<Range<u64>> = None;
    for range in items.iter().filter_map(|item| range(item, layer)) {
        run = match run.take() {
            Some(run) if run.end == range.start => Some(run.start..range.end),
            Some(run) => {
                bytes.append(&mut layer_bytes(store, layer, run));
                Some(range)
            }
            None => Some(range),
        };
    }
    if let Some(run) = run {
        bytes.append(&mut layer_bytes(store, layer, run));
    }
    bytes
}

/// Where an item's plaintext is, when it has some in this layer.
fn range(item: &Item, layer: Layer) -> Option<Range<u64>> {
    let (start, len) = match *item {
        Item::Messages { start, len, .. } | Item::Failed { start, len, .. } => (start, len),
        Item::Undecoded {
            layer: of,
            start,
            len,
            ..
        } if of == layer => (start, len),
        _ => return None,
    };
    Some(start..start.saturating_add(u64::from(len)))
}

/// Plaintext of a layer.
pub fn layer_bytes(store: &Store, layer: Layer, range: Range<u64>) -> Vec<u8> {
    match layer {
        Layer::Decrypted => store.decrypted(range),
        Layer::Decompressed => store.decompressed(range),
    }
}
