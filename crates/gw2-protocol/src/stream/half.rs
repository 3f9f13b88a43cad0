//! One direction of a connection, from the order of capture to units.

use super::gap::{Holes, Reader};
use super::pipeline::{Context, Layering, Origin, Pipeline};
use super::record::{Item, Records};
use super::run::MessageSet;
use super::store::Store;
use super::{Segment, length};
use crate::block::BlockDecoder;
use crate::cipher::Rc4;

/// How many bytes a direction may skip in all, in gaps. A segment beyond that has a wrong sequence number, or
/// the capture lacks so much that it is not worth the time that RC4 takes to move on.
const MAX_SKIPPED: u64 = 1 << 28;

/// Silence before a segment, in nanoseconds, behind which a message may be taken to begin.
const PAUSE: i64 = 250_000_000;

/// How many ciphertext bytes from the start are held together for trying keys: the largest block.
const MAX_PREFIX: usize = 65_539;

/// How many segments behind a lost start a key is tried on.
const MAX_TRIAL_SEGMENTS: usize = 256;

/// A segment that waits for a key.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    /// The record that it has so far.
    pub record: usize,
    /// The stream offset of the first byte.
    pub offset: u64,
    /// The payload.
    pub bytes: Vec<u8>,
    /// When it was captured, in nanoseconds.
    pub time: i64,
    /// The segment carried PSH.
    pub push: bool,
    /// The first byte is the first of its segment.
    pub segment_start: bool,
}

/// Encrypted bytes without a key.
#[derive(Debug)]
pub(crate) struct Sealed {
    /// Where encryption began.
    pub start: u64,
    /// The segments, in the order of capture.
    pub pending: Vec<Pending>,
    /// What follows `start` without a gap, as far as keys are tried on it.
    pub prefix: Vec<u8>,
    /// A segment came ahead of others.
    early: bool,
}

/// How far a direction has come.
#[derive(Debug)]
pub(crate) enum Phase {
    /// Handshake frames in clear.
    Clear,
    /// Encrypted, without a key so far.
    Sealed(Sealed),
    /// Encrypted, and nobody knows since which offset: no key helps.
    Opaque,
    /// Being decrypted.
    Open(Box<Open>),
}

/// What decrypts and decodes.
#[derive(Debug)]
pub(crate) struct Open {
    reader: Reader,
    holes: Holes,
    next: u64,
    skipped: u64,
    /// When the last segment came, in nanoseconds.
    last_time: Option<i64>,
    scratch: Vec<u8>,
}

/// One direction.
#[derive(Debug)]
pub(crate) struct Half {
    /// How far it has come.
    pub phase: Phase,
    /// The plaintext.
    pub store: Store,
    /// What the frames showed.
    pub records: Records,
    /// The handshake frames.
    pub clear: Vec<u8>,
    /// Whether its first undecryptable frame was already given a reason.
    pub noticed: bool,
}

impl Half {
    /// A direction of which nothing has been seen.
    pub fn new() -> Self {
        Self {
            phase: Phase::Clear,
            store: Store::default(),
            records: Records::default(),
            clear: Vec::new(),
            noticed: false,
        }
    }

    /// From `start` on the stream is encrypted.
    pub fn seal(&mut self, start: Option<u64>) {
        self.phase = match start {
            Some(start) => Phase::Sealed(Sealed {
                start,
                pending: Vec::new(),
                prefix: Vec::new(),
                early: false,
            }),
            None => Phase::Opaque,
        };
    }

    /// The key is known: reads everything that waited for it.
    ///
    /// A segment that was shown as encrypted shows what it holds from now on. One that was shown as to be
    /// continued was waited with; what it holds counts to the segment that ended the waiting, `current`.
    pub fn open(
        &mut self,
        cipher: Rc4,
        current: Option<usize>,
        layering: Layering,
        messages: MessageSet<'_>,
        decoder: &mut BlockDecoder,
    ) {
        let sealed = match std::mem::replace(&mut self.phase, Phase::Opaque) {
            Phase::Sealed(sealed) => sealed,
            other => {
                self.phase = other;
                return;
            }
        };
        let mut open = Open {
            reader: Reader {
                cipher,
                pipeline: Pipeline::new(layering),
            },
            holes: Holes::default(),
            next: sealed.start,
            skipped: 0,
            last_time: None,
            scratch: Vec::new(),
        };
        let mut record = None;
        for mut pending in sealed.pending {
            if let Some(current) = current
                && !self.records.is_encrypted(pending.record)
            {
                pending.record = current;
            }
            if record != Some(pending.record) {
                self.records.begin_again(pending.record);
                record = Some(pending.record);
            }
            let mut context = Context {
                messages,
                decoder,
                store: &mut self.store,
                records: &mut self.records,
            };
            let origin = Origin {
                offset: pending.offset,
                time: pending.time,
                paused: open.follows_pause(pending.time),
                push: pending.push,
                segment_start: pending.segment_start,
            };
            open.accept(&pending.bytes, origin, &mut context);
            self.records.end(pending.record);
        }
        self.phase = Phase::Open(Box::new(open));
    }

