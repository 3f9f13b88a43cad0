//! A TCP connection as a capture at the client's host sees it.

use crate::direction::Direction;
use crate::packet::{Endpoint, Flags, Packet};
use crate::rng::Rng;
use std::ops::Range;

/// One millisecond in the unit of all times here, the nanosecond.
pub const MS: u64 = 1_000_000;

/// Where, when and how fast a connection is.
#[derive(Debug, Clone, Copy)]
pub struct FlowOptions {
    /// The flow's number in its capture.
    pub id: u32,
    /// The client's end.
    pub client: Endpoint,
    /// The server's end.
    pub server: Endpoint,
    /// Time of the SYN, nanoseconds since 1970.
    pub start_ns: u64,
    /// Greatest payload of a segment, bytes.
    pub mss: usize,
    /// Round trip, nanoseconds: the server's acknowledgements come that much later.
    pub rtt_ns: u64,
    /// For the initial sequence numbers.
    pub seed: u64,
}

#[derive(Debug, Default)]
struct Side {
    /// Sequence number of the SYN.
    initial: u32,
    /// Bytes sent.
    sent: u64,
    /// Set once this side's FIN is out: it takes one sequence number.
    finished: bool,
    /// When an acknowledgement of the other side's bytes is due.
    ack_due: Option<u64>,
    /// The other side's segments since the last acknowledgement.
    unacknowledged: u32,
    /// Next IPv4 identification.
    ip_id: u16,
    opened: bool,
}

impl Side {
    fn sequence(&self) -> u32 {
        // Sequence numbers wrap: only the low 32 bits of the offset count.
        self.initial
            .wrapping_add(u32::from(self.opened))
            .wrapping_add(self.sent as u32)
            .wrapping_add(u32::from(self.finished))
    }
}

/// One TCP connection under construction: packets in the order of their times.
#[derive(Debug)]
pub struct TcpFlow {
    options: FlowOptions,
    sides: [Side; 2],
    now_ns: u64,
    packets: Vec<Packet>,
}

const WINDOW: u16 = 1026;
const SYN_WINDOW: u16 = 64240;
const DELAYED_ACK: u64 = 40 * MS;

impl TcpFlow {
    /// A connection of which nothing is sent yet.
    pub fn new(options: FlowOptions) -> Self {
        let mut rng = Rng::new(options.seed ^ 0x7c9);
        let mut side = || Side {
            initial: rng.u32(),
            ip_id: rng.u32() as u16,
            ..Side::default()
        };
        let sides = [side(), side()];
        TcpFlow {
            options,
            sides,
            now_ns: options.start_ns,
            packets: Vec::new(),
        }
    }

    /// The options it was made with.
    pub fn options(&self) -> &FlowOptions {
        &self.options
    }

    /// The time of the flow, nanoseconds since 1970.
    pub fn now_ns(&self) -> u64 {
        self.now_ns
    }

    /// Bytes that a side has sent so far: the offset of its next byte.
    pub fn sent(&self, direction: Direction) -> u64 {
        self.sides[direction.index()].sent
    }

    /// SYN, SYN-ACK, ACK.
    pub fn handshake(&mut self) {
        let syn = Flags {
            syn: true,
            ..Flags::default()
        };
        self.emit(Direction::ClientToServer, syn, Vec::new());
        self.sides[0].opened = true;
        self.now_ns += self.options.rtt_ns;
        self.emit(Direction::ServerToClient, Flags { ack: true, ..syn }, Vec::new());
        self.sides[1].opened = true;
        self.now_ns += 31_000;
        self.acknowledge(Direction::ClientToServer);
    }

    /// Lets time pass up to `time_ns`; acknowledgements that fall due are sent. An earlier time changes nothing.
    pub fn advance_to(&mut self, time_ns: u64) {
        loop {
            let due = Direction::BOTH
                .into_iter()
                .filter_map(|d| self.sides[d.index()].ack_due.map(|due| (due, d)))
                .min_by_key(|(due, _)| *due);
            match due {
                Some((due, direction)) if due <= time_ns => {
                    self.now_ns = self.now_ns.max(due);
                    self.acknowledge(direction);
                }
                _ => break,
            }
        }
        self.now_ns = self.now_ns.max(time_ns);
    }

    /// Lets `span_ns` pass.
    pub fn wait(&mut self, span_ns: u64) {
        self.advance_to(self.now_ns + span_ns);
    }

    /// Sends `data` as one flush: segments of at most MSS bytes, PSH on the last. Gives its stream range.
    pub fn send(&mut self, direction: Direction, data: &[u8]) -> Range<u64> {
        let start = self.sent(direction);
        let mss = self.options.mss.max(1);
        let mut rest = data;
        while !rest.is_empty() {
            let (segment, tail) = rest.split_at(rest.len().min(mss));
            rest = tail;
            self.wait(if direction == Direction::ClientToServer {
                9_000
            } else {
                14_000
            });
            let flags = Flags {
                ack: true,
                psh: rest.is_empty(),
                ..Flags::default()
            };
            self.emit(direction, flags, segment.to_vec());
            self.sides[direction.index()].sent += segment.len() as u64;
            self.expect_ack(direction.reverse());
        }
        start..self.sent(direction)
    }

