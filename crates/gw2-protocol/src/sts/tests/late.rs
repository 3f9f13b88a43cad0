//! Bytes that come behind a gap, and bytes that come late.

use proptest::prelude::*;

use super::super::PortalConnection;
use super::super::unit::Content;
use crate::Direction::ClientToServer as C;

const PING: &[u8] = b"P /Sts/Ping STS/1.0\r\n\r\n";

fn notice(body: &str) -> Vec<u8> {
    format!("P /Mail/News STS/1.0\r\nl:{}\r\n\r\n{body}", body.len()).into_bytes()
}

/// What is whole, in the order of the stream; none for what is skipped.
fn messages(connection: &PortalConnection) -> Vec<Option<Vec<u8>>> {
    let units = connection.units(C);
    units
        .map(|unit| unit.message().map(|message| message.bytes().to_vec()))
        .collect()
}

#[test]
fn a_gap_says_how_much_is_missing() {
    let mut connection = PortalConnection::new();
    assert_eq!(connection.segment(C, 50, PING, 1, 0).missing, 0);
    assert_eq!(connection.segment(C, 173, PING, 2, 0).missing, 100);
    assert_eq!(connection.segment(C, 196, PING, 3, 0).missing, 0);
    assert_eq!(
        connection.segment(C, 100, PING, 4, 0).missing,
        0,
        "a late segment is no gap"
    );
}

#[test]
fn a_late_message_is_shown_in_the_frame_that_brings_it() {
    let mut connection = PortalConnection::new();
    let late = notice("late");
    let len = u64::try_from(late.len()).unwrap();
    connection.segment(C, 0, PING, 1, 0);
    connection.segment(C, 23 + len, PING, 2, 0);
    connection.segment(C, 23, &late, 3, 0);
    let unit = connection.units_in(3).next().unwrap();
    assert_eq!((unit.range(), unit.bytes()), (23..23 + len, &late[..]));
    assert_eq!(
        messages(&connection),
        [Some(PING.to_vec()), Some(late.clone()), Some(PING.to_vec())]
    );
    let again = connection.segment(C, 23, &late, 4, 0);
    assert_eq!(again.units().count(), 0, "once");
}

#[test]
fn a_message_whose_middle_comes_late_is_whole() {
    let mut connection = PortalConnection::new();
    let message = notice(&"text ".repeat(100));
    connection.segment(C, 0, &message[..200], 1, 0);
    let behind = connection.segment(C, 300, &[&message[300..], PING].concat(), 2, 0);
    assert_eq!(behind.missing, 100);
    let kinds: Vec<_> = behind
        .units()
        .map(|id| matches!(connection.unit(id).unwrap().content(), Content::Message(_)))
        .collect();
    assert_eq!(
        kinds,
        [false, false, true],
        "the head, the tail, and the next message"
    );
    connection.segment(C, 200, &message[200..300], 3, 0);
    assert_eq!(
        messages(&connection),
        [Some(message.clone()), Some(PING.to_vec())]
    );
}

#[test]
fn parsing_goes_on_where_all_came_before_it_came_back() {
    let mut connection = PortalConnection::new();
    let message = notice(&"text ".repeat(100));
    connection.segment(C, 0, &message[..200], 1, 0);
    connection.segment(C, 300, &message[300..400], 2, 0);
    connection.segment(C, 200, &message[200..300], 3, 0);
    let end = connection.segment(C, 400, &message[400..], 4, 0);
    assert_eq!((end.units().count(), end.missing), (1, 0));
    assert_eq!(messages(&connection), [Some(message)]);
}

#[test]
fn what_is_kept_for_a_gap_is_bounded() {
    let mut connection = PortalConnection::new();
    connection.segment(C, 0, PING, 1, 0);
    let filler = vec![b'x'; 64 * 1024];
    for n in 0..8 {
        connection.segment(C, 100 + n * 64 * 1024, &filler, 2, 0);
    }
    let late = connection.segment(C, 23, &[b'y'; 77], 3, 0);
    assert_eq!(late.units().count(), 0, "too long ago");
}

proptest! {
    /// In whatever order segments come behind the first, each message is there in the end, once and in its place.
    #[test]
    fn order_does_not_matter(
        bodies in prop::collection::vec(0_usize..200, 1..12),
        cuts in prop::collection::vec(1_usize..2000, 0..15),
        order in Just((1_usize..16).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        // Bodies end with a line feed, as all do: what follows one without would be a line of its own only by chance.
        let sent: Vec<Vec<u8>> = bodies.iter().map(|&len| notice(&format!("{}\n", "z".repeat(len)))).collect();
        let stream = sent.concat();
        let mut cuts: Vec<usize> = cuts.into_iter().filter(|&cut| cut < stream.len()).collect();
        cuts.extend([0, stream.len()]);
        cuts.sort_unstable();
        cuts.dedup();
        let segments: Vec<_> = cuts.windows(2).map(|cut| cut[0]..cut[1]).collect();
        let mut connection = PortalConnection::new();
        for (frame, n) in (1..).zip(std::iter::once(0).chain(order)) {
            if let Some(segment) = segments.get(n) {
                let offset = u64::try_from(segment.start).unwrap();
                connection.segment(C, offset, &stream[segment.clone()], frame, 0);
            }
        }
        let sent: Vec<_> = sent.into_iter().map(Some).collect();
        prop_assert_eq!(messages(&connection), sent);
    }
}
