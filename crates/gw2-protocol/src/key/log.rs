//! The key log: secrets that an exporter inside the client's process appends (protocol.md, section 3).

use super::derive::{Rc4Key, ServerSeed, SharedSecret, hash, seed_from_secret};
use std::collections::{HashMap, HashSet};
use std::fmt;

/// Which connection a line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConnectionId {
    /// The 20 bytes of the server seed frame, as on the wire.
    ServerSeed(ServerSeed),
    /// The 64-byte client public value.
    ClientPublic([u8; 64]),
    /// `*`: the exporter does not know.
    Unknown,
}

/// What a line gives.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Secret {
    /// `GW2_RC4_KEY`: the key itself.
    Rc4Key(Rc4Key),
    /// `GW2_SEED`: what `H` takes.
    Seed([u8; 20]),
    /// `GW2_SHARED_SECRET`: its first 20 bytes.
    SharedSecret(SharedSecret),
}

impl fmt::Debug for Secret {
    /// The label only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rc4Key(_) => "GW2_RC4_KEY",
            Self::Seed(_) => "GW2_SEED",
            Self::SharedSecret(_) => "GW2_SHARED_SECRET",
        })
    }
}

impl Secret {
    /// The RC4 key; a shared secret needs the connection's server seed frame.
    pub fn rc4_key(&self, server_seed: Option<&ServerSeed>) -> Option<Rc4Key> {
        match self {
            Self::Rc4Key(key) => Some(*key),
            Self::Seed(seed) => Some(hash(seed)),
            Self::SharedSecret(secret) => Some(hash(&seed_from_secret(server_seed?, secret))),
        }
    }
}

/// Where a line stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// In a key log file.
    File {
        /// The file's name, for people.
        name: String,
        /// The line, from 1.
        line: u32,
    },
    /// In the capture itself.
    Capture,
}

impl fmt::Display for Source {
    /// The value of `gw2.key.source`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { name, line } => write!(f, "{name}:{line}"),
            Self::Capture => f.write_str("capture"),
        }
    }
}

/// A line that holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyLine {
    /// Which connection it is for.
    pub id: ConnectionId,
    /// What it gives.
    pub secret: Secret,
    /// Where it stands.
    pub source: Source,
}

/// A line with a known label that cannot be read. It is skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyLogError {
    /// Where the line stands.
    pub source: Source,
    /// What is wrong with it, and what would be right.
    pub message: String,
}

impl fmt::Display for KeyLogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.source, self.message)
    }
}

impl std::error::Error for KeyLogError {}

/// A line without its newline may grow to this many bytes before it is given up: the longest
/// known line has fewer than 300.
const MAX_PENDING: usize = 4096;

/// All secrets read so far, found by connection.
#[derive(Clone, Debug, Default)]
pub struct KeyLog {
    lines: Vec<KeyLine>,
    by_id: HashMap<ConnectionId, Vec<usize>>,
    /// What `lines` hold, to know a repeated line at once.
    known: HashSet<(ConnectionId, Secret)>,
    name: String,
    line: u32,
    pending: Vec<u8>,
    overlong: bool,
}

impl KeyLog {
    /// A log that reads from the beginning of the file `name`.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// How many secrets there are. The number only grows, so that a caller can tell what is new.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there are no secrets.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Forgets where the file was read up to, because it was replaced; the secrets stay.
    pub fn restart(&mut self, name: &str) {
        name.clone_into(&mut self.name);
        self.line = 0;
        self.pending.clear();
        self.overlong = false;
    }

