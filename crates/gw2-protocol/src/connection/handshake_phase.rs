//! Reads the clear frames, however they were cut, and finds where encryption begins.

use super::{Connection, Env, HalfState, index};
use crate::direction::{Direction, Server};
use crate::handshake::{
    CLIENT_SEED_LEN, ClientClear, SERVER_SEED_LEN, ServerClear, client_clear, read_version, server_clear,
};
use crate::stream::{Item, Notice, Pending, Phase, Segment, length};

/// How many bytes a handshake may take before it is none.
const MAX_CLEAR: usize = 4096;

/// How many segments ahead of a gap in the handshake are held before the gap is taken for lost.
const MAX_EARLY: usize = 3;

impl Connection {
    pub(super) fn clear_segment(
        &mut self,
        direction: Direction,
        segment: &Segment<'_>,
        record: usize,
        env: Env<'_>,
    ) {
        let Some(state) = self.halves.get_mut(index(direction)) else {
            return;
        };
        let start = *state
            .clear_start
            .get_or_insert(if segment.offset < MAX_CLEAR as u64 {
                0
            } else {
                segment.offset
            });
        let next = start.saturating_add(length(&state.half.clear));
        if segment.offset > next {
            state.early.push(Pending {
                record,
                offset: segment.offset,
                bytes: segment.bytes.to_vec(),
                time: segment.time,
                push: segment.push,
                segment_start: true,
            });
            self.give_up_gap(direction, record, env);
            return;
        }
        let known = usize::try_from(next.saturating_sub(segment.offset)).unwrap_or(usize::MAX);
        let new = segment.bytes.get(known..).unwrap_or_default();
        if new.is_empty() {
            state.half.records.push(Item::Repeated);
            return;
        }
        match direction {
            Direction::ClientToServer => self.client_frames(new, segment, record),
            Direction::ServerToClient => self.server_frames(new, segment, record),
        }
        self.take_early(direction, record, env);
        self.key.seen = None;
        self.try_keys(Some(super::Current { direction, record }), env);
        self.note_if_encrypted(direction, record, env);
    }

    /// A segment that brought the end of the handshake may bring the first encrypted bytes too.
    fn note_if_encrypted(&mut self, direction: Direction, record: usize, env: Env<'_>) {
        let Some(state) = self.halves.get(index(direction)) else {
            return;
        };
        match &state.half.phase {
            Phase::Sealed(sealed) if sealed.pending.iter().any(|p| p.record == record) => {
                self.note_sealed(direction, env);
            }
            _ => {}
        }
    }

    fn client_frames(&mut self, new: &[u8], segment: &Segment<'_>, record: usize) {
        let server_spoke = self.handshake.client_at_rest;
        let Some(state) = self.halves.first_mut() else {
            return;
        };
        // The server has spoken: what came before is all of the clear part.
        let at_rest = server_spoke
            .and_then(|len| state.half.clear.get(..len))
            .map(<[u8]>::to_vec);
        if let Some(clear) = at_rest
            && matches!(
                read_client(state, &mut self.handshake, &mut self.server, &clear, true),
                Progress::Encrypted
            )
        {
            state.half.clear.extend_from_slice(new);
            self.seal_behind_clear(Direction::ClientToServer, segment, record);
            return;
        }
        state.half.clear.extend_from_slice(new);
        let clear = state.half.clear.clone();
        let at_rest = segment.push || server_spoke.is_some();
        match read_client(state, &mut self.handshake, &mut self.server, &clear, at_rest) {
            Progress::More if state.half.clear.len() > MAX_CLEAR => self.opaque(Direction::ClientToServer),
            Progress::More => {}
            Progress::Encrypted => self.seal_behind_clear(Direction::ClientToServer, segment, record),
            Progress::NoHandshake => self.opaque(Direction::ClientToServer),
        }
    }

    fn server_frames(&mut self, new: &[u8], segment: &Segment<'_>, record: usize) {
        let client_len = self.halves.first().map_or(0, |client| client.half.clear.len());
        self.handshake.client_at_rest.get_or_insert(client_len);
        let client_spoke = self.handshake.client_public.is_some() || self.handshake.version.is_some();
        let Some(state) = self.halves.get_mut(1) else {
            return;
        };
        state.half.clear.extend_from_slice(new);
        let clear = state.half.clear.clone();
        match read_server(state, &mut self.handshake, &clear, client_spoke) {
            Progress::More => {}
            Progress::Encrypted => {
                self.handshake.server_seed_ack = segment.ack;
                self.seal_behind_clear(Direction::ServerToClient, segment, record);
            }
            Progress::NoHandshake => self.opaque(Direction::ServerToClient),
        }
    }

