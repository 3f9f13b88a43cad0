//! What the plugin registers, against the tables of the contract.

use std::collections::BTreeMap;

use crate::common::{self, Look, Scenario};

/// Those of the wire: each is found by a heuristic.
const PROTOCOLS: &[(&str, &str, &str)] = &[
    ("Guild Wars 2 Login Protocol", "GW2-Login", "gw2.login"),
    ("Guild Wars 2 Portal Protocol", "GW2-Portal", "gw2.portal"),
    ("Guild Wars 2 Game Protocol", "GW2-Game", "gw2.game"),
];

/// What Export PDUs writes.
const EXPORTED: (&str, &str, &str) = ("Guild Wars 2 Exported Record", "GW2-PDU", "gw2.pdu");

/// Every static field: type and base as `tshark -G fields` prints them. A boolean's base is a width, and says nothing.
pub const FIELDS: &[(&str, &str, &str)] = &[
    ("gw2.direction", "FT_UINT8", "BASE_DEC"),
    ("gw2.opcode", "FT_UINT16", "BASE_HEX"),
    ("gw2.message", "FT_STRING", ""),
    ("gw2.message.item", "FT_NONE", ""),
    ("gw2.message.length", "FT_UINT32", "BASE_DEC"),
    ("gw2.message.dispatch", "FT_UINT8", "BASE_DEC"),
    ("gw2.message.table", "FT_STRING", ""),
    ("gw2.schema", "FT_STRING", ""),
    ("gw2.handshake.frame", "FT_NONE", ""),
    ("gw2.handshake.type", "FT_STRING", ""),
    ("gw2.handshake.build", "FT_UINT32", "BASE_DEC"),
    ("gw2.handshake.world", "FT_UINT32", "BASE_DEC"),
    ("gw2.handshake.map", "FT_UINT32", "BASE_DEC"),
    ("gw2.handshake.player", "FT_UINT32", "BASE_DEC"),
    ("gw2.handshake.account", "FT_GUID", ""),
    ("gw2.handshake.character", "FT_GUID", ""),
    ("gw2.handshake.client_seed", "FT_BYTES", ""),
    ("gw2.handshake.server_seed", "FT_BYTES", ""),
    ("gw2.key.source", "FT_STRING", ""),
    ("gw2.encrypted", "FT_BYTES", ""),
    ("gw2.block", "FT_NONE", ""),
    ("gw2.block.compressed_size", "FT_UINT16", "BASE_DEC"),
    ("gw2.block.uncompressed_size", "FT_UINT16", "BASE_DEC"),
    ("gw2.block.codec", "FT_STRING", ""),
    ("gw2.undecoded", "FT_BYTES", ""),
    ("gw2.session", "FT_UINT32", "BASE_DEC"),
    ("gw2.pdu.version", "FT_UINT8", "BASE_DEC"),
    ("gw2.pdu.protocol", "FT_UINT8", "BASE_DEC"),
    ("gw2.pdu.cover", "FT_UINT8", "BASE_DEC"),
    ("gw2.pdu.build", "FT_UINT32", "BASE_DEC"),
    ("gw2.pdu.stream", "FT_UINT32", "BASE_DEC"),
    ("gw2.pdu.schema", "FT_STRING", ""),
    ("gw2.field.u8", "FT_UINT8", "BASE_DEC"),
    ("gw2.field.u16", "FT_UINT16", "BASE_DEC"),
    ("gw2.field.u32", "FT_UINT32", "BASE_DEC"),
    ("gw2.field.u64", "FT_UINT64", "BASE_DEC"),
    ("gw2.field.varint", "FT_UINT32", "BASE_DEC"),
    ("gw2.field.f32", "FT_FLOAT", ""),
    ("gw2.field.vec2.x", "FT_FLOAT", ""),
    ("gw2.field.vec2.y", "FT_FLOAT", ""),
    ("gw2.field.vec3.x", "FT_FLOAT", ""),
    ("gw2.field.vec3.y", "FT_FLOAT", ""),
    ("gw2.field.vec3.z", "FT_FLOAT", ""),
    ("gw2.field.vec4.x", "FT_FLOAT", ""),
    ("gw2.field.vec4.y", "FT_FLOAT", ""),
    ("gw2.field.vec4.z", "FT_FLOAT", ""),
    ("gw2.field.vec4.w", "FT_FLOAT", ""),
    ("gw2.field.guid", "FT_GUID", ""),
    ("gw2.field.address", "FT_IPv4", ""),
    ("gw2.field.address6", "FT_IPv6", ""),
    ("gw2.field.port", "FT_UINT16", "BASE_DEC"),
    ("gw2.field.string", "FT_STRING", ""),
    ("gw2.field.bytes", "FT_BYTES", ""),
    ("gw2.field.count", "FT_UINT32", "BASE_DEC"),
    ("gw2.field.present", "FT_BOOLEAN", "*"),
    ("gw2.portal.message", "FT_NONE", ""),
    ("gw2.portal.error", "FT_NONE", ""),
    ("gw2.portal.elements", "FT_NONE", ""),
    ("gw2.portal.kind", "FT_UINT8", "BASE_DEC"),
    ("gw2.portal.method", "FT_STRING", ""),
    ("gw2.portal.path", "FT_STRING", ""),
    ("gw2.portal.version", "FT_STRING", ""),
    ("gw2.portal.reason", "FT_STRING", ""),
    ("gw2.portal.status", "FT_UINT16", "BASE_DEC"),
    ("gw2.portal.sequence", "FT_UINT32", "BASE_DEC"),
    ("gw2.portal.timeout", "FT_UINT32", "BASE_DEC"),
    ("gw2.portal.length", "FT_UINT32", "BASE_DEC"),
    ("gw2.portal.part", "FT_UINT32", "BASE_DEC"),
    ("gw2.portal.final", "FT_BOOLEAN", "*"),
    ("gw2.portal.header", "FT_STRING", ""),
    ("gw2.portal.error.code", "FT_UINT32", "BASE_DEC"),
    ("gw2.portal.error.server", "FT_UINT32", "BASE_DEC"),
    ("gw2.portal.error.module", "FT_UINT32", "BASE_DEC"),
    ("gw2.portal.error.line", "FT_UINT32", "BASE_DEC"),
    ("gw2.portal.error.text", "FT_STRING", ""),
    ("gw2.portal.range.first", "FT_UINT32", "BASE_DEC"),
    ("gw2.portal.range.last", "FT_UINT32", "BASE_DEC"),
    ("gw2.portal.range.total", "FT_UINT32", "BASE_DEC"),
    ("gw2.portal.body", "FT_STRING", ""),
    ("gw2.portal.response_in", "FT_FRAMENUM", ""),
    ("gw2.portal.response_to", "FT_FRAMENUM", ""),
    ("gw2.portal.time", "FT_RELATIVE_TIME", ""),
    ("gw2.login.handoff.address", "FT_IPv4", ""),
    ("gw2.login.handoff.address6", "FT_IPv6", ""),
    ("gw2.login.handoff.port", "FT_UINT16", "BASE_DEC"),
    ("gw2.login.handoff.game_frame", "FT_FRAMENUM", ""),
    ("gw2.game.handoff_frame", "FT_FRAMENUM", ""),
    ("gw2.game.next_frame", "FT_FRAMENUM", ""),
    ("gw2.expert.no_key", "FT_NONE", ""),
    ("gw2.expert.bad_key", "FT_NONE", ""),
    ("gw2.expert.unknown_opcode", "FT_NONE", ""),
    ("gw2.expert.malformed", "FT_NONE", ""),
    ("gw2.expert.limit", "FT_NONE", ""),
    ("gw2.expert.block", "FT_NONE", ""),
    ("gw2.expert.gap", "FT_NONE", ""),
    ("gw2.expert.resumed", "FT_NONE", ""),
    ("gw2.expert.schema", "FT_NONE", ""),
    ("gw2.expert.portal", "FT_NONE", ""),
    ("gw2.expert.unmatched", "FT_NONE", ""),
    ("gw2.expert.no_response", "FT_NONE", ""),
    ("gw2.expert.pdu", "FT_NONE", ""),
];

