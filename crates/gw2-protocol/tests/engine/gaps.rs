//! Bytes that never come, and bytes that come late.

use crate::feed::{Feed, catalog, key_of, sent};
use crate::network::{Segment, split, whole};
use crate::oracle;
use crate::session::{BUILD_2026, CLIENT, SERVER, Session, client_message, server_message, server_messages};
use gw2_protocol::Direction;
use gw2_protocol::stream::{Item, Layer, Why};
use gw2_sim::block::Codec;
use gw2_sim::message::Message;

/// Messages whose bytes look like nothing else.
fn scattered(values: std::ops::Range<u32>) -> Vec<Message> {
    values
        .map(|value| server_message(value.wrapping_mul(0x9e37_79b1)))
        .collect()
}

/// The first unit of each direction, which tells the key; blocks of every codec, messages over blocks, an empty block; client messages in several flushes.
fn session() -> Session {
    let mut session = Session::game();
    session.messages(CLIENT, &[client_message(0)]);
    session.blocks(&[server_message(0)], &[]);
    session.messages(
        CLIENT,
        &[client_message(1), client_message(70_000), client_message(2)],
    );
    session.blocks(
        &scattered(100..110),
        &[
            (11, Codec::Lz4),
            (7, Codec::Stored),
            (0, Codec::Stored),
            (9, Codec::Zlib),
        ],
    );
    session.blocks(&scattered(100..130), &[(50, Codec::Lz4), (20, Codec::Deflate)]);
    session.messages(CLIENT, &[client_message(80_000)]);
    session.blocks(&scattered(0..4), &[(usize::MAX, Codec::Stored)]);
    session.messages(CLIENT, &[client_message(3)]);
    session.blocks(&[server_message(9)], &[]);
    session
}

/// The segments without a range of one direction's stream.
fn without(segments: &[Segment], direction: Direction, start: u64, end: u64) -> Vec<Segment> {
    let mut out = Vec::new();
    for segment in segments {
        if segment.direction != direction || segment.end() <= start || end <= segment.offset {
            out.push(segment.clone());
            continue;
        }
        let before = start.saturating_sub(segment.offset) as usize;
        if before > 0 {
            out.push(Segment {
                bytes: segment.bytes[..before].to_vec(),
                push: false,
                ..segment.clone()
            });
        }
        if end < segment.end() {
            out.push(Segment {
                bytes: segment.bytes[(end - segment.offset) as usize..].to_vec(),
                offset: end,
                ..segment.clone()
            });
        }
    }
    out
}

/// Holds what is shown against the oracle; false where a place only looks like a boundary.
fn check(session: &Session, segments: &[Segment], direction: Direction, what: &str) -> bool {
    let set = catalog().select(Some(BUILD_2026), None).unwrap().set;
    let table = catalog().table(set, session.server.table(direction));
    let expected = oracle::expect(session, usize::from(direction.code()), segments, table);
    if expected.deceived {
        return false;
    }
    let feed = Feed::these(session, segments);
    for number in feed.of(direction) {
        let shown = feed.shown(number);
        let all = sent(session, direction);
        let wanted: Vec<_> = expected.messages[number]
            .iter()
            .map(|m| all[*m].clone())
            .collect();
        assert_eq!(
            shown.messages, wanted,
            "{what}, segment {number}: {:#?}",
            shown.items
        );
        let gap: Vec<u64> = expected.gaps[number].into_iter().collect();
        assert_eq!(shown.gaps(), gap, "{what}, segment {number}");
    }
    true
}

#[test]
fn a_gap_anywhere_costs_what_it_cuts_and_no_more() {
    let session = session();
    let (mut said, mut cases) = (0, 0);
    for segments in [whole(&session), split(&whole(&session), 16)] {
        for direction in [CLIENT, SERVER] {
            let side = session.side(direction);
            for start in side.messages[0].needs.end..side.wire.len() as u64 {
                for len in [1, 2, 5, 40, 150] {
                    let end = (start + len).min(side.wire.len() as u64);
                    let lossy = without(&segments, direction, start, end);
                    let what = format!("{direction:?} without {start}..{end}");
                    cases += 1;
                    said += usize::from(check(&session, &lossy, direction, &what));
                    // The other direction does not mind.
                    let feed = Feed::these(&session, &lossy);
                    let other = direction.reverse();
                    assert_eq!(feed.messages(other), sent(&session, other), "{what}");
                }
            }
        }
    }
    assert!(said * 10 > cases * 9, "{said} of {cases} cases say something");
}

#[test]
fn a_gap_that_closes_late_costs_nothing() {
    let session = session();
    let segments = split(&whole(&session), 13);
    let (mut said, mut cases) = (0, 0);
    for moved in 0..segments.len() {
        for by in [1, 2, 5, 30] {
            let mut late = segments.clone();
            let segment = late.remove(moved);
            if segment.offset < session.side(segment.direction).clear {
                continue;
            }
            late.insert((moved + by).min(late.len()), segment.clone());
            for direction in [CLIENT, SERVER] {
                let what = format!("{segment:?} late by {by}");
                cases += 1;
                said += usize::from(check(&session, &late, direction, &what));
            }
        }
    }
    assert!(said * 10 > cases * 9, "{said} of {cases} cases say something");
}

