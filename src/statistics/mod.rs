//! Statistics windows: messages, portal, response times.

mod messages;
mod portal;

use crate::connection::BinaryState;
use crate::plugin::Protocols;
use crate::present::Show;
use gw2_protocol::Direction;
use gw2_protocol::connection::View;
use gw2_protocol::sts::UnitView;
use wireshark_ffi::{RegisterError, ResponseTimeTap, StatsTreeTap};

/// The taps.
pub struct Statistics {
    messages: StatsTreeTap,
    portal: StatsTreeTap,
    response_times: ResponseTimeTap,
}

impl Statistics {
    /// Registers them.
    pub fn register(protocols: &Protocols) -> Result<Self, RegisterError> {
        Ok(Self {
            messages: StatsTreeTap::register("gw2.messages", "gw2", &["GW2", "Messages"])?,
            portal: StatsTreeTap::register("gw2.portal", "gw2.portal", &["GW2", "Portal"])?,
            response_times: ResponseTimeTap::register(protocols.portal, "gw2.portal_srt")?,
        })
    }

    /// A portal unit.
    pub fn portal(&self, show: &Show<'_, '_>, unit: &UnitView<'_>) {
        if self.portal.has_listener() {
            portal::count(self.portal, show.packet, unit);
        }
        if self.response_times.has_listener()
            && let Some((path, elapsed)) = portal::answered(unit)
        {
            self.response_times.queue(show.packet, &path, elapsed);
        }
    }

    /// What a segment of login or game completed.
    pub fn binary(&self, show: &Show<'_, '_>, state: &BinaryState, direction: Direction, view: View<'_>) {
        if self.messages.has_listener() {
            messages::count(self.messages, show.packet, state, direction, view);
        }
    }
}
