//! Portal messages.

use super::Show;
use crate::plugin::neighbours;
use gw2_protocol::Direction;
use gw2_protocol::sts::error_body::ErrorBody;
use gw2_protocol::sts::header::HeaderName;
use gw2_protocol::sts::{Content, Kind, Message, PortalConnection, Skip, UnitId, UnitView};
use std::fmt::Write;
use std::ops::Range;
use wireshark_ffi::{FieldId, Thrown, Tree, Tvb, call_dissector};

/// What one call to the dissector brought.
pub struct PortalCall<I> {
    /// The stream offset of the segment's first byte; `None` when the text is not the segment's own bytes.
    pub offset: Option<u64>,
    /// The units that it completed.
    pub units: I,
}

/// Shows what a call completed.
pub fn portal<I: Iterator<Item = UnitId>>(
    show: &Show<'_, '_>,
    connection: &PortalConnection,
    direction: Direction,
    session: Option<u32>,
    call: Option<PortalCall<I>>,
) -> Result<(), Thrown> {
    let columns = show.packet.columns();
    columns.set_protocol("GW2-Portal");
    columns.clear_info();
    let mut info = String::new();
    let tree = show.protocol_tree(show.plugin.protocols.portal)?;
    show.add_connection(tree, direction, session)?;
    if let Some(call) = call {
        let PortalCall { offset, units } = call;
        for unit in units.filter_map(|id| connection.unit(id)) {
            let place = Place::new(show, &unit, offset)?;
            match unit.content() {
                Content::Message(message) => {
                    separate(&mut info);
                    write_info(&mut info, &unit, message);
                    self::message(show, tree, place, &unit, message)?;
                }
                Content::Skipped(skip) => {
                    separate(&mut info);
                    let _ = write!(info, "[{} bytes: {}]", unit.bytes().len(), skip.reason);
                    skipped(show, tree, place, &unit, skip)?;
                }
            }
        }
    }
    if info.is_empty() {
        let _ = write!(info, "[to be continued, {} bytes]", show.tvb.captured_len());
    }
    columns.set_info(&info);
    Ok(())
}

fn separate(info: &mut String) {
    if !info.is_empty() {
        info.push_str(", ");
    }
}

/// Where a unit's bytes are: in the segment, or in a tab of their own.
#[derive(Clone, Copy)]
struct Place<'a> {
    tvb: Tvb<'a>,
    base: usize,
    len: usize,
}

impl<'a> Place<'a> {
    fn new(show: &Show<'_, 'a>, unit: &UnitView<'_>, segment_offset: Option<u64>) -> Result<Self, Thrown> {
        let bytes = unit.bytes();
        let inside = segment_offset
            .and_then(|offset| unit.range().start.checked_sub(offset))
            .and_then(|at| usize::try_from(at).ok());
        if let Some(base) = inside
            && show
                .tvb
                .captured_bytes()
                .get(base..)
                .is_some_and(|rest| rest.starts_with(bytes))
        {
            return Ok(Self {
                tvb: show.tvb,
                base,
                len: bytes.len(),
            });
        }
        let tvb = Tvb::new_real_data(show.packet, show.tvb, bytes)?;
        let name = if segment_offset.is_some() {
            "Reassembled STS message"
        } else {
            "Decrypted"
        };
        tvb.add_data_source(show.packet, name)?;
        Ok(Self {
            tvb,
            base: 0,
            len: bytes.len(),
        })
    }

    fn all(&self) -> Range<usize> {
        self.base..self.base.saturating_add(self.len)
    }

