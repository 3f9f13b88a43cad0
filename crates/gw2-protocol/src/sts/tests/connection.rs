use proptest::prelude::*;

use super::super::connection::*;
use super::super::is_secret_path;
use super::super::skip::SkipReason;
use super::super::unit::*;
use super::LIVE_CONNECT;
use crate::Direction::{self, ClientToServer as C, ServerToClient as S};

/// A connection fed a message a frame: frame n comes at n seconds.
#[derive(Default)]
pub(super) struct Script {
    pub(super) connection: PortalConnection,
    frame: u32,
}

impl Script {
    pub(super) fn send(&mut self, direction: Direction, text: &str) -> &mut Self {
        self.send_bytes(direction, text.as_bytes())
    }

    pub(super) fn send_bytes(&mut self, direction: Direction, bytes: &[u8]) -> &mut Self {
        self.frame += 1;
        let offset = self.connection.next_offset(direction).unwrap_or(0);
        self.connection.segment(
            direction,
            offset,
            bytes,
            self.frame,
            i64::from(self.frame) * 1_000_000_000,
        );
        self
    }

    pub(super) fn end(&mut self) -> &mut Self {
        self.frame += 1;
        for direction in [C, S] {
            self.connection
                .finish(direction, self.frame, i64::from(self.frame) * 1_000_000_000);
        }
        self
    }

    /// The only unit of a frame.
    pub(super) fn unit(&self, frame: u32) -> UnitView<'_> {
        let mut units = self.connection.units_in(frame);
        let unit = units.next().unwrap();
        assert!(units.next().is_none(), "frame {frame} has more units");
        unit
    }
}

pub(super) fn frame_of(unit: Option<UnitView<'_>>) -> Option<u32> {
    unit.map(|unit| unit.frame())
}

pub(super) fn request(subject: &str) -> String {
    format!("P /Group/GroupInfo STS/1.0\r\ns:{subject}\r\n\r\n")
}

pub(super) fn reply(subject: &str) -> String {
    format!("STS/1.0 200 OK\r\ns:{subject}\r\n\r\n")
}

#[test]
fn a_request_and_its_answer_point_at_each_other() {
    let mut script = Script::default();
    script
        .send(C, &request("7;timeout=4000"))
        .send(C, &request("8"))
        .send(S, &reply("7R"));
    let (asked, answered) = (script.unit(1), script.unit(3));
    assert_eq!(frame_of(asked.last_answer()), Some(3));
    assert_eq!(frame_of(answered.request()), Some(1));
    assert_eq!(answered.elapsed(), Some(2_000_000_000));
    assert_eq!(answered.path(), Some(&b"/Group/GroupInfo"[..]));
    assert_eq!(
        (asked.request().is_none(), answered.last_answer().is_none()),
        (true, true)
    );
    assert!(!answered.is_unmatched());
    assert!(script.unit(2).last_answer().is_none());
}

#[test]
fn the_last_answer_is_the_one_pointed_at() {
    let mut script = Script::default();
    script
        .send(C, &request("7"))
        .send(S, &reply("7r1"))
        .send(S, &reply("7r2"))
        .send(S, &reply("7R3"));
    assert_eq!(frame_of(script.unit(1).last_answer()), Some(4));
    for frame in [2, 3, 4] {
        assert_eq!(frame_of(script.unit(frame).request()), Some(1));
    }
    assert_eq!(script.unit(3).message().unwrap().part(), Some(2));
    assert_eq!(script.unit(3).message().unwrap().is_final(), Some(false));
}

#[test]
fn answers_to_nothing_are_unmatched() {
    let mut script = Script::default();
    script
        .send(C, &request("7"))
        .send(S, &reply("7R"))
        .send(S, &reply("7R"))
        .send(S, &reply("9R"));
    script
        .send(S, "STS/1.0 200 OK\r\n\r\n")
        .send(S, &request("1"))
        .send(S, &reply("1R"))
        .send(C, &reply("1R"));
    let unmatched: Vec<_> = (1..=8)
        .filter(|&frame| script.unit(frame).is_unmatched())
        .collect();
    assert_eq!(unmatched, [3, 4, 5, 7]);
}

#[test]
fn the_end_leaves_requests_unanswered() {
    let mut script = Script::default();
    script
        .send(C, &request("1"))
        .send(S, &reply("1r1"))
        .send(C, &request("2"))
        .send(C, "REQ /A/B\r\n\r\n");
    script.send(C, "P /Sts/Ping STS/1.0\r\n\r\n");
    assert!(
        (1..=5).all(|frame| !script.unit(frame).is_unanswered()),
        "not before the end"
    );
    script.end();
    let unanswered: Vec<_> = (1..=5)
        .filter(|&frame| script.unit(frame).is_unanswered())
        .collect();
    assert_eq!(
        unanswered,
        [3],
        "only what asks by a Subject and got nothing at all"
    );
}

