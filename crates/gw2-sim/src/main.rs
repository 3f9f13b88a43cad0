//! The command `gw2-sim`.

use clap::{Parser, Subcommand};
use gw2_sim::capture::Capture;
use gw2_sim::error::Error;
use gw2_sim::{error, load, loopback, samples, scenarios};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Writes synthetic Guild Wars 2 captures: NAME.pcapng, NAME.keys (the key log) and NAME.truth.jsonl (what
/// was really sent, one JSON object a line). The same command writes the same bytes every time, but where a
/// real TLS stack's randoms are in them.
#[derive(Parser)]
#[command(name = "gw2-sim", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// A whole session: login, portal and game.
    Demo(Out),
    /// Live client messages of 2025: all in one capture, and with --each also every one in its own.
    Samples {
        #[command(flatten)]
        out: Out,
        /// Also write sample-00, sample-01 and so on.
        #[arg(long)]
        each: bool,
    },
    /// A named scenario, or `all` of them.
    Scenario {
        /// A name that `gw2-sim list` shows, or `all`.
        name: String,
        #[command(flatten)]
        out: Out,
    },
    /// A long capture of 20 game and 2 portal connections, for benchmarks.
    Load {
        #[command(flatten)]
        out: Out,
        /// How large the capture is to be, in millions of bytes.
        #[arg(long, default_value_t = 20)]
        megabytes: u64,
        /// Another seed gives other messages.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Answers one portal client over a real socket, then stops. Prints where it listens, then what it heard.
    Serve {
        /// The address to listen at.
        #[arg(long, default_value = "127.0.0.1:6112")]
        listen: SocketAddr,
    },
    /// Talks to `gw2-sim serve` over a real socket, then stops. Prints what it heard.
    Converse {
        /// Where the server listens.
        #[arg(default_value = "127.0.0.1:6112")]
        server: SocketAddr,
    },
    /// The names of the scenarios and what each holds.
    List,
}

#[derive(clap::Args)]
struct Out {
    /// The folder to write to; made when missing.
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gw2-sim: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> error::Result<()> {
    match command {
        Command::Demo(out) => write(&scenarios::find("demo")?.capture()?, &out.out, "demo"),
        Command::Samples { out, each } => {
            write(&samples::all()?, &out.out, "samples")?;
            if each {
                let mut index = 0;
                while let Some(capture) = samples::one(index)? {
                    write(&capture, &out.out, &format!("sample-{index:02}"))?;
                    index += 1;
                }
            }
            Ok(())
        }
        Command::Scenario { name, out } if name == "all" => scenarios::all()
            .iter()
            .try_for_each(|scenario| write(&scenario.capture()?, &out.out, scenario.name)),
        Command::Scenario { name, out } => {
            let scenario = scenarios::find(&name)?;
            write(&scenario.capture()?, &out.out, scenario.name)
        }
        Command::Load { out, megabytes, seed } => {
            let load = load::write(&out.out, megabytes.saturating_mul(1_000_000), seed)?;
            println!("{}: {} packets", load.capture.display(), load.packets);
            println!("{}", load.keys.display());
            println!("{} bytes of plaintext", load.plaintext);
            Ok(())
        }
        Command::Serve { listen } => {
            let listener = TcpListener::bind(listen).map_err(network(listen))?;
            let address = listener.local_addr().map_err(network(listen))?;
            println!("listening at {address}");
            let heard = loopback::serve(&listener).map_err(network(address))?;
            heard.iter().for_each(|line| println!("{line}"));
            Ok(())
        }
        Command::Converse { server } => {
            let heard = loopback::converse(server).map_err(network(server))?;
            heard.iter().for_each(|line| println!("{line}"));
            Ok(())
        }
        Command::List => {
            let all = scenarios::all();
            let width = all.iter().map(|scenario| scenario.name.len()).max().unwrap_or(0);
            for scenario in all {
                println!("{:width$}  {}", scenario.name, scenario.about);
            }
            Ok(())
        }
    }
}

fn network(address: SocketAddr) -> impl Fn(std::io::Error) -> Error {
    move |source| Error::Network { address, source }
}

fn write(capture: &Capture, folder: &Path, name: &str) -> error::Result<()> {
    let written = capture.write(folder, name)?;
    println!("{}: {} packets", written.capture.display(), written.packets);
    println!("{}: {} lines", written.keys.display(), capture.keys.len());
    println!("{}: {} items", written.truth.display(), written.items);
    Ok(())
}
