//! `cargo xtask bench`

mod capture;
mod figures;
mod layers;
mod measure;
mod report;

use anyhow::{Result, bail};
use tshark_harness::Tshark;

use crate::plugin::{self, Profile};
use crate::wiresharks::Target;
use crate::{packages, shell};
use capture::Load;
use measure::Bench;
use report::Report;

/// Options of `cargo xtask bench`.
#[derive(clap::Args)]
pub struct Arguments {
    /// How large the captures are, in millions of bytes; may be repeated [default: 20, 200 and 1000]
    #[arg(long, value_name = "MB")]
    size: Vec<u64>,
    /// How often each command runs; odd, because medians are compared
    #[arg(long, value_name = "N", default_value_t = 5)]
    runs: usize,
    /// Leave out the layers of the pure crate, which cargo bench measures
    #[arg(long)]
    no_layers: bool,
    /// Install missing packages with sudo without asking
    #[arg(long, short)]
    yes: bool,
}

/// What is measured by default, in millions of bytes.
const SIZES: [u64; 3] = [20, 200, 1000];

/// The Lua peer is slow: it gets a small capture, in millions of bytes.
const SMALL: u64 = 5;

/// Measures the plugin against the same tshark without it, and prints the ratios of docs/performance.md.
pub fn run(arguments: &Arguments) -> Result<()> {
    if arguments.runs == 0 {
        bail!("--runs 0 measures nothing");
    }
    packages::ensure_also(arguments.yes, &["time"])?;
    let target = Target::installed()?;
    let plugin = plugin::build(Profile::Release, &target)?;
    let ours = Tshark::with_plugin(&target.wireshark, &plugin)?;
    ours.check_plugin()?;
    let bench = Bench {
        ours,
        floor: Tshark::without_plugin(&target.wireshark)?,
        runs: arguments.runs,
    };
    let sizes = match arguments.size.as_slice() {
        [] => SIZES.to_vec(),
        sizes => sizes.to_vec(),
    };
    let mut report = Report::default();
    shell::say(format!(
        "tshark {}, {} runs of each command, medians of CPU time",
        target.wireshark.version(),
        arguments.runs
    ));
    figures::start(&bench, &mut report)?;
    let mut paces = Vec::new();
    for (number, size) in sizes.iter().enumerate() {
        let load = Load::of(*size)?;
        report.heading(format!("{size} MB: {} packets", load.packets));
        paces.push((*size, figures::one_pass(&bench, &load, &mut report)?));
        // The other figures are of one frame or one message, and say the same at any size.
        if number == 0 {
            figures::shown(&bench, &load, &mut report)?;
        }
    }
    figures::linear(&paces, &mut report);
    figures::peer(&bench, &Load::of(SMALL)?, &mut report)?;
    if !arguments.no_layers {
        layers::measure(&mut report)?;
    }
    println!("{report}");
    Ok(())
}
