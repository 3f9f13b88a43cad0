//! Classic pcap files, which cannot carry keys, as pcapng.

use std::borrow::Cow;

use anyhow::{Context, Result};
use pcap_file::pcap::PcapReader;
use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketBlock;
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};

/// The first bytes of a pcap file: micro- or nanoseconds, in either byte order.
const MAGICS: [[u8; 4]; 4] = [
    [0xa1, 0xb2, 0xc3, 0xd4],
    [0xd4, 0xc3, 0xb2, 0xa1],
    [0xa1, 0xb2, 0x3c, 0x4d],
    [0x4d, 0x3c, 0xb2, 0xa1],
];

/// Times of the pcapng file have this resolution: ten to the power of minus that many seconds.
const NANOSECONDS: u8 = 9;

/// Whether this is a classic pcap file.
pub fn is_classic(capture: &[u8]) -> bool {
    MAGICS.iter().any(|magic| capture.starts_with(magic))
}

/// The capture as pcapng; the second value says that it was none.
pub fn as_pcapng(capture: &[u8]) -> Result<(Cow<'_, [u8]>, bool)> {
    if !is_classic(capture) {
        return Ok((Cow::Borrowed(capture), false));
    }
    let mut reader = PcapReader::new(capture).context("reading the pcap header")?;
    let header = reader.header();
    let mut writer = PcapNgWriter::new(Vec::new()).context("writing pcapng")?;
    let interface = InterfaceDescriptionBlock {
        linktype: header.datalink,
        snaplen: header.snaplen,
        options: vec![InterfaceDescriptionOption::IfTsResol(NANOSECONDS)],
    };
    writer.write_pcapng_block(interface).context("writing pcapng")?;
    let mut number = 0usize;
    while let Some(packet) = reader.next_packet() {
        number = number.saturating_add(1);
        let packet = packet.with_context(|| format!("reading packet {number} of the pcap file"))?;
        let block = EnhancedPacketBlock {
            interface_id: 0,
            timestamp: packet.timestamp,
            original_len: packet.orig_len,
            data: packet.data,
            options: Vec::new(),
        };
        writer
            .write_pcapng_block(block)
            .with_context(|| format!("writing packet {number} as pcapng"))?;
    }
    Ok((Cow::Owned(writer.into_inner()), true))
}
