//! A stream of blocks that hold messages: what the server sends (protocol.md, sections 4, 5 and 8).

use super::pipeline::{Context, Origin};
use super::record::{Item, Layer, Why};
use super::run::RunStop;
use super::scan::{Scan, Step};
use super::store::Store;
use crate::block::{BlockHeader, Codec, payload_range};

/// How sure it is that a block header comes next.
#[derive(Clone, Debug, Default)]
enum Mode {
    /// It does: the block before it held.
    #[default]
    InStep,
    /// The block at the start of `wire`, of so many bytes, is broken: the one behind it must hold, else
    /// its sizes are wrong too, and a header is searched for from within it.
    Probe(usize),
    /// A header is searched for. So many bytes at the start of `wire` were already said to be undecoded.
    Scan(Scan, usize),
    /// None was found within the window.
    GaveUp,
}

/// What becomes of the block at the start of some bytes.
enum Block {
    /// It is not whole yet.
    Incomplete,
    /// It holds, as block `number` of the store.
    Held { number: u32, end: usize },
    /// It does not decode.
    Broken { header: BlockHeader, end: usize },
}

/// Decrypted bytes that are blocks, one after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct BlockStream {
    mode: Mode,
    /// A block that is not whole yet, or what is searched for a header.
    wire: Vec<u8>,
    /// Position of the first byte of `wire` in the decrypted bytes.
    wire_at: u64,
    /// Its offset in the stream.
    wire_offset: u64,
    /// Decoded bytes of a message that is not whole yet.
    begun: Vec<u8>,
    /// Position of the first byte of `begun` in the decompressed bytes.
    begun_at: u64,
    /// What comes is not decoded before a block that begins with a whole message.
    wants_boundary: bool,
    /// Bytes that could not be decoded since decoding stopped.
    lost: Option<u64>,
    in_step_since: u64,
}

impl BlockStream {
    pub fn in_step_since(&self) -> Option<u64> {
        (matches!(self.mode, Mode::InStep) && !self.wants_boundary).then_some(self.in_step_since)
    }

    pub fn feed(&mut self, bytes: &[u8], origin: Origin, context: &mut Context<'_>) {
        let position = context.store.append_decrypted(bytes);
        if self.wire.is_empty() {
            (self.wire_at, self.wire_offset) = (position, origin.offset);
            let taken = self.read(bytes, context);
            self.wire
                .extend_from_slice(bytes.get(taken..).unwrap_or_default());
            self.advance(taken);
        } else {
            let mut wire = std::mem::take(&mut self.wire);
            wire.extend_from_slice(bytes);
            let taken = self.read(&wire, context);
            wire.drain(..taken.min(wire.len()));
            self.wire = wire;
            self.advance(taken);
        }
    }

    fn advance(&mut self, taken: usize) {
        self.wire_at = self.wire_at.saturating_add(taken as u64);
        self.wire_offset = self.wire_offset.saturating_add(taken as u64);
    }

