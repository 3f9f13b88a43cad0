//! The alignment of two tables whose messages mostly keep their order.
//!
//! A pair hidden Markov model: going through both tables from the first slot to the last, each step
//! pairs a slot of one with a slot of the other, or passes over one that the other lacks. Summed over
//! all ways of doing that (the forward-backward algorithm), weighted by the odds of [`Model`] and the
//! likelihood of each step, this gives for each pair of slots the probability that they are the same
//! message. Unlike the best alignment alone, that says how far to trust each pair.

use super::model::Model;

/// Two slots that are the same message, if the confidence is to be believed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SlotPair {
    /// The number of the old slot.
    pub old: usize,
    /// The number of the new slot.
    pub new: usize,
    /// The probability under the model that they are the same.
    pub confidence: f64,
}

/// The pairs that are likelier than not. A slot is in one of them at most, as the probabilities of all
/// its pairs add up to no more than 1.
pub fn align(model: &Model) -> Vec<SlotPair> {
    const LIKELY: f64 = 0.5;
    let forward = Forward::of(model);
    let mut pairs = Vec::new();
    backward(model, &forward, |pair| {
        if pair.confidence > LIKELY {
            pairs.push(pair);
        }
    });
    pairs.reverse();
    pairs
}

/// The probabilities of a step after a pair: another pair, or the begin of a run that one table lacks.
const PAIR_PAIR: f64 = 0.97;
const PAIR_GAP: f64 = 0.015;
/// After a slot that one table lacks: another such, a pair, or one that the other table lacks.
const GAP_GAP: f64 = 0.7;
const GAP_PAIR: f64 = 0.28;
const GAP_OTHER: f64 = 0.02;

/// The logarithm of a sum of probabilities that are given as logarithms.
fn sum<const N: usize>(logs: [f64; N]) -> f64 {
    let most = logs.into_iter().fold(f64::NEG_INFINITY, f64::max);
    if most == f64::NEG_INFINITY {
        return most;
    }
    most + logs.into_iter().map(|log| (log - most).exp()).sum::<f64>().ln()
}

/// The logarithms of the probabilities of all ways to (and with) some step, or all behind it.
#[derive(Clone, Copy)]
struct Ways {
    pair: f64,
    /// Passing over an old slot.
    gone: f64,
    /// Passing over a new slot.
    added: f64,
}

impl Ways {
    const NONE: Self = Self {
        pair: f64::NEG_INFINITY,
        gone: f64::NEG_INFINITY,
        added: f64::NEG_INFINITY,
    };

    fn all(self) -> f64 {
        sum([self.pair, self.gone, self.added])
    }
}

/// The ways to each cell: after so many old slots and so many new ones.
struct Forward {
    cells: Vec<Ways>,
    width: usize,
}

impl Forward {
    fn of(model: &Model) -> Self {
        let width = model.new.len() + 1;
        let mut this = Self {
            cells: vec![Ways::NONE; width * (model.old.len() + 1)],
            width,
        };
        for old in 0..=model.old.len() {
            for new in 0..width {
                let ways = this.ways_to(model, old, new);
                if let Some(cell) = this.cells.get_mut(old * width + new) {
                    *cell = ways;
                }
            }
        }
        this
    }

    fn at(&self, old: usize, new: usize) -> Ways {
        self.cells
            .get(old * self.width + new)
            .copied()
            .unwrap_or(Ways::NONE)
    }

    fn ways_to(&self, model: &Model, old: usize, new: usize) -> Ways {
        if old == 0 && new == 0 {
            // Before the first slot is as after a pair.
            return Ways {
                pair: 0.0,
                ..Ways::NONE
            };
        }
        let mut ways = Ways::NONE;
        let before = (old.checked_sub(1), new.checked_sub(1));
        if let (Some(old), Some(new)) = before
            && let (Some(one), Some(other)) = (model.old.get(old), model.new.get(new))
        {
            let from = self.at(old, new);
            ways.pair = model.odds(one, other).ln()
                + sum([
                    from.pair + PAIR_PAIR.ln(),
                    from.gone + GAP_PAIR.ln(),
                    from.added + GAP_PAIR.ln(),
                ]);
        }
        if let (Some(old), _) = before {
            let from = self.at(old, new);
            ways.gone = sum([
                from.pair + PAIR_GAP.ln(),
                from.gone + GAP_GAP.ln(),
                from.added + GAP_OTHER.ln(),
            ]);
        }
        if let (_, Some(new)) = before {
            let from = self.at(old, new);
            ways.added = sum([
                from.pair + PAIR_GAP.ln(),
                from.added + GAP_GAP.ln(),
                from.gone + GAP_OTHER.ln(),
            ]);
        }
        ways
    }
}

