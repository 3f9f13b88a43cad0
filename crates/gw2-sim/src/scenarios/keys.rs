//! Key logs: right, wrong, missing, late, inside the capture.

use super::{Scenario, flow};
use crate::block::Codec::Stored;
use crate::capture::Capture;
use crate::connection::{Connection, Finished};
use crate::crypto::KeyExchange;
use crate::demo::BUILD;
use crate::error::Result;
use crate::handshake::Version;
use crate::hosts;
use crate::keylog::{FORMS, Id, Secret, line};
use crate::messages::game;
use crate::rng::Rng;
use crate::tcp::MS;

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "no-key",
        "an encrypted game connection and an empty key log",
        no_key,
    ),
    Scenario::new(
        "bad-key",
        "a key log line for the connection with the wrong key",
        bad_key,
    ),
    Scenario::new(
        "key-forms",
        "twelve connections, each with another label and id; the wildcards fit several",
        key_forms,
    ),
    Scenario::new(
        "key-later-wins",
        "wrong lines before and behind the right one, under the same id and `*`",
        later_wins,
    ),
    Scenario::new(
        "key-malformed",
        "a key log with comments, CRLF, TLS labels, unknown labels and malformed lines around the right one",
        malformed,
    ),
    Scenario::new(
        "key-in-capture",
        "the key stands in a Decryption Secrets Block; the key log is empty",
        in_capture,
    ),
];

fn traffic(id: u32) -> Result<Connection> {
    let options = flow(id, hosts::game(), 50_000 + id as u16, u64::from(id) * 700);
    let mut c = Connection::new(options, BUILD, Version::Game38);
    c.open();
    for n in 0..3 {
        c.client(&[game::world_entry_2()?, game::performance_response(16 + n)?])?;
        c.tcp.wait(40 * MS);
        c.server(&[game::latency(30 + n)?, game::skillbar_slot(9083, 2)?], Stored)?;
        c.tcp.wait(40 * MS);
    }
    Ok(c)
}

fn other_keys() -> KeyExchange {
    KeyExchange::random(&mut Rng::new(0xbad))
}

fn single(keys: impl FnOnce(&KeyExchange) -> Vec<String>) -> Result<Capture> {
    let connection = traffic(0)?;
    let keys = keys(connection.keys());
    Ok(Capture::new(vec![connection.finish().with_keys(keys)]))
}

fn no_key() -> Result<Capture> {
    single(|_| Vec::new())
}

fn bad_key() -> Result<Capture> {
    single(|keys| {
        let wrong = KeyExchange {
            rc4_key: other_keys().rc4_key,
            ..keys.clone()
        };
        vec![line(&wrong, Secret::Rc4Key, Id::ServerSeed)]
    })
}

fn key_forms() -> Result<Capture> {
    let mut connections = Vec::new();
    for (n, form) in FORMS.into_iter().enumerate() {
        let mut connection = traffic(n as u32)?;
        connection.set_key_forms(&[form]);
        connections.push(connection.finish());
    }
    Ok(Capture::new(connections))
}

fn later_wins() -> Result<Capture> {
    single(|keys| {
        let wrong = KeyExchange {
            rc4_key: other_keys().rc4_key,
            ..keys.clone()
        };
        vec![
            line(&wrong, Secret::Rc4Key, Id::ServerSeed),
            line(keys, Secret::Rc4Key, Id::ServerSeed),
            line(&wrong, Secret::Rc4Key, Id::ServerSeed),
            line(&wrong, Secret::Rc4Key, Id::Any),
        ]
    })
}

fn malformed() -> Result<Capture> {
    single(|keys| {
        vec![
            "# a comment".into(),
            String::new(),
            format!("CLIENT_RANDOM {} {}", "00".repeat(32), "11".repeat(48)),
            "GW2_RC4_KEY * 0123".into(),
            "GW2_RC4_KEY".into(),
            "GW2_SEED nonsense 00112233445566778899aabbccddeeff00112233".into(),
            "GW2_SHARED_SECRET * zz".into(),
            "GW2_SOMETHING_NEW a b c".into(),
            line(keys, Secret::Rc4Key, Id::ServerSeed)
                .replace(' ', "\t")
                .to_uppercase()
                + "\r",
        ]
    })
}

fn in_capture() -> Result<Capture> {
    let connection = traffic(0)?.finish();
    let keys = connection.keys.clone();
    let mut capture = Capture::new(vec![Finished {
        keys: Vec::new(),
        ..connection
    }]);
    capture.embedded_keys = keys;
    Ok(capture)
}
