use super::super::header::*;

#[test]
fn every_compact_name_has_its_full_one() {
    let table = [
        ("a", "Accept"),
        ("c", "Content-Type"),
        ("e", "Content-Encoding"),
        ("f", "From"),
        ("g", "X-From-Game"),
        ("h", "X-From-Rights"),
        ("i", "X-Trace-ID"),
        ("l", "Content-Length"),
        ("m", "Stream"),
        ("n", "Content-Range"),
        ("p", "Reply-To"),
        ("q", "X-Sequence"),
        ("r", "Refer-To"),
        ("s", "Subject"),
        ("t", "To"),
        ("v", "Via"),
        ("x", "Transfer-Encoding"),
        ("z", "Timestamp"),
    ];
    assert_eq!(HeaderName::ALL.len(), table.len());
    for (compact, full) in table {
        for name in [
            compact,
            full,
            &compact.to_uppercase(),
            &full.to_uppercase(),
            &full.to_lowercase(),
        ] {
            let line = format!("{name}: v");
            let header = Header::parse(line.as_bytes()).unwrap();
            assert_eq!(header.full_name(), full);
            assert_eq!(header.to_string(), format!("{full}: v"));
        }
    }
}

#[test]
fn unknown_names_stay_as_they_are() {
    for name in ["b", "X-Other", "ll"] {
        let line = format!("{name}:v");
        let header = Header::parse(line.as_bytes()).unwrap();
        assert_eq!((header.id, header.full_name().as_ref()), (None, name));
    }
}

#[test]
fn the_space_behind_the_colon_is_optional() {
    for line in ["l:252", "l: 252", "l:\t252 ", "l :252"] {
        let header = Header::parse(line.as_bytes()).unwrap();
        assert_eq!(
            (header.id, header.value),
            (Some(HeaderName::ContentLength), &b"252"[..]),
            "{line:?}"
        );
    }
    assert_eq!(Header::parse(b"s:").unwrap().value, b"");
    assert_eq!(Header::parse(b"t:a:b").unwrap().value, b"a:b");
}

#[test]
fn lines_without_a_name_are_no_headers() {
    for line in [
        "",
        "l",
        ":252",
        " l:252",
        "a b:1",
        "P /A/B:80 STS/1.0",
        "<Connect x:y>",
        "é:1",
    ] {
        assert_eq!(Header::parse(line.as_bytes()), None, "{line:?}");
    }
}

#[test]
fn subjects() {
    let subject = |id, mark, part, timeout| {
        Some(Subject {
            id,
            mark,
            part,
            timeout,
        })
    };
    for (value, expected) in [
        ("7", subject(7, Mark::None, None, None)),
        ("0", subject(0, Mark::None, None, None)),
        ("7;timeout=4000", subject(7, Mark::None, None, Some(4000))),
        ("7 ; Timeout = 4000", subject(7, Mark::None, None, Some(4000))),
        ("7;a=b;timeout=1", subject(7, Mark::None, None, Some(1))),
        ("7;timeout=soon", subject(7, Mark::None, None, None)),
        ("7;timeout", subject(7, Mark::None, None, None)),
        ("7R", subject(7, Mark::Final, None, None)),
        ("7r1", subject(7, Mark::Partial, Some(1), None)),
        ("7r", subject(7, Mark::Partial, None, None)),
        ("7R3", subject(7, Mark::Final, Some(3), None)),
        ("4294967295", subject(u32::MAX, Mark::None, None, None)),
        ("4294967296", None),
        ("", None),
        ("R", None),
        ("x", None),
        ("-7", None),
        ("7x", None),
        ("7Rx", None),
        ("7R1R", None),
    ] {
        assert_eq!(Subject::parse(value.as_bytes()), expected, "{value:?}");
    }
}

#[test]
fn content_ranges() {
    let range = |first, last, total| Some(ContentRange { first, last, total });
    for (value, expected) in [
        ("bytes 0-999/3000", range(0, 999, 3000)),
        ("Bytes  1000 - 1999 / 3000", range(1000, 1999, 3000)),
        ("bytes 5-1/2", range(5, 1, 2)),
        ("0-999/3000", None),
        ("lines 0-999/3000", None),
        ("bytes 0-999", None),
        ("bytes 0-999/*", None),
        ("bytes 999/3000", None),
        ("bytes 0-4294967296/3000", None),
        ("bytes", None),
        ("", None),
    ] {
        assert_eq!(ContentRange::parse(value.as_bytes()), expected, "{value:?}");
    }
}
