//! Which tables a connection is decoded with.

use crate::feed::{Feed, catalog, key_of, sent};
use crate::network::whole;
use crate::session::{BUILD_2013, BUILD_2025, BUILD_2026, SERVER, Session, exchange, server_message};
use gw2_protocol::connection::Options;
use gw2_protocol::message::Reason;
use gw2_protocol::stream::Item;
use gw2_protocol::{Server, Table as Tag};
use gw2_sim::handshake::Version;
use gw2_sim::message::Table;
use gw2_sim::random::{self, Size};
use gw2_sim::rng::Rng;

fn session(version: &Version, build: u32) -> Session {
    let mut session = Session::new(version, build, exchange(0), true);
    session.open();
    session
}

fn chosen(build: u32, forced: Option<&str>) -> String {
    let mut session = session(&Version::Game38, build);
    // LATENCY, the same in the three sets.
    session.blocks(&[server_message(1)], &[]);
    let options = Options {
        schema: forced.map(str::to_owned),
        ..Options::default()
    };
    let mut feed = Feed::with(&session, key_of(&session), options);
    feed.segments(&whole(&session));
    assert_eq!(feed.messages(SERVER).len(), 1, "{build} {forced:?}");
    let selected = feed.connection.select(catalog()).unwrap();
    catalog().set_name(selected.set).to_owned()
}

#[test]
fn the_newest_set_that_is_not_newer_than_the_build_decodes() {
    for (build, set) in [
        (u32::MAX, "2026-205780"),
        (BUILD_2026, "2026-205780"),
        (BUILD_2026 - 1, "2025-08"),
        (BUILD_2025, "2025-08"),
        (BUILD_2025 - 1, "2013-21315"),
        (BUILD_2013, "2013-21315"),
        (1, "2013-21315"),
    ] {
        assert_eq!(chosen(build, None), set, "{build}");
    }
}

#[test]
fn a_forced_set_decodes_whatever_the_build_and_an_unknown_name_forces_nothing() {
    assert_eq!(chosen(BUILD_2026, Some("2013-21315")), "2013-21315");
    assert_eq!(chosen(BUILD_2026, Some("no such set")), "2026-205780");
}

/// What the set of a build lacks, login takes from the complete 2013 tables.
#[test]
fn login_falls_back_opcode_by_opcode() {
    let set = catalog().select(Some(BUILD_2013), None).unwrap().set;
    let mut rng = Rng::new(1);
    for build in [BUILD_2026, BUILD_2025, BUILD_2013] {
        let mut session = session(&Version::Login, build);
        for schema in catalog().table(set, Tag::Ls2c).schemas() {
            let message = random::message(&mut rng, Table::Ls2c, schema, Size::Usual).unwrap();
            session.blocks(&[message.unwrap()], &[]);
        }
        let feed = Feed::all(&session);
        assert_eq!(feed.connection.server(), Server::Login);
        assert_eq!(feed.messages(SERVER), sent(&session, SERVER), "{build}");
    }
}

#[test]
fn game_does_not_fall_back() {
    let set = |build| catalog().select(Some(build), None).unwrap().set;
    let old = catalog().table(set(BUILD_2013), Tag::Gs2c);
    let new = catalog().table(set(BUILD_2025), Tag::Gs2c);
    let schema = old
        .schemas()
        .iter()
        .find(|schema| new.get(schema.opcode).is_none())
        .unwrap();
    let message = random::message(&mut Rng::new(1), Table::Gs2c, schema, Size::Usual).unwrap();
    let mut session = session(&Version::Game38, BUILD_2025);
    session.blocks(&[server_message(1), message.unwrap()], &[]);
    let feed = Feed::all(&session);
    assert_eq!(feed.messages(SERVER), [server_message(1).bytes]);
    assert!(feed.items(SERVER).iter().any(|item| matches!(
        item,
        Item::Failed { failure, .. } if failure.reason == Reason::UnknownOpcode
    )));
}
