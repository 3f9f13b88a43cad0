//! What cannot be decoded, and where decoding comes back.

use crate::feed::{Feed, key_of, sent};
use crate::network::whole;
use crate::session::{CLIENT, SERVER, Session, client_message, server_message, server_messages};
use gw2_protocol::message::Reason;
use gw2_protocol::stream::{Item, Why};
use gw2_sim::block::{Codec, block_with_sizes, encode_block};
use gw2_sim::message::{Message, Table};

const MS: i64 = 1_000_000;

/// A message of the client that no schema knows, seven bytes long.
fn unknown() -> Message {
    Message::raw(Table::C2gs, 0x7777, &[1, 2, 3, 4, 5])
}

fn unknown_of_server() -> Message {
    Message::raw(Table::Gs2c, 0x7777, &[1, 2, 3, 4, 5])
}

/// Two flushes of the client, the first of which decoding does not get through, then `more` of them.
fn stuck(more: &[&[Message]]) -> Session {
    let mut session = Session::game();
    session.messages(CLIENT, &[client_message(1), unknown(), client_message(2)]);
    more.iter()
        .for_each(|messages| session.messages(CLIENT, messages));
    session
}

fn whys(items: &[Item]) -> Vec<Why> {
    let why = |item: &Item| match item {
        Item::Undecoded { why, .. } => Some(*why),
        _ => None,
    };
    items.iter().filter_map(why).collect()
}

fn failures(items: &[Item]) -> Vec<(u32, Reason)> {
    let failure = |item: &Item| match item {
        Item::Failed { len, failure, .. } => Some((*len, failure.reason)),
        _ => None,
    };
    items.iter().filter_map(failure).collect()
}

fn resumed(items: &[Item]) -> Vec<u64> {
    let after = |item: &Item| match item {
        Item::Resumed { after } => Some(*after),
        _ => None,
    };
    items.iter().filter_map(after).collect()
}

#[test]
fn an_unknown_opcode_of_the_client_costs_the_rest_of_its_segment() {
    let session = stuck(&[&[client_message(3)], &[client_message(4)]]);
    let feed = Feed::all(&session);
    assert_eq!(feed.shown(2).messages, [client_message(1).bytes]);
    assert_eq!(failures(&feed.shown(2).items), [(10, Reason::UnknownOpcode)]);
    assert_eq!(resumed(&feed.shown(3).items), [10]);
    assert_eq!(feed.shown(3).messages, [client_message(3).bytes]);
    assert_eq!(feed.shown(4).messages, [client_message(4).bytes]);
    assert!(resumed(&feed.shown(4).items).is_empty());
}

#[test]
fn the_client_comes_back_with_psh_or_behind_250_ms_of_silence() {
    let session = stuck(&[&[client_message(3)]]);
    for (push, silence, back) in [
        (true, 0, true),
        (false, 0, false),
        (false, 250 * MS - 1, false),
        (false, 250 * MS, true),
        (true, 250 * MS, true),
    ] {
        let mut segments = whole(&session);
        segments[3].push = push;
        let mut feed = Feed::new(&session, key_of(&session));
        feed.segments(&segments[..3]);
        // A segment counts 10 µs by itself.
        feed.wait((silence - 10_000).max(0));
        feed.segment(&segments[3]);
        let shown = feed.shown(3);
        assert_eq!(shown.messages.len(), usize::from(back), "{push} {silence}");
        let why = if back { vec![] } else { vec![Why::NoBoundary] };
        assert_eq!(whys(&shown.items), why, "{push} {silence}");
    }
}

#[test]
fn the_client_comes_back_with_a_whole_message_only() {
    let long = Message::raw(Table::C2gs, 0x0057, &[0x80, 0x80, 0x80]);
    let session = stuck(&[
        &[unknown()],
        &[long],
        &[Message::raw(Table::C2gs, 7, &[])],
        &[client_message(3)],
    ]);
    let feed = Feed::all(&session);
    for number in 3..6 {
        assert_eq!(whys(&feed.shown(number).items), [Why::NoBoundary], "{number}");
    }
    assert_eq!(resumed(&feed.shown(6).items), [10 + 7 + 5 + 2]);
    assert_eq!(feed.shown(6).messages, [client_message(3).bytes]);
}

