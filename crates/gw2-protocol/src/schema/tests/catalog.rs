//! Choice of a set by build, overlays, `extends` and `remove`, and login's fall-back.

use super::*;

fn read(files: &[&str]) -> (Catalog, Vec<String>) {
    let names: Vec<String> = (0..files.len()).map(|number| format!("file{number}")).collect();
    let (catalog, errors) = Catalog::read(names.iter().map(String::as_str).zip(files.iter().copied()));
    (catalog, shown(&errors))
}

/// The opcodes and names of a table of a set.
fn table<'c>(catalog: &'c Catalog, set: &str, table: Table) -> Vec<(u16, Option<&'c str>)> {
    let set = catalog.select(None, Some(set)).unwrap().set;
    listed(catalog.table(set, table))
}

const SETS: &[&str] = &[
    "schema b\nbuild 200\ntable c2gs\n0x0001 B {}",
    "schema c\nbuild 300\ntable c2gs\n0x0001 C {}",
    "schema a\nbuild 100\ntable c2gs\n0x0001 A {}",
];

#[test]
fn the_newest_set_that_is_not_newer_than_the_build() {
    let (catalog, _) = read(SETS);
    let names: Vec<_> = catalog
        .sets()
        .iter()
        .map(|set| (set.name.as_str(), set.build))
        .collect();
    assert_eq!(names, [("c", 300), ("b", 200), ("a", 100)]);
    for (build, set, exact) in [
        (Some(1), "a", false),
        (Some(99), "a", false),
        (Some(100), "a", true),
        (Some(199), "a", false),
        (Some(200), "b", true),
        (Some(299), "b", false),
        (Some(300), "c", true),
        (Some(u32::MAX), "c", false),
        (None, "c", true),
    ] {
        let selected = catalog.select(build, None).unwrap();
        assert_eq!(
            (catalog.set_name(selected.set), selected.exact),
            (set, exact),
            "{build:?}"
        );
    }
}

#[test]
fn a_set_that_a_user_names_is_taken_for_any_build() {
    let (catalog, _) = read(SETS);
    let selected = catalog.select(Some(300), Some("a")).unwrap();
    assert_eq!((catalog.set_name(selected.set), selected.exact), ("a", false));
    assert!(catalog.select(Some(100), Some("a")).unwrap().exact);
    assert_eq!(catalog.select(Some(300), Some("z")), None);
}

#[test]
fn no_sets_at_all() {
    let (catalog, errors) = read(&[]);
    assert!(errors.is_empty());
    assert_eq!(catalog.select(Some(1), None), None);
    assert!(catalog.table(SetRef::default(), Table::C2gs).is_empty());
    assert_eq!(catalog.set_name(SetRef::default()), "");
}

#[test]
fn lookup_names_the_set_of_the_schema() {
    let (catalog, _) = read(SETS);
    let set = catalog.select(Some(250), None).unwrap().set;
    let found = catalog.lookup(set, Table::C2gs, 1).unwrap();
    assert_eq!((found.set, found.schema.name.as_deref()), ("b", Some("B")));
    assert!(catalog.lookup(set, Table::C2gs, 2).is_none());
    assert!(catalog.lookup(set, Table::Gs2c, 1).is_none());
}

#[test]
fn of_two_sets_for_one_build_the_one_added_later_is_taken() {
    let (catalog, _) = read(&[
        "schema builtin\nbuild 5\ntable c2gs\n",
        "schema mine\nbuild 5\ntable c2gs\n",
    ]);
    let selected = catalog.select(Some(5), None).unwrap();
    assert_eq!(catalog.set_name(selected.set), "mine");
}

