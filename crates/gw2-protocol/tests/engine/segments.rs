//! However TCP cuts the stream.

use crate::feed::{Feed, sent};
use crate::network::{self, split, whole};
use crate::session::{CLIENT, SERVER, Session, client_message, server_messages};
use gw2_protocol::stream::Item;
use gw2_sim::block::Codec;
use gw2_sim::rng::Rng;

fn session() -> Session {
    let mut session = Session::game();
    session.blocks(
        &server_messages(0..60),
        &[(7, Codec::Stored), (90, Codec::Lz4), (5, Codec::Zlib)],
    );
    session.messages(
        CLIENT,
        &(0..40).map(|n| client_message(n * 999)).collect::<Vec<_>>(),
    );
    session.blocks(
        &server_messages(0..500),
        &[(333, Codec::Deflate), (0, Codec::Stored), (1, Codec::Lz4)],
    );
    session
}

#[test]
fn segments_of_any_one_size_give_the_same() {
    let session = session();
    for size in (1..40).chain([100, 536, 1460]) {
        let feed = Feed::these(&session, &split(&whole(&session), size));
        for direction in [CLIENT, SERVER] {
            assert_eq!(feed.messages(direction), sent(&session, direction), "{size}");
        }
    }
}

#[test]
fn segments_of_64_kib_hold_thousands_of_messages() {
    let mut session = Session::game();
    for _ in 0..20 {
        session.blocks(&server_messages(0..3000), &[]);
        session.messages(CLIENT, &(0..3000).map(client_message).collect::<Vec<_>>());
    }
    let mut segments = whole(&session);
    segments.sort_by_key(|s| (s.offset >= session.side(s.direction).clear, s.direction.code()));
    let mut segments = network::coalesce(segments, 100, &mut Rng::new(1));
    segments = split(&segments, 65_535);
    let feed = Feed::these(&session, &segments);
    for direction in [CLIENT, SERVER] {
        assert!(feed.messages(direction) == sent(&session, direction));
    }
    let most = (0..feed.len())
        .map(|number| feed.shown(number).messages.len())
        .max();
    assert!(most > Some(10_000), "{most:?} messages in one frame");
}

/// A message shows in the frame that completes it.
#[test]
fn a_message_counts_to_the_segment_that_completes_it() {
    let mut session = Session::game();
    session.messages(CLIENT, &[client_message(70_000)]);
    let mut segments = whole(&session);
    let last = segments.pop().unwrap();
    segments.extend(split(&[last], 1));
    let feed = Feed::these(&session, &segments);
    for number in 2..6 {
        assert_eq!(feed.shown(number).items, [], "segment {number}");
    }
    assert_eq!(feed.shown(6).messages, sent(&session, CLIENT));
}

#[test]
fn the_same_frame_may_carry_two_segments() {
    let session = session();
    let segments = split(&whole(&session), 20);
    let mut connection = gw2_protocol::connection::Connection::new(
        session.server,
        gw2_protocol::connection::Options::default(),
    );
    let keys = crate::feed::key_of(&session);
    let env = gw2_protocol::connection::Env {
        catalog: crate::feed::catalog(),
        keys: &keys,
    };
    let mut count = 0;
    for (number, segment) in segments.iter().enumerate() {
        let frame = number as u32 / 2 + 1;
        let piece = gw2_protocol::stream::Segment {
            frame,
            offset: segment.offset,
            bytes: &segment.bytes,
            time: 0,
            push: segment.push,
            ack: None,
        };
        connection.segment(segment.direction, &piece, env);
    }
    for (number, segment) in segments.iter().enumerate() {
        let frame = number as u32 / 2 + 1;
        let view = connection
            .view(segment.direction, frame, Some(segment.offset as u32))
            .unwrap();
        for item in view.items {
            if let Item::Messages { count: more, .. } = item {
                count += more;
            }
        }
    }
    assert_eq!(
        count as usize,
        sent(&session, CLIENT).len() + sent(&session, SERVER).len()
    );
}

#[test]
fn a_repeated_segment_shows_that_it_is_one() {
    let session = session();
    let mut segments = split(&whole(&session), 50);
    let again = segments[10].clone();
    segments.insert(15, again);
    let feed = Feed::these(&session, &segments);
    assert_eq!(feed.shown(15).items, [Item::Repeated]);
    assert_eq!(feed.messages(SERVER), sent(&session, SERVER));
}
