//! What networks and captures do to packets. Applied to a flow's list of packets before it is written.
//!
//! The list's order is the order of capture; times are made to rise again after each step.

use crate::direction::Direction;
use crate::error::{Error, Result};
use crate::packet::{Flags, Packet};
use crate::rng::Rng;
use crate::tcp::MS;

/// Names one packet of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Select {
    /// The packet at this place of the flow's list, from 0.
    Index(usize),
    /// The n-th packet with data of one direction, from 0.
    Data(Direction, usize),
    /// The packet that carries this byte of a direction's stream.
    Offset(Direction, u64),
}

/// One thing that happens to a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Impairment {
    /// The packet is never captured.
    Drop(Select),
    /// The packet is captured a second time (a needless retransmission), so many nanoseconds later.
    Duplicate(Select, u64),
    /// The packet is captured just behind the next one with data of its direction.
    Swap(Select),
    /// The packet is lost and captured only as a retransmission, so many nanoseconds later, after `dup_acks`
    /// repeated acknowledgements (three make a fast retransmission; none stands for a time-out).
    Lost {
        /// Which packet.
        at: Select,
        /// When its retransmission is captured, counted from its own time.
        delay_ns: u64,
        /// How often the receiver repeats its acknowledgement.
        dup_acks: usize,
    },
    /// The packet repeats so many bytes that stand before it in the stream.
    Overlap(Select, usize),
    /// Every packet with data (of one direction, or of both) is cut into pieces of this many bytes.
    Split(Option<Direction>, usize),
    /// Neighbouring packets with data of one direction become one, up to this many bytes.
    Coalesce(Direction, usize),
    /// All frames are captured only up to this many bytes.
    Snaplen(usize),
    /// One packet is captured only up to this many bytes.
    Cut(Select, usize),
    /// SYN, SYN-ACK and the first ACK were not captured.
    NoHandshake,
    /// The capture begins at this packet.
    StartAt(Select),
    /// Behind a packet: a keep-alive of one side and its answer; with one byte of filler, or none.
    KeepAlive(Select, Direction, bool),
    /// Each packet with data is, in so many of a hundred cases, duplicated, swapped, lost or split; by seed.
    Random {
        /// The seed.
        seed: u64,
        /// How many of a hundred.
        percent: u64,
    },
}

/// Applies `impairments` one after the other. Selections count in the list as it is at that moment.
pub fn impair(packets: &mut Vec<Packet>, impairments: &[Impairment]) -> Result<()> {
    for impairment in impairments {
        apply(packets, *impairment)?;
        rise(packets);
    }
    Ok(())
}

fn apply(packets: &mut Vec<Packet>, impairment: Impairment) -> Result<()> {
    let find = |packets: &[Packet], select| {
        position(packets, select).ok_or_else(|| Error::Impairment {
            what: format!("{impairment:?}"),
            why: format!("{select:?} is not among its {} packets", packets.len()),
        })
    };
    match impairment {
        Impairment::Drop(select) => {
            let at = find(packets, select)?;
            packets.remove(at);
        }
        Impairment::Duplicate(select, delay_ns) => {
            let at = find(packets, select)?;
            insert_later(packets, at, delay_ns);
        }
        Impairment::Swap(select) => {
            let at = find(packets, select)?;
            swap(packets, at);
        }
        Impairment::Lost {
            at,
            delay_ns,
            dup_acks,
        } => {
            let at = find(packets, at)?;
            lose(packets, at, delay_ns, dup_acks);
        }
        Impairment::Overlap(select, back) => {
            let at = find(packets, select)?;
            overlap(packets, at, back);
        }
        Impairment::Split(direction, size) => split(packets, direction, size),
        Impairment::Coalesce(direction, most) => coalesce(packets, direction, most),
        Impairment::Snaplen(limit) => packets.iter_mut().for_each(|p| p.snaplen = Some(limit)),
        Impairment::Cut(select, limit) => {
            let at = find(packets, select)?;
            packets[at].snaplen = Some(limit);
        }
        Impairment::NoHandshake => {
            let first = packets.iter().position(Packet::has_data).unwrap_or(packets.len());
            packets.drain(..first);
        }
        Impairment::StartAt(select) => {
            let at = find(packets, select)?;
            packets.drain(..at);
        }
        Impairment::KeepAlive(select, by, filler) => {
            let at = find(packets, select)?;
            keep_alive(packets, at, by, filler);
        }
        Impairment::Random { seed, percent } => random(packets, seed, percent)?,
    }
    Ok(())
}

