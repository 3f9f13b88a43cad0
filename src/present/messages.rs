//! Messages: whole ones, and those that cannot be decoded to their end.

use super::info::Info;
use super::info_values::InfoValues;
use super::plaintext::Source;
use super::value_tree::ValueTree;
use super::{Show, Wanted};
use crate::connection::BinaryState;
use crate::sessions;
use gw2_protocol::message::{Failure, Reason, Stop, addresses, decode, measure, read_opcode};
use gw2_protocol::schema::{MessageTable, Schema};
use gw2_protocol::{Direction, Server, Table};
use std::fmt::Write;
use std::net::IpAddr;
use std::ops::Range;
use wireshark_ffi::{Thrown, Tree};

/// The message of login that sends the client to the game server (protocol.md, section 6).
const REFER_TO_GAME_SERVER: u16 = 0x0014;

/// The name of a message that has none.
const UNKNOWN: &str = "UNKNOWN";

/// Shows the messages of one segment.
pub struct Messages<'s, 'p, 'a> {
    show: &'s Show<'p, 'a>,
    state: &'s BinaryState,
    table: Table,
    schemas: Option<&'s MessageTable>,
    /// Where the messages stand; `None` when the segment has none.
    source: Option<Source<'a>>,
    wanted: Wanted,
}

impl<'s, 'p, 'a> Messages<'s, 'p, 'a> {
    /// For the messages of a direction, which stand in `source`.
    pub fn new(
        show: &'s Show<'p, 'a>,
        state: &'s BinaryState,
        direction: Direction,
        source: Option<Source<'a>>,
    ) -> Self {
        Self {
            show,
            state,
            table: state.connection.table(direction),
            schemas: state.connection.messages(direction, &state.schemas.catalog),
            source,
            wanted: show.wanted(),
        }
    }

    /// Shows whole messages, one after the other.
    pub fn run(
        &mut self,
        tree: Tree<'a>,
        start: u64,
        len: u32,
        count: u32,
        info: &mut Info,
    ) -> Result<(), Thrown> {
        let Some(source) = self.source else {
            info.count(count);
            return Ok(());
        };
        let all = source.range(start, usize::try_from(len).unwrap_or(usize::MAX));
        let bytes = source.tvb.captured_bytes();
        let wants_tree = self.wanted.fields;
        let mut at = all.start;
        let mut seen = 0u32;
        while at < all.end {
            let wants_text = self.wanted.info && info.has_room();
            if !wants_tree && !wants_text {
                break;
            }
            let Some(rest) = bytes.get(at..all.end) else { break };
            // What is left of the block, which fast-path parsers want, is what is left of the tab: their
            // messages are the last of their block.
            let Some(schema) = self.schema(rest) else { break };
            let Ok(message) = measure(rest, rest.len(), schema) else {
                break;
            };
            let end = at.saturating_add(message.len);
            if wants_text {
                info.message(|text| write_info(text, rest, schema));
            } else {
                info.count(1);
            }
            if wants_tree {
                self.whole(tree, source, at..end, schema)?;
            }
            seen = seen.saturating_add(1);
            at = end;
        }
        info.count(count.saturating_sub(seen));
        Ok(())
    }

