//! File → Export Objects: what the portal's messages carry.

use super::name;
use crate::plugin::Protocols;
use crate::present::Show;
use crate::taps::awaits_more;
use gw2_protocol::Direction;
use gw2_protocol::sts::UnitView;
use std::borrow::Cow;
use wireshark_ffi::{ExportObject, ExportObjectTap, RegisterError};

/// The tap.
pub struct Objects {
    portal: ExportObjectTap,
}

impl Objects {
    /// Registers it.
    pub fn register(protocols: &Protocols) -> Result<Self, RegisterError> {
        Ok(Self {
            portal: ExportObjectTap::register(protocols.portal)?,
        })
    }

    /// The content of a message, when it is whole with it.
    pub fn portal(&self, show: &Show<'_, '_>, unit: &UnitView<'_>) {
        if !self.portal.has_listener() || (unit.is_secret() && !show.plugin.prefs.export_secrets()) {
            return;
        }
        let Some(message) = unit.message().filter(|message| !awaits_more(unit, message)) else {
            return;
        };
        let Some(document) = unit.document() else { return };
        let packet = show.packet;
        let (server, port) = match unit.direction() {
            Direction::ClientToServer => (packet.destination(), packet.destination_port()),
            Direction::ServerToClient => (packet.source(), packet.source_port()),
        };
        let bytes = document.decode().unwrap_or(Cow::Borrowed(&document.raw));
        self.portal.queue(
            packet,
            &ExportObject {
                hostname: &format!("{server}:{port}"),
                content_type: &String::from_utf8_lossy(document.content_type),
                filename: &name::of(unit, message, &document),
                bytes: &bytes,
            },
        );
    }
}
