//! tshark's own TCP analysis finds nothing wrong with the clean captures.

use gw2_sim::scenarios;
use std::process::Command;

fn tshark(arguments: &[&str], file: &std::path::Path) -> Option<String> {
    let output = Command::new("tshark")
        .arg("-r")
        .arg(file)
        .args(arguments)
        .output()
        .ok()?;
    assert!(
        output.status.success(),
        "tshark: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn clean_captures_are_clean() {
    for name in [
        "demo",
        "samples",
        "clean",
        "ipv6",
        "1-byte-segments",
        "coalesced",
        "large-blocks",
        "portal",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let capture = scenarios::find(name).unwrap().capture().unwrap();
        let file = capture.write(folder.path(), name).unwrap().capture;
        let check = [
            "-o",
            "tcp.check_checksum:TRUE",
            "-o",
            "ip.check_checksum:TRUE",
            "-Y",
            "tcp.analysis.flags || tcp.checksum.status == 0 || ip.checksum.status == 0 || !tcp",
        ];
        let Some(found) = tshark(&check, &file) else {
            eprintln!("skipped: tshark is not installed (apt install tshark)");
            return;
        };
        assert_eq!(found, "", "{name}");
        let count = tshark(&["-T", "fields", "-e", "frame.number"], &file).unwrap();
        assert_eq!(count.lines().count(), capture.packets.len(), "{name}");
    }
}

#[test]
fn impairments_look_like_what_they_are() {
    for (name, filter) in [
        ("retransmission", "tcp.analysis.retransmission"),
        ("lost-fast", "tcp.analysis.duplicate_ack"),
        ("lost-timeout", "tcp.analysis.lost_segment"),
        ("out-of-order", "tcp.analysis.out_of_order"),
        ("gap", "tcp.analysis.lost_segment"),
        ("keep-alive", "tcp.analysis.keep_alive"),
        ("port-reuse", "tcp.analysis.reused_ports"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = scenarios::find(name)
            .unwrap()
            .capture()
            .unwrap()
            .write(folder.path(), name)
            .unwrap()
            .capture;
        let Some(found) = tshark(&["-Y", filter], &file) else {
            eprintln!("skipped: tshark is not installed (apt install tshark)");
            return;
        };
        assert_ne!(found, "", "{name}: no frame fits {filter}");
    }
}
