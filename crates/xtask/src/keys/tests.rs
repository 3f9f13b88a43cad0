use pcap_file::pcap::{PcapHeader, PcapPacket, PcapWriter};
use pcap_file::{Endianness, TsResolution};
use std::time::Duration;

use super::blocks::{Blocks, Order, SECTION_HEADER};
use super::*;

const KEYS: &str = "# a comment\r\n\
    GW2_SEED * 000102030405060708090a0b0c0d0e0f10111213\r\n\
    CLIENT_RANDOM 00 11\n\
    SOMETHING else\n\
    GW2_RC4_KEY * ef131f7fcc999ef1cd7f60052d8f30807cb7bffb";

/// What of `KEYS` a capture carries.
const CARRIED: &str = "GW2_SEED * 000102030405060708090a0b0c0d0e0f10111213\n\
    GW2_RC4_KEY * ef131f7fcc999ef1cd7f60052d8f30807cb7bffb\n\
    CLIENT_RANDOM 00 11\n";

fn block(order: Order, kind: u32, body: &[u8]) -> Vec<u8> {
    let len = order.bytes(u32::try_from(body.len() + 12).unwrap());
    [&order.bytes(kind), &len, body, &len].concat()
}

/// A section header, an interface, two packets, a block that nobody knows.
fn capture(order: Order) -> Vec<u8> {
    let header = [&order.bytes(0x1A2B_3C4D)[..], &[0; 4], &[0xff; 8]].concat();
    [
        block(order, SECTION_HEADER, &header),
        block(order, 1, &[1, 0, 0, 0, 0, 0, 4, 0]),
        block(order, 6, &[7; 24]),
        block(order, 6, &[8; 24]),
        block(order, 0x0bad_cafe, &[9; 8]),
    ]
    .concat()
}

fn kinds(capture: &[u8]) -> Vec<u32> {
    Blocks::new(capture).map(|block| block.unwrap().kind).collect()
}

#[test]
fn keys_stand_before_the_first_packet_and_come_out_again() {
    for order in [Order::Little, Order::Big] {
        let before = capture(order);
        let changed = inject(&before, "my.keys", KEYS.as_bytes()).unwrap();
        assert_eq!((changed.lines, changed.converted), (3, false));
        assert_eq!(
            kinds(&changed.capture),
            [SECTION_HEADER, 1, 10, 10, 6, 6, 0x0bad_cafe]
        );
        assert_eq!(extract(&changed.capture).unwrap(), CARRIED);

        let again = inject(&changed.capture, "my.keys", KEYS.as_bytes()).unwrap();
        assert_eq!((again.lines, &again.capture), (0, &changed.capture));

        let more = b"GW2_SEED * 1112131415161718191a1b1c1d1e1f2021222324\n";
        let more = inject(&changed.capture, "my.keys", more).unwrap();
        assert_eq!(more.lines, 1);
        assert_eq!(kinds(&more.capture), kinds(&changed.capture));

        let stripped = strip(&more.capture).unwrap();
        assert_eq!((stripped.lines, stripped.capture), (4, before));
    }
}

/// The block as the pcapng specification and docs/keylog.md have it, byte by byte.
#[test]
fn a_block_is_what_the_specification_says() {
    let line = b"GW2_SEED * 000102030405060708090a0b0c0d0e0f10111213\n";
    let changed = inject(&capture(Order::Little), "my.keys", line).unwrap();
    let block = Blocks::new(&changed.capture).nth(2).unwrap().unwrap();
    let mut wanted = vec![0x0a, 0, 0, 0, 72, 0, 0, 0];
    wanted.extend(b"K2WG");
    wanted.extend([52, 0, 0, 0]);
    wanted.extend(line);
    wanted.extend([72, 0, 0, 0]);
    assert_eq!(block.bytes, wanted);
}

