//! `cargo xtask test`

use std::env;
use std::path::Path;

use anyhow::{Result, bail};
use tshark_harness::Tshark;

use crate::matrix::{Matrix, Row};
use crate::plugin::{self, Profile};
use crate::windows::build::Builder;
use crate::windows::stage::Stage;
use crate::wiresharks::{self, Target};
use crate::{packages, project, shell};

/// Options of `cargo xtask test`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Test over this Wireshark version, 4.0, 4.4 or 4.6; may be repeated [default: the installed one]
    ///
    /// Versions that are not installed are unpacked into target/, which takes root and debootstrap. Over them only what
    /// depends on the version runs.
    #[arg(long, value_name = "X.Y", conflicts_with = "all")]
    wireshark: Vec<String>,
    /// Test over all supported versions, and the DLLs for Windows under wine
    #[arg(long)]
    all: bool,
    /// Go on without a version that Debian does not hand out today, and say so: its newest suite changes daily
    #[arg(long)]
    skip_missing: bool,
    /// Install missing packages with sudo without asking
    #[arg(long, short)]
    yes: bool,
    /// Passed on to `cargo test`, after `--`: a test's name, `--test e2e`, ...
    #[arg(last = true, value_name = "ARGS")]
    passed_on: Vec<String>,
}

/// Sets up what is missing, builds the plugin, then runs every test over each Wireshark.
pub fn run(arguments: &Arguments) -> Result<()> {
    let versions = if arguments.all {
        wiresharks::supported()
    } else {
        arguments.wireshark.clone()
    };
    if versions.is_empty() {
        packages::ensure(arguments.yes)?;
        let target = Target::installed()?;
        let plugin = plugin::build(Profile::Dev, &target)?;
        return tests(&target, &plugin, arguments);
    }
    packages::ensure_also(arguments.yes, wiresharks::PACKAGES)?;
    let for_windows = if arguments.all {
        Some(Builder::ensure(arguments.yes)?)
    } else {
        None
    };
    let mut matrix = Matrix::default();
    for version in &versions {
        matrix.add(row(version, env::consts::OS, |row| here(row, version, arguments)));
    }
    if let Some(builder) = for_windows {
        for version in &versions {
            matrix.add(row(version, "windows, on a stage", |row| {
                on_a_stage(row, version, builder)
            }));
        }
    }
    println!("{matrix}");
    if matrix.is_good() {
        return Ok(());
    }
    bail!("not everything passed; what went wrong is written above, version by version")
}

/// A line of the matrix. What fails is said at once, and the next one has its turn.
fn row(version: &str, system: &str, steps: impl FnOnce(&mut Row) -> Result<()>) -> Row {
    let mut row = Row::new(version, system);
    if let Err(error) = steps(&mut row) {
        eprintln!("error: Wireshark {version}, {system}: {error:#}");
    }
    row
}

/// Builds, loads and tests over the real Wireshark.
fn here(row: &mut Row, version: &str, arguments: &Arguments) -> Result<()> {
    let target = Target::of(version).inspect_err(|_| {
        if arguments.skip_missing {
            row.is_missing();
        }
    })?;
    row.is_of(target.wireshark.version());
    let plugin = row.built(plugin::build(Profile::Dev, &target))?;
    row.loaded(load(&target, &plugin))?;
    row.tested(tests(&target, &plugin, arguments))
}

/// Builds for Windows, loads under wine, and dissects in front of stand-ins for Wireshark.
fn on_a_stage(row: &mut Row, version: &str, builder: Builder) -> Result<()> {
    let target = Target::of(version)?;
    row.is_of(target.wireshark.version());
    let plugin = row.built(builder.plugin(&target))?;
    let stage = Stage::set(&plugin, &target)?;
    row.loaded(stage.load())?;
    row.tested(stage.play())
}

/// Whether its tshark takes it: it says so on standard error only, and goes on.
fn load(target: &Target, plugin: &Path) -> Result<()> {
    Tshark::with_plugin(&target.wireshark, plugin)?.check_plugin()
}

/// Runs what can be tested over a version: everything over the installed one; over another only what depends on it.
fn tests(target: &Target, plugin: &Path, arguments: &Arguments) -> Result<()> {
    shell::say(format!("testing over tshark {}", target.wireshark.version()));
    // Test programs only run tshark: those built for the installed version do for all.
    let mut cargo = project::cargo();
    cargo.arg("test");
    if target.is_installed() {
        cargo.arg("--workspace");
    } else {
        let probe = plugin::build_probe(target)?;
        cargo.args(["--package", "gw2-dissector", "--package", "wireshark-ffi"]);
        cargo
            .args(["--package", "tshark-harness"])
            .env("GW2_PROBE", probe);
    }
    cargo
        .args(&arguments.passed_on)
        .env("GW2_PLUGIN", plugin)
        .env("GW2_TSHARK", target.wireshark.tshark());
    shell::run(&mut cargo)
}
