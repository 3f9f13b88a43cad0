//! The clear part: however it is cut, doubled or missing.

use crate::feed::{Feed, key_log, key_of, sent};
use crate::network::{self, cut, split, whole};
use crate::session::{
    BUILD_2026, CLIENT, SERVER, Session, client_message, exchange, server_message, server_messages,
};
use gw2_protocol::Server;
use gw2_protocol::stream::{Item, Notice};
use gw2_sim::block::Codec;
use gw2_sim::crypto::KeyExchange;
use gw2_sim::handshake::{GameIdentity, Version, client_seed, server_error};
use gw2_sim::keylog::{Id, Secret, line};

fn identity() -> GameIdentity {
    GameIdentity {
        world: 1,
        map: 2,
        player: 3,
        account: [4; 16],
        character: [5; 16],
    }
}

/// A handshake with this version frame and something behind it in each direction.
fn session(version: &Version) -> Session {
    let mut session = Session::new(version, BUILD_2026, exchange(1), true);
    session.open();
    talk(&mut session);
    session
}

fn talk(session: &mut Session) {
    if session.server == Server::Game {
        session.messages(CLIENT, &[client_message(1), client_message(300)]);
        session.blocks(&server_messages(1..20), &[(usize::MAX, Codec::Lz4)]);
    } else {
        let message = |table, opcode| {
            gw2_sim::message::Message::new(table, opcode, &[gw2_sim::value::Value::Varint(7)]).unwrap()
        };
        session.messages(CLIENT, &[message(gw2_sim::message::Table::C2ls, 0x001a)]);
        session.blocks(&[message(gw2_sim::message::Table::Ls2c, 0x0002)], &[]);
    }
}

fn versions() -> Vec<Version> {
    vec![
        Version::Login,
        Version::Game64(identity()),
        Version::Game86(identity()),
        Version::Game38,
        Version::None,
    ]
}

/// The handshake's items, each direction's in order.
fn clear_items(feed: &Feed) -> Vec<Item> {
    let all = feed.items(CLIENT).into_iter().chain(feed.items(SERVER));
    all.filter(|item| {
        matches!(
            item,
            Item::Version { .. } | Item::ClientSeed { .. } | Item::ServerSeed { .. }
        )
    })
    .collect()
}

fn assert_all(session: &Session, feed: &Feed, what: &str) {
    for direction in [CLIENT, SERVER] {
        assert_eq!(feed.messages(direction), sent(session, direction), "{what}");
    }
    let hello = session.side(CLIENT).clear as u32;
    let mut wanted = vec![
        Item::ClientSeed { start: hello - 66 },
        Item::ServerSeed { start: 0 },
    ];
    if hello > 66 {
        let len = hello - 66;
        wanted.insert(0, Item::Version { start: 0, len });
        let version = feed.connection.handshake().version.unwrap();
        assert_eq!(
            (version.build, version.server),
            (Some(BUILD_2026), session.server),
            "{what}"
        );
    }
    assert_eq!(clear_items(feed), wanted, "{what}");
    assert_eq!(
        feed.connection.handshake().client_public,
        Some(session.keys.client_public)
    );
    assert_eq!(
        feed.connection.handshake().server_seed,
        Some(session.keys.wire_seed)
    );
}

#[test]
fn a_handshake_cut_anywhere_is_read() {
    for version in versions() {
        let session = session(&version);
        let segments = whole(&session);
        for (number, segment) in segments.iter().enumerate().take(2) {
            for at in 0..segment.bytes.len() {
                let mut pieces = segments.clone();
                pieces.splice(number..=number, cut(segment, at));
                let feed = Feed::these(&session, &pieces);
                assert_all(&session, &feed, &format!("{version:?} cut at {at}"));
            }
        }
    }
}

#[test]
fn a_handshake_in_segments_of_one_byte_is_read() {
    for version in versions() {
        let session = session(&version);
        let feed = Feed::these(&session, &split(&whole(&session), 1));
        assert_all(&session, &feed, &format!("{version:?}"));
    }
}

