//! The harness over the tshark that is installed here.

use tshark_harness::{Tshark, Wireshark};

/// The trap that this crate is for: as root, tshark would list the system's folder here.
#[test]
fn tshark_looks_for_plugins_in_the_home_it_was_given() {
    let tshark = Tshark::without_plugin(&Wireshark::find().unwrap()).unwrap();
    let listed = tshark.run(["-G", "folders"]).unwrap().success().unwrap();
    let folder = listed
        .lines()
        .find_map(|line| line.strip_prefix("Global Plugins:"))
        .unwrap();
    assert!(
        folder.trim().starts_with(tshark.home().to_str().unwrap()),
        "it looks in {folder}"
    );
}

#[test]
fn each_has_a_home_that_goes_away_with_it() {
    let wireshark = Wireshark::find().unwrap();
    let [first, second] = [0; 2].map(|_| Tshark::without_plugin(&wireshark).unwrap());
    let home = first.home().to_owned();
    assert_ne!(home, second.home());
    assert!(home.is_dir());
    drop(first);
    assert!(!home.exists());
}

#[test]
fn its_programs_can_write_there() {
    let tshark = Tshark::without_plugin(&Wireshark::find().unwrap()).unwrap();
    let file = tshark.home().join("empty.pcap");
    // A pcap header without packets: microseconds, version 2.4, Ethernet.
    let header = [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 0x4_0000, 1];
    std::fs::write(&file, header.map(u32::to_le_bytes).concat()).unwrap();
    let copy = tshark.home().join("copy.pcap");
    let mut editcap = tshark.companion("editcap");
    editcap.arg(&file).arg(&copy);
    tshark_harness::run(&mut editcap, std::time::Duration::from_secs(60))
        .unwrap()
        .success()
        .unwrap();
    assert!(copy.is_file());
}

#[test]
fn a_plugin_that_does_not_load_is_noticed() {
    let wireshark = Wireshark::find().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let plugin = folder.path().join(tshark_harness::plugin_file_name());
    std::fs::write(&plugin, "no plugin").unwrap();
    let error = Tshark::with_plugin(&wireshark, &plugin)
        .unwrap()
        .check_plugin()
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("does not load") && error.contains(tshark_harness::plugin_file_name()),
        "{error}"
    );
}
