//! Ties the connections of one play session together.

use crate::connection::BinaryState;
use crate::peers::ClientEnd;
use crate::plugin::Plugin;
use gw2_protocol::Server;
use gw2_protocol::session::{Joined, Sessions};
use std::net::{IpAddr, SocketAddr};
use wireshark_ffi::{Address, Client, Conversation, FileState, Packet, StateRef, Thrown};

/// The sessions of the capture file.
static SESSIONS: FileState<Sessions> = FileState::new();

/// How many segments are waited for before a connection without a version frame or key counts as a game connection:
/// it could still turn out to be a portal's.
const PATIENCE: u32 = 4;

/// What a connection belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Membership {
    pub joined: Joined,
    /// The connection's first frame.
    pub first_frame: u32,
}

/// The sessions of the file that the packet is of.
pub fn of<'a>(packet: &Packet<'a>) -> StateRef<'a, Sessions> {
    SESSIONS.get_or_insert_with(packet, Sessions::default)
}

/// Counts a portal connection, at its first packet, to a session.
pub fn join_portal(packet: &Packet<'_>, client: ClientEnd) -> Result<u32, Thrown> {
    let mut sessions = of(packet).try_borrow_mut()?;
    Ok(match ip(client.address) {
        Some(client) => sessions.portal(client),
        None => sessions.begin(),
    })
}

/// After a segment of the first pass: counts the connection to a session once it is known what it is, and takes note of
/// where its messages sent the client.
pub fn follow(plugin: &Plugin, packet: &Packet<'_>, state: StateRef<'_, BinaryState>) -> Result<(), Thrown> {
    let mut borrowed = state.try_borrow_mut()?;
    let handoffs = borrowed.connection.take_handoffs();
    if borrowed.membership.is_none() && is_known(&borrowed) {
        borrowed.membership = Some(join(packet, &borrowed)?);
    }
    let (client, membership) = (borrowed.client, borrowed.membership);
    drop(borrowed);
    let (Some(membership), Some(client_ip)) = (membership, ip(client.address)) else {
        return Ok(());
    };
    for handoff in handoffs {
        let mut sessions = of(packet).try_borrow_mut()?;
        sessions.hand_off(
            membership.joined.session,
            client_ip,
            handoff.server,
            handoff.frame,
            time(packet),
        );
        drop(sessions);
        announce(plugin, packet, client.address, handoff.server)?;
    }
    Ok(())
}

fn is_known(state: &BinaryState) -> bool {
    state.connection.handshake().version.is_some()
        || state.connection.key_source().is_some()
        || state.segments >= PATIENCE
}

fn join(packet: &Packet<'_>, state: &BinaryState) -> Result<Membership, Thrown> {
    let mut sessions = of(packet).try_borrow_mut()?;
    let alone = |session| Joined {
        session,
        handoff_frame: None,
    };
    let joined = match (
        ip(state.client.address),
        state.server_end,
        state.connection.server(),
    ) {
        (Some(client), _, _) if state.connection.portal().is_some() => alone(sessions.portal(client)),
        (Some(client), _, Server::Login) => alone(sessions.login(client)),
        (Some(client), Some(server), Server::Game) => {
            sessions.game(client, server, state.first_frame, time(packet))
        }
        _ => alone(sessions.begin()),
    };
    Ok(Membership {
        joined,
        first_frame: state.first_frame,
    })
}

/// From here on the client's connections to this server are game connections, whatever the port.
fn announce(plugin: &Plugin, packet: &Packet<'_>, client: Address, server: SocketAddr) -> Result<(), Thrown> {
    let address = match server.ip() {
        IpAddr::V4(address) => Address::V4(address),
        IpAddr::V6(address) => Address::V6(address),
    };
    let conversation = Conversation::announce(packet, address, server.port(), Client::Address(client))?;
    conversation.set_dissector(plugin.handles.game);
    Ok(())
}

/// An IP address, if it is one.
pub fn ip(address: Address) -> Option<IpAddr> {
    match address {
        Address::V4(address) => Some(IpAddr::V4(address)),
        Address::V6(address) => Some(IpAddr::V6(address)),
        _ => None,
    }
}

fn time(packet: &Packet<'_>) -> i64 {
    i64::try_from(packet.relative_time()).unwrap_or(i64::MAX)
}
