//! Which message of one build became which of another (docs/schema-commands.md, "diff").

mod align;
mod carry;
mod model;
mod moved;
mod report;
mod shape;

use std::collections::HashSet;

use gw2_protocol::schema::Schema;

pub use carry::carry;
pub use report::Report;

use align::SlotPair;
use model::Model;
use shape::Shape;

/// What became of a table.
pub struct Comparison<'a> {
    /// Messages that both builds have, in the order of old opcodes.
    pub pairs: Vec<Pair<'a>>,
    /// Old messages without a new one.
    pub gone: Vec<&'a Schema>,
    /// New messages without an old one.
    pub added: Vec<&'a Schema>,
}

/// A message of both builds.
pub struct Pair<'a> {
    /// As it was.
    pub old: &'a Schema,
    /// As it is.
    pub new: &'a Schema,
    /// The probability that these are the same message; docs/schema-commands.md says how far to trust it.
    pub confidence: f64,
    /// What changed on the wire.
    pub change: Change,
    /// It went past other messages, so that order says nothing for it.
    pub moved: bool,
}

/// How a message's fields differ between two builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Not at all, as far as both tables know.
    None,
    /// In counts or limits.
    Bounds,
    /// In types or nesting.
    Fields,
}

/// Compares two tables, each in the order of opcodes.
pub fn compare<'a>(old: &'a [Schema], new: &'a [Schema]) -> Comparison<'a> {
    let model = Model::new(old, new);
    let in_order = align::align(&model);
    let moved = moved::find(&model, &in_order);
    let pair = |pair: SlotPair, moved| {
        let old = model.old.get(pair.old)?.message?;
        let new = model.new.get(pair.new)?.message?;
        Some(Pair {
            old,
            new,
            confidence: pair.confidence,
            change: change(old, new),
            moved,
        })
    };
    let in_order = in_order.into_iter().filter_map(|slots| pair(slots, false));
    let mut pairs: Vec<Pair> = in_order
        .chain(moved.into_iter().filter_map(|slots| pair(slots, true)))
        .collect();
    pairs.sort_by_key(|pair| pair.old.opcode);
    let left = |messages: &'a [Schema], taken: HashSet<u16>| {
        let left = messages.iter().filter(|schema| !taken.contains(&schema.opcode));
        left.collect::<Vec<_>>()
    };
    Comparison {
        gone: left(old, pairs.iter().map(|pair| pair.old.opcode).collect()),
        added: left(new, pairs.iter().map(|pair| pair.new.opcode).collect()),
        pairs,
    }
}

fn change(old: &Schema, new: &Schema) -> Change {
    let ((old_shape, old_bounds), (new_shape, new_bounds)) = (Shape::of(old), Shape::of(new));
    if old_shape != new_shape {
        return Change::Fields;
    }
    let mut bounds = old_bounds.into_iter().zip(new_bounds);
    if bounds.any(|(old, new)| old.zip(new).is_some_and(|(old, new)| old != new)) {
        return Change::Bounds;
    }
    Change::None
}

#[cfg(test)]
mod tests;