    /// Reads what is whole at the start of `bytes` and gives how many bytes are done with.
    fn read(&mut self, bytes: &[u8], context: &mut Context<'_>) -> usize {
        let mut at = 0usize;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let here = self.wire_at.saturating_add(at as u64);
            match &mut self.mode {
                Mode::InStep => match self.block(rest, here, false, context) {
                    Block::Incomplete => return at,
                    Block::Held { number, end } => {
                        let offset = self.wire_offset.saturating_add(at as u64);
                        self.messages(number, offset, context);
                        at = at.saturating_add(end);
                    }
                    Block::Broken { header, end } => {
                        context.records.push(Item::BrokenBlock { start: here, header });
                        self.lose(end as u64, Why::CutByBrokenBlock, context);
                        self.mode = Mode::Probe(end);
                    }
                },
                Mode::Probe(broken) => {
                    let broken = *broken;
                    let behind = rest.get(broken..).unwrap_or_default();
                    match self.block(behind, here.saturating_add(broken as u64), true, context) {
                        Block::Incomplete => return at,
                        Block::Held { number, end } => {
                            self.mode = Mode::InStep;
                            at = at.saturating_add(broken);
                            let offset = self.wire_offset.saturating_add(at as u64);
                            self.messages(number, offset, context);
                            at = at.saturating_add(end);
                        }
                        Block::Broken { .. } => self.mode = Mode::Scan(Scan::behind(broken), broken),
                    }
                }
                Mode::Scan(scan, known) => match scan.step(rest) {
                    Step::Wait => return at,
                    Step::Try(start) => {
                        let candidate = rest.get(start..).unwrap_or_default();
                        if holds(candidate, context) {
                            let known = (*known).min(start);
                            self.no_header(
                                here.saturating_add(known as u64),
                                start.saturating_sub(known),
                                context,
                            );
                            self.mode = Mode::InStep;
                            at = at.saturating_add(start);
                        }
                    }
                    Step::GiveUp => {
                        let known = (*known).min(rest.len());
                        self.mode = Mode::GaveUp;
                        at = at.saturating_add(known);
                    }
                },
                Mode::GaveUp => {
                    self.no_header(here, rest.len(), context);
                    return bytes.len();
                }
            }
        }
    }

    fn no_header(&mut self, start: u64, len: usize, context: &mut Context<'_>) {
        context.undecoded(Layer::Decrypted, start, len, Why::NoBlockHeader);
        self.count_lost(len as u64);
    }

    /// Decodes the block at the start of `bytes` to the end of `begun`. A stored block decodes whatever it
    /// is; where that is `doubtful`, it has to be messages.
    fn block(&mut self, bytes: &[u8], position: u64, doubtful: bool, context: &mut Context<'_>) -> Block {
        let Some(header) = BlockHeader::read(bytes) else {
            return Block::Incomplete;
        };
        let range = payload_range(0, header);
        let end = range.end;
        let Some(payload) = bytes.get(range) else {
            return Block::Incomplete;
        };
        let before = self.begun.len();
        let Ok(codec) = context.decoder.decode(header, payload, &mut self.begun) else {
            return Block::Broken { header, end };
        };
        let plain = self.begun.get(before..).unwrap_or_default();
        if doubtful && codec == Codec::Stored && !is_messages(plain, context) {
            self.begun.truncate(before);
            return Block::Broken { header, end };
        }
        if before == 0 {
            self.begun_at = context.store.decompressed_len();
        }
        let number = context.store.add_block(position, header, codec);
        context.records.push(Item::Block(number));
        Block::Held { number, end }
    }

    /// Reads the messages that end in the block decoded last, which begins at `offset` of the stream.
    fn messages(&mut self, number: u32, offset: u64, context: &mut Context<'_>) {
        if self.begun.is_empty() {
            return;
        }
        if self.wants_boundary {
            if !context.messages.begins_with_message(&self.begun) {
                let start = context
                    .store
                    .block(number)
                    .map_or(self.begun_at, |block| block.plain);
                context.undecoded(Layer::Decompressed, start, self.begun.len(), Why::NoBoundary);
                self.count_lost(self.begun.len() as u64);
                self.begun.clear();
                return;
            }
            self.wants_boundary = false;
            self.in_step_since = offset;
        }
        let run = context.messages.run(&self.begun);
        if run.count > 0
            && let Some(after) = self.lost.take()
        {
            context.records.push(Item::Resumed { after });
        }
        context.messages_item(self.begun_at, &run);
        let behind = self.begun_at.saturating_add(run.len as u64);
        let left = self.begun.len().saturating_sub(run.len);
        match run.stop {
            RunStop::Incomplete { .. } => {
                self.begun.drain(..run.len.min(self.begun.len()));
                self.begun_at = behind;
                return;
            }
            RunStop::Failed(failure) => context.failed(behind, left, failure),
            RunStop::OpenEnd => context.undecoded(Layer::Decompressed, behind, left, Why::FastPath),
        }
        // The next block is a boundary: nothing there belongs to what failed here.
        self.count_lost(left as u64);
        self.begun.clear();
    }

    /// Decoding has lost its place, and with it what was begun and `bytes` more.
    fn lose(&mut self, bytes: u64, why: Why, context: &mut Context<'_>) {
        self.count_lost(bytes.saturating_add(self.begun.len() as u64));
        context.undecoded(Layer::Decompressed, self.begun_at, self.begun.len(), why);
        self.begun.clear();
        self.wants_boundary = true;
    }

    fn count_lost(&mut self, bytes: u64) {
        self.lost = Some(self.lost.unwrap_or(0).saturating_add(bytes));
    }

    pub fn gap(&mut self, context: &mut Context<'_>) {
        let wire = self.wire.len() as u64;
        self.drop_wire(context);
        self.lose(wire, Why::CutByGap, context);
        self.mode = Mode::Scan(Scan::default(), 0);
    }

    pub fn abandon(&mut self, context: &mut Context<'_>) {
        self.drop_wire(context);
        context.undecoded(
            Layer::Decompressed,
            self.begun_at,
            self.begun.len(),
            Why::CutByGap,
        );
        self.begun.clear();
    }

    fn drop_wire(&mut self, context: &mut Context<'_>) {
        // A broken block at the start was already said to be one.
        let known = match self.mode {
            Mode::Probe(broken) | Mode::Scan(_, broken) => broken.min(self.wire.len()),
            _ => 0,
        };
        let start = self.wire_at.saturating_add(known as u64);
        context.undecoded(
            Layer::Decrypted,
            start,
            self.wire.len().saturating_sub(known),
            Why::CutByGap,
        );
        self.wire.clear();
    }

    pub fn begun_len(&self) -> u64 {
        super::length(&self.wire).saturating_add(super::length(&self.begun))
    }

    pub fn relocate(&mut self, store: &mut Store) {
        // The wire last: what comes next follows it.
        if !self.begun.is_empty() {
            self.begun_at = store.repeat_decompressed(&self.begun);
        }
        self.wire_at = store.append_decrypted(&self.wire);
    }
}

/// Whether a block found by searching is one: it decodes exactly; a stored one is messages.
fn holds(bytes: &[u8], context: &mut Context<'_>) -> bool {
    let Some(header) = BlockHeader::read(bytes) else {
        return false;
    };
    let Some(payload) = bytes.get(payload_range(0, header)) else {
        return false;
    };
    let mut plain = Vec::new();
    match context.decoder.decode(header, payload, &mut plain) {
        Ok(Codec::Stored) => is_messages(&plain, context),
        Ok(_) => true,
        Err(_) => false,
    }
}

/// Whether decoded bytes are at least one whole message, and nothing that contradicts the schemas.
fn is_messages(plain: &[u8], context: &Context<'_>) -> bool {
    let run = context.messages.run(plain);
    run.count > 0 && !matches!(run.stop, RunStop::Failed(_))
}
