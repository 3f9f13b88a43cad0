//! What no capture may do: crash tshark, hang it, or change what is shown of the packets that are whole.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use tshark_harness::{Finished, Tshark, run};

use crate::common::{self, Look, Scenario};

/// What is shown of our protocols: enough that a wrong or missing item shows.
const SHOWN: &[&str] = &[
    "frame.number",
    "_ws.col.Protocol",
    "_ws.col.Info",
    "gw2.opcode",
    "gw2.message.length",
    "gw2.portal.path",
    "gw2.portal.body",
    "gw2.encrypted",
    "gw2.undecoded",
];

#[test]
fn a_panic_is_shown_and_the_next_packets_are_dissected() {
    let demo = Scenario::demo();
    let all = Look::with_keys(&common::tshark(), &demo).frames();
    let tshark = common::tshark().environment("GW2_DEBUG_FAULT", "panic");
    let look = || Look::with_keys(&tshark, &demo);
    assert_eq!(look().frames(), all, "tshark did not get to the last packet");
    let messages = look().values("_ws.expert.message").join("\n");
    assert!(messages.to_lowercase().contains("dissector bug"), "{messages}");
}

#[test]
fn an_exception_is_malformed_and_the_next_packets_are_dissected() {
    let demo = Scenario::demo();
    let all = Look::with_keys(&common::tshark(), &demo).frames();
    let tshark = common::tshark().environment("GW2_DEBUG_FAULT", "exception");
    let look = || Look::with_keys(&tshark, &demo);
    assert_eq!(look().frames(), all, "tshark did not get to the last packet");
    assert!(!look().filter("_ws.malformed").frames().is_empty());
}

/// The demo, and one of each way in which packets arrive.
const ARRIVALS: &[&str] = &[
    "demo",
    "1-byte-segments",
    "7-byte-segments",
    "coalesced",
    "gap",
    "gap-in-large-block",
    "gap-many",
    "retransmission",
    "lost-timeout",
    "lost-fast",
    "out-of-order",
    "overlap",
    "random-20",
    "snaplen",
    "snaplen-all",
    "no-syn",
    "mid-capture",
    "no-server-seed",
    "no-client-hello",
    "keep-alive",
    "port-reuse",
    "version-frames",
    "unknown-opcode",
    "malformed",
    "limit",
    "bad-block",
    "bad-block-header",
    "bad-key",
    "portal-1-byte-segments",
    "portal-out-of-order",
    "portal-gap",
    "portal-rc4",
];

#[test]
fn one_pass_and_two_show_the_same_whatever_tcp_is_told() {
    let tshark = common::tshark();
    for name in ARRIVALS {
        let scenario = match *name {
            "demo" => Scenario::demo(),
            name => Scenario::named(name),
        };
        for preference in [
            "tcp.reassemble_out_of_order:FALSE",
            "tcp.reassemble_out_of_order:TRUE",
            "tcp.desegment_tcp_streams:FALSE",
        ] {
            let look = || {
                Look::with_keys(&tshark, &scenario)
                    .option(preference)
                    .filter("gw2")
            };
            let once = look().fields(SHOWN);
            let twice = look().arguments(&["-2"]).fields(SHOWN);
            assert_eq!(once, twice, "{name}, {preference}");
        }
    }
}

#[test]
fn every_way_of_printing_works() {
    let demo = Scenario::demo();
    let tshark = common::tshark();
    for form in ["json", "jsonraw", "ek", "pdml", "psml", "ps", "tabs", "text"] {
        let finished = Look::with_keys(&tshark, &demo)
            .arguments(&["-T", form, "-V"])
            .run();
        assert!(!finished.stdout.is_empty(), "-T {form}");
        assert!(!finished.stdout.contains("Dissector bug"), "-T {form}");
    }
    let json = Look::with_keys(&tshark, &demo)
        .filter("gw2")
        .arguments(&["-T", "json", "--no-duplicate-keys"])
        .run();
    let packets: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(
        packets.as_array().unwrap().len(),
        Look::with_keys(&tshark, &demo).filter("gw2").frames().len()
    );
}

#[test]
fn a_file_cut_in_a_packet_loses_nothing_before() {
    let demo = Scenario::demo();
    let tshark = common::tshark();
    let whole = Look::with_keys(&tshark, &demo).filter("gw2").fields(SHOWN);
    let bytes = fs::read(&demo.capture).unwrap();
    for tenths in [3, 6, 9] {
        let cut = tshark.home().join(format!("cut-{tenths}.pcapng"));
        fs::write(&cut, &bytes[..bytes.len() * tenths / 10 + 5]).unwrap();
        // tshark ends with an error, because the file does; what it printed before counts.
        let arguments = [
            "-Y",
            "gw2",
            "-T",
            "fields",
            "-e",
            "frame.number",
            "-e",
            "_ws.col.Info",
        ];
        let keys = format!("gw2.keylog_file:{}", demo.keys.display());
        let shown = tshark
            .run([&["-r", &cut.display().to_string(), "-o", &keys], &arguments[..]].concat())
            .unwrap();
        let rows: Vec<_> = shown.lines().map(|line| line.split_once('\t').unwrap()).collect();
        assert!(!rows.is_empty());
        for (row, wanted) in rows.iter().zip(&whole) {
            assert_eq!(
                (row.0, row.1),
                (wanted[0].as_str(), wanted[2].as_str()),
                "cut at {tenths}/10"
            );
        }
    }
}