    /// An orderly end: `by` sends FIN first, the other side answers with its own.
    pub fn close(&mut self, by: Direction) {
        self.settle();
        let fin = Flags {
            ack: true,
            fin: true,
            ..Flags::default()
        };
        self.emit(by, fin, Vec::new());
        self.sides[by.index()].finished = true;
        self.now_ns += self.options.rtt_ns;
        self.emit(by.reverse(), fin, Vec::new());
        self.sides[by.reverse().index()].finished = true;
        self.now_ns += 40_000;
        self.acknowledge(by);
    }

    /// A sudden end.
    pub fn reset(&mut self, by: Direction) {
        self.settle();
        self.emit(
            by,
            Flags {
                ack: true,
                rst: true,
                ..Flags::default()
            },
            Vec::new(),
        );
    }

    /// What time it is on this connection, nanoseconds since 1970.
    pub fn now(&self) -> u64 {
        self.now_ns
    }

    /// The packets since they were taken last.
    pub fn take_packets(&mut self) -> Vec<Packet> {
        std::mem::take(&mut self.packets)
    }

    /// The packets so far; the last acknowledgements are sent first.
    pub fn into_packets(mut self) -> Vec<Packet> {
        self.settle();
        self.packets
    }

    fn settle(&mut self) {
        let last = self.sides.iter().filter_map(|side| side.ack_due).max();
        self.advance_to(last.unwrap_or(self.now_ns));
        self.now_ns += 20_000;
    }

    /// `side` owes an acknowledgement: soon after every second segment, else after a while.
    fn expect_ack(&mut self, direction: Direction) {
        let reaction = match direction {
            Direction::ClientToServer => 25_000,
            Direction::ServerToClient => self.options.rtt_ns,
        };
        let now = self.now_ns;
        let side = &mut self.sides[direction.index()];
        side.unacknowledged += 1;
        let delay = if side.unacknowledged >= 2 {
            reaction
        } else {
            reaction + DELAYED_ACK
        };
        side.ack_due = Some(side.ack_due.unwrap_or(u64::MAX).min(now + delay));
    }

    fn acknowledge(&mut self, direction: Direction) {
        self.emit(
            direction,
            Flags {
                ack: true,
                ..Flags::default()
            },
            Vec::new(),
        );
    }

    fn emit(&mut self, direction: Direction, flags: Flags, payload: Vec<u8>) {
        let other = self.sides[direction.reverse().index()].sequence();
        let side = &mut self.sides[direction.index()];
        side.ack_due = None;
        side.unacknowledged = 0;
        side.ip_id = side.ip_id.wrapping_add(1);
        let packet = Packet {
            flow: self.options.id,
            direction,
            time_ns: self.now_ns,
            client: self.options.client,
            server: self.options.server,
            seq: side.sequence(),
            ack: if flags.ack { other } else { 0 },
            flags,
            window: if flags.rst {
                0
            } else if flags.syn {
                SYN_WINDOW
            } else {
                WINDOW
            },
            payload,
            offset: side.sent,
            filler: false,
            snaplen: None,
            ip_id: side.ip_id,
        };
        self.packets.push(packet);
    }
}

#[cfg(test)]
mod tests {
    use super::{FlowOptions, MS, TcpFlow};
    use crate::direction::Direction::{ClientToServer, ServerToClient};
    use crate::hosts;

    fn flow() -> TcpFlow {
        TcpFlow::new(FlowOptions {
            id: 0,
            client: hosts::client(49152),
            server: hosts::game(),
            start_ns: 1000,
            mss: 1460,
            rtt_ns: 30 * MS,
            seed: 1,
        })
    }

    #[test]
    fn handshake_counts_one_each() {
        let mut flow = flow();
        flow.handshake();
        let packets = flow.into_packets();
        assert_eq!(packets.len(), 3);
        assert_eq!(packets[1].ack, packets[0].seq.wrapping_add(1));
        assert_eq!(packets[2].ack, packets[1].seq.wrapping_add(1));
        assert_eq!(packets[2].seq, packets[0].seq.wrapping_add(1));
    }

    #[test]
    fn flush_is_cut_at_mss_and_pushed_once() {
        let mut flow = flow();
        flow.handshake();
        assert_eq!(flow.send(ServerToClient, &[7; 4000]), 0..4000);
        let packets = flow.into_packets();
        let data: Vec<_> = packets.iter().filter(|p| p.has_data()).collect();
        assert_eq!(
            data.iter().map(|p| p.payload.len()).collect::<Vec<_>>(),
            [1460, 1460, 1080]
        );
        assert_eq!(
            data.iter().map(|p| p.flags.psh).collect::<Vec<_>>(),
            [false, false, true]
        );
        assert_eq!(data[2].offset, 2920);
        let last = packets.last().unwrap();
        assert_eq!(last.ack, data[2].seq.wrapping_add(1080));
    }

    #[test]
    fn times_never_go_back() {
        let mut flow = flow();
        flow.handshake();
        for n in 0..50 {
            flow.send(ClientToServer, &[1; 20]);
            flow.wait(n * MS);
            flow.send(ServerToClient, &[2; 3000]);
        }
        flow.close(ClientToServer);
        let packets = flow.into_packets();
        assert!(packets.windows(2).all(|w| w[0].time_ns <= w[1].time_ns));
    }
}
