//! Keys inside a capture file, in a pcapng Decryption Secrets Block.
//!
//! [`blocks`] walks a pcapng file block by block, so that whatever a file holds besides keys stays as it is; [`pcap`] makes
//! a pcapng file of a classic one; [`secrets`] is what a Decryption Secrets Block says; [`lines`] tells which lines of a
//! key log belong into which.

mod blocks;
mod lines;
mod pcap;
mod secrets;
#[cfg(test)]
mod tests;

use anyhow::{Result, bail};

use blocks::{Blocks, NAME_RESOLUTION, is_packet};
use lines::Lines;
use secrets::{Secrets, SecretsKind};

/// What was done to a capture.
#[derive(Debug, PartialEq, Eq)]
pub struct Changed {
    /// The file.
    pub capture: Vec<u8>,
    /// How many key log lines it carries that it did not before, or no longer.
    pub lines: usize,
    /// It was a classic pcap file.
    pub converted: bool,
}

/// Puts the lines of the key log `name` into a capture, before its first packet. Lines that it carries already are not repeated: a
/// second time changes nothing.
pub fn inject(capture: &[u8], name: &str, key_log: &[u8]) -> Result<Changed> {
    let (capture, converted) = pcap::as_pcapng(capture)?;
    let carried = carried(&capture)?;
    let mut all = carried.clone();
    all.add_key_log(name, key_log)?;
    let lines = all.len().saturating_sub(carried.len());
    let mut out = Vec::with_capacity(capture.len());
    let mut written = false;
    for block in Blocks::new(&capture) {
        let block = block?;
        // One block of each kind, where the first packet could ask for it.
        if !written && (is_packet(block.kind) || block.kind == NAME_RESOLUTION) {
            all.write(&mut out, block.order);
            written = true;
        }
        if Secrets::of(&block).is_none_or(|secrets| secrets.kind.is_none()) {
            out.extend_from_slice(block.bytes);
        }
    }
    if !written && let Some(order) = Blocks::new(&capture).last_order() {
        all.write(&mut out, order);
    }
    Ok(Changed {
        capture: out,
        lines,
        converted,
    })
}

/// The key log lines that a capture carries, for Guild Wars 2 and TLS.
pub fn extract(capture: &[u8]) -> Result<String> {
    if pcap::is_classic(capture) {
        return Ok(String::new());
    }
    Ok(carried(capture)?.to_string())
}

/// Takes every Decryption Secrets Block out of a capture, whatever program it is for.
pub fn strip(capture: &[u8]) -> Result<Changed> {
    if pcap::is_classic(capture) {
        bail!("a pcap file carries no keys: there is nothing to take out");
    }
    let lines = carried(capture)?.len();
    let mut out = Vec::with_capacity(capture.len());
    for block in Blocks::new(capture) {
        let block = block?;
        if block.kind != secrets::BLOCK {
            out.extend_from_slice(block.bytes);
        }
    }
    Ok(Changed {
        capture: out,
        lines,
        converted: false,
    })
}

fn carried(capture: &[u8]) -> Result<Lines> {
    let mut lines = Lines::default();
    for block in Blocks::new(capture) {
        let block = block?;
        let Some(secrets) = Secrets::of(&block) else {
            continue;
        };
        match secrets.kind {
            Some(SecretsKind::GuildWars2) => lines.add_carried(SecretsKind::GuildWars2, secrets.text),
            Some(SecretsKind::Tls) => lines.add_carried(SecretsKind::Tls, secrets.text),
            None => {}
        }
    }
    Ok(lines)
}
