//! The portal behind StartTls. A real TLS stack (rustls) made what is inside; its keys and ours are in one file.

use std::collections::BTreeMap;

use crate::common::{Look, Scenario, tshark};

/// A look with the key log file as TLS's.
fn with_tls_keys<'a>(tshark: &'a tshark_harness::Tshark, scenario: &Scenario) -> Look<'a> {
    Look::with_keys(tshark, scenario).option(&format!("tls.keylog_file:{}", scenario.keys.display()))
}

/// For each frame, the start lines of the messages that it completes.
type Lines = BTreeMap<u32, Vec<String>>;

fn sent(scenario: &Scenario) -> Lines {
    let lines = |(frame, items): (u32, Vec<&crate::common::scenario::Truth>)| {
        (frame, items.iter().map(|item| item.name.clone()).collect())
    };
    scenario.by_frame("portal").into_iter().map(lines).collect()
}

/// What the tree shows, as start lines: an answer's path is its request's.
fn shown(look: Look) -> Lines {
    let rows = look
        .filter("gw2.portal.kind")
        .arguments(&["-V", "-O", "gw2.portal"])
        .run();
    let mut shown = Lines::new();
    let mut frame = 0;
    let mut words: Vec<String> = Vec::new();
    // The parts of a start line come first; elements of bodies can have the same names.
    let mut in_start_line = false;
    for line in rows.lines() {
        if let Some(rest) = line.strip_prefix("Frame ") {
            frame = rest.split(':').next().unwrap().parse().unwrap();
        }
        let line = line.trim();
        if line.starts_with("Version: ") {
            in_start_line = true;
        } else if !line.starts_with("Status: ") && !line.starts_with("Reason: ") {
            in_start_line = false;
        }
        for name in ["Method: ", "Path: ", "Version: ", "Status: ", "Reason: "] {
            if let Some(value) = line.strip_prefix(name) {
                words.push(value.to_owned());
            }
        }
        // The line behind each start line's.
        if line.starts_with("Version: ") {
            let version = words.pop().unwrap();
            let start = match words.as_slice() {
                [method, path] => format!("{method} {path} STS/{version}"),
                _ => format!("STS/{version}"),
            };
            shown.entry(frame).or_default().push(start);
            words.clear();
        }
        let answers = line.starts_with("Status: ") || line.starts_with("Reason: ");
        if answers && !in_start_line {
            words.pop();
        } else if answers {
            let start = shown.get_mut(&frame).unwrap().last_mut().unwrap();
            start.push(' ');
            start.push_str(&words.pop().unwrap());
        }
    }
    shown
}

const WHOLE: [&str; 4] = [
    "portal-tls12",
    "portal-tls13",
    "portal-tls-resumed",
    "portal-tls-refused",
];

#[test]
fn what_tls_carries_is_shown_in_the_frame_that_completes_it() {
    let tshark = tshark();
    for name in WHOLE {
        let scenario = Scenario::named(name);
        let sent = sent(&scenario);
        assert!(sent.len() > 8, "{name}: {sent:?}");
        assert_eq!(shown(with_tls_keys(&tshark, &scenario)), sent, "{name}");
        let twice = with_tls_keys(&tshark, &scenario).arguments(&["-2"]);
        assert_eq!(shown(twice), sent, "{name}, two passes");
        // Found by its first bytes, not by its port.
        for passes in [&[][..], &["-2"]] {
            let anywhere = with_tls_keys(&tshark, &scenario)
                .option("gw2.tcp.port:1")
                .arguments(passes);
            assert_eq!(shown(anywhere), sent, "{name}, by the heuristic, {passes:?}");
        }
        let faults = with_tls_keys(&tshark, &scenario)
            .filter("gw2.expert.portal || gw2.expert.gap || gw2.expert.unmatched || _ws.malformed")
            .frames();
        assert_eq!(faults, [0_u32; 0], "{name}");
    }
}

#[test]
fn resumed_sessions_are_decrypted_by_their_own_keys() {
    let tshark = tshark();
    let scenario = Scenario::named("portal-tls-resumed");
    let streams = with_tls_keys(&tshark, &scenario)
        .filter("gw2.portal.path == \"/Auth/RequestGameToken\" && tls")
        .values("tcp.stream");
    assert_eq!(streams, ["0", "0", "1", "1", "2", "2", "3", "3"]);
}

