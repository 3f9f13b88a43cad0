//! What the end-to-end tests share.

pub mod golden;
pub mod pdml;
pub mod scenario;
pub mod sharkd;

use std::env;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tshark_harness::{Finished, Tshark, Wireshark, plugin_file_name};

pub use scenario::Scenario;

/// A tshark with our plugin, and a home that no other test sees.
pub fn tshark() -> Tshark {
    static CHECKED: OnceLock<()> = OnceLock::new();
    let tshark = Tshark::with_plugin(wireshark(), &plugin()).unwrap();
    CHECKED.get_or_init(|| tshark.check_plugin().unwrap());
    tshark
}

/// The Wireshark that is tested over.
pub fn wireshark() -> &'static Wireshark {
    static FOUND: OnceLock<Wireshark> = OnceLock::new();
    FOUND.get_or_init(|| Wireshark::find().unwrap())
}

fn plugin() -> PathBuf {
    if let Some(named) = env::var_os("GW2_PLUGIN") {
        return named.into();
    }
    // We are target/debug/deps/e2e-…; cargo puts the plugin at target/debug.
    let built = env::current_exe()
        .unwrap()
        .ancestors()
        .nth(2)
        .unwrap()
        .join(plugin_file_name());
    assert!(
        built.is_file(),
        "no plugin at {}: run `cargo build`, or set GW2_PLUGIN",
        built.display()
    );
    built
}

/// One look at a capture: options of tshark, and how to read what comes out.
pub struct Look<'a> {
    tshark: &'a Tshark,
    arguments: Vec<String>,
}

impl<'a> Look<'a> {
    /// At a capture file without keys.
    pub fn at(tshark: &'a Tshark, capture: &Path) -> Self {
        Self {
            tshark,
            arguments: vec!["-r".into(), capture.display().to_string()],
        }
    }

    /// At a scenario with its keys.
    pub fn with_keys(tshark: &'a Tshark, scenario: &Scenario) -> Self {
        Self::at(tshark, &scenario.capture).keys(&scenario.keys)
    }

    pub fn keys(self, file: &Path) -> Self {
        self.option(&format!("gw2.keylog_file:{}", file.display()))
    }

    /// A preference, `NAME:VALUE`.
    pub fn option(self, preference: &str) -> Self {
        self.arguments(&["-o", preference])
    }

    pub fn filter(self, filter: &str) -> Self {
        self.arguments(&["-Y", filter])
    }

    pub fn arguments(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(ToString::to_string));
        self
    }

    /// Runs tshark; it must succeed and not complain of the plugin.
    pub fn run(self) -> Finished {
        let finished = self.tshark.run(&self.arguments).unwrap();
        assert!(
            finished.status.success(),
            "tshark {:?} ended with {}:\n{}",
            self.arguments,
            finished.status,
            finished.stderr
        );
        finished
    }

    /// The values of fields, a row for each packet that has at least one of them. A field that occurs several times
    /// in a packet has its values joined by a line feed.
    pub fn fields(self, names: &[&str]) -> Vec<Vec<String>> {
        let mut arguments = vec![
            "-T",
            "fields",
            "-E",
            "separator=/t",
            "-E",
            "occurrence=a",
            "-E",
            "aggregator=\x1f",
        ];
        for name in names {
            arguments.extend(["-e", name]);
        }
        let finished = self.arguments(&arguments).run();
        let row = |line: &str| {
            line.split('\t')
                .map(|value| value.replace('\x1f', "\n"))
                .collect::<Vec<_>>()
        };
        finished
            .lines()
            .map(row)
            .filter(|row| row.iter().any(|value| !value.is_empty()))
            .collect()
    }

    /// All values of one field, in order.
    pub fn values(self, name: &str) -> Vec<String> {
        self.fields(&[name])
            .iter()
            .flat_map(|row| row[0].lines().map(str::to_owned).collect::<Vec<_>>())
            .collect()
    }

    /// The numbers of the packets that there are, in order.
    pub fn frames(self) -> Vec<u32> {
        self.values("frame.number")
            .iter()
            .map(|number| number.parse().unwrap())
            .collect()
    }
}

/// Whether TCP hands over segments that came late by a fast retransmission, if not told to reorder. Wireshark 4.6 keeps them
/// to itself, as all versions do with those that came after a time-out.
pub fn hands_over_fast_retransmissions(tshark: &Tshark) -> bool {
    let version = tshark.wireshark().version();
    (version.major, version.minor) < (4, 6)
}

/// A number as `-T fields` prints it, decimal or with 0x.
pub fn number(text: &str) -> u32 {
    match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => text.parse(),
    }
    .unwrap_or_else(|_| panic!("`{text}` is no number"))
}

/// A file of the shared data that is not in the repository, if it is at hand here.
pub fn shared_data(name: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let folders = env::var_os("GW2_SHARED_DATA")
        .map(PathBuf::from)
        .into_iter()
        .chain([beside, "/work/shared/data".into()]);
    folders
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}