    /// The handshake ends within `clear`: what follows is the first encrypted bytes.
    fn seal_behind_clear(&mut self, direction: Direction, segment: &Segment<'_>, record: usize) {
        let Some(state) = self.halves.get_mut(index(direction)) else {
            return;
        };
        let rest = state
            .half
            .clear
            .split_off(state.parsed.min(state.half.clear.len()));
        let start = state
            .clear_start
            .unwrap_or(0)
            .saturating_add(length(&state.half.clear));
        state.half.seal(Some(start));
        if let Phase::Sealed(sealed) = &mut state.half.phase
            && !rest.is_empty()
        {
            sealed.push(Pending {
                record,
                offset: start,
                bytes: rest,
                time: segment.time,
                push: segment.push,
                segment_start: start == segment.offset,
            });
        }
    }

    fn opaque(&mut self, direction: Direction) {
        if let Some(state) = self.halves.get_mut(index(direction)) {
            state.half.seal(None);
        }
        self.note_encrypted(direction, Notice::NoStart);
    }

    /// Goes on with segments that came ahead of a gap, once the gap has closed. What they hold counts to
    /// the frame that closed it: theirs were shown already.
    fn take_early(&mut self, direction: Direction, record: usize, env: Env<'_>) {
        let Some(state) = self.halves.get_mut(index(direction)) else {
            return;
        };
        let mut early = std::mem::take(&mut state.early);
        early.sort_by_key(|pending| pending.offset);
        for pending in early {
            self.early_segment(direction, Pending { record, ..pending }, env);
        }
    }

    fn early_segment(&mut self, direction: Direction, pending: Pending, env: Env<'_>) {
        let Some(state) = self.halves.get_mut(index(direction)) else {
            return;
        };
        let segment = Segment {
            frame: 0,
            offset: pending.offset,
            bytes: &pending.bytes,
            time: pending.time,
            push: pending.push,
            ack: None,
        };
        match &mut state.half.phase {
            Phase::Clear => {
                let next = state
                    .clear_start
                    .unwrap_or(0)
                    .saturating_add(length(&state.half.clear));
                if segment.offset > next {
                    state.early.push(pending);
                    return;
                }
                let known = usize::try_from(next.saturating_sub(segment.offset)).unwrap_or(usize::MAX);
                let new = pending.bytes.get(known..).unwrap_or_default();
                match direction {
                    Direction::ClientToServer => self.client_frames(new, &segment, pending.record),
                    Direction::ServerToClient => self.server_frames(new, &segment, pending.record),
                }
            }
            Phase::Sealed(_) => self.sealed_segment(direction, &segment, pending.record, env),
            Phase::Open(_) => {
                if let Some((half, messages, decoder)) = self.reader(direction, env) {
                    half.read(&segment, messages, decoder);
                }
            }
            Phase::Opaque => self.note_encrypted(direction, Notice::NoStart),
        }
    }

    /// Where handshake bytes are missing and will not come, finds the start of encryption otherwise:
    /// the server's is behind its seed frame; the client's is what the server had received by then.
    fn give_up_gap(&mut self, direction: Direction, record: usize, env: Env<'_>) {
        let other_is_on = self
            .halves
            .get(index(direction.reverse()))
            .is_some_and(has_encrypted_bytes);
        let start_is_told = self.handshake.server_seed_ack.is_some();
        let start = match direction {
            Direction::ServerToClient => Some(SERVER_SEED_LEN as u64),
            Direction::ClientToServer => self.handshake.server_seed_ack.or_else(|| self.client_start()),
        };
        let Some(state) = self.halves.get_mut(index(direction)) else {
            return;
        };
        let start_is_known = direction == Direction::ClientToServer && start_is_told;
        if state.early.len() < MAX_EARLY && !other_is_on && !start_is_known {
            return;
        }
        state.half.seal(start);
        self.key.seen = None;
        self.take_early(direction, record, env);
    }

