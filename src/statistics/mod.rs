//! Statistics windows: messages, portal, sessions, response times.

mod messages;
mod portal;
mod sessions;
mod utc;

pub use sessions::Carried;

use crate::connection::BinaryState;
use crate::plugin::Protocols;
use crate::present::Show;
use gw2_protocol::Direction;
use gw2_protocol::connection::View;
use gw2_protocol::session::Joined;
use gw2_protocol::sts::UnitView;
use wireshark_ffi::{Order, RegisterError, ResponseTimeTap, StatsTreeTap, Thrown};

/// The taps.
pub struct Statistics {
    messages: StatsTreeTap,
    portal: StatsTreeTap,
    sessions: StatsTreeTap,
    response_times: ResponseTimeTap,
}

impl Statistics {
    /// Registers them.
    pub fn register(protocols: &Protocols) -> Result<Self, RegisterError> {
        Ok(Self {
            messages: tree("gw2.messages", "gw2", "Messages", Order::AsPreferred)?,
            portal: tree("gw2.portal", "gw2.portal", "Portal", Order::AsPreferred)?,
            sessions: tree("gw2.sessions", "gw2.sessions", "Sessions", Order::ByText)?,
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

    /// What a call of the portal's dissector brought.
    pub fn portal_call(&self, show: &Show<'_, '_>, joined: Joined, carried: Carried) -> Result<(), Thrown> {
        if self.sessions.has_listener() {
            sessions::count(self.sessions, show, joined, carried)?;
        }
        Ok(())
    }

    /// What a segment of login or game completed.
    pub fn binary(
        &self,
        show: &Show<'_, '_>,
        state: &BinaryState,
        direction: Direction,
        view: View<'_>,
    ) -> Result<(), Thrown> {
        if self.messages.has_listener() {
            messages::count(self.messages, show.packet, state, direction, view);
        }
        if self.sessions.has_listener()
            && let Some(membership) = state.membership
        {
            let carried = Carried::of_binary(state.connection.table(direction), view.items);
            sessions::count(self.sessions, show, membership.joined, carried)?;
        }
        Ok(())
    }
}

fn tree(tap: &str, name: &str, menu: &str, order: Order) -> Result<StatsTreeTap, RegisterError> {
    StatsTreeTap::register(tap, name, &["GW2", menu], order)
}
