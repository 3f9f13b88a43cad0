//! From a record back to what the connection showed.

use super::{Pdu, PduError, Unit, UnitKind};
use crate::block::BlockHeader;
use crate::connection::View;
use crate::stream::{Item, Layer, MessageSet, RunStop, Store, Why};
use crate::sts::{Outcome, PortalConnection};

/// What a record of login or game holds, as a segment would show it. Positions of plaintext and of handshake frames are
/// those in the record.
#[derive(Debug)]
pub struct Replayed {
    items: Vec<Item>,
    store: Store,
    /// Why the rest of the record cannot be read.
    pub error: Option<PduError>,
}

impl Replayed {
    /// Reads the units of a record. Messages are looked for anew, so that one which had no schema when it was exported is
    /// decoded when it has one now.
    pub(crate) fn new(pdu: &Pdu<'_>, messages: Option<MessageSet<'_>>) -> Self {
        let mut store = Store::default();
        store.append_decrypted(pdu.bytes);
        let mut replayed = Self {
            items: Vec::new(),
            store,
            error: None,
        };
        for unit in pdu.units() {
            match unit {
                Ok(unit) => replayed.unit(&unit, messages),
                Err(error) => replayed.error = Some(error),
            }
        }
        replayed
    }

    /// As the view of a segment. `bytes` are the record's.
    pub fn view<'a>(&'a self, bytes: &'a [u8]) -> View<'a> {
        View {
            items: &self.items,
            store: &self.store,
            clear: bytes,
        }
    }

    fn unit(&mut self, unit: &Unit<'_>, messages: Option<MessageSet<'_>>) {
        // A record is a packet: its length has 32 bits.
        let start = u32::try_from(unit.range.start).unwrap_or(u32::MAX);
        let len = u32::try_from(unit.bytes.len()).unwrap_or(u32::MAX);
        let item = match unit.kind {
            UnitKind::Messages => return self.messages(unit, messages),
            UnitKind::Undecoded(why) => undecoded(unit.range.start, unit.bytes.len(), why),
            UnitKind::BrokenBlock => match BlockHeader::read(unit.bytes) {
                Some(header) if header.block_len() == unit.bytes.len() => Item::BrokenBlock {
                    start: u64::from(start),
                    header,
                },
                _ => undecoded(unit.range.start, unit.bytes.len(), Why::NoBlockHeader),
            },
            UnitKind::Version => Item::Version { start, len },
            UnitKind::ClientSeed => Item::ClientSeed { start },
            UnitKind::ServerSeed => Item::ServerSeed { start },
            UnitKind::ServerError => Item::ServerError { start, len },
            UnitKind::MalformedFrame => Item::MalformedFrame { start, len },
            UnitKind::Gap(len) => Item::Gap { len },
            UnitKind::Resumed(after) => Item::Resumed { after },
            // The portal's, in a record that says it is none of the portal's.
            UnitKind::Portal { .. } | UnitKind::Skipped { .. } => {
                undecoded(unit.range.start, unit.bytes.len(), Why::NoBoundary)
            }
        };
        self.items.push(item);
    }

    fn messages(&mut self, unit: &Unit<'_>, messages: Option<MessageSet<'_>>) {
        let Some(messages) = messages else {
            let item = undecoded(unit.range.start, unit.bytes.len(), Why::NoBoundary);
            return self.items.push(item);
        };
        let run = messages.run(unit.bytes);
        if run.count > 0 {
            self.items.push(Item::Messages {
                start: unit.range.start as u64,
                len: u32::try_from(run.len).unwrap_or(u32::MAX),
                count: run.count,
            });
        }
        let behind = unit.range.start.saturating_add(run.len);
        let left = unit.bytes.len().saturating_sub(run.len);
        if left == 0 {
            return;
        }
        self.items.push(match run.stop {
            RunStop::Failed(failure) => Item::Failed {
                start: behind as u64,
                len: u32::try_from(left).unwrap_or(u32::MAX),
                failure,
            },
            RunStop::OpenEnd => undecoded(behind, left, Why::FastPath),
            RunStop::Incomplete { .. } => undecoded(behind, left, Why::CutByExport),
        });
    }
}

fn undecoded(start: usize, len: usize, why: Why) -> Item {
    Item::Undecoded {
        layer: Layer::Decrypted,
        start: start as u64,
        len: u32::try_from(len).unwrap_or(u32::MAX),
        why,
    }
}

/// Has a portal connection take in a record of its own, whose first byte is to have the stream offset `base`. The second
/// value says why the rest of the record cannot be read.
pub fn replay_portal(
    pdu: &Pdu<'_>,
    connection: &mut PortalConnection,
    base: u64,
    frame: u32,
    time: i64,
) -> (Outcome, Option<PduError>) {
    let mut missing = 0u64;
    let mut units = Vec::new();
    let mut error = None;
    for unit in pdu.units() {
        match unit {
            Ok(unit) => match unit.kind {
                UnitKind::Gap(len) => missing = missing.saturating_add(len),
                _ => units.push(unit),
            },
            Err(wrong) => error = Some(wrong),
        }
    }
    let mut outcome = connection.replay(pdu.header.direction, &units, base, frame, time);
    outcome.missing = missing;
    (outcome, error)
}
