//! The figures, side by side with what they may be.

use std::fmt;

/// Lines of a table, in the order in which they were measured.
#[derive(Default)]
pub struct Report {
    lines: Vec<Line>,
}

enum Line {
    Heading(String),
    Figure {
        what: String,
        value: f64,
        unit: &'static str,
        budget: Option<Budget>,
        note: String,
    },
}

/// What a figure may be.
#[derive(Clone, Copy)]
pub enum Budget {
    AtMost(f64),
    AtLeast(f64),
}

impl Budget {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtMost(most) => value <= most,
            Self::AtLeast(least) => value >= least,
        }
    }
}

impl fmt::Display for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(most) => write!(f, "<= {most}"),
            Self::AtLeast(least) => write!(f, ">= {least}"),
        }
    }
}

impl Report {
    pub fn heading(&mut self, text: impl Into<String>) {
        self.lines.push(Line::Heading(text.into()));
    }

    /// A figure; `note` says what it was made of.
    pub fn figure(
        &mut self,
        what: impl Into<String>,
        value: f64,
        unit: &'static str,
        budget: Option<Budget>,
        note: impl Into<String>,
    ) {
        self.lines.push(Line::Figure {
            what: what.into(),
            value,
            unit,
            budget,
            note: note.into(),
        });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.lines {
            match line {
                Line::Heading(text) => writeln!(f, "\n{text}")?,
                Line::Figure {
                    what,
                    value,
                    unit,
                    budget,
                    note,
                } => {
                    let verdict = match budget {
                        Some(budget) if budget.holds(*value) => format!("{budget}, kept"),
                        Some(budget) => format!("{budget}, MISSED"),
                        None => String::new(),
                    };
                    let value = format!("{value:.2}{unit}");
                    writeln!(f, "  {what:<58} {value:>10}  {verdict:<16} {note}")?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_that_is_missed_is_told() {
        let mut report = Report::default();
        report.heading("20 MB");
        report.figure("one pass", 1.2, "", Some(Budget::AtMost(1.25)), "12 s, 10 s");
        report.figure("peer", 9.0, "", Some(Budget::AtLeast(12.0)), "");
        report.figure("other", 0.5, " ms", None, "");
        let text = report.to_string();
        let lines: Vec<_> = text
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(
            lines,
            [
                "",
                "20 MB",
                "one pass 1.20 <= 1.25, kept 12 s, 10 s",
                "peer 9.00 >= 12, MISSED",
                "other 0.50 ms"
            ]
        );
    }
}
