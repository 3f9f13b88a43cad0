//! Finds the key among the candidates: the one that decrypts the first unit (protocol.md, section 3).

use super::{Connection, Env, KeyState, index};
use crate::block::{BlockDecoder, BlockHeader, HEADER, payload_range};
use crate::cipher::Rc4;
use crate::direction::Direction;
use crate::key::{KeyLine, Rc4Key};
use crate::message::{Stop, measure, read_opcode};
use crate::schema::MessageTable;
use crate::stream::{Half, Layering, MessageSet, Phase, Sealed};
use crate::sts;

/// What the first unit of a direction says of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// It holds.
    Holds,
    /// It holds, and what it gives is the portal's text.
    HoldsText,
    /// It does not hold, but it is what the cipher should give: a block that decodes, with an
    /// opcode that no schema knows.
    UnknownOpcode,
    /// It does not hold.
    Broken,
    /// It is not whole before there are this many bytes.
    Waits(usize),
}

/// The segment that is being taken, and its record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Current {
    pub direction: Direction,
    pub record: usize,
}

/// What becomes of a candidate.
enum Judgement {
    Holds,
    HoldsText,
    Refused,
    /// Neither direction has its first unit whole: these many bytes of each could tell.
    Waits([usize; 2]),
}

impl Connection {
    pub(super) fn candidates<'k>(&self, env: Env<'k>) -> impl Iterator<Item = (usize, &'k KeyLine, Rc4Key)> {
        let server_seed = self.handshake.server_seed;
        let client_public = self.handshake.client_public;
        let lines: Vec<_> = env
            .keys
            .candidates(server_seed.as_ref(), client_public.as_ref())
            .collect();
        lines.into_iter().filter_map(move |(number, line)| {
            Some((number, line, line.secret.rc4_key(server_seed.as_ref())?))
        })
    }

    /// Tries what the key log holds, if anything is new: a line, or bytes that a candidate waited for.
    /// `current` is the segment that gives the occasion.
    pub(super) fn try_keys(&mut self, current: Option<Current>, env: Env<'_>) {
        if let Some(key) = self.key.taken {
            self.open_both(&key, current, env);
            return;
        }
        let more_lines = self.key.seen != Some(env.keys.len());
        if !more_lines && !self.has_what_candidates_wait_for() {
            return;
        }
        self.key.seen = Some(env.keys.len());
        self.key.waiting = None;
        let candidates: Vec<_> = self.candidates(env).collect();
        for (number, line, key) in candidates {
            if self.key.refused.contains(&number) {
                continue;
            }
            match self.judge(&key, env) {
                held @ (Judgement::Holds | Judgement::HoldsText) => {
                    if matches!(held, Judgement::HoldsText) {
                        self.text = Some(Box::default());
                    }
                    self.key = KeyState {
                        source: Some(line.source.clone()),
                        taken: Some(key),
                        ..KeyState::default()
                    };
                    self.open_both(&key, current, env);
                    return;
                }
                Judgement::Refused => {
                    self.key.refused.insert(number);
                }
                Judgement::Waits(needed) => {
                    let before = self.key.waiting.unwrap_or([usize::MAX; 2]);
                    self.key.waiting = Some([before[0].min(needed[0]), before[1].min(needed[1])]);
                }
            }
        }
        // Soon while there is little; in all the trials cost some nine times what waits.
        let waiting = self.waiting_behind_gap();
        self.key.next_trial_behind_gap = waiting.saturating_add(waiting / 8).saturating_add(1);
    }

    fn has_what_candidates_wait_for(&self) -> bool {
        let Some(wanted) = self.key.waiting else {
            return false;
        };
        let have = [0, 1].map(|number| self.sealed(number).map_or(0, |sealed| sealed.prefix.len()));
        let behind_gap = self.waiting_behind_gap();
        wanted.iter().zip(have).any(|(wanted, have)| have >= *wanted)
            || (behind_gap > 0 && behind_gap >= self.key.next_trial_behind_gap)
    }

    /// How many segments wait in directions that miss bytes.
    fn waiting_behind_gap(&self) -> usize {
        [0, 1]
            .into_iter()
            .filter_map(|number| self.sealed(number))
            .filter(|sealed| sealed.has_gap())
            .map(|sealed| sealed.pending.len())
            .fold(0, usize::saturating_add)
    }

    fn sealed(&self, number: usize) -> Option<&Sealed> {
        match self.halves.get(number).map(|state| &state.half.phase) {
            Some(Phase::Sealed(sealed)) => Some(sealed),
            _ => None,
        }
    }

    /// Opens every direction that waits for the key.
    fn open_both(&mut self, key: &Rc4Key, current: Option<Current>, env: Env<'_>) {
        for direction in [Direction::ClientToServer, Direction::ServerToClient] {
            let own = current.filter(|current| current.direction == direction);
            if current.is_some() && own.is_none() && self.was_waited_with(direction) {
                // What is whole here no frame has shown: it counts to the direction's next.
                continue;
            }
            let layering = self.layering(direction);
            if let Some((half, messages, decoder)) = self.reader(direction, env) {
                half.open(
                    Rc4::new(key),
                    own.map(|own| own.record),
                    layering,
                    messages,
                    decoder,
                );
            }
        }
    }

    /// Whether the last segment that waits for the key was shown as to be continued, not as encrypted.
    fn was_waited_with(&self, direction: Direction) -> bool {
        let Some(state) = self.halves.get(index(direction)) else {
            return false;
        };
        match &state.half.phase {
            Phase::Sealed(sealed) => sealed
                .pending
                .last()
                .is_some_and(|pending| !state.half.records.is_encrypted(pending.record)),
            _ => false,
        }
    }

    /// What both directions say of a key: one that holds is enough, unless the server's first block is
    /// no block at all.
    fn judge(&mut self, key: &Rc4Key, env: Env<'_>) -> Judgement {
        let client = self.judge_direction(Direction::ClientToServer, key, env);
        let server = self.judge_direction(Direction::ServerToClient, key, env);
        match (client, server) {
            (Verdict::HoldsText, _) | (_, Verdict::HoldsText) => Judgement::HoldsText,
            (_, Verdict::Broken) => Judgement::Refused,
            (Verdict::Holds, _) | (_, Verdict::Holds) => Judgement::Holds,
            (Verdict::Waits(client), Verdict::Waits(server)) => Judgement::Waits([client, server]),
            _ => Judgement::Refused,
        }
    }

    fn judge_direction(&mut self, direction: Direction, key: &Rc4Key, env: Env<'_>) -> Verdict {
        const NOTHING_YET: Verdict = Verdict::Waits(1);
        let layering = self.layering(direction);
        let Some(messages) = self.message_set(direction, env.catalog) else {
            return NOTHING_YET;
        };
        let Some(state) = self.halves.get(index(direction)) else {
            return NOTHING_YET;
        };
        let Phase::Sealed(sealed) = &state.half.phase else {
            return NOTHING_YET;
        };
        let cipher = Rc4::new(key);
        let mut plain = sealed.prefix.clone();
        cipher.clone().apply(&mut plain);
        if self.handshake.version.is_none() && begins_with_start_line(&plain) {
            return Verdict::HoldsText;
        }
        let verdict = match layering {
            Layering::Messages | Layering::Text => judge_messages(&plain, messages.table()),
            Layering::Blocks => judge_blocks(&plain, messages, &mut self.decoder),
        };
        // The first unit may never be whole: then what comes behind the gap has to tell.
        let opens = matches!(verdict, Verdict::Waits(_))
            && sealed.has_gap()
            && Half::opens_behind_gap(sealed, cipher, layering, messages, &mut self.decoder);
        if opens { Verdict::Holds } else { verdict }
    }
}

