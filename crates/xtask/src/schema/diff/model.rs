//! How likely it is that two messages of two builds are the same one, as odds against chance.

use std::collections::HashMap;

use gw2_protocol::schema::Schema;

use super::shape::{Bounds, Shape};

/// One slot of a client's table of opcodes.
pub struct Slot<'a> {
    /// The message; `None` for an opcode that the client does not have.
    pub message: Option<&'a Schema>,
    class: usize,
    bounds: Bounds,
}

/// Two tables, slot by slot.
pub struct Model<'a> {
    /// The old table's slots.
    pub old: Vec<Slot<'a>>,
    /// The new table's slots.
    pub new: Vec<Slot<'a>>,
    /// The share of each shape among all slots of both.
    share: Vec<f64>,
    /// The odds that a message of the first shape became one of the second, without the second's share.
    became: Vec<Vec<f64>>,
}

/// The share of messages whose fields change from one build to another.
const CHANGED: f64 = 0.05;

/// How much less likely a change becomes with each field that differs: there are some ten places and
/// types for one.
const EACH_EDIT: f64 = 0.02;

/// What edits may cost ([`Shape::edits`]) before a message is taken for another one.
const MOST_EDITS: u32 = 40;

/// What a count or limit says that is the same in both messages, or is not.
const SAME_BOUND: f64 = 3.0;
const OTHER_BOUND: f64 = 0.05;

/// What it says that both have the same name.
pub const SAME_NAME: f64 = 1e6;

impl<'a> Model<'a> {
    /// The model of two tables, each in the order of opcodes.
    pub fn new(old: &'a [Schema], new: &'a [Schema]) -> Self {
        let mut classes = Classes::default();
        let holes = is_dense(old) && is_dense(new);
        let old = classes.slots(old, holes);
        let new = classes.slots(new, holes);
        let total = (old.len() + new.len()).max(1) as f64;
        let share = classes.counts.iter().map(|count| *count as f64 / total).collect();
        Self {
            became: classes.became(),
            old,
            new,
            share,
        }
    }

    /// The share of a slot's shape among the slots of both tables.
    pub fn share(&self, slot: &Slot) -> f64 {
        self.share.get(slot.class).copied().unwrap_or(1.0)
    }

    /// The odds that an old slot became a new one, against both being there by chance.
    pub fn odds(&self, old: &Slot, new: &Slot) -> f64 {
        let became = self.became.get(old.class).and_then(|row| row.get(new.class));
        let mut odds = became.copied().unwrap_or(0.0) / self.share(new);
        if old.class == new.class {
            for bounds in old.bounds.iter().zip(&new.bounds) {
                odds *= match bounds {
                    (Some(one), Some(other)) if one == other => SAME_BOUND,
                    (Some(_), Some(_)) => OTHER_BOUND,
                    _ => 1.0,
                };
            }
        }
        if have_one_name(old, new) {
            odds = odds.max(EACH_EDIT) * SAME_NAME;
        }
        odds
    }
}

/// Whether two slots hold messages of one shape with the same counts and limits, as far as both are known.
pub fn look_the_same(one: &Slot, other: &Slot) -> bool {
    let bounds = one.bounds.iter().zip(&other.bounds);
    let agree = |(one, other): (&Option<u16>, &Option<u16>)| one.is_none() || other.is_none() || one == other;
    one.message.is_some() && one.class == other.class && bounds.into_iter().all(agree)
}

/// Whether two slots hold messages of the same name.
pub fn have_one_name(one: &Slot, other: &Slot) -> bool {
    let one = one.message.and_then(|message| message.name.as_deref());
    let other = other.message.and_then(|message| message.name.as_deref());
    one.is_some() && one == other
}

/// Whether a table has most of its client's messages, so that an opcode that it lacks says something.
fn is_dense(messages: &[Schema]) -> bool {
    let last = messages.last().map_or(0, |schema| usize::from(schema.opcode));
    messages.len() * 2 > last
}

/// The shapes of two tables, numbered.
#[derive(Default)]
struct Classes {
    /// `None` is the shape of an opcode that is not there.
    numbers: HashMap<Option<Shape>, usize>,
    counts: Vec<usize>,
}

impl Classes {
    fn slots<'a>(&mut self, messages: &'a [Schema], holes: bool) -> Vec<Slot<'a>> {
        let mut slots = Vec::new();
        let mut next = messages.first().map_or(0, |schema| usize::from(schema.opcode));
        for schema in messages {
            let opcode = usize::from(schema.opcode);
            while holes && next < opcode {
                slots.push(Slot {
                    message: None,
                    class: self.number(None),
                    bounds: Vec::new(),
                });
                next += 1;
            }
            next = opcode + 1;
            let (shape, bounds) = Shape::of(schema);
            slots.push(Slot {
                message: Some(schema),
                class: self.number(Some(shape)),
                bounds,
            });
        }
        slots
    }

    fn number(&mut self, shape: Option<Shape>) -> usize {
        let new = self.counts.len();
        let number = *self.numbers.entry(shape).or_insert(new);
        if number == new {
            self.counts.push(0);
        }
        if let Some(count) = self.counts.get_mut(number) {
            *count += 1;
        }
        number
    }

    fn became(&self) -> Vec<Vec<f64>> {
        let mut shapes: Vec<(&Option<Shape>, usize)> = self
            .numbers
            .iter()
            .map(|(shape, number)| (shape, *number))
            .collect();
        shapes.sort_by_key(|(_, number)| *number);
        let odds = |old: &Option<Shape>, new: &Option<Shape>| match (old, new) {
            _ if old == new => 1.0 - CHANGED,
            (Some(old), Some(new)) => {
                let edits = old.edits(new, MOST_EDITS);
                edits.map_or(0.0, |edits| CHANGED * EACH_EDIT.powf(f64::from(edits) / 10.0))
            }
            _ => 0.0,
        };
        let row = |old| shapes.iter().map(|(new, _)| odds(old, new)).collect();
        shapes.iter().map(|(old, _)| row(old)).collect()
    }
}
