//! Keys that a capture carries inside itself, in a Decryption Secrets Block that the simulator wrote.

use std::fs;

use gw2_sim::capture::Capture;
use gw2_sim::connection::Connection;
use gw2_sim::handshake::Version;
use gw2_sim::hosts;
use gw2_sim::message::{Message, Table};

use crate::common::{self, Look, Scenario};

/// The capture, and the lines in it.
fn capture() -> (Scenario, Vec<String>) {
    let capture = gw2_sim::scenarios::find("key-in-capture")
        .unwrap()
        .capture()
        .unwrap();
    (Scenario::read(&capture, "key-in-capture"), capture.embedded_keys)
}

/// Whether this Wireshark hands plugins what a capture carries.
fn hands_over() -> bool {
    let version = common::wireshark().version();
    (version.major, version.minor) >= (4, 4)
}

#[test]
fn they_decrypt_where_wireshark_hands_them_over() {
    let (scenario, _) = capture();
    let tshark = common::tshark();
    let look = || Look::with_keys(&tshark, &scenario);
    let finished = look().run();
    assert!(!finished.stderr.contains("GW2"), "{}", finished.stderr);
    let wanted: Vec<_> = scenario
        .truth
        .iter()
        .filter(|item| item.layer == "message")
        .map(|item| item.opcode.unwrap())
        .collect();
    assert!(wanted.len() > 5);
    let opcodes = |look: Look| {
        let values = look.values("gw2.opcode");
        values
            .iter()
            .map(|opcode| common::number(opcode))
            .collect::<Vec<_>>()
    };
    if hands_over() {
        assert_eq!(opcodes(look()), wanted);
        assert_eq!(opcodes(look().arguments(&["-2"])), wanted, "-2");
        let mut sources = look().values("gw2.key.source");
        sources.dedup();
        assert_eq!(sources, ["capture"]);
        assert_eq!(look().filter("gw2.encrypted").frames(), Vec::<u32>::new());
    } else {
        assert_eq!(opcodes(look()), Vec::<u32>::new());
        assert_eq!(
            look().filter("gw2.expert.no_key").frames().len(),
            2,
            "once a direction"
        );
        assert!(!look().filter("gw2.encrypted").frames().is_empty());
    }
}

/// The same lines in a key log: what `cargo xtask keys extract` makes of the capture.
#[test]
fn a_key_log_beside_them_does_its_work_everywhere() {
    let (scenario, lines) = capture();
    fs::write(&scenario.keys, lines.join("\n") + "\n").unwrap();
    let tshark = common::tshark();
    let look = || Look::with_keys(&tshark, &scenario);
    assert_eq!(
        look().values("gw2.opcode").len(),
        scenario
            .truth
            .iter()
            .filter(|item| item.layer == "message")
            .count()
    );
    let mut sources = look().values("gw2.key.source");
    sources.dedup();
    // The same line is no second candidate: which one came first says its source.
    let wanted = if hands_over() {
        ["capture", "key-in-capture.keys:1"]
    } else {
        ["key-in-capture.keys:1"; 2]
    };
    assert!(
        sources.len() == 1 && wanted.contains(&sources[0].as_str()),
        "{sources:?}"
    );
}

/// One capture's keys do not decrypt another, and are there again when the first is opened anew.
#[test]
fn each_capture_has_its_own() {
    let (carrying, _) = capture();
    // The simulator's flows have a key for each number.
    let flow = gw2_sim::scenarios::flow(9, hosts::game(), 50_009, 0);
    let mut connection = Connection::new(flow, 205_780, Version::Game38);
    connection.open();
    let message = Message::new(Table::C2gs, 0x0023, &[]).unwrap();
    connection.client(&[message]).unwrap();
    let other = Scenario::read(&Capture::new(vec![connection.finish()]), "other-key");
    let tshark = common::tshark();
    let mut shark = common::sharkd::Sharkd::start(&tshark);
    // sharkd keeps what a filter found for as long as it runs, over all files: each filter is asked once.
    shark.load(&carrying.capture, &carrying.keys);
    let decrypted = shark.frames("gw2.opcode >= 0").len();
    assert_eq!(decrypted > 0, hands_over());
    // The key log beside the first capture is empty.
    shark.load(&other.capture, &carrying.keys);
    assert_eq!(shark.frames("gw2.opcode >= 1"), Vec::<u32>::new());
    shark.load(&carrying.capture, &carrying.keys);
    assert_eq!(shark.frames("gw2.opcode >= 2").len(), decrypted);
}
