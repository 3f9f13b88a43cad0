//! Captures of the simulator, written once a test run, and what is true of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use gw2_sim::capture::Capture;
use serde_json::Value;
use tempfile::TempDir;

/// A capture, its keys, and what was really sent. Its files go away with it, unless the test fails.
pub struct Scenario {
    folder: Option<TempDir>,
    pub capture: PathBuf,
    pub keys: PathBuf,
    pub truth: Vec<Truth>,
}

/// One thing that was sent: a line of the simulator's truth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    /// The frame that completes it. None when the capture lacks something before it.
    pub frame: Option<u32>,
    pub flow: u64,
    /// 0 client to server, 1 server to client
    pub direction: u32,
    /// `handshake`, `message`, `portal`, `undecoded`
    pub layer: String,
    pub table: String,
    pub opcode: Option<u32>,
    pub name: String,
    pub length: u32,
    /// The plaintext, in hex digits.
    pub hex: String,
}

impl Scenario {
    /// The session that `cargo xtask demo` shows.
    pub fn demo() -> Self {
        Self::named("demo")
    }

    /// One of the simulator's scenarios.
    pub fn named(name: &str) -> Self {
        Self::read(&gw2_sim::scenarios::find(name).unwrap().capture().unwrap(), name)
    }

    /// A capture that a test made with the simulator.
    pub fn read(capture: &Capture, name: &str) -> Self {
        let folder = tempfile::Builder::new()
            .prefix(name)
            .tempdir_in(env!("CARGO_TARGET_TMPDIR"))
            .unwrap();
        let written = capture.write(folder.path(), name).unwrap();
        let truth = fs::read_to_string(written.truth)
            .unwrap()
            .lines()
            .map(Truth::parse)
            .collect();
        Self {
            folder: Some(folder),
            capture: written.capture,
            keys: written.keys,
            truth,
        }
    }

    /// What of one layer each frame completes, in order of frames.
    pub fn by_frame(&self, layer: &str) -> BTreeMap<u32, Vec<&Truth>> {
        let mut frames = BTreeMap::<_, Vec<_>>::new();
        for item in self.truth.iter().filter(|item| item.layer == layer) {
            frames.entry(item.frame.unwrap()).or_default().push(item);
        }
        frames
    }
}

impl Drop for Scenario {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.folder.take().map(TempDir::keep);
        }
    }
}

impl Truth {
    fn parse(line: &str) -> Self {
        let value: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| value[name].as_str().unwrap().to_owned();
        let number = |name: &str| value[name].as_u64().map(|number| u32::try_from(number).unwrap());
        Self {
            frame: number("frame"),
            flow: value["flow"].as_u64().unwrap(),
            direction: number("direction").unwrap(),
            layer: text("layer"),
            table: text("table"),
            opcode: number("opcode"),
            name: text("name"),
            length: number("length").unwrap(),
            hex: text("hex"),
        }
    }
}
