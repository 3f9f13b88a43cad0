use proptest::prelude::*;

use super::super::start_line::*;
use super::LIVE_CONNECT;
use Certainty::{Certain, No, Possible};

fn request<'a>(method: &'a str, path: &'a str, versioned: bool) -> Option<StartLine<'a>> {
    Some(StartLine::Request {
        method: method.as_bytes(),
        path: path.as_bytes(),
        versioned,
    })
}

fn answer(status: u16, reason: Option<&str>, versioned: bool) -> Option<StartLine<'_>> {
    Some(StartLine::Answer {
        status,
        reason: reason.map(str::as_bytes),
        versioned,
    })
}

#[test]
fn requests_have_any_method() {
    assert_eq!(
        StartLine::parse(b"P /Sts/Connect STS/1.0"),
        request("P", "/Sts/Connect", true)
    );
    assert_eq!(
        StartLine::parse(b"X-Y /A/B STS/1.0"),
        request("X-Y", "/A/B", true)
    );
    assert_eq!(
        StartLine::parse(b"RESP /A/B STS/1.0"),
        request("RESP", "/A/B", true)
    );
    assert_eq!(
        StartLine::parse(b"P /Game.com.Wallet/WalletInfo STS/1.0"),
        request("P", "/Game.com.Wallet/WalletInfo", true)
    );
}

#[test]
fn seed_requests_need_no_version() {
    assert_eq!(
        StartLine::parse(b"REQ /Group/GroupInfo"),
        request("REQ", "/Group/GroupInfo", false)
    );
    assert_eq!(
        StartLine::parse(b"REQ /Group/GroupInfo STS/1.0"),
        request("REQ", "/Group/GroupInfo", true)
    );
    assert_eq!(StartLine::parse(b"P /Group/GroupInfo"), None);
}

#[test]
fn reasons_hold_spaces_or_are_missing() {
    assert_eq!(StartLine::parse(b"STS/1.0 200 OK"), answer(200, Some("OK"), true));
    assert_eq!(
        StartLine::parse(b"STS/1.0 404 Not Found Here"),
        answer(404, Some("Not Found Here"), true)
    );
    assert_eq!(StartLine::parse(b"STS/1.0 200"), answer(200, None, true));
    assert_eq!(StartLine::parse(b"STS/1.0 200 "), answer(200, None, true));
    assert_eq!(StartLine::parse(b"RESP 200 OK"), answer(200, Some("OK"), false));
    assert_eq!(StartLine::parse(b"RESP 400"), answer(400, None, false));
}

#[test]
fn versions_are_shown_where_they_stand() {
    let version = |line: &'static str| StartLine::parse(line.as_bytes()).unwrap().version();
    assert_eq!(version("P /A/B STS/1.0"), Some("1.0"));
    assert_eq!(version("STS/1.0 200 OK"), Some("1.0"));
    assert_eq!(version("REQ /A/B"), None);
    assert_eq!(version("RESP 200"), None);
}

#[test]
fn other_lines_are_no_start_lines() {
    for line in [
        "",
        " ",
        "P",
        "P /A/B",
        "P /A/B STS/1.1",
        "P /A/B  STS/1.0",
        "P  /A/B STS/1.0",
        "P A/B STS/1.0",
        " P /A/B STS/1.0",
        "P /A /B STS/1.0",
        "P: /A/B STS/1.0",
        "/A/B STS/1.0",
        "P /A\u{1}B STS/1.0",
        "STS/1.0",
        "STS/1.0 ",
        "STS/1.0 OK",
        "STS/1.0 -1",
        "STS/1.0 65536",
        "STS/1.0 000200",
        "STS/1.0 200 a\u{7}b",
        "STS/1.1 200 OK",
        "RESP OK",
        "REQ Group",
        "GET / HTTP/1.1",
    ] {
        assert_eq!(StartLine::parse(line.as_bytes()), None, "{line:?}");
    }
}

