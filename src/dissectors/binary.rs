//! Login and game: the same transport with other messages.

use crate::connection;
use crate::debug;
use crate::plugin::plugin;
use crate::present::{self, Origin, Show};
use gw2_protocol::{Server, first_bytes};
use wireshark_ffi::{Dissector, Heuristic, Packet, Thrown, Tree, Tvb};

/// The dissector of one of the two.
pub struct Binary(pub Server);

impl Dissector for Binary {
    fn dissect<'a>(&self, packet: &Packet<'a>, tvb: Tvb<'a>, tree: Tree<'a>) -> Result<usize, Thrown> {
        let Some(plugin) = plugin() else { return Ok(0) };
        let taken = connection::take(plugin, packet, tvb, self.0)?;
        debug::provoke(tvb)?;
        let Some((state, place)) = taken else { return Ok(0) };
        let state = state.try_borrow()?;
        let joined = state.membership.map(|membership| membership.joined);
        present::binary(
            &Show {
                plugin,
                packet,
                tvb,
                tree,
                origin: Origin::of(joined),
            },
            &state,
            place,
        )?;
        Ok(tvb.captured_len())
    }
}

/// Recognises connections to one of the two.
pub struct BinaryHeuristic(pub Server);

impl Heuristic for BinaryHeuristic {
    fn claims<'a>(&self, _: &Packet<'a>, tvb: Tvb<'a>) -> bool {
        first_bytes::recognise(tvb.captured_bytes()).is_some_and(|first| first.server == self.0)
    }
}
