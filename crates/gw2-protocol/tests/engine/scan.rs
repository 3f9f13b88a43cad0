//! Looking for a block header behind a gap.

use crate::feed::Feed;
use crate::network::{split, whole};
use crate::session::{SERVER, Session, server_message};
use gw2_protocol::stream::{Item, Why};
use gw2_sim::block::Codec;

/// A block, a gap of one byte, so many zeros, two blocks, a gap, and a block.
fn session(zeros: usize) -> Session {
    let mut session = Session::game();
    session.blocks(&[server_message(1)], &[]);
    session.raw(SERVER, &[9]);
    session.raw(SERVER, &vec![0; zeros]);
    session.blocks(&[server_message(70_000)], &[(usize::MAX, Codec::Lz4)]);
    session.blocks(&[server_message(3)], &[(usize::MAX, Codec::Stored)]);
    session.raw(SERVER, &[9]);
    session.blocks(&[server_message(4)], &[]);
    session
}

fn shown(zeros: usize, size: usize) -> (Vec<Vec<u8>>, Vec<Item>) {
    let session = session(zeros);
    let mut segments = whole(&session);
    segments.retain(|segment| segment.bytes.len() != 1);
    let feed = Feed::these(&session, &split(&segments, size));
    (feed.messages(SERVER), feed.items(SERVER))
}

fn messages(values: &[u32]) -> Vec<Vec<u8>> {
    values.iter().map(|value| server_message(*value).bytes).collect()
}

#[test]
fn a_header_within_64_kib_is_found() {
    for size in [1460, 65_535] {
        for zeros in [0, 2, 3, 4, 1000, 65_536] {
            let (found, items) = shown(zeros, size);
            assert_eq!(found, messages(&[1, 70_000, 3, 4]), "{zeros} by {size}");
            assert!(
                items.contains(&Item::Resumed { after: zeros as u64 }),
                "{zeros}: {items:?}"
            );
        }
    }
}

#[test]
fn a_header_beyond_64_kib_is_not_and_the_next_gap_begins_anew() {
    for size in [1460, 65_535] {
        let (found, items) = shown(65_545, size);
        assert_eq!(found, messages(&[1, 4]), "{size}");
        let lost: u32 = items
            .iter()
            .filter_map(|item| match item {
                Item::Undecoded {
                    len,
                    why: Why::NoBlockHeader | Why::CutByGap,
                    ..
                } => Some(*len),
                _ => None,
            })
            .sum();
        assert_eq!(
            lost as usize,
            65_545 + 10 + 7,
            "every byte is accounted for: {items:?}"
        );
    }
}
