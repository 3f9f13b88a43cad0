//! A finished capture: flows merged by time, written as pcapng with its key log and ground truth beside it.

use crate::connection::Finished;
use crate::error::{Error, Result};
use crate::packet::Packet;
use crate::truth::{Place, TruthItem, json_lines, places};
use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketBlock;
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::pcapng::blocks::section_header::{SectionHeaderBlock, SectionHeaderOption};
use pcap_file::pcapng::blocks::unknown::UnknownBlock;
use pcap_file::pcapng::{PcapNgBlock, PcapNgWriter};
use pcap_file::{DataLink, Endianness};
use std::borrow::Cow;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// pcapng's Decryption Secrets Block.
const DECRYPTION_SECRETS_BLOCK: u32 = 0x0000_000A;
/// This project's secrets type, the bytes `GW2K` (protocol.md section 3).
const SECRETS_TYPE: u32 = 0x4757_324B;

/// Packets in order of capture, the truth about them, and the key log.
#[derive(Debug, Clone, Default)]
pub struct Capture {
    /// All packets; a packet's frame number is its index plus 1.
    pub packets: Vec<Packet>,
    /// What was sent.
    pub truth: Vec<TruthItem>,
    /// Lines of the key log file.
    pub keys: Vec<String>,
    /// Key log lines inside the capture, in a Decryption Secrets Block.
    pub embedded_keys: Vec<String>,
}

/// The files that [`Capture::write`] wrote.
#[derive(Debug, Clone)]
pub struct Written {
    /// The capture.
    pub capture: PathBuf,
    /// The key log.
    pub keys: PathBuf,
    /// The ground truth, JSON lines.
    pub truth: PathBuf,
    /// Number of packets.
    pub packets: usize,
    /// Number of truth items.
    pub items: usize,
}

impl Capture {
    /// Merges connections by time; their keys go to the key log.
    pub fn new(connections: Vec<Finished>) -> Self {
        let mut capture = Capture::default();
        for connection in connections {
            capture.packets.extend(connection.packets);
            capture.truth.extend(connection.truth);
            capture.keys.extend(connection.keys);
        }
        // Stable: packets of one flow keep their order.
        capture.packets.sort_by_key(|packet| packet.time_ns);
        capture
    }

    /// Where each item of `truth` is complete.
    pub fn places(&self) -> Vec<Place> {
        places(&self.truth, &self.packets)
    }

    /// The ground truth as JSON lines.
    pub fn truth_lines(&self) -> String {
        json_lines(&self.truth, &self.packets)
    }

    /// The key log's text.
    pub fn key_log(&self) -> String {
        let mut text = String::from("# Key log of a simulated session (gw2-sim)\n");
        for line in &self.keys {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// The capture as a little-endian pcapng file with times in nanoseconds.
    pub fn pcapng(&self) -> Result<Vec<u8>> {
        let mut file = CaptureFile::begin(Vec::new())?;
        file.embed_keys(&self.embedded_keys)?;
        self.packets.iter().try_for_each(|packet| file.packet(packet))?;
        Ok(file.finish())
    }

    /// Writes `name.pcapng`, `name.keys` and `name.truth.jsonl` into `folder`, which is made when missing.
    pub fn write(&self, folder: &Path, name: &str) -> Result<Written> {
        std::fs::create_dir_all(folder).map_err(write_error(folder))?;
        let path = |ending: &str| folder.join(format!("{name}.{ending}"));
        let written = Written {
            capture: path("pcapng"),
            keys: path("keys"),
            truth: path("truth.jsonl"),
            packets: self.packets.len(),
            items: self.truth.len(),
        };
        std::fs::write(&written.capture, self.pcapng()?).map_err(write_error(&written.capture))?;
        std::fs::write(&written.keys, self.key_log()).map_err(write_error(&written.keys))?;
        std::fs::write(&written.truth, self.truth_lines()).map_err(write_error(&written.truth))?;
        Ok(written)
    }
}

/// A pcapng file that is written packet by packet.
pub struct CaptureFile<W: Write> {
    writer: PcapNgWriter<W>,
    packets: usize,
}

impl<W: Write> CaptureFile<W> {
    /// Writes what comes before all packets.
    pub fn begin(to: W) -> Result<Self> {
        let section = SectionHeaderBlock {
            endianness: Endianness::Little,
            options: vec![SectionHeaderOption::UserApplication(Cow::Borrowed("gw2-sim"))],
            ..SectionHeaderBlock::default()
        };
        let mut writer = PcapNgWriter::with_section_header(to, section).map_err(pcap_error(0))?;
        let interface = InterfaceDescriptionBlock {
            linktype: DataLink::ETHERNET,
            snaplen: 262_144,
            options: vec![
                InterfaceDescriptionOption::IfName(Cow::Borrowed("sim0")),
                InterfaceDescriptionOption::IfTsResol(9),
            ],
        };
        writer.write_pcapng_block(interface).map_err(pcap_error(0))?;
        Ok(Self { writer, packets: 0 })
    }

    /// Writes key log lines in a block of their own, if there are any.
    fn embed_keys(&mut self, lines: &[String]) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let value = secrets(lines);
        let block = UnknownBlock::new(DECRYPTION_SECRETS_BLOCK, 0, &value).into_block();
        self.writer.write_block(&block).map_err(pcap_error(0))?;
        Ok(())
    }

    /// Writes the next packet.
    pub fn packet(&mut self, packet: &Packet) -> Result<()> {
        self.packets += 1;
        let mut frame = packet.frame(self.packets)?;
        let original_len = u32::try_from(frame.len()).unwrap_or(u32::MAX);
        frame.truncate(packet.snaplen.unwrap_or(usize::MAX));
        let block = EnhancedPacketBlock {
            interface_id: 0,
            timestamp: Duration::from_nanos(packet.time_ns),
            original_len,
            data: Cow::Owned(frame),
            options: Vec::new(),
        };
        self.writer
            .write_pcapng_block(block)
            .map_err(pcap_error(self.packets))?;
        Ok(())
    }

    /// What it was written to.
    pub fn finish(self) -> W {
        self.writer.into_inner()
    }
}

/// The body of a Decryption Secrets Block, padded to four bytes.
fn secrets(lines: &[String]) -> Vec<u8> {
    let text: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
    let mut value = SECRETS_TYPE.to_le_bytes().to_vec();
    value.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
    value.extend(text.as_bytes());
    value.resize(value.len().next_multiple_of(4), 0);
    value
}

fn pcap_error(index: usize) -> impl Fn(pcap_file::PcapError) -> Error {
    move |error| Error::Packet {
        index,
        why: format!("pcapng: {error}"),
    }
}

fn write_error(path: &Path) -> impl FnOnce(std::io::Error) -> Error + '_ {
    move |source| Error::Write {
        path: path.to_owned(),
        source,
    }
}
