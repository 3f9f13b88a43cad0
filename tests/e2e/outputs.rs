//! What programs read: tshark's JSON, EK, PDML, PSML, fields and tabs. Well-formed, typed, and nothing lost on the way.

use serde_json::Value;

use crate::common::pdml;
use crate::common::{self, Look, Scenario, number};

/// Messages alone and in crowds, in blocks of each codec, portal messages several to a frame and in TLS.
const SCENARIOS: [&str; 5] = [
    "demo",
    "codecs",
    "many-messages",
    "portal-pipelined",
    "portal-tls13",
];

fn look<'a>(tshark: &'a tshark_harness::Tshark, scenario: &Scenario) -> Look<'a> {
    let tls = format!("tls.keylog_file:{}", scenario.keys.display());
    Look::with_keys(tshark, scenario).option(&tls).filter("gw2")
}

/// Opcodes of messages, and start lines' first words, in the order in which they were sent.
fn sent(scenario: &Scenario) -> (Vec<u32>, usize) {
    let opcodes = scenario.truth.iter().filter(|item| item.layer == "message");
    let portal = scenario.truth.iter().filter(|item| item.layer == "portal");
    (opcodes.map(|item| item.opcode.unwrap()).collect(), portal.count())
}

/// The values of a key, wherever it stands: one or an array, in order.
fn values<'v>(value: &'v Value, key: &str, found: &mut Vec<&'v Value>) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                match value {
                    Value::Array(all) if name == key => found.extend(all),
                    value if name == key => found.push(value),
                    value => values(value, key, found),
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|value| values(value, key, found)),
        _ => {}
    }
}

fn packets(text: &str) -> Vec<Value> {
    let parsed: Value = serde_json::from_str(text).unwrap();
    parsed.as_array().unwrap().clone()
}

/// In the order of the frames; each direction of a frame has one.
fn opcodes_of(packets: &[Value]) -> Vec<u32> {
    let mut found = Vec::new();
    for packet in packets {
        values(packet, "gw2.opcode", &mut found);
    }
    found
        .iter()
        .map(|value| number(value.as_str().unwrap()))
        .collect()
}

#[test]
fn json_without_duplicate_keys_has_every_message() {
    let tshark = common::tshark();
    for name in SCENARIOS {
        let scenario = Scenario::named(name);
        let (opcodes, portal) = sent(&scenario);
        let finished = look(&tshark, &scenario)
            .arguments(&["-T", "json", "--no-duplicate-keys"])
            .run();
        let packets = packets(&finished.stdout);
        assert_eq!(opcodes_of(&packets), opcodes, "{name}");
        let mut kinds = Vec::new();
        for packet in &packets {
            values(packet, "gw2.portal.kind", &mut kinds);
        }
        assert_eq!(kinds.len(), portal, "{name}");
    }
}

/// A message is one object with its own fields, so that `jq '.. | ."gw2.message.item"?'` has all of each together.
#[test]
fn json_keeps_a_message_together() {
    let tshark = common::tshark();
    let scenario = Scenario::named("many-messages");
    let finished = look(&tshark, &scenario)
        .arguments(&["-T", "json", "--no-duplicate-keys"])
        .run();
    let packets = packets(&finished.stdout);
    let mut items = Vec::new();
    for packet in &packets {
        values(packet, "gw2.message.item", &mut items);
    }
    let sent: Vec<_> = scenario
        .truth
        .iter()
        .filter(|item| item.layer == "message")
        .collect();
    assert_eq!(items.len(), sent.len());
    for (item, sent) in items.iter().zip(sent) {
        let text = |key: &str| item[key].as_str().unwrap_or_default();
        assert_eq!(number(text("gw2.opcode")), sent.opcode.unwrap());
        assert_eq!(number(text("gw2.message.length")), sent.length);
        assert_eq!(text("gw2.message.table"), sent.table);
    }
}

/// No key depends on what a message holds: all are names of fields, or number the elements of an array.
#[test]
fn json_keys_are_names() {
    let tshark = common::tshark();
    for name in SCENARIOS {
        let scenario = Scenario::named(name);
        let finished = look(&tshark, &scenario).arguments(&["-T", "json"]).run();
        for packet in packets(&finished.stdout) {
            for protocol in ["gw2.login", "gw2.game", "gw2.portal"] {
                check_keys(&packet["_source"]["layers"][protocol], name);
            }
        }
    }
}

fn check_keys(value: &Value, scenario: &str) {
    let Some(map) = value.as_object() else { return };
    for (key, value) in map {
        // Wireshark's own dissectors show the bodies of the portal.
        if ["xml", "json", "data", "data-text-lines", "media"].contains(&key.as_str()) {
            continue;
        }
        let element = key.strip_prefix('[').and_then(|key| key.strip_suffix(']'));
        let is_element = element.is_some_and(|index| index.parse::<usize>().is_ok());
        assert!(
            key.starts_with("gw2.") || key.starts_with("_ws.") || is_element,
            "{scenario}: the key {key:?}"
        );
        check_keys(value, scenario);
    }
}

