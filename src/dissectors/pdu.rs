//! Records that Export PDUs wrote: plaintext without keys, TCP or TLS around it.
//!
//! A record of login or game says all that is to be shown. The portal's messages refer to each other, so that what its
//! records brought on the first pass is kept.

use crate::connection::{BinaryState, Place};
use crate::environment;
use crate::plugin::{Plugin, plugin};
use crate::present::{self, Origin, PortalCall, Show};
use gw2_protocol::Server;
use gw2_protocol::connection::Connection;
use gw2_protocol::pdu::{Cover, Header, Pdu as Record, PduError, Protocol, replay_portal};
use gw2_protocol::sts::{PortalConnection, UnitId};
use std::collections::HashMap;
use std::ffi::CStr;
use std::ops::Range;
use wireshark_ffi::{Dissector, FileState, Packet, Thrown, Tree, Tvb};

/// The name by which exported files ask for this dissector.
pub const PDU_DISSECTOR: &CStr = c"gw2.pdu";

/// The portal connections of the file, by stream and by what hid their text: TLS carries a stream of its own.
static PORTALS: FileState<HashMap<(u32, Cover), Portal>> = FileState::new();

/// The dissector.
pub struct Pdu;

impl Dissector for Pdu {
    fn dissect<'a>(&self, packet: &Packet<'a>, tvb: Tvb<'a>, tree: Tree<'a>) -> Result<usize, Thrown> {
        let Some(plugin) = plugin() else { return Ok(0) };
        let bytes = tvb.captured_bytes();
        let record = match Record::parse(bytes) {
            Ok(record) => record,
            Err(error) => {
                packet.columns().set_protocol("GW2-PDU");
                let all = 0..bytes.len();
                let tree = tree.add_protocol(plugin.protocols.pdu, tvb, all)?;
                let tree = tree.subtree(plugin.subtrees.protocol)?;
                unreadable(plugin, packet, tvb, tree, error)?;
                return Ok(bytes.len());
            }
        };
        let header = record.header;
        let show = Show {
            plugin,
            packet,
            tvb,
            tree,
            origin: Origin {
                session: header.session,
                joined: None,
                exported_from: Some(header.stream),
            },
        };
        let own = header_tree(&show, &header, record.header_len())?;
        let error = match header.protocol {
            Protocol::Messages(server) => binary(&show, &record, server)?,
            Protocol::Portal => portal(&show, &record)?,
        };
        if let Some(error) = error {
            unreadable(plugin, packet, tvb, own, error)?;
        }
        Ok(bytes.len())
    }
}

/// What was said of a portal connection.
#[derive(Default)]
struct Portal {
    connection: PortalConnection,
    /// How many bytes of records there were: the stream offset of the next.
    len: u64,
    calls: Vec<Call>,
}

/// What a record brought.
#[derive(Clone)]
struct Call {
    frame: u32,
    offset: u64,
    units: Range<usize>,
    missing: u64,
    error: Option<PduError>,
}

fn header_tree<'a>(show: &Show<'_, 'a>, header: &Header<'_>, len: usize) -> Result<Tree<'a>, Thrown> {
    let (ids, tvb) = (&show.plugin.fields.pdu, show.tvb);
    let tree = show
        .tree
        .add_protocol(show.plugin.protocols.pdu, tvb, 0..len)?
        .subtree(show.plugin.subtrees.protocol)?;
    tree.add_u32(
        ids.version,
        tvb,
        4..5,
        u32::from(gw2_protocol::pdu::header::VERSION),
    )?;
    tree.add_u32(ids.protocol, tvb, 5..6, u32::from(header.protocol.code()))?;
    tree.add_u32(ids.cover, tvb, 7..8, u32::from(header.cover.code()))?;
    if let Some(build) = header.build {
        tree.add_u32(ids.build, tvb, 8..12, build)?;
    }
    tree.add_u32(ids.stream, tvb, 16..20, header.stream)?;
    if !header.set.is_empty() {
        tree.add_str(ids.set, tvb, 21..len, header.set)?;
    }
    Ok(tree)
}

fn unreadable<'a>(
    plugin: &Plugin,
    packet: &Packet<'a>,
    tvb: Tvb<'a>,
    tree: Tree<'a>,
    error: PduError,
) -> Result<(), Thrown> {
    let text = format!("Exported record that cannot be read: {error}");
    let all = 0..tvb.captured_len();
    tree.add_expert(packet, plugin.experts.pdu, tvb, all, Some(&text))
}

fn binary(show: &Show<'_, '_>, record: &Record<'_>, server: Server) -> Result<Option<PduError>, Thrown> {
    let Some(schemas) = environment::schemas() else {
        return Ok(None);
    };
    let catalog = &schemas.catalog;
    let connection = Connection::exported(server, &record.header, environment::options(), catalog);
    let replayed = connection.replay(record, catalog);
    let state = BinaryState::exported(show.packet, connection, schemas)?;
    let place = Place {
        direction: record.header.direction,
        low_offset: Some(0),
    };
    let view = replayed.view(show.tvb.captured_bytes());
    present::binary_view(show, &state, place, Some(view))?;
    Ok(replayed.error)
}

fn portal(show: &Show<'_, '_>, record: &Record<'_>) -> Result<Option<PduError>, Thrown> {
    let (packet, header) = (show.packet, record.header);
    let portals = PORTALS.get_or_insert_with(packet, HashMap::new);
    let key = (header.stream, header.cover);
    if !packet.visited() {
        let mut portals = portals.try_borrow_mut()?;
        portals.entry(key).or_default().take(packet, record, show.tvb);
    }
    let portals = portals.try_borrow()?;
    let Some(portal) = portals.get(&key) else {
        return Ok(None);
    };
    let call = portal.find(packet.number());
    let error = call.as_ref().and_then(|call| call.error);
    let call = call.map(|call| PortalCall {
        offset: Some(call.offset),
        cover: header.cover,
        missing: call.missing,
        units: call.units.map(UnitId::from_index),
    });
    present::portal(show, &portal.connection, header.direction, 0, call)?;
    Ok(error)
}

impl Portal {
    /// Takes in a record, on the first pass.
    fn take(&mut self, packet: &Packet<'_>, record: &Record<'_>, tvb: Tvb<'_>) {
        let (frame, offset) = (packet.number(), self.len);
        let time = i64::try_from(packet.relative_time()).unwrap_or(i64::MAX);
        let (outcome, error) = replay_portal(record, &mut self.connection, offset, frame, time);
        self.len = offset.saturating_add(tvb.captured_len() as u64);
        self.calls.push(Call {
            frame,
            offset,
            units: outcome.unit_indexes(),
            missing: outcome.missing,
            error,
        });
    }

    fn find(&self, frame: u32) -> Option<Call> {
        let found = self.calls.binary_search_by_key(&frame, |call| call.frame).ok()?;
        self.calls.get(found).cloned()
    }
}
