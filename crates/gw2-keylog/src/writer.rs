//! A key log file that lines are appended to.

use std::env;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::line::{ConnectionId, LineError, Secret, line};

/// The environment variable that names the key log; the plugin takes it for its preference's default.
pub const KEYLOG_VARIABLE: &str = "GW2_KEYLOGFILE";

/// Appends lines to a key log. It can be shared among threads, and the file among processes: each line goes out in one
/// `write` to the file's end, so that lines do not mix, and a reader sees it at once.
#[derive(Debug)]
pub struct KeyLogWriter {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    file: File,
    /// The last line was cut short, by a full disk perhaps: the next one must not become part of it.
    torn: bool,
}

/// Why a line was not written.
#[derive(Debug)]
pub enum WriteError {
    /// There is no such line.
    Line(LineError),
    /// The file could not be written to.
    Io(io::Error),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(error) => error.fmt(f),
            Self::Io(error) => write!(f, "the key log cannot be written to: {error}"),
        }
    }
}

impl std::error::Error for WriteError {}

impl From<LineError> for WriteError {
    fn from(error: LineError) -> Self {
        Self::Line(error)
    }
}

impl KeyLogWriter {
    /// Opens a key log for appending; it is made when there is none, for nobody but its owner to read.
    ///
    /// # Errors
    /// When the file cannot be opened or made.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        // Windows gives a new file the rights of its folder: choose one that is the user's own.
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let file = options.open(path)?;
        Ok(Self {
            state: Mutex::new(State { file, torn: false }),
        })
    }

    /// Opens the key log that the environment names; `None` when it names none.
    ///
    /// # Errors
    /// When the file cannot be opened or made.
    pub fn from_environment() -> io::Result<Option<Self>> {
        let named = env::var_os(KEYLOG_VARIABLE).filter(|path| !path.is_empty());
        named.map(Self::open).transpose()
    }

    /// Appends the line that gives a connection's secret.
    ///
    /// # Errors
    /// When there is no such line, or the file cannot be written to. A line that was cut short does no harm to the next.
    pub fn write(&self, id: ConnectionId<'_>, secret: Secret<'_>) -> Result<(), WriteError> {
        let line = line(id, secret)?;
        // Nothing in here panics; if it did, the file would be no worse for it.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let line = if state.torn { format!("\n{line}") } else { line };
        let written = append(&state.file, line.as_bytes());
        state.torn = match &written {
            Ok(()) => false,
            Err((_, some)) => *some || state.torn,
        };
        written.map_err(|(error, _)| WriteError::Io(error))
    }
}

/// Writes everything, by one call unless the system takes less. On an error the second value says whether some of it is in
/// the file.
fn append(mut file: &File, bytes: &[u8]) -> Result<(), (io::Error, bool)> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let begun = rest.len() < bytes.len();
        match file.write(rest) {
            Ok(0) => return Err((io::ErrorKind::WriteZero.into(), begun)),
            Ok(len) => rest = rest.get(len..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err((error, begun)),
        }
    }
    Ok(())
}