/// Fields that the built-in schemas name.
const MESSAGE_FIELDS: &[(&str, &str)] = &[
    ("gw2.agent_id", "FT_UINT32"),
    ("gw2.skill_id", "FT_UINT32"),
    ("gw2.tick", "FT_UINT32"),
    ("gw2.text", "FT_STRING"),
    ("gw2.position_xyz.x", "FT_FLOAT"),
    ("gw2.session_guid", "FT_GUID"),
    ("gw2.command_data", "FT_BYTES"),
];

/// One line of `-G fields`.
struct Field {
    parent: String,
    kind: String,
    base: String,
}

/// Our fields by filter name. A name that is registered twice has two entries.
fn fields() -> BTreeMap<String, Vec<Field>> {
    let listed = common::tshark().run(["-G", "fields"]).unwrap();
    let mut fields = BTreeMap::<_, Vec<_>>::new();
    for line in listed.lines() {
        let columns: Vec<_> = line.split('\t').map(str::trim).collect();
        if let ["F", _, name, kind, parent, base, ..] = columns[..]
            && name.starts_with("gw2.")
        {
            let field = Field {
                parent: parent.into(),
                kind: kind.into(),
                base: base.into(),
            };
            fields.entry(name.to_owned()).or_default().push(field);
        }
    }
    fields
}

