use super::*;
use crate::connection::{Connection, Options};
use crate::schema::Catalog;
use crate::stream::{Item, Why};
use crate::sts::{PortalConnection, Skip, SkipReason, UnitId};
use crate::{Direction, Server};
use proptest::prelude::*;

/// A record as docs/pdus.md has it, written by hand: the end of a game message, behind a gap.
const BY_HAND: &[u8] = &[
    b'G', b'W', b'2', b'P', 1, 1, 1, 1, // version, game, server to client, RC4
    0xd4, 0x23, 0x03, 0x00, // build 205780
    2, 0, 0, 0, // session
    7, 0, 0, 0, // stream
    3, b's', b'e', b't', //
    9, 0, 8, 0, 0, 0, 24, 0, 0, 0, 0, 0, 0, 0, // 24 bytes are missing
    2, 4, 2, 0, 0, 0, 0xaa, 0xbb, // the rest of a fast-path message
];

fn header(set: &str) -> Header<'_> {
    Header {
        protocol: Protocol::Messages(Server::Game),
        direction: Direction::ServerToClient,
        cover: Cover::Rc4,
        build: Some(205_780),
        session: Some(2),
        stream: 7,
        set,
    }
}

#[test]
fn a_record_is_what_the_documentation_says() {
    let pdu = Pdu::parse(BY_HAND).unwrap();
    assert_eq!(pdu.header, header("set"));
    let units: Vec<_> = pdu.units().map(Result::unwrap).collect();
    let kinds: Vec<_> = units.iter().map(|unit| unit.kind).collect();
    assert_eq!(kinds, [UnitKind::Gap(24), UnitKind::Undecoded(Why::FastPath)]);
    assert_eq!(units[1].bytes, [0xaa, 0xbb]);
    assert_eq!(&BY_HAND[units[1].range.clone()], [0xaa, 0xbb]);

    let mut writer = PduWriter::new(&header("set"));
    writer.gap(24);
    writer.unit(UnitKind::Undecoded(Why::FastPath), &[0xaa, 0xbb]);
    assert_eq!(writer.finish().unwrap(), BY_HAND);
}

#[test]
fn nothing_is_no_record() {
    assert_eq!(PduWriter::new(&header("set")).finish(), None);
}

#[test]
fn errors_say_what_is_wrong_and_where() {
    let with = |at: usize, byte: u8| {
        let mut bytes = BY_HAND.to_vec();
        bytes[at] = byte;
        bytes
    };
    for (bytes, said) in [
        (b"GW1P".to_vec(), "it does not begin with GW2P"),
        (b"GW2P".to_vec(), "cut short in the header at offset 0"),
        (
            with(4, 2),
            "version 2 of the format; this plugin reads version 1: take a newer one",
        ),
        (with(5, 3), "the header's protocol cannot be 3"),
        (with(6, 2), "the header's direction cannot be 2"),
        (with(7, 9), "the header's cover cannot be 9"),
        (with(20, 200), "cut short in the header at offset 0"),
    ] {
        assert_eq!(Pdu::parse(&bytes).unwrap_err().to_string(), said);
    }
    let first_error = |bytes: &[u8]| {
        let mut units = Pdu::parse(bytes).unwrap().units();
        let error = units.find_map(Result::err).unwrap().to_string();
        assert!(units.next().is_none(), "there is nothing behind an error");
        error
    };
    assert_eq!(first_error(&with(24, 99)), "unit of unknown kind 99 at offset 24");
    assert_eq!(
        first_error(&BY_HAND[..BY_HAND.len() - 1]),
        "cut short in the unit at offset 38"
    );
    assert_eq!(
        first_error(&with(26, 7)[..37]),
        "cut short in the unit at offset 24"
    );
}

