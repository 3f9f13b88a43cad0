//! One line: label, connection, secret.

use std::fmt;

/// The shortest and the longest shared secret, in bytes: its first 20 are all that is needed.
const SHARED_SECRET: std::ops::RangeInclusive<usize> = 20..=64;

/// Which connection a line is for: by what a capture of it shows in clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionId<'a> {
    /// The 20 bytes of the server seed frame, as they came over the wire. Prefer this: it is what the function that
    /// receives the key exchange holds.
    ServerSeed(&'a [u8; 20]),
    /// The client's 64-byte public value, as it goes over the wire.
    ClientPublic(&'a [u8; 64]),
    /// Not known: every connection without a key is tried.
    Unknown,
}

/// What decrypts the connection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Secret<'a> {
    /// The RC4 key itself.
    Rc4Key(&'a [u8; 20]),
    /// What the client hands to its key schedule: the server's seed XOR the shared secret.
    Seed(&'a [u8; 20]),
    /// The Diffie-Hellman shared secret, or its first bytes: 20 to 64. The client keeps it for the connection's whole life.
    SharedSecret(&'a [u8]),
}

impl Secret<'_> {
    fn label(&self) -> &'static str {
        match self {
            Self::Rc4Key(_) => "GW2_RC4_KEY",
            Self::Seed(_) => "GW2_SEED",
            Self::SharedSecret(_) => "GW2_SHARED_SECRET",
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Rc4Key(bytes) | Self::Seed(bytes) => *bytes,
            Self::SharedSecret(bytes) => bytes,
        }
    }
}

impl fmt::Debug for Secret<'_> {
    /// The label only: what is secret does not belong into logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

/// Why there is no line for a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineError {
    /// A shared secret of so many bytes.
    SharedSecretLength(usize),
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::SharedSecretLength(len) = self;
        let (least, most) = SHARED_SECRET.into_inner();
        write!(
            f,
            "a shared secret has {least} to {most} bytes, not {len}; its first {least} are enough"
        )
    }
}

impl std::error::Error for LineError {}

/// The line that gives a connection's secret, with its line feed.
///
/// # Errors
/// When a shared secret has a length that it cannot have.
pub fn line(id: ConnectionId<'_>, secret: Secret<'_>) -> Result<String, LineError> {
    if let Secret::SharedSecret(bytes) = secret
        && !SHARED_SECRET.contains(&bytes.len())
    {
        return Err(LineError::SharedSecretLength(bytes.len()));
    }
    let mut line = String::with_capacity(280);
    line.push_str(secret.label());
    line.push(' ');
    match id {
        ConnectionId::ServerSeed(seed) => push_hex(&mut line, seed),
        ConnectionId::ClientPublic(value) => push_hex(&mut line, value),
        ConnectionId::Unknown => line.push('*'),
    }
    line.push(' ');
    push_hex(&mut line, secret.bytes());
    line.push('\n');
    Ok(line)
}

fn push_hex(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        for digit in [byte >> 4, byte & 0xf] {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
    }
}
