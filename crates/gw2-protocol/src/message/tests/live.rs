//! Plaintext of real clients (shared/data/samples.json, vectors.json): facts, with the opcodes that
//! each buffer holds found by hand.

use super::*;
use crate::cipher::Rc4;
use crate::direction::Table;
use crate::schema::Catalog;

const C2GS: Table = Table::C2gs;

/// Table, flush buffer, opcodes. Client of 2025-08.
const SAMPLES: &[(Table, &str, &[u16])] = &[
    (Table::C2ls, "0100ff85e207", &[0x0001]),
    (C2GS, "020005", &[0x0002]),
    (C2GS, "020010", &[0x0002]),
    (C2GS, "02001011000000", &[0x0002, 0x0011]),
    (C2GS, "11000000", &[0x0011]),
    (C2GS, "11002800", &[0x0011]),
    (
        C2GS,
        "1200f2e904f2e904e20aae4478a11b44fab59f4100020100",
        &[0x0012],
    ),
    (
        C2GS,
        "1200f3e904f3e904e20aae4478a11b44a2509d4100020100",
        &[0x0012],
    ),
    (
        C2GS,
        "1200f4e904f4e904e20aae4478a11b442b669a4100020100",
        &[0x0012],
    ),
    (
        C2GS,
        "1200f5e904f5e904e20aae4478a11b4496f6964100020100",
        &[0x0012],
    ),
    (
        C2GS,
        "1200f6e904f6e904e20aae4478a11b44e201934100020100",
        &[0x0012],
    ),
    (
        C2GS,
        "1200f7e904f7e904a50bae4470a31b441425934100020100",
        &[0x0012],
    ),
    (
        C2GS,
        "1200f8e904f8e904ac0bae4481a31b44754d9341000000f7",
        &[0x0012],
    ),
    (
        C2GS,
        "1200fbe904fbe904b10bae448ea31b44c26d934100000000",
        &[0x0012],
    ),
    (C2GS, "17009b00cbf10c0386d5818008022905", &[0x0017]),
    (
        C2GS,
        "1a009b009b9502002a100e4358f53f42ec7f0e42928f103c00aafb333274483133d5efe0350000802b0000000000000000\
         0000000000000000000012009b95029b95022a100e4358f53f42ec7f0e4200000000",
        &[0x001a, 0x0012],
    ),
    (C2GS, "2300", &[0x0023]),
    (C2GS, "e500ac01dd00ac01", &[0x00e5, 0x00dd]),
    (C2GS, "00017400650073007400000023ffffffff0f00", &[0x0100]),
    (C2GS, "0f0101", &[0x010f]),
    (
        C2GS,
        "1301bfceb6e20407aa9f0b8b058b05b408e2058c0100ad14f00192244a2eae14f00192244a2e001301ec89a5ba0910506e\
         101000000001c911a509000200000202ad14f00192244a2eae14f00192244a2e00",
        &[0x0113, 0x0113],
    ),
];

/// Decodes a run of messages to its last byte: opcode and what the visitor was told, for each.
fn run(table: Table, build: u32, bytes: &[u8]) -> Vec<(u16, Vec<String>)> {
    let (catalog, _) = Catalog::builtin();
    let set = catalog.select(Some(build), None).unwrap().set;
    let mut messages = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let opcode = read_opcode(rest).unwrap();
        let schema = catalog.lookup(set, table, opcode).unwrap().schema;
        let mut recorder = Recorder::default();
        let decoded = decode(rest, rest.len(), schema, &mut recorder);
        assert_eq!(decoded, measure(rest, rest.len(), schema));
        let Ok(Decoded { len, open_end: false }) = decoded else {
            panic!("{decoded:?} in {rest:02x?}");
        };
        messages.push((opcode, recorder.lines));
        rest = &rest[len..];
    }
    messages
}

fn sample(number: usize) -> Vec<(u16, Vec<String>)> {
    let (table, digits, _) = SAMPLES[number];
    run(table, 180_000, &hex(digits))
}

#[test]
fn every_sample_decodes_to_its_last_byte() {
    assert_eq!(SAMPLES.len(), 21);
    for (number, (_, digits, expected)) in SAMPLES.iter().enumerate() {
        let opcodes: Vec<u16> = sample(number).iter().map(|(opcode, _)| *opcode).collect();
        assert_eq!(opcodes, *expected, "{digits}");
    }
}

#[test]
fn a_message_of_a_sample_that_is_cut_is_incomplete() {
    let (catalog, _) = Catalog::builtin();
    let set = catalog.select(Some(180_000), None).unwrap().set;
    for (table, digits, opcodes) in SAMPLES.iter().filter(|(_, _, opcodes)| opcodes.len() == 1) {
        let bytes = hex(digits);
        let schema = catalog.lookup(set, *table, opcodes[0]).unwrap().schema;
        for cut in 0..bytes.len() {
            let outcome = measure(&bytes[..cut], cut, schema);
            assert!(
                matches!(outcome, Err(Stop::Incomplete { .. })),
                "{digits} cut to {cut}"
            );
        }
    }
}

