//! Decrypting, unblocking and framing allocate nothing for a message: what grows is kept for the file's life
//! (records, items, block entries, pages of plaintext), and growing is amortised.
//!
//! A file of its own, because the allocator that counts is the whole program's; and the one place outside
//! wireshark-ffi that needs `unsafe`, for it.
#![allow(clippy::unwrap_used)]

use gw2_protocol::Direction::{self, ClientToServer, ServerToClient};
use gw2_protocol::Server;
use gw2_protocol::connection::{Connection, Env, Options};
use gw2_protocol::key::KeyLog;
use gw2_protocol::schema::Catalog;
use gw2_protocol::stream::{Item, Segment};
use gw2_sim::block::{Codec, encode_block};
use gw2_sim::crypto::{KeyExchange, Rc4};
use gw2_sim::handshake::{Version, client_seed, server_seed};
use gw2_sim::keylog::{Id, Secret, line};
use gw2_sim::message::{Message, Table};
use gw2_sim::rng::Rng;
use gw2_sim::value::Value;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call goes to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.with(|count| count.set(count.get() + 1));
        // SAFETY: the caller keeps the promises of `GlobalAlloc::alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the pointer came from `System`, with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        COUNT.with(|count| count.set(count.get() + 1));
        // SAFETY: the pointer came from `System`, with this layout; the caller promises a valid size.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A connection that is being decrypted, and what it needs to go on.
struct Running {
    connection: Connection,
    catalog: Catalog,
    keys: KeyLog,
    ciphers: [Rc4; 2],
    offsets: [u64; 2],
    frame: u32,
}

impl Running {
    fn new() -> Self {
        let exchange = KeyExchange::random(&mut Rng::new(1));
        let mut keys = KeyLog::new("keys");
        keys.append(format!("{}\n", line(&exchange, Secret::Rc4Key, Id::ServerSeed)).as_bytes());
        let mut running = Self {
            connection: Connection::new(Server::Game, Options::default()),
            catalog: Catalog::builtin().0,
            keys,
            ciphers: [exchange.cipher(), exchange.cipher()],
            offsets: [0; 2],
            frame: 0,
        };
        let hello = [Version::Game38.frame(205_780), client_seed(&exchange)].concat();
        running.send(ClientToServer, &hello);
        running.send(ServerToClient, &server_seed(&exchange));
        running
    }

    fn send(&mut self, direction: Direction, bytes: &[u8]) {
        self.frame += 1;
        let offset = &mut self.offsets[usize::from(direction.code())];
        let segment = Segment {
            frame: self.frame,
            offset: *offset,
            bytes,
            time: i64::from(self.frame) * 1_000_000,
            push: true,
            ack: None,
        };
        *offset += bytes.len() as u64;
        let env = Env {
            catalog: &self.catalog,
            keys: &self.keys,
        };
        self.connection.segment(direction, &segment, env);
    }

    /// Encrypts plaintext in place.
    fn encrypt(&mut self, direction: Direction, bytes: &mut [u8]) {
        self.ciphers[usize::from(direction.code())].apply(bytes);
    }

    /// Sends segments of 1,400 bytes; gives how many messages they completed and how often memory was
    /// allocated meanwhile.
    fn count(&mut self, direction: Direction, mut stream: Vec<u8>) -> (u64, u64) {
        self.encrypt(direction, &mut stream);
        let first = self.frame + 1;
        let before = COUNT.with(Cell::get);
        for segment in stream.chunks(1400) {
            self.send(direction, segment);
        }
        let allocations = COUNT.with(Cell::get) - before;
        let messages = (first..=self.frame)
            .flat_map(|frame| self.connection.view(direction, frame, None).unwrap().items)
            .map(|item| match item {
                Item::Messages { count, .. } => u64::from(*count),
                _ => 0,
            })
            .sum();
        (messages, allocations)
    }
}

fn messages(table: Table, opcode: u16, count: u32) -> Vec<u8> {
    let message = |value| {
        Message::new(table, opcode, &[Value::Varint(value)])
            .unwrap()
            .bytes
    };
    (0..count)
        .flat_map(|n| message(n.wrapping_mul(0x9e37_79b1)))
        .collect()
}

/// Blocks of some 600 bytes.
fn blocks(codec: Codec, count: u32) -> Vec<u8> {
    let plain = messages(Table::Gs2c, 0x0004, count);
    let blocks = plain.chunks(600).map(|chunk| encode_block(codec, chunk).unwrap());
    blocks.flatten().collect()
}

#[test]
fn messages_cost_no_allocation() {
    let mut running = Running::new();
    let client = |count| messages(Table::C2gs, 0x0057, count);
    running.count(ClientToServer, client(20_000));
    for codec in [Codec::Stored, Codec::Lz4, Codec::Zlib, Codec::Deflate] {
        running.count(ServerToClient, blocks(codec, 20_000));
    }
    // Warm. A page of plaintext holds 64 KiB, some 10,000 of these messages; vectors double.
    let (count, allocations) = running.count(ClientToServer, client(200_000));
    assert_eq!(count, 200_000);
    assert!(
        allocations * 2000 < count,
        "client: {allocations} for {count} messages"
    );
    for codec in [Codec::Stored, Codec::Lz4, Codec::Zlib, Codec::Deflate] {
        let (count, allocations) = running.count(ServerToClient, blocks(codec, 200_000));
        assert_eq!(count, 200_000, "{codec:?}");
        assert!(
            allocations * 2000 < count,
            "{codec:?}: {allocations} for {count} messages"
        );
    }
}