fn position(packets: &[Packet], select: Select) -> Option<usize> {
    match select {
        Select::Index(index) => (index < packets.len()).then_some(index),
        Select::Data(direction, n) => packets
            .iter()
            .enumerate()
            .filter(|(_, p)| p.direction == direction && p.has_data())
            .nth(n)
            .map(|(index, _)| index),
        Select::Offset(direction, offset) => packets.iter().position(|p| {
            p.direction == direction
                && p.has_data()
                && (p.offset..p.offset + p.payload.len() as u64).contains(&offset)
        }),
    }
}

/// Times never fall: each packet is at least a microsecond behind the one before.
fn rise(packets: &mut [Packet]) {
    let mut last = 0;
    for packet in packets {
        packet.time_ns = packet.time_ns.max(last);
        last = packet.time_ns + 1_000;
    }
}

/// Puts a copy of the packet where its time plus `delay_ns` says. Gives the copy's place.
fn insert_later(packets: &mut Vec<Packet>, at: usize, delay_ns: u64) -> usize {
    let mut copy = packets[at].clone();
    copy.time_ns += delay_ns;
    copy.ip_id = copy.ip_id.wrapping_add(0x4000);
    let place = packets.iter().skip(at + 1).position(|p| p.time_ns > copy.time_ns);
    let place = place.map_or(packets.len(), |n| at + 1 + n);
    // What the sender had received by then.
    if let Some(earlier) = packets[..place]
        .iter()
        .rev()
        .find(|p| p.direction == copy.direction)
    {
        copy.ack = earlier.ack;
    }
    packets.insert(place, copy);
    place
}

/// The packet comes just behind the next one with data of its direction: late, as on another path.
fn swap(packets: &mut Vec<Packet>, at: usize) {
    let (direction, time_ns) = (packets[at].direction, packets[at].time_ns);
    let next = packets
        .iter()
        .skip(at + 1)
        .find(|p| p.direction == direction && p.has_data());
    if let Some(delay_ns) = next.map(|next| next.time_ns - time_ns + 500) {
        lose(packets, at, delay_ns, 0);
    }
}

fn lose(packets: &mut Vec<Packet>, at: usize, delay_ns: u64, dup_acks: usize) {
    let late = insert_later(packets, at, delay_ns);
    let lost = packets.remove(at);
    let mut late = late - 1;
    // Until the retransmission, the receiver acknowledges nothing beyond the hole.
    for packet in &mut packets[at..late] {
        if packet.direction != lost.direction && packet.ack.wrapping_sub(lost.seq) as i32 > 0 {
            packet.ack = lost.seq;
        }
    }
    let Some(first_after) = packets[at..late]
        .iter()
        .position(|p| p.direction == lost.direction && p.has_data())
    else {
        return;
    };
    let behind = at + first_after + 1;
    let model = packets[at..late]
        .iter()
        .find(|p| p.direction != lost.direction && !p.has_data())
        .cloned();
    let seq = packets[..behind]
        .iter()
        .rev()
        .find(|p| p.direction != lost.direction)
        .map(|p| {
            p.seq
                .wrapping_add(p.payload.len() as u32)
                .wrapping_add(u32::from(p.flags.syn))
        });
    for n in 0..dup_acks {
        let mut ack = model.clone().unwrap_or_else(|| Packet {
            direction: lost.direction.reverse(),
            flags: Flags {
                ack: true,
                ..Flags::default()
            },
            payload: Vec::new(),
            offset: 0,
            ..lost.clone()
        });
        ack.time_ns = packets[behind - 1].time_ns + 2_000 * (n as u64 + 1);
        ack.ack = lost.seq;
        ack.seq = seq.unwrap_or(ack.seq);
        packets.insert(behind + n, ack);
        late += 1;
    }
    if late < packets.len() {
        packets[late].flags.psh = lost.flags.psh;
    }
}

