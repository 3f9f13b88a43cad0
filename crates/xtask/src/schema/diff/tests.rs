//! How good the proposals are: tables whose truth is known, because a program changed them, and the
//! clients of 2025 and 2026, of which names are known on their own.

use super::*;
use crate::schema::library::Library;
use gw2_protocol::Table;
use gw2_protocol::schema::{Block, Field, FieldType};

/// Numbers that are the same in each run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % most
    }

    fn happens(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

fn builtin(set: &str, table: Table) -> Vec<Schema> {
    let library = Library::load(&[]);
    let messages = library.table(set, table).messages;
    messages.into_iter().cloned().map(without_names).collect()
}

fn without_names(mut schema: Schema) -> Schema {
    schema.name = None;
    schema
}

/// A message as a later client may have it: a field more, less or of another type, or another limit.
fn changed(schema: &Schema, random: &mut Random) -> Schema {
    let mut fields = schema.fields().to_vec();
    let new = Field::new([FieldType::U8, FieldType::U16, FieldType::Varint][random.below(3)].clone());
    let at = random.below(fields.len().max(1));
    match random.below(4) {
        0 if !fields.is_empty() => drop(fields.remove(at)),
        1 if !fields.is_empty() => fields[at] = new,
        2 => fields.insert(at, new),
        _ => fields.push(new),
    }
    let mut changed = schema.clone();
    changed.body = Block::new(fields);
    changed
}

/// A later client's table: the messages, and for each the opcode that it had, if it had one.
fn later(old: &[Schema], random: &mut Random) -> Vec<(Schema, Option<u16>)> {
    let mut new: Vec<(Schema, Option<u16>)> = Vec::new();
    let mut shift = 0;
    for schema in old {
        if random.happens(2) {
            // As a new part of the client adds its messages, one behind the other.
            for _ in 0..=random.below(6) {
                let mut added = changed(&old[random.below(old.len())], random);
                added.opcode = schema.opcode + shift;
                new.push((added, None));
                shift += 1;
            }
        }
        if random.happens(3) {
            // Its opcode stays free, or those behind it move up.
            shift -= u16::from(shift > 0 && random.happens(50));
            continue;
        }
        let mut kept = if random.happens(4) {
            changed(schema, random)
        } else {
            schema.clone()
        };
        kept.opcode = schema.opcode + shift;
        new.push((kept, Some(schema.opcode)));
    }
    new
}

/// Of all messages that both tables have: how many were found; of the proposals: how many there are
/// and how many are right.
struct Score {
    both: usize,
    proposed: usize,
    right: usize,
}

fn score(set: &str, table: Table, at_least: f64) -> Score {
    let old = builtin(set, table);
    let mut score = Score {
        both: 0,
        proposed: 0,
        right: 0,
    };
    for seed in 1..=3u64 {
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let truth = later(&old, &mut random);
        let new: Vec<Schema> = truth.iter().map(|(schema, _)| schema.clone()).collect();
        let comparison = compare(&old, &new);
        score.both += truth.iter().filter(|(_, before)| before.is_some()).count();
        for pair in comparison.pairs.iter().filter(|pair| pair.confidence >= at_least) {
            let (_, before) = truth
                .iter()
                .find(|(schema, _)| schema.opcode == pair.new.opcode)
                .unwrap();
            score.proposed += 1;
            score.right += usize::from(*before == Some(pair.old.opcode));
        }
    }
    score
}

/// Asserts that at least `right` percent of the proposals are right, and that they are at least `found`
/// percent of what there is to find. docs/schema-commands.md states these figures.
fn holds(set: &str, table: Table, at_least: f64, right: f64, found: f64) {
    let score = score(set, table, at_least);
    let percent = |part: usize, whole: usize| 100.0 * part as f64 / whole as f64;
    let (is_right, is_found) = (
        percent(score.right, score.proposed),
        percent(score.right, score.both),
    );
    println!("{set}/{table} from {at_least}: {is_right:.1} % right, {is_found:.1} % found");
    assert!(
        is_right >= right,
        "{is_right:.1} % of the proposals from {at_least} are right"
    );
    assert!(
        is_found >= found,
        "{is_found:.1} % of the messages are found from {at_least}"
    );
}

#[test]
fn proposals_for_a_table_changed_by_a_program_are_right() {
    holds("2026-205780", Table::C2gs, 0.5, 90.0, 90.0);
    holds("2026-205780", Table::C2gs, 0.9, 90.0, 80.0);
    holds("2026-205780", Table::Gs2c, 0.5, 90.0, 90.0);
    holds("2026-205780", Table::Gs2c, 0.9, 90.0, 80.0);
}
