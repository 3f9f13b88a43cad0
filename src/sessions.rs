//! Ties the connections of one play session together.

use crate::connection::{BinaryState, Place};
use crate::peers::ClientEnd;
use crate::plugin::Plugin;
use gw2_protocol::Server;
use gw2_protocol::handshake::Character;
use gw2_protocol::session::{Ends, Expected, Joined, Kind, Player, Sessions, guids};
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

/// What a connection turned out to carry.
#[derive(Clone, Copy, Debug)]
pub enum Opened {
    Login,
    Game {
        player: Option<Player>,
        first_frame: u32,
    },
    Portal,
}

impl Opened {
    fn kind(self) -> Kind {
        match self {
            Self::Login => Kind::Login,
            Self::Game { .. } => Kind::Game,
            Self::Portal => Kind::Portal,
        }
    }
}

/// The sessions of the file that the packet is of.
pub fn of<'a>(packet: &Packet<'a>) -> StateRef<'a, Sessions> {
    SESSIONS.get_or_insert_with(packet, Sessions::default)
}

/// Counts a connection to a session, by one of its packets.
pub fn join(packet: &Packet<'_>, client: ClientEnd, opened: Opened) -> Result<Joined, Thrown> {
    let time = time(packet);
    let (Some(client), Some(server)) = (client.socket(), client.other_end(packet)) else {
        return Ok(of(packet).try_borrow_mut()?.alone(opened.kind(), time));
    };
    let ends = Ends { client, server };
    note_ends(packet, client.ip())?;
    let mut sessions = of(packet).try_borrow_mut()?;
    Ok(match opened {
        Opened::Login => sessions.login(ends, time),
        Opened::Game { player, first_frame } => sessions.game(ends, player, first_frame, time),
        Opened::Portal => sessions.portal(ends, time),
    })
}

/// A segment of a connection has come, on the first pass. `is_read` says that more than its handshake can be read.
pub fn heard(packet: &Packet<'_>, joined: Joined, is_read: bool, build: Option<u32>) -> Result<(), Thrown> {
    of(packet)
        .try_borrow_mut()?
        .heard(joined, time(packet), is_read, build);
    Ok(())
}

/// After a segment of the first pass: counts the connection to a session once it is known what it is, and takes note of
/// whom its messages name and where they send the client.
pub fn follow(
    plugin: &Plugin,
    packet: &Packet<'_>,
    state: StateRef<'_, BinaryState>,
    place: Place,
) -> Result<(), Thrown> {
    let mut borrowed = state.try_borrow_mut()?;
    let handoffs = borrowed.connection.take_handoffs();
    if borrowed.membership.is_none() && is_known(&borrowed) {
        borrowed.membership = Some(member(packet, &borrowed)?);
    }
    let Some(Membership { joined, .. }) = borrowed.membership else {
        return Ok(());
    };
    let connection = &borrowed.connection;
    let build = connection.handshake().version.and_then(|version| version.build);
    heard(packet, joined, connection.key_source().is_some(), build)?;
    if connection.server() == Server::Login {
        let Place {
            direction,
            low_offset,
        } = place;
        let catalog = &borrowed.schemas.catalog;
        let named = guids(connection, direction, packet.number(), low_offset, catalog);
        let mut sessions = of(packet).try_borrow_mut()?;
        named
            .into_iter()
            .for_each(|guid| sessions.named(joined.session, guid));
    }
    let client = ip(borrowed.client.address);
    drop(borrowed);
    let Some(client) = client else { return Ok(()) };
    for handoff in handoffs {
        let (server, frame) = (handoff.server, handoff.frame);
        let mut sessions = of(packet).try_borrow_mut()?;
        let expected = sessions.hand_off(joined.session, client, server, frame, time(packet));
        drop(sessions);
        if let Some(expected) = expected {
            announce(plugin, packet, expected, server)?;
        }
    }
    Ok(())
}

fn is_known(state: &BinaryState) -> bool {
    state.connection.handshake().version.is_some()
        || state.connection.key_source().is_some()
        || state.segments >= PATIENCE
}

fn member(packet: &Packet<'_>, state: &BinaryState) -> Result<Membership, Thrown> {
    let version = state.connection.handshake().version;
    let opened = match state.connection.server() {
        _ if state.connection.portal().is_some() => Opened::Portal,
        Server::Login => Opened::Login,
        Server::Game => Opened::Game {
            player: version.and_then(|version| version.character).map(player),
            first_frame: state.first_frame,
        },
    };
    Ok(Membership {
        joined: join(packet, state.client, opened)?,
        first_frame: state.first_frame,
    })
}

fn player(character: Character) -> Player {
    Player {
        account: character.account,
        character: character.character,
    }
}

/// Tells the client's sessions which of their connections have ended: TCP knows, and hands us no segment without payload.
fn note_ends(packet: &Packet<'_>, client: IpAddr) -> Result<(), Thrown> {
    let open = of(packet).try_borrow()?.open_lines(client, time(packet));
    for line in open {
        let Ends { client, server } = line.ends;
        let by = Client::Port(address(client.ip()), client.port());
        let conversation = Conversation::find_between(packet, address(server.ip()), server.port(), by)?;
        if conversation.is_some_and(Conversation::tcp_ended) {
            of(packet).try_borrow_mut()?.ended(line);
        }
    }
    Ok(())
}

/// From here on the client's connections to this server are game connections, whatever the port.
fn announce(plugin: &Plugin, packet: &Packet<'_>, from: Expected, server: SocketAddr) -> Result<(), Thrown> {
    let client = match from {
        Expected::Client(ip) => Client::Address(address(ip)),
        Expected::Anybody => Client::Any,
    };
    let conversation = Conversation::announce_each(packet, address(server.ip()), server.port(), client)?;
    conversation.set_dissector(plugin.handles.game);
    Ok(())
}

fn address(ip: IpAddr) -> Address {
    match ip {
        IpAddr::V4(address) => Address::V4(address),
        IpAddr::V6(address) => Address::V6(address),
    }
}

/// An IP address, if it is one.
pub fn ip(address: Address) -> Option<IpAddr> {
    match address {
        Address::V4(address) => Some(IpAddr::V4(address)),
        Address::V6(address) => Some(IpAddr::V6(address)),
        _ => None,
    }
}

/// Nanoseconds since 1970, or where the file has no times, since its first packet.
pub fn time(packet: &Packet<'_>) -> i64 {
    let time = packet.absolute_time().unwrap_or_else(|| packet.relative_time());
    i64::try_from(time).unwrap_or(i64::MAX)
}
