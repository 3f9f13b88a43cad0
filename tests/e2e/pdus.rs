//! Export PDUs: what a capture shows with keys, its export shows without.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use tshark_harness::Tshark;

use crate::common::pdml::{self, Field};
use crate::common::{self, Look, Scenario};

/// With its keys, those of TLS as well.
fn with_all_keys<'a>(tshark: &'a Tshark, scenario: &Scenario) -> Look<'a> {
    let tls = format!("tls.keylog_file:{}", scenario.keys.display());
    Look::with_keys(tshark, scenario).option(&tls)
}

/// Exports what `look` shows.
fn export(tshark: &Tshark, look: Look, name: &str) -> PathBuf {
    let file = tshark.home().join(name);
    let finished = look
        .arguments(&["-U", "GW2", "-w", &file.display().to_string()])
        .run();
    assert_eq!(complaints(&finished.stderr), Vec::<&str>::new());
    file
}

/// What tshark says besides that it runs as root, or counts.
fn complaints(stderr: &str) -> Vec<&str> {
    let is_said_by = |who: &str, line: &str| line.to_ascii_lowercase().contains(who);
    stderr
        .lines()
        .filter(|line| is_said_by("gw2", line) || is_said_by("key", line) || is_said_by("error", line))
        .collect()
}

/// The fields of an export that the capture cannot have, and those of the capture that are not exported: transport, keys,
/// and frame numbers, which are others.
fn is_of_one_only(name: &str) -> bool {
    [
        "gw2.pdu",
        "gw2.block",
        "gw2.key.",
        "gw2.encrypted",
        "gw2.portal.response_",
        "gw2.login.handoff.game_frame",
        "gw2.game.",
        "gw2.expert.no_key",
        "gw2.expert.bad_key",
        // Whether the connection ended is TCP's to know.
        "gw2.expert.no_response",
    ]
    .iter()
    .any(|prefix| name.starts_with(prefix))
        // Said of each record of a frame, also of those that complete nothing.
        || ["gw2", "gw2.login", "gw2.portal", "gw2.game", "gw2.direction", "gw2.session"].contains(&name)
}

/// Names and values of our fields, in order, by frame of the original capture.
type Frames = BTreeMap<u32, Vec<(String, String)>>;

fn shown(look: Look, frame: &str) -> Frames {
    let mut frames = Frames::new();
    for packet in pdml::packets(look) {
        let number = common::number(packet.values(frame).next().unwrap());
        let ours = |field: &&Field| field.name.starts_with("gw2") && !is_of_one_only(&field.name);
        let fields = packet.fields.iter().filter(ours);
        let values: Vec<_> = fields
            .map(|field| (field.name.clone(), field.show.clone()))
            .collect();
        if !values.is_empty() {
            frames.entry(number).or_default().extend(values);
        }
    }
    frames
}

/// Compares frame by frame: all of them would fill the screen.
fn same(exported: &Frames, wanted: &Frames, name: &str) {
    for (frame, wanted) in wanted {
        assert_eq!(exported.get(frame), Some(wanted), "{name}, frame {frame}");
    }
    assert_eq!(exported.len(), wanted.len(), "{name}");
}

/// Of these the second pass is looked at as well: messages, a gap, and what the portal keeps from the first.
const PASSED_TWICE: [&str; 3] = ["demo", "gap", "portal-tls13"];

#[test]
fn an_export_shows_without_keys_what_the_capture_shows_with_them() {
    let tshark = common::tshark();
    let mut fields = 0;
    for name in [
        "demo",
        "samples",
        "codecs",
        "message-over-blocks",
        "7-byte-segments",
        "gap",
        "lost-fast",
        "random-20",
        "port-reuse",
        "bad-block",
        "bad-block-header",
        "unknown-opcode",
        "unknown-opcode-login",
        "unknown-build",
        "malformed",
        "limit",
        "game-2025",
        "ipv6",
        "server-error",
        "handshake-malformed",
        "portal-bodies",
        "portal",
        "portal-rc4",
        "portal-tls12",
        "portal-tls13",
        "portal-fragments",
        "portal-encodings",
        "portal-malformed",
        "portal-gap",
    ] {
        let scenario = Scenario::named(name);
        let secrets = "gw2.export_secrets:TRUE";
        let look = || with_all_keys(&tshark, &scenario).option(secrets);
        let file = export(&tshark, look(), "export.pcapng");
        let wanted = shown(look().filter("gw2"), "num");
        let exported = shown(Look::at(&tshark, &file), "exported_pdu.orig_fno");
        same(&exported, &wanted, name);
        fields += wanted.values().map(Vec::len).sum::<usize>();
        if !PASSED_TWICE.contains(&name) {
            continue;
        }
        let twice = Look::at(&tshark, &file).arguments(&["-2"]);
        same(&shown(twice, "exported_pdu.orig_fno"), &wanted, name);
    }
    assert!(fields > 5_000, "{fields} fields compared");
}