    /// Shows a message that cannot be decoded to its end: what can, then the bytes and the reason.
    pub fn failed(
        &mut self,
        tree: Tree<'a>,
        start: u64,
        len: u32,
        failure: Failure,
        info: &mut Info,
    ) -> Result<(), Thrown> {
        let Some(source) = self.source else { return Ok(()) };
        let range = source.range(start, usize::try_from(len).unwrap_or(usize::MAX));
        let bytes = source.tvb.captured_bytes().get(range.clone()).unwrap_or_default();
        let Some(opcode) = read_opcode(bytes) else {
            return Ok(());
        };
        let schema = self.schema(bytes);
        let name = schema.and_then(|schema| schema.name.as_deref());
        info.message(|text| match name {
            Some(name) => text.push_str(name),
            None => write_opcode(text, opcode),
        });
        let title = format!("{} (0x{opcode:04x}), undecoded", name.unwrap_or(UNKNOWN));
        let show = self.show;
        let tree = message_tree(show, tree, source, range.clone(), &title)?;
        self.head(tree, source, range.start, opcode, schema)?;
        let mut field = None;
        if let Some(schema) = schema {
            let mut visitor = self.value_tree(tree, source, range.start);
            if let Err(Stop::Visitor(thrown)) = decode(bytes, bytes.len(), schema, &mut visitor) {
                return Err(thrown);
            }
            field = visitor.failed_field;
        }
        self.about(tree, source, range.start, None, schema)?;
        let experts = &show.plugin.experts;
        let (expert, text) = match failure.reason {
            Reason::UnknownOpcode => (
                experts.unknown_opcode,
                format!("No schema for opcode 0x{opcode:04x} in the table {}", self.table),
            ),
            reason => (
                if reason.is_limit() {
                    experts.limit
                } else {
                    experts.malformed
                },
                format!(
                    "Field {} at offset {} of the message: {reason}",
                    field.as_deref().unwrap_or("?"),
                    failure.offset
                ),
            ),
        };
        add_undecoded(show, tree, source, range.clone(), &failure.reason.to_string())?;
        tree.add_expert(show.packet, expert, source.tvb, range, Some(&text))
    }

    fn whole(
        &self,
        tree: Tree<'a>,
        source: Source<'a>,
        range: Range<usize>,
        schema: &Schema,
    ) -> Result<(), Thrown> {
        let bytes = source.tvb.captured_bytes().get(range.clone()).unwrap_or_default();
        let name = schema.name.as_deref().unwrap_or(UNKNOWN);
        let title = match self.wanted.text {
            true => format!("{name} (0x{:04x}), {} bytes", schema.opcode, range.len()),
            false => String::new(),
        };
        let tree = message_tree(self.show, tree, source, range.clone(), &title)?;
        let (start, len) = (range.start, range.len());
        self.head(tree, source, start, schema.opcode, Some(schema))?;
        let mut visitor = self.value_tree(tree, source, range.start);
        if let Err(Stop::Visitor(thrown)) = decode(bytes, bytes.len(), schema, &mut visitor) {
            return Err(thrown);
        }
        if schema.body.has_address() {
            self.hand_off(tree, source, range, bytes, schema)?;
        }
        self.about(tree, source, start, Some(len), Some(schema))
    }

    /// Where a message sends the client, and the connections that this led to.
    fn hand_off(
        &self,
        tree: Tree<'a>,
        source: Source<'a>,
        range: Range<usize>,
        bytes: &[u8],
        schema: &Schema,
    ) -> Result<(), Thrown> {
        let fields = &self.show.plugin.fields;
        let tvb = source.tvb;
        let servers = addresses(bytes, schema);
        if self.table == Table::Ls2c
            && schema.opcode == REFER_TO_GAME_SERVER
            && let Some(server) = servers.first()
        {
            let ids = &fields.login;
            match server.ip() {
                IpAddr::V4(address) => tree.add_ipv4(ids.handoff_address, tvb, range.clone(), address)?,
                IpAddr::V6(address) => tree.add_ipv6(ids.handoff_address6, tvb, range.clone(), address)?,
            }
            .set_generated();
            tree.add_u32(ids.handoff_port, tvb, range.clone(), u32::from(server.port()))?
                .set_generated();
        }
        let link = match self.state.connection.server() {
            Server::Login => fields.login.game_frame,
            Server::Game => fields.game.next_frame,
        };
        let sessions = sessions::of(self.show.packet).try_borrow()?;
        let number = self.show.packet.number();
        for frame in servers
            .into_iter()
            .filter_map(|server| sessions.game_frame(number, server))
        {
            tree.add_framenum(link, tvb, range.clone(), frame)?
                .set_generated();
        }
        Ok(())
    }

