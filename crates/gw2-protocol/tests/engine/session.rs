//! A connection of the simulator's making, with the truth about it.

use gw2_protocol::{Direction, Server};
use gw2_sim::block::{Codec, encode_block};
use gw2_sim::crypto::{KeyExchange, Rc4};
use gw2_sim::handshake::{Version, client_seed, server_seed};
use gw2_sim::message::{Message, Table};
use gw2_sim::value::Value;
use std::ops::Range;
use std::sync::OnceLock;

pub const CLIENT: Direction = Direction::ClientToServer;
pub const SERVER: Direction = Direction::ServerToClient;

/// Builds that choose the sets of 2026, 2025 and 2013.
pub const BUILD_2026: u32 = 205_780;
pub const BUILD_2025: u32 = 180_000;
pub const BUILD_2013: u32 = 21_315;

/// A message and the stream offsets of all that is needed to read it: its own bytes, or all of the blocks
/// that hold a part of it.
#[derive(Clone)]
pub struct Sent {
    pub bytes: Vec<u8>,
    pub needs: Range<u64>,
}

/// A block, and whether a message begins with it.
#[derive(Clone)]
pub struct SentBlock {
    pub stream: Range<u64>,
    pub stored: bool,
    pub plain: Vec<u8>,
    pub at_message: bool,
}

/// What one side sent.
pub struct Side {
    /// Bytes of the handshake.
    pub clear: u64,
    /// The stream on the wire, and as it is before encryption.
    pub wire: Vec<u8>,
    pub plain: Vec<u8>,
    pub blocked: bool,
    pub messages: Vec<Sent>,
    pub blocks: Vec<SentBlock>,
    cipher: Rc4,
}

/// Bytes that one side sent at once.
#[derive(Clone)]
pub struct Flush {
    pub direction: Direction,
    pub range: Range<u64>,
    /// It comes a second behind what was sent before.
    pub pause: bool,
}

pub struct Session {
    pub server: Server,
    pub keys: KeyExchange,
    pub sides: [Side; 2],
    pub flushes: Vec<Flush>,
    version: Vec<u8>,
    pause: bool,
}

/// Key exchanges cost more than all the rest of a small session: a few serve all.
pub fn exchange(number: usize) -> &'static KeyExchange {
    static POOL: OnceLock<Vec<KeyExchange>> = OnceLock::new();
    let pool = POOL.get_or_init(|| {
        let mut rng = gw2_sim::rng::Rng::new(0x6b65_7973);
        (0..16).map(|_| KeyExchange::random(&mut rng)).collect()
    });
    &pool[number % pool.len()]
}

impl Session {
    /// A connection of which nothing was sent; `blocked` says whether the server sends blocks.
    pub fn new(version: &Version, build: u32, keys: &KeyExchange, blocked: bool) -> Self {
        let side = |blocked| Side {
            clear: 0,
            wire: Vec::new(),
            plain: Vec::new(),
            blocked,
            messages: Vec::new(),
            blocks: Vec::new(),
            cipher: keys.cipher(),
        };
        Self {
            server: if *version == Version::Login {
                Server::Login
            } else {
                Server::Game
            },
            keys: keys.clone(),
            sides: [side(false), side(blocked)],
            flushes: Vec::new(),
            version: version.frame(build),
            pause: false,
        }
    }

    /// A game connection of 2026 whose handshake is done.
    pub fn game() -> Self {
        let mut session = Self::new(&Version::Game38, BUILD_2026, exchange(0), true);
        session.open();
        session
    }

    pub fn side(&self, direction: Direction) -> &Side {
        &self.sides[usize::from(direction.code())]
    }

    pub fn open(&mut self) {
        let hello = [self.version.clone(), client_seed(&self.keys)].concat();
        self.clear(CLIENT, &hello);
        self.clear(SERVER, &server_seed(&self.keys));
    }