#[test]
fn version_frame_and_client_seed_may_have_segments_of_their_own() {
    for version in versions() {
        let session = session(&version);
        let mut segments = whole(&session);
        let hello = segments.remove(0);
        let at = hello.bytes.len() - 66;
        let mut two = cut(&hello, at);
        // Two flushes: each ends with PSH.
        two.iter_mut().for_each(|segment| segment.push = true);
        segments.splice(0..0, two);
        assert_all(
            &session,
            &Feed::these(&session, &segments),
            &format!("{version:?}"),
        );
    }
}

#[test]
fn the_server_seed_and_the_first_blocks_may_share_a_segment_cut_anywhere() {
    let session = {
        let mut session = Session::new(&Version::Game38, BUILD_2026, exchange(1), true);
        session.open();
        session.blocks(&server_messages(0..9), &[(10, Codec::Stored), (20, Codec::Lz4)]);
        session.messages(CLIENT, &[client_message(5)]);
        session
    };
    let segments = whole(&session);
    let server = network::coalesce(segments[1..3].to_vec(), 100, &mut gw2_sim::rng::Rng::new(0));
    assert_eq!(server.len(), 1);
    for at in 0..server[0].bytes.len() {
        let mut all = vec![segments[0].clone()];
        all.extend(cut(&server[0], at));
        all.push(segments[3].clone());
        assert_all(&session, &Feed::these(&session, &all), &format!("cut at {at}"));
    }
}

#[test]
fn a_retransmitted_handshake_shows_nothing_twice() {
    for version in versions() {
        let session = session(&version);
        let segments = whole(&session);
        for again in 0..2 {
            for behind in again + 1..=segments.len() {
                let mut all = segments.clone();
                all.insert(behind, segments[again].clone());
                let feed = Feed::these(&session, &all);
                assert_all(
                    &session,
                    &feed,
                    &format!("{version:?}: {again} again at {behind}"),
                );
                assert_eq!(feed.shown(behind).items, [Item::Repeated]);
            }
        }
    }
}

#[test]
fn a_game_version_frame_of_unknown_length_ends_where_the_client_seed_begins() {
    for len in [8usize, 9, 40, 63, 65, 70, 100, 300] {
        let keys = exchange(2);
        let mut session = Session::new(&Version::Game38, BUILD_2026, keys, true);
        let mut hello = Version::Game38.frame(BUILD_2026)[..8].to_vec();
        hello.resize(len, 0x5a);
        hello.extend(client_seed(keys));
        session.clear(CLIENT, &hello);
        session.clear(SERVER, &gw2_sim::handshake::server_seed(keys));
        talk(&mut session);
        for at in [0, 3, len, len + 30] {
            let mut segments = whole(&session);
            let hello = segments.remove(0);
            segments.splice(0..0, cut(&hello, at));
            assert_all(
                &session,
                &Feed::these(&session, &segments),
                &format!("{len}, cut at {at}"),
            );
        }
        // Without PSH the server's first byte says that the client has sent all.
        let mut segments = whole(&session);
        segments[0].push = false;
        let feed = Feed::these(&session, &segments);
        assert_eq!(feed.messages(SERVER), sent(&session, SERVER), "{len}");
        assert_eq!(feed.messages(CLIENT), sent(&session, CLIENT), "{len}");
    }
}

/// The session without some of its first segments, with a key log of one line.
fn without(session: &Session, missing: &[usize], id: Id) -> Feed {
    let mut segments = whole(session);
    for number in missing.iter().rev() {
        segments.remove(*number);
    }
    let mut feed = Feed::new(session, key_log(&[line(&session.keys, Secret::Rc4Key, id)]));
    feed.segments(&segments);
    feed
}

#[test]
fn a_lost_server_seed_leaves_the_key_by_client_public_value() {
    let session = session(&Version::Game38);
    for id in [Id::ClientPublic, Id::Any] {
        let feed = without(&session, &[1], id);
        assert_eq!(feed.messages(CLIENT), sent(&session, CLIENT), "{id:?}");
        assert_eq!(feed.messages(SERVER), sent(&session, SERVER), "{id:?}");
    }
}

