//! Real client messages, each one flush buffer of a client of 2025, read to the last byte.

use crate::common::{self, Look, Scenario, number};

/// The opcodes in each buffer, found by hand with the tables of 2025-08; in the order of `samples.json`.
const OPCODES: &[&[u32]] = &[
    &[0x0001],
    &[0x0002],
    &[0x0002],
    &[0x0002, 0x0011],
    &[0x0011],
    &[0x0011],
    &[0x0012],
    &[0x0012],
    &[0x0012],
    &[0x0012],
    &[0x0012],
    &[0x0012],
    &[0x0012],
    &[0x0012],
    &[0x0017],
    &[0x001a, 0x0012],
    &[0x0023],
    &[0x00e5, 0x00dd],
    &[0x0100],
    &[0x010f],
    &[0x0113, 0x0113],
];

fn numbers(text: &str) -> Vec<u32> {
    text.lines().map(number).collect()
}

#[test]
fn every_sample_is_the_right_sequence_of_messages() {
    let samples = Scenario::named("samples");
    let tshark = common::tshark();
    let rows = Look::with_keys(&tshark, &samples)
        .filter("gw2.opcode && gw2.direction == 0")
        .fields(&["frame.number", "gw2.opcode", "gw2.message.length"]);

    // Login and game are connections of their own, so the order of frames is not that of the list.
    let mut wanted: Vec<Vec<u32>> = OPCODES.iter().map(|opcodes| opcodes.to_vec()).collect();
    let mut seen: Vec<Vec<u32>> = rows.iter().map(|row| numbers(&row[1])).collect();
    wanted.sort();
    seen.sort();
    assert_eq!(seen, wanted);

    let truth = samples.by_frame("message");
    for row in rows {
        let items = &truth[&number(&row[0])];
        let lengths: Vec<_> = items.iter().map(|item| item.length).collect();
        assert_eq!(numbers(&row[2]), lengths, "frame {}", row[0]);
    }
}

#[test]
fn nothing_of_a_sample_is_left_over() {
    let samples = Scenario::named("samples");
    let tshark = common::tshark();
    let left = "gw2.undecoded || gw2.encrypted || gw2.expert.malformed || gw2.expert.unknown_opcode";
    assert_eq!(
        Look::with_keys(&tshark, &samples).filter(left).frames(),
        [0_u32; 0]
    );
}

#[test]
fn fields_have_the_values_that_a_hand_reads() {
    let samples = Scenario::named("samples");
    let tshark = common::tshark();
    for (filter, frames) in [
        ("gw2.text == \"test\"", 1),
        // use skill, and landed
        ("gw2.agent_id == 155", 2),
        // select, deselect
        ("gw2.agent_id == 172", 1),
        ("gw2.tick == 79090", 1),
        ("gw2.tick >= 79090 && gw2.tick <= 79099", 8),
        ("gw2.frame_time_ms == 16", 2),
        ("gw2.command_data == 29:05", 1),
        ("gw2.message == \"LANDED\" && gw2.message == \"MOVEMENT\"", 1),
        ("gw2.time_ms_or_1 == 16286463", 1),
        ("gw2.position_xyz.x > 1392.3 && gw2.position_xyz.x < 1392.4", 8),
        ("gw2.position_xyz.z > 18.3 && gw2.position_xyz.z < 18.4", 2),
        // Bytes ad14f001 9224 4a2e ae14 f00192244a2e; as Windows prints GUIDs, the first three groups turn round.
        ("gw2.session_guid == 01f014ad-2492-2e4a-ae14-f00192244a2e", 1),
    ] {
        let found = Look::with_keys(&tshark, &samples).filter(filter).frames();
        assert_eq!(found.len(), frames, "{filter}: frames {found:?}");
    }
}