/// What filters and columns say of a connection as a whole.
#[test]
fn direction_session_and_columns_are_the_same() {
    let tshark = common::tshark();
    let scenario = Scenario::demo();
    let file = export(&tshark, with_all_keys(&tshark, &scenario), "export.pcapng");
    let names = [
        "gw2.direction",
        "gw2.session",
        "_ws.col.Protocol",
        "_ws.col.Info",
        "frame.time_epoch",
    ];
    // A segment that completes nothing is not exported.
    let rows = |look: Look| {
        let mut rows = look.filter("gw2").fields(&names);
        rows.retain(|row| !row[3].contains("[to be continued"));
        rows
    };
    let wanted = rows(with_all_keys(&tshark, &scenario));
    assert!(wanted.len() > 100);
    assert_eq!(rows(Look::at(&tshark, &file)), wanted);
    let finished = Look::at(&tshark, &file).run();
    assert_eq!(complaints(&finished.stderr), Vec::<&str>::new());
    // Addresses and ports are those of the capture.
    let ends = Look::at(&tshark, &file)
        .filter("gw2.login && gw2.direction == 0")
        .fields(&["exported_pdu.ipv4_src", "exported_pdu.dst_port"]);
    assert!(ends.iter().all(|row| row[..] == ["192.168.1.42", "6112"]));
}

#[test]
fn statistics_and_objects_of_an_export_are_those_of_the_capture() {
    let tshark = common::tshark();
    let scenario = Scenario::demo();
    let file = export(&tshark, with_all_keys(&tshark, &scenario), "export.pcapng");
    // Behind these columns come rates, and times that count from the file's first frame.
    let table = |look: Look, tap: &str, columns: usize| {
        let finished = look.arguments(&["-q", "-z", tap]).run();
        finished
            .lines()
            .filter(|line| line.contains("0x") || line.contains('/'))
            .map(|line| {
                let words = line.split_whitespace().take(columns);
                words.map(str::to_owned).collect::<Vec<_>>()
            })
            .collect::<Vec<_>>()
    };
    for (tap, columns) in [("gw2,tree", 6), ("gw2.portal,tree", 2), ("gw2.portal,srt", 7)] {
        let wanted = table(with_all_keys(&tshark, &scenario), tap, columns);
        assert!(wanted.len() > 3, "{tap}");
        assert_eq!(table(Look::at(&tshark, &file), tap, columns), wanted, "{tap}");
    }
    let objects = |look: Look, folder: &str| {
        let folder = tshark.home().join(folder);
        let argument = format!("gw2.portal,{}", folder.display());
        look.arguments(&["-q", "--export-objects", &argument]).run();
        let files = fs::read_dir(folder).unwrap().map(Result::unwrap);
        files
            .map(|file| (file.file_name(), fs::read(file.path()).unwrap()))
            .collect::<BTreeMap<_, _>>()
    };
    let wanted = objects(with_all_keys(&tshark, &scenario), "of-capture");
    assert!(wanted.len() > 4);
    assert_eq!(objects(Look::at(&tshark, &file), "of-export"), wanted);
}