#[test]
fn right_behind_a_gap_a_segment_is_tried_without_psh() {
    let mut session = Session::game();
    for value in 0..5 {
        session.messages(CLIENT, &[client_message(value)]);
    }
    session.blocks(&[server_message(1)], &[]);
    let mut segments = whole(&session);
    segments
        .iter_mut()
        .skip(2)
        .for_each(|segment| segment.push = false);
    segments.remove(3);
    let feed = Feed::these(&session, &segments);
    assert_eq!(feed.shown(3).messages, [client_message(2).bytes]);
    // The one behind the gap begins with no message: the next needs a sign of its own.
    let mut second = whole(&session);
    second.iter_mut().skip(2).for_each(|segment| segment.push = false);
    second[3].bytes.truncate(1);
    second[4].bytes.remove(0);
    second[4].offset += 1;
    let feed = Feed::these(&session, &second);
    assert_eq!(feed.shown(4).messages.len(), 0);
    assert_eq!(feed.shown(5).messages.len(), 0);
}

#[test]
fn malformed_fields_and_limits_end_decoding_like_unknown_opcodes() {
    let over = Message::raw(Table::C2gs, 0x01c6, &[b'a'; 130]);
    for (message, reason) in [
        (Message::raw(Table::C2gs, 0x0057, &[0xff; 5]), Reason::Varint),
        (
            Message::raw(Table::C2gs, 0x0057, &[0x80, 0x80, 0x80, 0x80, 0x10]),
            Reason::Varint,
        ),
        (over, Reason::OverLimit { found: 129, max: 128 }),
    ] {
        let mut session = Session::game();
        session.messages(CLIENT, &[client_message(1), message]);
        session.messages(CLIENT, &[client_message(2)]);
        let feed = Feed::all(&session);
        let items = feed.items(CLIENT);
        assert_eq!(failures(&items).iter().map(|f| f.1).collect::<Vec<_>>(), [reason]);
        assert_eq!(
            feed.messages(CLIENT),
            [client_message(1).bytes, client_message(2).bytes]
        );
    }
}

#[test]
fn an_unknown_opcode_of_the_server_costs_the_rest_of_its_block() {
    for codec in [Codec::Stored, Codec::Lz4] {
        let mut session = Session::game();
        let messages = [server_message(1), unknown_of_server(), server_message(2)];
        session.blocks(&messages, &[(usize::MAX, codec)]);
        session.blocks(&[server_message(3)], &[(usize::MAX, codec)]);
        let all =
            crate::network::coalesce(whole(&session)[2..].to_vec(), 100, &mut gw2_sim::rng::Rng::new(0));
        let feed = Feed::these(&session, &[whole(&session)[..2].to_vec(), all].concat());
        let shown = feed.shown(2);
        assert_eq!(failures(&shown.items), [(10, Reason::UnknownOpcode)], "{codec:?}");
        assert_eq!(resumed(&shown.items), [10]);
        assert_eq!(shown.messages, [server_message(1).bytes, server_message(3).bytes]);
    }
}

#[test]
fn a_message_that_fails_in_the_block_after_its_first_costs_both_parts() {
    let mut session = Session::game();
    session.blocks(&[server_message(1)], &[]);
    // A varint that goes on too long, cut behind its first byte.
    let bad = Message::raw(Table::Gs2c, 4, &[0xff, 0xff, 0xff, 0xff, 0xff]);
    session.blocks(&[bad, server_message(2)], &[(3, Codec::Stored)]);
    session.blocks(&[server_message(3)], &[]);
    let feed = Feed::all(&session);
    assert_eq!(failures(&feed.items(SERVER)), [(10, Reason::Varint)]);
    assert_eq!(
        feed.messages(SERVER),
        [server_message(1).bytes, server_message(3).bytes]
    );
}

