//! Types of a fixed size, and varints.

use super::*;

#[test]
fn every_type_of_a_fixed_size_has_its_value_range_and_end() {
    for (fields, body, expected) in [
        ("a: u8", "fe", "a 2..3 U8(254)"),
        ("a: u16", "3412", "a 2..4 U16(4660)"),
        ("a: u32", "78563412", "a 2..6 U32(305419896)"),
        ("a: u32_19", "78563412", "a 2..6 U32(305419896)"),
        ("a: u64", "0100000000000080", "a 2..10 U64(9223372036854775809)"),
        ("a: u64_1a", "0200000000000000", "a 2..10 U64(2)"),
        ("a: f32", "0000c03f", "a 2..6 F32(1.5)"),
        ("a: vec2", "0000803f 00000040", "a 2..10 [1.0, 2.0]"),
        ("a: vec3", "0000803f 00000040 00004040", "a 2..14 [1.0, 2.0, 3.0]"),
        (
            "a: vec4",
            "0000803f 00000040 00004040 000080bf",
            "a 2..18 [1.0, 2.0, 3.0, -1.0]",
        ),
        (
            "a: guid",
            "000102030405060708090a0b0c0d0e0f",
            "a 2..18 Guid([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15])",
        ),
        ("bytes(3)", "010203", "bytes 2..5 Bytes([1, 2, 3])"),
        ("bytes(0)", "", "bytes 2..2 Bytes([])"),
    ] {
        assert_eq!(values(fields, body), [expected]);
        let body = hex(body);
        for cut in 0..body.len() {
            assert_eq!(
                needed(fields, &body[..cut]),
                2 + body.len(),
                "{fields} cut to {cut}"
            );
        }
    }
}

#[test]
fn a_message_can_be_nothing_but_its_opcode() {
    assert_eq!(values("", ""), Vec::<String>::new());
}

#[test]
fn fewer_bytes_than_an_opcode_are_incomplete() {
    let schema = schema("u8");
    for bytes in [&[][..], &[1]] {
        assert_eq!(read_opcode(bytes), None);
        assert_eq!(
            measure(bytes, bytes.len(), &schema),
            Err(Stop::Incomplete { needed: 2 })
        );
    }
    assert_eq!(read_opcode(&[0x34, 0x12]), Some(0x1234));
}

#[test]
fn fields_follow_each_other_without_padding() {
    assert_eq!(
        values("a: u8 b: u32 c: u16", "01 02000000 0300"),
        ["a 2..3 U8(1)", "b 3..7 U32(2)", "c 7..9 U16(3)"]
    );
}

#[test]
fn varints_of_one_to_five_bytes() {
    for (body, value, end) in [
        ("00", 0, 3),
        ("7f", 127, 3),
        ("8001", 128, 4),
        // Captured, client build 205780.
        ("8624", 0x1206, 4),
        ("ff7f", 16_383, 4),
        ("808001", 16_384, 5),
        ("ffff7f", 2_097_151, 5),
        ("80808001", 2_097_152, 6),
        ("8080808001", 268_435_456, 7),
        ("ffffffff0f", u32::MAX, 7),
        // Longer than need be.
        ("8000", 0, 4),
        ("8180808000", 1, 7),
    ] {
        assert_eq!(
            values("varint", body),
            [format!("varint 2..{end} Varint({value})")]
        );
        let body = hex(body);
        for cut in 0..body.len() {
            assert_eq!(needed("varint", &body[..cut]), 2 + cut + 1);
        }
    }
}

#[test]
fn varints_of_more_than_five_bytes_or_32_bits_are_malformed() {
    for body in [
        "ffffffff10",
        "8080808010",
        "ffffffff7f",
        "808080808000",
        "ffffffff8f00",
    ] {
        let (reason, offset, lines) = failure("a: u8 b: varint", &hex(&format!("07{body}")));
        assert_eq!((reason, offset), (Reason::Varint, 3), "{body}");
        assert_eq!(lines, ["a 2..3 U8(7)", "failed b"]);
        assert!(!reason.is_limit());
    }
}

#[test]
fn a_position_is_a_vector_and_a_varint() {
    assert_eq!(
        values("p: position", "0000803f 00000040 00004040 8001"),
        ["p 2..14 [1.0, 2.0, 3.0]", "p+1 14..16 Varint(128)"]
    );
    assert_eq!(needed("position", &[0; 5]), 14);
    assert_eq!(needed("position", &[0; 12]), 15);
    let (reason, offset, lines) = failure("p: position", &[0xff; 20]);
    assert_eq!((reason, offset), (Reason::Varint, 14));
    assert_eq!(lines[1..], ["failed p"]);
}

#[test]
fn addresses_are_told_by_family_with_the_port_in_network_order() {
    let filler = "00".repeat(20);
    assert_eq!(
        values("a: address", &format!("0200 17e0 0a0b0c0d {filler}")),
        ["a 2..30 10.11.12.13:6112"]
    );
    assert_eq!(
        values(
            "a: address",
            "1700 17e0 ffffffff 20010db8000000000000000000000001 00000000"
        ),
        ["a 2..30 [2001:db8::1]:6112"]
    );
    // 10 is IPv6 on Linux, but the wire is Windows's.
    let other = format!("0a00 17e0 00000000 {filler}");
    let expected = format!("a 2..30 OtherAddress({:?})", hex(&other));
    assert_eq!(values("a: address", &other), [expected]);
    assert_eq!(needed("address", &[2; 27]), 30);
}
