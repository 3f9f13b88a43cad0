//! Values as the schema's hints say: for people in the tree, as numbers in filters.

use gw2_sim::block::Codec;
use gw2_sim::capture::Capture;
use gw2_sim::connection::Connection;
use gw2_sim::handshake::Version;
use gw2_sim::hosts;
use gw2_sim::message::{Message, Table};
use gw2_sim::scenarios::flow;
use tempfile::TempDir;

use crate::common::{self, Look, Scenario};

/// The lines of the details pane below our protocols, without indentation.
fn shown(look: Look, filter: &str) -> Vec<String> {
    let finished = look
        .filter(filter)
        .arguments(&["-V", "-O", "gw2,gw2.login,gw2.portal,gw2.game"])
        .run();
    let lines: Vec<String> = finished.lines().map(|line| line.trim().to_owned()).collect();
    assert!(!lines.is_empty(), "nothing matches {filter}");
    lines
}

fn folder(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("mine.schema"), text).unwrap();
    folder
}

/// Server messages of build 205780, in a block each.
fn sent(messages: &[Message]) -> Scenario {
    let mut connection = Connection::new(flow(0, hosts::game(), 50_000, 0), 205_780, Version::Game38);
    connection.open();
    for message in messages {
        connection
            .server(std::slice::from_ref(message), Codec::Stored)
            .unwrap();
    }
    Scenario::read(&Capture::new(vec![connection.finish()]), "hints")
}

#[test]
fn live_messages_show_ticks_as_time_ids_in_both_bases_and_places_with_three_decimals() {
    let samples = Scenario::named("samples");
    let tshark = common::tshark();
    for (filter, expected) in [
        // 79,090 ticks of 40 ms
        ("gw2.tick == 79090", "tick: 79090 (0:52:43.600)"),
        ("gw2.agent_id == 172", "agent_id: 172 (0xac)"),
        (
            "gw2.tick == 79090",
            "position_xyz: (1392.340, 622.523, 19.964), in game units (44555, 19921, 639)",
        ),
        ("gw2.frame_time_ms == 16", "frame_time_ms: 16 (0:00:00.016)"),
        ("gw2.text", "flags: 0 (0x00)"),
        ("gw2.text", "[Meaning: A chat message that the player typed]"),
        ("gw2.text", "[Known from: captured]"),
    ] {
        let lines = shown(Look::with_keys(&tshark, &samples), filter);
        assert!(
            lines.iter().any(|line| line == expected),
            "{expected:?} is not in:\n{}",
            lines.join("\n")
        );
    }
}

const VALUES: &str = r#"
schema 2026-205780
table  gs2c

enum stance {
    calm = 0
    combat = 2 "In combat"
}
flags moves {
    running = 0x01
    swimming = 0x06 "In the water"
    mounted = 0x0100
}

0x0701 VALUES {
    my_stance: u8 as stance
    my_moves: u16 as moves
    u8 as stance
    u16 as moves
    target_of_it: u16 as agent_id
    my_angle: f32 as angle
    my_time: u64 as seconds
    my_mask: u64 as hex
}
"#;

#[test]
fn enumerations_and_flags_are_filtered_by_name_and_by_number() {
    let mut bytes = vec![2, 0x06, 0x01, 2, 0x01, 0x01];
    bytes.extend(155_u16.to_le_bytes());
    bytes.extend(std::f32::consts::FRAC_PI_2.to_le_bytes());
    bytes.extend(90_061_u64.to_le_bytes());
    bytes.extend(0xdead_u64.to_le_bytes());
    let sent = sent(&[
        Message::raw(Table::Gs2c, 0x0701, &bytes),
        Message::raw(Table::Gs2c, 0x0701, &[0; 28]),
    ]);
    let tshark = common::tshark();
    let mine = folder(VALUES);
    let look =
        || Look::with_keys(&tshark, &sent).option(&format!("gw2.schema_dir:{}", mine.path().display()));
    for (filter, frames) in [
        ("gw2.my_stance == \"In combat\"", 1),
        ("gw2.my_stance == 2", 1),
        ("gw2.my_stance == \"calm\"", 1),
        ("gw2.my_moves.swimming", 2),
        (
            "gw2.my_moves.swimming == 1 && gw2.my_moves.mounted == 1 && gw2.my_moves.running == 0",
            1,
        ),
        ("gw2.my_moves == 0x106", 1),
    ] {
        assert_eq!(look().filter(filter).frames().len(), frames, "{filter}");
    }
    assert_eq!(look().values("gw2.my_stance"), ["2", "0"]);
    assert_eq!(look().values("gw2.my_moves"), ["262", "0"]);

    let lines = shown(look(), "gw2.my_stance == 2");
    for expected in [
        "my_stance: In combat (2)",
        "my_moves: 262 (0x0106: In the water, mounted)",
        ".... .... .... .11. = In the water: True",
        ".... .... .... ...0 = running: False",
        "u8: 2 (In combat)",
        "u16: 257 (0x0101: running, mounted)",
        "target_of_it: 155 (agent 0x9b)",
        "my_time: 90061 (25:01:01.000)",
        "my_mask: 57005 (0x000000000000dead)",
    ] {
        assert!(
            lines.iter().any(|line| line == expected),
            "{expected:?} is not in:\n{}",
            lines.join("\n")
        );
    }
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("my_angle: 1.57") && line.ends_with(" (90.0°)"))
    );
}

#[test]
fn a_large_array_is_folded_after_a_thousand_and_loses_nothing() {
    let mut bytes = 2_500_u16.to_le_bytes().to_vec();
    bytes.extend((0..2_500_u32).map(|number| number as u8));
    let sent = sent(&[Message::raw(Table::Gs2c, 0x0702, &bytes)]);
    let tshark = common::tshark();
    let mine = folder("schema 2026-205780\ntable gs2c\n0x0702 MANY { many: array16 { each: u8 } }\n");
    let look =
        || Look::with_keys(&tshark, &sent).option(&format!("gw2.schema_dir:{}", mine.path().display()));
    let lines = shown(look(), "gw2.many == 2500");
    let fold = lines
        .iter()
        .position(|line| line == "1500 more, from [1000]")
        .unwrap();
    let count = |lines: &[String]| lines.iter().filter(|line| line.starts_with("each: ")).count();
    assert_eq!((count(&lines[..fold]), count(&lines[fold..])), (1_000, 1_500));
    let values = look().values("gw2.each");
    assert_eq!(values.len(), 2_500);
    assert_eq!(values.last().unwrap(), &(2_499_u32 as u8).to_string());
}
