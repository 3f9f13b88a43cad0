//! The session that `cargo xtask demo` shows: login, hand-off, game and portal.

use std::collections::BTreeSet;

use crate::common::{self, Look, Scenario, golden, number};

#[test]
fn every_message_is_found_where_the_simulator_put_it() {
    let demo = Scenario::demo();
    let tshark = common::tshark();
    let names = [
        "frame.number",
        "gw2.opcode",
        "gw2.message.table",
        "gw2.message.length",
    ];
    let rows = Look::with_keys(&tshark, &demo)
        .filter("gw2.opcode")
        .fields(&names);

    let mut seen = Vec::new();
    for row in &rows {
        let [opcodes, tables, lengths] = [1, 2, 3].map(|column| row[column].lines().collect::<Vec<_>>());
        assert_eq!(
            (opcodes.len(), opcodes.len()),
            (tables.len(), lengths.len()),
            "frame {}",
            row[0]
        );
        for ((opcode, table), length) in opcodes.iter().zip(tables).zip(lengths) {
            seen.push((number(&row[0]), number(opcode), table.to_owned(), number(length)));
        }
    }
    let wanted: Vec<_> = demo
        .by_frame("message")
        .into_iter()
        .flat_map(|(frame, items)| items.into_iter().map(move |item| (frame, item)))
        .map(|(frame, item)| (frame, item.opcode.unwrap(), item.table.clone(), item.length))
        .collect();
    assert_eq!(seen, wanted);
}

#[test]
fn every_handshake_frame_is_found() {
    let demo = Scenario::demo();
    let tshark = common::tshark();
    let rows = Look::with_keys(&tshark, &demo)
        .filter("gw2.handshake.type")
        .fields(&["frame.number", "gw2.handshake.type"]);
    let seen: Vec<_> = rows
        .iter()
        .map(|row| (number(&row[0]), row[1].lines().count()))
        .collect();
    let wanted: Vec<_> = demo
        .by_frame("handshake")
        .iter()
        .map(|(frame, items)| (*frame, items.len()))
        .collect();
    assert_eq!(seen, wanted);
}

#[test]
fn every_portal_message_is_found() {
    let demo = Scenario::demo();
    let tshark = common::tshark();
    let rows = Look::with_keys(&tshark, &demo)
        .filter("gw2.portal.kind")
        .fields(&["frame.number", "gw2.portal.kind"]);
    let seen: Vec<_> = rows
        .iter()
        .map(|row| (number(&row[0]), row[1].lines().count()))
        .collect();
    let wanted: Vec<_> = demo
        .by_frame("portal")
        .iter()
        .map(|(frame, items)| (*frame, items.len()))
        .collect();
    assert_eq!(seen, wanted);
}

#[test]
fn the_filters_match_every_packet_with_payload_and_no_other() {
    let demo = Scenario::demo();
    let tshark = common::tshark();
    let frames = |filter: &str| Look::with_keys(&tshark, &demo).filter(filter).frames();
    assert_eq!(frames("gw2"), frames("tcp.len > 0"));
    assert_eq!(frames("gw2.login || gw2.portal || gw2.game"), frames("gw2"));
    for (filter, tables) in [("gw2.login", ["c2ls", "ls2c"]), ("gw2.game", ["c2gs", "gs2c"])] {
        let wanted: BTreeSet<_> = demo
            .by_frame("message")
            .into_iter()
            .filter(|(_, items)| tables.contains(&items[0].table.as_str()))
            .map(|(frame, _)| frame)
            .collect();
        assert!(!wanted.is_empty());
        assert!(
            wanted.is_subset(&frames(filter).into_iter().collect()),
            "{filter}"
        );
    }
    for other in [
        "gw2.login && gw2.game",
        "gw2.login && gw2.portal",
        "gw2.game && gw2.portal",
    ] {
        assert_eq!(frames(other), [0_u32; 0], "{other}");
    }
}

