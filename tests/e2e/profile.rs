//! The profile in `profile/GW2`: Wireshark reads its files, and every filter in them finds something.

use std::fs;
use std::path::{Path, PathBuf};

use crate::common::sharkd::Sharkd;
use crate::common::{self, Look, Scenario};

fn profile() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("profile/GW2")
}

/// The lines of one of its files that are not comments.
fn lines(file: &str) -> Vec<String> {
    let text = fs::read_to_string(profile().join(file)).unwrap();
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

/// A column of a file whose values are quoted, with commas between them.
fn quoted(file: &str, column: usize) -> Vec<String> {
    lines(file)
        .iter()
        .map(|line| {
            line.trim_matches('"')
                .split("\",\"")
                .nth(column)
                .unwrap()
                .to_owned()
        })
        .collect()
}

/// Every display filter of the profile.
fn filters() -> Vec<String> {
    let colours = lines("colorfilters");
    let colours = colours
        .iter()
        .map(|line| line.split('@').nth(2).unwrap().to_owned());
    colours
        .chain(quoted("dfilter_buttons", 2))
        .chain(quoted("io_graphs", 2))
        .collect()
}

#[test]
fn every_filter_finds_something() {
    let tshark = common::tshark();
    let mut wanting = filters();
    assert!(wanting.len() > 20);
    // Nothing of what a filter is for can be seen in one capture.
    for name in [
        "demo",
        "samples",
        "malformed",
        "no-key",
        "unknown-opcode",
        "retransmission",
    ] {
        let scenario = Scenario::named(name);
        // A new one each time: sharkd remembers what a filter found in the file before.
        let mut sharkd = Sharkd::start(&tshark);
        sharkd.load(&scenario.capture, &scenario.keys);
        wanting.retain(|filter| sharkd.frames(filter).is_empty());
    }
    assert_eq!(wanting, Vec::<String>::new());
}

#[test]
fn wireshark_takes_the_profile_and_shows_its_columns() {
    let tshark = common::tshark();
    let folder = tshark.home().join("config/profiles/GW2");
    fs::create_dir_all(&folder).unwrap();
    for file in fs::read_dir(profile()).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), folder.join(file.file_name())).unwrap();
    }
    let samples = Scenario::named("samples");
    let look = || {
        Look::with_keys(&tshark, &samples)
            .filter("gw2.text")
            .arguments(&["-C", "GW2"])
    };
    for arguments in [&["--color"][..], &[]] {
        let shown = look().arguments(arguments).run();
        assert_eq!(
            shown.stderr.replace("Running as user", ""),
            "",
            "{}",
            shown.stderr
        );
        for part in [
            "client to server",
            "0x0100",
            "CHAT_MESSAGE",
            "C→S CHAT_MESSAGE(channel=35, target=",
        ] {
            assert!(shown.stdout.contains(part), "{part} is not in {}", shown.stdout);
        }
    }
}
