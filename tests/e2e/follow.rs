//! Follow: both sides of a connection, decrypted and decompressed, in order.

use std::collections::BTreeMap;

use crate::common::scenario::Truth;
use crate::common::{self, Look, Scenario, number};

/// What tshark's Follow prints in its raw mode: from the server, and the bytes in hex digits.
type Chunks = Vec<(bool, String)>;

fn follow(look: Look, protocol: &str, stream: u32) -> Chunks {
    let finished = look
        .arguments(&["-q", "-z", &format!("follow,{protocol},raw,{stream}")])
        .run();
    let lines: Vec<_> = finished.lines().collect();
    let start = lines.iter().position(|line| line.starts_with("Node 1:"));
    lines[start.expect("a followed stream") + 1..]
        .iter()
        .take_while(|line| !line.starts_with('='))
        .map(|line| (line.starts_with('\t'), line.trim().to_owned()))
        .collect()
}

/// What was sent in a flow, a chunk for each frame and direction.
fn by_frame(scenario: &Scenario, flow: u64) -> Chunks {
    let mut frames = BTreeMap::<_, String>::new();
    for item in &scenario.truth {
        if item.flow == flow && matches!(item.layer.as_str(), "message" | "undecoded") {
            let place = (item.frame.unwrap(), item.direction == 1);
            frames.entry(place).or_default().push_str(&item.hex);
        }
    }
    frames
        .into_iter()
        .map(|((_, server), hex)| (server, hex))
        .collect()
}

/// What was sent in a portal flow, a chunk for each message.
fn by_message(scenario: &Scenario) -> Chunks {
    let portal = |item: &&Truth| matches!(item.layer.as_str(), "portal" | "undecoded");
    scenario
        .truth
        .iter()
        .filter(portal)
        .map(|item| (item.direction == 1, item.hex.clone()))
        .collect()
}

/// The number that Wireshark gives a flow's TCP stream.
fn stream_of(scenario: &Scenario, flow: u64) -> u32 {
    let frame = scenario
        .truth
        .iter()
        .find(|item| item.flow == flow && item.frame.is_some())
        .and_then(|item| item.frame)
        .unwrap();
    let tshark = common::tshark();
    let look = Look::at(&tshark, &scenario.capture).filter(&format!("frame.number == {frame}"));
    number(&look.values("tcp.stream")[0])
}

#[test]
fn login_and_game_show_their_plaintext() {
    let tshark = common::tshark();
    let mut followed = 0;
    for name in [
        "demo",
        "clean",
        "codecs",
        "message-over-blocks",
        "7-byte-segments",
    ] {
        let scenario = Scenario::named(name);
        let mut flows: Vec<_> = scenario
            .truth
            .iter()
            .filter(|item| item.layer == "message")
            .map(|item| {
                (
                    item.flow,
                    item.table.ends_with("gs") || item.table.starts_with("gs"),
                )
            })
            .collect();
        flows.sort_unstable();
        flows.dedup();
        for (flow, is_game) in flows {
            let protocol = if is_game { "gw2.game" } else { "gw2.login" };
            let stream = stream_of(&scenario, flow);
            let wanted = by_frame(&scenario, flow);
            let once = follow(Look::with_keys(&tshark, &scenario), protocol, stream);
            assert_eq!(once, wanted, "{name}, flow {flow}");
            let twice = Look::with_keys(&tshark, &scenario).arguments(&["-2"]);
            assert_eq!(follow(twice, protocol, stream), wanted, "{name}, flow {flow}, -2");
            followed += 1;
        }
    }
    assert!(followed >= 6, "{followed} streams");
}

/// Decoding goes on behind a gap at once, and what was missing may come after all: nothing is shown twice.
#[test]
fn around_gaps_what_is_readable_is_shown_once() {
    let tshark = common::tshark();
    for name in ["gap", "lost-fast"] {
        let scenario = Scenario::named(name);
        let chunks = follow(Look::with_keys(&tshark, &scenario), "gw2.game", 0);
        for server in [false, true] {
            let shown: String = chunks
                .iter()
                .filter(|(from_server, _)| *from_server == server)
                .map(|(_, hex)| hex.as_str())
                .collect();
            let sent = scenario
                .truth
                .iter()
                .filter(|item| item.layer == "message" && (item.direction == 1) == server)
                .map(|item| item.hex.len())
                .sum::<usize>();
            let in_trees: u32 = Look::with_keys(&tshark, &scenario)
                .filter(&format!("gw2.direction == {}", u8::from(server)))
                .values("gw2.message.length")
                .iter()
                .map(|length| number(length))
                .sum();
            // Two digits a byte.
            let in_trees = 2 * in_trees as usize;
            assert!(
                in_trees > 0 && in_trees <= shown.len() && shown.len() <= sent,
                "{name}: {in_trees} in trees, {} followed, {sent} sent",
                shown.len()
            );
        }
    }
}

