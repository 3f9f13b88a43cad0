//! The user's own schema files, and the choice of a set.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::common::sharkd::Sharkd;
use crate::common::{self, Look, Scenario};

/// A folder with one schema file.
fn folder(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine.schema"), text).unwrap();
    folder
}

fn with_folder<'a>(look: Look<'a>, folder: &Path) -> Look<'a> {
    look.option(&format!("gw2.schema_dir:{}", folder.display()))
}

const OVER_205780: &str = r#"
schema 2026-205780
table  c2gs

# Movement, which the built-in set has without a name.
0x0012 WALK "The player's own name for it" {
    my_tick: varint
    varint
    my_position: vec3 "Where"
    varint
    u8 u8 u8
}
"#;

#[test]
fn a_users_file_names_messages_and_fields_which_become_filters() {
    let tshark = common::tshark();
    let demo = Scenario::demo();
    let mine = folder(OVER_205780);
    let look = || with_folder(Look::with_keys(&tshark, &demo), mine.path());
    let sent: Vec<u32> = demo
        .by_frame("message")
        .into_iter()
        .filter(|(_, items)| {
            items
                .iter()
                .any(|item| item.table == "c2gs" && item.opcode == Some(0x0012))
        })
        .map(|(frame, _)| frame)
        .collect();
    assert!(!sent.is_empty());
    assert_eq!(look().filter("gw2.message == \"WALK\"").frames(), sent);
    assert_eq!(
        look()
            .filter("gw2.my_tick > 0 && gw2.my_position.x > -100000")
            .frames(),
        sent
    );
    // The rest of the set is as it was.
    let unnamed = |look: Look| look.filter("gw2.message == \"CHCLI_PLAYER_ADD\"").frames();
    assert_eq!(unnamed(look()), unnamed(Look::with_keys(&tshark, &demo)));
}

#[test]
fn an_error_in_a_users_file_is_told_with_its_place_and_the_rest_is_read() {
    let tshark = common::tshark();
    let demo = Scenario::demo();
    let broken = OVER_205780.replace("# Movement", "0x0013 { colour: purple }\n# Movement");
    let mine = folder(&broken);
    let finished = with_folder(Look::with_keys(&tshark, &demo), mine.path())
        .filter("gw2.message == \"WALK\"")
        .run();
    assert!(
        finished.lines().count() > 0,
        "the message behind the error is read"
    );
    let place = format!("{}:5:18: ", mine.path().join("mine.schema").display());
    assert!(finished.stderr.contains(&place), "{}", finished.stderr);
    assert!(finished.stderr.contains("purple"), "{}", finished.stderr);
}

#[test]
fn a_schema_folder_that_is_not_there_is_told_and_nothing_is_lost() {
    let tshark = common::tshark();
    let demo = Scenario::demo();
    let nowhere = Path::new("/nowhere/at/all");
    let finished = with_folder(Look::with_keys(&tshark, &demo), nowhere)
        .filter("gw2.opcode")
        .run();
    assert!(finished.stderr.contains("/nowhere/at/all"), "{}", finished.stderr);
    assert!(finished.stderr.contains("gw2.schema_dir"), "{}", finished.stderr);
    assert_eq!(
        finished.lines().count(),
        Look::with_keys(&tshark, &demo)
            .filter("gw2.opcode")
            .frames()
            .len()
    );
}

#[test]
fn a_set_chosen_by_preference_decodes_and_one_that_is_not_there_is_told() {
    let tshark = common::tshark();
    let demo = Scenario::demo();
    let forced = Look::with_keys(&tshark, &demo).option("gw2.schema:2025-08");
    let sets = forced
        .filter("gw2.message.table == \"c2gs\"")
        .values("gw2.schema");
    assert!(!sets.is_empty());
    assert!(sets.iter().all(|set| set == "2025-08"), "{sets:?}");
    let finished = Look::with_keys(&tshark, &demo)
        .option("gw2.schema:1999-01")
        .filter("gw2.opcode")
        .run();
    assert!(finished.stderr.contains("1999-01"), "{}", finished.stderr);
    assert!(finished.lines().count() > 0);
}

#[test]
fn a_users_file_renames_adds_and_overrides() {
    let tshark = common::tshark();
    let demo = Scenario::demo();
    let look = |mine: &TempDir| with_folder(Look::with_keys(&tshark, &demo), mine.path());
    // A field of another name, and of another type that has the same size.
    let mine = folder(
        "schema 2026-205780\ntable c2gs\n\
         0x0012 MOVEMENT { tick: varint varint place: vec3 varint stance: u8 place_of_two: u16 }\n",
    );
    let built_in = Look::with_keys(&tshark, &demo)
        .filter("gw2.opcode == 0x0012 && gw2.direction == 0")
        .frames();
    assert!(!built_in.is_empty());
    assert_eq!(
        look(&mine)
            .filter("gw2.place.z && gw2.place_of_two >= 0")
            .frames(),
        built_in
    );
    // An opcode that the built-in set has no schema for.
    let unknown = Scenario::named("unknown-opcode");
    let known = folder("schema 2026-205780\ntable gs2c\n0x7ffe NEW { five: bytes(5) }\n");
    let look = with_folder(Look::with_keys(&tshark, &unknown), known.path());
    assert_eq!(look.values("gw2.five"), ["0102030405"]);
}

#[test]
fn a_changed_file_is_read_again_with_the_next_capture_or_preference() {
    let tshark = common::tshark();
    let demo = Scenario::demo();
    let mine = folder(OVER_205780);
    let file = mine.path().join("mine.schema");
    let mut sharkd = Sharkd::start(&tshark);
    sharkd.set("gw2.schema_dir", mine.path());
    sharkd.load(&demo.capture, &demo.keys);
    let walks = sharkd.frames("gw2.message == \"WALK\" && gw2.my_tick");
    assert!(!walks.is_empty());

    // Opened again.
    fs::write(
        &file,
        OVER_205780
            .replace("WALK", "STROLL")
            .replace("my_tick", "your_tick"),
    )
    .unwrap();
    sharkd.load(&demo.capture, &demo.keys);
    assert_eq!(sharkd.frames("gw2.message == \"STROLL\" && gw2.your_tick"), walks);
    assert_eq!(sharkd.frames("gw2.message == \"WALK\""), [0_u32; 0]);

    // Any preference of ours applied; what is read anew shows when packets are dissected again.
    fs::write(&file, OVER_205780.replace("WALK", "MARCH")).unwrap();
    sharkd.set("gw2.schema_dir", mine.path());
    sharkd.load(&demo.capture, &demo.keys);
    assert_eq!(sharkd.frames("gw2.message == \"MARCH\" && gw2.my_tick"), walks);

    // And without the file the built-in tables stand alone.
    fs::remove_file(&file).unwrap();
    sharkd.load(&demo.capture, &demo.keys);
    assert_eq!(sharkd.frames("gw2.message == \"MARCH\""), [0_u32; 0]);
    assert_eq!(sharkd.frames("gw2.opcode == 0x0012 && gw2.direction == 0"), walks);
}
