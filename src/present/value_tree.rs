//! The fields of a message as tree items.

use super::hints;
use crate::fields::Unnamed;
use crate::plugin::Subtrees;
use crate::schema_fields::{NamedIds, SchemaFields};
use gw2_protocol::message::{Group, Value, Vector, Visitor, utf8_text, utf16_text};
use gw2_protocol::schema::{Field, Hint};
use std::fmt::Write;
use std::ops::Range;
use wireshark_ffi::{FieldId, Item, Thrown, Tree, Tvb};

/// The deepest a tree can be: each block of a schema gives a group and an element.
const MAX_TREES: usize = 2 * gw2_protocol::message::MAX_DEPTH + 1;

/// How many elements of an array stand side by side; those behind them are folded into one item more.
const UNFOLDED: usize = 1000;

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
    /// How many elements there are.
    count: usize,
    /// The item that holds those from [`UNFOLDED`] on, and where it begins.
    folded: Option<(Item<'a>, usize)>,
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
            count: 0,
            folded: None,
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
        if let Some((item, start)) = level.folded {
            item.set_len(end.saturating_sub(start));
        }
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
            Some(NamedIds::Single(id) | NamedIds::Flags { whole: id, .. }) => *id,
            _ => unnamed,
        }
    }

    /// Puts the elements that follow below an item of their own.
    fn fold(&mut self, start: usize) -> Result<(), Thrown> {
        let level = self.level();
        self.text.clear();
        if self.wants_text {
            let more = level.count.saturating_sub(UNFOLDED);
            let _ = write!(self.text, "{more} more, from [{UNFOLDED}]");
        }
        let tree = level
            .tree
            .add_subtree(self.tvb, start..start, self.subtrees.folded, &self.text)?;
        if let Some(level) = self.trees.get_mut(self.depth) {
            level.tree = tree;
            level.folded = Some((tree.item(), start));
        }
        Ok(())
    }

    fn integer(
        &mut self,
        field: &Field,
        unnamed: FieldId,
        range: Range<usize>,
        value: u32,
    ) -> Result<(), Thrown> {
        let id = self.single(field, unnamed);
        let item = self.tree().add_u32(id, self.tvb, range.clone(), value)?;
        let Some(hint) = &field.hint else { return Ok(()) };
        let mut told = false;
        if let (Hint::Values(set), Some(key)) = (hint, field.key) {
            told = self.named.knows(key, set);
            if let (true, Some(NamedIds::Flags { flags, .. })) = (told, self.ids(field)) {
                let tree = item.subtree(self.subtrees.flags)?;
                for flag in flags {
                    tree.add_flag(*flag, self.tvb, range.clone(), value)?;
                }
            }
        }
        if self.wants_text {
            self.text.clear();
            hints::write_integer(&mut self.text, field, hint, u64::from(value), told);
            item.append_text(&self.text)?;
        }
        Ok(())
    }

    fn long_integer(&mut self, field: &Field, range: Range<usize>, value: u64) -> Result<(), Thrown> {
        let id = self.single(field, self.unnamed.u64);
        let item = self.tree().add_u64(id, self.tvb, range, value)?;
        if let (true, Some(hint)) = (self.wants_text, &field.hint) {
            self.text.clear();
            hints::write_integer(&mut self.text, field, hint, value, false);
            item.append_text(&self.text)?;
        }
        Ok(())
    }

    fn float(&mut self, field: &Field, range: Range<usize>, value: f32) -> Result<(), Thrown> {
        let id = self.single(field, self.unnamed.f32);
        let item = self.tree().add_f32(id, self.tvb, range, value)?;
        if let (true, Some(hint)) = (self.wants_text, &field.hint) {
            self.text.clear();
            hints::write_float(&mut self.text, hint, value);
            item.append_text(&self.text)?;
        }
        Ok(())
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
            self.text.push_str(": ");
            hints::write_vector(&mut self.text, components, field.hint.as_ref());
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
            Value::U8(number) => self.integer(field, u.u8, range, u32::from(number)),
            Value::U16(number) => self.integer(field, u.u16, range, u32::from(number)),
            Value::U32(number) => self.integer(field, u.u32, range, number),
            // The varint that follows the vector of a position has no name of its own.
            Value::Varint(number) if part == 1 => tree.add_u32(u.varint, tvb, range, number).map(drop),
            Value::Varint(number) => self.integer(field, u.varint, range, number),
            Value::U64(number) => self.long_integer(field, range, number),
            Value::F32(number) => self.float(field, range, number),
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
        let (item, count) = match group {
            Group::Optional(present) => {
                let id = self.single(field, self.unnamed.present);
                (tree.add_bool(id, tvb, range.clone(), present)?, 0)
            }
            Group::Array(count) => {
                let id = self.single(field, self.unnamed.count);
                let number = u32::try_from(count).unwrap_or(u32::MAX);
                (tree.add_u32(id, tvb, range.clone(), number)?, count)
            }
        };
        let tree = item.subtree(self.subtrees.group)?;
        let single = field.ty.block().is_none_or(|block| block.fields().len() <= 1);
        self.push(Level {
            tree,
            item,
            start: range.start,
            single,
            count,
            folded: None,
        });
        Ok(())
    }

    fn element(&mut self, index: usize, at: usize) -> Result<(), Thrown> {
        let start = self.base.saturating_add(at);
        if index == UNFOLDED {
            self.fold(start)?;
        }
        let level = Level {
            folded: None,
            ..self.level()
        };
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
            ..level
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
