//! The fields of a message as tree items.

use crate::fields::Unnamed;
use crate::plugin::Subtrees;
use crate::schema_fields::{NamedIds, SchemaFields};
use gw2_protocol::message::{Group, Value, Vector, Visitor, utf8_text, utf16_text};
use gw2_protocol::schema::Field;
use std::fmt::Write;
use std::ops::Range;
use wireshark_ffi::{FieldId, Item, Thrown, Tree, Tvb};

/// The deepest a tree can be: each block of a schema gives a group and an element.
const MAX_TREES: usize = 2 * gw2_protocol::message::MAX_DEPTH + 1;

/// Adds what the decoder finds below a message's item.
pub struct ValueTree<'v, 'a> {
    unnamed: &'v Unnamed,
    named: &'v SchemaFields,
    subtrees: &'v Subtrees,
    tvb: Tvb<'a>,
    /// Where the message begins in the tvb.
    base: usize,
    /// The trees that the walk is inside of, the innermost last.
    trees: [Level<'a>; MAX_TREES],
    depth: usize,
    /// Somebody will see the texts of items that have one of their own.
    wants_text: bool,
    text: String,
    /// The field at which the walk failed.
    pub failed_field: Option<String>,
}

/// One tree that the walk is inside of.
#[derive(Clone, Copy)]
struct Level<'a> {
    tree: Tree<'a>,
    item: Item<'a>,
    start: usize,
    /// Elements of a single field need no tree of their own.
    single: bool,
}

impl<'v, 'a> ValueTree<'v, 'a> {
    /// Adds to `tree` the fields of a message that begins at `base` of `tvb`.
    pub fn new(
        unnamed: &'v Unnamed,
        named: &'v SchemaFields,
        subtrees: &'v Subtrees,
        tree: Tree<'a>,
        tvb: Tvb<'a>,
        base: usize,
        wants_text: bool,
    ) -> Self {
        let root = Level {
            tree,
            item: Item::none(),
            start: base,
            single: false,
        };
        Self {
            unnamed,
            named,
            subtrees,
            tvb,
            base,
            trees: [root; MAX_TREES],
            depth: 0,
            wants_text,
            text: String::new(),
            failed_field: None,
        }
    }

