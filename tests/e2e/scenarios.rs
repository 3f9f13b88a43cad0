//! Each of the simulator's scenarios against its truth: what was sent is what is shown.

use std::collections::{BTreeMap, BTreeSet};

use crate::common::{self, Look, Scenario, number};

/// Scenarios in which every message can be read where TCP hands it over, with default preferences.
const WHOLE: &[&str] = &[
    "handshake-only",
    "version-frames",
    "ipv6",
    "map-change",
    "two-players",
    "key-forms",
    "key-later-wins",
    "key-malformed",
    "codecs",
    "message-over-blocks",
    "large-blocks",
    "many-messages",
    "client-cuts",
    "clean",
    "1-byte-segments",
    "7-byte-segments",
    "coalesced",
    "retransmission",
    "no-syn",
    "keep-alive",
    "port-reuse",
    "portal",
    "portal-full-headers",
    "portal-1-byte-segments",
    "portal-partial",
    "portal-pipelined",
    "portal-rc4",
    "portal-large",
];

/// Scenarios whose late segments TCP hands over only when it reassembles out-of-order segments.
const WHOLE_WHEN_REORDERED: &[&str] = &[
    "lost-timeout",
    "out-of-order",
    "overlap",
    "random-20",
    "portal-out-of-order",
];

/// For a frame and a kind of thing, what the frame completes: opcodes of messages, zeros for the others.
type Sent = BTreeMap<(u32, &'static str), Vec<u32>>;

/// Handshake frames are only counted: where a version frame ends shows only when the seed behind it is there.
const HANDSHAKE: (u32, &str) = (0, "handshake frames");

/// What was sent.
fn sent(scenario: &Scenario) -> Sent {
    let mut sent = Sent::new();
    for (layer, kind) in [("message", "messages"), ("portal", "portal messages")] {
        for (frame, items) in scenario.by_frame(layer) {
            let values = items.iter().map(|item| item.opcode.unwrap_or(0)).collect();
            sent.insert((frame, kind), values);
        }
    }
    let handshake = scenario.truth.iter().filter(|item| item.layer == "handshake");
    sent.insert(HANDSHAKE, handshake.map(|_| 0).collect());
    sent
}

/// What tshark shows, in the same form.
fn shown(look: Look) -> Sent {
    let rows = look.fields(&[
        "frame.number",
        "gw2.opcode",
        "gw2.handshake.type",
        "gw2.portal.kind",
    ]);
    let mut shown = Sent::from([(HANDSHAKE, Vec::new())]);
    for row in rows {
        let frame = number(&row[0]);
        let mut insert = |kind, values: Vec<u32>| {
            if !values.is_empty() {
                shown.insert((frame, kind), values);
            }
        };
        insert("messages", row[1].lines().map(number).collect());
        insert("portal messages", row[3].lines().map(|_| 0).collect());
        shown
            .entry(HANDSHAKE)
            .or_default()
            .extend(row[2].lines().map(|_| 0));
    }
    shown
}

/// What is shown otherwise than it was sent, a line each.
fn differences(name: &str, scenario: &Scenario, shown: &Sent) -> Vec<String> {
    let sent = sent(scenario);
    let places: BTreeSet<_> = sent.keys().chain(shown.keys()).collect();
    let differing = places
        .into_iter()
        .filter(|place| sent.get(place) != shown.get(place));
    let line = |place: &(u32, &str)| {
        let [sent, shown] = [&sent, shown].map(|all| all.get(place).cloned().unwrap_or_default());
        format!(
            "{name}, frame {}: {} sent {sent:x?}, shown {shown:x?}",
            place.0, place.1
        )
    };
    differing.take(4).map(line).collect()
}

#[test]
fn what_was_sent_is_shown_in_the_frame_that_completes_it() {
    let tshark = common::tshark();
    let mut wrong = Vec::new();
    for name in WHOLE {
        let scenario = Scenario::named(name);
        let shown = shown(Look::with_keys(&tshark, &scenario));
        wrong.extend(differences(name, &scenario, &shown));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Decoding goes on behind a gap at once; what was missing is shown in the frame that brings it.
#[test]
fn a_fast_retransmission_brings_back_what_was_missing() {
    let tshark = common::tshark();
    for name in ["lost-fast", "portal-lost-fast"] {
        let scenario = Scenario::named(name);
        let messages = |sent: Sent| {
            let mut messages: Vec<(&str, u32)> = sent
                .into_iter()
                .filter(|(place, _)| *place != HANDSHAKE)
                .flat_map(|((_, kind), opcodes)| opcodes.into_iter().map(move |opcode| (kind, opcode)))
                .collect();
            messages.sort_unstable();
            messages
        };
        let shown = messages(shown(Look::with_keys(&tshark, &scenario)));
        let sent = messages(sent(&scenario));
        if common::hands_over_fast_retransmissions(&tshark) {
            assert_eq!(shown, sent, "{name}");
            continue;
        }
        assert!(
            shown.len() < sent.len(),
            "{name}: nothing is lost any more; test it as with 4.4"
        );
        assert!(
            shown.iter().all(|message| sent.contains(message)),
            "{name}: {shown:?}"
        );
        let gaps = Look::with_keys(&tshark, &scenario)
            .filter("gw2.expert.gap")
            .frames();
        assert!(!gaps.is_empty(), "{name}: nobody says what is missing");
    }
}

#[test]
fn late_segments_change_nothing_when_tcp_reorders() {
    let tshark = common::tshark();
    let mut wrong = Vec::new();
    for name in WHOLE_WHEN_REORDERED {
        let scenario = Scenario::named(name);
        let shown = shown(Look::with_keys(&tshark, &scenario).option("tcp.reassemble_out_of_order:TRUE"));
        wrong.extend(differences(name, &scenario, &shown));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn without_blocks_the_preference_says_so() {
    let tshark = common::tshark();
    let scenario = Scenario::named("no-blocks");
    let shown = shown(Look::with_keys(&tshark, &scenario).option("gw2.compression:none"));
    let wrong = differences("no-blocks", &scenario, &shown);
    assert!(
        wrong.is_empty(),
        "
{}",
        wrong.join(
            "
"
        )
    );
}

#[test]
fn each_trouble_has_its_expert_information_and_decoding_goes_on() {
    let tshark = common::tshark();
    let mut wrong = Vec::new();
    for (name, expert, goes_on) in [
        ("no-key", "gw2.expert.no_key", false),
        ("bad-key", "gw2.expert.bad_key", false),
        ("unknown-build", "gw2.expert.schema", true),
        ("unknown-opcode", "gw2.expert.unknown_opcode", true),
        ("unknown-opcode-login", "gw2.expert.unknown_opcode", true),
        ("malformed", "gw2.expert.malformed", true),
        ("handshake-malformed", "gw2.expert.malformed", false),
        ("limit", "gw2.expert.limit", true),
        ("bad-block", "gw2.expert.block", true),
        ("bad-block-header", "gw2.expert.block", true),
        ("gap", "gw2.expert.gap", true),
        ("gap", "gw2.expert.resumed", true),
        ("gap-in-large-block", "gw2.expert.gap", true),
        ("gap-many", "gw2.expert.gap", true),
        ("snaplen", "gw2.expert.gap", true),
        ("portal-malformed", "gw2.expert.portal", false),
        ("portal-fragments-bad", "gw2.expert.portal", false),
        ("portal-gap", "gw2.expert.gap", false),
        ("portal-unmatched", "gw2.expert.unmatched", false),
        ("portal-unmatched", "gw2.expert.no_response", false),
    ] {
        let scenario = Scenario::named(name);
        let look = || Look::with_keys(&tshark, &scenario);
        let found = look().arguments(&["-2"]).filter(expert).frames();
        let Some(first) = found.first() else {
            wrong.push(format!("{name}: no {expert}"));
            continue;
        };
        let last = look()
            .filter("gw2.opcode")
            .frames()
            .last()
            .copied()
            .unwrap_or_default();
        if goes_on && last <= *first {
            wrong.push(format!("{name}: no message behind frame {first}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn where_decoding_resumes_the_bytes_between_are_counted() {
    let tshark = common::tshark();
    let said = |name: &str| -> Vec<_> {
        Look::with_keys(&tshark, &Scenario::named(name))
            .filter("gw2.expert.resumed")
            .values("_ws.expert.message")
            .into_iter()
            .filter(|text| text.starts_with("Decoding resumes"))
            .collect()
    };
    // The segments that are missing held whole blocks and flushes. An opcode and five bytes, then a message of three or four.
    assert_eq!(said("gap"), ["Decoding resumes here"; 2]);
    let after = |bytes| format!("Decoding resumes here, after {bytes} bytes that could not be decoded");
    let mut unknown = said("unknown-opcode");
    unknown.sort();
    assert_eq!(unknown, [after(10), after(11)]);
}

#[test]
fn nothing_is_made_up() {
    let tshark = common::tshark();
    let mut wrong = Vec::new();
    // Of an agent update of no known size the known fields are shown as a message; the truth calls it undecoded.
    for scenario in gw2_sim::scenarios::all()
        .into_iter()
        .filter(|scenario| scenario.name != "game-2025")
    {
        let name = scenario.name;
        let scenario = Scenario::named(name);
        let sent = scenario
            .truth
            .iter()
            .filter(|item| item.layer == "message")
            .count();
        // What cannot be read to its end is shown with its opcode and the reason, and is no message.
        let look = || Look::with_keys(&tshark, &scenario);
        let broken = [
            "gw2.expert.unknown_opcode",
            "gw2.expert.malformed",
            "gw2.expert.limit",
        ];
        let broken: usize = broken.iter().map(|expert| look().values(expert).len()).sum();
        let shown = look().values("gw2.opcode").len().saturating_sub(broken);
        if shown > sent {
            wrong.push(format!("{name}: {shown} messages shown, {sent} sent"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn one_pass_and_two_show_the_same() {
    let tshark = common::tshark();
    let names = [
        "frame.number",
        "_ws.col.Info",
        "gw2.opcode",
        "gw2.message.length",
        "gw2.undecoded",
        "gw2.encrypted",
    ];
    for scenario in gw2_sim::scenarios::all() {
        let name = scenario.name;
        let scenario = Scenario::named(name);
        let once = Look::with_keys(&tshark, &scenario).filter("gw2").fields(&names);
        let twice = Look::with_keys(&tshark, &scenario)
            .filter("gw2")
            .arguments(&["-2"])
            .fields(&names);
        assert_eq!(once, twice, "{name}: {}", scenario.capture.display());
    }
}