fn overlap(packets: &mut [Packet], at: usize, back: usize) {
    let (direction, offset) = (packets[at].direction, packets[at].offset);
    let back = back.min(usize::try_from(offset).unwrap_or(usize::MAX));
    let begin = offset - back as u64;
    let mut before = vec![0; back];
    for packet in packets
        .iter()
        .filter(|p| p.direction == direction && p.has_data())
    {
        for (n, byte) in packet.payload.iter().enumerate() {
            let place = (packet.offset + n as u64)
                .checked_sub(begin)
                .and_then(|p| usize::try_from(p).ok());
            if let Some(slot) = place.and_then(|place| before.get_mut(place)) {
                *slot = *byte;
            }
        }
    }
    let packet = &mut packets[at];
    packet.offset = begin;
    packet.seq = packet.seq.wrapping_sub(back as u32);
    packet.payload.splice(0..0, before);
}

fn split(packets: &mut Vec<Packet>, direction: Option<Direction>, size: usize) {
    let size = size.max(1);
    let mut out = Vec::with_capacity(packets.len());
    for packet in packets.drain(..) {
        let wanted = packet.has_data() && direction.is_none_or(|d| d == packet.direction);
        if !wanted || packet.payload.len() <= size {
            out.push(packet);
            continue;
        }
        let pieces = packet.payload.len().div_ceil(size);
        for (n, piece) in packet.payload.chunks(size).enumerate() {
            let begin = n * size;
            let mut part = packet.clone();
            part.payload = piece.to_vec();
            part.offset += begin as u64;
            part.seq = part.seq.wrapping_add(begin as u32);
            part.flags.psh = packet.flags.psh && n + 1 == pieces;
            part.ip_id = part.ip_id.wrapping_add(n as u16);
            part.time_ns += n as u64 * 1_000;
            out.push(part);
        }
    }
    *packets = out;
}

fn coalesce(packets: &mut Vec<Packet>, direction: Direction, most: usize) {
    let mut out: Vec<Packet> = Vec::with_capacity(packets.len());
    // Place in `out` of the packet that may still grow.
    let mut open: Option<usize> = None;
    for packet in packets.drain(..) {
        if packet.direction != direction {
            if packet.has_data() || packet.flags.fin || packet.flags.rst {
                open = None;
            }
            out.push(packet);
            continue;
        }
        if !packet.has_data() {
            open = None;
            out.push(packet);
            continue;
        }
        match open {
            Some(place) if out[place].payload.len() + packet.payload.len() <= most => {
                out[place].payload.extend(packet.payload);
                out[place].flags.psh |= packet.flags.psh;
            }
            _ => {
                open = Some(out.len());
                out.push(packet);
            }
        }
    }
    *packets = out;
}

fn keep_alive(packets: &mut Vec<Packet>, at: usize, by: Direction, filler: bool) {
    let mut next = [None; 2];
    for packet in &packets[..=at] {
        let taken = packet.payload.len() as u32 + u32::from(packet.flags.syn) + u32::from(packet.flags.fin);
        next[packet.direction.index()] = Some(packet.seq.wrapping_add(taken));
    }
    let model = &packets[at];
    let (Some(mine), Some(theirs)) = (next[by.index()], next[by.reverse().index()]) else {
        return;
    };
    let probe = Packet {
        direction: by,
        seq: mine.wrapping_sub(1),
        ack: theirs,
        flags: Flags {
            ack: true,
            ..Flags::default()
        },
        payload: if filler { vec![0] } else { Vec::new() },
        filler,
        offset: 0,
        time_ns: model.time_ns + 45_000 * MS,
        window: 1026,
        ..model.clone()
    };
    let answer = Packet {
        direction: by.reverse(),
        seq: theirs,
        ack: mine,
        payload: Vec::new(),
        filler: false,
        time_ns: probe.time_ns + 30 * MS,
        ..probe.clone()
    };
    packets.insert(at + 1, probe);
    packets.insert(at + 2, answer);
}

