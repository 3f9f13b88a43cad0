//! What is said when the plugin does not belong into the Wireshark that loads it, or is there twice.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tshark_harness::{Finished, Tshark, installed_file_name, run};

use crate::common::tshark;

/// A library that makes tshark say it is another release than it is.
fn pretender(folder: &Path, version: [u16; 3]) -> PathBuf {
    let [major, minor, micro] = version;
    let source = folder.join("pretender.c");
    let library = folder.join("pretender.so");
    let text = format!(
        "void epan_get_version_number(int *a, int *b, int *c) {{ *a = {major}; *b = {minor}; *c = {micro}; }}\n"
    );
    fs::write(&source, text).unwrap();
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&library, &source])
        .status()
        .unwrap();
    assert!(compiled.success());
    library
}

fn protocols_of(tshark: &Tshark, version: [u16; 3]) -> Finished {
    let library = pretender(tshark.home(), version);
    let finished = run(
        tshark
            .command()
            .args(["-G", "protocols"])
            .env("LD_PRELOAD", library),
        Duration::from_secs(60),
    )
    .unwrap();
    assert!(finished.status.success(), "{}", finished.stderr);
    finished
}

fn has_gw2(finished: &Finished) -> bool {
    finished.lines().any(|line| line.contains("GW2-Portal"))
}

#[test]
fn another_minor_version_is_refused_with_a_reason() {
    let finished = protocols_of(&tshark(), [4, 99, 1]);
    assert!(!has_gw2(&finished));
    for part in [
        "gw2: not loaded: it was built for Wireshark",
        "this is 4.99.1",
        "Install the plugin for 4.99",
    ] {
        assert!(finished.stderr.contains(part), "{part}: {}", finished.stderr);
    }
}

#[test]
fn the_patch_release_that_is_laid_out_otherwise_is_refused() {
    let tshark = tshark();
    let version = tshark.wireshark().version();
    if (version.major, version.minor) != (4, 0) {
        return; // None is known of the others.
    }
    let finished = protocols_of(&tshark, [4, 0, 4]);
    assert!(!has_gw2(&finished));
    for part in ["this is 4.0.4", "issues/18908", "Use another Wireshark 4.0"] {
        assert!(finished.stderr.contains(part), "{part}: {}", finished.stderr);
    }
    assert!(has_gw2(&protocols_of(&tshark, [4, 0, 5])));
}

#[test]
fn of_two_copies_one_works_and_the_other_says_so() {
    let tshark = tshark();
    let folder = tshark
        .home()
        .join("plugins")
        .join(tshark.wireshark().version().folder())
        .join("epan");
    fs::copy(
        folder.join(installed_file_name()),
        folder.join("zgw2-of-last-year.so"),
    )
    .unwrap();
    let finished = tshark.run(["-G", "protocols"]).unwrap().success().unwrap();
    assert!(has_gw2(&finished));
    assert!(
        finished
            .stderr
            .contains("another copy of this plugin is loaded already"),
        "{}",
        finished.stderr
    );
}
