//! Every name of the contract is seen: a row for each field, with the scenario that has it and how often it must occur there by
//! what the simulator sent. What the values are, other modules check; here nothing may be missing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::common::scenario::Truth;
use crate::common::{self, Look, Scenario};
use crate::registration::FIELDS;

/// How often a field occurs.
#[derive(Clone, Copy)]
enum Count {
    /// That many values: counted in what was sent.
    Values(fn(&[Truth]) -> usize),
    /// That many values: counted by hand in what the scenario is made of.
    ByHand(usize),
    /// At least once: the scenario is generated, and its truth does not tell.
    Some,
}
use Count::{ByHand, Some as Seen, Values};

/// A field, a scenario that has it, and how often.
type Row = (&'static str, &'static str, Count);

const ROWS: &[Row] = &[
    ("gw2.direction", "handshake-only", Values(frames)),
    ("gw2.session", "handshake-only", Values(frames)),
    ("gw2.message.item", "demo", Values(messages)),
    ("gw2.opcode", "demo", Values(messages)),
    ("gw2.message", "demo", Values(messages)),
    ("gw2.message.length", "demo", Values(messages)),
    ("gw2.message.dispatch", "demo", Values(messages)),
    ("gw2.message.table", "demo", Values(messages)),
    ("gw2.schema", "demo", Values(messages)),
    ("gw2.key.source", "key-forms", Values(frames_of_messages)),
    ("gw2.encrypted", "no-key", Values(frames_of_messages)),
    // One of each side, with what follows it in its block or flush.
    ("gw2.undecoded", "unknown-opcode", ByHand(2)),
    ("gw2.block", "many-messages", ByHand(1)),
    ("gw2.block.compressed_size", "many-messages", ByHand(1)),
    ("gw2.block.uncompressed_size", "many-messages", ByHand(1)),
    ("gw2.block.codec", "many-messages", ByHand(1)),
    // Handshake.
    ("gw2.handshake.frame", "handshake-only", Values(handshakes)),
    ("gw2.handshake.type", "handshake-only", Values(handshakes)),
    ("gw2.handshake.build", "version-frames", Values(versions)),
    ("gw2.handshake.world", "version-frames", Values(versions_of_64)),
    ("gw2.handshake.map", "version-frames", Values(versions_of_64)),
    ("gw2.handshake.player", "version-frames", Values(versions_of_64)),
    ("gw2.handshake.account", "version-frames", Values(versions_of_64)),
    (
        "gw2.handshake.character",
        "version-frames",
        Values(versions_of_64),
    ),
    (
        "gw2.handshake.client_seed",
        "version-frames",
        Values(client_seeds),
    ),
    (
        "gw2.handshake.server_seed",
        "version-frames",
        Values(server_seeds),
    ),
    // Fields without a name.
    ("gw2.field.u8", "all-2026", Seen),
    ("gw2.field.u16", "all-2026", Seen),
    ("gw2.field.u64", "all-2026", Seen),
    ("gw2.field.varint", "all-2026", Seen),
    ("gw2.field.f32", "all-2026", Seen),
    ("gw2.field.vec2.x", "all-2026", Seen),
    ("gw2.field.vec2.y", "all-2026", Seen),
    ("gw2.field.vec3.x", "all-2026", Seen),
    ("gw2.field.vec3.y", "all-2026", Seen),
    ("gw2.field.vec3.z", "all-2026", Seen),
    ("gw2.field.vec4.x", "all-2026", Seen),
    ("gw2.field.vec4.y", "all-2026", Seen),
    ("gw2.field.vec4.z", "all-2026", Seen),
    ("gw2.field.vec4.w", "all-2026", Seen),
    ("gw2.field.guid", "all-2026", Seen),
    ("gw2.field.address", "all-2026", Seen),
    ("gw2.field.address6", "all-2026", Seen),
    ("gw2.field.port", "all-2026", Seen),
    ("gw2.field.string", "all-2026", Seen),
    ("gw2.field.bytes", "all-2026", Seen),
    ("gw2.field.count", "all-2026", Seen),
    ("gw2.field.present", "all-2026", Seen),
    // Portal.
    ("gw2.portal.message", "portal-partial", Values(portal)),
    ("gw2.portal.kind", "portal-partial", Values(portal)),
    ("gw2.portal.method", "portal-partial", Values(requests)),
    // An answer repeats the path of its request.
    ("gw2.portal.path", "portal-partial", Values(portal)),
    ("gw2.portal.version", "portal-partial", Values(portal)),
    ("gw2.portal.reason", "portal-partial", Values(answers)),
    ("gw2.portal.status", "portal-partial", Values(answers)),
    ("gw2.portal.sequence", "portal-partial", Values(portal)),
    ("gw2.portal.timeout", "portal-partial", Values(timeouts)),
    ("gw2.portal.length", "portal-partial", Values(portal)),
    ("gw2.portal.part", "portal-partial", Values(parts)),
    ("gw2.portal.final", "portal-partial", Values(answers)),
    ("gw2.portal.header", "portal-partial", Values(header_lines)),
    ("gw2.portal.body", "portal-partial", Values(bodies)),
    ("gw2.portal.elements", "portal-partial", Values(bodies)),
    ("gw2.portal.response_in", "portal-partial", Values(requests)),
    ("gw2.portal.response_to", "portal-partial", Values(answers)),
    ("gw2.portal.time", "portal-partial", Values(answers)),
    ("gw2.portal.error", "portal-errors", Values(errors)),
    ("gw2.portal.error.code", "portal-errors", Values(errors)),
    ("gw2.portal.error.server", "portal-errors", Values(errors)),
    ("gw2.portal.error.module", "portal-errors", Values(errors)),
    ("gw2.portal.error.line", "portal-errors", Values(errors)),
    ("gw2.portal.error.text", "portal-errors", Values(error_texts)),
    ("gw2.portal.range.first", "portal-fragments", Values(fragments)),
    ("gw2.portal.range.last", "portal-fragments", Values(fragments)),
    ("gw2.portal.range.total", "portal-fragments", Values(fragments)),
    // From login to game.
    ("gw2.login.handoff.address", "demo", Values(referrals)),
    ("gw2.login.handoff.address6", "ipv6", Values(referrals)),
    ("gw2.login.handoff.port", "ipv6", Values(referrals)),
    ("gw2.login.handoff.game_frame", "demo", Values(referrals)),
    ("gw2.game.handoff_frame", "demo", Values(referrals)),
    ("gw2.game.next_frame", "day", Seen),
    // Expert information: both directions lack a key, and each is told of once.
    ("gw2.expert.no_key", "no-key", ByHand(2)),
    ("gw2.expert.bad_key", "bad-key", ByHand(2)),
    ("gw2.expert.unknown_opcode", "unknown-opcode", ByHand(2)),
    ("gw2.expert.malformed", "malformed", Values(undecoded)),
    ("gw2.expert.limit", "limit", Values(undecoded)),
    ("gw2.expert.block", "bad-block", Values(undecoded)),
    // A segment of each direction.
    ("gw2.expert.gap", "gap", ByHand(2)),
    ("gw2.expert.resumed", "gap", ByHand(2)),
    ("gw2.expert.schema", "unknown-build", Values(versions)),
    ("gw2.expert.portal", "portal-malformed", Seen),
    ("gw2.expert.unmatched", "portal-unmatched", ByHand(2)),
    ("gw2.expert.no_response", "portal-unmatched", ByHand(1)),
];

