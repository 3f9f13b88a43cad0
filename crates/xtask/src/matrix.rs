//! What was built, loaded and tested: a line for each Wireshark version and system.

use std::fmt;

use anyhow::Result;
use tshark_harness::Version;

/// How far a step came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Step {
    #[default]
    NotReached,
    Failed,
    Passed,
}

impl Step {
    fn of<T>(result: &Result<T>) -> Self {
        if result.is_ok() {
            Self::Passed
        } else {
            Self::Failed
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::NotReached => "-",
            Self::Failed => "FAILED",
            Self::Passed => "yes",
        })
    }
}

/// A version of Wireshark on a system, and how far the plugin came there.
#[derive(Clone, Debug)]
pub struct Row {
    version: String,
    system: String,
    built: Step,
    loaded: Step,
    tested: Step,
    missing: bool,
}

impl Row {
    /// Nothing is known yet.
    pub fn new(version: &str, system: &str) -> Self {
        Self {
            version: version.to_owned(),
            system: system.to_owned(),
            built: Step::NotReached,
            loaded: Step::NotReached,
            tested: Step::NotReached,
            missing: false,
        }
    }

    /// The version could not be had, and that is to be borne.
    pub fn is_missing(&mut self) {
        self.missing = true;
    }

    /// The version in full.
    pub fn is_of(&mut self, version: Version) {
        self.version = version.to_string();
    }

    /// Takes down whether it was built; hands the result on.
    pub fn built<T>(&mut self, result: Result<T>) -> Result<T> {
        self.built = Step::of(&result);
        result
    }

    /// Takes down whether it was loaded.
    pub fn loaded<T>(&mut self, result: Result<T>) -> Result<T> {
        self.loaded = Step::of(&result);
        result
    }

    /// Takes down whether the tests passed.
    pub fn tested<T>(&mut self, result: Result<T>) -> Result<T> {
        self.tested = Step::of(&result);
        result
    }
}

/// All lines.
#[derive(Clone, Debug, Default)]
pub struct Matrix(Vec<Row>);

impl Matrix {
    /// Adds a line.
    pub fn add(&mut self, row: Row) {
        self.0.push(row);
    }

    /// Whether every step of every line passed, but for versions that are missing.
    pub fn is_good(&self) -> bool {
        self.0
            .iter()
            .all(|row| row.missing || [row.built, row.loaded, row.tested] == [Step::Passed; 3])
    }
}

impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n{:<10} {:<24} {:<7} {:<7} end to end",
            "Wireshark", "system", "built", "loaded"
        )?;
        for row in &self.0 {
            if row.missing {
                writeln!(f, "{:<10} {:<24} MISSING: not tested", row.version, row.system)?;
                continue;
            }
            writeln!(
                f,
                "{:<10} {:<24} {:<7} {:<7} {}",
                row.version, row.system, row.built, row.loaded, row.tested
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn a_line_shows_how_far_it_came() {
        let mut good = Row::new("4.0", "linux");
        good.is_of("4.0.17".parse().unwrap());
        good.built(Ok(())).unwrap();
        good.loaded(Ok(())).unwrap();
        good.tested(Ok(())).unwrap();
        let mut matrix = Matrix::default();
        matrix.add(good);
        assert!(matrix.is_good());

        let mut bad = Row::new("4.6", "linux");
        bad.built(Ok(())).unwrap();
        bad.loaded(|| -> Result<()> { bail!("no") }()).unwrap_err();
        matrix.add(bad);
        assert!(!matrix.is_good());

        let mut missing = Row::new("4.4", "linux");
        missing.is_missing();
        let without = Matrix(vec![missing]);
        assert!(without.is_good());
        assert!(without.to_string().contains("MISSING"));

        let shown = matrix.to_string();
        let words: Vec<Vec<_>> = shown
            .lines()
            .map(|line| line.split_whitespace().collect())
            .collect();
        assert_eq!(words[2], ["4.0.17", "linux", "yes", "yes", "yes"]);
        assert_eq!(words[3], ["4.6", "linux", "yes", "FAILED", "-"]);
    }
}