    /// Reads a segment of a direction that is being decrypted.
    pub fn read(&mut self, segment: &Segment<'_>, messages: MessageSet<'_>, decoder: &mut BlockDecoder) {
        let Phase::Open(open) = &mut self.phase else {
            return;
        };
        let mut context = Context {
            messages,
            decoder,
            store: &mut self.store,
            records: &mut self.records,
        };
        let origin = Origin {
            offset: segment.offset,
            time: segment.time,
            paused: open.follows_pause(segment.time),
            push: segment.push,
            segment_start: true,
        };
        open.accept(segment.bytes, origin, &mut context);
    }

    /// Whether a key decodes any message of what waits behind a lost start, tried on a copy.
    pub fn opens_behind_gap(
        sealed: &Sealed,
        cipher: Rc4,
        layering: Layering,
        messages: MessageSet<'_>,
        decoder: &mut BlockDecoder,
    ) -> bool {
        let mut trial = Self::new();
        trial.seal(Some(sealed.start));
        if let Phase::Sealed(copy) = &mut trial.phase {
            for pending in sealed.pending.iter().take(MAX_TRIAL_SEGMENTS) {
                copy.pending.push(pending.clone());
            }
        }
        trial.open(cipher, None, layering, messages, decoder);
        trial.has_messages()
    }

    /// Whether any message was decoded.
    fn has_messages(&self) -> bool {
        self.records.any(|item| matches!(item, Item::Messages { .. }))
    }
}

impl Sealed {
    /// Whether bytes are missing before some that came.
    pub fn has_gap(&self) -> bool {
        let end = self.start.saturating_add(length(&self.prefix));
        self.prefix.len() < MAX_PREFIX && self.pending.iter().any(|pending| pending.offset > end)
    }

    /// Keeps a segment for the time when there is a key.
    pub fn push(&mut self, pending: Pending) {
        self.early |= pending.offset > self.start.saturating_add(length(&self.prefix));
        self.pending.push(pending);
        let mut grew = self.grow(self.pending.len().saturating_sub(1));
        // Segments that came early may follow now.
        while grew && self.early && self.prefix.len() < MAX_PREFIX {
            grew = (0..self.pending.len()).any(|number| self.grow(number));
        }
    }

    /// Appends to the prefix what one segment adds to it.
    fn grow(&mut self, number: usize) -> bool {
        let Some(pending) = self.pending.get(number) else {
            return false;
        };
        let end = self.start.saturating_add(length(&self.prefix));
        let Some(known) = end.checked_sub(pending.offset) else {
            return false;
        };
        let known = usize::try_from(known).unwrap_or(usize::MAX);
        let room = MAX_PREFIX.saturating_sub(self.prefix.len());
        match pending.bytes.get(known..) {
            Some(new) if !new.is_empty() && room > 0 => {
                self.prefix.extend_from_slice(new.get(..room).unwrap_or(new));
                true
            }
            _ => false,
        }
    }
}

impl Open {
    /// Whether a segment that comes now follows a pause.
    fn follows_pause(&mut self, time: i64) -> bool {
        self.last_time
            .replace(time)
            .is_some_and(|last| time.saturating_sub(last) >= PAUSE)
    }

    /// Reads a segment.
    fn accept(&mut self, bytes: &[u8], mut origin: Origin, context: &mut Context<'_>) {
        let known = usize::try_from(self.next.saturating_sub(origin.offset)).unwrap_or(usize::MAX);
        let (old, new) = bytes.split_at_checked(known).unwrap_or((bytes, &[]));
        if !old.is_empty() {
            let filled = self.holes.fill(origin.offset, old);
            if filled == 0 && new.is_empty() {
                context.records.push(Item::Repeated);
            }
            if filled > 0 {
                self.holes.catch_up(&mut self.reader, self.next, origin, context);
            }
            origin.offset = self.next;
            origin.segment_start = false;
        }
        if new.is_empty() {
            return;
        }
        let gap = origin.offset.saturating_sub(self.next);
        if gap > 0 {
            context.records.push(Item::Gap { len: gap });
            let skipped = self.skipped.saturating_add(gap);
            if skipped > MAX_SKIPPED {
                context.records.push(Item::Encrypted { notice: None });
                return;
            }
            self.skipped = skipped;
            self.holes.open(self.next..origin.offset, self.reader.clone());
            self.reader.cipher.skip(gap);
            self.reader.pipeline.gap(context);
        }
        self.next = origin.offset.saturating_add(length(new));
        self.scratch.clear();
        self.scratch.extend_from_slice(new);
        self.reader.cipher.apply(&mut self.scratch);
        self.reader.pipeline.feed(&self.scratch, origin, context);
        self.holes
            .note(origin.offset, new, self.reader.pipeline.in_step_since());
    }
}