/// The portal's units: what may be secret is written over, and how much of it there was stays.
#[test]
fn what_is_secret_is_not_in_a_record() {
    let text = b"REQ /Auth/LoginFinish STS/1.0\r\nl:7\r\ns:1\r\n\r\nhunter2garbage?\r\n";
    let mut portal = PortalConnection::new();
    portal.segment(Direction::ClientToServer, 0, text, 1, 0);
    portal.finish(Direction::ClientToServer, 1, 0);
    let record = |with_secrets| {
        let mut writer = PduWriter::new(&Header {
            protocol: Protocol::Portal,
            direction: Direction::ClientToServer,
            ..header("")
        });
        for unit in portal.units_in(1) {
            writer.portal(&unit, with_secrets);
        }
        writer.finish().unwrap()
    };
    let open = record(true);
    assert!(open.windows(7).any(|bytes| bytes == b"hunter2"));
    let masked = record(false);
    assert_eq!(masked.len(), open.len());
    for secret in [&b"hunter2"[..], b"garbage"] {
        assert!(!masked.windows(7).any(|bytes| bytes == secret));
    }

    let pdu = Pdu::parse(&masked).unwrap();
    let mut again = PortalConnection::new();
    let (outcome, error) = replay_portal(&pdu, &mut again, 0, 1, 0);
    assert_eq!(error, None);
    let units: Vec<_> = outcome.units().filter_map(|id| again.unit(id)).collect();
    assert_eq!(units.len(), 2);
    assert!(units.iter().all(crate::sts::UnitView::is_left_out));
    let message = units[0].message().unwrap();
    assert_eq!(message.path(), Some(&b"/Auth/LoginFinish"[..]));
    assert_eq!(message.body(), b"*******");
    assert_eq!(units[0].document(), None, "what was left out is no content");
}

/// A record that is read with other schemas than it was written with.
#[test]
fn messages_are_looked_for_anew() {
    let (catalog, errors) = Catalog::load([(
        "t",
        "schema t\nbuild 205780\ntable c2gs\n\n0x0001 HERE { a: u8 }\n",
    )]);
    assert!(errors.is_empty(), "{errors:?}");
    let items = |set| {
        let header = Header {
            direction: Direction::ClientToServer,
            ..header(set)
        };
        let mut writer = PduWriter::new(&header);
        writer.unit(UnitKind::Messages, &[1, 0, 5, 1, 0]);
        let bytes = writer.finish().unwrap();
        let pdu = Pdu::parse(&bytes).unwrap();
        let connection = Connection::exported(Server::Game, &header, Options::default(), &catalog);
        connection.replay(&pdu, &catalog).view(&bytes).items.to_vec()
    };
    for set in ["t", "a set that is gone"] {
        let items = items(set);
        assert!(
            matches!(
                items[..],
                [
                    Item::Messages { count: 1, len: 3, .. },
                    Item::Undecoded {
                        len: 2,
                        why: Why::CutByExport,
                        ..
                    }
                ]
            ),
            "{items:?}"
        );
    }
}

fn protocols() -> impl Strategy<Value = Protocol> {
    prop_oneof![
        Just(Protocol::Messages(Server::Login)),
        Just(Protocol::Messages(Server::Game)),
        Just(Protocol::Portal)
    ]
}

fn directions() -> impl Strategy<Value = Direction> {
    prop_oneof![Just(Direction::ClientToServer), Just(Direction::ServerToClient)]
}

fn kinds() -> impl Strategy<Value = UnitKind> {
    let why = prop_oneof![
        Just(Why::NoBoundary),
        Just(Why::CutByGap),
        Just(Why::CutByBrokenBlock),
        Just(Why::NoBlockHeader),
        Just(Why::FastPath),
        Just(Why::CutByExport),
    ];
    let reason = prop_oneof![
        Just(SkipReason::StartLine),
        Just(SkipReason::HeaderLine),
        Just(SkipReason::HeaderSectionTooLong),
        Just(SkipReason::ContentLength),
        Just(SkipReason::BodyTooLong),
        Just(SkipReason::Gap),
        Just(SkipReason::Incomplete),
    ];
    let skipped = (reason, any::<bool>(), any::<bool>()).prop_map(|(reason, continued, left_out)| {
        let at = 0;
        let skip = Skip {
            reason,
            at,
            continued,
        };
        UnitKind::Skipped { skip, left_out }
    });
    prop_oneof![
        Just(UnitKind::Messages),
        why.prop_map(UnitKind::Undecoded),
        Just(UnitKind::BrokenBlock),
        Just(UnitKind::Version),
        Just(UnitKind::ClientSeed),
        Just(UnitKind::ServerSeed),
        Just(UnitKind::ServerError),
        Just(UnitKind::MalformedFrame),
        any::<bool>().prop_map(|left_out| UnitKind::Portal { left_out }),
        skipped,
    ]
}

