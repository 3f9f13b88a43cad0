//! The layers of the pure crate, by its Criterion benches.

use std::fs;

use anyhow::{Context, Result};

use super::report::{Budget, Report};
use crate::{project, shell};

/// Runs the benches of the pure crate and takes their results over.
pub fn measure(report: &mut Report) -> Result<()> {
    let mut cargo = project::cargo();
    cargo.args([
        "bench",
        "--package",
        "gw2-protocol",
        "--bench",
        "layers",
        "--",
        "--quiet",
    ]);
    shell::run(&mut cargo)?;
    let time = |name: &str| -> Result<f64> {
        let file = project::target()?
            .join("criterion")
            .join(name)
            .join("new/estimates.json");
        let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
        let estimates: serde_json::Value = serde_json::from_str(&text)?;
        let nanoseconds = estimates["median"]["point_estimate"].as_f64();
        nanoseconds.with_context(|| format!("{} has no median", file.display()))
    };
    let (rc4, all) = (time("layers/rc4")?, time("layers/connection")?);
    report.heading("The pure crate");
    report.figure(
        "decrypt, unblock and frame, against RC4 alone",
        rc4 / all,
        "",
        Some(Budget::AtLeast(0.55)),
        format!("{:.1} ms, {:.1} ms", rc4 / 1e6, all / 1e6),
    );
    report.figure(
        "built-in schemas loaded in",
        time("built-in schemas")? / 1e6,
        " ms",
        Some(Budget::AtMost(20.0)),
        "",
    );
    Ok(())
}