    /// Where the client's encryption begins when its version frame came and its seed frame did not.
    fn client_start(&self) -> Option<u64> {
        let state = self.halves.first()?;
        (state.parsed > 0).then(|| (state.parsed as u64).saturating_add(CLIENT_SEED_LEN as u64))
    }

    /// Handshake bytes that come when encryption is on already can still name the connection.
    pub(super) fn late_handshake(&mut self, direction: Direction, offset: u64, bytes: &[u8]) {
        let Some(state) = self.halves.get_mut(index(direction)) else {
            return;
        };
        match direction {
            Direction::ServerToClient if self.handshake.server_seed.is_none() && offset == 0 => {
                state.half.clear = bytes.to_vec();
                state.parsed = 0;
                read_server(state, &mut self.handshake, bytes, true);
                self.key.seen = None;
            }
            Direction::ClientToServer if self.handshake.client_public.is_none() => {
                let seed = bytes
                    .len()
                    .checked_sub(CLIENT_SEED_LEN)
                    .and_then(|at| bytes.get(at..));
                if let Some(frame) = seed.filter(|frame| frame.starts_with(&[0x00, 0x42])) {
                    self.handshake.client_public =
                        frame.get(2..).and_then(|value| value.first_chunk()).copied();
                    self.key.seen = None;
                }
            }
            _ => {}
        }
    }
}

fn has_encrypted_bytes(state: &HalfState) -> bool {
    match &state.half.phase {
        Phase::Sealed(sealed) => !sealed.pending.is_empty(),
        Phase::Open(_) => true,
        _ => false,
    }
}

/// How far the clear part has come.
enum Progress {
    More,
    Encrypted,
    NoHandshake,
}

fn read_client(
    state: &mut HalfState,
    handshake: &mut super::Handshake,
    server: &mut Server,
    clear: &[u8],
    at_rest: bool,
) -> Progress {
    loop {
        let rest = clear.get(state.parsed..).unwrap_or_default();
        let start = u32::try_from(state.parsed).unwrap_or(u32::MAX);
        match client_clear(rest, at_rest) {
            ClientClear::Incomplete => return Progress::More,
            ClientClear::Other => return Progress::NoHandshake,
            ClientClear::Version(len) => {
                let version = read_version(rest.get(..len).unwrap_or(rest));
                *server = version.server;
                handshake.version = Some(version);
                let len_u32 = u32::try_from(len).unwrap_or(u32::MAX);
                state.half.records.push(Item::Version { start, len: len_u32 });
                state.parsed = state.parsed.saturating_add(len);
            }
            ClientClear::ClientSeed => {
                handshake.client_public = rest.get(2..).and_then(|value| value.first_chunk()).copied();
                state.half.records.push(Item::ClientSeed { start });
                state.parsed = state.parsed.saturating_add(CLIENT_SEED_LEN);
                return Progress::Encrypted;
            }
        }
    }
}

fn read_server(
    state: &mut HalfState,
    handshake: &mut super::Handshake,
    clear: &[u8],
    client_spoke: bool,
) -> Progress {
    loop {
        let rest = clear.get(state.parsed..).unwrap_or_default();
        let start = u32::try_from(state.parsed).unwrap_or(u32::MAX);
        // Without any sign of a handshake, what does not begin as a server seed does is taken for encrypted
        // bytes of a connection whose start was not captured.
        let begins_as_seed = matches!(rest, [1] | [1, 22, ..]);
        if !client_spoke && state.parsed == 0 && !begins_as_seed {
            return Progress::NoHandshake;
        }
        let (item, len) = match server_clear(rest) {
            ServerClear::Incomplete => return Progress::More,
            ServerClear::ServerSeed => (Item::ServerSeed { start }, SERVER_SEED_LEN),
            ServerClear::ServerError(len) => (
                Item::ServerError {
                    start,
                    len: u32::try_from(len).unwrap_or(u32::MAX),
                },
                len,
            ),
            ServerClear::Malformed(len) => (
                Item::MalformedFrame {
                    start,
                    len: u32::try_from(len).unwrap_or(u32::MAX),
                },
                len,
            ),
        };
        state.half.records.push(item);
        state.parsed = state.parsed.saturating_add(len);
        match item {
            Item::ServerSeed { .. } => {
                handshake.server_seed = rest.get(2..).and_then(|seed| seed.first_chunk()).copied();
                return Progress::Encrypted;
            }
            Item::ServerError { .. } => handshake.refused = true,
            _ => {}
        }
    }
}