    /// Takes the bytes that were appended to the file since the last call. A last line without its
    /// newline is kept until the newline comes.
    pub fn append(&mut self, bytes: &[u8]) -> Vec<KeyLogError> {
        let mut errors = Vec::new();
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (body, whole) = match piece.strip_suffix(b"\n") {
                Some(body) => (body, true),
                None => (piece, false),
            };
            if self.pending.len().saturating_add(body.len()) > MAX_PENDING {
                self.overlong = true;
                self.pending.truncate(MAX_PENDING);
            } else {
                self.pending.extend_from_slice(body);
            }
            if whole {
                self.line = self.line.saturating_add(1);
                let pending = std::mem::take(&mut self.pending);
                let source = Source::File {
                    name: self.name.clone(),
                    line: self.line,
                };
                if !std::mem::take(&mut self.overlong) {
                    errors.extend(self.read_line(&pending, source));
                }
                self.pending = pending;
                self.pending.clear();
            }
        }
        errors
    }

    /// Takes the whole text that a capture carries inside itself; its last line needs no newline.
    pub fn add_from_capture(&mut self, text: &[u8]) -> Vec<KeyLogError> {
        text.split(|byte| *byte == b'\n')
            .filter_map(|line| self.read_line(line, Source::Capture))
            .collect()
    }

    /// Forgets the secrets that a capture carried inside itself. Numbers of lines change, so that this is for
    /// when no connection is left that could hold one.
    pub fn forget_capture(&mut self) {
        if self.lines.iter().any(|line| line.source == Source::Capture) {
            self.by_id.clear();
            self.known.clear();
            self.lines.retain(|line| line.source != Source::Capture);
            for (number, line) in self.lines.iter().enumerate() {
                self.by_id.entry(line.id).or_default().push(number);
                self.known.insert((line.id, line.secret));
            }
        }
    }

    /// The lines that fit a connection, in the order to try them: by server seed, by client public
    /// value, then those that name no connection; in each, later lines first. Numbers of lines are
    /// given with them, to tell which came after a certain [`len`](KeyLog::len).
    pub fn candidates(
        &self,
        server_seed: Option<&ServerSeed>,
        client_public: Option<&[u8; 64]>,
    ) -> impl Iterator<Item = (usize, &KeyLine)> {
        let ids = [
            server_seed.map(|seed| ConnectionId::ServerSeed(*seed)),
            client_public.map(|value| ConnectionId::ClientPublic(*value)),
            Some(ConnectionId::Unknown),
        ];
        ids.into_iter()
            .flatten()
            .filter_map(|id| self.by_id.get(&id))
            .flat_map(|numbers| numbers.iter().rev())
            .filter_map(|&number| self.lines.get(number).map(|line| (number, line)))
    }

    /// A line by its number.
    pub fn line(&self, number: usize) -> Option<&KeyLine> {
        self.lines.get(number)
    }

    fn read_line(&mut self, line: &[u8], source: Source) -> Option<KeyLogError> {
        match parse(line) {
            Ok(None) => None,
            Ok(Some((id, secret))) => {
                // A repeated line is not a new candidate; it would only cost another trial.
                if self.known.insert((id, secret)) {
                    self.by_id.entry(id).or_default().push(self.lines.len());
                    self.lines.push(KeyLine { id, secret, source });
                }
                None
            }
            Err(message) => Some(KeyLogError { source, message }),
        }
    }
}

/// One line without its newline; `Ok(None)` for what is none of ours.
fn parse(line: &[u8]) -> Result<Option<(ConnectionId, Secret)>, String> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.first() == Some(&b'#') {
        return Ok(None);
    }
    let mut tokens = line
        .split(|byte| matches!(byte, b' ' | b'\t'))
        .filter(|token| !token.is_empty());
    let (label, digits) = match tokens.next() {
        Some(b"GW2_RC4_KEY") => ("GW2_RC4_KEY", 40..=40),
        Some(b"GW2_SEED") => ("GW2_SEED", 40..=40),
        Some(b"GW2_SHARED_SECRET") => ("GW2_SHARED_SECRET", 40..=128),
        _ => return Ok(None),
    };
    let id = connection_id(
        tokens
            .next()
            .ok_or_else(|| format!("{label} without an id and a secret"))?,
    )?;
    let secret = tokens
        .next()
        .ok_or_else(|| format!("{label} without a secret after the id"))?;
    if tokens.next().is_some() {
        return Err(format!("{label} with more than an id and a secret"));
    }
    if !digits.contains(&secret.len()) {
        let (least, most) = digits.into_inner();
        let wanted = if least == most {
            format!("{least}")
        } else {
            format!("{least} to {most}")
        };
        return Err(format!("{label} wants {wanted} hex digits, not {}", secret.len()));
    }
    let secret = hex(secret).ok_or_else(|| format!("the secret of {label} is not pairs of hex digits"))?;
    let first = *secret
        .first_chunk::<20>()
        .ok_or_else(|| format!("the secret of {label} is too short"))?;
    let secret = match label {
        "GW2_RC4_KEY" => Secret::Rc4Key(first),
        "GW2_SEED" => Secret::Seed(first),
        _ => Secret::SharedSecret(first),
    };
    Ok(Some((id, secret)))
}

fn connection_id(token: &[u8]) -> Result<ConnectionId, String> {
    if token == b"*" {
        return Ok(ConnectionId::Unknown);
    }
    let bytes = hex(token).ok_or("the id is not hex; it is 40 or 128 hex digits, or *")?;
    if let Ok(seed) = <[u8; 20]>::try_from(bytes.as_slice()) {
        return Ok(ConnectionId::ServerSeed(seed));
    }
    match <[u8; 64]>::try_from(bytes.as_slice()) {
        Ok(value) => Ok(ConnectionId::ClientPublic(value)),
        Err(_) => Err(format!(
            "an id has 40 hex digits (server seed) or 128 (client public value), or is *; this one has {}",
            token.len()
        )),
    }
}

/// Hex digits in either case; `None` for other characters or an odd number.
fn hex(token: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: &u8| {
        char::from(*byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let pairs = token.chunks_exact(2);
    if !pairs.remainder().is_empty() {
        return None;
    }
    pairs
        .map(|pair| match pair {
            [high, low] => Some((digit(high)? << 4) | digit(low)?),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests;