#[test]
fn inside_tls_answers_point_at_requests_and_the_column_is_the_same() {
    let tshark = tshark();
    for name in ["portal-tls12", "portal-tls13"] {
        let scenario = Scenario::named(name);
        let info = |filter: &str| {
            let rows = with_tls_keys(&tshark, &scenario).filter(filter).fields(&[
                "_ws.col.Protocol",
                "_ws.col.Info",
                "frame.number",
                "gw2.portal.response_to",
            ]);
            assert_eq!(rows.len(), 1, "{name}, {filter}: {rows:?}");
            rows.into_iter().next().unwrap()
        };
        let asked = info("gw2.portal.kind == 0 && gw2.portal.sequence == 2");
        assert_eq!(asked[..2], ["GW2-Portal", "REQ /Auth/LoginStart s=2"], "{name}");
        let answered = info("gw2.portal.kind == 1 && gw2.portal.sequence == 2");
        assert_eq!(
            answered[..2],
            ["GW2-Portal", "RESP 200 OK s=2 /Auth/LoginStart"],
            "{name}"
        );
        assert_eq!(answered[3], asked[2], "{name}: response_to");
        // Several records in a frame.
        let several = info("gw2.portal.kind == 0 && gw2.portal.sequence == 5");
        let group = "REQ /Group/GroupInfo";
        assert_eq!(
            several[..2],
            [
                "GW2-Portal".to_owned(),
                format!("{group} s=4, {group} s=5, {group} s=6")
            ],
            "{name}"
        );
        let pushed = info("gw2.portal.kind == 2 && gw2.portal.sequence == 6");
        assert_eq!(
            pushed[1], "MSG /Presence/UserInfo, RESP 200 OK s=6 /Group/GroupInfo",
            "{name}"
        );
        // Several messages in a record.
        let joined = info("gw2.portal.kind == 1 && gw2.portal.sequence == 5");
        assert_eq!(
            joined[1], "RESP 200 OK s=5 /Group/GroupInfo, RESP 200 OK s=4 /Group/GroupInfo",
            "{name}"
        );
    }
}

#[test]
fn without_keys_tls_shows_as_tls() {
    let tshark = tshark();
    for name in ["portal-tls12", "portal-tls13"] {
        let scenario = Scenario::named(name);
        let rows = Look::with_keys(&tshark, &scenario)
            .filter("tcp.len > 0")
            .fields(&["_ws.col.Protocol", "gw2.portal.path"]);
        let (clear, tls) = rows.split_at(2);
        assert!(
            clear.iter().all(|row| row[0] == "GW2-Portal"),
            "{name}: {clear:?}"
        );
        assert!(tls.len() > 10, "{name}");
        assert!(
            tls.iter()
                .all(|row| row[0].starts_with("TLS") && row[1].is_empty() || row[0] == "TCP"),
            "{name}: {tls:?}"
        );
        let found = Look::with_keys(&tshark, &scenario)
            .filter("tls.app_data && gw2")
            .frames();
        assert_eq!(found, [0_u32; 0], "{name}");
    }
}

#[test]
fn a_refused_start_tls_stays_in_clear() {
    let tshark = tshark();
    let scenario = Scenario::named("portal-tls-refused");
    let tls = with_tls_keys(&tshark, &scenario).filter("tls").frames();
    assert_eq!(tls, [0_u32; 0]);
    let info = with_tls_keys(&tshark, &scenario)
        .filter("gw2.portal.error.code == 11")
        .values("_ws.col.Info");
    assert_eq!(info, ["RESP 400 ErrTimeout s=1 /Auth/StartTls"]);
}

#[test]
fn a_message_over_two_records_has_a_tab_of_its_own() {
    let tshark = tshark();
    let scenario = Scenario::named("portal-tls13");
    let bytes = with_tls_keys(&tshark, &scenario)
        .filter("gw2.portal.body contains \"Sieglinde\"")
        .arguments(&["-x"])
        .run();
    assert!(
        bytes.stdout.contains("Reassembled STS message"),
        "{}",
        bytes.stdout
    );
}

#[test]
fn what_tls_carries_can_be_followed() {
    let tshark = tshark();
    for name in ["portal-tls12", "portal-tls13"] {
        let scenario = Scenario::named(name);
        let followed = with_tls_keys(&tshark, &scenario)
            .arguments(&["-q", "-z", "follow,gw2.portal,ascii,0"])
            .run();
        for text in [
            "P /Auth/StartTls STS/1.0",
            "P /Auth/LoginStart STS/1.0",
            "<Token>secret-game-token</Token>",
            "<Name>Night Watch</Name>",
        ] {
            assert_eq!(
                followed.stdout.matches(text).count(),
                1,
                "{name}: {text}\n{}",
                followed.stdout
            );
        }
    }
}