#[test]
fn units_are_found_by_frame_and_by_offset() {
    let mut connection = PortalConnection::new();
    let two = [LIVE_CONNECT, b"P /Sts/Ping STS/1.0\r\n\r\nP /Sts"].concat();
    let outcome = connection.segment(C, 0, &two, 10, 0);
    assert_eq!(outcome.units().count(), 2);
    let offset = u64::try_from(two.len()).unwrap();
    assert_eq!(connection.segment(S, 0, b"\0garb", 11, 0).units().count(), 1);
    assert_eq!(connection.pending(C), Some(308..314));
    assert_eq!(
        connection
            .segment(C, offset, b"/Ping STS/1.0\r\n\r\n", 12, 0)
            .units()
            .count(),
        1
    );
    let ends = |frame| {
        connection
            .units_in(frame)
            .map(|unit| unit.range().end)
            .collect::<Vec<_>>()
    };
    assert_eq!((ends(9), ends(10)), (vec![], vec![285, 308]));
    assert_eq!((ends(12), ends(13)), (vec![331], vec![]));
    assert_eq!(frame_of(connection.unit_at(C, 284)), Some(10));
    assert_eq!(
        frame_of(connection.unit_at(C, 308)),
        Some(12),
        "the frame that completes it"
    );
    assert_eq!(frame_of(connection.unit_at(C, 331)), None);
    assert_eq!(connection.unit_at(S, 0).unwrap().bytes(), b"\0garb");
    assert_eq!(connection.units(C).count(), 3);
    assert_eq!(connection.next_offset(C), Some(331));
}

#[test]
fn known_bytes_are_left_out_and_a_jump_is_a_gap() {
    let ping = b"P /Sts/Ping STS/1.0\r\n\r\n";
    let mut connection = PortalConnection::new();
    connection.segment(C, 100, ping, 1, 0);
    assert_eq!(
        connection.segment(C, 100, ping, 2, 0).units().count(),
        0,
        "a retransmission"
    );
    assert_eq!(connection.segment(C, 90, ping, 3, 0).units().count(), 0);
    let overlap = [&ping[13..], ping].concat();
    assert_eq!(
        connection.segment(C, 113, &overlap, 4, 0).units().count(),
        1,
        "its new part"
    );
    connection.segment(C, 146, b"P /Sts", 5, 0);
    let outcome = connection.segment(C, 200, ping, 6, 0);
    let units: Vec<_> = outcome.units().map(|id| connection.unit(id).unwrap()).collect();
    assert_eq!(units[0].range(), 146..152);
    assert!(matches!(units[0].content(), Content::Skipped(skip) if skip.reason == SkipReason::Gap));
    assert_eq!(units[1].range(), 200..223);
    assert!(units[1].message().is_some());
}

#[test]
fn secrets() {
    for (path, secret) in [
        ("/Auth/LoginFinish", true),
        ("/auth/x", true),
        ("/Auth/", true),
        ("/Auth", false),
        ("/Authors/List", false),
        ("/Account/ListMyGameAccounts", false),
    ] {
        assert_eq!(is_secret_path(path.as_bytes()), secret, "{path}");
    }
    let mut script = Script::default();
    script
        .send(C, &request("1").replace("/Group/GroupInfo", "/Auth/KeyData"))
        .send(S, &reply("1R"));
    script
        .send(C, &request("2"))
        .send(S, &reply("2R"))
        .send(S, &reply("3R"));
    let secret: Vec<_> = (1..=5).map(|frame| script.unit(frame).is_secret()).collect();
    assert_eq!(
        secret,
        [true, true, false, false, true],
        "an answer also by its request; an unknown one always"
    );
}

proptest! {
    #[test]
    fn any_bytes_in_any_order_are_fine(
        segments in proptest::collection::vec(
            (
                any::<bool>(),
                0_u64..400,
                prop_oneof![
                    proptest::collection::vec(any::<u8>(), 0..40),
                    Just(b"P /Auth/StartTls STS/1.0\r\ns:1\r\n\r\n".to_vec()),
                    Just(b"STS/1.0 400 Success\r\ns:1R\r\nl:9\r\n\r\n<Error />".to_vec()),
                    Just(b"P /A/B STS/1.0\r\ns:2\r\nn:bytes 0-1/4\r\nl:2\r\n\r\nab".to_vec()),
                ],
            ),
            0..30,
        )
    ) {
        let mut connection = PortalConnection::new();
        for (frame, (from_client, offset, bytes)) in (0..).zip(segments) {
            let direction = if from_client { C } else { S };
            let outcome = connection.segment(direction, offset, &bytes, frame, 0);
            prop_assert_eq!(outcome.units().count(), connection.units_in(frame).count());
        }
        for unit in connection.units(C).chain(connection.units(S)) {
            prop_assert!(connection.unit_at(unit.direction(), unit.range().start).unwrap().id() == unit.id());
            prop_assert_eq!(unit.range().end - unit.range().start, u64::try_from(unit.bytes().len()).unwrap());
            let _ = (unit.document().map(|document| document.decode().is_ok()), unit.error(), unit.last_answer());
        }
    }
}