#[test]
fn other_programs_secrets_stay_unless_all_are_taken_out() {
    let mut before = capture(Order::Little);
    let wireguard = block(
        Order::Little,
        10,
        &[&0x5747_4b4c_u32.to_le_bytes()[..], &[4, 0, 0, 0], b"keys"].concat(),
    );
    before.extend(&wireguard);
    let changed = inject(&before, "my.keys", KEYS.as_bytes()).unwrap();
    assert!(changed.capture.ends_with(&wireguard));
    assert_eq!(strip(&changed.capture).unwrap().capture, capture(Order::Little));
}

#[test]
fn a_capture_without_packets_takes_keys_too() {
    let header = capture(Order::Little)[..28].to_vec();
    let changed = inject(&header, "my.keys", KEYS.as_bytes()).unwrap();
    assert_eq!(kinds(&changed.capture), [SECTION_HEADER, 10, 10]);
}

#[test]
fn a_pcap_file_becomes_pcapng() {
    let header = PcapHeader {
        ts_resolution: TsResolution::NanoSecond,
        endianness: Endianness::Big,
        ..PcapHeader::default()
    };
    let mut writer = PcapWriter::with_header(Vec::new(), header).unwrap();
    let time = Duration::new(1_700_000_000, 123_456_789);
    writer
        .write_packet(&PcapPacket::new(time, 5, &[1, 2, 3]))
        .unwrap();
    let classic = writer.into_writer();
    assert_eq!(extract(&classic).unwrap(), "");
    let changed = inject(&classic, "my.keys", KEYS.as_bytes()).unwrap();
    assert!(changed.converted);
    assert_eq!(kinds(&changed.capture), [SECTION_HEADER, 1, 10, 10, 6]);
    let packet = Blocks::new(&changed.capture).last().unwrap().unwrap();
    let order = packet.order;
    let numbers: Vec<_> = packet
        .body
        .chunks(4)
        .take(5)
        .map(|four| order.read(four).unwrap())
        .collect();
    let nanoseconds = u64::from(numbers[1]) << 32 | u64::from(numbers[2]);
    assert_eq!(nanoseconds, 1_700_000_000_123_456_789);
    assert_eq!(numbers[3..], [3, 5]);
    assert_eq!(packet.body[20..], [1, 2, 3, 0]);
}

#[test]
fn errors_say_what_is_wrong_and_where() {
    let whole = capture(Order::Little);
    let with = |at: usize, byte: u8| {
        let mut bytes = whole.clone();
        bytes[at] = byte;
        bytes
    };
    for (capture, keys, said) in [
        (
            b"hello".to_vec(),
            KEYS,
            "this is no capture file: neither pcapng nor pcap",
        ),
        (
            Vec::new(),
            KEYS,
            "this is no capture file: neither pcapng nor pcap",
        ),
        (with(8, 0), KEYS, "no byte order in the section header at byte 0"),
        (
            whole[..40].to_vec(),
            KEYS,
            "the capture is cut short in the block at byte 28",
        ),
        (
            with(32, 7),
            KEYS,
            "the block at byte 28 says that it has 7 bytes, which no block can have",
        ),
        (
            with(44, 24),
            KEYS,
            "the two lengths of the block at byte 28 differ",
        ),
        (
            whole.clone(),
            "# nothing\n",
            "my.keys has no line with a secret: GW2_RC4_KEY, GW2_SEED, GW2_SHARED_SECRET, or one of TLS",
        ),
        (
            whole.clone(),
            "\nGW2_SEED * 00\n",
            "my.keys:2: GW2_SEED wants 40 hex digits, not 2",
        ),
    ] {
        assert_eq!(
            inject(&capture, "my.keys", keys.as_bytes())
                .unwrap_err()
                .to_string(),
            said
        );
    }
    assert_eq!(
        strip(&[0xa1, 0xb2, 0xc3, 0xd4]).unwrap_err().to_string(),
        "a pcap file carries no keys: there is nothing to take out"
    );
}
