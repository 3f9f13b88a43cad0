use super::super::connection::*;
use super::LIVE_CONNECT;
use super::connection::Script;
use crate::Direction::{ClientToServer as C, ServerToClient as S};

const ASK: &[u8] = b"P /Auth/StartTls STS/1.0\r\ns:1;timeout=30000\r\n\r\n";
/// As live servers say yes.
const YES: &[u8] =
    b"STS/1.0 400 Success\r\ns:1R\r\nl:45\r\n\r\n<Error server=\"1001\" module=\"4\" line=\"262\"/>\n";
const CLIENT_HELLO: &[u8] = b"\x16\x03\x01\x02\x00\x01";

fn asked() -> Script {
    let mut script = Script::default();
    script.send_bytes(C, LIVE_CONNECT).send_bytes(C, ASK);
    script
}

#[test]
fn tls_begins_behind_the_last_byte_of_the_yes() {
    let mut script = asked();
    script.send_bytes(S, YES);
    let start = script.connection.start_tls().unwrap();
    let client_offset = u64::try_from(LIVE_CONNECT.len() + ASK.len()).unwrap();
    let server_offset = u64::try_from(YES.len()).unwrap();
    assert_eq!(
        (start.client_offset, start.server_offset),
        (client_offset, server_offset)
    );
    let unit = script.connection.unit(start.unit).unwrap();
    assert_eq!((unit.frame(), unit.is_failure()), (3, Some(false)));
    let outcome = script.connection.segment(C, client_offset, CLIENT_HELLO, 4, 0);
    assert_eq!(
        outcome,
        script.connection.segment(S, server_offset, CLIENT_HELLO, 5, 0),
        "nothing is ours"
    );
    assert_eq!((outcome.units().count(), outcome.start_tls), (0, None));
}

#[test]
fn the_call_that_brings_the_yes_says_so() {
    let mut script = asked();
    let (last, rest) = YES.split_last().unwrap();
    assert_eq!(script.connection.segment(S, 0, rest, 3, 0).start_tls, None);
    let end = u64::try_from(rest.len()).unwrap();
    let outcome = script.connection.segment(S, end, &[*last], 4, 0);
    let start = outcome.start_tls.unwrap();
    assert_eq!(outcome.units().collect::<Vec<_>>(), [start.unit]);
    assert_eq!(script.connection.start_tls(), Some(start));
}

#[test]
fn bytes_of_tls_in_the_same_segment_are_left_alone() {
    let mut script = asked();
    script.send_bytes(S, &[YES, CLIENT_HELLO].concat());
    assert_eq!(
        script.connection.start_tls().unwrap().server_offset,
        u64::try_from(YES.len()).unwrap()
    );
    assert_eq!(script.connection.units(S).count(), 1);
}

#[test]
fn what_is_a_yes() {
    for answer in [
        "STS/1.0 200 OK\r\ns:1R\r\n\r\n",
        "STS/1.0 400 Success\r\ns:1R\r\nl:9\r\n\r\n<Error />",
        "STS/1.0 400 Success\r\ns:1R\r\nl:18\r\n\r\n<Error code=\"0\" />",
    ] {
        let mut script = asked();
        script.send(S, answer);
        assert!(script.connection.start_tls().is_some(), "{answer}");
    }
}

#[test]
fn what_is_none_stays_in_clear() {
    for answer in [
        "STS/1.0 400 Failure\r\ns:1R\r\nl:17\r\n\r\n<Error code=\"7\"/>",
        "STS/1.0 400 Success\r\ns:1R\r\n\r\n",
        "STS/1.0 400 Success\r\ns:1R\r\nl:8\r\n\r\n<Reply/>",
        "STS/1.0 200 OK\r\ns:2R\r\n\r\n",
        "STS/1.0 200 OK\r\ns:1r1\r\n\r\n",
        "STS/1.0 302 Elsewhere\r\ns:1R\r\n\r\n",
    ] {
        let mut script = asked();
        script
            .send(S, answer)
            .send_bytes(C, b"P /Sts/Ping STS/1.0\r\n\r\n");
        assert_eq!(script.connection.start_tls(), None, "{answer}");
        assert_eq!(script.connection.units(C).count(), 3, "{answer}");
    }
}

#[test]
fn only_the_server_says_yes() {
    let mut script = Script::default();
    script.send_bytes(S, ASK).send_bytes(C, YES);
    assert_eq!(script.connection.start_tls(), None);
}

#[test]
fn what_tls_carries_is_a_stream_of_its_own() {
    let mut inner = PortalConnection::new();
    let outcome = inner.segment(C, 0, b"P /Auth/LoginStart STS/1.0\r\ns:2\r\n\r\n", 9, 0);
    assert_eq!(outcome.units().count(), 1);
}