#[test]
fn nothing_is_wrong_with_it() {
    let demo = Scenario::demo();
    let tshark = common::tshark();
    let wrong =
        "gw2 && (_ws.malformed || _ws.expert.severity >= \"Warning\" || gw2.encrypted || gw2.undecoded)";
    let rows = Look::with_keys(&tshark, &demo)
        .filter(wrong)
        .fields(&["frame.number", "_ws.expert.message"]);
    assert_eq!(rows, [[""; 2]; 0]);
}

#[test]
fn login_leads_to_game() {
    let demo = Scenario::demo();
    let tshark = common::tshark();
    let handoffs = Look::with_keys(&tshark, &demo)
        .filter("gw2.login.handoff.port")
        .fields(&[
            "frame.number",
            "gw2.login.handoff.address",
            "gw2.login.handoff.port",
        ]);
    assert!(!handoffs.is_empty());
    for handoff in &handoffs {
        let there = format!(
            "gw2.game && ip.dst == {} && tcp.dstport == {}",
            handoff[1], handoff[2]
        );
        let first = Look::with_keys(&tshark, &demo)
            .filter(&there)
            .fields(&["frame.number", "gw2.game.handoff_frame"]);
        assert_eq!(
            first.first().map(|row| &row[1]),
            Some(&handoff[0]),
            "no game connection at {there}"
        );
    }
    // The frame number that links forward is known when the capture has been read once.
    let forward = Look::with_keys(&tshark, &demo)
        .filter("gw2.login.handoff.game_frame")
        .arguments(&["-2"])
        .values("gw2.login.handoff.game_frame");
    assert_eq!(forward.len(), handoffs.len());
}

#[test]
fn the_three_connections_are_one_session() {
    let demo = Scenario::demo();
    let tshark = common::tshark();
    for protocol in ["gw2.login", "gw2.game", "gw2.portal"] {
        let sessions: BTreeSet<_> = Look::with_keys(&tshark, &demo)
            .filter(protocol)
            .arguments(&["-2"])
            .values("gw2.session")
            .into_iter()
            .collect();
        assert_eq!(sessions.len(), 1, "{protocol}: {sessions:?}");
    }
    let all: BTreeSet<_> = Look::with_keys(&tshark, &demo)
        .arguments(&["-2"])
        .values("gw2.session")
        .into_iter()
        .collect();
    assert_eq!(all.len(), 1, "{all:?}");
}

#[test]
fn answers_are_linked_to_their_requests() {
    let demo = Scenario::demo();
    let tshark = common::tshark();
    let names = [
        "frame.number",
        "gw2.portal.response_to",
        "gw2.portal.path",
        "gw2.portal.time",
    ];
    let answers = Look::with_keys(&tshark, &demo)
        .filter("gw2.portal.response_to")
        .fields(&names);
    assert!(!answers.is_empty());
    for answer in &answers {
        let last = answers.iter().rfind(|other| other[1] == answer[1]).unwrap();
        let filter = format!(
            "frame.number == {} && gw2.portal.kind == 0",
            answer[1].lines().next().unwrap()
        );
        let request = Look::with_keys(&tshark, &demo)
            .filter(&filter)
            .arguments(&["-2"])
            .fields(&["gw2.portal.path", "gw2.portal.response_in"]);
        assert_eq!(request, [[answer[2].as_str(), last[0].as_str()]], "{filter}");
        assert!(answer[3].lines().next().unwrap().parse::<f64>().unwrap() > 0.0);
    }
}

