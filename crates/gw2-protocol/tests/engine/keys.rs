//! Which key decrypts a connection, and what is said when none does.

use crate::feed::{Feed, key_log, sent};
use crate::network::{split, whole};
use crate::session::{CLIENT, SERVER, Session, client_message, exchange, server_messages};
use gw2_protocol::Direction;
use gw2_protocol::stream::{Item, Notice};
use gw2_sim::block::Codec;
use gw2_sim::crypto::KeyExchange;
use gw2_sim::keylog::{FORMS, Id, Secret, line};

fn session() -> Session {
    let mut session = Session::game();
    session.messages(CLIENT, &[client_message(1), client_message(70_000)]);
    session.blocks(
        &server_messages(0..30),
        &[(40, Codec::Lz4), (usize::MAX, Codec::Stored)],
    );
    session.messages(CLIENT, &[client_message(2)]);
    session
}

fn all_decoded(session: &Session, feed: &Feed) -> bool {
    [CLIENT, SERVER]
        .into_iter()
        .all(|direction| feed.messages(direction) == sent(session, direction))
}

fn with(session: &Session, lines: &[String]) -> Feed {
    let mut feed = Feed::new(session, key_log(lines));
    feed.segments(&whole(session));
    feed
}

fn source(feed: &Feed) -> String {
    feed.connection
        .key_source()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// A line for the session's connection with another one's key.
fn wrong(session: &Session, secret: Secret, id: Id) -> String {
    let other = KeyExchange {
        client_public: session.keys.client_public,
        wire_seed: session.keys.wire_seed,
        ..exchange(9).clone()
    };
    line(&other, secret, id)
}

fn notices(feed: &Feed, direction: Direction) -> Vec<Option<Notice>> {
    let notice = |item: &Item| match item {
        Item::Encrypted { notice } => Some(*notice),
        _ => None,
    };
    feed.items(direction).iter().filter_map(notice).collect()
}

#[test]
fn every_label_and_id_decrypts() {
    let session = session();
    for (secret, id) in FORMS {
        let feed = with(
            &session,
            &["# comment".to_owned(), line(&session.keys, secret, id)],
        );
        assert!(all_decoded(&session, &feed), "{secret:?} {id:?}");
        assert_eq!(source(&feed), "keys:2", "{secret:?} {id:?}");
    }
}

#[test]
fn of_several_candidates_the_one_that_decrypts_wins() {
    let session = session();
    let right = |id| line(&session.keys, Secret::Rc4Key, id);
    for (lines, winner) in [
        (
            vec![
                wrong(&session, Secret::Rc4Key, Id::ServerSeed),
                right(Id::ServerSeed),
            ],
            2,
        ),
        (
            vec![
                right(Id::ServerSeed),
                wrong(&session, Secret::Rc4Key, Id::ServerSeed),
            ],
            1,
        ),
        (
            vec![right(Id::Any), wrong(&session, Secret::Rc4Key, Id::ServerSeed)],
            1,
        ),
        (
            vec![
                right(Id::ClientPublic),
                wrong(&session, Secret::Seed, Id::ServerSeed),
            ],
            1,
        ),
        // By server seed before by client public value before `*`; in each, later lines first.
        (
            vec![right(Id::ServerSeed), right(Id::ClientPublic), right(Id::Any)],
            1,
        ),
        (vec![right(Id::ClientPublic), right(Id::Any)], 1),
        (
            vec![
                line(&session.keys, Secret::Seed, Id::ServerSeed),
                right(Id::ServerSeed),
            ],
            2,
        ),
    ] {
        let feed = with(&session, &lines);
        assert!(all_decoded(&session, &feed), "{lines:?}");
        assert_eq!(source(&feed), format!("keys:{winner}"), "{lines:?}");
    }
}

#[test]
fn among_a_hundred_lines_for_any_connection_the_right_one_is_found() {
    let session = session();
    let mut rng = gw2_sim::rng::Rng::new(3);
    let mut lines: Vec<String> = (0..100)
        .map(|_| {
            let key: String = rng
                .bytes::<20>()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            format!("GW2_RC4_KEY * {key}")
        })
        .collect();
    lines.insert(40, line(&session.keys, Secret::Rc4Key, Id::Any));
    let feed = with(&session, &lines);
    assert_eq!(source(&feed), "keys:41");
    assert!(all_decoded(&session, &feed));
}

#[test]
fn a_key_that_comes_late_decrypts_what_came_before_it() {
    let session = session();
    for size in [7, 1460] {
        let segments = split(&whole(&session), size);
        let key = line(&session.keys, Secret::Rc4Key, Id::ServerSeed);
        let mut early = Feed::new(&session, key_log(std::slice::from_ref(&key)));
        early.segments(&segments);
        for when in 0..segments.len() {
            let mut feed = Feed::new(&session, key_log(&[]));
            feed.segments(&segments[..when]);
            feed.add_keys(std::slice::from_ref(&key));
            feed.segments(&segments[when..]);
            for number in 0..segments.len() {
                let (late, early) = (feed.shown(number), early.shown(number));
                assert_eq!(late.messages, early.messages, "segment {number}, key at {when}");
            }
        }
    }
}

#[test]
fn without_a_key_each_direction_says_so_once() {
    let session = session();
    let feed = with(&session, &[]);
    assert_eq!(notices(&feed, CLIENT), [Some(Notice::NoKey), None]);
    assert_eq!(notices(&feed, SERVER), [Some(Notice::NoKey)]);
    assert!(feed.connection.wants_key());
}

#[test]
fn a_bad_key_shows_nothing_says_so_once_and_the_right_one_still_decrypts() {
    let session = session();
    let mut feed = with(&session, &[wrong(&session, Secret::Rc4Key, Id::ServerSeed)]);
    assert_eq!(notices(&feed, CLIENT), [Some(Notice::BadKey), None]);
    assert_eq!(notices(&feed, SERVER), [Some(Notice::BadKey)]);
    assert!(feed.messages(CLIENT).is_empty() && feed.messages(SERVER).is_empty());
    assert_eq!(source(&feed), "");
    feed.add_keys(&[line(&session.keys, Secret::SharedSecret, Id::ClientPublic)]);
    assert!(all_decoded(&session, &feed));
    assert_eq!(source(&feed), "keys:2");
}

#[test]
fn lines_for_other_connections_are_no_candidates() {
    let session = session();
    let other = exchange(5);
    let lines = [
        line(other, Secret::Rc4Key, Id::ServerSeed),
        line(other, Secret::Rc4Key, Id::ClientPublic),
    ];
    let feed = with(&session, &lines);
    assert_eq!(notices(&feed, SERVER), [Some(Notice::NoKey)]);
}

/// With tiny blocks the first unit is no single block.
#[test]
fn a_key_is_told_by_an_opcode_that_lies_in_two_blocks() {
    for codec in [Codec::Stored, Codec::Lz4] {
        for sizes in [vec![1, 1], vec![0, 1, 0, 1], vec![0, 0], vec![1, 30]] {
            let mut session = Session::game();
            let sizes: Vec<_> = sizes
                .into_iter()
                .map(|size| (size, if size == 0 { Codec::Stored } else { codec }))
                .collect();
            session.blocks(&server_messages(0..30), &sizes);
            let feed = Feed::all(&session);
            assert_eq!(feed.messages(SERVER), sent(&session, SERVER), "{sizes:?}");
        }
    }
}

/// Neither the version frame nor the message is whole when the key is tried first.
#[test]
fn a_key_that_is_tried_early_does_not_choose_the_schema_set() {
    let mut session = Session::new(
        &gw2_sim::handshake::Version::Login,
        crate::session::BUILD_2013,
        exchange(1),
        true,
    );
    session.open();
    let lines = [line(&session.keys, Secret::Rc4Key, Id::Any)];
    let mut feed = Feed::new(&session, key_log(&lines));
    feed.segments(&split(&whole(&session), 2));
    let selected = feed.connection.select(crate::feed::catalog()).unwrap();
    assert_eq!(crate::feed::catalog().set_name(selected.set), "2013-21315");
}