/// A record that may have been tampered with.
fn records() -> impl Strategy<Value = Vec<u8>> {
    let units = prop::collection::vec((kinds(), prop::collection::vec(any::<u8>(), 0..60)), 0..6);
    let flips = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
    (protocols(), directions(), units, flips).prop_map(|(protocol, direction, units, flips)| {
        let mut writer = PduWriter::new(&Header {
            protocol,
            direction,
            ..header("2026-205780")
        });
        for (kind, bytes) in &units {
            writer.unit(*kind, bytes);
        }
        let mut bytes = writer.finish().unwrap_or_default();
        for (index, byte) in flips {
            if !bytes.is_empty() {
                let at = index.index(bytes.len());
                bytes[at] = byte;
            }
        }
        bytes
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        protocol in protocols(),
        direction in directions(),
        build in any::<u32>(),
        session in any::<u32>(),
        stream in any::<u32>(),
        set in "[a-z0-9-]{0,40}",
        units in prop::collection::vec((kinds(), prop::collection::vec(any::<u8>(), 0..60)), 1..6),
    ) {
        let header = Header {
            protocol,
            direction,
            cover: Cover::Tls,
            build: Some(build).filter(|build| *build != 0),
            session: Some(session).filter(|session| *session != 0),
            stream,
            set: &set,
        };
        let mut writer = PduWriter::new(&header);
        for (kind, bytes) in &units {
            writer.unit(*kind, bytes);
        }
        let bytes = writer.finish().unwrap();
        let pdu = Pdu::parse(&bytes).unwrap();
        prop_assert_eq!(pdu.header, header);
        let read: Vec<_> = pdu.units().map(|unit| unit.map(|unit| (unit.kind, unit.bytes.to_vec()))).collect();
        prop_assert_eq!(read.into_iter().collect::<Result<Vec<_>, _>>().unwrap(), units);
    }

    /// Whatever the bytes are: nothing panics, and what is shown lies within them.
    #[test]
    fn garbage_does_no_harm(bytes in prop_oneof![records(), prop::collection::vec(any::<u8>(), 0..80)]) {
        let Ok(pdu) = Pdu::parse(&bytes) else { return Ok(()) };
        let (catalog, _) = builtin();
        let connection = Connection::exported(Server::Game, &pdu.header, Options::default(), catalog);
        let replayed = connection.replay(&pdu, catalog);
        for item in replayed.view(&bytes).items {
            let range = match *item {
                Item::Messages { start, len, .. }
                | Item::Failed { start, len, .. }
                | Item::Undecoded { start, len, .. } => start..start + u64::from(len),
                Item::BrokenBlock { start, header } => start..start + header.block_len() as u64,
                _ => continue,
            };
            prop_assert!(range.end <= bytes.len() as u64, "{:?} in {} bytes", item, bytes.len());
        }
        let mut portal = PortalConnection::new();
        let (outcome, _) = replay_portal(&pdu, &mut portal, 0, 1, 0);
        for index in outcome.unit_indexes() {
            let unit = portal.unit(UnitId::from_index(index)).unwrap();
            prop_assert!(unit.range().end <= bytes.len() as u64);
        }
    }
}

/// Read once: there are thousands of messages.
fn builtin() -> &'static (Catalog, Vec<crate::schema::SchemaError>) {
    static BUILTIN: std::sync::OnceLock<(Catalog, Vec<crate::schema::SchemaError>)> =
        std::sync::OnceLock::new();
    BUILTIN.get_or_init(Catalog::builtin)
}