/// A block of the server's whose payload is no LZ4, with sizes that are right.
fn broken() -> Vec<u8> {
    block_with_sizes(6, 40, &[0xff; 6]).unwrap()
}

#[test]
fn a_broken_block_ends_at_its_compressed_size() {
    let mut session = Session::game();
    session.blocks(&[server_message(1)], &[]);
    session.raw(SERVER, &broken());
    session.blocks(&server_messages(2..5), &[]);
    let feed = Feed::all(&session);
    let items = feed.items(SERVER);
    assert_eq!(
        items
            .iter()
            .filter(|item| matches!(item, Item::BrokenBlock { .. }))
            .count(),
        1
    );
    assert_eq!(feed.messages(SERVER), sent(&session, SERVER));
    assert_eq!(resumed(&items), [10]);
    assert!(whys(&items).is_empty());
}

#[test]
fn behind_a_broken_block_the_first_block_that_begins_with_a_whole_message_is_the_boundary() {
    let mut session = Session::game();
    session.blocks(&[server_message(1)], &[]);
    // Two of five bytes, then the broken block: the message is lost.
    session.raw(SERVER, &encode_block(Codec::Stored, &[4, 0]).unwrap());
    session.raw(SERVER, &broken());
    // The end of a message, then one that is cut, then its end.
    session.raw(SERVER, &encode_block(Codec::Lz4, &[0xff, 0xff, 1]).unwrap());
    session.raw(SERVER, &encode_block(Codec::Lz4, &[4, 0, 0xff]).unwrap());
    session.raw(SERVER, &encode_block(Codec::Lz4, &[0xff, 1]).unwrap());
    session.blocks(&server_messages(2..5), &[(7, Codec::Stored)]);
    let feed = Feed::all(&session);
    assert_eq!(feed.messages(SERVER), sent(&session, SERVER));
    let cut = [
        Why::CutByBrokenBlock,
        Why::NoBoundary,
        Why::NoBoundary,
        Why::NoBoundary,
    ];
    assert_eq!(whys(&feed.items(SERVER)), cut);
}

#[test]
fn a_block_whose_sizes_lie_is_searched_through() {
    for compressed in [1u16, 3, 30, 45] {
        let mut session = Session::game();
        session.blocks(&[server_message(1)], &[]);
        let mut block = encode_block(Codec::Lz4, &server_message(2).bytes).unwrap();
        block[..2].copy_from_slice(&compressed.to_le_bytes());
        session.raw(SERVER, &block);
        // A false size makes the search wait for as much as it says.
        for block in 0..50u32 {
            let value = |n: u32| (block * 300 + n).wrapping_mul(0x9e37_79b1);
            let messages: Vec<Message> = (0..300).map(|n| server_message(value(n))).collect();
            session.blocks(&messages, &[(usize::MAX, Codec::Lz4)]);
        }
        let feed = Feed::all(&session);
        let items = feed.items(SERVER);
        assert_eq!(
            items
                .iter()
                .filter(|item| matches!(item, Item::BrokenBlock { .. }))
                .count(),
            1,
            "{compressed}"
        );
        assert!(feed.messages(SERVER) == sent(&session, SERVER), "{compressed}");
    }
}

#[test]
fn an_empty_block_is_valid() {
    let mut session = Session::game();
    session.raw(SERVER, &[0; 4]);
    session.blocks(&[server_message(1)], &[]);
    session.raw(SERVER, &[0; 12]);
    session.blocks(
        &[server_message(2), server_message(70_000)],
        &[(5, Codec::Stored), (0, Codec::Stored)],
    );
    let feed = Feed::all(&session);
    assert_eq!(feed.messages(SERVER), sent(&session, SERVER));
    assert!(feed.items(SERVER).iter().all(|item| matches!(
        item,
        Item::Block(_) | Item::Messages { .. } | Item::ServerSeed { .. }
    )));
}
