use super::*;

const SEED_ID: &str = "000102030405060708090a0b0c0d0e0f10111213";
const KEY: &str = "EF131F7FCC999EF1CD7F60052D8F30807CB7BFFB";

fn log(text: &str) -> (KeyLog, Vec<String>) {
    let mut log = KeyLog::new("keys.txt");
    let errors = log
        .append(text.as_bytes())
        .iter()
        .map(ToString::to_string)
        .collect();
    (log, errors)
}

fn seed_id() -> ServerSeed {
    std::array::from_fn(|at| at as u8)
}

#[test]
fn every_label_gives_the_rc4_key() {
    let secret = "ff".repeat(20);
    let text = format!(
        "GW2_RC4_KEY {SEED_ID} {KEY}\nGW2_SEED {SEED_ID} {SEED_ID}\nGW2_SHARED_SECRET {SEED_ID} {secret}{}\n",
        "ab".repeat(44)
    );
    let (log, errors) = log(&text);
    assert_eq!(errors, Vec::<String>::new());
    let server_seed = seed_id();
    let keys: Vec<_> = log
        .candidates(Some(&server_seed), None)
        .map(|(_, line)| line.secret.rc4_key(Some(&server_seed)))
        .collect();
    let expected = hash(&seed_id());
    assert_eq!(
        keys,
        [
            Some(hash(&server_seed.map(|byte| byte ^ 0xff))),
            Some(expected),
            Some(expected)
        ]
    );
}

#[test]
fn a_shared_secret_needs_the_server_seed() {
    assert_eq!(Secret::SharedSecret([1; 20]).rc4_key(None), None);
}

#[test]
fn candidates_come_by_server_seed_then_client_public_then_unknown_and_later_lines_first() {
    let public = "44".repeat(64);
    let key = |n: u8| format!("{n:02x}").repeat(20);
    let (log, _) = log(&format!(
        "GW2_RC4_KEY * {}\nGW2_RC4_KEY {public} {}\nGW2_RC4_KEY {SEED_ID} {}\nGW2_RC4_KEY * {}\nGW2_RC4_KEY {SEED_ID} {}\n",
        key(1),
        key(2),
        key(3),
        key(4),
        key(5)
    ));
    let order: Vec<u8> = log
        .candidates(Some(&seed_id()), Some(&[0x44; 64]))
        .map(|(_, line)| match line.secret {
            Secret::Rc4Key(key) => key[0],
            _ => 0,
        })
        .collect();
    assert_eq!(order, [5, 3, 2, 4, 1]);
}

#[test]
fn other_labels_comments_and_blank_lines_are_skipped() {
    let (log, errors) = log(&format!(
        "# comment\r\n\r\nCLIENT_RANDOM aa bb\nSERVER_HANDSHAKE_TRAFFIC_SECRET zz\n\t GW2_SEED\t *  {SEED_ID}\r\n"
    ));
    assert_eq!((log.len(), errors.len()), (1, 0));
    assert_eq!(log.line(0).unwrap().source.to_string(), "keys.txt:5");
}

#[test]
fn a_line_without_its_newline_waits() {
    let mut log = KeyLog::new("k");
    let line = format!("GW2_SEED * {SEED_ID}");
    for byte in line.as_bytes() {
        assert!(log.append(&[*byte]).is_empty());
        assert!(log.is_empty());
    }
    log.append(b"\n");
    assert_eq!(log.len(), 1);
}

#[test]
fn a_malformed_line_is_reported_with_its_number_and_skipped() {
    let (log, errors) = log(&format!(
        "GW2_SEED\nGW2_SEED *\nGW2_SEED * 00\nGW2_SEED zz {SEED_ID}\nGW2_SEED 0011 {SEED_ID}\n\
         GW2_RC4_KEY * {KEY} more\nGW2_SHARED_SECRET * {}\nGW2_SEED * {}\nGW2_SEED * {SEED_ID}\n",
        "0".repeat(39),
        "x".repeat(40)
    ));
    assert_eq!(log.len(), 1);
    assert_eq!(errors.len(), 8);
    assert!(errors[0].starts_with("keys.txt:1: "), "{}", errors[0]);
    assert!(errors[2].contains("40 hex digits"), "{}", errors[2]);
    assert!(errors[6].contains("40 to 128"), "{}", errors[6]);
}

#[test]
fn a_line_that_never_ends_takes_no_memory_and_spoils_only_itself() {
    let mut log = KeyLog::new("k");
    for _ in 0..1000 {
        log.append(&[b'x'; 1000]);
    }
    assert!(log.pending.len() <= MAX_PENDING);
    log.append(format!("\nGW2_SEED * {SEED_ID}\n").as_bytes());
    assert_eq!(log.len(), 1);
}

#[test]
fn a_repeated_line_is_one_candidate() {
    let (log, _) = log(&format!("GW2_SEED * {SEED_ID}\nGW2_SEED * {SEED_ID}\n"));
    assert_eq!(log.len(), 1);
}
