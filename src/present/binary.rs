//! A segment of a login or game connection.

use super::Show;
use super::blocks;
use super::handshake::{self, ClearBytes};
use super::info::Info;
use super::messages::{self, Messages};
use super::plaintext::Plaintext;
use super::portal::{self, PortalCall};
use crate::connection::{BinaryState, Place};
use crate::taps;
use gw2_protocol::Server;
use gw2_protocol::connection::View;
use gw2_protocol::pdu::Cover;
use gw2_protocol::stream::{Item, Layer, Notice, Why};
use gw2_protocol::sts::UnitView;
use wireshark_ffi::{Thrown, Tree};

/// Shows what a segment completed.
pub fn binary(show: &Show<'_, '_>, state: &BinaryState, place: Place) -> Result<(), Thrown> {
    let connection = &state.connection;
    let number = show.packet.number();
    let view = connection.view(place.direction, number, place.low_offset);
    if let Some(portal) = connection.portal()
        && view.is_some_and(|view| view.items.contains(&Item::Text))
    {
        let ours = |unit: &UnitView<'_>| unit.direction() == place.direction;
        let units = portal.units_in(number).filter(ours).map(|unit| unit.id());
        let call = PortalCall {
            offset: None,
            cover: Cover::Rc4,
            missing: missing_bytes(view.map(|view| view.items).unwrap_or_default()),
            units,
        };
        return portal::portal(show, portal, place.direction, 0, Some(call));
    }
    self::view(show, state, place, view)
}

/// Shows the items of a segment, or of a record that was exported.
pub fn view(
    show: &Show<'_, '_>,
    state: &BinaryState,
    place: Place,
    view: Option<View<'_>>,
) -> Result<(), Thrown> {
    let connection = &state.connection;
    let number = show.packet.number();
    let (protocol, short) = match connection.server() {
        Server::Login => (show.plugin.protocols.login, "GW2-Login"),
        Server::Game => (show.plugin.protocols.game, "GW2-Game"),
    };
    let columns = show.packet.columns();
    columns.set_protocol(short);
    columns.clear_info();
    let mut info = Info::new(place.direction);
    let tree = show.protocol_tree(protocol)?;
    let all = 0..show.tvb.captured_len();
    let ids = &show.plugin.fields.common;
    show.add_connection(tree, place.direction)?;
    if let Some(membership) = state
        .membership
        .filter(|membership| membership.first_frame == number)
        && let Some(handoff) = membership.joined.why.handoff_frame()
    {
        tree.add_framenum(show.plugin.fields.game.handoff_frame, show.tvb, 0..0, handoff)?
            .set_generated();
    }
    if let Some(view) = view {
        taps::binary(show, state, place.direction, view)?;
        if let Some(source) = connection
            .key_source()
            .filter(|_| view.items.iter().any(is_decrypted))
        {
            tree.add_str(ids.key_source, show.tvb, 0..0, &source.to_string())?
                .set_generated();
        }
        items(show, tree, state, place, view, &mut info)?;
        let messages: u32 = view.items.iter().map(message_count).sum();
        if messages > 0 && show.wanted().text {
            let plural = if messages == 1 { "" } else { "s" };
            tree.item()
                .append_text(&format!(", {messages} message{plural}"))?;
        }
    }
    if info.is_empty() {
        info.note(&format!("[to be continued, {} bytes]", all.end));
    }
    columns.set_info(&info.finish());
    Ok(())
}

/// How many bytes are missing before what a segment holds.
fn missing_bytes(items: &[Item]) -> u64 {
    let gaps = items.iter().map(|item| match item {
        Item::Gap { len } => *len,
        _ => 0,
    });
    gaps.sum()
}

fn message_count(item: &Item) -> u32 {
    match item {
        Item::Messages { count, .. } => *count,
        Item::Failed { .. } => 1,
        _ => 0,
    }
}

fn is_decrypted(item: &Item) -> bool {
    matches!(
        item,
        Item::Messages { .. }
            | Item::Block(_)
            | Item::Failed { .. }
            | Item::Undecoded { .. }
            | Item::BrokenBlock { .. }
    )
}