#[test]
fn a_later_file_of_a_set_and_table_adds_replaces_and_removes() {
    let (catalog, errors) = read(&[
        "schema s\nbuild 5\ntable gs2c\n0x0001 ONE { u8 } 0x0002 TWO {} 0x0003 THREE {}",
        "schema s\ntable gs2c\nremove 0x0003\n0x0002 DEUX { u16 } 0x0004 FOUR {}",
        "schema s\ntable c2gs\n0x0001 OTHER {}",
    ]);
    assert_eq!(errors, Vec::<String>::new());
    assert_eq!(
        table(&catalog, "s", Table::Gs2c),
        [(1, Some("ONE")), (2, Some("DEUX")), (4, Some("FOUR"))]
    );
    assert_eq!(table(&catalog, "s", Table::C2gs), [(1, Some("OTHER"))]);
    assert_eq!(catalog.sets()[0].build, 5);
}

#[test]
fn a_later_file_can_move_a_sets_build() {
    let (catalog, _) = read(&[
        "schema s\nbuild 5\ntable gs2c\n",
        "schema s\nbuild 7\ntable gs2c\n",
    ]);
    assert_eq!(catalog.sets()[0].build, 7);
}

#[test]
fn a_new_set_must_say_its_build() {
    let (catalog, errors) = read(&["schema s\ntable gs2c\n0x0001 {}"]);
    assert!(catalog.sets().is_empty());
    assert_eq!(
        errors,
        ["file0: the set \"s\" is new: say its first client build with `build NUMBER`"]
    );
}

