//! `cargo xtask keys`

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Subcommand;
use tempfile::NamedTempFile;

use crate::keys;
use crate::shell::say;

/// Options of `cargo xtask keys`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Put a key log into a capture, so that one file is enough
    ///
    /// Lines for Guild Wars 2 and for TLS are taken. Wireshark 4.4 and later find them by themselves; for
    /// 4.0 `keys extract` gets them out again. A pcap file becomes pcapng.
    Inject {
        /// The capture, pcapng or pcap
        capture: PathBuf,
        /// The key log
        keys: PathBuf,
        /// What to write [default: CAPTURE-with-keys.pcapng]
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
    /// Print the key log that a capture carries
    Extract {
        /// The capture
        capture: PathBuf,
        /// A file to write it to instead
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
    /// Take all keys out of a capture, also those of other programs
    Strip {
        /// The capture
        capture: PathBuf,
        /// What to write [default: CAPTURE-without-keys.pcapng]
        #[arg(short, long)]
        output: Option<PathBuf>,
    },
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<()> {
    match &arguments.action {
        Action::Inject {
            capture,
            keys,
            output,
        } => inject(capture, keys, output.as_deref()),
        Action::Extract { capture, output } => extract(capture, output.as_deref()),
        Action::Strip { capture, output } => strip(capture, output.as_deref()),
    }
}

fn inject(capture: &Path, key_log: &Path, output: Option<&Path>) -> Result<()> {
    let keys = read(key_log)?;
    let name = key_log.file_name().unwrap_or_default().to_string_lossy();
    let changed = keys::inject(&read(capture)?, &name, &keys)
        .with_context(|| format!("putting {} into {}", key_log.display(), capture.display()))?;
    let output = output.map_or_else(|| beside(capture, "with"), Path::to_owned);
    write(&output, &changed.capture)?;
    let converted = if changed.converted {
        ", converted to pcapng"
    } else {
        ""
    };
    say(format!(
        "{}: {} key log lines added{converted}. Whoever has the file can read all of it",
        output.display(),
        changed.lines
    ));
    Ok(())
}

fn extract(capture: &Path, output: Option<&Path>) -> Result<()> {
    let text = keys::extract(&read(capture)?).with_context(|| format!("reading {}", capture.display()))?;
    if text.is_empty() {
        say(format!("{} carries no keys", capture.display()));
    }
    match output {
        Some(output) => write(output, text.as_bytes()),
        None => std::io::stdout()
            .write_all(text.as_bytes())
            .context("writing to standard output"),
    }
}

fn strip(capture: &Path, output: Option<&Path>) -> Result<()> {
    let changed = keys::strip(&read(capture)?).with_context(|| format!("reading {}", capture.display()))?;
    let output = output.map_or_else(|| beside(capture, "without"), Path::to_owned);
    write(&output, &changed.capture)?;
    say(format!(
        "{}: {} key log lines taken out",
        output.display(),
        changed.lines
    ));
    Ok(())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("reading {}", path.display()))
}

/// Writes a file as a whole, or not at all; for nobody but its owner to read, as it may hold keys.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let context = || format!("writing {}", path.display());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut file = NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).with_context(context)?;
    file.write_all(bytes).with_context(context)?;
    file.persist(path).with_context(context)?;
    Ok(())
}

/// `session.pcapng` as `session-with-keys.pcapng`.
fn beside(capture: &Path, with: &str) -> PathBuf {
    let stem = capture.file_stem().unwrap_or_default().to_string_lossy();
    capture.with_file_name(format!("{stem}-{with}-keys.pcapng"))
}