fn items<'a>(
    show: &Show<'_, 'a>,
    tree: Tree<'a>,
    state: &BinaryState,
    place: Place,
    view: View<'_>,
    info: &mut Info,
) -> Result<(), Thrown> {
    let layer = state.connection.message_layer(place.direction);
    let plaintext = if state.connection.is_exported() {
        Plaintext::of_packet(show)
    } else {
        Plaintext::new(show, view.items, view.store, layer)?
    };
    let clear = ClearBytes::new(show, view.items, view.clear, place.low_offset)?;
    let mut messages = Messages::new(show, state, place.direction, plaintext.source(layer));
    let mut encrypted = false;
    for item in view.items {
        match *item {
            Item::Version { .. }
            | Item::ClientSeed { .. }
            | Item::ServerSeed { .. }
            | Item::ServerError { .. }
            | Item::MalformedFrame { .. } => {
                if let Some(clear) = &clear {
                    handshake::frame(show, tree, clear, item, state, info)?;
                }
            }
            Item::Encrypted { notice } => {
                encrypted_bytes(
                    show,
                    tree,
                    state,
                    notice,
                    std::mem::replace(&mut encrypted, true),
                    info,
                )?;
            }
            Item::Repeated => info.note(&format!("[sent again, {} bytes]", show.tvb.captured_len())),
            Item::Block(number) => blocks::block(show, tree, &plaintext, view.store, number)?,
            Item::BrokenBlock { start, header } => {
                blocks::broken(show, tree, &plaintext, start, header)?;
                info.note("[broken block]");
            }
            Item::Messages { start, len, count } => messages.run(tree, start, len, count, info)?,
            Item::Failed { start, len, failure } => messages.failed(tree, start, len, failure, info)?,
            Item::Undecoded {
                layer,
                start,
                len,
                why,
            } => {
                undecoded(show, tree, &plaintext, layer, start, len, why)?;
                info.note(&format!("[undecoded, {len} bytes]"));
            }
            // Shown by its own protocol, above.
            Item::Text => {}
            Item::Gap { len } => {
                gap(show, tree, len)?;
                info.note(&format!("[{len} bytes missing]"));
            }
            Item::Resumed { after } => {
                let text = (after > 0)
                    .then(|| format!("Decoding resumes here, after {after} bytes that could not be decoded"));
                tree.add_expert(
                    show.packet,
                    show.plugin.experts.resumed,
                    show.tvb,
                    0..0,
                    text.as_deref(),
                )?;
            }
        }
    }
    Ok(())
}

fn encrypted_bytes<'a>(
    show: &Show<'_, 'a>,
    tree: Tree<'a>,
    state: &BinaryState,
    notice: Option<Notice>,
    shown: bool,
    info: &mut Info,
) -> Result<(), Thrown> {
    let bytes = show.tvb.captured_bytes();
    let all = 0..bytes.len();
    if !shown {
        tree.add_bytes(show.plugin.fields.common.encrypted, show.tvb, all.clone(), bytes)?;
        info.note(&format!("Encrypted, {} bytes", bytes.len()));
    }
    let experts = &show.plugin.experts;
    let handshake = state.connection.handshake();
    let (expert, text) = match notice {
        None => return Ok(()),
        Some(Notice::NoKey) => (experts.no_key, no_key_text(handshake)),
        Some(Notice::NoStart) => (
            experts.no_key,
            "The start of this connection is not in the capture: without it no key can decrypt the rest"
                .to_owned(),
        ),
        Some(Notice::BadKey) => (
            experts.bad_key,
            "There are keys for this connection, and none decrypts it; they may be another connection's, or \
             the schema set may not know its first message"
                .to_owned(),
        ),
    };
    tree.add_expert(show.packet, expert, show.tvb, all, Some(&text))
}

/// Names the ids that a key log line could use. Wireshark cuts such texts at 240 bytes, and the ids alone have 168.
fn no_key_text(handshake: &gw2_protocol::connection::Handshake) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let seed = handshake.server_seed.as_ref().map(|seed| hex(seed));
    let public = handshake.client_public.as_ref().map(|value| hex(value));
    let ids: Vec<String> = [seed, public, Some("*".to_owned())]
        .into_iter()
        .flatten()
        .collect();
    format!("No key. The key log can name it by {}", ids.join(", "))
}

pub(super) fn gap<'a>(show: &Show<'_, 'a>, tree: Tree<'a>, len: u64) -> Result<(), Thrown> {
    let text = format!(
        "{len} bytes are missing before this segment: not captured, or captured late and not handed over by TCP. \
         In the second case the preference \"Reassemble out-of-order segments\" of TCP \
         (tcp.reassemble_out_of_order:TRUE) brings them back"
    );
    tree.add_expert(show.packet, show.plugin.experts.gap, show.tvb, 0..0, Some(&text))
}

fn undecoded<'a>(
    show: &Show<'_, 'a>,
    tree: Tree<'a>,
    plaintext: &Plaintext<'a>,
    layer: Layer,
    start: u64,
    len: u32,
    why: Why,
) -> Result<(), Thrown> {
    let Some(source) = plaintext.source(layer) else {
        return Ok(());
    };
    let range = source.range(start, usize::try_from(len).unwrap_or(usize::MAX));
    messages::add_undecoded(show, tree, source, range, reason(why))
}

fn reason(why: Why) -> &'static str {
    match why {
        Why::CutByGap => "cut off by missing bytes",
        Why::CutByBrokenBlock => "cut off by a broken block",
        Why::NoBoundary => "no message boundary found yet",
        Why::NoBlockHeader => "no block header found",
        Why::FastPath => "rest of a fast-path message whose layout is unknown",
        Why::CutByExport => "the exported record ends within this message",
    }
}
