use super::super::encoding::ContentEncoding;
use super::super::header::HeaderName;
use super::super::message::*;
use super::LIVE_CONNECT;

fn view(bytes: &str) -> Message<'_> {
    Message::view(bytes.as_bytes()).unwrap()
}

#[test]
fn a_live_message() {
    let message = Message::view(LIVE_CONNECT).unwrap();
    assert_eq!(message.kind(), Kind::Message);
    assert_eq!(message.method(), Some(&b"P"[..]));
    assert_eq!(message.path(), Some(&b"/Sts/Connect"[..]));
    assert_eq!(message.version(), Some("1.0"));
    assert_eq!(
        (message.status(), message.reason(), message.sequence()),
        (None, None, None)
    );
    assert_eq!((message.part(), message.is_final()), (None, None));
    assert_eq!(message.headers()[0].0.to_string(), "Content-Length: 252");
    assert_eq!(message.body().len(), 252);
    assert!(message.body().starts_with(b"<Connect>\n") && message.body().ends_with(b"</Connect>\n"));
    assert!(message.is_xml());
}

#[test]
fn ranges_point_at_the_bytes() {
    let text = "P /A/B STS/1.0\r\ns:7;timeout=4000\r\nl: 4\r\n\r\nbody";
    let message = view(text);
    assert_eq!(&text[message.start_line_range()], "P /A/B STS/1.0\r\n");
    assert_eq!(
        &text[message.header_range(HeaderName::Subject).unwrap()],
        "s:7;timeout=4000\r\n"
    );
    assert_eq!(&text[message.headers()[1].1.clone()], "l: 4\r\n");
    assert_eq!(&text[message.body_range()], "body");
    assert_eq!((message.sequence(), message.timeout()), (Some(7), Some(4000)));
}

#[test]
fn kinds() {
    for (text, kind) in [
        ("P /A/B STS/1.0\r\ns:7\r\n\r\n", Kind::Request),
        ("P /A/B STS/1.0\r\nSUBJECT: 7;timeout=1\r\n\r\n", Kind::Request),
        ("P /A/B STS/1.0\r\n\r\n", Kind::Message),
        ("P /A/B STS/1.0\r\ns:0\r\n\r\n", Kind::Message),
        ("P /A/B STS/1.0\r\ns:what\r\n\r\n", Kind::Message),
        ("REQ /A/B\r\n\r\n", Kind::Request),
        ("REQ /A/B STS/1.0\r\n\r\n", Kind::Request),
        ("REQ /A/B\r\ns:7\r\n\r\n", Kind::Request),
        ("STS/1.0 200 OK\r\ns:7R\r\n\r\n", Kind::Response),
        ("STS/1.0 200 OK\r\n\r\n", Kind::Response),
        ("RESP 200\r\n\r\n", Kind::Response),
    ] {
        assert_eq!(view(text).kind(), kind, "{text:?}");
    }
    assert_eq!(
        [Kind::Request, Kind::Response, Kind::Message].map(Kind::code),
        [0, 1, 2]
    );
    assert_eq!(
        [Kind::Request, Kind::Response, Kind::Message].map(Kind::name),
        ["REQ", "RESP", "MSG"]
    );
}

#[test]
fn answers_say_whether_they_are_the_last() {
    for (subject, part, is_final) in [
        ("s:7R\r\n", None, true),
        ("s:7R3\r\n", Some(3), true),
        ("s:7r1\r\n", Some(1), false),
        ("s:7\r\n", None, true),
        ("", None, true),
    ] {
        let text = format!("STS/1.0 200 OK\r\n{subject}\r\n");
        assert_eq!(
            (view(&text).part(), view(&text).is_final()),
            (part, Some(is_final)),
            "{subject:?}"
        );
    }
}

#[test]
fn content_is_xml_unless_it_says_otherwise() {
    let with = |header: &str| format!("P /A/B STS/1.0\r\n{header}\r\n");
    for (header, is_xml) in [
        ("", true),
        ("c:application/xml\r\n", true),
        ("c: text/XML; charset=utf-8\r\n", true),
        ("c:application/atom+xml\r\n", true),
        ("c:application/octet-stream\r\n", false),
        ("c:x\r\n", false),
    ] {
        assert_eq!(view(&with(header)).is_xml(), is_xml, "{header:?}");
    }
    assert_eq!(
        view(&with("e:gzip\r\n")).content_encoding(),
        ContentEncoding::Gzip
    );
    assert_eq!(view(&with("")).content_encoding(), ContentEncoding::Identity);
}

#[test]
fn headers_that_cannot_be_read_are_named() {
    let text = "P /A/B STS/1.0\r\ns:x\r\nn:y\r\nq:z\r\nt:fine\r\n\r\n";
    let defects: Vec<_> = view(text)
        .defects()
        .into_iter()
        .map(|d| (d.to_string(), &text[d.range]))
        .collect();
    assert_eq!(
        defects,
        [
            ("malformed Subject".to_owned(), "s:x\r\n"),
            ("malformed Content-Range".to_owned(), "n:y\r\n"),
            ("malformed X-Sequence".to_owned(), "q:z\r\n")
        ]
    );
    assert_eq!(
        view("P /A/B STS/1.0\r\ns:1\r\nn:bytes 0-1/2\r\nq:3\r\n\r\n").defects(),
        []
    );
}

#[test]
fn a_cut_message_shows_what_is_there() {
    let message = view("P /A/B STS/1.0\r\nl:252\r\n\r\n<Conn");
    assert_eq!(
        (message.path(), message.body()),
        (Some(&b"/A/B"[..]), &b"<Conn"[..])
    );
    let message = view("P /A/B STS/1.0\r\nl:252\r\ns");
    assert_eq!((message.headers().len(), message.body()), (1, &b"s"[..]));
    assert_eq!(Message::view(b"P /A/B STS/1"), None);
    assert_eq!(Message::view(b"garbage\r\n\r\n"), None);
}

#[test]
fn the_last_of_equal_headers_counts() {
    assert_eq!(view("P /A/B STS/1.0\r\ns:1\r\ns:2\r\n\r\n").sequence(), Some(2));
}
