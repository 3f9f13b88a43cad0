//! What networks and captures do to segments.

use crate::session::Session;
use gw2_protocol::Direction;
use gw2_sim::rng::Rng;
use std::fmt;

/// A segment as the engine gets it.
#[derive(Clone)]
pub struct Segment {
    pub direction: Direction,
    pub offset: u64,
    pub bytes: Vec<u8>,
    pub push: bool,
    /// It comes a second behind the segment before.
    pub pause: bool,
    /// What its sender had received.
    pub ack: u64,
}

impl Segment {
    pub fn end(&self) -> u64 {
        self.offset + self.bytes.len() as u64
    }
}

impl fmt::Debug for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = if self.direction.code() == 0 { "C" } else { "S" };
        write!(f, "{who} {}..{}", self.offset, self.end())?;
        if self.push {
            f.write_str(" push")?;
        }
        if self.pause {
            f.write_str(" pause")?;
        }
        Ok(())
    }
}

/// A segment for each flush, however long.
pub fn whole(session: &Session) -> Vec<Segment> {
    let mut sent = [0; 2];
    session
        .flushes
        .iter()
        .map(|flush| {
            let (start, end) = (flush.range.start as usize, flush.range.end as usize);
            sent[usize::from(flush.direction.code())] = flush.range.end;
            Segment {
                direction: flush.direction,
                offset: flush.range.start,
                bytes: session.side(flush.direction).wire[start..end].to_vec(),
                push: true,
                pause: flush.pause,
                ack: sent[usize::from(flush.direction.reverse().code())],
            }
        })
        .filter(|segment| !segment.bytes.is_empty())
        .collect()
}

/// Cuts a segment into two, if the place is within it. PSH stays with the end, a pause with the start.
pub fn cut(segment: &Segment, at: usize) -> Vec<Segment> {
    if at == 0 || at >= segment.bytes.len() {
        return vec![segment.clone()];
    }
    let (head, tail) = segment.bytes.split_at(at);
    let first = Segment {
        bytes: head.to_vec(),
        push: false,
        ..segment.clone()
    };
    let second = Segment {
        bytes: tail.to_vec(),
        offset: segment.offset + at as u64,
        pause: false,
        ..segment.clone()
    };
    vec![first, second]
}

/// Cuts every segment into pieces of at most `size` bytes.
pub fn split(segments: &[Segment], size: usize) -> Vec<Segment> {
    let mut out = Vec::new();
    for segment in segments {
        let mut rest = segment.clone();
        while rest.bytes.len() > size {
            let mut two = cut(&rest, size).into_iter();
            out.extend(two.next());
            rest = two.next().unwrap();
        }
        out.push(rest);
    }
    out
}

/// Cuts each segment into pieces of random sizes up to `most`.
pub fn cut_randomly(segments: &[Segment], most: u64, rng: &mut Rng) -> Vec<Segment> {
    let mut out = Vec::new();
    for segment in segments {
        let mut rest = segment.clone();
        loop {
            let mut pieces = cut(&rest, rng.between(1, most) as usize).into_iter();
            out.extend(pieces.next());
            match pieces.next() {
                Some(tail) => rest = tail,
                None => break,
            }
        }
    }
    out
}

/// Makes one of neighbours of one direction, in so many of a hundred cases.
pub fn coalesce(segments: Vec<Segment>, percent: u64, rng: &mut Rng) -> Vec<Segment> {
    let mut out: Vec<Segment> = Vec::new();
    for segment in segments {
        match out.last_mut() {
            Some(last)
                if last.direction == segment.direction
                    && last.end() == segment.offset
                    && !segment.pause
                    && rng.chance(percent) =>
            {
                last.bytes.extend(&segment.bytes);
                last.push |= segment.push;
            }
            _ => out.push(segment),
        }
    }
    out
}

/// Moves segments that `may_move` behind some of those that follow them.
pub fn reorder(
    segments: &mut Vec<Segment>,
    percent: u64,
    rng: &mut Rng,
    may_move: impl Fn(&Segment) -> bool,
) {
    for at in 0..segments.len() {
        if rng.chance(percent) && may_move(&segments[at]) {
            let segment = segments.remove(at);
            let to = (at + rng.between(1, 8) as usize).min(segments.len());
            segments.insert(to, segment);
        }
    }
}

/// Captures segments a second time, later.
pub fn duplicate(segments: &mut Vec<Segment>, percent: u64, rng: &mut Rng) {
    for at in (0..segments.len()).rev() {
        if rng.chance(percent) {
            let copy = Segment {
                pause: false,
                ..segments[at].clone()
            };
            let to = (at + rng.between(1, 8) as usize).min(segments.len());
            segments.insert(to, copy);
        }
    }
}

/// Has segments behind the handshake begin with bytes that were sent before.
pub fn overlap(segments: &mut [Segment], session: &Session, percent: u64, rng: &mut Rng) {
    for segment in segments {
        if rng.chance(percent) && segment.offset >= session.side(segment.direction).clear {
            let back = rng.between(1, 60).min(segment.offset);
            segment.offset -= back;
            let range = segment.offset as usize..(segment.end() + back) as usize;
            segment.bytes = session.side(segment.direction).wire[range].to_vec();
        }
    }
}

/// What TCP hands over by default: nothing that begins behind what it has handed over already.
pub fn without_late(segments: &[Segment]) -> Vec<Segment> {
    let mut next = [0; 2];
    segments
        .iter()
        .filter(|segment| {
            let next = &mut next[usize::from(segment.direction.code())];
            let fresh = segment.offset >= *next;
            *next = (*next).max(segment.end());
            fresh
        })
        .cloned()
        .collect()
}

/// What TCP hands over with `tcp.reassemble_out_of_order`: everything up to the first byte that never
/// comes, in order, held bytes with the segment that closes the gap before them.
pub fn in_order(segments: &[Segment]) -> Vec<Segment> {
    let mut held: [Vec<Segment>; 2] = [Vec::new(), Vec::new()];
    let mut next = [0; 2];
    let mut out = Vec::new();
    for segment in segments {
        let side = usize::from(segment.direction.code());
        if segment.end() <= next[side] {
            continue;
        }
        held[side].push(segment.clone());
        let mut whole: Option<Segment> = None;
        while let Some(at) = held[side]
            .iter()
            .position(|s| s.offset <= next[side] && s.end() > next[side])
        {
            let found = held[side].remove(at);
            let new = &found.bytes[(next[side] - found.offset) as usize..];
            let known = next[side];
            next[side] = found.end();
            let joined = whole.get_or_insert(Segment {
                offset: known,
                bytes: Vec::new(),
                push: false,
                ..segment.clone()
            });
            joined.bytes.extend(new);
            joined.push |= found.push;
        }
        out.extend(whole);
    }
    out
}
