//! What holds for every scenario: written twice the same, frames that exist, times that rise.

use gw2_sim::scenarios;
use gw2_sim::truth::Layer;
use std::collections::HashSet;

#[test]
fn two_writes_are_byte_equal() {
    for name in ["demo", "random-20", "game-2025", "portal-encodings"] {
        let scenario = scenarios::find(name).unwrap();
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for folder in [&one, &two] {
            scenario.capture().unwrap().write(folder.path(), name).unwrap();
        }
        for ending in ["pcapng", "keys", "truth.jsonl"] {
            let file = format!("{name}.{ending}");
            let read = |folder: &tempfile::TempDir| std::fs::read(folder.path().join(&file)).unwrap();
            assert_eq!(read(&one), read(&two), "{file}");
        }
    }
}

#[test]
fn names_are_unique_and_unknown_ones_are_explained() {
    let names: Vec<_> = scenarios::all().iter().map(|scenario| scenario.name).collect();
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
    assert!(
        scenarios::find("nothing")
            .unwrap_err()
            .to_string()
            .contains("gw2-sim list")
    );
}

#[test]
fn captures_are_consistent() {
    for scenario in scenarios::all() {
        let capture = scenario.capture().unwrap();
        let name = scenario.name;
        assert!(
            capture.packets.windows(2).all(|w| w[0].time_ns <= w[1].time_ns),
            "{name}: times"
        );
        for (item, place) in capture.truth.iter().zip(capture.places()) {
            if let Some(frame) = place.frame {
                let packet = &capture.packets[frame - 1];
                assert_eq!(
                    (packet.flow, packet.direction),
                    (item.flow, item.direction),
                    "{name}"
                );
                assert!(
                    place.captured.is_some_and(|captured| captured <= frame),
                    "{name}: {place:?}"
                );
            }
        }
    }
}

/// Where nothing is missing from the capture, every item has its frame.
#[test]
fn nothing_is_lost_in_whole_captures() {
    let cut = [
        "gap",
        "snaplen",
        "mid-capture",
        "no-server-seed",
        "no-client-hello",
        "no-game-handshake",
        "portal-gap",
    ];
    for scenario in scenarios::all()
        .iter()
        .filter(|s| !cut.iter().any(|name| s.name.starts_with(name)))
    {
        let capture = scenario.capture().unwrap();
        for (item, place) in capture.truth.iter().zip(capture.places()) {
            assert!(place.frame.is_some(), "{}: {item:?}", scenario.name);
        }
    }
}

/// The demo holds what its readers look for.
#[test]
fn the_demo_is_a_session() {
    let capture = scenarios::find("demo").unwrap().capture().unwrap();
    let holds = |table: &str, opcode| {
        capture
            .truth
            .iter()
            .any(|i| i.table == table && i.opcode == Some(opcode))
    };
    for (table, opcode) in [
        ("c2ls", 0x0002),
        ("c2ls", 0x001d),
        ("ls2c", 0x0011),
        ("ls2c", 0x0014),
        ("c2gs", 0x0012),
        ("c2gs", 0x0017),
        ("c2gs", 0x01a9),
        ("gs2c", 0x0001),
        ("gs2c", 0x01ab),
        ("gs2c", 0x0264),
        ("gs2c", 0x02df),
    ] {
        assert!(holds(table, opcode), "{table} 0x{opcode:04x}");
    }
    assert!(
        capture
            .truth
            .iter()
            .filter(|item| item.layer == Layer::Portal)
            .count()
            > 15
    );
    assert!(!capture.truth.iter().any(|item| item.layer == Layer::Undecoded));
    assert_eq!(capture.keys.len(), 2);
}