    /// Clear bytes of a side.
    pub fn clear(&mut self, direction: Direction, bytes: &[u8]) {
        let side = &mut self.sides[usize::from(direction.code())];
        side.plain.extend(bytes);
        side.wire.extend(bytes);
        side.clear = side.wire.len() as u64;
        self.flush(direction, bytes.len());
    }

    /// The next flush comes a second later.
    pub fn pause(&mut self) {
        self.pause = true;
    }

    fn flush(&mut self, direction: Direction, len: usize) {
        let end = self.side(direction).wire.len() as u64;
        self.flushes.push(Flush {
            direction,
            range: end - len as u64..end,
            pause: std::mem::take(&mut self.pause),
        });
    }

    /// One flush of bare messages.
    pub fn messages(&mut self, direction: Direction, messages: &[Message]) {
        let mut at = self.side(direction).wire.len() as u64;
        let mut plain = Vec::new();
        for message in messages {
            let end = at + message.bytes.len() as u64;
            self.sides[usize::from(direction.code())].messages.push(Sent {
                bytes: message.bytes.clone(),
                needs: at..end,
            });
            plain.extend(&message.bytes);
            at = end;
        }
        self.raw(direction, &plain);
    }

    /// One flush of the server's: messages in blocks of these sizes; what is left over goes into one more.
    pub fn blocks(&mut self, messages: &[Message], sizes: &[(usize, Codec)]) {
        let all: Vec<u8> = messages.iter().flat_map(|m| m.bytes.iter().copied()).collect();
        let starts: Vec<usize> = messages
            .iter()
            .scan(0, |at, message| {
                let start = *at;
                *at += message.bytes.len();
                Some(start)
            })
            .collect();
        let codec = sizes.last().map_or(Codec::Stored, |last| last.1);
        let first_block = self.sides[1].blocks.len();
        let mut ranges: Vec<Range<usize>> = Vec::new();
        let mut wire = Vec::new();
        let mut at = 0;
        for (size, codec) in sizes.iter().copied().chain([(usize::MAX, codec)]) {
            let end = at + size.min(all.len() - at);
            if at == end && size != 0 {
                continue;
            }
            let begin = (self.sides[1].wire.len() + wire.len()) as u64;
            wire.extend(encode_block(codec, &all[at..end]).unwrap());
            self.sides[1].blocks.push(SentBlock {
                stream: begin..(self.sides[1].wire.len() + wire.len()) as u64,
                stored: codec == Codec::Stored,
                plain: all[at..end].to_vec(),
                at_message: starts.contains(&at),
            });
            ranges.push(at..end);
            at = end;
        }
        for (message, start) in messages.iter().zip(starts) {
            let block_of = |byte: usize| {
                let number = ranges.iter().position(|range| range.contains(&byte)).unwrap();
                self.sides[1].blocks[first_block + number].stream.clone()
            };
            let needs = block_of(start).start..block_of(start + message.bytes.len() - 1).end;
            self.sides[1].messages.push(Sent {
                bytes: message.bytes.clone(),
                needs,
            });
        }
        self.raw(SERVER, &wire);
    }

    /// One flush of any decrypted bytes.
    pub fn raw(&mut self, direction: Direction, plain: &[u8]) {
        let side = &mut self.sides[usize::from(direction.code())];
        let mut wire = plain.to_vec();
        side.cipher.apply(&mut wire);
        side.plain.extend(plain);
        side.wire.extend(wire);
        self.flush(direction, plain.len());
    }
}

/// A message of the 2026 client: an opcode and a varint.
pub fn client_message(value: u32) -> Message {
    Message::new(Table::C2gs, 0x0057, &[Value::Varint(value)]).unwrap()
}

/// A message of the 2026 server: an opcode and a varint.
pub fn server_message(value: u32) -> Message {
    Message::new(Table::Gs2c, 0x0004, &[Value::Varint(value)]).unwrap()
}

/// The server's messages with these values.
pub fn server_messages(values: std::ops::Range<u32>) -> Vec<Message> {
    values.map(server_message).collect()
}
