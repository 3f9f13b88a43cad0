//! Keys that a capture carries inside itself, in a Decryption Secrets Block that the simulator wrote.

use std::fs;

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

/// One capture's keys are not another's.
#[test]
fn the_next_capture_starts_without_them() {
    let (carrying, _) = capture();
    let other = Scenario::demo();
    let tshark = common::tshark();
    let mut shark = common::sharkd::Sharkd::start(&tshark);
    shark.load(&carrying.capture, &carrying.keys);
    let decrypted = shark.frames("gw2.opcode").len();
    assert_eq!(decrypted > 0, hands_over());
    // Without its own keys: the key log beside the first capture is empty.
    shark.load(&other.capture, &carrying.keys);
    assert_eq!(shark.frames("gw2.opcode"), Vec::<u32>::new());
    assert!(!shark.frames("gw2.expert.no_key").is_empty());
    shark.load(&carrying.capture, &carrying.keys);
    assert_eq!(shark.frames("gw2.opcode").len(), decrypted);
}