/// Names that no scenario shows: of exported records (`pdus.rs`), and a type that the built-in tables always name.
const ELSEWHERE: &[&str] = &["gw2.pdu.", "gw2.expert.pdu", "gw2.field.u32"];

#[test]
fn every_name_is_seen_as_often_as_it_was_sent() {
    let tshark = common::tshark();
    let mut by_scenario = BTreeMap::<&str, Vec<&Row>>::new();
    for row in ROWS {
        by_scenario.entry(row.1).or_default().push(row);
    }
    let mut wrong = Vec::new();
    for (name, rows) in by_scenario {
        let scenario = Scenario::named(name);
        // All fields of a scenario at once, on the second pass, which knows what comes later; of expert information, whose fields have no value, the number of packets.
        let names: Vec<_> = rows.iter().map(|row| row.0).collect();
        let table = Look::with_keys(&tshark, &scenario)
            .arguments(&["-2"])
            .fields(&names);
        for (column, (field, _, count)) in rows.into_iter().enumerate() {
            let seen: usize = table.iter().map(|row| occurrences(&row[column])).sum();
            let wanted = match count {
                Values(count) => count(&scenario.truth),
                ByHand(count) => *count,
                Seen if seen > 0 => seen,
                Seen => 1,
            };
            assert!(wanted > 0, "{field} in {name}: nothing is wanted");
            if seen != wanted {
                wrong.push(format!("{field} in {name}: {seen} times, not {wanted}"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Values are joined by line feeds; a value may have its own, which tshark writes as `\n`.
fn occurrences(cell: &str) -> usize {
    if cell.is_empty() {
        0
    } else {
        cell.split('\n').count()
    }
}

#[test]
fn every_field_has_a_row() {
    let rows: BTreeSet<_> = ROWS.iter().map(|row| row.0).collect();
    let elsewhere = |name: &str| ELSEWHERE.iter().any(|prefix| name.starts_with(prefix));
    let missing: Vec<_> = FIELDS
        .iter()
        .map(|field| field.0)
        .filter(|name| !rows.contains(name) && !elsewhere(name))
        .collect();
    assert!(missing.is_empty(), "no row for {missing:?}");
}

/// The forms of the Info column.
#[test]
fn the_info_column_has_every_form() {
    let tshark = common::tshark();
    for (name, filter, wanted) in [
        (
            "demo",
            "gw2.login && gw2.handshake.build",
            "C→S Login version, build 205780, Client seed",
        ),
        ("demo", "gw2.game && gw2.handshake.server_seed", "S→C Server seed"),
        (
            "server-error",
            "gw2.handshake.type == \"server error\"",
            "S→C Server error",
        ),
        ("demo", "gw2.message == \"PING_REPLY\"", "S→C PING_REPLY"),
        (
            "demo",
            "gw2.opcode == 0x0019 && gw2.login",
            "S→C GAME_SERVER_INFO(location=1, population=2), REFER_TO_GAME_SERVER, CLIENT_SYNC",
        ),
        ("demo", "gw2.opcode == 0x0012 && gw2.game", "C→S 0x0012"),
        (
            "no-key",
            "gw2.encrypted && gw2.direction == 0",
            "C→S Encrypted, 7 bytes",
        ),
        (
            "portal-tls13",
            "gw2.portal.path == \"/Auth/StartTls\" && gw2.portal.kind == 1",
            "RESP 200 OK s=1 /Auth/StartTls",
        ),
        (
            "portal",
            "gw2.portal.path contains \"GroupInfo\" && gw2.portal.kind == 0",
            "REQ /Group/GroupInfo s=1",
        ),
        (
            "portal",
            "gw2.portal.path contains \"UserInfo\"",
            "MSG /Presence/UserInfo",
        ),
    ] {
        let scenario = Scenario::named(name);
        let shown = Look::with_keys(&tshark, &scenario)
            .filter(filter)
            .values("_ws.col.Info");
        assert_eq!(
            shown.first().map(String::as_str),
            Some(wanted),
            "{name}: {filter}"
        );
    }
    // Eight messages are written out, the others counted.
    let scenario = Scenario::named("many-messages");
    let shown = Look::with_keys(&tshark, &scenario)
        .filter("gw2.opcode && gw2.direction == 1")
        .values("_ws.col.Info");
    assert!(shown[0].ends_with(", … +192"), "{}", shown[0]);
}

/// Each preference changes what is shown: with the first value nothing matches, with the second something does.
#[test]
fn every_preference_has_its_effect() {
    let tshark = common::tshark();
    let folder = tempfile::tempdir().unwrap();
    let set = "schema 2026-205780\ntable c2gs\n\n0x0012 MOVED { u32 }\n";
    fs::write(folder.path().join("mine.schema"), set).unwrap();
    let schema_dir = format!("gw2.schema_dir:{}", folder.path().display());
    for (name, without, with, filter) in [
        ("demo", "gw2.keylog_file:", "gw2.tcp.port:6112", "gw2.opcode"),
        (
            "unknown-build",
            "gw2.schema:2026-205780",
            "gw2.schema:auto",
            "gw2.game && gw2.schema == \"2013-21315\"",
        ),
        ("demo", "gw2.schema_dir:", &schema_dir, "gw2.message == \"MOVED\""),
        ("demo", "gw2.schema_dir:", &schema_dir, "gw2.field.u32"),
        (
            "codecs",
            "gw2.compression:auto",
            "gw2.compression:lz4",
            "gw2.expert.block",
        ),
        (
            "no-blocks",
            "gw2.compression:auto",
            "gw2.compression:none",
            "gw2.direction == 1 && gw2.opcode",
        ),
    ] {
        let scenario = Scenario::named(name);
        let found = |preference: &str| {
            let look = Look::with_keys(&tshark, &scenario).option(preference);
            look.filter(filter).frames().len()
        };
        assert_eq!(found(without), 0, "{without}: {filter}");
        assert!(found(with) > 0, "{with}: {filter}");
    }
    // A field that only the preference makes: without it the filter is refused.
    let scenario = Scenario::named("portal-bodies");
    let look = Look::with_keys(&tshark, &scenario).option("gw2.portal_elements:Nickname");
    assert!(!look.filter("gw2.portal.xml.Nickname").frames().is_empty());
}

/// Follow, statistics, response times: each is known by its name and has something to say.
#[test]
fn every_tap_tells_something() {
    let tshark = common::tshark();
    let demo = Scenario::demo();
    for (tap, wanted) in [
        ("follow,gw2.login,hex,0", "Node 0:"),
        ("follow,gw2.portal,ascii,1", "/Group/GroupInfo"),
        ("follow,gw2.game,hex,2", "Node 0:"),
        ("gw2,tree", "0x0012"),
        ("gw2.portal,tree", "/Group/GroupInfo"),
        ("gw2.portal,srt", "/Group/GroupInfo"),
    ] {
        let finished = Look::with_keys(&tshark, &demo)
            .arguments(&["-q", "-z", tap])
            .run();
        assert!(finished.stdout.contains(wanted), "{tap}:\n{}", finished.stdout);
    }
}

// -- what was sent ------------------------------------------------------------------------------------------------------

fn of<'t>(truth: &'t [Truth], layer: &'t str) -> impl Iterator<Item = &'t Truth> {
    truth.iter().filter(move |item| item.layer == layer)
}

fn messages(truth: &[Truth]) -> usize {
    of(truth, "message").count()
}

fn undecoded(truth: &[Truth]) -> usize {
    of(truth, "undecoded").count()
}

fn frames(truth: &[Truth]) -> usize {
    truth
        .iter()
        .filter_map(|item| item.frame)
        .collect::<BTreeSet<_>>()
        .len()
}

fn frames_of_messages(truth: &[Truth]) -> usize {
    of(truth, "message")
        .filter_map(|item| item.frame)
        .collect::<BTreeSet<_>>()
        .len()
}

fn handshakes(truth: &[Truth]) -> usize {
    of(truth, "handshake").count()
}

fn named(truth: &[Truth], name: &str) -> usize {
    of(truth, "handshake")
        .filter(|item| item.name.contains(name))
        .count()
}

fn versions(truth: &[Truth]) -> usize {
    named(truth, "version")
}

fn versions_of_64(truth: &[Truth]) -> usize {
    let of_64 = |item: &&Truth| item.name == "game version" && item.length == 64;
    of(truth, "handshake").filter(of_64).count()
}

fn client_seeds(truth: &[Truth]) -> usize {
    named(truth, "client seed")
}

fn server_seeds(truth: &[Truth]) -> usize {
    named(truth, "server seed")
}

/// REFER_TO_GAME_SERVER.
fn referrals(truth: &[Truth]) -> usize {
    let sends = |item: &&Truth| item.table == "ls2c" && item.opcode == Some(0x0014);
    of(truth, "message").filter(sends).count()
}

fn portal(truth: &[Truth]) -> usize {
    of(truth, "portal").count()
}

/// The portal's messages of which it holds.
fn texts(truth: &[Truth], is_such: impl Fn(&str) -> bool) -> usize {
    of(truth, "portal").filter(|item| is_such(&text(item))).count()
}

fn text(item: &Truth) -> String {
    String::from_utf8_lossy(&gw2_sim::hex::decode(&item.hex).unwrap()).into_owned()
}

fn answers(truth: &[Truth]) -> usize {
    texts(truth, |text| text.starts_with("STS/"))
}

fn requests(truth: &[Truth]) -> usize {
    texts(truth, |text| !text.starts_with("STS/"))
}

fn timeouts(truth: &[Truth]) -> usize {
    texts(truth, |text| text.contains(";timeout="))
}

/// `s:7r1`, `s:7R3`: a number behind the mark.
fn parts(truth: &[Truth]) -> usize {
    texts(truth, |text| {
        let subject = text.lines().find_map(|line| line.strip_prefix("s:"));
        subject.is_some_and(|subject| subject.contains(['r', 'R']) && !subject.ends_with(['r', 'R']))
    })
}

fn header_lines(truth: &[Truth]) -> usize {
    let lines = |item: &Truth| {
        text(item)
            .lines()
            .skip(1)
            .take_while(|line| !line.is_empty())
            .count()
    };
    of(truth, "portal").map(lines).sum()
}

fn bodies(truth: &[Truth]) -> usize {
    texts(truth, |text| !text.ends_with("\r\n\r\n"))
}

fn errors(truth: &[Truth]) -> usize {
    texts(truth, |text| text.contains("<Error"))
}

fn error_texts(truth: &[Truth]) -> usize {
    texts(truth, |text| text.contains("<Error") && text.contains("text="))
}

fn fragments(truth: &[Truth]) -> usize {
    texts(truth, |text| text.contains("\r\nn:bytes "))
}