    fn at(&self, range: Range<usize>) -> Range<usize> {
        self.base.saturating_add(range.start)..self.base.saturating_add(range.end)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn write_info(info: &mut String, unit: &UnitView<'_>, message: &Message<'_>) {
    info.push_str(message.kind().name());
    match message.status() {
        Some(status) => {
            let _ = write!(info, " {status}");
            if let Some(reason) = message.reason() {
                let _ = write!(info, " {}", text(reason));
            }
        }
        None => {
            let _ = write!(info, " {}", text(message.path().unwrap_or_default()));
        }
    }
    if let Some(transaction) = message.transaction() {
        let _ = write!(info, " s={transaction}");
    }
    if message.kind() == Kind::Response
        && let Some(path) = unit.path()
    {
        let _ = write!(info, " {}", text(path));
    }
}

fn message<'a>(
    show: &Show<'_, 'a>,
    tree: Tree<'a>,
    place: Place<'a>,
    unit: &UnitView<'_>,
    message: &Message<'_>,
) -> Result<(), Thrown> {
    let mut title = String::new();
    write_info(&mut title, unit, message);
    let tree = tree.add_subtree(place.tvb, place.all(), show.plugin.subtrees.message, &title)?;
    start_line(show, tree, place, message)?;
    subject(show, tree, place, message)?;
    links(show, tree, place, unit)?;
    headers(show, tree, place, message)?;
    for defect in message.defects() {
        let text = defect.to_string();
        tree.add_expert(
            show.packet,
            show.plugin.experts.portal,
            place.tvb,
            place.at(defect.range),
            Some(&text),
        )?;
    }
    content_range(show, tree, place, unit, message)?;
    error(show, tree, place, unit, message)?;
    body(show, tree, place, unit, message)
}

fn start_line<'a>(
    show: &Show<'_, 'a>,
    tree: Tree<'a>,
    place: Place<'a>,
    message: &Message<'_>,
) -> Result<(), Thrown> {
    let ids = &show.plugin.fields.portal;
    let (tvb, line) = (place.tvb, place.at(message.start_line_range()));
    tree.add_u32(ids.kind, tvb, line.clone(), u32::from(message.kind().code()))?
        .set_generated();
    let string = |id: FieldId, value: Option<&[u8]>| match value {
        Some(value) => tree.add_str(id, tvb, line.clone(), &text(value)).map(drop),
        None => Ok(()),
    };
    string(ids.method, message.method())?;
    string(ids.path, message.path())?;
    string(ids.version, message.version().map(str::as_bytes))?;
    if let Some(status) = message.status() {
        tree.add_u32(ids.status, tvb, line.clone(), u32::from(status))?;
    }
    string(ids.reason, message.reason())
}

fn subject<'a>(
    show: &Show<'_, 'a>,
    tree: Tree<'a>,
    place: Place<'a>,
    message: &Message<'_>,
) -> Result<(), Thrown> {
    let ids = &show.plugin.fields.portal;
    let range = message
        .header_range(HeaderName::Subject)
        .map_or(place.base..place.base, |range| place.at(range));
    let number = |id: FieldId, value: Option<u32>| match value {
        Some(value) => tree.add_u32(id, place.tvb, range.clone(), value).map(drop),
        None => Ok(()),
    };
    number(ids.sequence, message.sequence())?;
    number(ids.timeout, message.timeout())?;
    number(ids.part, message.part())?;
    if let Some(is_final) = message.is_final() {
        tree.add_bool(ids.is_final, place.tvb, range.clone(), is_final)?;
    }
    Ok(())
}

fn links<'a>(
    show: &Show<'_, 'a>,
    tree: Tree<'a>,
    place: Place<'a>,
    unit: &UnitView<'_>,
) -> Result<(), Thrown> {
    let ids = &show.plugin.fields.portal;
    let experts = &show.plugin.experts;
    if let Some(request) = unit.request() {
        if let Some(path) = unit.path() {
            tree.add_str(ids.path, place.tvb, 0..0, &text(path))?
                .set_generated();
        }
        tree.add_framenum(ids.response_to, place.tvb, 0..0, request.frame())?
            .set_generated();
    }
    if let Some(elapsed) = unit.elapsed() {
        tree.add_time(ids.time, place.tvb, 0..0, i128::from(elapsed))?
            .set_generated();
    }
    if unit
        .message()
        .is_some_and(|message| message.kind() == Kind::Request)
    {
        if let Some(answer) = unit.last_answer() {
            tree.add_framenum(ids.response_in, place.tvb, 0..0, answer.frame())?
                .set_generated();
        }
        if unit.is_unanswered() {
            tree.add_expert(show.packet, experts.no_response, place.tvb, place.all(), None)?;
        }
    }
    if unit.is_unmatched() {
        tree.add_expert(show.packet, experts.unmatched, place.tvb, place.all(), None)?;
    }
    Ok(())
}

fn headers<'a>(
    show: &Show<'_, 'a>,
    tree: Tree<'a>,
    place: Place<'a>,
    message: &Message<'_>,
) -> Result<(), Thrown> {
    let ids = &show.plugin.fields.portal;
    for (header, range) in message.headers() {
        tree.add_str(
            ids.header,
            place.tvb,
            place.at(range.clone()),
            &header.to_string(),
        )?;
    }
    Ok(())
}