#[test]
fn segments_in_reverse_order_decode_when_the_first_comes() {
    let session = session();
    let segments = split(&whole(&session), 13);
    let (clear, mut rest): (Vec<_>, Vec<_>) = segments
        .into_iter()
        .partition(|s| s.offset < session.side(s.direction).clear);
    rest.reverse();
    let feed = Feed::these(&session, &[clear, rest].concat());
    for direction in [CLIENT, SERVER] {
        let mut shown = feed.messages(direction);
        let mut wanted = sent(&session, direction);
        shown.sort();
        wanted.sort();
        assert_eq!(shown, wanted);
    }
}

/// What came late was shown in the middle of what was half there.
#[test]
fn late_bytes_do_not_stand_within_what_is_half_there() {
    let mut session = Session::game();
    session.blocks(&[server_message(1)], &[]);
    session.blocks(&[server_message(2)], &[]);
    session.blocks(&server_messages(1000..1030), &[(usize::MAX, Codec::Stored)]);
    session.messages(CLIENT, &[client_message(1)]);
    session.messages(CLIENT, &[client_message(2)]);
    session.messages(CLIENT, &(1000..1030).map(client_message).collect::<Vec<_>>());
    let segments = whole(&session);
    for (direction, first, late, long) in [(SERVER, 2, 3, 4), (CLIENT, 5, 6, 7)] {
        let halves = crate::network::cut(&segments[long], 31);
        let order = [
            segments[0].clone(),
            segments[1].clone(),
            segments[first].clone(),
            halves[0].clone(),
            segments[late].clone(),
            halves[1].clone(),
        ];
        let feed = Feed::these(&session, &order);
        let all = sent(&session, direction);
        assert_eq!(feed.shown(4).messages, [all[1].clone()]);
        let behind = [feed.shown(3).messages, feed.shown(5).messages].concat();
        assert_eq!(behind, all[2..], "{direction:?}");
    }
}

#[test]
fn a_gap_tells_its_size_and_what_it_cut() {
    let mut session = Session::game();
    session.messages(CLIENT, &[client_message(1)]);
    session.messages(CLIENT, &[client_message(70_000)]);
    session.messages(CLIENT, &[client_message(3)]);
    let mut segments = whole(&session);
    // Of the second message of five bytes two came.
    segments[3].bytes.truncate(2);
    let feed = Feed::these(&session, &segments);
    let cut = Item::Undecoded {
        layer: Layer::Decrypted,
        start: 3,
        len: 2,
        why: Why::CutByGap,
    };
    assert_eq!(
        feed.shown(4).items[..3],
        [Item::Gap { len: 3 }, cut, Item::Resumed { after: 2 }]
    );
    assert_eq!(feed.shown(4).messages, [client_message(3).bytes]);
}

/// The start of encryption lost in both directions: the key is tried on what comes behind.
#[test]
fn a_lost_first_message_does_not_hide_the_key() {
    let mut session = Session::game();
    session.messages(CLIENT, &[client_message(70_000)]);
    session.messages(CLIENT, &[client_message(1)]);
    session.blocks(&server_messages(0..9), &[]);
    session.blocks(&server_messages(50..80), &[(usize::MAX, Codec::Lz4)]);
    for kept in 0..4 {
        let mut segments = whole(&session);
        segments[2].bytes.truncate(kept);
        segments[4].bytes.truncate(kept);
        segments.retain(|segment| !segment.bytes.is_empty());
        let feed = Feed::these(&session, &segments);
        assert_eq!(
            feed.messages(CLIENT),
            sent(&session, CLIENT)[1..],
            "{kept} bytes kept"
        );
        assert_eq!(
            feed.messages(SERVER),
            sent(&session, SERVER)[9..],
            "{kept} bytes kept"
        );
    }
}

#[test]
fn more_gaps_than_are_remembered_cost_the_oldest_only() {
    let mut session = Session::game();
    session.messages(CLIENT, &[client_message(0)]);
    for value in 0..200 {
        session.messages(CLIENT, &[client_message(value)]);
    }
    let all = whole(&session);
    // Every second segment is late, all of them.
    let (mut now, mut late) = (all[..3].to_vec(), Vec::new());
    for (number, segment) in all[3..].iter().enumerate() {
        if number % 2 == 0 { &mut late } else { &mut now }.push(segment.clone());
    }
    now.extend(late);
    let mut feed = Feed::new(&session, key_of(&session));
    feed.segments(&now);
    let shown = feed.messages(CLIENT).len();
    assert!((101 + 30..201).contains(&shown), "{shown}");
}
