//! The key log file, watched while it grows.

use gw2_protocol::key::KeyLog;
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
}

/// What tells a file from another of the same name.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Identity(u64, u64);

impl KeyFile {
    /// The secrets read so far.
    pub fn log(&self) -> &KeyLog {
        &self.log
    }

    /// Watches another file. Secrets of the one before are forgotten.
    pub fn set_path(&mut self, path: Option<PathBuf>) {
        if self.path != path {
            let name = path.as_deref().map(name_of).unwrap_or_default();
            *self = Self {
                path,
                log: KeyLog::new(&name),
                ..Self::default()
            };
        }
    }

    /// Forgets what a capture file carried inside itself, now that it is closed.
    pub fn forget_capture(&mut self) {
        self.log.forget_capture();
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
        let mut complaints = Vec::new();
        let mut more = 0usize;
        loop {
            let len = file.read(&mut buffer)?;
            if len == 0 {
                break;
            }
            self.read = self.read.saturating_add(len as u64);
            for error in self.log.append(buffer.get(..len).unwrap_or_default()) {
                if complaints.len() < MAX_COMPLAINTS {
                    complaints.push(format!("{error}; the line is skipped"));
                } else {
                    more = more.saturating_add(1);
                }
            }
        }
        if more > 0 {
            complaints.push(format!("and {more} more malformed lines"));
        }
        Ok(complaints)
    }
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
