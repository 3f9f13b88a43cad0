//! One TCP packet, structured until the capture is written, so that it can be impaired first.

use crate::direction::Direction;
use crate::error::{Error, Result};
use etherparse::{
    IpFragOffset, IpHeaders, IpNumber, Ipv4Extensions, Ipv4Header, Ipv6Extensions, Ipv6FlowLabel, Ipv6Header,
    PacketBuilder, TcpHeader, TcpOptionElement,
};
use std::net::IpAddr;
use std::ops::Range;

/// One end of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endpoint {
    /// Ethernet address.
    pub mac: [u8; 6],
    /// IPv4 or IPv6 address; both ends must agree.
    pub ip: IpAddr,
    /// TCP port.
    pub port: u16,
}

/// TCP flags that the simulator uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags {
    /// Opens; carries the SYN options.
    pub syn: bool,
    /// The acknowledgement number counts.
    pub ack: bool,
    /// The end of a flush.
    pub psh: bool,
    /// The sender is done.
    pub fin: bool,
    /// The connection is torn down.
    pub rst: bool,
}

/// One packet of a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// Number of the TCP connection in the capture, from 0.
    pub flow: u32,
    /// Who sends.
    pub direction: Direction,
    /// Nanoseconds since 1970.
    pub time_ns: u64,
    /// The client's end.
    pub client: Endpoint,
    /// The server's end.
    pub server: Endpoint,
    /// Sequence number on the wire.
    pub seq: u32,
    /// Acknowledgement number on the wire.
    pub ack: u32,
    /// Flags.
    pub flags: Flags,
    /// The window field, before scaling.
    pub window: u16,
    /// The payload.
    pub payload: Vec<u8>,
    /// Offset in the direction's byte stream of the payload's first byte.
    pub offset: u64,
    /// The payload is a keep-alive's filler and no part of the stream.
    pub filler: bool,
    /// Captured bytes of the frame are cut to this many.
    pub snaplen: Option<usize>,
    /// IPv4 identification.
    pub ip_id: u16,
}

impl Packet {
    /// True when the packet carries bytes of the stream.
    pub fn has_data(&self) -> bool {
        !self.payload.is_empty() && !self.filler
    }

    /// Bytes of headers before the payload.
    pub fn header_length(&self) -> usize {
        let ip = if self.client.ip.is_ipv4() { 20 } else { 40 };
        14 + ip + if self.flags.syn { 32 } else { 20 }
    }

    /// The stream range that the capture holds of this packet, after snaplen.
    pub fn captured_range(&self) -> Range<u64> {
        let kept = match self.snaplen {
            Some(limit) => self.payload.len().min(limit.saturating_sub(self.header_length())),
            None => self.payload.len(),
        };
        let kept = if self.filler { 0 } else { kept as u64 };
        self.offset..self.offset + kept
    }

    /// The whole frame with correct checksums, not cut. `index` names it in errors.
    pub fn frame(&self, index: usize) -> Result<Vec<u8>> {
        let broken = |why: String| Error::Packet { index, why };
        let (from, to) = match self.direction {
            Direction::ClientToServer => (self.client, self.server),
            Direction::ServerToClient => (self.server, self.client),
        };
        let ip = self.ip_header(from.ip, to.ip).map_err(broken)?;
        let mut tcp = TcpHeader::new(from.port, to.port, self.seq, self.window);
        tcp.acknowledgment_number = self.ack;
        tcp.syn = self.flags.syn;
        tcp.ack = self.flags.ack;
        tcp.psh = self.flags.psh;
        tcp.fin = self.flags.fin;
        tcp.rst = self.flags.rst;
        if self.flags.syn {
            let mss = if from.ip.is_ipv4() { 1460 } else { 1440 };
            tcp.set_options(&[
                TcpOptionElement::MaximumSegmentSize(mss),
                TcpOptionElement::Noop,
                TcpOptionElement::WindowScale(8),
                TcpOptionElement::Noop,
                TcpOptionElement::Noop,
                TcpOptionElement::SelectiveAcknowledgementPermitted,
            ])
            .map_err(|e| broken(e.to_string()))?;
        }
        let builder = PacketBuilder::ethernet2(from.mac, to.mac).ip(ip).tcp_header(tcp);
        let mut frame = Vec::with_capacity(builder.size(self.payload.len()));
        builder
            .write(&mut frame, &self.payload)
            .map_err(|e| broken(e.to_string()))?;
        Ok(frame)
    }

    fn ip_header(&self, from: IpAddr, to: IpAddr) -> std::result::Result<IpHeaders, String> {
        let hops = if self.direction == Direction::ClientToServer {
            128
        } else {
            52
        };
        match (from, to) {
            (IpAddr::V4(source), IpAddr::V4(destination)) => {
                let mut header =
                    Ipv4Header::new(0, hops, IpNumber::TCP, source.octets(), destination.octets())
                        .map_err(|e| e.to_string())?;
                header.identification = self.ip_id;
                header.dont_fragment = true;
                header.fragment_offset = IpFragOffset::ZERO;
                Ok(IpHeaders::Ipv4(header, Ipv4Extensions::default()))
            }
            (IpAddr::V6(source), IpAddr::V6(destination)) => {
                let header = Ipv6Header {
                    traffic_class: 0,
                    flow_label: Ipv6FlowLabel::ZERO,
                    payload_length: 0,
                    next_header: IpNumber::TCP,
                    hop_limit: hops,
                    source: source.octets(),
                    destination: destination.octets(),
                };
                Ok(IpHeaders::Ipv6(header, Ipv6Extensions::default()))
            }
            _ => Err("one end is IPv4, the other IPv6; give both the same kind".into()),
        }
    }
}
