//! The registered port: which of the three protocols is it?

use super::{GAME, LOGIN, PORTAL, portal};
use crate::plugin::plugin;
use gw2_protocol::sts::{Certainty, looks_like_portal};
use gw2_protocol::{Server, first_bytes};
use wireshark_ffi::{Conversation, Dissector, Packet, Thrown, Tree, Tvb};

/// Gives a connection to the dissector of its protocol.
pub struct Any;

impl Dissector for Any {
    fn dissect<'a>(&self, packet: &Packet<'a>, tvb: Tvb<'a>, tree: Tree<'a>) -> Result<usize, Thrown> {
        let Some(plugin) = plugin() else { return Ok(0) };
        let payload = tvb.captured_bytes();
        let conversation = Conversation::find_or_create(packet)?;
        let server = first_bytes::recognise_on_port(payload).map(|first| first.server);
        let is_portal = || looks_like_portal(payload, None) != Certainty::No;
        // The port speaks for the game where the first bytes say nothing: the start was not captured.
        let (dissector, handle): (&dyn Dissector, _) = match server {
            _ if portal::was_shown(plugin, packet)? => (&PORTAL, plugin.handles.portal),
            Some(Server::Login) => (&LOGIN, plugin.handles.login),
            None if is_portal() => (&PORTAL, plugin.handles.portal),
            Some(Server::Game) | None => (&GAME, plugin.handles.game),
        };
        // On later passes TLS may have taken the connection over, and leaves us what came before it.
        if !packet.visited() {
            conversation.set_dissector(handle);
        }
        dissector.dissect(packet, tvb, tree)
    }
}
