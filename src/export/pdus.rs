//! File → Export PDUs: a capture of plaintext, which opens without keys. One record for each segment that completed
//! something, so that a frame of the export shows what the original's did. docs/pdus.md says what a record holds.

use crate::connection::BinaryState;
use crate::dissectors::PDU_DISSECTOR;
use crate::present::Show;
use gw2_protocol::Direction;
use gw2_protocol::connection::View;
use gw2_protocol::pdu::{Cover, Header, PduWriter, Protocol};
use gw2_protocol::sts::UnitView;
use wireshark_ffi::{ExportPduTap, RegisterError, Thrown};

/// What Wireshark's dialog and tshark's `-U` call it.
const NAME: &str = "GW2";

/// The tap.
pub struct Pdus(ExportPduTap);

impl Pdus {
    /// Registers it.
    pub fn register() -> Result<Self, RegisterError> {
        Ok(Self(ExportPduTap::register(NAME, PDU_DISSECTOR)?))
    }

    /// What a segment of login or game completed.
    pub fn binary(
        &self,
        show: &Show<'_, '_>,
        state: &BinaryState,
        direction: Direction,
        view: View<'_>,
    ) -> Result<(), Thrown> {
        if !self.0.has_listener() {
            return Ok(());
        }
        let connection = &state.connection;
        let version = connection.handshake().version;
        let is_clear = view.items.iter().all(|item| item.clear_range().is_some());
        let header = Header {
            protocol: Protocol::Messages(connection.server()),
            direction,
            cover: if is_clear { Cover::None } else { Cover::Rc4 },
            build: version.and_then(|version| version.build),
            session: show.origin.session,
            stream: show.stream()?,
            set: connection.set_name(&state.schemas.catalog),
        };
        let mut pdu = PduWriter::new(&header);
        pdu.view(view, connection.message_layer(direction));
        self.queue(show, pdu)
    }

    /// What a call brought of a portal connection.
    pub fn portal<'u>(
        &self,
        show: &Show<'_, '_>,
        direction: Direction,
        cover: Cover,
        missing: u64,
        units: impl Iterator<Item = UnitView<'u>>,
    ) -> Result<(), Thrown> {
        if !self.0.has_listener() {
            return Ok(());
        }
        let mut pdu = PduWriter::new(&Header {
            protocol: Protocol::Portal,
            direction,
            cover,
            build: None,
            session: show.origin.session,
            stream: show.stream()?,
            set: "",
        });
        if missing > 0 {
            pdu.gap(missing);
        }
        let with_secrets = show.plugin.prefs.export_secrets();
        for unit in units {
            pdu.portal(&unit, with_secrets);
        }
        self.queue(show, pdu)
    }

    fn queue(&self, show: &Show<'_, '_>, pdu: PduWriter) -> Result<(), Thrown> {
        match pdu.finish() {
            Some(bytes) => self.0.queue(show.packet, show.tvb, &bytes),
            None => Ok(()),
        }
    }
}
