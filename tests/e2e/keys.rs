//! The key log: every form of line, and what the user is told when a line does not help.

use std::fmt::Write;
use std::fs;
use std::io::{BufRead, BufReader, Write as _};
use std::path::PathBuf;
use std::process::Stdio;

use gw2_sim::block::Codec;
use gw2_sim::capture::Capture;
use gw2_sim::connection::Connection;
use gw2_sim::crypto::KeyExchange;
use gw2_sim::handshake::Version;
use gw2_sim::hosts;
use gw2_sim::keylog::{FORMS, Id, Secret, line};
use gw2_sim::message::{Message, Table};
use gw2_sim::tcp::{FlowOptions, MS};
use gw2_sim::value::Value;
use tshark_harness::Tshark;

use crate::common::{self, Look, Scenario};

/// Client and server messages on each connection. Build 205780 has full tables for both.
const MESSAGES_EACH_WAY: usize = 3;

/// Wireshark's numbers for the severity "warning" and the group "decryption".
const PI_WARN: u32 = 0x0060_0000;
const PI_DECRYPTION: u32 = 0x0c00_0000;

/// A capture of some game connections, and their secrets.
struct Session {
    scenario: Scenario,
    keys: Vec<KeyExchange>,
    tshark: Tshark,
}

impl Session {
    fn of(connections: u16) -> Self {
        let mut keys = Vec::new();
        let mut finished = Vec::new();
        for number in 0..connections {
            let mut connection = Connection::new(
                FlowOptions {
                    id: number.into(),
                    client: hosts::client(50_000 + number),
                    server: hosts::game(),
                    start_ns: hosts::START_NS + u64::from(number) * 500 * MS,
                    mss: 1_460,
                    rtt_ns: 30 * MS,
                    seed: 1_000 + u64::from(number),
                },
                205_780,
                Version::Game38,
            );
            connection.open();
            for _ in 0..MESSAGES_EACH_WAY {
                connection
                    .client(&[Message::new(Table::C2gs, 0x0023, &[]).unwrap()])
                    .unwrap();
                connection.tcp.wait(20 * MS);
                connection
                    .server(
                        &[Message::new(Table::Gs2c, 0x0004, &[Value::Varint(7)]).unwrap()],
                        Codec::Stored,
                    )
                    .unwrap();
                connection.tcp.wait(20 * MS);
            }
            keys.push(connection.keys().clone());
            finished.push(connection.finish());
        }
        let scenario = Scenario::read(&Capture::new(finished), "keys");
        Self {
            scenario,
            keys,
            tshark: common::tshark(),
        }
    }

    fn file(&self, text: &str) -> PathBuf {
        let file = self.tshark.home().join("session.keys");
        fs::write(&file, text).unwrap();
        file
    }

    fn look(&self) -> Look<'_> {
        Look::at(&self.tshark, &self.scenario.capture)
    }

    /// How many messages a key log decrypts.
    fn messages(&self, key_log: &str) -> usize {
        let file = self.file(key_log);
        self.look().keys(&file).values("gw2.opcode").len()
    }

    fn all_messages(&self) -> usize {
        self.keys.len() * MESSAGES_EACH_WAY * 2
    }

    /// The usual line of a connection, with its end.
    fn line(&self, connection: usize) -> String {
        format!(
            "{}\n",
            line(&self.keys[connection], Secret::Rc4Key, Id::ServerSeed)
        )
    }
}

