//! A login or game connection: both directions, their handshake and their key.

mod exported;
mod handshake_phase;
mod key_trial;
mod text;
mod view;

pub use view::View;

use key_trial::Current;

use crate::block::{BlockDecoder, Compression};
use crate::direction::{Direction, Server, Table};
use crate::handshake::Version;
use crate::key::{KeyLog, Rc4Key, ServerSeed, Source};
use crate::schema::{Catalog, Selected};
use crate::stream::{Half, HandOff, Item, Layering, MessageSet, Notice, Pending, Phase, Segment};
use std::collections::HashSet;

/// What a user chose.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How the server's blocks are coded.
    pub compression: Compression,
    /// A schema set by name; `None` chooses by client build.
    pub schema: Option<String>,
}

/// What a connection reads besides its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Env<'a> {
    /// The message tables.
    pub catalog: &'a Catalog,
    /// The secrets known so far.
    pub keys: &'a KeyLog,
}

/// What the clear frames said.
#[derive(Clone, Debug, Default)]
pub struct Handshake {
    /// The version frame.
    pub version: Option<Version>,
    /// The client's public value.
    pub client_public: Option<[u8; 64]>,
    /// The server seed as on the wire.
    pub server_seed: Option<ServerSeed>,
    /// The server refused with an error frame.
    pub refused: bool,
    /// How far the client's clear bytes had come when the server first spoke.
    client_at_rest: Option<usize>,
    /// How much of the client's stream the server had received when it sent its seed.
    server_seed_ack: Option<u64>,
}

/// A connection to the login or game server.
#[derive(Debug)]
pub struct Connection {
    server: Server,
    options: Options,
    handshake: Handshake,
    halves: [HalfState; 2],
    decoder: BlockDecoder,
    set: Option<Selected>,
    key: KeyState,
    /// Of a portal connection: its messages.
    text: Option<Box<text::Text>>,
    /// Nothing is encrypted: this stands for a connection of which records were exported.
    exported: bool,
}

/// A direction and what only its clear part needs.
#[derive(Debug)]
struct HalfState {
    half: Half,
    /// The stream offset of `half.clear`'s first byte.
    clear_start: Option<u64>,
    /// How much of `half.clear` has been read as frames.
    parsed: usize,
    /// Segments ahead of a gap in the clear part.
    early: Vec<Pending>,
}

/// What is known of the key.
#[derive(Debug, Default)]
struct KeyState {
    source: Option<Source>,
    /// The key, for a direction whose encryption begins later.
    taken: Option<Rc4Key>,
    /// Lines of the key log that do not decrypt this connection.
    refused: HashSet<usize>,
    /// How many lines there were when all were tried last; `None` when they are to be tried anew.
    seen: Option<usize>,
    /// How many bytes of each direction a candidate waits for; `None` when none waits.
    waiting: Option<[usize; 2]>,
    /// How many segments wait behind a lost start when keys are tried on them next.
    next_trial_behind_gap: usize,
}

fn index(direction: Direction) -> usize {
    usize::from(direction.code())
}

impl Connection {
    /// A connection of which nothing has been seen. What kind of server it is, its version frame
    /// can still correct.
    pub fn new(server: Server, options: Options) -> Self {
        let half = || HalfState {
            half: Half::new(),
            clear_start: None,
            parsed: 0,
            early: Vec::new(),
        };
        Self {
            server,
            decoder: BlockDecoder::new(options.compression),
            options,
            handshake: Handshake::default(),
            halves: [half(), half()],
            set: None,
            key: KeyState::default(),
            text: None,
            exported: false,
        }
    }

    /// The kind of server.
    pub fn server(&self) -> Server {
        self.server
    }

    /// What the clear frames said.
    pub fn handshake(&self) -> &Handshake {
        &self.handshake
    }

    /// The schema set that the client's build, or the user, chooses.
    pub fn select(&self, catalog: &Catalog) -> Option<Selected> {
        let build = self.handshake.version.and_then(|version| version.build);
        let forced = self.options.schema.as_deref();
        catalog
            .select(build, forced)
            .or_else(|| catalog.select(build, None))
    }

    /// The message table of a direction.
    pub fn table(&self, direction: Direction) -> Table {
        self.server.table(direction)
    }

    /// Where the key came from, once there is one.
    pub fn key_source(&self) -> Option<&Source> {
        self.key.source.as_ref()
    }