/// Whether this is the portal's text; a portal connection has no version frame.
fn begins_with_start_line(plain: &[u8]) -> bool {
    let line_end = plain
        .windows(2)
        .position(|pair| pair == b"\r\n")
        .map(|at| at.saturating_add(2));
    line_end
        .and_then(|end| plain.get(..end))
        .is_some_and(sts::start_line::is_start_line)
}

fn judge_messages(plain: &[u8], table: &MessageTable) -> Verdict {
    let Some(opcode) = read_opcode(plain) else {
        return Verdict::Waits(2);
    };
    let Some(schema) = table.get(opcode) else {
        return Verdict::Broken;
    };
    match measure(plain, plain.len(), schema) {
        Ok(_) => Verdict::Holds,
        Err(Stop::Incomplete { needed }) => Verdict::Waits(needed),
        Err(Stop::Failed(_)) => Verdict::Broken,
    }
}

/// The first block that has content; of tiny ones, as many as hold an opcode.
fn judge_blocks(plain: &[u8], messages: MessageSet<'_>, decoder: &mut BlockDecoder) -> Verdict {
    let mut at = 0usize;
    let mut decoded = Vec::new();
    let mut stored = true;
    loop {
        let rest = plain.get(at..).unwrap_or_default();
        let Some(header) = BlockHeader::read(rest) else {
            return Verdict::Waits(at.saturating_add(HEADER));
        };
        let range = payload_range(0, header);
        let end = at.saturating_add(range.end);
        let Some(payload) = rest.get(range) else {
            return Verdict::Waits(end);
        };
        stored &= header.compressed == 0;
        if decoder.decode(header, payload, &mut decoded).is_err() {
            return Verdict::Broken;
        }
        if let Some(opcode) = read_opcode(&decoded) {
            return match (messages.knows(opcode), stored) {
                (true, _) => Verdict::Holds,
                (false, true) => Verdict::Broken,
                (false, false) => Verdict::UnknownOpcode,
            };
        }
        at = end;
    }
}
