//! The key log file, watched while it grows.

use gw2_protocol::key::{KeyLog, KeyLogError};
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// How much of the file is read at a time, in bytes.
const CHUNK: usize = 64 * 1024;

/// How many malformed lines are told of at once; a file that is no key log would fill the screen.
const MAX_COMPLAINTS: usize = 10;

/// A key log that is read as it is appended to: never again from the start, unless it was replaced.
#[derive(Default)]
pub struct KeyFile {
    path: Option<PathBuf>,
    log: KeyLog,
    /// How much of the file has been read.
    read: u64,
    identity: Option<Identity>,
    /// The user was told that the file can't be read; once is enough.
    told: bool,
    /// What the capture carries inside itself.
    carried: Vec<u8>,
    /// The capture that carried keys inside itself was closed, or is about to be dissected anew: nobody says which.
    capture_closed: bool,
}

/// What tells a file from another of the same name.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Identity(u64, u64);

impl KeyFile {
    /// The secrets read so far.
    pub fn log(&self) -> &KeyLog {
        &self.log
    }

    /// Watches another file. Secrets of the one before are forgotten; those that the capture carries stay.
    pub fn set_path(&mut self, path: Option<PathBuf>) {
        if self.path != path {
            let name = path.as_deref().map(name_of).unwrap_or_default();
            let mut log = KeyLog::new(&name);
            // What is wrong with them was said when they came.
            log.add_from_capture(&self.carried);
            *self = Self {
                path,
                log,
                carried: std::mem::take(&mut self.carried),
                capture_closed: self.capture_closed,
                ..Self::default()
            };
        }
    }

    /// Takes in what a capture carries inside itself. What is wrong comes back as sentences for the user.
    pub fn add_from_capture(&mut self, text: &[u8]) -> Vec<String> {
        if std::mem::take(&mut self.capture_closed) {
            self.log.forget_capture();
            self.carried.clear();
        }
        self.carried.extend_from_slice(text);
        self.carried.push(b'\n');
        complaints(self.log.add_from_capture(text))
    }

    /// The capture is closed, or about to be dissected anew. Its keys are kept until another brings its own: Wireshark
    /// hands them over when a file is opened, and not again when it is dissected anew. A key that is of another capture
    /// decrypts nothing.
    pub fn capture_closed(&mut self) {
        self.capture_closed = true;
    }

    /// Reads what was appended since the last call. What is wrong comes back as sentences for the user.
    pub fn poll(&mut self) -> Vec<String> {
        let Some(path) = self.path.clone() else {
            return Vec::new();
        };
        match self.read_new(&path) {
            Ok(complaints) => complaints,
            Err(_) if self.told => Vec::new(),
            Err(error) => {
                self.told = true;
                vec![format!(
                    "cannot read \"{}\": {error}. Check the preference gw2.keylog_file; until the file can be \
                     read, connections stay encrypted.",
                    path.display()
                )]
            }
        }
    }

    fn read_new(&mut self, path: &Path) -> io::Result<Vec<String>> {
        let metadata = std::fs::metadata(path)?;
        if metadata.is_dir() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a folder"));
        }
        let identity = identity(&metadata);
        if self.identity != identity || metadata.len() < self.read {
            // Another file, or the same cut short: what was read stays valid, the rest is new.
            self.identity = identity;
            self.read = 0;
            self.log.restart(&name_of(path));
        }
        if metadata.len() == self.read {
            return Ok(Vec::new());
        }
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(self.read))?;
        let mut buffer = vec![0; CHUNK];
        let mut errors = Vec::new();
        loop {
            let len = file.read(&mut buffer)?;
            if len == 0 {
                break;
            }
            self.read = self.read.saturating_add(len as u64);
            errors.extend(self.log.append(buffer.get(..len).unwrap_or_default()));
        }
        Ok(complaints(errors))
    }
}

/// Malformed lines, in sentences; of many only how many more there are.
fn complaints(errors: Vec<KeyLogError>) -> Vec<String> {
    let more = errors.len().saturating_sub(MAX_COMPLAINTS);
    let told = errors.into_iter().take(MAX_COMPLAINTS);
    let mut complaints: Vec<String> = told
        .map(|error| format!("{error}; the line is skipped"))
        .collect();
    if more > 0 {
        complaints.push(format!("and {more} more malformed lines"));
    }
    complaints
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    Some(Identity(metadata.dev(), metadata.ino()))
}

#[cfg(windows)]
fn identity(metadata: &Metadata) -> Option<Identity> {
    use std::os::windows::fs::MetadataExt;
    Some(Identity(metadata.creation_time(), 0))
}

#[cfg(not(any(unix, windows)))]
fn identity(_: &Metadata) -> Option<Identity> {
    None
}