#[test]
fn a_start_line_ends_in_carriage_return_and_line_feed() {
    assert!(is_start_line(b"P /A/B STS/1.0\r\n"));
    assert!(!is_start_line(b"P /A/B STS/1.0\n"));
    assert!(!is_start_line(b"P /A/B STS/1.0"));
}

#[test]
fn a_start_line_has_a_bound() {
    let line = |path: usize| [b"P /", vec![b'a'; path].as_slice(), b" STS/1.0\r\n"].concat();
    assert!(is_start_line(&line(MAX_START_LINE - 13)));
    assert!(!is_start_line(&line(MAX_START_LINE - 12)));
}

#[test]
fn a_live_client_is_recognised() {
    assert_eq!(looks_like_portal(LIVE_CONNECT, Some(true)), Certain);
    assert_eq!(looks_like_portal(LIVE_CONNECT, None), Certain);
}

#[test]
fn first_bytes_settle_it() {
    for (bytes, from_client, certainty) in [
        ("P /Sts/Ping STS/1.0\r\n", Some(true), Certain),
        ("REQ /G", Some(true), Certain),
        ("REQ /Group/GroupInfo\r\n", Some(true), Certain),
        ("STS/1.", Some(false), Certain),
        ("STS/1.0 400 Success\r\ns:1R", Some(false), Certain),
        ("RESP ", Some(false), Certain),
        ("RESP 200 OK\r\n", None, Certain),
        ("STS/1.", None, Certain),
        // A capture that begins in the middle of a connection.
        ("P /Presence/UserInfo STS/1.0\r\n", Some(false), Certain),
        ("STS/1.0 200 OK\r\n", Some(true), Certain),
        ("GET / HTTP/1.1\r\n", Some(true), No),
        ("GET / HTTP/1.1\r\n", None, No),
        ("P /A/B STS/1.0\n", Some(true), No),
        ("HELO mail\r\n", Some(true), No),
        ("\u{0}\u{4}\u{c}\u{0}", Some(true), No),
        ("\u{0}B", Some(true), No),
        ("\u{1}\u{16}", Some(false), No),
        ("", None, No),
    ] {
        assert_eq!(
            looks_like_portal(bytes.as_bytes(), from_client),
            certainty,
            "{bytes:?} {from_client:?}"
        );
    }
}

#[test]
fn cut_first_bytes_are_possible_and_no_more() {
    for bytes in [
        "P",
        "P ",
        "P /",
        "P /Sts/Connect STS/1.0\r",
        "REQ",
        "STS/1",
        "RES",
    ] {
        assert_eq!(looks_like_portal(bytes.as_bytes(), None), Possible, "{bytes:?}");
    }
}

proptest! {
    #[test]
    fn every_beginning_of_a_start_line_could_become_one(
        line in prop_oneof![
            "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,32} /[!-~]{0,90} STS/1\\.0",
            "REQ /[!-~]{0,90}",
            "STS/1\\.0 [0-9]{1,4}( [ -~]{0,90})?",
            "RESP [0-9]{1,4}( [ -~]{0,90})?",
        ]
    ) {
        let line = line + "\r\n";
        prop_assert!(is_start_line(line.as_bytes()));
        for end in 0..line.len() {
            prop_assert!(could_begin_start_line(&line.as_bytes()[..end]), "{:?}", &line[..end]);
            let certainty = looks_like_portal(&line.as_bytes()[..end.max(1)], None);
            prop_assert!(certainty != No);
        }
        prop_assert_eq!(looks_like_portal(line.as_bytes(), None), Certain);
    }

    #[test]
    fn what_cannot_begin_one_is_none(line in proptest::collection::vec(any::<u8>(), 0..80)) {
        for end in 0..line.len() {
            if !could_begin_start_line(&line[..end]) {
                prop_assert!(!is_start_line(&line));
            }
        }
    }
}
