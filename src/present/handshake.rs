//! Handshake frames in clear.

use super::Show;
use super::info::Info;
use crate::connection::BinaryState;
use gw2_protocol::Server;
use gw2_protocol::handshake::{offsets, read_version};
use gw2_protocol::stream::Item;
use std::ops::Range;
use wireshark_ffi::{Thrown, Tree, Tvb};

/// The clear bytes of a direction as far as one frame's items need them.
pub struct ClearBytes<'a> {
    tvb: Tvb<'a>,
    start: usize,
}

impl<'a> ClearBytes<'a> {
    /// Where handshake frames of this segment are shown: in the segment itself where it holds all
    /// of them, else in a tab of their own. `None` when there are none.
    pub fn new(
        show: &Show<'_, 'a>,
        items: &[Item],
        clear: &[u8],
        low_offset: Option<u32>,
    ) -> Result<Option<Self>, Thrown> {
        let mut extent: Option<Range<usize>> = None;
        for range in items.iter().filter_map(Item::clear_range) {
            extent = Some(match extent {
                Some(known) => known.start.min(range.start)..known.end.max(range.end),
                None => range,
            });
        }
        let Some(extent) = extent else { return Ok(None) };
        let bytes = clear.get(extent.clone()).unwrap_or_default();
        // The clear bytes begin with the stream, so that offsets in both are the same.
        let segment_start = low_offset.and_then(|low| usize::try_from(low).ok());
        if let Some(segment_start) = segment_start
            && let Some(inside) = extent.start.checked_sub(segment_start)
            && show
                .tvb
                .captured_bytes()
                .get(inside..)
                .is_some_and(|rest| rest.starts_with(bytes))
        {
            return Ok(Some(Self {
                tvb: show.tvb,
                start: segment_start,
            }));
        }
        let tvb = Tvb::new_real_data(show.packet, show.tvb, bytes)?;
        tvb.add_data_source(show.packet, "Handshake")?;
        Ok(Some(Self {
            tvb,
            start: extent.start,
        }))
    }

    fn range(&self, clear: &Range<usize>) -> Range<usize> {
        clear.start.saturating_sub(self.start)..clear.end.saturating_sub(self.start)
    }
}

/// Shows one handshake frame.
pub fn frame<'a>(
    show: &Show<'_, 'a>,
    tree: Tree<'a>,
    clear: &ClearBytes<'a>,
    item: &Item,
    state: &BinaryState,
    info: &mut Info,
) -> Result<(), Thrown> {
    let Some(range) = item.clear_range() else {
        return Ok(());
    };
    let range = clear.range(&range);
    let len = range.len();
    let bytes = clear.tvb.captured_bytes().get(range.clone()).unwrap_or_default();
    let ids = &show.plugin.fields.common;
    let kind = match item {
        Item::Version { .. } => match read_version(bytes).server {
            Server::Login => "login version",
            Server::Game => "game version",
        },
        Item::ClientSeed { .. } => "client seed",
        Item::ServerSeed { .. } => "server seed",
        Item::ServerError { .. } => "server error",
        _ => "malformed",
    };
    let title = capitalised(kind);
    let title_of_frame = format!("{title} frame");
    let tree = tree
        .add_none_text(ids.handshake_frame, clear.tvb, range.clone(), &title_of_frame)?
        .subtree(show.plugin.subtrees.handshake)?;
    if kind != "malformed" {
        tree.add_str(ids.handshake_type, clear.tvb, range.clone(), kind)?;
    }
    let at =
        |part: Range<usize>| range.start.saturating_add(part.start)..range.start.saturating_add(part.end);
    match item {
        Item::Version { .. } => {
            version(show, tree, clear.tvb, bytes, &at, state)?;
            match read_version(bytes).build {
                Some(build) => info.note(&format!("{title}, build {build}")),
                None => info.note(&title),
            }
        }
        Item::ClientSeed { .. } => {
            tree.add_bytes(
                ids.client_seed,
                clear.tvb,
                at(2..len),
                bytes.get(2..).unwrap_or_default(),
            )?;
            info.note(&title);
        }
        Item::ServerSeed { .. } => {
            tree.add_bytes(
                ids.server_seed,
                clear.tvb,
                at(2..len),
                bytes.get(2..).unwrap_or_default(),
            )?;
            info.note(&title);
        }
        Item::ServerError { .. } => {
            tree.add_bytes(
                ids.undecoded,
                clear.tvb,
                at(2..len),
                bytes.get(2..).unwrap_or_default(),
            )?;
            info.note(&title);
        }
        _ => {
            let text =
                "Malformed handshake frame: its type is over 2, its length under 2, or no server sends it";
            tree.add_expert(
                show.packet,
                show.plugin.experts.malformed,
                clear.tvb,
                range.clone(),
                Some(text),
            )?;
            info.note("[malformed handshake frame]");
        }
    }
    Ok(())
}

fn version<'a>(
    show: &Show<'_, 'a>,
    tree: Tree<'a>,
    tvb: Tvb<'a>,
    bytes: &[u8],
    at: &dyn Fn(Range<usize>) -> Range<usize>,
    state: &BinaryState,
) -> Result<(), Thrown> {
    let ids = &show.plugin.fields.common;
    let version = read_version(bytes);
    if let Some(build) = version.build {
        let item = tree.add_u32(ids.build, tvb, at(offsets::BUILD), build)?;
        let catalog = &state.schemas.catalog;
        if let Some(selected) = state
            .connection
            .select(catalog)
            .filter(|selected| !selected.exact)
        {
            let text = format!(
                "There is no schema set for build {build}; messages are decoded with the set {}",
                catalog.set_name(selected.set)
            );
            item.expert_text(show.packet, show.plugin.experts.schema, &text)?;
        }
    }
    if let Some(character) = version.character {
        tree.add_u32(ids.world, tvb, at(offsets::WORLD), character.world)?;
        tree.add_u32(ids.map, tvb, at(offsets::MAP), character.map)?;
        tree.add_u32(ids.player, tvb, at(offsets::PLAYER), character.player)?;
        tree.add_guid(ids.account, tvb, at(offsets::ACCOUNT), character.account)?;
        tree.add_guid(ids.character, tvb, at(offsets::CHARACTER), character.character)?;
    }
    Ok(())
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}
