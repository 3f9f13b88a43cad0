//! The preference `gw2.compression`.

use crate::feed::{Feed, key_of, sent};
use crate::network::whole;
use crate::session::{BUILD_2026, CLIENT, SERVER, Session, client_message, exchange, server_messages};
use gw2_protocol::block::{Codec as Wire, Compression};
use gw2_protocol::connection::Options;
use gw2_protocol::stream::Item;
use gw2_sim::block::Codec;
use gw2_sim::handshake::Version;

fn options(compression: Compression) -> Options {
    Options {
        compression,
        schema: None,
    }
}

fn feed(session: &Session, compression: Compression) -> Feed {
    let mut feed = Feed::with(session, key_of(session), options(compression));
    feed.segments(&whole(session));
    feed
}

#[test]
fn none_takes_the_servers_stream_for_messages() {
    let mut session = Session::new(&Version::Game38, BUILD_2026, exchange(0), false);
    session.open();
    session.messages(SERVER, &server_messages(0..300));
    session.messages(CLIENT, &[client_message(1)]);
    let feed = feed(&session, Compression::None);
    for direction in [CLIENT, SERVER] {
        assert_eq!(feed.messages(direction), sent(&session, direction));
    }
    assert!(
        !feed
            .items(SERVER)
            .iter()
            .any(|item| matches!(item, Item::Block(_)))
    );
}

#[test]
fn a_forced_codec_is_the_only_one_and_stored_blocks_are_always_read() {
    let codecs = [
        (Codec::Lz4, Wire::Lz4),
        (Codec::Zlib, Wire::Zlib),
        (Codec::Deflate, Wire::Deflate),
    ];
    for (sent_as, own) in codecs {
        let mut session = Session::game();
        session.blocks(&server_messages(0..10), &[(usize::MAX, Codec::Stored)]);
        session.blocks(&server_messages(500..600), &[(usize::MAX, sent_as)]);
        let all = sent(&session, SERVER);
        for forced in codecs.map(|codec| codec.1) {
            let feed = feed(&session, Compression::Only(forced));
            let wanted = if forced == own { &all[..] } else { &all[..10] };
            assert_eq!(feed.messages(SERVER), wanted, "{own} read as {forced}");
        }
        assert_eq!(feed(&session, Compression::Auto).messages(SERVER), all, "{own}");
    }
}
