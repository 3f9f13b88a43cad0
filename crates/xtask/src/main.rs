//! The project's commands, run as `cargo xtask COMMAND`. Each command is one file in `commands/`.

mod archive;
mod commands;
mod keys;
mod matrix;
mod packages;
mod plugin;
mod project;
mod schema;
mod session;
mod shell;
mod windows;
mod wiresharks;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The commands of gw2-dissector, a Wireshark plugin for Guild Wars 2.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the plugin, write a sample session and show it decoded
    Demo(commands::demo::Arguments),
    /// Run all tests: unit, property, and end to end over tshark
    Test(commands::test::Arguments),
    /// Measure the plugin against tshark without it
    Bench(commands::bench::Arguments),
    /// Fuzz the decoder, guided by coverage
    Fuzz(commands::fuzz::Arguments),
    /// Copy the plugin into the plugin folder of your Wireshark
    ///
    /// Without an option that is your personal plugin folder, or, as root, the system's: Wireshark ignores personal
    /// plugin folders when it runs as root.
    Install(commands::install::Arguments),
    /// Put keys into a capture, get them out, or take them out
    Keys(commands::keys::Arguments),
    /// Look whether the plugin is where your Wireshark looks for it, and say what to do
    Doctor(commands::doctor::Arguments),
    /// Build for all supported Wireshark versions, here and for Windows, and pack release archives into dist/
    Dist(commands::dist::Arguments),
    /// Check, search, compare and import message tables
    Schema(commands::schema::Arguments),
    /// Take the pictures of docs/ anew
    Screenshots(commands::screenshots::Arguments),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Demo(arguments) => commands::demo::run(&arguments),
        Command::Test(arguments) => commands::test::run(&arguments),
        Command::Bench(arguments) => commands::bench::run(&arguments),
        Command::Fuzz(arguments) => commands::fuzz::run(&arguments),
        Command::Install(arguments) => commands::install::run(&arguments),
        Command::Keys(arguments) => commands::keys::run(&arguments),
        Command::Doctor(arguments) => commands::doctor::run(&arguments),
        Command::Dist(arguments) => commands::dist::run(&arguments),
        Command::Schema(arguments) => commands::schema::run(&arguments),
        Command::Screenshots(arguments) => commands::screenshots::run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }
}