#[test]
fn the_info_column_names_direction_and_messages() {
    let demo = Scenario::demo();
    let tshark = common::tshark();
    let names = [
        "frame.number",
        "gw2.direction",
        "_ws.col.Protocol",
        "_ws.col.Info",
        "gw2.message",
        "gw2.opcode",
    ];
    let rows = Look::with_keys(&tshark, &demo)
        .filter("gw2.opcode")
        .fields(&names);
    for row in rows {
        let [frame, direction, protocol, info, messages, opcodes] = &row[..] else {
            panic!("{row:?}")
        };
        assert!(
            ["GW2-Login", "GW2-Game"].contains(&protocol.as_str()),
            "frame {frame}: {protocol}"
        );
        let arrow = if direction.starts_with('0') {
            "C→S "
        } else {
            "S→C "
        };
        let shown = info
            .strip_prefix(arrow)
            .unwrap_or_else(|| panic!("frame {frame}: `{info}` lacks {arrow}"));
        let mut rest = shown;
        let wanted: Vec<_> = messages.lines().zip(opcodes.lines()).collect();
        for (name, opcode) in wanted.iter().take(8) {
            let label = if *name == "UNKNOWN" { opcode } else { name };
            let at = rest
                .find(label)
                .unwrap_or_else(|| panic!("frame {frame}: `{info}` lacks {label}"));
            rest = &rest[at + label.len()..];
        }
        if wanted.len() > 8 {
            assert!(
                rest.ends_with(&format!("… +{}", wanted.len() - 8)),
                "frame {frame}: {info}"
            );
        }
    }
}

#[test]
fn the_list_looks_as_it_did() {
    let demo = Scenario::demo();
    let tshark = common::tshark();
    let names = ["frame.number", "_ws.col.Protocol", "_ws.col.Info"];
    let rows = Look::with_keys(&tshark, &demo).filter("gw2").fields(&names);
    let list: String = rows.iter().map(|row| format!("{}\n", row.join("\t"))).collect();
    golden::check("demo-list.txt", &list);
}

#[test]
fn trees_look_as_they_did() {
    let demo = Scenario::demo();
    let tshark = common::tshark();
    for (file, filter) in [
        ("demo-login-version.txt", "gw2.handshake.type contains \"login\""),
        ("demo-handoff.txt", "gw2.login.handoff.port"),
        ("demo-movement.txt", "gw2.opcode == 0x0012 && gw2.direction == 0"),
        ("demo-portal-request.txt", "gw2.portal.kind == 0"),
        ("demo-portal-answer.txt", "gw2.portal.kind == 1"),
    ] {
        let first = Look::with_keys(&tshark, &demo)
            .filter(filter)
            .frames()
            .first()
            .copied();
        let frame = first.unwrap_or_else(|| panic!("nothing matches {filter}"));
        let only = format!("frame.number == {frame}");
        let shown = Look::with_keys(&tshark, &demo)
            .filter(&only)
            .arguments(&["-V", "-O", "gw2,gw2.login,gw2.portal,gw2.game,xml"])
            .run();
        // The layers below are Wireshark's, and are worded differently from version to version.
        let ours: Vec<_> = shown
            .lines()
            .skip_while(|line| !line.starts_with("Guild Wars 2"))
            .map(as_4_0_words_it)
            .collect();
        let ours = ours
            .join("\n")
            .replace(&demo.keys.display().to_string(), "demo.keys");
        golden::check(file, &format!("{}\n", ours.trim_end()));
    }
}

/// A line as Wireshark 4.0 words it: of bytes the first 36, which later versions show more of, and times in seconds, for
/// which 4.6 chooses a unit.
fn as_4_0_words_it(line: &str) -> String {
    const DIGITS: usize = 72;
    let start = line.rfind(' ').map_or(0, |space| space + 1);
    let (before, last) = line.split_at(start);
    if last.len() > DIGITS && last.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return format!("{before}{}…", &last[..DIGITS]);
    }
    let number = before
        .trim_end()
        .rfind(' ')
        .map_or("", |space| &before[space + 1..]);
    let (unit, factor) = match last.trim_end_matches(']') {
        "milliseconds" => ("milliseconds", 1e-3),
        "microseconds" => ("microseconds", 1e-6),
        _ => return line.to_owned(),
    };
    let seconds = number.trim_end().parse::<f64>().unwrap() * factor;
    line.replace(&format!("{number}{unit}"), &format!("{seconds:.9} seconds"))
}
