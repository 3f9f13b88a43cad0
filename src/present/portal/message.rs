//! One portal message, part by part.

use super::super::Show;
use super::{Place, text, write_info};
use crate::plugin::neighbours;
use crate::portal_elements;
use gw2_protocol::sts::encoding::ContentEncoding;
use gw2_protocol::sts::error_body::ErrorBody;
use gw2_protocol::sts::header::HeaderName;
use gw2_protocol::sts::leaves::leaves;
use gw2_protocol::sts::unit::Document;
use gw2_protocol::sts::{Kind, Message, UnitView};
use std::ops::Range;
use wireshark_ffi::{ExpertId, FieldId, Thrown, Tree, Tvb, call_data_dissector, call_dissector};

/// A message, and where its bytes are.
pub struct MessageParts<'s, 'p, 'a, 'm> {
    pub show: &'s Show<'p, 'a>,
    pub place: Place<'a>,
    pub unit: &'s UnitView<'m>,
    pub message: &'s Message<'m>,
}

impl<'a> MessageParts<'_, '_, 'a, '_> {
    /// Adds the message below `tree`.
    pub fn show(&self, tree: Tree<'a>) -> Result<(), Thrown> {
        let mut title = String::new();
        write_info(&mut title, self.unit, self.message);
        let (ids, subtrees) = (&self.show.plugin.fields.portal, &self.show.plugin.subtrees);
        let tree = tree
            .add_none_text(ids.message, self.place.tvb, self.place.all(), &title)?
            .subtree(subtrees.message)?;
        self.start_line(tree)?;
        self.subject(tree)?;
        self.links(tree)?;
        self.headers(tree)?;
        self.content_range(tree)?;
        self.error(tree)?;
        self.body(tree)
    }

    fn start_line(&self, tree: Tree<'a>) -> Result<(), Thrown> {
        let (message, ids) = (self.message, &self.show.plugin.fields.portal);
        let (tvb, line) = (self.place.tvb, self.place.at(message.start_line_range()));
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

    fn subject(&self, tree: Tree<'a>) -> Result<(), Thrown> {
        let (message, ids) = (self.message, &self.show.plugin.fields.portal);
        let range = self.header_place(HeaderName::Subject);
        let tvb = self.place.tvb;
        for (id, value) in [
            (ids.sequence, message.sequence()),
            (ids.timeout, message.timeout()),
            (ids.part, message.part()),
        ] {
            if let Some(value) = value {
                tree.add_u32(id, tvb, range.clone(), value)?;
            }
        }
        if let Some(is_final) = message.is_final() {
            tree.add_bool(ids.is_final, tvb, range, is_final)?;
        }
        Ok(())
    }

    /// What ties it to other messages.
    fn links(&self, tree: Tree<'a>) -> Result<(), Thrown> {
        let (unit, ids, experts) = (
            self.unit,
            &self.show.plugin.fields.portal,
            &self.show.plugin.experts,
        );
        let tvb = self.place.tvb;
        if let Some(request) = unit.request() {
            if let Some(path) = unit.path() {
                tree.add_str(ids.path, tvb, 0..0, &text(path))?.set_generated();
            }
            tree.add_framenum(ids.response_to, tvb, 0..0, request.frame())?
                .set_generated();
        }
        if let Some(elapsed) = unit.elapsed() {
            tree.add_time(ids.time, tvb, 0..0, i128::from(elapsed))?
                .set_generated();
        }
        if self.message.kind() == Kind::Request {
            if let Some(answer) = unit.last_answer() {
                tree.add_framenum(ids.response_in, tvb, 0..0, answer.frame())?
                    .set_generated();
            }
            if unit.is_unanswered() {
                self.expert(tree, experts.no_response, self.place.all(), None)?;
            }
        }
        if unit.is_unmatched() {
            self.expert(tree, experts.unmatched, self.place.all(), None)?;
        }
        Ok(())
    }

    fn headers(&self, tree: Tree<'a>) -> Result<(), Thrown> {
        let ids = &self.show.plugin.fields.portal;
        for (header, range) in self.message.headers() {
            tree.add_str(
                ids.header,
                self.place.tvb,
                self.place.at(range.clone()),
                &header.to_string(),
            )?;
        }
        for defect in self.message.defects() {
            let text = defect.to_string();
            self.malformed(tree, self.place.at(defect.range), &text)?;
        }
        Ok(())
    }

    fn content_range(&self, tree: Tree<'a>) -> Result<(), Thrown> {
        let ids = &self.show.plugin.fields.portal;
        let range = self.header_place(HeaderName::ContentRange);
        if let Some(content) = self.message.content_range() {
            for (id, value) in [
                (ids.range_first, content.first),
                (ids.range_last, content.last),
                (ids.range_total, content.total),
            ] {
                tree.add_u32(id, self.place.tvb, range.clone(), value)?;
            }
        }
        match self.unit.fragment_error() {
            Some(error) => self.malformed(tree, range, &error.to_string()),
            None => Ok(()),
        }
    }

    fn error(&self, tree: Tree<'a>) -> Result<(), Thrown> {
        let Some(Ok(error)) = self.unit.error() else {
            return Ok(());
        };
        let ids = &self.show.plugin.fields.portal;
        let (tvb, range) = (self.place.tvb, self.place.at(self.message.body_range()));
        let ErrorBody {
            code,
            server,
            module,
            line,
            text,
        } = error;
        let title = match code {
            0 => "Error code 0: success".to_owned(),
            code => format!("Error code {code}"),
        };
        let tree = tree
            .add_none_text(ids.error, tvb, range.clone(), &title)?
            .subtree(self.show.plugin.subtrees.error)?;
        for (id, value) in [
            (ids.error_code, code),
            (ids.error_server, server),
            (ids.error_module, module),
            (ids.error_line, line),
        ] {
            tree.add_u32(id, tvb, range.clone(), value)?;
        }
        if let Some(text) = text {
            tree.add_str(ids.error_text, tvb, range, &text)?;
        }
        Ok(())
    }

    fn body(&self, tree: Tree<'a>) -> Result<(), Thrown> {
        let ids = &self.show.plugin.fields.portal;
        let len = u32::try_from(self.message.body().len()).unwrap_or(u32::MAX);
        let length = tree.add_u32(
            ids.length,
            self.place.tvb,
            self.header_place(HeaderName::ContentLength),
            len,
        )?;
        if self.unit.is_left_out() {
            length.append_text(
                " (left out of the export: may be secret, see the preference gw2.export_secrets)",
            )?;
        }
        let Some(document) = self.unit.document() else {
            return Ok(());
        };
        let decoded = match document.decode() {
            Ok(decoded) => decoded,
            Err(error) => {
                let range = self.place.at(self.message.body_range());
                return self.malformed(tree, range, &error.to_string());
            }
        };
        // The body as it stands in the message, or what its pieces or its encoding hold, in a tab of its own.
        let (tvb, range) = if decoded.as_ref() == self.message.body() {
            (self.place.tvb, self.place.at(self.message.body_range()))
        } else {
            let tvb = Tvb::new_real_data(self.show.packet, self.place.tvb, &decoded)?;
            tvb.add_data_source(self.show.packet, "STS body")?;
            (tvb, 0..decoded.len())
        };
        tree.add_str(ids.body, tvb, range.clone(), &text(&decoded))?;
        self.content(tree, tvb.subset(range)?, &document)
    }

    /// What a body holds, by its type.
    fn content(&self, tree: Tree<'a>, tvb: Tvb<'a>, document: &Document<'_>) -> Result<(), Thrown> {
        let (packet, columns) = (self.show.packet, self.show.packet.columns());
        let readable = document.encoding != ContentEncoding::Unknown;
        let dissector = neighbours().and_then(|neighbours| match document {
            Document { is_xml: true, .. } if readable => neighbours.xml,
            Document { is_json: true, .. } if readable => neighbours.json,
            _ => None,
        });
        match dissector {
            Some(dissector) => call_dissector(dissector, tvb, packet, tree)?,
            None => call_data_dissector(tvb, packet, tree)?,
        };
        columns.set_protocol("GW2-Portal");
        if document.is_xml && readable {
            self.elements(tree, tvb)?;
        }
        Ok(())
    }

    /// The elements that hold text only, each as a field: of its own where its name is known.
    fn elements(&self, tree: Tree<'a>, tvb: Tvb<'a>) -> Result<(), Thrown> {
        if tree.is_null() {
            return Ok(());
        }
        let leaves = leaves(tvb.captured_bytes());
        if leaves.is_empty() {
            return Ok(());
        }
        let fields = portal_elements::fields();
        let (ids, subtrees) = (&self.show.plugin.fields.portal, &self.show.plugin.subtrees);
        let tree = tree
            .add_none(ids.elements, tvb, 0..tvb.captured_len())?
            .subtree(subtrees.group)?;
        for leaf in leaves {
            match fields.get(leaf.name) {
                Some(field) => tree.add_str(*field, tvb, leaf.range, &leaf.value)?,
                None => {
                    let text = format!("{}={}", leaf.name, leaf.value);
                    tree.add_str(self.show.plugin.fields.portal.xml, tvb, leaf.range, &text)?
                }
            };
        }
        Ok(())
    }

    /// Where a header's line is; nowhere, at the message's start, when it has none.
    fn header_place(&self, name: HeaderName) -> Range<usize> {
        match self.message.header_range(name) {
            Some(range) => self.place.at(range),
            None => self.place.at(0..0),
        }
    }

    fn malformed(&self, tree: Tree<'a>, range: Range<usize>, text: &str) -> Result<(), Thrown> {
        self.expert(tree, self.show.plugin.experts.portal, range, Some(text))
    }

    fn expert(
        &self,
        tree: Tree<'a>,
        id: ExpertId,
        range: Range<usize>,
        text: Option<&str>,
    ) -> Result<(), Thrown> {
        tree.add_expert(self.show.packet, id, self.place.tvb, range, text)
    }
}