    /// What every message begins with: opcode and name.
    fn head(
        &self,
        tree: Tree<'a>,
        source: Source<'a>,
        start: usize,
        opcode: u16,
        schema: Option<&Schema>,
    ) -> Result<(), Thrown> {
        let ids = &self.show.plugin.fields.common;
        let tvb = source.tvb;
        let at_opcode = start..start.saturating_add(2);
        tree.add_u32(ids.opcode, tvb, at_opcode.clone(), u32::from(opcode))?;
        let name = schema
            .and_then(|schema| schema.name.as_deref())
            .unwrap_or(UNKNOWN);
        tree.add_str(ids.message, tvb, at_opcode, name)?.set_generated();
        Ok(())
    }

    /// What is known about a message beside what it says: how long it is, and what its schema is.
    fn about(
        &self,
        tree: Tree<'a>,
        source: Source<'a>,
        start: usize,
        len: Option<usize>,
        schema: Option<&Schema>,
    ) -> Result<(), Thrown> {
        let ids = &self.show.plugin.fields.common;
        let tvb = source.tvb;
        let at_opcode = start..start.saturating_add(2);
        // The length of a message that is not decoded to its end is not known.
        if let Some(len) = len {
            let number = u32::try_from(len).unwrap_or(u32::MAX);
            tree.add_u32(ids.length, tvb, start..start.saturating_add(len), number)?
                .set_generated();
        }
        if let Some(schema) = schema {
            tree.add_u32(
                ids.dispatch,
                tvb,
                at_opcode.clone(),
                u32::from(schema.dispatch.code()),
            )?
            .set_generated();
        }
        tree.add_str(ids.table, tvb, at_opcode.clone(), self.table.tag())?
            .set_generated();
        if let Some(schema) = schema {
            let set = self.state.schemas.catalog.set_name(schema.set);
            tree.add_str(ids.schema, tvb, at_opcode.clone(), set)?
                .set_generated();
            if let Some(description) = &schema.description {
                tree.add_str(ids.description, tvb, at_opcode.clone(), description)?
                    .set_generated();
            }
            // How the types of a message without a name are known, its set says.
            if let (Some(evidence), Some(_)) = (schema.evidence, &schema.name) {
                tree.add_str(ids.evidence, tvb, at_opcode, evidence.word())?
                    .set_generated();
            }
        }
        Ok(())
    }

    fn value_tree(&self, tree: Tree<'a>, source: Source<'a>, base: usize) -> ValueTree<'s, 'a> {
        let plugin = self.show.plugin;
        let named = &self.state.schemas.fields;
        ValueTree::new(
            &plugin.fields.unnamed,
            named,
            &plugin.subtrees,
            tree,
            source.tvb,
            base,
            self.wanted.text,
        )
    }

    fn schema(&self, bytes: &[u8]) -> Option<&'s Schema> {
        self.schemas?.get(read_opcode(bytes)?)
    }
}

/// The line of a message. It is a field, not text, so that the outputs of tshark that are for programs have a name for it
/// that does not depend on the message.
fn message_tree<'a>(
    show: &Show<'_, 'a>,
    tree: Tree<'a>,
    source: Source<'a>,
    range: Range<usize>,
    title: &str,
) -> Result<Tree<'a>, Thrown> {
    tree.add_none_text(show.plugin.fields.common.item, source.tvb, range, title)?
        .subtree(show.plugin.subtrees.message)
}

/// Shows plaintext that is not decoded, and why.
pub fn add_undecoded<'a>(
    show: &Show<'_, 'a>,
    tree: Tree<'a>,
    source: Source<'a>,
    range: Range<usize>,
    reason: &str,
) -> Result<(), Thrown> {
    let bytes = source.tvb.captured_bytes().get(range.clone()).unwrap_or_default();
    let item = tree.add_bytes(show.plugin.fields.common.undecoded, source.tvb, range, bytes)?;
    item.append_text(&format!(" ({} bytes: {reason})", bytes.len()))
}

fn write_opcode(text: &mut String, opcode: u16) {
    let _ = write!(text, "0x{opcode:04x}");
}

fn write_info(text: &mut String, bytes: &[u8], schema: &Schema) {
    let Some(name) = schema.name.as_deref() else {
        return write_opcode(text, schema.opcode);
    };
    text.push_str(name);
    let mut values = InfoValues::new(text);
    // It ends early when it has seen enough.
    let _ = decode(bytes, bytes.len(), schema, &mut values);
    values.finish();
}