    /// Takes the next segment, in the order of capture; each frame's segment once.
    pub fn segment(&mut self, direction: Direction, segment: &Segment<'_>, env: Env<'_>) {
        let Some(state) = self.halves.get_mut(index(direction)) else {
            return;
        };
        let record = state.half.records.begin(segment.frame, segment.offset);
        match &mut state.half.phase {
            Phase::Clear => self.clear_segment(direction, segment, record, env),
            Phase::Open(_) => {
                if let Some((half, messages, decoder)) = self.reader(direction, env) {
                    half.read(segment, messages, decoder);
                }
            }
            Phase::Opaque => self.note_encrypted(direction, Notice::NoStart),
            Phase::Sealed(_) => self.sealed_segment(direction, segment, record, env),
        }
        if let Some(state) = self.halves.get_mut(index(direction)) {
            state.half.records.end(record);
        }
        self.read_text();
    }

    /// Where messages have told the client to connect next, since the last call.
    pub fn take_handoffs(&mut self) -> Vec<HandOff> {
        let halves = self.halves.iter_mut();
        halves
            .flat_map(|state| std::mem::take(&mut state.half.records.handoffs))
            .collect()
    }

    /// Looks whether the key log has come to hold the key. To be called when it grew.
    pub fn keys_changed(&mut self, env: Env<'_>) {
        self.try_keys(None, env);
        self.read_text();
    }

    fn sealed_segment(&mut self, direction: Direction, segment: &Segment<'_>, record: usize, env: Env<'_>) {
        let Some(state) = self.halves.get_mut(index(direction)) else {
            return;
        };
        let Phase::Sealed(sealed) = &mut state.half.phase else {
            return;
        };
        // What stands before the start of encryption is the handshake, sent again.
        let known = usize::try_from(sealed.start.saturating_sub(segment.offset)).unwrap_or(usize::MAX);
        let (clear, bytes) = segment
            .bytes
            .split_at_checked(known)
            .unwrap_or((segment.bytes, &[]));
        let clear_end = segment.offset.saturating_add(crate::stream::length(clear));
        if bytes.is_empty() {
            state.half.records.push(Item::Repeated);
        } else {
            sealed.push(Pending {
                record,
                offset: clear_end,
                bytes: bytes.to_vec(),
                time: segment.time,
                push: segment.push,
                segment_start: clear.is_empty(),
            });
        }
        if !clear.is_empty() {
            self.late_handshake(direction, segment.offset, clear);
        }
        self.try_keys(Some(Current { direction, record }), env);
        if !bytes.is_empty() {
            self.note_sealed(direction, env);
        }
    }

    /// Says of a segment that stays encrypted why it does.
    fn note_sealed(&mut self, direction: Direction, env: Env<'_>) {
        let sealed = self
            .halves
            .get(index(direction))
            .is_some_and(|s| matches!(s.half.phase, Phase::Sealed(_)));
        let noticed = self.halves.get(index(direction)).is_some_and(|s| s.half.noticed);
        if sealed && self.key.waiting.is_none() {
            // Said once: the key log is not looked through for every segment.
            let notice = if !noticed && self.candidates(env).next().is_some() {
                Notice::BadKey
            } else {
                Notice::NoKey
            };
            self.note_encrypted(direction, notice);
        }
    }

    fn note_encrypted(&mut self, direction: Direction, notice: Notice) {
        if let Some(state) = self.halves.get_mut(index(direction)) {
            let first = !std::mem::replace(&mut state.half.noticed, true);
            state.half.records.push(Item::Encrypted {
                notice: first.then_some(notice),
            });
        }
    }

    /// The messages of a direction, under the set that the client's build chooses.
    fn message_set<'c>(&self, direction: Direction, catalog: &'c Catalog) -> Option<MessageSet<'c>> {
        let selected = self.set.or_else(|| self.select(catalog))?;
        Some(MessageSet::new(
            catalog,
            selected.set,
            self.server.table(direction),
        ))
    }

    /// A direction with what it needs for reading.
    fn reader<'s, 'c>(
        &'s mut self,
        direction: Direction,
        env: Env<'c>,
    ) -> Option<(&'s mut Half, MessageSet<'c>, &'s mut BlockDecoder)> {
        // Not earlier: while keys are only tried, the version frame may be still to come.
        self.set = self.set.or_else(|| self.select(env.catalog));
        let messages = self.message_set(direction, env.catalog)?;
        let state = self.halves.get_mut(index(direction))?;
        Some((&mut state.half, messages, &mut self.decoder))
    }

    fn layering(&self, direction: Direction) -> Layering {
        if self.text.is_some() {
            return Layering::Text;
        }
        if self.exported {
            return Layering::Messages;
        }
        match (direction, self.options.compression) {
            (Direction::ServerToClient, Compression::Auto | Compression::Only(_)) => Layering::Blocks,
            _ => Layering::Messages,
        }
    }
}

#[cfg(test)]
mod tests;
