//! Frames looked at in any order, and files one after the other in one process: what a user of the GUI does. sharkd does
//! the same without a screen.

use serde_json::Value;

use crate::common::sharkd::Sharkd;
use crate::common::{self, Scenario};

/// All numbers from 1 to `count` in an order that looks random and is the same each time.
fn shuffled(count: u32) -> Vec<u32> {
    let mut frames: Vec<u32> = (1..=count).collect();
    let mut state = 0x2545_f491_u32;
    for at in (1..frames.len()).rev() {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        frames.swap(at, state as usize % (at + 1));
    }
    frames
}

/// One of each kind of trouble, and the demo.
const SCENARIOS: &[&str] = &[
    "clean",
    "1-byte-segments",
    "message-over-blocks",
    "gap",
    "gap-in-large-block",
    "lost-fast",
    "random-20",
    "unknown-opcode",
    "malformed",
    "bad-block-header",
    "port-reuse",
    "no-key",
    "portal",
    "portal-1-byte-segments",
    "portal-fragments",
    "portal-rc4",
    "portal-gap",
    "portal-lost-fast",
    "portal-tls12",
    "portal-tls13",
    "portal-tls-resumed",
];

#[test]
fn frames_look_the_same_in_whatever_order_they_are_clicked() {
    let tshark = common::tshark();
    for name in SCENARIOS {
        let scenario = Scenario::named(name);
        let mut sharkd = Sharkd::start(&tshark);
        let count = sharkd.load(&scenario.capture, &scenario.keys);
        let in_order = sharkd.trees(1..=count);
        let mut clicked = sharkd.trees(shuffled(count).into_iter());
        clicked.sort_by_key(|(frame, _)| *frame);
        for (first, second) in in_order.iter().zip(&clicked) {
            assert_eq!(first, second, "{name}, frame {}", first.0);
        }
        // And never looked at in order at all.
        let mut fresh = Sharkd::start(&tshark);
        fresh.load(&scenario.capture, &scenario.keys);
        let mut clicked = fresh.trees(shuffled(count).into_iter());
        clicked.sort_by_key(|(frame, _)| *frame);
        assert_eq!(in_order, clicked, "{name}");
    }
}

#[test]
fn nothing_of_one_file_is_left_in_the_next() {
    let tshark = common::tshark();
    let [first, second] = ["clean", "port-reuse"].map(Scenario::named);
    let mut sharkd = Sharkd::start(&tshark);
    let count = sharkd.load(&first.capture, &first.keys);
    let alone = sharkd.trees(1..=count);
    let other = sharkd.load(&second.capture, &second.keys);
    sharkd.trees(1..=other);
    assert_eq!(sharkd.load(&first.capture, &first.keys), count);
    assert_eq!(sharkd.trees(1..=count), alone);
}

#[test]
fn a_key_that_comes_late_decrypts_frames_that_were_seen_already() {
    let tshark = common::tshark();
    let scenario = Scenario::named("clean");
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("late.keys");
    std::fs::write(&keys, "").unwrap();
    let mut sharkd = Sharkd::start(&tshark);
    let count = sharkd.load(&scenario.capture, &keys);
    let before = sharkd.trees(1..=count);
    std::fs::copy(&scenario.keys, &keys).unwrap();
    // The first look at any encrypted frame of the connection finds the key for all of them.
    sharkd.trees(shuffled(count).into_iter());
    let after = sharkd.trees(1..=count);
    let text = |trees: &[(u32, Value)], word: &str| {
        trees
            .iter()
            .filter(|(_, tree)| tree.to_string().contains(word))
            .count()
    };
    assert!(text(&before, "Encrypted") > 0);
    assert_eq!(text(&after, "Encrypted"), 0);
    assert!(text(&after, "Opcode") > 0);
}

#[test]
fn a_key_log_that_is_replaced_or_cut_short_is_read_anew() {
    let tshark = common::tshark();
    let scenario = Scenario::named("clean");
    let right = std::fs::read(&scenario.keys).unwrap();
    // Longer than what comes, so that reading on where it was left would miss all of it.
    let other = format!("GW2_SEED {} {}\n", "ab".repeat(20), "cd".repeat(20)).repeat(20);
    let folder = tempfile::tempdir().unwrap();
    for replace in [true, false] {
        let keys = folder.path().join(format!("replaced-{replace}.keys"));
        std::fs::write(&keys, &other).unwrap();
        let mut sharkd = Sharkd::start(&tshark);
        let count = sharkd.load(&scenario.capture, &keys);
        assert!(
            sharkd
                .trees(1..=count)
                .iter()
                .any(|(_, tree)| tree.to_string().contains("Encrypted"))
        );
        if replace {
            let new = folder.path().join("new.keys");
            std::fs::write(&new, &right).unwrap();
            std::fs::rename(&new, &keys).unwrap();
        } else {
            std::fs::write(&keys, &right).unwrap();
        }
        sharkd.trees(1..=count);
        let after = sharkd.trees(1..=count);
        assert!(
            !after
                .iter()
                .any(|(_, tree)| tree.to_string().contains("Encrypted")),
            "replaced: {replace}"
        );
        assert!(after.iter().any(|(_, tree)| tree.to_string().contains("Opcode")));
    }
}
