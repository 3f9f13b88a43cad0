//! What is written, as the plugin reads it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::Path;
use std::thread;

use gw2_keylog::{ConnectionId, KeyLogWriter, LineError, Secret, WriteError, line};
use gw2_protocol::key::{self, KeyLog};
use proptest::prelude::*;

/// Reads a key log as the plugin does; every line must be good.
fn read(text: &[u8]) -> Vec<(key::ConnectionId, key::Secret)> {
    let mut log = KeyLog::new("test.keys");
    assert_eq!(log.append(text), []);
    (0..log.len())
        .filter_map(|number| log.line(number))
        .map(|line| (line.id, line.secret))
        .collect()
}

#[test]
fn lines_are_what_the_documentation_says() {
    let seed = [0x3f; 20];
    let secret = [0x0a; 20];
    let (seed_hex, secret_hex) = ("3f".repeat(20), "0a".repeat(20));
    for (id, secret, wanted) in [
        (
            ConnectionId::ServerSeed(&seed),
            Secret::Rc4Key(&secret),
            format!("GW2_RC4_KEY {seed_hex} {secret_hex}\n"),
        ),
        (
            ConnectionId::ClientPublic(&[0xb5; 64]),
            Secret::Seed(&secret),
            format!("GW2_SEED {} {secret_hex}\n", "b5".repeat(64)),
        ),
        (
            ConnectionId::Unknown,
            Secret::SharedSecret(&[0x0a; 64]),
            format!("GW2_SHARED_SECRET * {}\n", "0a".repeat(64)),
        ),
    ] {
        assert_eq!(line(id, secret).unwrap(), wanted);
    }
    for len in [0, 19, 65] {
        let error = line(ConnectionId::Unknown, Secret::SharedSecret(&vec![0; len])).unwrap_err();
        assert_eq!(error, LineError::SharedSecretLength(len));
    }
}

proptest! {
    #[test]
    fn every_line_is_read_as_it_was_meant(
        seed in any::<[u8; 20]>(),
        public in prop::collection::vec(any::<u8>(), 64),
        secret in prop::collection::vec(any::<u8>(), 20..=64),
    ) {
        let public: &[u8; 64] = public.first_chunk().unwrap();
        let first: &[u8; 20] = secret.first_chunk().unwrap();
        let ids = [
            (ConnectionId::ServerSeed(&seed), key::ConnectionId::ServerSeed(seed)),
            (ConnectionId::ClientPublic(public), key::ConnectionId::ClientPublic(*public)),
            (ConnectionId::Unknown, key::ConnectionId::Unknown),
        ];
        let secrets = [
            (Secret::Rc4Key(first), key::Secret::Rc4Key(*first)),
            (Secret::Seed(first), key::Secret::Seed(*first)),
            (Secret::SharedSecret(&secret), key::Secret::SharedSecret(*first)),
        ];
        for (id, read_id) in ids {
            for (secret, read_secret) in secrets {
                let line = line(id, secret).unwrap();
                prop_assert_eq!(read(line.as_bytes()), [(read_id, read_secret)]);
            }
        }
    }
}

#[test]
fn a_file_is_appended_to_and_is_for_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.keys");
    for byte in 0..3 {
        let log = KeyLogWriter::open(&path).unwrap();
        log.write(ConnectionId::Unknown, Secret::Seed(&[byte; 20]))
            .unwrap();
    }
    let text = fs::read(&path).unwrap();
    let seeds: Vec<_> = read(&text).into_iter().map(|(_, secret)| secret).collect();
    assert_eq!(seeds, [0, 1, 2].map(|byte| key::Secret::Seed([byte; 20])));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

/// Two writers, as two processes would have, and four threads on each.
#[test]
fn lines_of_many_writers_do_not_mix() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shared.keys");
    let writers = [(); 2].map(|()| KeyLogWriter::open(&path).unwrap());
    thread::scope(|scope| {
        for (number, writer) in writers.iter().enumerate() {
            for thread in 0..4 {
                scope.spawn(move || {
                    for count in 0..100 {
                        let mut seed = [0; 20];
                        seed[..3].copy_from_slice(&[u8::try_from(number).unwrap(), thread, count]);
                        let public = [thread; 64];
                        let id = ConnectionId::ClientPublic(&public);
                        writer.write(id, Secret::Rc4Key(&seed)).unwrap();
                    }
                });
            }
        }
    });
    // Each is another secret, so that none is taken for a repetition.
    assert_eq!(read(&fs::read(&path).unwrap()).len(), 2 * 4 * 100);
}

#[test]
fn errors_are_handed_back() {
    let missing = Path::new("/no/such/folder/x.keys");
    assert!(KeyLogWriter::open(missing).is_err());
    // A device that is always full.
    let full = Path::new("/dev/full");
    if full.exists() {
        let log = KeyLogWriter::open(full).unwrap();
        let error = log
            .write(ConnectionId::Unknown, Secret::Seed(&[0; 20]))
            .unwrap_err();
        assert!(matches!(error, WriteError::Io(_)), "{error}");
    }
}

/// What is shown of a secret in a debugger or a log is no secret.
#[test]
fn secrets_are_not_shown() {
    assert_eq!(format!("{:?}", Secret::Rc4Key(&[7; 20])), "GW2_RC4_KEY");
}
