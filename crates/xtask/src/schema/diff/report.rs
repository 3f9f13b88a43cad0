//! A comparison as text for people.

use std::fmt::Write;

use anyhow::Result;
use gw2_protocol::schema::Schema;

use super::{Change, Comparison, Pair, compare};
use crate::schema::library::OwnTable;
use crate::schema::message;

/// What to tell of two tables.
pub struct Report<'a> {
    /// The old set's name and its table.
    pub old: (&'a str, &'a OwnTable),
    /// The new set's name and its table.
    pub new: (&'a str, &'a OwnTable),
    /// The least confidence of a proposal.
    pub at_least: f64,
    /// Each pair and each message on a line of its own.
    pub all: bool,
}

impl Report<'_> {
    /// The proposals, what is less sure, and what only one table has.
    pub fn text(&self) -> Result<String> {
        let comparison = compare(&self.old.1.messages, &self.new.1.messages);
        let mut out = String::new();
        for (name, table) in [self.old, self.new] {
            let partial = if table.partial { ", known to lack some" } else { "" };
            let count = table.messages.len();
            let _ = writeln!(out, "# {} {name}: {count} messages{partial}", table.table);
        }
        let (sure, unsure): (Vec<&Pair>, Vec<&Pair>) = comparison
            .pairs
            .iter()
            .partition(|pair| pair.confidence >= self.at_least);
        for run in sure.chunk_by(|one, next| !self.all && continues(one, next)) {
            out.push_str(&run_line(run));
        }
        for pair in &unsure {
            let _ = writeln!(out, "{}  below --at-least", pair_line(pair));
        }
        for (lacking, column, messages) in [
            (self.new.1.partial, Column::Gone, &comparison.gone),
            (self.old.1.partial, Column::New, &comparison.added),
        ] {
            // That a table which lacks many messages lacks one says nothing.
            let told = if lacking && !self.all {
                &[]
            } else {
                messages.as_slice()
            };
            for schema in told {
                out.push_str(&column.line(schema)?);
            }
        }
        out.push_str(&closing(&comparison, &sure, unsure.len(), self.at_least));
        Ok(out)
    }
}

/// Whether a pair needs no line of its own behind another: both are unnamed and unchanged, and were
/// shifted alike.
fn continues(one: &Pair, next: &Pair) -> bool {
    let plain = |pair: &Pair| {
        let named = pair.old.name.is_some() || pair.new.name.is_some();
        !named && !pair.moved && pair.change == Change::None
    };
    let shift = |pair: &Pair| i32::from(pair.new.opcode) - i32::from(pair.old.opcode);
    plain(one) && plain(next) && shift(one) == shift(next)
}

fn run_line(run: &[&Pair]) -> String {
    match run {
        [] => String::new(),
        [one] => format!("{}\n", pair_line(one)),
        [first, .., last] => {
            let least = run.iter().map(|pair| pair.confidence).fold(1.0, f64::min);
            let (old, new) = (first.old.opcode, first.new.opcode);
            format!(
                "0x{old:04x} -> 0x{new:04x}  {}  and on to 0x{:04x} -> 0x{:04x}: {} without name and change\n",
                shown(least),
                last.old.opcode,
                last.new.opcode,
                run.len(),
            )
        }
    }
}

fn pair_line(pair: &Pair) -> String {
    let names = match (pair.old.name.as_deref(), pair.new.name.as_deref()) {
        (Some(old), Some(new)) if old != new => format!("  {old}, now {new}"),
        (Some(name), Some(_)) => format!("  {name} in both"),
        (Some(name), None) => format!("  {name} in the old one"),
        (None, Some(name)) => format!("  {name} in the new one"),
        (None, None) => String::new(),
    };
    let change = match pair.change {
        Change::None => "",
        Change::Bounds => "  other counts or limits",
        Change::Fields => "  other fields",
    };
    let moved = if pair.moved {
        "  elsewhere in the table"
    } else {
        ""
    };
    let (old, new) = (pair.old.opcode, pair.new.opcode);
    format!(
        "0x{old:04x} -> 0x{new:04x}  {}{names}{change}{moved}",
        shown(pair.confidence)
    )
}