/// Goes back from the end of both tables and tells every pair with its probability, the last first.
fn backward(model: &Model, forward: &Forward, mut tell: impl FnMut(SlotPair)) {
    let (olds, news) = (model.old.len(), model.new.len());
    let total = forward.at(olds, news).all();
    // The ways behind the cells of the row below, and of this one as far as it is known.
    let mut below = vec![Ways::NONE; news + 1];
    for old in (0..=olds).rev() {
        let mut row = vec![Ways::NONE; news + 1];
        for new in (0..=news).rev() {
            let behind = if old == olds && new == news {
                Ways {
                    pair: 0.0,
                    gone: 0.0,
                    added: 0.0,
                }
            } else {
                let next = |row: &[Ways], new: usize| row.get(new).copied().unwrap_or(Ways::NONE);
                let pair = match (model.old.get(old), model.new.get(new)) {
                    (Some(one), Some(other)) => model.odds(one, other).ln() + next(&below, new + 1).pair,
                    _ => f64::NEG_INFINITY,
                };
                let gone = next(&below, new).gone;
                let added = next(&row, new + 1).added;
                Ways {
                    pair: sum([pair + PAIR_PAIR.ln(), gone + PAIR_GAP.ln(), added + PAIR_GAP.ln()]),
                    gone: sum([pair + GAP_PAIR.ln(), gone + GAP_GAP.ln(), added + GAP_OTHER.ln()]),
                    added: sum([pair + GAP_PAIR.ln(), added + GAP_GAP.ln(), gone + GAP_OTHER.ln()]),
                }
            };
            if let Some(cell) = row.get_mut(new) {
                *cell = behind;
            }
            if let (Some(one), Some(other)) = (old.checked_sub(1), new.checked_sub(1)) {
                tell(SlotPair {
                    old: one,
                    new: other,
                    confidence: (forward.at(old, new).pair + behind.pair - total).exp(),
                });
            }
        }
        below = row;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gw2_protocol::schema::{Schema, parse};

    fn messages(lines: &[&str]) -> Vec<Schema> {
        let bodies = (1..)
            .zip(lines)
            .map(|(opcode, fields)| format!("{opcode:#06x} {{ {fields} }}\n"));
        let text = format!("schema s table gs2c\n{}", bodies.collect::<String>());
        parse("a", &text.replace(" 0x", "\n0x")).0.unwrap().messages
    }

    /// Every way of aligning two short tables, one by one.
    fn by_hand(model: &Model, old: usize, new: usize, state: usize, pair: (usize, usize)) -> (f64, f64) {
        if old == model.old.len() && new == model.new.len() {
            return (1.0, 0.0);
        }
        let steps = [
            [PAIR_PAIR, PAIR_GAP, PAIR_GAP],
            [GAP_PAIR, GAP_GAP, GAP_OTHER],
            [GAP_PAIR, GAP_OTHER, GAP_GAP],
        ][state];
        let (mut all, mut with) = (0.0, 0.0);
        let mut add = |weight: f64, (ways, ways_with): (f64, f64), is_it: bool| {
            all += weight * ways;
            with += weight * if is_it { ways } else { ways_with };
        };
        if old < model.old.len() && new < model.new.len() {
            let odds = model.odds(&model.old[old], &model.new[new]);
            add(
                steps[0] * odds,
                by_hand(model, old + 1, new + 1, 0, pair),
                (old, new) == pair,
            );
        }
        if old < model.old.len() {
            add(steps[1], by_hand(model, old + 1, new, 1, pair), false);
        }
        if new < model.new.len() {
            add(steps[2], by_hand(model, old, new + 1, 2, pair), false);
        }
        (all, with)
    }

    #[test]
    fn probabilities_are_those_of_all_ways_counted_one_by_one() {
        let old = messages(&["u8", "u8 u16", "guid", "u8"]);
        let new = messages(&["u8", "guid", "u8", "u8 u16 u64"]);
        let model = Model::new(&old, &new);
        let forward = Forward::of(&model);
        let mut told = 0;
        backward(&model, &forward, |pair| {
            let (all, with) = by_hand(&model, 0, 0, 0, (pair.old, pair.new));
            assert!(
                (pair.confidence - with / all).abs() < 1e-9,
                "{pair:?}, not {}",
                with / all
            );
            told += 1;
        });
        assert_eq!(told, 16);
    }

    #[test]
    fn order_decides_between_messages_of_one_shape() {
        let old = messages(&["u8", "guid", "u8", "vec3", "u8"]);
        let new = messages(&["u8", "guid", "u8 f32 f32 address", "u8", "vec3", "u8"]);
        let pairs = align(&Model::new(&old, &new));
        let found: Vec<(usize, usize)> = pairs.iter().map(|pair| (pair.old, pair.new)).collect();
        assert_eq!(found, [(0, 0), (1, 1), (2, 3), (3, 4), (4, 5)]);
    }

    #[test]
    fn empty_tables_have_no_pairs() {
        assert_eq!(align(&Model::new(&[], &messages(&["u8"]))), []);
    }
}
