//! `cargo xtask test`

use anyhow::Result;

use crate::plugin::{self, Profile};
use crate::wiresharks::Target;
use crate::{packages, shell};

/// Options of `cargo xtask test`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Test over this Wireshark version, 4.0, 4.4 or 4.6; may be repeated [default: the installed one]
    #[arg(long, value_name = "X.Y")]
    wireshark: Vec<String>,
    /// Install missing packages with sudo without asking
    #[arg(long, short)]
    yes: bool,
    /// Passed on to `cargo test --workspace`, after `--`: a test's name, `--test demo`, ...
    #[arg(last = true, value_name = "ARGS")]
    passed_on: Vec<String>,
}

/// Sets up what is missing, builds the plugin, then runs every test over each Wireshark.
pub fn run(arguments: &Arguments) -> Result<()> {
    packages::ensure(arguments.yes)?;
    for target in Target::all(&arguments.wireshark)? {
        let plugin = plugin::build(Profile::Dev, &target)?;
        shell::say(format!("testing over tshark {}", target.wireshark.version()));
        let mut cargo = target.cargo();
        cargo.args(["test", "--workspace"]).args(&arguments.passed_on);
        cargo
            .env("GW2_PLUGIN", plugin)
            .env("GW2_TSHARK", target.wireshark.tshark());
        shell::run(&mut cargo)?;
    }
    Ok(())
}
