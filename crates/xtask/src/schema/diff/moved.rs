//! Messages that went past others, which an alignment can't follow.

use std::collections::HashSet;

use super::align::SlotPair;
use super::model::{Model, SAME_NAME, Slot, have_one_name, look_the_same};

/// The share of those messages that seem gone which in truth have gone elsewhere in the table.
const ELSEWHERE: f64 = 0.2;

/// Pairs of slots that no pair of `in_order` holds and that look the same or have the same name, each
/// only like the other.
///
/// The confidence weighs that a message went elsewhere against that some new one has its fields by
/// chance: as often as the shape's share in the tables, for each of the new ones.
pub fn find(model: &Model, in_order: &[SlotPair]) -> Vec<SlotPair> {
    let old = left(&model.old, in_order.iter().map(|pair| pair.old).collect());
    let new = left(&model.new, in_order.iter().map(|pair| pair.new).collect());
    let mut pairs = Vec::new();
    for (at, one) in &old {
        for (alike, said) in [
            (have_one_name as fn(&Slot, &Slot) -> bool, SAME_NAME),
            (look_the_same, 1.0),
        ] {
            let Some((to, other)) = only(&new, |other| alike(one, other)) else {
                continue;
            };
            let taken = pairs
                .iter()
                .any(|pair: &SlotPair| pair.old == *at || pair.new == to);
            if taken || only(&old, |one| alike(one, other)).is_none() {
                continue;
            }
            let elsewhere = ELSEWHERE * said;
            let by_chance = model.share(other) * new.len() as f64;
            pairs.push(SlotPair {
                old: *at,
                new: to,
                confidence: elsewhere / (elsewhere + by_chance),
            });
        }
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

/// The slot that is such, when there is just one.
fn only<'m, 'a>(slots: &[Numbered<'m, 'a>], is_such: impl Fn(&Slot<'a>) -> bool) -> Option<Numbered<'m, 'a>> {
    let mut such = slots.iter().filter(|(_, slot)| is_such(slot));
    match (such.next(), such.next()) {
        (Some(found), None) => Some(*found),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::schema::diff::compare;
    use gw2_protocol::schema::parse;

    /// The opcodes of the pairs that are out of order.
    fn moved(old: &str, new: &str) -> Vec<(u16, u16)> {
        let messages = |text: &str| {
            // Between the messages in question stand some that say where they are.
            let anchors = (0x100..0x140u16).map(|opcode| {
                let count = opcode - 0xff;
                format!("\n0x{opcode:04x} {{ {} guid }}", "u8 ".repeat(count.into()))
            });
            let anchors: String = anchors.collect();
            let text = format!("schema s\ntable gs2c\n{}", text.replace("ANCHORS", &anchors));
            let (file, errors) = parse("a", &text);
            assert_eq!(errors, []);
            file.unwrap().messages
        };
        let (old, new) = (messages(old), messages(new));
        let comparison = compare(&old, &new);
        let moved = comparison.pairs.iter().filter(|pair| pair.moved);
        moved.map(|pair| (pair.old.opcode, pair.new.opcode)).collect()
    }

    #[test]
    fn a_message_like_no_other_is_found_elsewhere() {
        assert_eq!(
            moved("0x0001 { u64 vec2 }\nANCHORS", "ANCHORS\n0x0200 { u64 vec2 }"),
            [(0x0001, 0x0200)]
        );
    }

    #[test]
    fn one_of_two_that_look_the_same_is_not_guessed() {
        let new = "ANCHORS\n0x0200 { u64 vec2 }\n0x0201 { u64 vec2 }";
        assert_eq!(moved("0x0001 { u64 vec2 }\nANCHORS", new), []);
    }

    #[test]
    fn a_name_that_both_have_finds_a_message_whatever_became_of_its_fields() {
        let new = "ANCHORS\n0x0200 { u64 vec2 }\n0x0201 MOVE { f32 f32 }";
        assert_eq!(
            moved("0x0001 MOVE { u64 vec2 }\nANCHORS", new),
            [(0x0001, 0x0201)]
        );
    }
}
