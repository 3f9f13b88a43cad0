//! What Follow, statistics and exports listen to. Each asks first whether anybody does: without a listener nothing is made.
//!
//! What they are told of a packet comes from the same records that the tree is made of, so that it is the same on every
//! pass.

use crate::connection::BinaryState;
use crate::export::Export;
use crate::follow::Follow;
use crate::plugin::Protocols;
use crate::present::Show;
use crate::statistics::{Carried, Statistics};
use gw2_protocol::Direction;
use gw2_protocol::connection::View;
use gw2_protocol::pdu::Cover;
use gw2_protocol::session::Joined;
use gw2_protocol::sts::{Message, UnitView};
use wireshark_ffi::{RegisterError, Thrown};

/// All taps.
pub struct Taps {
    follow: Follow,
    statistics: Statistics,
    export: Export,
}

impl Taps {
    /// Registers them, and the windows and options that listen.
    pub fn register(protocols: &Protocols) -> Result<Self, RegisterError> {
        Ok(Self {
            follow: Follow::register(protocols)?,
            statistics: Statistics::register(protocols)?,
            export: Export::register(protocols)?,
        })
    }
}

/// Tells of a portal unit that this packet completed.
pub fn portal(show: &Show<'_, '_>, unit: &UnitView<'_>) -> Result<(), Thrown> {
    let taps = &show.plugin.taps;
    taps.follow.portal(show, unit)?;
    taps.statistics.portal(show, unit);
    taps.export.objects.portal(show, unit);
    Ok(())
}

/// Tells of what a call of the portal's dissector brought as a whole.
pub fn portal_call(show: &Show<'_, '_>, joined: Joined, carried: Carried) -> Result<(), Thrown> {
    show.plugin.taps.statistics.portal_call(show, joined, carried)
}

/// Tells of all that one call brought of a portal connection.
pub fn portal_units<'u>(
    show: &Show<'_, '_>,
    direction: Direction,
    cover: Cover,
    missing: u64,
    units: impl Iterator<Item = UnitView<'u>>,
) -> Result<(), Thrown> {
    let pdus = &show.plugin.taps.export.pdus;
    pdus.portal(show, direction, cover, missing, units)
}

/// Tells of what a segment of login or game completed.
pub fn binary(
    show: &Show<'_, '_>,
    state: &BinaryState,
    direction: Direction,
    view: View<'_>,
) -> Result<(), Thrown> {
    let taps = &show.plugin.taps;
    taps.follow.binary(show, state, direction, view)?;
    taps.statistics.binary(show, state, direction, view)?;
    taps.export.pdus.binary(show, state, direction, view)
}

/// Whether a message is a piece of a content that was not whole with it.
pub fn awaits_more(unit: &UnitView<'_>, message: &Message<'_>) -> bool {
    message.content_range().is_some() && unit.fragment_error().is_none() && unit.pieces().is_empty()
}
