//! Running tshark and measuring what it takes.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use tshark_harness::Tshark;

/// A tshark with the plugin, one without, and how often each runs.
pub struct Bench {
    pub ours: Tshark,
    pub floor: Tshark,
    pub runs: usize,
}

/// What a run took.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    /// CPU time, user and system, in seconds.
    pub cpu: f64,
    /// The most memory it had, in bytes.
    pub memory: f64,
    /// Lines that it wrote.
    pub lines: f64,
}

/// One of the two commands that are compared.
pub struct Side<'a> {
    pub tshark: &'a Tshark,
    /// tshark, or a program of the same Wireshark.
    pub program: Option<&'a str>,
    pub arguments: Vec<String>,
    /// What it reads on standard input.
    pub input: &'a str,
}

impl<'a> Side<'a> {
    pub fn new(tshark: &'a Tshark, arguments: &[&str]) -> Self {
        Self {
            tshark,
            program: None,
            arguments: arguments.iter().map(ToString::to_string).collect(),
            input: "",
        }
    }

    fn run(&self) -> Result<Cost> {
        let inner = match self.program {
            Some(program) => self.tshark.companion(program),
            None => self.tshark.command(),
        };
        let said = self.tshark.home().join("time.txt");
        let mut command = Command::new("time");
        command
            .args(["--quiet", "--format=%U %S %M", "--output"])
            .arg(&said)
            .arg(inner.get_program())
            .args(inner.get_args())
            .args(&self.arguments);
        for (name, value) in inner.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("starting `time`")?;
        let input = child.stdin.take().zip(Some(self.input.to_owned()));
        // What it reads may be more than a pipe holds while nobody reads what it writes.
        let writer =
            std::thread::spawn(move || input.map(|(mut pipe, text)| pipe.write_all(text.as_bytes())));
        let output = child.wait_with_output().context("waiting for `time`")?;
        let _written = writer.join();
        if !output.status.success() {
            bail!(
                "{:?} {:?} ended with {}",
                self.program,
                self.arguments,
                output.status
            );
        }
        let text = fs::read_to_string(&said).context("reading what `time` says")?;
        let numbers: Vec<f64> = text
            .split_whitespace()
            .filter_map(|word| word.parse().ok())
            .collect();
        let [user, system, kilobytes] = numbers[..] else {
            bail!("`time` says {text:?}");
        };
        Ok(Cost {
            cpu: user + system,
            memory: kilobytes * 1024.0,
            lines: output.stdout.iter().filter(|byte| **byte == b'\n').count() as f64,
        })
    }
}

impl Bench {
    /// Runs two commands in turns, A B A B, and gives the medians of what each took.
    pub fn compare(&self, a: &Side<'_>, b: &Side<'_>) -> Result<(Cost, Cost)> {
        let (mut of_a, mut of_b) = (Vec::new(), Vec::new());
        for _ in 0..self.runs {
            of_a.push(a.run()?);
            of_b.push(b.run()?);
        }
        Ok((median(&of_a), median(&of_b)))
    }
}

fn median(costs: &[Cost]) -> Cost {
    let of = |part: fn(&Cost) -> f64| {
        let mut parts: Vec<f64> = costs.iter().map(part).collect();
        parts.sort_by(f64::total_cmp);
        parts.get(parts.len() / 2).copied().unwrap_or_default()
    };
    Cost {
        cpu: of(|cost| cost.cpu),
        memory: of(|cost| cost.memory),
        lines: of(|cost| cost.lines),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_of_each_part_alone() {
        let cost = |cpu, memory| Cost {
            cpu,
            memory,
            lines: 1.0,
        };
        let middle = median(&[cost(3.0, 10.0), cost(1.0, 30.0), cost(2.0, 20.0)]);
        assert_eq!((middle.cpu, middle.memory, middle.lines), (2.0, 20.0, 1.0));
        assert_eq!(median(&[]).cpu, 0.0);
    }
}
