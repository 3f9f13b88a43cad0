//! Which lines of a key log a capture is to carry.

use std::fmt;

use anyhow::{Result, bail};
use gw2_protocol::key::KeyLog;

use super::blocks::Order;
use super::secrets::{self, SecretsKind};

/// Lines for each kind of block, each once, in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    guild_wars_2: Vec<String>,
    tls: Vec<String>,
}

impl Lines {
    /// Adds the lines of the key log `name`: ours, and TLS's, which may stand in the same file.
    pub fn add_key_log(&mut self, name: &str, text: &[u8]) -> Result<()> {
        let mut log = KeyLog::new(name);
        let mut errors = log.append(text);
        // The last line counts also without its line feed.
        errors.extend(log.append(b"\n"));
        if let Some(error) = errors.first() {
            bail!("{error}");
        }
        let text = String::from_utf8_lossy(text);
        let mut found = false;
        for line in text.trim_start_matches('\u{feff}').lines().map(str::trim_end) {
            if let Some(kind) = kind(line) {
                found = true;
                self.add(kind, line);
            }
        }
        if !found {
            bail!(
                "{name} has no line with a secret: GW2_RC4_KEY, GW2_SEED, GW2_SHARED_SECRET, or one of TLS"
            );
        }
        Ok(())
    }

    /// Adds what a block carries, whatever it is.
    pub fn add_carried(&mut self, kind: SecretsKind, text: &[u8]) {
        for line in String::from_utf8_lossy(text).lines() {
            self.add(kind, line.trim_end());
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.guild_wars_2.len().saturating_add(self.tls.len())
    }

    /// Appends a block for each kind that has lines.
    pub fn write(&self, out: &mut Vec<u8>, order: Order) {
        for (kind, lines) in [
            (SecretsKind::GuildWars2, &self.guild_wars_2),
            (SecretsKind::Tls, &self.tls),
        ] {
            if !lines.is_empty() {
                secrets::write(out, order, kind, &text(lines));
            }
        }
    }

    fn add(&mut self, kind: SecretsKind, line: &str) {
        let lines = match kind {
            SecretsKind::GuildWars2 => &mut self.guild_wars_2,
            SecretsKind::Tls => &mut self.tls,
        };
        if !line.is_empty() && !lines.iter().any(|known| known == line) {
            lines.push(line.to_owned());
        }
    }
}

impl fmt::Display for Lines {
    /// As a key log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text(&self.guild_wars_2))?;
        f.write_str(&text(&self.tls))
    }
}

fn text(lines: &[String]) -> String {
    lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}

/// Whose line this is; `None` for comments and for what neither knows.
fn kind(line: &str) -> Option<SecretsKind> {
    let label = line.split([' ', '\t']).next()?;
    match label {
        "GW2_RC4_KEY" | "GW2_SEED" | "GW2_SHARED_SECRET" => Some(SecretsKind::GuildWars2),
        "CLIENT_RANDOM" | "RSA" | "EXPORTER_SECRET" | "EARLY_EXPORTER_SECRET" => Some(SecretsKind::Tls),
        _ if label.starts_with("CLIENT_") || label.starts_with("SERVER_") => Some(SecretsKind::Tls),
        _ => None,
    }
}