#[test]
fn only_one_file_of_a_new_set_needs_the_build_but_the_first() {
    let (_, errors) = read(&["schema s\nbuild 1\ntable gs2c\n", "schema s\ntable c2gs\n"]);
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn a_table_that_extends_another_says_what_changed() {
    let new = "schema new\nbuild 2\ntable gs2c\nextends old\nremove 0x0002\n0x0003 C2 {} 0x0004 D {}";
    let old = "schema old\nbuild 1\ntable gs2c\n0x0001 A {} 0x0002 B {} 0x0003 C {}";
    let overlay = "schema old\ntable gs2c\n0x0001 A2 {}";
    // The order of files does not matter; overlays of the base come through.
    for files in [[new, old, overlay], [old, overlay, new], [old, new, overlay]] {
        let (catalog, errors) = read(&files);
        assert_eq!(errors, Vec::<String>::new());
        assert_eq!(
            table(&catalog, "new", Table::Gs2c),
            [(1, Some("A2")), (3, Some("C2")), (4, Some("D"))]
        );
        let set = catalog.select(Some(2), None).unwrap().set;
        assert_eq!(catalog.lookup(set, Table::Gs2c, 1).unwrap().set, "new");
        assert_eq!(table(&catalog, "old", Table::Gs2c).len(), 3);
    }
}

#[test]
fn extends_that_cannot_work_is_reported_and_the_files_own_messages_stay() {
    let (catalog, errors) = read(&[
        "schema a\nbuild 1\ntable gs2c\nextends nobody\n0x0001 {}",
        "schema b\nbuild 2\ntable c2gs\nextends a\n0x0002 {}",
        "schema c\nbuild 3\ntable gs2c\n0x0003 {}",
        "schema c\ntable gs2c\nextends a\n0x0004 {}",
    ]);
    assert_eq!(
        errors,
        [
            "file0: there is no gs2c of a set \"nobody\" to extend",
            "file1: there is no c2gs of a set \"a\" to extend",
            "file3: gs2c of \"c\" has messages already: only its first file can extend another",
        ]
    );
    assert_eq!(table(&catalog, "a", Table::Gs2c), [(1, None)]);
    assert_eq!(table(&catalog, "b", Table::C2gs), [(2, None)]);
    assert_eq!(table(&catalog, "c", Table::Gs2c), [(3, None), (4, None)]);
}

#[test]
fn tables_that_extend_each_other_are_reported() {
    let (catalog, errors) = read(&[
        "schema a\nbuild 1\ntable gs2c\nextends b\n",
        "schema b\nbuild 2\ntable gs2c\nextends a\n",
        "schema c\nbuild 3\ntable gs2c\nextends c\n",
        "schema d\nbuild 4\ntable gs2c\n0x0001 {}",
    ]);
    let expected = ["file0", "file1", "file2"]
        .map(|file| format!("{file}: this table extends itself, by way of others"));
    assert_eq!(errors, expected);
    assert_eq!(table(&catalog, "d", Table::Gs2c).len(), 1);
}

#[test]
fn login_falls_back_to_complete_tables_then_to_partial_ones_opcode_by_opcode() {
    let (catalog, _) = read(&[
        "schema new\nbuild 3\ntable c2ls\npartial\n0x0001 NEW {}",
        "schema middle\nbuild 2\ntable c2ls\npartial\n0x0001 MIDDLE {} 0x0002 MIDDLE {} 0x0003 MIDDLE {}",
        "schema old\nbuild 1\ntable c2ls\n0x0001 OLD {} 0x0002 OLD {}",
        "schema old\ntable ls2c\n0x0009 OLD {}",
    ]);
    let new = [(1, Some("NEW")), (2, Some("OLD")), (3, Some("MIDDLE"))];
    assert_eq!(table(&catalog, "new", Table::C2ls), new);
    let middle = [(1, Some("MIDDLE")), (2, Some("MIDDLE")), (3, Some("MIDDLE"))];
    assert_eq!(table(&catalog, "middle", Table::C2ls), middle);
    let old = [(1, Some("OLD")), (2, Some("OLD")), (3, Some("MIDDLE"))];
    assert_eq!(table(&catalog, "old", Table::C2ls), old);
    assert_eq!(table(&catalog, "new", Table::Ls2c), [(9, Some("OLD"))]);
    // A message from elsewhere says where it is from.
    let set = catalog.select(Some(3), None).unwrap().set;
    assert_eq!(catalog.lookup(set, Table::C2ls, 2).unwrap().set, "old");
}

#[test]
fn an_overlay_does_not_make_a_partial_table_complete() {
    let (catalog, _) = read(&[
        "schema new\nbuild 3\ntable c2ls\n0x0009 {}",
        "schema middle\nbuild 2\ntable c2ls\npartial\n0x0002 MIDDLE {}",
        "schema old\nbuild 1\ntable c2ls\n0x0002 OLD {}",
        "schema middle\ntable c2ls\n0x0005 MINE {}",
    ]);
    assert_eq!(
        table(&catalog, "new", Table::C2ls),
        [(2, Some("OLD")), (5, Some("MINE")), (9, None)]
    );
}

#[test]
fn game_tables_do_not_fall_back() {
    let (catalog, _) = read(&[
        "schema new\nbuild 2\ntable c2gs\n0x0001 {}",
        "schema old\nbuild 1\ntable gs2c\n0x0001 {}",
    ]);
    assert!(table(&catalog, "new", Table::Gs2c).is_empty());
    assert!(table(&catalog, "old", Table::C2gs).is_empty());
}

#[test]
fn a_users_file_lies_over_the_built_in_ones() {
    let (catalog, errors) = Catalog::load([(
        "mine.schema",
        "schema 2026-205780\ntable c2gs\n0x0011 HEARTBEAT { beat: u16 }",
    )]);
    assert_eq!(errors, []);
    let set = catalog.select(Some(205_780), None).unwrap().set;
    let schema = catalog.lookup(set, Table::C2gs, 0x0011).unwrap().schema;
    assert_eq!(schema.name.as_deref(), Some("HEARTBEAT"));
    assert_eq!(catalog.table(set, Table::C2gs).len(), 480);
    assert!(catalog.names().iter().any(|name| name.filter == "gw2.beat"));
}

#[test]
fn tables_find_replace_and_forget_by_opcode() {
    let mut table = MessageTable::default();
    for opcode in [5, 0, 0xffff, 5] {
        table.insert(Schema::empty(opcode));
    }
    assert_eq!((table.len(), table.is_empty()), (3, false));
    assert!(table.get(5).is_some() && table.get(0xffff).is_some() && table.get(6).is_none());
    table.remove(5);
    table.remove(6);
    assert_eq!(listed(&table), [(0, None), (0xffff, None)]);
}