#[test]
fn a_lost_client_hello_leaves_the_key_by_server_seed() {
    let session = session(&Version::Game38);
    for id in [Id::ServerSeed, Id::Any] {
        let feed = without(&session, &[0], id);
        assert_eq!(feed.messages(SERVER), sent(&session, SERVER), "{id:?}");
        assert_eq!(feed.messages(CLIENT), sent(&session, CLIENT), "{id:?}");
    }
}

#[test]
fn without_a_version_frame_the_newest_set_decodes() {
    let session = session(&Version::None);
    let feed = Feed::all(&session);
    assert!(feed.connection.handshake().version.is_none());
    assert_all(&session, &feed, "no version frame");
}

/// What was encrypted is shown in its own frames, and not again with the frame that brought the seed.
#[test]
fn a_server_seed_that_comes_late_still_names_the_connection() {
    let session = session(&Version::Game38);
    let mut segments = whole(&session);
    let seed = segments.remove(1);
    segments.push(seed);
    let feed = Feed::these(&session, &segments);
    for direction in [CLIENT, SERVER] {
        assert_eq!(feed.messages(direction), sent(&session, direction));
    }
    assert_eq!(
        feed.connection.handshake().server_seed,
        Some(session.keys.wire_seed)
    );
}

/// A capture that begins in the middle: offsets count from the first byte seen.
#[test]
fn without_any_handshake_nothing_is_made_up() {
    let session = session(&Version::Game38);
    let mut segments = whole(&session).split_off(2);
    for segment in &mut segments {
        segment.offset -= session.side(segment.direction).clear;
    }
    let mut feed = Feed::new(&session, key_log(&[line(&session.keys, Secret::Rc4Key, Id::Any)]));
    feed.segments(&segments);
    for direction in [CLIENT, SERVER] {
        let notice = Some(Notice::NoStart);
        assert_eq!(
            feed.items(direction),
            [Item::Encrypted { notice }],
            "{direction:?}"
        );
    }
}

#[test]
fn a_server_error_frame_ends_the_matter() {
    let mut session = Session::new(&Version::Login, BUILD_2026, exchange(1), true);
    session.clear(
        CLIENT,
        &[Version::Login.frame(BUILD_2026), client_seed(&session.keys)].concat(),
    );
    session.clear(SERVER, &server_error(&[7; 8]).unwrap());
    for size in [1, 3, 100] {
        let mut feed = Feed::new(&session, key_of(&session));
        feed.segments(&split(&whole(&session), size));
        assert_eq!(
            feed.items(SERVER),
            [Item::ServerError { start: 0, len: 10 }],
            "{size}"
        );
        assert!(feed.connection.handshake().refused && !feed.connection.wants_key());
    }
}

#[test]
fn a_malformed_frame_is_malformed_alone() {
    for (frame, len) in [
        (vec![3, 22], 22),
        (vec![1, 1], 2),
        (vec![0, 0], 2),
        (vec![1, 21], 21),
    ] {
        let mut frame = frame;
        frame.resize(len, 0);
        let keys: &KeyExchange = exchange(1);
        let mut session = Session::new(&Version::Game38, BUILD_2026, keys, true);
        let hello = [Version::Game38.frame(BUILD_2026), client_seed(keys)].concat();
        session.clear(CLIENT, &hello);
        session.clear(SERVER, &frame);
        session.clear(SERVER, &gw2_sim::handshake::server_seed(keys));
        session.blocks(&[server_message(1)], &[]);
        let feed = Feed::all(&session);
        let len = len as u32;
        assert_eq!(
            feed.items(SERVER)[..2],
            [
                Item::MalformedFrame { start: 0, len },
                Item::ServerSeed { start: len }
            ]
        );
        assert_eq!(feed.messages(SERVER), sent(&session, SERVER));
    }
}