/// A line that names the connection and does not decrypt it.
fn wrong_line(keys: &KeyExchange, id: Id) -> String {
    let wrong = KeyExchange {
        rc4_key: [0x5a; 20],
        ..keys.clone()
    };
    format!("{}\n", line(&wrong, Secret::Rc4Key, id))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

#[test]
fn every_label_decrypts_with_every_form_of_id() {
    let session = Session::of(1);
    for (secret, id) in FORMS {
        let text = format!("{}\n", line(&session.keys[0], secret, id));
        assert_eq!(
            session.messages(&text),
            session.all_messages(),
            "{secret:?} by {id:?}"
        );
    }
}

#[test]
fn each_connection_finds_its_own_line() {
    let session = Session::of(3);
    let lines: String = (0..3).map(|connection| session.line(connection)).collect();
    assert_eq!(session.messages(&lines), session.all_messages());
    let unnamed: String = session
        .keys
        .iter()
        .map(|keys| format!("{}\n", line(keys, Secret::Seed, Id::Any)))
        .collect();
    assert_eq!(session.messages(&unnamed), session.all_messages(), "by *");
}

#[test]
fn the_tree_says_which_line_it_was() {
    let session = Session::of(1);
    let file = session.file(&format!("# a comment\n\n{}", session.line(0)));
    let sources = session.look().keys(&file).values("gw2.key.source");
    assert!(!sources.is_empty());
    for source in sources {
        assert!(source.ends_with("session.keys:3"), "{source}");
    }
}

#[test]
fn comments_other_labels_crlf_tabs_and_upper_case_do_no_harm() {
    let session = Session::of(1);
    let line = session.line(0);
    let (label, rest) = line.trim_end().split_once(' ').unwrap();
    let tls = format!("CLIENT_RANDOM {} {}", "ab".repeat(32), "cd".repeat(48));
    for text in [
        format!("# comment\n\n{tls}\n{line}"),
        format!("{tls}\r\n{label} {rest}\r\n"),
        format!("{label}\t{}\n", rest.replace(' ', "\t")),
        format!("{label}  {}\n", rest.replace(' ', "   ")),
        format!("{label} {}\n", rest.to_uppercase()),
        format!("GW2_LABEL_OF_TOMORROW {rest}\n{line}"),
    ] {
        assert_eq!(session.messages(&text), session.all_messages(), "{text}");
        let file = session.file(&text);
        let said = session.look().keys(&file).run().stderr;
        assert!(!said.contains("session.keys"), "{said}");
    }
}

#[test]
fn a_later_line_goes_first_and_a_wrong_one_is_passed_over() {
    let session = Session::of(1);
    let later = line(&session.keys[0], Secret::Seed, Id::ServerSeed);
    let file = session.file(&format!("{}{later}\n", session.line(0)));
    let source = session.look().keys(&file).values("gw2.key.source");
    assert!(source[0].ends_with(":2"), "{source:?}");

    let wrong = wrong_line(&session.keys[0], Id::ServerSeed);
    assert_eq!(
        session.messages(&[session.line(0), wrong].concat()),
        session.all_messages()
    );
}

#[test]
fn a_last_line_without_its_line_feed_is_not_read() {
    let session = Session::of(1);
    assert_eq!(session.messages(session.line(0).trim_end()), 0);
}

#[test]
fn without_a_key_the_ids_are_named_once_a_direction_and_the_payload_is_shown_encrypted() {
    let session = Session::of(1);
    let rows = session.look().filter("gw2.expert.no_key").fields(&[
        "gw2.direction",
        "_ws.expert.message",
        "_ws.expert.severity",
        "_ws.expert.group",
    ]);
    assert_eq!(
        rows.iter().map(|row| row[0].as_str()).collect::<Vec<_>>(),
        ["0", "1"]
    );
    for row in rows {
        assert!(row[1].contains(&hex(&session.keys[0].wire_seed)), "{}", row[1]);
        assert!(
            row[1].contains(&hex(&session.keys[0].client_public)),
            "{}",
            row[1]
        );
        // TCP may have remarks of its own on the same packet.
        let has = |column: &str, value| column.lines().map(common::number).any(|number| number == value);
        assert!(has(&row[2], PI_WARN) && has(&row[3], PI_DECRYPTION), "{row:?}");
    }
    let encrypted = session.look().filter("gw2.encrypted").frames();
    assert_eq!(encrypted.len(), session.all_messages());
    assert_eq!(
        session.look().filter("gw2.expert.bad_key || gw2.opcode").frames(),
        [0_u32; 0]
    );

    let info = session
        .look()
        .filter("gw2.encrypted && gw2.direction == 0")
        .values("_ws.col.Info");
    assert_eq!(info[0], "C→S Encrypted, 2 bytes");
}

#[test]
fn a_key_that_does_not_decrypt_is_called_bad() {
    let session = Session::of(1);
    for id in [Id::ServerSeed, Id::ClientPublic] {
        let file = session.file(&wrong_line(&session.keys[0], id));
        let look = || session.look().keys(&file);
        let directions = look().filter("gw2.expert.bad_key").values("gw2.direction");
        assert_eq!(directions, ["0", "1"], "{id:?}");
        assert_eq!(
            look().filter("gw2.encrypted").frames().len(),
            session.all_messages(),
            "{id:?}"
        );
        assert_eq!(
            look().filter("gw2.expert.no_key || gw2.opcode").frames(),
            [0_u32; 0],
            "{id:?}"
        );
    }
}

#[test]
fn malformed_lines_are_reported_by_number_and_the_rest_works() {
    let session = Session::of(1);
    let id = "ab".repeat(20);
    for (malformed, why) in [
        ("GW2_RC4_KEY".to_owned(), "no id"),
        (format!("GW2_RC4_KEY {id}"), "no secret"),
        (format!("GW2_RC4_KEY {id} 1234"), "a short secret"),
        (format!("GW2_RC4_KEY {id} {}", "xy".repeat(20)), "no hex"),
        (
            format!("GW2_SEED 1234 {}", "00".repeat(20)),
            "an id of no known length",
        ),
        (
            format!("GW2_SHARED_SECRET {id} {}", "00".repeat(65)),
            "a long secret",
        ),
        (
            format!("GW2_SHARED_SECRET {id} {}0", "00".repeat(20)),
            "half a byte",
        ),
    ] {
        let file = session.file(&format!("# first\n{malformed}\n{}", session.line(0)));
        let messages = session.look().keys(&file).values("gw2.opcode");
        assert_eq!(messages.len(), session.all_messages(), "{why}");
        let said = session.look().keys(&file).run().stderr;
        assert!(
            said.contains("session.keys") && said.contains('2'),
            "{why}: standard error is `{said}`"
        );
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_the_rest_works() {
    let session = Session::of(1);
    let missing = session.tshark.home().join("no-such.keys");
    let finished = session.look().keys(&missing).run();
    assert!(
        finished.stderr.contains("no-such.keys"),
        "standard error is `{}`",
        finished.stderr
    );
    assert_eq!(
        session
            .look()
            .keys(&missing)
            .filter("gw2.encrypted")
            .frames()
            .len(),
        session.all_messages()
    );
}

#[test]
fn the_environment_can_name_the_file() {
    let session = Session::of(1);
    let file = session.file(&session.line(0));
    let mut command = session.tshark.command();
    command
        .env("GW2_KEYLOGFILE", &file)
        .arg("-r")
        .arg(&session.scenario.capture)
        .args(["-Y", "gw2.opcode"]);
    let finished = tshark_harness::run(&mut command, std::time::Duration::from_secs(60)).unwrap();
    assert_eq!(finished.lines().count(), session.all_messages());
}

/// As when Wireshark captures: packets arrive, then the key, then more packets.
#[test]
fn a_line_that_is_appended_while_packets_arrive_decrypts_those_behind_it() {
    let tshark = common::tshark();
    let scenario = Scenario::named("clean");
    let capture = fs::read(&scenario.capture).unwrap();
    let (first, rest) = capture.split_at(capture.len() / 2);
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("growing.keys");
    fs::write(&keys, "# nothing yet\n").unwrap();
    let mut child = tshark
        .command()
        .args([
            "-l",
            "-r",
            "-",
            "-T",
            "fields",
            "-e",
            "frame.number",
            "-e",
            "gw2.encrypted",
            "-e",
            "gw2.opcode",
        ])
        .args(["-o", &format!("gw2.keylog_file:{}", keys.display())])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    input.write_all(first).unwrap();
    input.flush().unwrap();
    let columns = |line: &str| line.split('\t').map(str::to_owned).collect::<Vec<_>>();
    let is_encrypted = |line: &String| !columns(line)[1].is_empty();
    assert!(
        lines.by_ref().any(|line| is_encrypted(&line)),
        "packets have been seen without a key"
    );
    let mut grown = fs::OpenOptions::new().append(true).open(&keys).unwrap();
    grown.write_all(&fs::read(&scenario.keys).unwrap()).unwrap();
    input.write_all(rest).unwrap();
    drop(input);
    let behind: Vec<String> = lines.collect();
    assert!(child.wait().unwrap().success());
    let last = behind.iter().rposition(is_encrypted).map_or(0, |at| at + 1);
    let decrypted = behind[last..]
        .iter()
        .filter(|line| !columns(line)[2].is_empty())
        .count();
    assert!(decrypted > 10, "{behind:?}");
}
