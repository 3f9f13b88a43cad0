//! Messages that went past others, which an alignment can't follow.

use std::collections::HashSet;

use super::align::SlotPair;
use super::model::{Model, Slot, look_the_same};

/// The share of those messages that seem gone which in truth have gone elsewhere in the table.
const ELSEWHERE: f64 = 0.2;

/// Pairs of slots that no pair of `in_order` holds and that look the same, each only like the other.
///
/// The confidence weighs that a message went elsewhere against that some new one has its fields by
/// chance: as often as the shape's share in the tables, for each of the new ones.
pub fn find(model: &Model, in_order: &[SlotPair]) -> Vec<SlotPair> {
    let old = left(&model.old, in_order.iter().map(|pair| pair.old).collect());
    let new = left(&model.new, in_order.iter().map(|pair| pair.new).collect());
    let mut pairs = Vec::new();
    for (at, one) in &old {
        let Some((to, other)) = only(&new, one) else {
            continue;
        };
        if only(&old, other).is_none() {
            continue;
        }
        let by_chance = model.share(other) * new.len() as f64;
        pairs.push(SlotPair {
            old: *at,
            new: to,
            confidence: ELSEWHERE / (ELSEWHERE + by_chance),
        });
    }
    pairs.retain(|pair| pair.confidence > 0.5);
    pairs
}

type Numbered<'m, 'a> = (usize, &'m Slot<'a>);

fn left<'m, 'a>(slots: &'m [Slot<'a>], taken: HashSet<usize>) -> Vec<Numbered<'m, 'a>> {
    let numbered = slots.iter().enumerate();
    numbered
        .filter(|(at, slot)| slot.message.is_some() && !taken.contains(at))
        .collect()
}

/// The slot that looks like `wanted`, when there is just one.
fn only<'m, 'a>(slots: &[Numbered<'m, 'a>], wanted: &Slot) -> Option<Numbered<'m, 'a>> {
    let mut like = slots.iter().filter(|(_, slot)| look_the_same(slot, wanted));
    match (like.next(), like.next()) {
        (Some(found), None) => Some(*found),
        _ => None,
    }
}
