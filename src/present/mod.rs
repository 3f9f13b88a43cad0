//! From decoded things to tree items, columns and expert information.

mod binary;
mod blocks;
mod handshake;
mod hints;
mod info;
mod info_values;
mod messages;
mod plaintext;
mod portal;
mod value_tree;

pub use binary::{binary, view as binary_view};
pub use portal::{PortalCall, portal};

use crate::plugin::Plugin;
use gw2_protocol::Direction;
use gw2_protocol::session::Joined;
use wireshark_ffi::{Packet, Protocol, Thrown, Tree, Tvb};

/// Where things are shown.
pub struct Show<'s, 'a> {
    pub plugin: &'static Plugin,
    pub packet: &'s Packet<'a>,
    /// The segment's payload.
    pub tvb: Tvb<'a>,
    /// The packet's tree; null when nobody looks.
    pub tree: Tree<'a>,
    pub origin: Origin,
}

/// Where what is shown belongs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Origin {
    /// The play session's number, once it is known.
    pub session: Option<u32>,
    /// What made it known; an exported record has only the number.
    pub joined: Option<Joined>,
    /// Of an exported record: `tcp.stream` in the capture that it was exported from.
    pub exported_from: Option<u32>,
}

impl Origin {
    /// Of a packet that TCP, or what it carries, called us for.
    pub fn of(joined: Option<Joined>) -> Self {
        Self {
            session: joined.map(|joined| joined.session),
            joined,
            exported_from: None,
        }
    }
}

/// What anybody will see of a packet: nothing else need be made.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// Tree items: somebody sees the tree, or a filter, column or tap refers to a field.
    pub fields: bool,
    /// The text of tree items that have one of their own.
    pub text: bool,
    /// The Info column.
    pub info: bool,
}

impl Wanted {
    /// Whether nothing is wanted but that state goes on and expert items are counted.
    pub fn nothing(self) -> bool {
        !self.fields && !self.info
    }
}

impl<'a> Show<'_, 'a> {
    /// What anybody will see of this packet.
    pub fn wanted(&self) -> Wanted {
        let text = self.tree.visible();
        let protocols = &self.plugin.protocols;
        // What refers to a field refers to its protocol.
        let referenced = [protocols.gw2, protocols.login, protocols.game]
            .into_iter()
            .any(|protocol| self.tree.protocol_referenced(protocol));
        Wanted {
            fields: text || referenced,
            text,
            info: self.packet.columns().info_writable(),
        }
    }

    /// `tcp.stream`, in this capture or in the one that this was exported from.
    pub fn stream(&self) -> Result<u32, Thrown> {
        match self.origin.exported_from {
            Some(stream) => Ok(stream),
            None => Ok(self.packet.tcp_flow()?.map_or(0, |flow| flow.stream)),
        }
    }

    /// What every packet says of its connection.
    fn add_connection(&self, tree: Tree<'a>, direction: Direction) -> Result<(), Thrown> {
        let ids = &self.plugin.fields.common;
        tree.add_u32(ids.direction, self.tvb, 0..0, u32::from(direction.code()))?
            .set_generated();
        if let Some(session) = self.origin.session {
            let item = tree
                .add_u32(ids.session, self.tvb, 0..0, session)?
                .set_generated();
            if let (true, Some(joined)) = (self.tree.visible(), self.origin.joined) {
                item.append_text(&format!(" ({})", joined.why))?;
            }
        }
        Ok(())
    }

    /// The protocol's line and the tree below it. The filter `gw2` matches by a hidden line of its own.
    fn protocol_tree(&self, protocol: Protocol) -> Result<Tree<'a>, Thrown> {
        let all = 0..self.tvb.captured_len();
        self.tree
            .add_protocol(self.plugin.protocols.gw2, self.tvb, all.clone())?
            .set_hidden();
        self.tree
            .add_protocol(protocol, self.tvb, all)?
            .subtree(self.plugin.subtrees.protocol)
    }
}
