//! A login or game connection with its key: any plaintext in any segments, with some lost, late, doubled or overlapping.
//!
//! The input is what a side means to say; it is encrypted here, so that mutations reach what stands behind the cipher.
#![no_main]

use arbitrary::Arbitrary;
use gw2_protocol::connection::{Connection, Env, Options};
use gw2_protocol::key::KeyLog;
use gw2_protocol::schema::Catalog;
use gw2_protocol::stream::{Item, Layer, Segment};
use gw2_protocol::{Direction, Server};
use gw2_sim::crypto::KeyExchange;
use gw2_sim::handshake::{Version, client_seed, server_seed};
use gw2_sim::keylog::{Id, Secret, line};
use gw2_sim::rng::Rng;
use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

#[derive(Arbitrary, Debug)]
struct Input {
    login: bool,
    /// What client and server say behind the handshake.
    said: [Vec<u8>; 2],
    segments: Vec<Piece>,
}

#[derive(Arbitrary, Debug)]
struct Piece {
    from_server: bool,
    /// Where it stands, from where the direction has come to.
    jump: i8,
    len: u16,
    push: bool,
    pause: bool,
}

struct Fixed {
    catalog: Catalog,
    exchange: KeyExchange,
    keys: KeyLog,
}

fn fixed() -> &'static Fixed {
    static FIXED: OnceLock<Fixed> = OnceLock::new();
    FIXED.get_or_init(|| {
        let exchange = KeyExchange::random(&mut Rng::new(1));
        let mut keys = KeyLog::new("keys");
        let text = format!("{}\n", line(&exchange, Secret::Rc4Key, Id::ServerSeed));
        assert_eq!(keys.append(text.as_bytes()), []);
        Fixed {
            catalog: Catalog::builtin().0,
            exchange,
            keys,
        }
    })
}

const DIRECTIONS: [Direction; 2] = [Direction::ClientToServer, Direction::ServerToClient];

fuzz_target!(|input: Input| {
    let fixed = fixed();
    let env = Env {
        catalog: &fixed.catalog,
        keys: &fixed.keys,
    };
    let (server, version) = match input.login {
        true => (Server::Login, Version::Login),
        false => (Server::Game, Version::Game38),
    };
    let hello = [version.frame(205_780), client_seed(&fixed.exchange)].concat();
    let mut wires = [hello, server_seed(&fixed.exchange)];
    for (wire, mut said) in wires.iter_mut().zip(input.said) {
        fixed.exchange.cipher().apply(&mut said);
        wire.extend(said);
    }

    let mut connection = Connection::new(server, Options::default());
    let mut ends = [0usize; 2];
    let mut places = Vec::new();
    let mut time = 0;
    // The handshake comes first and whole; what follows, as the input says; at last whatever is left.
    let handshake = [0, 1].map(|side| (side, 0i8, [wires[0].len().min(104), 22][side], true, false));
    let drawn = input.segments.iter().map(|piece| {
        (
            usize::from(piece.from_server),
            piece.jump,
            usize::from(piece.len),
            piece.push,
            piece.pause,
        )
    });
    let last = [0, 1].map(|side| (side, 0, usize::MAX, true, true));
    for (side, jump, len, push, pause) in handshake.into_iter().chain(drawn).chain(last) {
        let wire = &wires[side];
        let start = ends[side]
            .saturating_add_signed(isize::from(jump))
            .min(wire.len());
        let end = start.saturating_add(len).min(wire.len());
        ends[side] = ends[side].max(end);
        time += if pause { 1_000_000_000 } else { 1_000_000 };
        let frame = places.len() as u32 + 1;
        let segment = Segment {
            frame,
            offset: start as u64,
            bytes: &wire[start..end],
            time,
            push,
            ack: Some(ends[1 - side] as u64),
        };
        connection.segment(DIRECTIONS[side], &segment, env);
        places.push((DIRECTIONS[side], frame, start as u32));
    }
    connection.take_handoffs();
    // What each frame shows is there to be shown.
    for (direction, frame, offset) in places {
        let Some(view) = connection.view(direction, frame, Some(offset)) else {
            continue;
        };
        let layer = connection.message_layer(direction);
        for item in view.items {
            let (layer, start, len) = match *item {
                Item::Messages { start, len, .. } | Item::Failed { start, len, .. } => (layer, start, len),
                Item::Undecoded {
                    layer, start, len, ..
                } => (layer, start, len),
                _ => continue,
            };
            let range = start..start + u64::from(len);
            let bytes = match layer {
                Layer::Decrypted => view.store.decrypted(range),
                Layer::Decompressed => view.store.decompressed(range),
            };
            assert_eq!(bytes.len(), len as usize, "{item:?} of frame {frame}");
        }
    }
});
