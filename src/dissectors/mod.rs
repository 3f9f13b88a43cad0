//! What Wireshark calls: a dissector and a heuristic for each protocol, and one for the port that they share.

mod any;
mod binary;
mod portal;

pub use portal::PortalState;

use any::Any;
use binary::{Binary, BinaryHeuristic};
use gw2_protocol::Server;
use portal::{Portal, PortalHeuristic};

/// Called on the registered port, where the first bytes tell the protocol.
pub static ANY: Any = Any;
/// Login.
pub static LOGIN: Binary = Binary(Server::Login);
/// Game.
pub static GAME: Binary = Binary(Server::Game);
/// Portal.
pub static PORTAL: Portal = Portal;
/// Recognises login on any port.
pub static LOGIN_HEURISTIC: BinaryHeuristic = BinaryHeuristic(Server::Login);
/// Recognises game on any port.
pub static GAME_HEURISTIC: BinaryHeuristic = BinaryHeuristic(Server::Game);
/// Recognises the portal on any port.
pub static PORTAL_HEURISTIC: PortalHeuristic = PortalHeuristic;
