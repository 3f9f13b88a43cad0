//! The server's blocks.

use super::Show;
use super::plaintext::{Plaintext, Source};
use gw2_protocol::block::{BlockHeader, HEADER};
use gw2_protocol::stream::{Layer, Store};
use std::ops::Range;
use wireshark_ffi::{Thrown, Tree};

/// A block that decoded.
pub fn block<'a>(
    show: &Show<'_, 'a>,
    tree: Tree<'a>,
    plaintext: &Plaintext<'a>,
    store: &Store,
    number: u32,
) -> Result<(), Thrown> {
    let Some(block) = store.block(number) else {
        return Ok(());
    };
    // What stands in the store a second time is no block of the wire.
    let Some(codec) = block.codec else { return Ok(()) };
    let Some(source) = plaintext.source(Layer::Decrypted) else {
        return Ok(());
    };
    let range = source.range(block.wire, block.header.block_len());
    let text = match show.wanted().text {
        true => format!(
            "Block, {codec}, {} bytes from {}",
            block.header.decoded,
            block.header.payload_len()
        ),
        false => String::new(),
    };
    let tree = sizes(show, tree, source, range.clone(), block.header, &text)?;
    let ids = &show.plugin.fields.common;
    tree.add_str(ids.codec, source.tvb, range, codec.name())?
        .set_generated();
    Ok(())
}

/// A block that does not decode.
pub fn broken<'a>(
    show: &Show<'_, 'a>,
    tree: Tree<'a>,
    plaintext: &Plaintext<'a>,
    start: u64,
    header: BlockHeader,
) -> Result<(), Thrown> {
    let Some(source) = plaintext.source(Layer::Decrypted) else {
        return Ok(());
    };
    let range = source.range(start, header.block_len());
    let tree = sizes(
        show,
        tree,
        source,
        range.clone(),
        header,
        "Block that does not decompress",
    )?;
    let payload = range.start.saturating_add(HEADER)..range.end;
    let bytes = source
        .tvb
        .captured_bytes()
        .get(payload.clone())
        .unwrap_or_default();
    let ids = &show.plugin.fields.common;
    tree.add_bytes(ids.undecoded, source.tvb, payload, bytes)?;
    let text = format!(
        "The payload of {} bytes does not decompress to exactly {} bytes by any codec that the preference \
         gw2.compression allows",
        header.payload_len(),
        header.decoded
    );
    tree.add_expert(
        show.packet,
        show.plugin.experts.block,
        source.tvb,
        range,
        Some(&text),
    )
}

fn sizes<'a>(
    show: &Show<'_, 'a>,
    tree: Tree<'a>,
    source: Source<'a>,
    range: Range<usize>,
    header: BlockHeader,
    text: &str,
) -> Result<Tree<'a>, Thrown> {
    let ids = &show.plugin.fields.common;
    let item = tree.add_none_text(ids.block, source.tvb, range.clone(), text)?;
    let tree = item.subtree(show.plugin.subtrees.block)?;
    let at = |from: usize, to: usize| range.start.saturating_add(from)..range.start.saturating_add(to);
    tree.add_u32(
        ids.compressed_size,
        source.tvb,
        at(0, 2),
        u32::from(header.compressed),
    )?;
    tree.add_u32(
        ids.uncompressed_size,
        source.tvb,
        at(2, 4),
        u32::from(header.decoded),
    )?;
    Ok(tree)
}