#[test]
fn tshark_loads_the_plugin_as_a_dissector() {
    let listed = common::tshark().run(["-G", "plugins"]).unwrap();
    let name = tshark_harness::plugin_file_name();
    let line = listed
        .lines()
        .find(|line| line.starts_with(name))
        .unwrap_or_else(|| {
            panic!(
                "`-G plugins` does not list {name}; standard error:\n{}",
                listed.stderr
            )
        });
    let columns: Vec<_> = line.split('\t').map(str::trim).collect();
    assert_eq!(columns[1], env!("CARGO_PKG_VERSION"));
    assert_eq!(columns[2], "dissector");
}

#[test]
fn each_protocol_has_its_names() {
    let listed = common::tshark().run(["-G", "protocols"]).unwrap();
    for (name, short, filter) in PROTOCOLS.iter().chain([&EXPORTED]) {
        let wanted = [*name, *short, *filter];
        assert!(
            listed.lines().any(|line| line.split('\t').take(3).eq(wanted)),
            "`-G protocols` lacks {wanted:?}"
        );
    }
    assert!(
        listed.lines().any(|line| line.split('\t').nth(2) == Some("gw2")),
        "`gw2` alone is no filter"
    );
}

#[test]
fn each_field_of_the_contract_has_its_type_and_base() {
    let fields = fields();
    let mut wrong = Vec::new();
    for (name, kind, base) in FIELDS {
        match fields.get(*name).map(Vec::as_slice) {
            None | Some([]) => wrong.push(format!("{name}: missing, want {kind} {base}")),
            Some([field, ..]) if field.kind != *kind || (*base != "*" && field.base != *base) => {
                wrong.push(format!(
                    "{name}: {} {}, want {kind} {base}",
                    field.kind, field.base
                ));
            }
            Some(_) => {}
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn fields_that_schemas_name_can_be_filtered_on() {
    let fields = fields();
    for (name, kind) in MESSAGE_FIELDS {
        let field = fields.get(*name).and_then(|all| all.first());
        assert_eq!(field.map(|field| field.kind.as_str()), Some(*kind), "{name}");
    }
}

#[test]
fn no_name_is_registered_twice_and_every_field_is_ours() {
    for (name, all) in fields() {
        assert_eq!(all.len(), 1, "{name} is registered {} times", all.len());
        let parent = &all[0].parent;
        assert!(
            ["gw2", "gw2.login", "gw2.portal", "gw2.game", "gw2.pdu"].contains(&parent.as_str()),
            "{name} belongs to {parent}"
        );
    }
}

#[test]
fn heuristics_are_on_by_default() {
    let listed = common::tshark().run(["-G", "heuristic-decodes"]).unwrap();
    for (_, _, filter) in PROTOCOLS {
        let found = listed
            .lines()
            .map(|line| line.split('\t').collect::<Vec<_>>())
            .any(|columns| matches!(columns[..], ["tcp", protocol, "T", ..] if protocol == *filter));
        assert!(found, "no heuristic on tcp for {filter}");
    }
}

/// A game connection on a port that nobody has registered in any version, as far as the server seed.
fn connection_on_a_strange_port() -> Scenario {
    let mut options = gw2_sim::scenarios::flow(0, gw2_sim::hosts::game(), 50_000, 0);
    options.server.port = 47_114;
    let version = gw2_sim::handshake::Version::Game38;
    let mut connection = gw2_sim::connection::Connection::new(options, 205_780, version);
    connection.open();
    let capture = gw2_sim::capture::Capture::new(vec![connection.finish()]);
    Scenario::read(&capture, "strange-port")
}

/// Wireshark 4.0 adds the ports of such a preference to those that were there before.
#[test]
fn the_port_preference_adds_ports() {
    let tshark = common::tshark();
    let scenario = connection_on_a_strange_port();
    let look = |ports: &str| {
        Look::at(&tshark, &scenario.capture)
            .option(&format!("gw2.tcp.port:{ports}"))
            .arguments(&["--disable-heuristic", "gw2_game_tcp"])
            .filter("gw2.game")
            .frames()
            .len()
    };
    assert_eq!(look("6112"), 0);
    assert_eq!(look("47114"), 2, "the client's and the server's handshake");
    assert_eq!(look("6112,47100-47120"), 2);
}

#[test]
fn a_connection_on_any_port_is_found_by_its_first_bytes() {
    let tshark = common::tshark();
    let scenario = connection_on_a_strange_port();
    let found = Look::at(&tshark, &scenario.capture).filter("gw2.game").frames();
    assert_eq!(found.len(), 2);
}

#[test]
fn decode_as_gives_a_connection_to_each_dissector() {
    let tshark = common::tshark();
    let demo = Scenario::demo();
    let look = |protocol: &str| {
        Look::with_keys(&tshark, &demo)
            .arguments(&["-d", &format!("tcp.port==6112,{protocol}")])
            .filter(&format!("{protocol} && tcp.len > 0"))
            .frames()
            .len()
    };
    for protocol in ["gw2.login", "gw2.portal", "gw2.game"] {
        assert!(look(protocol) > 0, "{protocol}");
    }
}

#[test]
fn port_6112_is_ours() {
    let listed = common::tshark().run(["-G", "decodes"]).unwrap();
    assert!(
        listed.lines().any(|line| {
            matches!(line.split('\t').collect::<Vec<_>>()[..], ["tcp.port", "6112", name] if name.starts_with("gw2"))
        }),
        "`-G decodes` binds nothing of ours to tcp.port 6112"
    );
}

#[test]
fn preferences_have_their_defaults() {
    let listed = common::tshark().run(["-G", "defaultprefs"]).unwrap();
    for line in [
        "#gw2.keylog_file:",
        "#gw2.schema_dir:",
        "#gw2.schema: auto",
        // Wireshark prints an enumeration's title here: "Automatic".
        "#gw2.compression: auto",
        "#gw2.export_secrets: false",
    ] {
        let found = listed
            .lines()
            .any(|listed| listed.trim_end().to_lowercase().starts_with(line));
        assert!(found, "`-G defaultprefs` lacks `{line}`");
    }
}

#[test]
fn the_key_log_is_by_default_what_the_environment_names() {
    let tshark = common::tshark();
    let mut command = tshark.command();
    command
        .env("GW2_KEYLOGFILE", "/some/where.keys")
        .args(["-G", "defaultprefs"]);
    let listed = tshark_harness::run(&mut command, std::time::Duration::from_secs(60)).unwrap();
    assert!(
        listed
            .lines()
            .any(|line| line.trim_end() == "#gw2.keylog_file: /some/where.keys")
    );
}

#[test]
fn every_preference_of_the_contract_is_known() {
    let tshark = common::tshark();
    let capture = tshark.home().join("empty.pcap");
    // A pcap header without packets: microseconds, version 2.4, Ethernet.
    let header = [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 0x4_0000, 1];
    std::fs::write(&capture, header.map(u32::to_le_bytes).concat()).unwrap();
    for preference in [
        "gw2.keylog_file:",
        "gw2.schema_dir:",
        "gw2.schema:auto",
        "gw2.compression:auto",
        "gw2.compression:lz4",
        "gw2.compression:zlib",
        "gw2.compression:deflate",
        "gw2.compression:none",
        "gw2.tcp.port:6112",
        "gw2.tcp.port:80,443,6112-6114",
    ] {
        let finished = Look::at(&tshark, &capture).option(preference).run();
        assert!(
            !finished.stderr.contains("gw2."),
            "-o {preference}: {}",
            finished.stderr
        );
    }
}

/// The names of values that filters know.
const VALUES: &[(&str, u32, &str)] = &[
    ("gw2.direction", 0, "client to server"),
    ("gw2.direction", 1, "server to client"),
    ("gw2.message.dispatch", 0, "generic"),
    ("gw2.message.dispatch", 1, "fast path"),
    ("gw2.portal.kind", 0, "REQ"),
    ("gw2.portal.kind", 1, "RESP"),
    ("gw2.portal.kind", 2, "MSG"),
    // An enumeration of the built-in schemas.
    ("gw2.subtype", 0x40, "position"),
];

#[test]
fn every_value_has_one_name() {
    let listed = common::tshark().run(["-G", "values"]).unwrap();
    let ours: Vec<Vec<&str>> = listed
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|columns| columns[0] == "V" && columns[1].starts_with("gw2."))
        .collect();
    for (field, value, name) in VALUES {
        let names: Vec<&str> = ours
            .iter()
            .filter(|columns| columns[1] == *field && common::number(columns[2]) == *value)
            .map(|columns| columns[3])
            .collect();
        assert_eq!(names, [*name], "{field} == {value}");
    }
    let mut seen = std::collections::HashSet::new();
    for columns in &ours {
        assert!(
            seen.insert((columns[1], columns[2])),
            "{columns:?} is there twice"
        );
        assert!(!columns[3].is_empty(), "{columns:?}");
    }
}