fn content_range<'a>(
    show: &Show<'_, 'a>,
    tree: Tree<'a>,
    place: Place<'a>,
    unit: &UnitView<'_>,
    message: &Message<'_>,
) -> Result<(), Thrown> {
    let ids = &show.plugin.fields.portal;
    let range = message
        .header_range(HeaderName::ContentRange)
        .map(|range| place.at(range));
    if let (Some(content), Some(range)) = (message.content_range(), range.clone()) {
        tree.add_u32(ids.range_first, place.tvb, range.clone(), content.first)?;
        tree.add_u32(ids.range_last, place.tvb, range.clone(), content.last)?;
        tree.add_u32(ids.range_total, place.tvb, range, content.total)?;
    }
    if let Some(error) = unit.fragment_error() {
        let range = range.unwrap_or_else(|| place.all());
        tree.add_expert(
            show.packet,
            show.plugin.experts.portal,
            place.tvb,
            range,
            Some(&error.to_string()),
        )?;
    }
    Ok(())
}

fn error<'a>(
    show: &Show<'_, 'a>,
    tree: Tree<'a>,
    place: Place<'a>,
    unit: &UnitView<'_>,
    message: &Message<'_>,
) -> Result<(), Thrown> {
    let Some(Ok(error)) = unit.error() else {
        return Ok(());
    };
    let ids = &show.plugin.fields.portal;
    let range = place.at(message.body_range());
    let ErrorBody {
        code,
        server,
        module,
        line,
        text,
    } = error;
    let title = if code == 0 {
        "Error code 0: success".to_owned()
    } else {
        format!("Error code {code}")
    };
    let tree = tree.add_subtree(place.tvb, range.clone(), show.plugin.subtrees.error, &title)?;
    for (id, value) in [
        (ids.error_code, code),
        (ids.error_server, server),
        (ids.error_module, module),
        (ids.error_line, line),
    ] {
        tree.add_u32(id, place.tvb, range.clone(), value)?;
    }
    if let Some(text) = text {
        tree.add_str(ids.error_text, place.tvb, range, &text)?;
    }
    Ok(())
}

fn body<'a>(
    show: &Show<'_, 'a>,
    tree: Tree<'a>,
    place: Place<'a>,
    unit: &UnitView<'_>,
    message: &Message<'_>,
) -> Result<(), Thrown> {
    let ids = &show.plugin.fields.portal;
    let len = u32::try_from(message.body().len()).unwrap_or(u32::MAX);
    let length = message
        .header_range(HeaderName::ContentLength)
        .map_or(place.base..place.base, |range| place.at(range));
    tree.add_u32(ids.length, place.tvb, length, len)?;
    let Some(document) = unit.document() else {
        return Ok(());
    };
    let decoded = match document.decode() {
        Ok(decoded) => decoded,
        Err(error) => {
            let range = place.at(message.body_range());
            let text = error.to_string();
            return tree.add_expert(
                show.packet,
                show.plugin.experts.portal,
                place.tvb,
                range,
                Some(&text),
            );
        }
    };
    // The body as it stands in the message, or what its pieces or its encoding hold, in a tab of its own.
    let as_sent = decoded.as_ref() == message.body();
    let (tvb, range) = if as_sent {
        (place.tvb, place.at(message.body_range()))
    } else {
        let tvb = Tvb::new_real_data(show.packet, place.tvb, &decoded)?;
        tvb.add_data_source(show.packet, "STS body")?;
        (tvb, 0..decoded.len())
    };
    tree.add_str(ids.body, tvb, range.clone(), &text(&decoded))?;
    if document.is_xml
        && let Some(xml) = neighbours().and_then(|neighbours| neighbours.xml)
    {
        let body = tvb.subset(range)?;
        let columns = show.packet.columns();
        columns.fence_info();
        call_dissector(xml, body, show.packet, tree)?;
        columns.set_protocol("GW2-Portal");
    }
    Ok(())
}

fn skipped<'a>(
    show: &Show<'_, 'a>,
    tree: Tree<'a>,
    place: Place<'a>,
    unit: &UnitView<'_>,
    skip: &Skip,
) -> Result<(), Thrown> {
    let ids = &show.plugin.fields.common;
    let item = tree.add_bytes(ids.undecoded, place.tvb, place.all(), unit.bytes())?;
    item.append_text(&format!(" ({})", skip.reason))?;
    if skip.is_malformed() && !skip.continued {
        let text = format!("No portal message: {}", skip.reason);
        tree.add_expert(
            show.packet,
            show.plugin.experts.portal,
            place.tvb,
            place.all(),
            Some(&text),
        )?;
    }
    Ok(())
}
