//! Which end of a TCP connection is the client.

use crate::sessions;
use gw2_protocol::Direction;
use std::net::SocketAddr;
use wireshark_ffi::{Address, Packet, Thrown};

/// The client's end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientEnd {
    pub address: Address,
    port: u32,
}

impl ClientEnd {
    /// Finds out at the first packet: by the SYN, else by what the payload says, else by the port
    /// numbers, of which a server's is the lower one.
    pub fn find(packet: &Packet<'_>, by_payload: Option<Direction>) -> Result<Self, Thrown> {
        let source = Self {
            address: packet.source(),
            port: packet.source_port(),
        };
        let destination = Self {
            address: packet.destination(),
            port: packet.destination_port(),
        };
        let server_port = packet.tcp_flow()?.map_or(0, |flow| u32::from(flow.server_port));
        let syn_tells = server_port != 0 && source.port != destination.port;
        let from_client = match by_payload {
            _ if syn_tells => server_port == destination.port,
            Some(direction) => direction == Direction::ClientToServer,
            None => destination.port <= source.port,
        };
        Ok(if from_client { source } else { destination })
    }

    /// The client's end as a socket address; `None` where it is not one of IP.
    pub fn socket(self) -> Option<SocketAddr> {
        Some(SocketAddr::new(
            sessions::ip(self.address)?,
            u16::try_from(self.port).ok()?,
        ))
    }

    /// The server's end, by a packet of the connection; `None` where it is not one of IP.
    pub fn other_end(self, packet: &Packet<'_>) -> Option<SocketAddr> {
        let (address, port) = match self.direction(packet) {
            Direction::ClientToServer => (packet.destination(), packet.destination_port()),
            Direction::ServerToClient => (packet.source(), packet.source_port()),
        };
        Some(SocketAddr::new(sessions::ip(address)?, u16::try_from(port).ok()?))
    }

    /// Which way a packet of the connection goes.
    pub fn direction(self, packet: &Packet<'_>) -> Direction {
        if packet.source_port() == self.port && packet.source() == self.address {
            Direction::ClientToServer
        } else {
            Direction::ServerToClient
        }
    }
}
