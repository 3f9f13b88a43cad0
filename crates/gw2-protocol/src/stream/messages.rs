//! A stream of messages without blocks: what the client sends (protocol.md, sections 4 and 5).

use super::pipeline::{Context, Origin};
use super::record::{Item, Layer, Why};
use super::run::{HandOff, Run, RunStop};
use super::store::Store;

/// Where decoding has lost its place.
#[derive(Clone, Copy, Debug)]
struct Lost {
    /// Bytes that could not be decoded since.
    bytes: u64,
    /// Nothing has come since the gap, so that the next segment may be tried whatever it carries.
    behind_gap: bool,
}

/// Plaintext that is messages, one after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct MessageStream {
    /// A message that is not whole yet.
    begun: Vec<u8>,
    /// Position of the first byte of `begun` in the decrypted bytes.
    begun_at: u64,
    /// How many bytes it needs before looking again is worth it.
    needed: usize,
    lost: Option<Lost>,
    in_step_since: u64,
}

impl MessageStream {
    pub fn in_step_since(&self) -> Option<u64> {
        self.lost.is_none().then_some(self.in_step_since)
    }

    pub fn feed(&mut self, bytes: &[u8], origin: Origin, context: &mut Context<'_>) {
        let position = context.store.append_decrypted(bytes);
        if let Some(lost) = self.lost {
            let may_begin = origin.segment_start && (origin.push || origin.paused || lost.behind_gap);
            if !(may_begin && context.messages.begins_with_message(bytes)) {
                self.lost = Some(Lost {
                    bytes: lost.bytes.saturating_add(super::length(bytes)),
                    behind_gap: false,
                });
                context.undecoded(Layer::Decrypted, position, bytes.len(), Why::NoBoundary);
                return;
            }
            self.lost = None;
            self.in_step_since = origin.offset;
            context.records.push(Item::Resumed { after: lost.bytes });
        }
        if self.begun.is_empty() {
            self.begun_at = position;
            let taken = self.read(bytes, context);
            self.begun
                .extend_from_slice(bytes.get(taken..).unwrap_or_default());
        } else {
            self.begun.extend_from_slice(bytes);
            if self.begun.len() < self.needed {
                return;
            }
            let mut begun = std::mem::take(&mut self.begun);
            let taken = self.read(&begun, context);
            begun.drain(..taken.min(begun.len()));
            self.begun = begun;
        }
    }

    /// Reads the messages at the start of `bytes`, which stand at `begun_at`, and gives how many bytes
    /// are done with.
    fn read(&mut self, bytes: &[u8], context: &mut Context<'_>) -> usize {
        let run = context.messages.run(bytes);
        context.messages_item(self.begun_at, &run);
        let behind = self.begun_at.saturating_add(run.len as u64);
        let left = bytes.len().saturating_sub(run.len);
        match run.stop {
            RunStop::Incomplete { needed } => {
                self.begun_at = behind;
                self.needed = needed;
                return run.len;
            }
            RunStop::Failed(failure) => context.failed(behind, left, failure),
            RunStop::OpenEnd => context.undecoded(Layer::Decrypted, behind, left, Why::FastPath),
        }
        self.lost = Some(Lost {
            bytes: left as u64,
            behind_gap: false,
        });
        bytes.len()
    }

    pub fn gap(&mut self, context: &mut Context<'_>) {
        let begun = self.begun.len() as u64;
        self.abandon(context);
        let before = self.lost.map_or(0, |lost| lost.bytes);
        self.lost = Some(Lost {
            bytes: before.saturating_add(begun),
            behind_gap: true,
        });
    }

    pub fn abandon(&mut self, context: &mut Context<'_>) {
        context.undecoded(Layer::Decrypted, self.begun_at, self.begun.len(), Why::CutByGap);
        self.begun.clear();
    }

    pub fn begun_len(&self) -> u64 {
        super::length(&self.begun)
    }

    pub fn relocate(&mut self, store: &mut Store) {
        self.begun_at = store.append_decrypted(&self.begun);
    }
}

impl Context<'_> {
    /// Notes whole messages, if there are any, and where they send the client.
    pub(super) fn messages_item(&mut self, start: u64, run: &Run) {
        if run.count > 0 {
            let len = u32::try_from(run.len).unwrap_or(u32::MAX);
            self.records.push(Item::Messages {
                start,
                len,
                count: run.count,
            });
        }
        let frame = self.records.current_frame();
        self.records
            .handoffs
            .extend(run.servers.iter().map(|&server| HandOff { frame, server }));
    }

    /// Notes a message that cannot be decoded, and the `len` bytes from its opcode on.
    pub(super) fn failed(&mut self, start: u64, len: usize, failure: crate::message::Failure) {
        let len = u32::try_from(len).unwrap_or(u32::MAX);
        self.records.push(Item::Failed { start, len, failure });
    }

    /// Notes bytes that are not decoded, if there are any.
    pub(super) fn undecoded(&mut self, layer: Layer, start: u64, len: usize, why: Why) {
        if len > 0 {
            let len = u32::try_from(len).unwrap_or(u32::MAX);
            self.records.push(Item::Undecoded {
                layer,
                start,
                len,
                why,
            });
        }
    }
}