    fn level(&self) -> Level<'a> {
        let [root, ..] = self.trees;
        self.trees.get(self.depth).copied().unwrap_or(root)
    }

    fn tree(&self) -> Tree<'a> {
        self.level().tree
    }

    fn push(&mut self, level: Level<'a>) {
        self.depth = self.depth.saturating_add(1);
        if let Some(slot) = self.trees.get_mut(self.depth) {
            *slot = level;
        }
    }

    fn pop(&mut self, end: usize) {
        let level = self.level();
        let end = self.base.saturating_add(end);
        level.item.set_len(end.saturating_sub(level.start));
        self.depth = self.depth.saturating_sub(1);
    }

    fn at(&self, range: Range<usize>) -> Range<usize> {
        self.base.saturating_add(range.start)..self.base.saturating_add(range.end)
    }

    fn ids(&self, field: &Field) -> Option<&'v NamedIds> {
        self.named.get(field.key?)
    }

    fn single(&self, field: &Field, unnamed: FieldId) -> FieldId {
        match self.ids(field) {
            Some(NamedIds::Single(id)) => *id,
            _ => unnamed,
        }
    }

    fn vector(&mut self, field: &Field, range: Range<usize>, vector: Vector) -> Result<(), Thrown> {
        let u = self.unnamed;
        let components = vector.components();
        let (whole, ids) = match (self.ids(field), components.len()) {
            (Some(NamedIds::Vector { whole, components }), _) => (*whole, *components),
            (_, 2) => (u.vec2, [Some(u.vec2_x), Some(u.vec2_y), None, None]),
            (_, 3) => (u.vec3, [Some(u.vec3_x), Some(u.vec3_y), Some(u.vec3_z), None]),
            _ => (
                u.vec4,
                [Some(u.vec4_x), Some(u.vec4_y), Some(u.vec4_z), Some(u.vec4_w)],
            ),
        };
        let item = if self.wants_text {
            self.text.clear();
            self.text
                .push_str(field.name.as_deref().unwrap_or(field.ty.word()));
            for (number, component) in components.iter().enumerate() {
                self.text.push_str(if number == 0 { ": (" } else { ", " });
                push_thousandths(&mut self.text, *component);
            }
            self.text.push(')');
            self.tree()
                .add_none_text(whole, self.tvb, range.clone(), &self.text)?
        } else {
            self.tree().add_none(whole, self.tvb, range.clone())?
        };
        let tree = item.subtree(self.subtrees.vector)?;
        let mut start = range.start;
        for (component, id) in components.iter().zip(ids) {
            let end = start.saturating_add(4);
            if let Some(id) = id {
                tree.add_f32(id, self.tvb, start..end, *component)?;
            }
            start = end;
        }
        Ok(())
    }

    fn address(&mut self, field: &Field, range: Range<usize>, value: Value<'_>) -> Result<(), Thrown> {
        let u = self.unnamed;
        let (whole, v4, v6, port_id) = match self.ids(field) {
            Some(NamedIds::Address { whole, v4, v6, port }) => (Some(*whole), *v4, *v6, *port),
            _ => (None, u.address, u.address6, u.port),
        };
        let at = |from: usize, to: usize| range.start.saturating_add(from)..range.start.saturating_add(to);
        let mut tree = self.tree();
        if let Some(whole) = whole {
            self.text.clear();
            self.text.push_str(field.name.as_deref().unwrap_or_default());
            let _ = match value {
                Value::Ipv4 { address, port } => write!(self.text, ": {address}:{port}"),
                Value::Ipv6 { address, port } => write!(self.text, ": [{address}]:{port}"),
                _ => write!(self.text, ": of another family than IP"),
            };
            let item = tree.add_none_text(whole, self.tvb, range.clone(), &self.text)?;
            tree = item.subtree(self.subtrees.group)?;
        }
        match value {
            Value::Ipv4 { address, port } => {
                tree.add_ipv4(v4, self.tvb, at(4, 8), address)?;
                tree.add_u32(port_id, self.tvb, at(2, 4), u32::from(port))?;
            }
            Value::Ipv6 { address, port } => {
                tree.add_ipv6(v6, self.tvb, at(8, 24), address)?;
                tree.add_u32(port_id, self.tvb, at(2, 4), u32::from(port))?;
            }
            Value::OtherAddress(bytes) => {
                tree.add_bytes(u.bytes, self.tvb, range, bytes)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn string(&mut self, field: &Field, range: Range<usize>) -> Result<(), Thrown> {
        let id = self.single(field, self.unnamed.string);
        self.tree().add_str(id, self.tvb, range, &self.text).map(drop)
    }
}

impl Visitor for ValueTree<'_, '_> {
    type Error = Thrown;

    const VALUES: bool = true;

    fn value(
        &mut self,
        field: &Field,
        part: u8,
        range: Range<usize>,
        value: Value<'_>,
    ) -> Result<(), Thrown> {
        let range = self.at(range);
        let (tree, tvb, u) = (self.tree(), self.tvb, self.unnamed);
        match value {
            Value::U8(number) => tree
                .add_u32(self.single(field, u.u8), tvb, range, u32::from(number))
                .map(drop),
            Value::U16(number) => tree
                .add_u32(self.single(field, u.u16), tvb, range, u32::from(number))
                .map(drop),
            Value::U32(number) => tree
                .add_u32(self.single(field, u.u32), tvb, range, number)
                .map(drop),
            // The varint that follows the vector of a position has no name of its own.
            Value::Varint(number) if part == 1 => tree.add_u32(u.varint, tvb, range, number).map(drop),
            Value::Varint(number) => tree
                .add_u32(self.single(field, u.varint), tvb, range, number)
                .map(drop),
            Value::U64(number) => tree
                .add_u64(self.single(field, u.u64), tvb, range, number)
                .map(drop),
            Value::F32(number) => tree
                .add_f32(self.single(field, u.f32), tvb, range, number)
                .map(drop),
            Value::Guid(guid) => tree
                .add_guid(self.single(field, u.guid), tvb, range, guid)
                .map(drop),
            Value::Bytes(bytes) => tree
                .add_bytes(self.single(field, u.bytes), tvb, range, bytes)
                .map(drop),
            Value::Vector(vector) => self.vector(field, range, vector),
            Value::Ipv4 { .. } | Value::Ipv6 { .. } | Value::OtherAddress(_) => {
                self.address(field, range, value)
            }
            Value::Utf16(bytes) => {
                self.text.clear();
                utf16_text(bytes, &mut self.text);
                self.string(field, range)
            }
            Value::Utf8(bytes) => {
                self.text.clear();
                utf8_text(bytes, &mut self.text);
                self.string(field, range)
            }
        }
    }

    fn enter(&mut self, field: &Field, range: Range<usize>, group: Group) -> Result<(), Thrown> {
        let range = self.at(range);
        let (tree, tvb) = (self.tree(), self.tvb);
        let item = match group {
            Group::Optional(present) => tree.add_bool(
                self.single(field, self.unnamed.present),
                tvb,
                range.clone(),
                present,
            )?,
            Group::Array(count) => {
                let count = u32::try_from(count).unwrap_or(u32::MAX);
                tree.add_u32(self.single(field, self.unnamed.count), tvb, range.clone(), count)?
            }
        };
        let tree = item.subtree(self.subtrees.group)?;
        let single = field.ty.block().is_none_or(|block| block.fields().len() <= 1);
        self.push(Level {
            tree,
            item,
            start: range.start,
            single,
        });
        Ok(())
    }

    fn element(&mut self, index: usize, at: usize) -> Result<(), Thrown> {
        let level = self.level();
        let start = self.base.saturating_add(at);
        if level.single {
            self.push(Level {
                item: Item::none(),
                start,
                ..level
            });
            return Ok(());
        }
        self.text.clear();
        if self.wants_text {
            let _ = write!(self.text, "[{index}]");
        }
        let tree = level
            .tree
            .add_subtree(self.tvb, start..start, self.subtrees.element, &self.text)?;
        self.push(Level {
            tree,
            item: tree.item(),
            start,
            single: false,
        });
        Ok(())
    }

    fn end_element(&mut self, end: usize) -> Result<(), Thrown> {
        self.pop(end);
        Ok(())
    }

    fn leave(&mut self, end: usize) -> Result<(), Thrown> {
        self.pop(end);
        Ok(())
    }

    fn failed(&mut self, field: &Field) {
        self.failed_field = Some(field.name.as_deref().unwrap_or(field.ty.word()).to_owned());
    }
}

/// Writes a single with three decimals. The formatter of the standard library is exact for any number, and
/// several times as slow for those that occur.
fn push_thousandths(text: &mut String, number: f32) {
    let thousandths = (f64::from(number) * 1000.0).round();
    // Writing to a string cannot fail.
    let _ = if thousandths.abs() < 1e15 {
        let sign = if thousandths < 0.0 { "-" } else { "" };
        let whole = thousandths.abs() as u64;
        write!(text, "{sign}{}.{:03}", whole / 1000, whole % 1000)
    } else {
        write!(text, "{number:.3}")
    };
}
