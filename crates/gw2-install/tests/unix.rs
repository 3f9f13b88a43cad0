//! With plugins made of one line of C.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gw2_install::{Minor, Place, Plan, PluginFile, Reach, Step, checkup};
use tempfile::TempDir;

const NAME: &str = "libgw2.so";
const VERSION: Minor = Minor { major: 4, minor: 4 };

/// A plugin for Wireshark 4.`minor`.
fn plugin(path: &Path, minor: u16) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let source = format!(
        "const char plugin_version[] = \"0.9.1\"; const int plugin_want_major = 4; const int plugin_want_minor = {minor};"
    );
    let text = path.with_extension("c");
    fs::write(&text, source).unwrap();
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([path, &text])
        .status()
        .unwrap();
    assert!(compiled.success());
    fs::remove_file(text).unwrap();
}

/// A home, with personal and everybody's plugins in it.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    /// What is wrong, and whether something is good, as lines.
    fn checkup(&self) -> (Vec<String>, bool) {
        let place = |folder, reach| Place {
            folder: self.path(folder),
            reach,
        };
        let places = [
            place("mine", Reach::Personal),
            place("all", Reach::Global),
            place("wrong", Reach::Nobody),
        ];
        let findings = checkup(VERSION, "4.4", &places);
        let good = findings.iter().any(|finding| finding.is_good());
        let bad = findings.iter().filter(|finding| !finding.is_good());
        (bad.map(ToString::to_string).collect(), good)
    }
}

#[track_caller]
fn says(problems: &[String], parts: &[&str]) {
    let found = problems
        .iter()
        .any(|problem| parts.iter().all(|part| problem.contains(part)));
    assert!(found, "{parts:?} in {problems:#?}");
}

#[test]
fn a_plugin_tells_what_it_is_for() {
    let home = Home::new();
    let file = home.path(NAME);
    plugin(&file, 6);
    let read = PluginFile::read(&file).unwrap();
    assert_eq!(read.version, "0.9.1");
    assert_eq!(read.wants.to_string(), "4.6");

    let text = home.path("text.so");
    fs::write(&text, "no library").unwrap();
    let error = PluginFile::read(&text).unwrap_err();
    assert!(
        format!("{error:#}").contains("text.so is no Wireshark plugin"),
        "{error:#}"
    );
}

#[test]
fn what_is_installed_works_and_can_be_removed() {
    let home = Home::new();
    for minor in [0, 4, 6] {
        plugin(&home.path(&format!("archive/4.{minor}/{NAME}")), minor);
    }
    let profile = home.path("archive/profile/GW2");
    fs::create_dir_all(&profile).unwrap();
    fs::write(profile.join("colorfilters"), "@").unwrap();
    fs::write(home.path("archive/profile/README.md"), "no profile").unwrap();
    let folder = home.path("mine/4.4/epan");

    let plan = Plan::install(&home.path("archive"), NAME, VERSION, &folder.join(NAME))
        .unwrap()
        .and_profiles(&home.path("archive/profile"), &home.path("profiles"))
        .unwrap();
    assert_eq!(plan.steps().count(), 2);
    assert!(!folder.exists(), "planning does nothing");
    // The second time over the first.
    for _ in 0..2 {
        let mut told = Vec::new();
        plan.carry_out(|step| told.push(step.clone())).unwrap();
        assert!(told.iter().eq(plan.steps()));
    }
    let names: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, [NAME]);
    assert_eq!(fs::read(home.path("profiles/GW2/colorfilters")).unwrap(), b"@");
    assert_eq!(PluginFile::read(&folder.join(NAME)).unwrap().wants, VERSION);
    assert_eq!(home.checkup(), (vec![], true));

    let plan = Plan::uninstall(&folder.join(NAME)).unwrap();
    assert_eq!(plan.steps().next(), Some(&Step::Remove(folder.join(NAME))));
    plan.carry_out(|_| {}).unwrap();
    let error = Plan::uninstall(&folder.join(NAME)).unwrap_err().to_string();
    assert!(error.contains(&folder.display().to_string()), "{error}");
    let (problems, good) = home.checkup();
    assert!(!good);
    says(
        &problems,
        &["not installed for Wireshark 4.4", "mine/4.4/epan", "all/4.4/epan"],
    );
}

#[test]
fn a_version_that_there_is_no_plugin_for_is_refused_with_those_there_are() {
    let home = Home::new();
    for minor in [0, 6] {
        plugin(&home.path(&format!("archive/4.{minor}/{NAME}")), minor);
    }
    let folder = home.path("mine/4.4/epan");
    let error = Plan::install(&home.path("archive"), NAME, VERSION, &folder.join(NAME)).unwrap_err();
    assert!(error.to_string().contains("your Wireshark is 4.4"), "{error}");
    assert!(error.to_string().contains("4.0, 4.6"), "{error}");

    // A build's folder has one, which says itself what it is for.
    plugin(&home.path(&format!("build/{NAME}")), 6);
    let error = Plan::install(&home.path("build"), NAME, VERSION, &folder.join(NAME)).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("is for Wireshark 4.6, and yours is 4.4"),
        "{error}"
    );

    fs::create_dir_all(home.path("empty")).unwrap();
    let error = Plan::install(&home.path("empty"), NAME, VERSION, &folder.join(NAME)).unwrap_err();
    assert!(error.to_string().contains("there is no libgw2.so in"), "{error}");
}

#[test]
fn a_checkup_finds_what_keeps_the_plugin_from_loading() {
    let home = Home::new();
    plugin(&home.path(&format!("mine/4.0/epan/{NAME}")), 0);
    says(
        &home.checkup().0,
        &[
            "mine/4.0/epan",
            "not in the folder of Wireshark 4.4",
            "mine/4.4/epan",
        ],
    );

    plugin(&home.path(&format!("mine/4.4/{NAME}")), 4);
    says(&home.checkup().0, &["mine/4.4/libgw2.so", "move it to"]);

    plugin(&home.path(&format!("all/4.4/epan/{NAME}")), 6);
    says(
        &home.checkup().0,
        &["all/4.4/epan", "built for Wireshark 4.6, and this is 4.4"],
    );

    plugin(&home.path(&format!("wrong/4.4/epan/{NAME}")), 4);
    says(
        &home.checkup().0,
        &["wrong/4.4/epan", "where Wireshark does not look"],
    );

    plugin(&home.path("mine/4.4/epan/libgw2.dylib"), 4);
    says(&home.checkup().0, &["libgw2.dylib", "rename it to libgw2.so"]);

    fs::write(home.path("mine/4.4/epan/gw2-broken.so"), "?").unwrap();
    says(
        &home.checkup().0,
        &["gw2-broken.so is no Wireshark plugin", "Install it again"],
    );
}

#[test]
fn two_copies_are_found_under_whatever_name() {
    let home = Home::new();
    plugin(&home.path(&format!("mine/4.4/epan/{NAME}")), 4);
    assert_eq!(home.checkup(), (vec![], true));
    plugin(&home.path("all/4.4/epan/gw2-old.so"), 4);
    let (problems, good) = home.checkup();
    assert!(good);
    says(&problems, &["there are 2 copies", "libgw2.so", "gw2-old.so"]);
}
