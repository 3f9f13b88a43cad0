//! What Wireshark calls: a dissector and a heuristic for each protocol, one for the port that they share, and one for what
//! was exported.

mod any;
mod binary;
mod pdu;
mod portal;

pub use pdu::PDU_DISSECTOR;
pub use portal::PortalState;

use any::Any;
use binary::{Binary, BinaryHeuristic};
use gw2_protocol::Server;
use pdu::Pdu;
use portal::{Portal, PortalHeuristic};

/// Called on the registered port, where the first bytes tell the protocol.
pub static ANY: Any = Any;
/// Login.
pub static LOGIN: Binary = Binary(Server::Login);
/// Game.
pub static GAME: Binary = Binary(Server::Game);
/// Portal.
pub static PORTAL: Portal = Portal;
/// Records that were exported.
pub static PDU: Pdu = Pdu;
/// Recognises login on any port.
pub static LOGIN_HEURISTIC: BinaryHeuristic = BinaryHeuristic(Server::Login);
/// Recognises game on any port.
pub static GAME_HEURISTIC: BinaryHeuristic = BinaryHeuristic(Server::Game);
/// Recognises the portal on any port.
pub static PORTAL_HEURISTIC: PortalHeuristic = PortalHeuristic;
