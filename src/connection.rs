//! A Wireshark conversation and the login or game connection that it carries.

use crate::environment::{self, Schemas};
use crate::peers::ClientEnd;
use crate::plugin::Plugin;
use crate::sessions::{self, Membership};
use gw2_protocol::connection::{Connection, Env};
use gw2_protocol::stream::{Segment, StreamOffset};
use gw2_protocol::{Direction, Server, first_bytes};
use std::sync::Arc;
use wireshark_ffi::{Conversation, Packet, StateRef, Thrown, Tvb};

/// What is known of a login or game connection, for as long as the file is open.
pub struct BinaryState {
    pub connection: Connection,
    /// The tables that it is decoded with; others after a preference change come with a new state.
    pub schemas: Arc<Schemas>,
    /// The client's end of the connection.
    pub client: ClientEnd,
    /// The connection's first frame with payload.
    pub first_frame: u32,
    /// How many segments have come.
    pub segments: u32,
    /// The play session, once it is known.
    pub membership: Option<Membership>,
    offsets: [StreamOffset; 2],
    /// How many secrets there were when the key log was looked at last.
    keys_seen: usize,
}

/// A packet's place in its connection.
#[derive(Clone, Copy)]
pub struct Place {
    pub direction: Direction,
    /// The low half of the stream offset, where TCP tells it.
    pub low_offset: Option<u32>,
}

/// Finds the packet's connection and, on the first pass, has it read the payload. Afterwards
/// what the packet shows is in the state.
pub fn take<'a>(
    plugin: &Plugin,
    packet: &Packet<'a>,
    tvb: Tvb<'a>,
    server: Server,
) -> Result<Option<(StateRef<'a, BinaryState>, Place)>, Thrown> {
    let conversation = Conversation::find_or_create(packet)?;
    let payload = tvb.captured_bytes();
    let state = match plugin.binary.get(conversation) {
        Some(state) => state,
        None => {
            let Some(schemas) = environment::schemas() else {
                return Ok(None);
            };
            let by_payload = first_bytes::recognise_on_port(payload).map(|first| first.direction);
            let client = ClientEnd::find(packet, by_payload)?;
            plugin.binary.get_or_insert_with(conversation, || BinaryState {
                connection: Connection::new(server, environment::options()),
                schemas,
                client,
                first_frame: packet.number(),
                segments: 0,
                membership: None,
                offsets: [StreamOffset::default(); 2],
                keys_seen: 0,
            })
        }
    };
    let low_offset = packet.stream_offset()?;
    let ack = acknowledged(packet)?;
    let push = packet.tcp_info().is_none_or(|info| info.flags.psh());
    let mut borrowed = state.try_borrow_mut()?;
    let direction = borrowed.client.direction(packet);
    let place = Place {
        direction,
        low_offset,
    };
    if packet.visited() || packet.is_error_packet() {
        borrowed.look_for_keys();
    } else {
        let segment = Segment {
            frame: packet.number(),
            offset: 0,
            bytes: payload,
            time: i64::try_from(packet.relative_time()).unwrap_or(i64::MAX),
            push,
            ack,
        };
        borrowed.read(direction, segment, low_offset);
        drop(borrowed);
        sessions::follow(plugin, packet, state, place)?;
    }
    Ok(Some((state, place)))
}

/// How much of the other direction's stream the sender has received.
fn acknowledged(packet: &Packet<'_>) -> Result<Option<u64>, Thrown> {
    Ok(packet.acknowledged_offset()?.map(u64::from))
}

impl BinaryState {
    /// What stands for a connection of which records were exported.
    pub fn exported(
        packet: &Packet<'_>,
        connection: Connection,
        schemas: Arc<Schemas>,
    ) -> Result<Self, Thrown> {
        Ok(Self {
            connection,
            schemas,
            client: ClientEnd::find(packet, None)?,
            first_frame: packet.number(),
            segments: 0,
            membership: None,
            offsets: [StreamOffset::default(); 2],
            keys_seen: 0,
        })
    }

    fn read(&mut self, direction: Direction, mut segment: Segment<'_>, low_offset: Option<u32>) {
        let [client, server] = &mut self.offsets;
        let offset = match direction {
            Direction::ClientToServer => client,
            Direction::ServerToClient => server,
        };
        self.segments = self.segments.saturating_add(1);
        segment.offset = offset.unwrap(low_offset, segment.bytes.len());
        let wants_key = self.connection.wants_key();
        let (connection, catalog) = (&mut self.connection, &self.schemas.catalog);
        self.keys_seen = environment::with_keys(wants_key, |keys| {
            connection.segment(direction, &segment, Env { catalog, keys });
            keys.len()
        });
    }

    /// On later passes: whether the key log has come to hold the key.
    fn look_for_keys(&mut self) {
        if !self.connection.wants_key() {
            return;
        }
        let (connection, catalog) = (&mut self.connection, &self.schemas.catalog);
        let seen = self.keys_seen;
        self.keys_seen = environment::with_keys(true, |keys| {
            if keys.len() != seen {
                connection.keys_changed(Env { catalog, keys });
            }
            keys.len()
        });
    }
}