#[test]
fn exporting_again_gives_the_same() {
    let tshark = common::tshark();
    for name in ["demo", "portal-tls13", "gap"] {
        let scenario = Scenario::named(name);
        let records = |file: &PathBuf| Look::at(&tshark, file).values("gw2.pdu.version").len();
        let first = export(&tshark, with_all_keys(&tshark, &scenario), "first.pcapng");
        let second = export(&tshark, with_all_keys(&tshark, &scenario), "second.pcapng");
        assert!(records(&first) > 10, "{name}");
        assert_eq!(fs::read(&first).unwrap(), fs::read(&second).unwrap(), "{name}");
        // And the export of an export.
        let third = export(&tshark, Look::at(&tshark, &first), "third.pcapng");
        let shown = |file: &PathBuf| {
            let frames = shown(Look::at(&tshark, file), "num");
            frames.into_values().flatten().collect::<Vec<_>>()
        };
        assert_eq!(shown(&third), shown(&first), "{name}");
    }
}

#[test]
fn secrets_of_the_portal_are_left_out() {
    let tshark = common::tshark();
    let scenario = Scenario::named("portal-tls13");
    let contains = |file: &PathBuf, text: &str| {
        let bytes = fs::read(file).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    let file = export(&tshark, with_all_keys(&tshark, &scenario), "export.pcapng");
    for secret in ["secret-resume-token", "secret-game-token"] {
        assert!(!contains(&file, secret), "{secret}");
    }
    assert!(contains(&file, "Morning Watch"));
    let look = || Look::at(&tshark, &file).filter("gw2.portal.path contains \"/Auth/Log\"");
    assert!(!look().values("gw2.portal.header").is_empty());
    assert!(look().values("gw2.portal.body").is_empty());
    // How long it was is no secret.
    let lengths = |look: Look| look.values("gw2.portal.length");
    let in_capture = with_all_keys(&tshark, &scenario).filter("gw2.portal.path contains \"/Auth/Log\"");
    assert_eq!(lengths(look()), lengths(in_capture));
    let expert = Look::at(&tshark, &file).filter("gw2.expert.portal");
    assert_eq!(
        expert.frames(),
        Vec::<u32>::new(),
        "what is left out is not malformed"
    );

    let all = with_all_keys(&tshark, &scenario).option("gw2.export_secrets:TRUE");
    let file = export(&tshark, all, "all.pcapng");
    assert!(contains(&file, "secret-resume-token"));
}

/// Without keys there are the handshakes, and nothing that is encrypted.
#[test]
fn what_is_encrypted_is_not_exported() {
    let tshark = common::tshark();
    let scenario = Scenario::named("clean");
    let file = export(&tshark, Look::at(&tshark, &scenario.capture), "export.pcapng");
    let kinds = Look::at(&tshark, &file).values("gw2.handshake.type");
    assert_eq!(kinds, ["game version", "client seed", "server seed"]);
    assert_eq!(
        Look::at(&tshark, &file).filter("!gw2.handshake.type").frames(),
        Vec::<u32>::new()
    );
}

/// Damaged exports are said to be so, and shown as far as they go.
#[test]
fn damaged_records_are_told_of() {
    let tshark = common::tshark();
    let scenario = Scenario::demo();
    let file = export(&tshark, with_all_keys(&tshark, &scenario), "export.pcapng");
    let whole = fs::read(&file).unwrap();
    let magics: Vec<_> = (0..whole.len() - 4)
        .filter(|at| &whole[*at..*at + 4] == b"GW2P")
        .collect();
    assert!(magics.len() > 100);
    let mut damaged = whole;
    damaged[magics[4]] ^= 1; // not ours
    damaged[magics[5] + 4] = 9; // another version
    damaged[magics[6] + 5] = 77; // no such protocol
    let set = usize::from(damaged[magics[7] + 20]);
    damaged[magics[7] + 21 + set] = 200; // no such unit
    fs::write(&file, damaged).unwrap();
    let look = || Look::at(&tshark, &file);
    assert_eq!(look().filter("gw2.expert.pdu").frames(), [5, 6, 7, 8]);
    let texts = look().filter("gw2.expert.pdu").values("_ws.expert.message");
    for (text, wanted) in texts.iter().zip([
        "does not begin with GW2P",
        "version 9 of the format; this plugin reads version 1",
        "protocol cannot be 77",
        "unit of unknown kind 200",
    ]) {
        assert!(text.contains(wanted), "{text}");
    }
}