fn random(packets: &mut Vec<Packet>, seed: u64, percent: u64) -> Result<()> {
    let mut rng = Rng::new(seed);
    // Chosen by stream place, so that one choice does not move the next.
    let chosen: Vec<Select> = packets
        .iter()
        .filter(|p| p.has_data())
        .filter(|_| rng.chance(percent))
        .map(|p| Select::Offset(p.direction, p.offset))
        .collect();
    for select in chosen {
        let delay_ns = rng.between(1, 400) * MS;
        let step = match rng.below(4) {
            0 => Impairment::Duplicate(select, delay_ns),
            1 => Impairment::Swap(select),
            2 => Impairment::Lost {
                at: select,
                delay_ns,
                dup_acks: 0,
            },
            _ => Impairment::Lost {
                at: select,
                delay_ns: 35 * MS,
                dup_acks: 3,
            },
        };
        impair(packets, &[step])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Impairment, Select, impair};
    use crate::direction::Direction::{self, ClientToServer, ServerToClient};
    use crate::hosts;
    use crate::packet::Packet;
    use crate::tcp::{FlowOptions, MS, TcpFlow};

    fn packets() -> Vec<Packet> {
        let mut flow = TcpFlow::new(FlowOptions {
            id: 0,
            client: hosts::client(49152),
            server: hosts::game(),
            start_ns: 1000,
            mss: 100,
            rtt_ns: 30 * MS,
            seed: 1,
        });
        flow.handshake();
        for n in 0..10u8 {
            flow.send(ServerToClient, &[n; 250]);
            flow.wait(40 * MS);
            flow.send(ClientToServer, &[n; 30]);
            flow.wait(10 * MS);
        }
        flow.close(ClientToServer);
        flow.into_packets()
    }

    /// The stream of a direction, put together by offset; None where nothing was captured.
    fn stream(packets: &[Packet], direction: Direction) -> Vec<Option<u8>> {
        let mut out = Vec::new();
        for packet in packets
            .iter()
            .filter(|p| p.direction == direction && p.has_data())
        {
            for (n, byte) in packet.payload.iter().enumerate() {
                let at = packet.offset as usize + n;
                out.resize(out.len().max(at + 1), None);
                assert!(out[at].is_none_or(|b| b == *byte));
                out[at] = Some(*byte);
            }
        }
        out
    }

    #[test]
    fn nothing_is_lost_where_nothing_is_dropped() {
        let at = Select::Data(ServerToClient, 4);
        for impairment in [
            Impairment::Duplicate(at, 50 * MS),
            Impairment::Swap(at),
            Impairment::Lost {
                at,
                delay_ns: 300 * MS,
                dup_acks: 0,
            },
            Impairment::Lost {
                at,
                delay_ns: 35 * MS,
                dup_acks: 3,
            },
            Impairment::Overlap(at, 40),
            Impairment::Split(None, 1),
            Impairment::Coalesce(ServerToClient, 65_000),
            Impairment::KeepAlive(at, ServerToClient, true),
            Impairment::NoHandshake,
            Impairment::Random { seed: 3, percent: 30 },
        ] {
            let before = packets();
            let mut after = before.clone();
            impair(&mut after, &[impairment]).unwrap();
            assert_ne!(before, after, "{impairment:?}");
            for direction in Direction::BOTH {
                assert_eq!(
                    stream(&before, direction),
                    stream(&after, direction),
                    "{impairment:?}"
                );
            }
            assert!(
                after.windows(2).all(|w| w[0].time_ns <= w[1].time_ns),
                "{impairment:?}"
            );
            // A sequence number always fits its offset.
            for packet in after.iter().filter(|p| p.has_data()) {
                let first = before
                    .iter()
                    .find(|p| p.direction == packet.direction && p.has_data())
                    .unwrap();
                assert_eq!(
                    packet.seq.wrapping_sub(first.seq) as u64,
                    packet.offset,
                    "{impairment:?}"
                );
            }
        }
    }

    #[test]
    fn a_drop_leaves_a_hole() {
        let mut after = packets();
        impair(
            &mut after,
            &[Impairment::Drop(Select::Offset(ServerToClient, 150))],
        )
        .unwrap();
        let stream = stream(&after, ServerToClient);
        assert!(
            stream[99].is_some() && stream[100].is_none() && stream[199].is_none() && stream[200].is_some()
        );
    }

    #[test]
    fn a_selection_that_fits_nothing_is_an_error() {
        let result = impair(&mut packets(), &[Impairment::Drop(Select::Index(9999))]);
        assert!(result.unwrap_err().to_string().contains("9999"));
    }

    #[test]
    fn snaplen_shortens_what_is_captured() {
        let mut after = packets();
        impair(&mut after, &[Impairment::Snaplen(14 + 20 + 20 + 10)]).unwrap();
        let data = after.iter().find(|p| p.has_data()).unwrap();
        assert_eq!(data.captured_range(), 0..10);
    }
}