#[test]
fn packets_cut_by_snaplen_never_break_the_dissection() {
    let demo = Scenario::demo();
    let tshark = common::tshark();
    for snaplen in [54, 55, 58, 64, 80, 120, 250, 600] {
        let cut = edited(
            &tshark,
            &demo,
            &format!("snap-{snaplen}.pcapng"),
            &["-s", &snaplen.to_string()],
        );
        let look = || Look::at(&tshark, &cut).keys(&demo.keys);
        let all = look().frames().len();
        assert_eq!(all, Look::with_keys(&tshark, &demo).frames().len());
        let once = look().fields(SHOWN);
        assert_eq!(
            once,
            look().arguments(&["-2"]).fields(SHOWN),
            "one pass and two differ at snaplen {snaplen}"
        );
        assert_eq!(
            look()
                .filter("_ws.expert.message contains \"issector bug\"")
                .frames(),
            [0_u32; 0]
        );
    }
}

#[test]
fn random_errors_never_crash_or_confuse_it() {
    let demo = Scenario::demo();
    let tshark = common::tshark();
    for seed in 1..=8_u32 {
        let name = format!("errors-{seed}.pcapng");
        let broken = edited(
            &tshark,
            &demo,
            &name,
            &["-E", "0.02", "-o", "54", "--seed", &seed.to_string()],
        );
        for passes in [&[][..], &["-2"][..]] {
            let finished = strict(&tshark, &demo, &broken, passes);
            assert!(
                finished.status.success(),
                "seed {seed}, {passes:?}: {}\n{}\nthe capture is {}",
                finished.status,
                finished.stderr,
                keep(&broken).display()
            );
            assert!(
                !finished.stdout.contains("issector bug"),
                "seed {seed}: {}",
                keep(&broken).display()
            );
        }
        let look = || Look::at(&tshark, &broken).keys(&demo.keys);
        assert_eq!(
            look().fields(SHOWN),
            look().arguments(&["-2"]).fields(SHOWN),
            "seed {seed}"
        );
    }
}

#[test]
fn a_capture_without_its_first_packets_is_dissected_without_errors_of_ours() {
    let demo = Scenario::demo();
    let tshark = common::tshark();
    let frames = Look::with_keys(&tshark, &demo).frames().len();
    for skipped in [1, 4, 10, 30] {
        let late = edited(
            &tshark,
            &demo,
            &format!("late-{skipped}.pcapng"),
            &["-r", "--", &format!("{}-{frames}", skipped + 1)],
        );
        let finished = strict(&tshark, &demo, &late, &[]);
        assert!(finished.status.success(), "{}", finished.stderr);
        assert!(!finished.stdout.contains("issector bug"));
    }
}

/// The demo capture changed by editcap.
fn edited(tshark: &Tshark, demo: &Scenario, name: &str, arguments: &[&str]) -> PathBuf {
    let file = tshark.home().join(name);
    let mut editcap = tshark.companion("editcap");
    // `--` ends the options: what follows is a selection of packets, which stands behind the file names.
    let (options, selection) = match arguments.iter().position(|argument| *argument == "--") {
        Some(at) => (&arguments[..at], &arguments[at + 1..]),
        None => (arguments, &[][..]),
    };
    editcap
        .args(options)
        .arg(&demo.capture)
        .arg(&file)
        .args(selection);
    run(&mut editcap, Duration::from_secs(60))
        .unwrap()
        .success()
        .unwrap();
    file
}

/// tshark that prints everything, and aborts where it would otherwise only complain.
fn strict(tshark: &Tshark, demo: &Scenario, capture: &PathBuf, more: &[&str]) -> Finished {
    let mut command = tshark.command();
    command
        .env("WIRESHARK_ABORT_ON_DISSECTOR_BUG", "1")
        .env("WIRESHARK_ABORT_ON_TOO_MANY_ITEMS", "1")
        .env("WIRESHARK_DEBUG_WMEM_OVERRIDE", "strict")
        .env("G_SLICE", "always-malloc")
        // Strings that are not UTF-8 end it, from 4.2 on. The option of this name is unknown to 4.0.
        .env("WIRESHARK_LOG_FATAL_DOMAINS", "UTF-8")
        .arg("-r")
        .arg(capture)
        .args([
            "-V",
            "-x",
            "-o",
            &format!("gw2.keylog_file:{}", demo.keys.display()),
        ])
        .args(more);
    run(&mut command, Duration::from_secs(120)).unwrap()
}

/// Saves a capture that a test failed on from being removed with the test's home.
fn keep(capture: &PathBuf) -> PathBuf {
    let kept = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(capture.file_name().unwrap());
    fs::copy(capture, &kept).unwrap();
    kept
}