/// Rounded down: 1.000 would claim a certainty that there is not.
fn shown(confidence: f64) -> String {
    format!("{:.3}", ((confidence * 1000.0).floor() / 1000.0).min(0.999))
}

/// Which table has a message that the other one lacks.
enum Column {
    Gone,
    New,
}

impl Column {
    fn line(&self, schema: &Schema) -> Result<String> {
        let place = match self {
            Self::Gone => format!("0x{:04x} gone          ", schema.opcode),
            Self::New => format!("          0x{:04x} new", schema.opcode),
        };
        let name = schema.name.as_deref().unwrap_or_default();
        let gap = if name.is_empty() { "" } else { " " };
        Ok(format!(
            "{place}    {name}{gap}{}\n",
            message::fields_line(schema)?
        ))
    }
}

fn closing(comparison: &Comparison, sure: &[&Pair], unsure: usize, at_least: f64) -> String {
    let shifted = sure
        .iter()
        .filter(|pair| pair.old.opcode != pair.new.opcode)
        .count();
    let changed = sure.iter().filter(|pair| pair.change != Change::None).count();
    format!(
        "# {} pairs from {at_least} up: {shifted} with another opcode, {changed} changed; {unsure} less sure; \
         {} only in the old one, {} only in the new one\n\n",
        sure.len(),
        comparison.gone.len(),
        comparison.added.len(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use gw2_protocol::Table;
    use gw2_protocol::schema::parse;

    fn table(text: &str) -> OwnTable {
        let (file, errors) = parse("a", &format!("schema s table gs2c\n{text}"));
        assert_eq!(errors, []);
        OwnTable {
            table: Table::Gs2c,
            partial: false,
            messages: file.unwrap().messages,
        }
    }

    #[test]
    fn runs_are_one_line_and_what_has_a_name_or_changed_another() {
        let old = table(
            "0x0001 { u8 u64 }\n0x0002 { guid }\n0x0003 MOVE { vec3 vec3 }\n0x0004 { address }\n0x0005 { f32 vec2 f32 }\n\
             0x0006 { u16 guid u16 bytes(3) }\n0x0007 { u64 u16 u64 }",
        );
        let new = table(
            "0x0001 { u8 u64 }\n0x0002 { guid }\n0x0003 { u16 u16 u16 }\n0x0004 { vec3 vec3 }\n0x0005 { address }\n\
             0x0006 { u16 guid u16 bytes(3) u8 }\n0x0007 { u64 u16 u64 }",
        );
        let report = Report {
            old: ("one", &old),
            new: ("two", &new),
            at_least: 0.5,
            all: false,
        };
        let text = report.text().unwrap();
        let without_figures: Vec<String> = text
            .lines()
            .map(|line| {
                line.split("  ")
                    .filter(|word| !word.starts_with("0."))
                    .collect::<Vec<_>>()
                    .join("  ")
            })
            .collect();
        assert_eq!(
            without_figures,
            [
                "# gs2c one: 7 messages",
                "# gs2c two: 7 messages",
                "0x0001 -> 0x0001  and on to 0x0002 -> 0x0002: 2 without name and change",
                "0x0003 -> 0x0004  MOVE in the old one",
                "0x0004 -> 0x0005",
                "0x0006 -> 0x0006  other fields",
                "0x0007 -> 0x0007",
                "0x0005 gone              { f32 vec2 f32 }",
                "          0x0003 new    { u16 u16 u16 }",
                "# 6 pairs from 0.5 up: 2 with another opcode, 1 changed; 0 less sure; 1 only in the old one, \
                 1 only in the new one",
                "",
            ]
        );
    }

    #[test]
    fn no_confidence_is_shown_as_certainty() {
        assert_eq!(shown(0.999_96), "0.999");
        assert_eq!(shown(1.0), "0.999");
        assert_eq!(shown(0.9), "0.900");
    }
}