/// `[hex, position, length, mask, type]` for each field; the bytes are those of the plaintext.
#[test]
fn raw_json_has_the_plaintext_of_each_opcode() {
    let tshark = common::tshark();
    for name in SCENARIOS {
        let scenario = Scenario::named(name);
        let finished = look(&tshark, &scenario)
            .arguments(&["-T", "jsonraw", "--no-duplicate-keys"])
            .run();
        let mut shown = Vec::new();
        for packet in packets(&finished.stdout) {
            raw(&packet, &mut shown);
        }
        let wanted: Vec<_> = scenario
            .truth
            .iter()
            .filter(|item| item.layer == "message")
            .map(|item| item.hex[..4].to_owned())
            .collect();
        assert_eq!(shown, wanted, "{name}");
    }
}

/// The bytes of opcodes: one is an array of five, several are an array of such.
fn raw(value: &Value, found: &mut Vec<String>) {
    let hex = |one: &Value| one[0].as_str().map(str::to_owned);
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                if key != "gw2.opcode_raw" {
                    raw(value, found);
                } else if let Some(one) = hex(value) {
                    found.push(one);
                } else {
                    found.extend(value.as_array().into_iter().flatten().filter_map(hex));
                }
            }
        }
        Value::Array(all) => all.iter().for_each(|value| raw(value, found)),
        _ => {}
    }
}

#[test]
fn ek_lines_are_json_with_mapped_names() {
    let tshark = common::tshark();
    for name in SCENARIOS {
        let scenario = Scenario::named(name);
        let (opcodes, portal) = sent(&scenario);
        let finished = look(&tshark, &scenario).arguments(&["-T", "ek"]).run();
        let (mut shown, mut kinds) = (Vec::new(), 0);
        for line in finished.lines().filter(|line| !line.is_empty()) {
            let line: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            let (mut of_line, mut of_portal) = (Vec::new(), Vec::new());
            values(&line, "gw2_gw2_opcode", &mut of_line);
            values(&line, "gw2_portal_gw2_portal_kind", &mut of_portal);
            shown.extend(of_line.iter().map(|value| number(value.as_str().unwrap())));
            kinds += of_portal.len();
        }
        assert_eq!(shown, opcodes, "{name}");
        assert_eq!(kinds, portal, "{name}");
    }
}

#[test]
fn pdml_names_every_message() {
    let tshark = common::tshark();
    for name in SCENARIOS {
        let scenario = Scenario::named(name);
        let (opcodes, portal) = sent(&scenario);
        let packets = pdml::packets(look(&tshark, &scenario));
        let shown: Vec<_> = packets
            .iter()
            .flat_map(|packet| packet.values("gw2.opcode").map(number).collect::<Vec<_>>())
            .collect();
        assert_eq!(shown, opcodes, "{name}");
        let of_portal = packets
            .iter()
            .map(|packet| packet.values("gw2.portal.kind").count());
        assert_eq!(of_portal.sum::<usize>(), portal, "{name}");
    }
}

/// The packet list: as XML and with tabs it has the same rows.
#[test]
fn lists_have_a_row_for_each_packet() {
    let tshark = common::tshark();
    for name in SCENARIOS {
        let scenario = Scenario::named(name);
        let wanted = look(&tshark, &scenario).fields(&["_ws.col.Protocol", "_ws.col.Info"]);
        let psml = look(&tshark, &scenario).arguments(&["-T", "psml"]).run();
        let rows = psml_rows(&psml.stdout);
        assert_eq!(rows.len(), wanted.len(), "{name}");
        for (row, wanted) in rows.iter().zip(&wanted) {
            assert_eq!(row.last(), wanted.last(), "{name}");
            assert!(row.contains(&wanted[0]), "{name}: {row:?}");
        }
        let tabs = look(&tshark, &scenario).arguments(&["-T", "tabs"]).run();
        let rows: Vec<_> = tabs.lines().collect();
        assert_eq!(rows.len(), wanted.len(), "{name}");
        for (row, wanted) in rows.iter().zip(&wanted) {
            assert_eq!(
                row.rsplit('\t').next(),
                wanted.last().map(String::as_str),
                "{name}"
            );
        }
    }
}

/// The sections of each packet.
fn psml_rows(text: &str) -> Vec<Vec<String>> {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut rows: Vec<Vec<String>> = Vec::new();
    let (mut in_section, mut in_packet) = (false, false);
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(element) => match element.name().as_ref() {
                "packet" => {
                    in_packet = true;
                    rows.push(Vec::new());
                }
                "section" if in_packet => {
                    in_section = true;
                    rows.last_mut().unwrap().push(String::new());
                }
                _ => {}
            },
            quick_xml::events::Event::Text(text) if in_section => {
                let section = rows.last_mut().unwrap().last_mut().unwrap();
                section.push_str(&text);
            }
            quick_xml::events::Event::GeneralRef(name) if in_section => {
                let section = rows.last_mut().unwrap().last_mut().unwrap();
                let known = quick_xml::escape::resolve_predefined_entity(&name);
                section.push_str(known.unwrap_or_else(|| panic!("the entity {name:?}")));
            }
            quick_xml::events::Event::End(element) => match element.name().as_ref() {
                "packet" => in_packet = false,
                "section" => in_section = false,
                _ => {}
            },
            quick_xml::events::Event::Eof => return rows,
            _ => {}
        }
    }
}