/// Before and after StartTls it is one dialogue.
#[test]
fn what_tls_hid_is_in_the_dialogue() {
    let tshark = common::tshark();
    for name in ["portal-tls12", "portal-tls13", "portal-tls-refused"] {
        let scenario = Scenario::named(name);
        let tls = format!("tls.keylog_file:{}", scenario.keys.display());
        let look = || Look::with_keys(&tshark, &scenario).option(&tls);
        // A content in pieces is followed in one; the messages around it are as they were sent.
        let in_one = |chunks: Chunks| -> Chunks {
            let is_piece = |hex: &str| hex.contains(&gw2_sim::hex::encode(b"\r\nn:bytes "));
            chunks.into_iter().filter(|(_, hex)| !is_piece(hex)).collect()
        };
        let wanted = in_one(by_message(&scenario));
        assert!(wanted.len() > 4, "{name}");
        let once = follow(look(), "gw2.portal", 0);
        assert_eq!(in_one(once.clone()), wanted, "{name}");
        assert_eq!(
            follow(look().arguments(&["-2"]), "gw2.portal", 0),
            once,
            "{name}, -2"
        );
    }
}

#[test]
fn the_client_is_the_client_even_when_the_server_speaks_first() {
    let tshark = common::tshark();
    let scenario = Scenario::named("portal-unmatched");
    let chunks = follow(Look::with_keys(&tshark, &scenario), "gw2.portal", 0);
    assert_eq!(chunks, by_message(&scenario));
    assert!(chunks[0].0, "the server spoke first");
}

#[test]
fn a_portal_dialogue_is_shown_message_by_message() {
    let tshark = common::tshark();
    for name in [
        "portal",
        "portal-full-headers",
        "portal-1-byte-segments",
        "portal-partial",
        "portal-pipelined",
        "portal-rc4",
        "portal-large",
        "portal-errors",
    ] {
        let scenario = Scenario::named(name);
        let wanted = by_message(&scenario);
        let once = follow(Look::with_keys(&tshark, &scenario), "gw2.portal", 0);
        assert_eq!(once, wanted, "{name}");
        let twice = Look::with_keys(&tshark, &scenario).arguments(&["-2"]);
        assert_eq!(follow(twice, "gw2.portal", 0), wanted, "{name}, -2");
    }
}

#[test]
fn portal_text_reads_as_text() {
    let tshark = common::tshark();
    let scenario = Scenario::named("portal-rc4");
    let finished = Look::with_keys(&tshark, &scenario)
        .arguments(&["-q", "-z", "follow,gw2.portal,ascii,0"])
        .run();
    for text in ["P /Group/GroupInfo STS/1.0", "<Name>Evening Watch</Name>"] {
        assert!(finished.stdout.contains(text), "{text}");
    }
    // Without the key there is nothing to read, and nothing is made up.
    let finished = Look::at(&tshark, &scenario.capture)
        .arguments(&["-q", "-z", "follow,gw2.portal,ascii,0"])
        .run();
    assert!(!finished.stdout.contains("STS/1.0"));
}

#[test]
fn fragments_are_joined_and_encodings_undone() {
    let tshark = common::tshark();
    let texts = |name: &str| -> Vec<String> {
        let scenario = Scenario::named(name);
        follow(Look::with_keys(&tshark, &scenario), "gw2.portal", 0)
            .iter()
            .map(|(_, hex)| String::from_utf8_lossy(&gw2_sim::hex::decode(hex).unwrap()).into_owned())
            .collect()
    };
    let rows = |text: &str| text.matches("<Row>").count();
    let whole =
        |text: &&String| text.contains("<Reply type=\"array\">") && text.trim_end().ends_with("</Reply>");

    let fragments = texts("portal-fragments");
    let joined: Vec<_> = fragments.iter().filter(whole).map(|text| rows(text)).collect();
    // Two answers and a notice; with the two requests that is all there is.
    assert_eq!((joined, fragments.len()), (vec![60; 3], 5));

    let encoded = texts("portal-encodings");
    let decoded: Vec<_> = encoded.iter().filter(whole).map(|text| rows(text)).collect();
    assert_eq!(decoded, [40; 4]);
    assert!(
        encoded
            .last()
            .is_some_and(|text| text.ends_with("this is not gzip"))
    );
}

#[test]
fn tshark_lists_what_can_be_followed_and_counted() {
    let tshark = common::tshark();
    let listed = tshark.run(["-z", "help"]).unwrap();
    let listed: Vec<_> = listed.stdout.lines().chain(listed.stderr.lines()).collect();
    for name in [
        "follow,gw2.portal",
        "follow,gw2.game",
        "follow,gw2.login",
        "gw2,tree",
        "gw2.portal,tree",
        "gw2.portal,srt",
    ] {
        assert!(listed.iter().any(|line| line.trim() == name), "{name}");
    }
}