#[test]
fn a_movement_read_by_hand() {
    assert_eq!(
        sample(6),
        [(
            0x0012,
            // 0xf2 0xe9 0x04 = 0x72 + 0x69 * 0x80 + 4 * 0x4000
            vec![
                "tick 2..5 Varint(79090)".to_owned(),
                "tick_2 5..8 Varint(79090)".to_owned(),
                "position_xyz 8..20 [1392.3401, 622.52295, 19.963856]".to_owned(),
                "varint 20..21 Varint(0)".to_owned(),
                "u8 21..22 U8(2)".to_owned(),
                "u8 22..23 U8(1)".to_owned(),
                "u8 23..24 U8(0)".to_owned(),
            ]
        )]
    );
}

#[test]
fn a_skill_read_by_hand() {
    assert_eq!(
        sample(14)[0].1,
        [
            "agent_id 2..4 U16(155)",
            "tick 4..7 Varint(211147)",
            "u8 7..8 U8(3)",
            "command_sequence 8..13 Varint(2147510918)",
            "command_data 13..16 Bytes([41, 5])",
        ]
    );
}

#[test]
fn a_line_of_chat_read_by_hand() {
    let (opcode, lines) = sample(18).remove(0);
    assert_eq!(opcode, 0x0100);
    assert!(lines[0].ends_with(" 2..12 \"test\""), "{lines:?}");
}

/// The state of RC4 before a stretch of live wire of client build 205780, and the stretch.
fn decrypt(sbox: &str, i: u8, j: u8, ciphertext: &str) -> Vec<u8> {
    let mut bytes = hex(ciphertext);
    Rc4::from_state(hex(sbox).try_into().unwrap(), i, j).apply(&mut bytes);
    bytes
}

#[test]
fn a_captured_stretch_from_the_server() {
    let plain = decrypt(
        "8f38c6746cd1c76e8483cdd32e26f24123fa6dc172ec766ac5659395f4f91ad9318e181f2b4c9d3fc29864cbb439ae12\
         73f881aa5c0424019eaf3309a97c705a75bd0063a03dee22d2999ba2b6ddde306813343ce5a346ab251c8ba1da3bb3e9\
         3289b51d1beaa8605382b1fb172c45fda5b09a1e40ed354442ac5608ef6b36928a87dc58db887162ffe1f74f7b2a147d\
         c49702ade051b8f3154b94b27fe2c3b7d4fe785bb96785a755df6f37278677f02de30a47eb16bfe7f5cf498c54529150\
         0c3a21f10679d80f9c0e0543804d5e10070d9fd6193ee47afccce8c9be290b2fbc8d90ba11a428e66948d75f034e5966\
         57f6ca614a20d0a6ced5c8965dbbc07e",
        171,
        108,
        "165f0756e2efc19fdf875229568aa1b7bc89ff",
    );
    assert_eq!(plain, hex("0f000e00e0640286240200016402ab24010001"));
    // The block: 15 bytes of LZ4, one run of 14 literal bytes (token e0).
    let decoded = lz4_flex::block::decompress(&plain[4..], 14).unwrap();
    assert_eq!(decoded, plain[5..]);
    // The notes give names and values, not types.
    let messages: Vec<(u16, Vec<(String, u32)>)> = run(Table::Gs2c, 205_780, &decoded)
        .into_iter()
        .map(|(opcode, lines)| (opcode, lines.iter().map(|line| name_and_number(line)).collect()))
        .collect();
    let skill = |id: u32, slot: u32| {
        vec![
            ("skill_content_id".to_owned(), id),
            ("configured_skill_slot".to_owned(), slot),
            ("skill_context_code".to_owned(), 0),
            ("player_list_index".to_owned(), 1),
        ]
    };
    assert_eq!(messages, [(0x0264, skill(4614, 2)), (0x0264, skill(4651, 1))]);
}

/// `name 2..4 U16(7)` -> name, 7.
fn name_and_number(line: &str) -> (String, u32) {
    let (name, rest) = line.split_once(' ').unwrap();
    let digits = rest.rsplit('(').next().unwrap().trim_end_matches(')');
    (name.to_owned(), digits.parse().unwrap())
}

#[test]
fn a_captured_stretch_from_the_client() {
    let plain = decrypt(
        "90d3a7fe2735e47747c30c0441b3d6defb64e231b4405f3013a275d01045029a22af4d7bf60d46379f08aeecc5c7489c\
         698b1d2bcdbaf71b203cee5dbb832d4c4a0e74e552621606598792b814c486176b6cfc817c34b77f855003248c97c9ff\
         8aab1cbfa18f669d7d8d15c1acc6f858a6128263073f6a3bef2e23a9cec0c2f0d8d1d7a84f0070b69933dfe6ddf5a06f\
         f3daed385a0593e71e768efd9b44eb88019651d47e18cb5c79436ddc654ee154cc67aa912cf949ad55841a9e19e0f4bd\
         b5fa3d7168d23ad90a5b42db615378250fc83695ca2826e8beb2ea722fe9a34b328911609439a5f2b07a6e09803e29cf\
         1fbc0ba4985eb1e357b9d52af1732156",
        113,
        47,
        "5a3160fb37db",
    );
    assert_eq!(plain, hex("2001888f0101"));
    let messages = run(C2GS, 205_780, &plain);
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].0, 0x0120);
    let values: Vec<u32> = messages[0].1.iter().map(|line| name_and_number(line).1).collect();
    assert_eq!(values, [18312, 1]);
}
