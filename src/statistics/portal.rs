//! What is asked of the portal, and how it answers. Nothing but paths, status codes and times: no header, no body.

use crate::taps::awaits_more;
use gw2_protocol::sts::{Kind, Message, UnitView};
use wireshark_ffi::{Amount, Packet, StatsTreeTap, Tick};

/// Counts a unit: requests and messages by path, answers by status and reason.
pub fn count(tap: StatsTreeTap, packet: &Packet<'_>, unit: &UnitView<'_>) {
    let Some(message) = whole(unit) else { return };
    let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
    let path = match message.kind() {
        Kind::Request => vec!["Requests".to_owned(), path(unit)],
        Kind::Message => vec!["Messages".to_owned(), path(unit)],
        Kind::Response => {
            let status = message.status().unwrap_or_default().to_string();
            let reason = text(message.reason());
            let path = ["Answers".to_owned(), status, reason];
            path.into_iter().filter(|name| !name.is_empty()).collect()
        }
    };
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let amount = Amount::Add(1);
    tap.queue(packet, &[Tick { path: &path, amount }]);
}

/// Of the answer that ends a transaction: the request's path, and nanoseconds since the request.
pub fn answered(unit: &UnitView<'_>) -> Option<(String, i64)> {
    let message = whole(unit)?;
    if message.is_final() != Some(true) {
        return None;
    }
    Some((path(unit), unit.elapsed()?))
}

/// A message, unless it is a piece of one that is still to be completed.
fn whole<'u, 'm>(unit: &'u UnitView<'m>) -> Option<&'u Message<'m>> {
    unit.message().filter(|message| !awaits_more(unit, message))
}

/// The path of a message or of what it answers. What stands behind a `?` may be secret.
fn path(unit: &UnitView<'_>) -> String {
    let path = unit.path().unwrap_or_default();
    let path = path.split(|&byte| byte == b'?').next().unwrap_or_default();
    String::from_utf8_lossy(path).into_owned()
}
