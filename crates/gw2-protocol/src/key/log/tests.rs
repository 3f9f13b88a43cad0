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

#[test]
fn lines_cut_anywhere_are_the_same_lines() {
    let text = format!("# c\r\nGW2_SEED * {SEED_ID}\r\nGW2_RC4_KEY {SEED_ID} {KEY}\nGW2_SEED x y\n");
    for cut in 0..=text.len() {
        let mut log = KeyLog::new("k");
        let (head, tail) = text.as_bytes().split_at(cut);
        let errors = [log.append(head), log.append(tail)].concat();
        assert_eq!(log.len(), 2, "cut at {cut}");
        assert_eq!(log.line(1).unwrap().source.to_string(), "k:3");
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].source.to_string(), "k:4");
    }
}

#[test]
fn hex_in_either_case_and_a_byte_order_mark() {
    let (log, errors) = log(&format!(
        "\u{feff}GW2_RC4_KEY {} {}\n",
        "aB".repeat(20),
        KEY.to_lowercase()
    ));
    assert!(errors.is_empty());
    let (_, line) = log.candidates(Some(&[0xab; 20]), None).next().unwrap();
    assert_eq!(line.secret.rc4_key(None), Some(hash(&seed_id())));
}

#[test]
fn an_odd_number_of_digits_is_no_secret() {
    let (log, errors) = log(&format!("GW2_SHARED_SECRET * {}\n", "0".repeat(41)));
    assert!(log.is_empty());
    assert_eq!(
        errors,
        ["keys.txt:1: the secret of GW2_SHARED_SECRET is not pairs of hex digits"]
    );
}

#[test]
fn a_replaced_file_is_read_from_its_first_line_and_the_secrets_stay() {
    let (mut log, _) = log(&format!("GW2_SEED * {SEED_ID}\nGW2_SEED * 00"));
    log.restart("new.txt");
    let errors = log.append(format!("GW2_RC4_KEY * {KEY}\nGW2_SEED\n").as_bytes());
    assert_eq!(log.len(), 2);
    assert_eq!(log.line(1).unwrap().source.to_string(), "new.txt:1");
    assert_eq!(errors[0].source.to_string(), "new.txt:2");
}

#[test]
fn what_a_capture_carries_goes_with_it() {
    let (mut log, _) = log(&format!("GW2_SEED * {SEED_ID}\n"));
    // The last line needs no newline.
    let errors = log.add_from_capture(format!("GW2_SEED *\r\nGW2_RC4_KEY {SEED_ID} {KEY}").as_bytes());
    assert_eq!(
        errors[0].to_string(),
        "capture: GW2_SEED without a secret after the id"
    );
    assert_eq!(log.line(1).unwrap().source.to_string(), "capture");
    log.forget_capture();
    let left: Vec<_> = log
        .candidates(Some(&seed_id()), None)
        .map(|(number, _)| number)
        .collect();
    assert_eq!((log.len(), left), (1, vec![0]));
    // It is no repetition when the file is opened again.
    log.add_from_capture(format!("GW2_RC4_KEY {SEED_ID} {KEY}").as_bytes());
    assert_eq!(log.len(), 2);
}

#[test]
fn secrets_are_not_printed_by_accident() {
    let (log, _) = log(&format!("GW2_RC4_KEY * {KEY}\n"));
    assert_eq!(format!("{:?}", log.line(0).unwrap().secret), "GW2_RC4_KEY");
}

#[test]
fn many_lines_of_one_id_are_read_in_no_time() {
    use std::fmt::Write;
    let mut text = String::new();
    for number in 0..50_000u32 {
        writeln!(text, "GW2_SEED * {number:040x}").unwrap();
    }
    let began = std::time::Instant::now();
    assert_eq!(log(&text).0.len(), 50_000);
    assert!(began.elapsed() < std::time::Duration::from_secs(1));
}
