//! Greatest sizes, and that nothing grows or hangs by what the wire says.

use crate::feed::{Feed, catalog_without_limits, key_of, sent};
use crate::network::{Segment, split, whole};
use crate::session::{CLIENT, SERVER, Session, client_message, server_message};
use gw2_protocol::message::{MAX_MESSAGE, Reason};
use gw2_protocol::stream::Item;
use gw2_sim::block::Codec;
use gw2_sim::message::{Message, Table};
use std::time::Instant;

/// A message of so many bytes: an opcode, a length, bytes.
fn long(table: Table, len: usize) -> Message {
    let mut rest = ((len - 4) as u16).to_le_bytes().to_vec();
    rest.resize(len - 2, 0x2a);
    Message::raw(table, 0x7001, &rest)
}

fn feed(session: &Session, segments: &[Segment]) -> Feed {
    let mut feed = Feed::new(session, key_of(session));
    feed.catalog = catalog_without_limits();
    feed.segments(segments);
    feed
}

fn too_long(items: &[Item]) -> usize {
    let is = |item: &&Item| matches!(item, Item::Failed { failure, .. } if failure.reason == Reason::TooLong);
    items.iter().filter(is).count()
}

#[test]
fn a_message_of_8192_bytes_is_the_longest() {
    for (len, fits) in [
        (MAX_MESSAGE - 1, true),
        (MAX_MESSAGE, true),
        (MAX_MESSAGE + 1, false),
    ] {
        for size in [100, 1460, 65_535] {
            let mut session = Session::game();
            session.messages(CLIENT, &[client_message(1), long(Table::C2gs, len)]);
            session.messages(CLIENT, &[client_message(2)]);
            session.blocks(&[server_message(1)], &[]);
            session.blocks(
                &[long(Table::Gs2c, len)],
                &[(3000, Codec::Lz4), (3000, Codec::Stored)],
            );
            session.blocks(&[server_message(2)], &[]);
            let feed = feed(&session, &split(&whole(&session), size));
            for direction in [CLIENT, SERVER] {
                let mut wanted = sent(&session, direction);
                if !fits {
                    wanted.retain(|message| message.len() <= MAX_MESSAGE);
                }
                // The segment in which it shows can end the client's last message as well.
                assert_eq!(feed.messages(direction), wanted, "{direction:?} {len} by {size}");
                assert_eq!(too_long(&feed.items(direction)), usize::from(!fits));
            }
        }
    }
}

#[test]
fn a_string_that_never_ends_is_given_up_at_8192_bytes() {
    let mut session = Session::game();
    session.messages(CLIENT, &[client_message(1)]);
    session.messages(CLIENT, &[Message::raw(Table::C2gs, 0x7002, &[b'x'; 300_000])]);
    session.messages(CLIENT, &[client_message(2)]);
    let feed = feed(&session, &split(&whole(&session), 1460));
    assert_eq!(too_long(&feed.items(CLIENT)), 1);
    assert_eq!(
        feed.messages(CLIENT),
        [client_message(1).bytes, client_message(2).bytes]
    );
}

#[test]
fn blocks_of_65535_bytes_either_way_are_read() {
    let messages: Vec<Message> = (0..21_845).map(|n| server_message(n % 100)).collect();
    for codec in [Codec::Stored, Codec::Lz4, Codec::Zlib, Codec::Deflate] {
        let mut session = Session::game();
        session.blocks(&messages, &[(65_535, codec)]);
        session.blocks(&[server_message(1)], &[]);
        for size in [1000, 65_535] {
            let feed = Feed::these(&session, &split(&whole(&session), size));
            assert!(
                feed.messages(SERVER) == sent(&session, SERVER),
                "{codec:?} by {size}"
            );
        }
    }
}

#[test]
fn a_sequence_number_far_away_costs_no_time_and_only_its_segment() {
    let mut session = Session::game();
    for value in 0..10 {
        session.messages(CLIENT, &[client_message(value)]);
    }
    let mut segments = whole(&session);
    for (place, jump) in [(4, 1 << 31), (6, 1 << 40), (8, u64::MAX / 2)] {
        let stray = Segment {
            offset: jump,
            ..segments[3].clone()
        };
        segments.insert(place, stray);
    }
    let start = Instant::now();
    let feed = Feed::these(&session, &segments);
    assert!(start.elapsed().as_secs() < 5);
    assert_eq!(feed.messages(CLIENT), sent(&session, CLIENT));
    assert!(matches!(
        feed.shown(4).items[..],
        [Item::Gap { .. }, Item::Encrypted { notice: None }]
    ));
}

/// Gaps within one large block, each filled at once: what was begun is not stored again for each of them.
#[test]
fn filling_gaps_of_a_large_block_does_not_blow_up_the_store() {
    let messages: Vec<Message> = (0..21_845).map(|n| server_message(n % 100)).collect();
    let mut session = Session::game();
    session.blocks(&[server_message(1)], &[]);
    session.blocks(&messages, &[(usize::MAX, Codec::Stored)]);
    session.blocks(&messages, &[(usize::MAX, Codec::Stored)]);
    let mut segments = split(&whole(&session), 20);
    let first = segments
        .iter()
        .position(|s| s.offset > 100 && s.direction == SERVER)
        .unwrap();
    for pair in segments[first..].chunks_mut(2) {
        pair.reverse();
    }
    let start = Instant::now();
    let feed = Feed::these(&session, &segments);
    assert!(start.elapsed().as_secs() < 20);
    let kept = (0..feed.len())
        .filter_map(|number| feed.stored(SERVER, number))
        .max()
        .unwrap();
    let came = session.side(SERVER).wire.len() as u64;
    assert!(kept < 8 * came, "{kept} bytes are kept of {came}");
}
