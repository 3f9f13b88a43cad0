//! A segment of a portal connection.

mod message;

use super::Show;
use super::binary::gap;
use crate::statistics::Carried;
use crate::taps;
use gw2_protocol::Direction;
use gw2_protocol::pdu::Cover;
use gw2_protocol::sts::{Content, Kind, Message, PortalConnection, Skip, UnitId, UnitView};
use message::MessageParts;
use std::fmt::Write;
use std::ops::Range;
use wireshark_ffi::{Thrown, Tree, Tvb};

/// What one call to the dissector brought.
pub struct PortalCall<I> {
    /// The stream offset of the segment's first byte; `None` when the text is not the segment's own bytes.
    pub offset: Option<u64>,
    /// What hid the text.
    pub cover: Cover,
    /// How many bytes are missing before it.
    pub missing: u64,
    /// The units that it completed.
    pub units: I,
}

/// Shows what a call completed. `number` counts the calls of the frame: TLS makes one for each record.
pub fn portal<I: Iterator<Item = UnitId> + Clone>(
    show: &Show<'_, '_>,
    connection: &PortalConnection,
    direction: Direction,
    number: u32,
    call: Option<PortalCall<I>>,
) -> Result<(), Thrown> {
    let columns = show.packet.columns();
    columns.set_protocol("GW2-Portal");
    // Up to the fence of the call before.
    columns.clear_info();
    let mut info = String::new();
    let tree = show.protocol_tree(show.plugin.protocols.portal)?;
    show.add_connection(tree, direction)?;
    let mut carried = Carried::of_portal(direction, number == 0);
    if let Some(call) = call {
        let PortalCall {
            offset,
            cover,
            missing,
            units,
        } = call;
        let unit = |id| connection.unit(id);
        taps::portal_units(show, direction, cover, missing, units.clone().filter_map(unit))?;
        if missing > 0 {
            gap(show, tree, missing)?;
        }
        for unit in units.filter_map(unit) {
            taps::portal(show, &unit)?;
            let place = Place::new(show, &unit, offset)?;
            match unit.content() {
                Content::Message(message) => {
                    carried.add(1, unit.bytes().len());
                    separate(&mut info);
                    write_info(&mut info, &unit, message);
                    let parts = MessageParts {
                        show,
                        place,
                        unit: &unit,
                        message,
                    };
                    parts.show(tree)?;
                }
                Content::Skipped(skip) => {
                    separate(&mut info);
                    let _ = write!(info, "[{} bytes: {}]", unit.bytes().len(), skip.reason);
                    skipped(show, tree, place, &unit, skip)?;
                }
            }
        }
    }
    if let Some(joined) = show.origin.joined {
        taps::portal_call(show, joined, carried)?;
    }
    if info.is_empty() {
        let _ = write!(info, "[to be continued, {} bytes]", show.tvb.captured_len());
    }
    if number > 0 {
        info.insert_str(0, ", ");
    }
    columns.set_info(&info);
    columns.fence_info();
    Ok(())
}

fn separate(info: &mut String) {
    if !info.is_empty() {
        info.push_str(", ");
    }
}

/// Where a unit's bytes are: in the segment, or in a tab of their own.
#[derive(Clone, Copy)]
struct Place<'a> {
    tvb: Tvb<'a>,
    base: usize,
    len: usize,
}

impl<'a> Place<'a> {
    fn new(show: &Show<'_, 'a>, unit: &UnitView<'_>, segment_offset: Option<u64>) -> Result<Self, Thrown> {
        let bytes = unit.bytes();
        let inside = segment_offset
            .and_then(|offset| unit.range().start.checked_sub(offset))
            .and_then(|at| usize::try_from(at).ok());
        if let Some(base) = inside
            && show
                .tvb
                .captured_bytes()
                .get(base..)
                .is_some_and(|rest| rest.starts_with(bytes))
        {
            return Ok(Self {
                tvb: show.tvb,
                base,
                len: bytes.len(),
            });
        }
        let tvb = Tvb::new_real_data(show.packet, show.tvb, bytes)?;
        let name = if segment_offset.is_some() {
            "Reassembled STS message"
        } else {
            "Decrypted"
        };
        tvb.add_data_source(show.packet, name)?;
        Ok(Self {
            tvb,
            base: 0,
            len: bytes.len(),
        })
    }

    fn all(&self) -> Range<usize> {
        self.base..self.base.saturating_add(self.len)
    }

    fn at(&self, range: Range<usize>) -> Range<usize> {
        self.base.saturating_add(range.start)..self.base.saturating_add(range.end)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn write_info(info: &mut String, unit: &UnitView<'_>, message: &Message<'_>) {
    info.push_str(message.kind().name());
    match message.status() {
        Some(status) => {
            let _ = write!(info, " {status}");
            if let Some(reason) = message.reason() {
                let _ = write!(info, " {}", text(reason));
            }
        }
        None => {
            let _ = write!(info, " {}", text(message.path().unwrap_or_default()));
        }
    }
    if let Some(transaction) = message.transaction() {
        let _ = write!(info, " s={transaction}");
    }
    if message.kind() == Kind::Response
        && let Some(path) = unit.path()
    {
        let _ = write!(info, " {}", text(path));
    }
}

fn skipped<'a>(
    show: &Show<'_, 'a>,
    tree: Tree<'a>,
    place: Place<'a>,
    unit: &UnitView<'_>,
    skip: &Skip,
) -> Result<(), Thrown> {
    let ids = &show.plugin.fields.common;
    let item = tree.add_bytes(ids.undecoded, place.tvb, place.all(), unit.bytes())?;
    item.append_text(&format!(" ({})", skip.reason))?;
    if skip.is_malformed() && !skip.continued {
        let text = format!("No portal message: {}", skip.reason);
        tree.add_expert(
            show.packet,
            show.plugin.experts.portal,
            place.tvb,
            place.all(),
            Some(&text),
        )?;
    }
    Ok(())
}
