//! The portal: text over TCP, and over TLS once StartTls was accepted.

use crate::peers::ClientEnd;
use crate::plugin::{Plugin, neighbours, plugin};
use crate::present::{self, Origin, PortalCall, Show};
use crate::sessions::{self, Opened};
use gw2_protocol::Direction;
use gw2_protocol::pdu::Cover;
use gw2_protocol::session::Joined;
use gw2_protocol::stream::StreamOffset;
use gw2_protocol::sts::start_line::StartLine;
use gw2_protocol::sts::{Certainty, Message, PortalConnection, UnitId, looks_like_portal};
use std::ops::Range;
use wireshark_ffi::{Conversation, Dissector, Heuristic, Packet, Thrown, Tree, Tvb, starttls_ack};

/// What is known of a portal connection, for as long as the file is open.
pub struct PortalState {
    client: ClientEnd,
    /// The play session.
    joined: Joined,
    clear: Layer,
    /// What TLS carries.
    inner: Layer,
}

/// One stream of text.
#[derive(Default)]
pub struct Layer {
    pub connection: PortalConnection,
    offsets: [StreamOffset; 2],
    calls: Vec<Call>,
}

/// What one call to the dissector brought.
#[derive(Clone, Debug)]
struct Call {
    frame: u32,
    place: Place,
    offset: u64,
    units: Range<usize>,
    missing: u64,
}

/// What tells a frame's calls apart, the same on every pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// The low half of the stream offset, where TCP called.
    Offset(u32),
    /// How many calls there were in the frame before: TLS calls once a record, and always for each.
    Number(u32),
}

/// The dissector. TCP calls it once a segment, with what the segment carries; TLS once a record, with the text inside and
/// without an offset.
pub struct Portal;

impl Dissector for Portal {
    fn dissect<'a>(&self, packet: &Packet<'a>, tvb: Tvb<'a>, tree: Tree<'a>) -> Result<usize, Thrown> {
        let Some(plugin) = plugin() else { return Ok(0) };
        let number = packet.count_call(plugin.protocols.portal);
        let conversation = Conversation::find_or_create(packet)?;
        let payload = tvb.captured_bytes();
        let state = match plugin.portal.get(conversation) {
            Some(state) => state,
            None => {
                let client = ClientEnd::find(packet, first_sender(payload))?;
                let joined = sessions::join(packet, client, Opened::Portal)?;
                let (clear, inner) = (Layer::default(), Layer::default());
                plugin.portal.get_or_insert_with(conversation, || PortalState {
                    client,
                    joined,
                    clear,
                    inner,
                })
            }
        };
        let low_offset = packet.stream_offset()?;
        let ends = packet
            .tcp_info()
            .is_some_and(|info| info.flags.fin() || info.flags.rst());
        let over_tcp = packet.tcp_info().is_some();
        let place = low_offset.map_or(Place::Number(number), Place::Offset);
        let ended = packet.tcp_flow()?.is_some_and(|flow| flow.ended);
        let mut borrowed = state.try_borrow_mut()?;
        let direction = borrowed.client.direction(packet);
        let layer = if over_tcp {
            &mut borrowed.clear
        } else {
            &mut borrowed.inner
        };
        if ended {
            layer.connection.note_end();
        }
        let mut starts_tls = false;
        let call = if packet.visited() || packet.is_error_packet() {
            layer.find(packet.number(), place)
        } else {
            let call = layer.take(packet, direction, place, payload, ends);
            starts_tls = call.1;
            Some(call.0)
        };
        let joined = borrowed.joined;
        drop(borrowed);
        if !packet.visited() {
            sessions::heard(packet, joined, true, None)?;
        }
        if starts_tls && let Some(tls) = neighbours().and_then(|neighbours| neighbours.tls) {
            starttls_ack(tls, packet, plugin.handles.portal)?;
        }
        let borrowed = state.try_borrow()?;
        let layer = if over_tcp {
            &borrowed.clear
        } else {
            &borrowed.inner
        };
        let call = call.as_ref().map(|call| PortalCall {
            offset: Some(call.offset),
            cover: if over_tcp { Cover::None } else { Cover::Tls },
            missing: call.missing,
            units: call.units.clone().map(UnitId::from_index),
        });
        present::portal(
            &Show {
                plugin,
                packet,
                tvb,
                tree,
                origin: Origin::of(Some(joined)),
            },
            &layer.connection,
            direction,
            number,
            call,
        )?;
        Ok(payload.len())
    }
}

impl Layer {
    /// Takes the next bytes, on the first pass. The second value says that TLS begins behind them.
    fn take(
        &mut self,
        packet: &Packet<'_>,
        direction: Direction,
        place: Place,
        payload: &[u8],
        ends: bool,
    ) -> (Call, bool) {
        let [client, server] = &mut self.offsets;
        let offsets = match direction {
            Direction::ClientToServer => client,
            Direction::ServerToClient => server,
        };
        let low_offset = match place {
            Place::Offset(low) => Some(low),
            Place::Number(_) => None,
        };
        let offset = offsets.unwrap(low_offset, payload.len());
        let time = i64::try_from(packet.relative_time()).unwrap_or(i64::MAX);
        let outcome = self
            .connection
            .segment(direction, offset, payload, packet.number(), time);
        let mut units = outcome.unit_indexes();
        if ends {
            let end = self
                .connection
                .finish(direction, packet.number(), time)
                .unit_indexes();
            units.end = units.end.max(end.end);
        }
        let call = Call {
            frame: packet.number(),
            place,
            offset,
            units,
            missing: outcome.missing,
        };
        self.calls.push(call.clone());
        (call, outcome.start_tls.is_some())
    }

    /// What a call brought, on later passes.
    fn find(&self, frame: u32, place: Place) -> Option<Call> {
        let first = self.calls.partition_point(|call| call.frame < frame);
        let calls = self.calls.get(first..)?;
        let mut of_frame = calls.iter().take_while(|call| call.frame == frame);
        of_frame.find(|call| call.place == place).cloned()
    }
}

/// Who sent bytes that begin with a start line: only servers answer first.
fn first_sender(payload: &[u8]) -> Option<Direction> {
    match Message::view(payload)?.start_line() {
        StartLine::Request { .. } => Some(Direction::ClientToServer),
        StartLine::Answer { .. } => Some(Direction::ServerToClient),
    }
}

/// Recognises portal connections by a whole start line.
pub struct PortalHeuristic;

impl Heuristic for PortalHeuristic {
    fn claims<'a>(&self, packet: &Packet<'a>, tvb: Tvb<'a>) -> bool {
        looks_like_portal(tvb.captured_bytes(), None) == Certainty::Certain
            || plugin().is_some_and(|plugin| was_shown(plugin, packet).unwrap_or(false))
    }
}

/// Whether the packet was shown as clear text of a portal on the first pass. Once StartTls was accepted, Wireshark gives all
/// of the connection to TLS on later passes, which leaves alone what came before; so it comes to us as if nobody knew it.
pub fn was_shown(plugin: &Plugin, packet: &Packet<'_>) -> Result<bool, Thrown> {
    if !packet.visited() {
        return Ok(false);
    }
    let Some(state) = Conversation::find(packet)?.and_then(|found| plugin.portal.get(found)) else {
        return Ok(false);
    };
    let state = state.try_borrow()?;
    let calls = &state.clear.calls;
    Ok(calls
        .binary_search_by_key(&packet.number(), |call| call.frame)
        .is_ok())
}
