//! Hands segments to the engine and reads back what it shows.

use crate::network::Segment;
use crate::session::Session;
use gw2_protocol::Direction;
use gw2_protocol::connection::{Connection, Env, Options};
use gw2_protocol::key::KeyLog;
use gw2_protocol::message::{measure, read_opcode};
use gw2_protocol::schema::Catalog;
use gw2_protocol::stream::{self, Item, Layer};
use gw2_sim::keylog::{Id, Secret, line};
use std::sync::OnceLock;

pub fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog::builtin().0)
}

/// The built-in tables and messages without greatest lengths.
pub fn catalog_without_limits() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| {
        let text = |table| {
            format!("schema 2026-205780\ntable {table}\n0x7001 {{ bytes16(?) }}\n0x7002 {{ cstring(?) }}\n")
        };
        let (c2gs, gs2c) = (text("c2gs"), text("gs2c"));
        let (catalog, errors) = Catalog::load([("c2gs", c2gs.as_str()), ("gs2c", gs2c.as_str())]);
        assert_eq!(errors, []);
        catalog
    })
}

/// A key log with these lines.
pub fn key_log(lines: &[String]) -> KeyLog {
    let mut keys = KeyLog::new("keys");
    for line in lines {
        assert_eq!(keys.append(format!("{line}\n").as_bytes()), []);
    }
    keys
}

/// The key log of a session: the key by server seed.
pub fn key_of(session: &Session) -> KeyLog {
    key_log(&[line(&session.keys, Secret::Rc4Key, Id::ServerSeed)])
}

/// A connection and where its segments went.
pub struct Feed {
    pub connection: Connection,
    pub catalog: &'static Catalog,
    pub keys: KeyLog,
    /// Frame and offset of each segment.
    places: Vec<(Direction, u32, u64)>,
    time: i64,
}

/// What a segment shows, with the bytes that its items speak of.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    pub items: Vec<Item>,
    pub bytes: Vec<Vec<u8>>,
    /// Each message, in order.
    pub messages: Vec<Vec<u8>>,
}

impl Shown {
    /// The sizes of the gaps told.
    pub fn gaps(&self) -> Vec<u64> {
        let gap = |item: &Item| match item {
            Item::Gap { len } => Some(*len),
            _ => None,
        };
        self.items.iter().filter_map(gap).collect()
    }
}

impl Feed {
    pub fn new(session: &Session, keys: KeyLog) -> Self {
        Self::with(session, keys, Options::default())
    }

    pub fn with(session: &Session, keys: KeyLog, options: Options) -> Self {
        Self {
            connection: Connection::new(session.server, options),
            catalog: catalog(),
            keys,
            places: Vec::new(),
            time: 0,
        }
    }

    /// Feeds all of a session's flushes, a segment each, with its key.
    pub fn all(session: &Session) -> Self {
        Self::these(session, &crate::network::whole(session))
    }

    /// Feeds these segments, with the session's key.
    pub fn these(session: &Session, segments: &[Segment]) -> Self {
        let mut feed = Self::new(session, key_of(session));
        feed.segments(segments);
        feed
    }

    /// Lets time pass, in nanoseconds.
    pub fn wait(&mut self, time: i64) {
        self.time += time;
    }

    pub fn segments(&mut self, segments: &[Segment]) {
        segments.iter().for_each(|segment| self.segment(segment));
    }

    /// A segment, in a frame of its own.
    pub fn segment(&mut self, segment: &Segment) {
        self.time += if segment.pause { 1_000_000_000 } else { 10_000 };
        let frame = self.places.len() as u32 + 1;
        let piece = stream::Segment {
            frame,
            offset: segment.offset,
            bytes: &segment.bytes,
            time: self.time,
            push: segment.push,
            ack: Some(segment.ack),
        };
        let env = Env {
            catalog: self.catalog,
            keys: &self.keys,
        };
        self.connection.segment(segment.direction, &piece, env);
        self.places.push((segment.direction, frame, segment.offset));
    }

    /// Appends lines to the key log and says so.
    pub fn add_keys(&mut self, lines: &[String]) {
        for line in lines {
            self.keys.append(format!("{line}\n").as_bytes());
        }
        let env = Env {
            catalog: self.catalog,
            keys: &self.keys,
        };
        self.connection.keys_changed(env);
    }

    /// What the segment of this number shows now.
    pub fn shown(&self, number: usize) -> Shown {
        let (direction, frame, offset) = self.places[number];
        let view = self
            .connection
            .view(direction, frame, Some(offset as u32))
            .unwrap();
        let mut shown = Shown {
            items: view.items.to_vec(),
            bytes: Vec::new(),
            messages: Vec::new(),
        };
        let read = |layer, start: u64, len: u32| {
            let range = start..start + u64::from(len);
            match layer {
                Layer::Decrypted => view.store.decrypted(range),
                Layer::Decompressed => view.store.decompressed(range),
            }
        };
        let layer = self.connection.message_layer(direction);
        for item in view.items {
            let bytes = match *item {
                Item::Messages { start, len, count } => {
                    let run = read(layer, start, len);
                    let messages = self.walk(direction, &run);
                    assert_eq!(messages.len(), count as usize);
                    shown.messages.extend(messages);
                    run
                }
                Item::Failed { start, len, .. } => read(layer, start, len),
                Item::Undecoded {
                    layer, start, len, ..
                } => read(layer, start, len),
                _ => Vec::new(),
            };
            if let Item::Messages { len, .. } | Item::Failed { len, .. } | Item::Undecoded { len, .. } = *item
            {
                assert_eq!(bytes.len(), len as usize, "{item:?} of segment {number}");
            }
            shown.bytes.push(bytes);
        }
        shown
    }

    /// How many decrypted bytes a direction keeps.
    pub fn stored(&self, direction: Direction, number: usize) -> Option<u64> {
        let (own, frame, offset) = self.places[number];
        let view = self.connection.view(own, frame, Some(offset as u32))?;
        (own == direction).then(|| view.store.decrypted_len())
    }

    fn walk(&self, direction: Direction, mut run: &[u8]) -> Vec<Vec<u8>> {
        let table = self.connection.messages(direction, self.catalog).unwrap();
        let mut messages = Vec::new();
        while !run.is_empty() {
            let opcode = read_opcode(run).unwrap();
            let schema = table.get(opcode).unwrap_or_else(|| {
                panic!(
                    "no message: {run:02x?} in {:?} {direction:?} {messages:02x?}",
                    self.connection.server()
                )
            });
            let len = measure(run, run.len(), schema).unwrap().len;
            let (message, rest) = run.split_at(len);
            messages.push(message.to_vec());
            run = rest;
        }
        messages
    }

    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// The segments of one direction, by number.
    pub fn of(&self, direction: Direction) -> impl Iterator<Item = usize> + '_ {
        (0..self.len()).filter(move |number| self.places[*number].0 == direction)
    }

    /// All messages of a direction, in the order of the frames.
    pub fn messages(&self, direction: Direction) -> Vec<Vec<u8>> {
        self.of(direction)
            .flat_map(|number| self.shown(number).messages)
            .collect()
    }

    /// All items of a direction, in the order of the frames.
    pub fn items(&self, direction: Direction) -> Vec<Item> {
        self.of(direction)
            .flat_map(|number| self.shown(number).items)
            .collect()
    }
}

/// The messages that a session's side sent.
pub fn sent(session: &Session, direction: Direction) -> Vec<Vec<u8>> {
    session
        .side(direction)
        .messages
        .iter()
        .map(|m| m.bytes.clone())
        .collect()
}
