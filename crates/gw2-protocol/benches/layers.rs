//! How fast each layer is, alone and together: `cargo bench -p gw2-protocol`. `cargo xtask bench` reads the results.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use gw2_protocol::block::{BlockDecoder, BlockHeader, Compression};
use gw2_protocol::cipher::Rc4;
use gw2_protocol::connection::{Connection, Env, Options};
use gw2_protocol::key::KeyLog;
use gw2_protocol::message::{measure, read_opcode};
use gw2_protocol::schema::Catalog;
use gw2_protocol::stream::Segment;
use gw2_protocol::{Direction, Server, Table};
use gw2_sim::crypto::KeyExchange;
use gw2_sim::direction::Direction as Side;
use gw2_sim::handshake::{Version, client_seed, server_seed};
use gw2_sim::keylog::{Id, Secret, line};
use gw2_sim::rng::Rng;

/// Ciphertext of the game connection that is decoded, bytes.
const BYTES: usize = 2_000_000;

/// What a segment carries at most.
const SEGMENT: usize = 1460;

/// A game connection: handshake, then flushes, each before and after encryption.
struct Game {
    exchange: KeyExchange,
    plain: Vec<(Direction, Vec<u8>)>,
    wire: Vec<(Direction, Vec<u8>)>,
}

fn game() -> Game {
    let exchange = KeyExchange::random(&mut Rng::new(1));
    let plain: Vec<_> = gw2_sim::load::flushes(BYTES, 1)
        .unwrap()
        .into_iter()
        .map(|(side, bytes)| match side {
            Side::ClientToServer => (Direction::ClientToServer, bytes),
            Side::ServerToClient => (Direction::ServerToClient, bytes),
        })
        .collect();
    let mut ciphers = [exchange.cipher(), exchange.cipher()];
    let mut wire = vec![
        (
            Direction::ClientToServer,
            [Version::Game38.frame(205_780), client_seed(&exchange)].concat(),
        ),
        (Direction::ServerToClient, server_seed(&exchange)),
    ];
    for (direction, bytes) in &plain {
        let mut bytes = bytes.clone();
        ciphers[usize::from(direction.code())].apply(&mut bytes);
        wire.push((*direction, bytes));
    }
    Game {
        exchange,
        plain,
        wire,
    }
}

/// Reads the whole connection, as a first pass does.
fn read(game: &Game, catalog: &Catalog, keys: &KeyLog) -> Connection {
    let mut connection = Connection::new(Server::Game, Options::default());
    let mut ends = [0u64; 2];
    let mut frame = 0;
    for (direction, bytes) in &game.wire {
        for piece in bytes.chunks(SEGMENT) {
            frame += 1;
            let end = &mut ends[usize::from(direction.code())];
            let segment = Segment {
                frame,
                offset: *end,
                bytes: piece,
                time: i64::from(frame) * 1_000_000,
                push: piece.len() < SEGMENT,
                ack: None,
            };
            *end += piece.len() as u64;
            connection.segment(*direction, &segment, Env { catalog, keys });
        }
    }
    connection
}

fn layers(c: &mut Criterion) {
    let game = game();
    let catalog = Catalog::builtin().0;
    let mut keys = KeyLog::new("keys");
    keys.append(format!("{}\n", line(&game.exchange, Secret::Rc4Key, Id::ServerSeed)).as_bytes());
    let ciphertext: Vec<u8> = game.wire.iter().flat_map(|(_, bytes)| bytes.clone()).collect();
    let blocks: Vec<&[u8]> = of(&game.plain, Direction::ServerToClient);
    let client: Vec<u8> = of(&game.plain, Direction::ClientToServer).concat();
    let set = catalog.select(Some(205_780), None).unwrap().set;
    let messages = catalog.table(set, Table::C2gs);

    let mut group = c.benchmark_group("layers");
    group.sample_size(20);
    group.throughput(Throughput::Bytes(ciphertext.len() as u64));
    group.bench_function("rc4", |b| {
        b.iter_batched_ref(
            || (Rc4::new(b"twenty bytes of key!"), ciphertext.clone()),
            |(cipher, bytes)| cipher.apply(bytes),
            BatchSize::LargeInput,
        );
    });
    group.bench_function("connection", |b| b.iter(|| read(&game, &catalog, &keys)));
    group.throughput(Throughput::Bytes(
        blocks.iter().map(|block| block.len() as u64).sum(),
    ));
    group.bench_function("blocks", |b| {
        b.iter(|| {
            let mut decoder = BlockDecoder::new(Compression::Auto);
            let mut out = Vec::with_capacity(1 << 16);
            for block in &blocks {
                out.clear();
                let header = BlockHeader::read(block).unwrap();
                decoder.decode(header, &block[4..], &mut out).unwrap();
            }
        });
    });
    group.throughput(Throughput::Bytes(client.len() as u64));
    group.bench_function("messages", |b| {
        b.iter(|| {
            let mut rest = client.as_slice();
            while let Some(opcode) = read_opcode(rest) {
                let len = measure(rest, rest.len(), messages.get(opcode).unwrap())
                    .unwrap()
                    .len;
                rest = &rest[len..];
            }
        });
    });
    group.finish();
    c.bench_function("built-in schemas", |b| b.iter(Catalog::builtin));
}

fn of(flushes: &[(Direction, Vec<u8>)], wanted: Direction) -> Vec<&[u8]> {
    let of_it = flushes.iter().filter(|(direction, _)| *direction == wanted);
    of_it.map(|(_, bytes)| bytes.as_slice()).collect()
}

criterion_group!(benches, layers);
criterion_main!(benches);
