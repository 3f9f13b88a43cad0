use std::ops::ControlFlow;

use super::super::message::Message;
use super::super::parser::*;
use super::super::skip::SkipReason;
use super::LIVE_CONNECT;
use SkipReason::*;

/// What a parser handed out, in a form to compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seen {
    /// Offset and bytes.
    Message(u64, Vec<u8>),
    /// Reason, where it was found, offset and bytes; units that continue each other are one.
    Skipped(SkipReason, u64, u64, Vec<u8>),
}

#[derive(Default)]
pub(super) struct Feed {
    pub(super) parser: StsParser,
    pub(super) seen: Vec<Seen>,
}

impl Feed {
    pub(super) fn push(&mut self, bytes: &[u8]) -> &mut Self {
        let Self { parser, seen } = self;
        let _ = parser.push(bytes, &mut |unit| note(seen, &unit));
        self
    }

    pub(super) fn gap(&mut self, len: u64) -> &mut Self {
        let Self { parser, seen } = self;
        let _ = parser.gap(len, &mut |unit| note(seen, &unit));
        self
    }

    pub(super) fn finish(&mut self) -> Vec<Seen> {
        let Self { parser, seen } = self;
        let _ = parser.finish(&mut |unit| note(seen, &unit));
        assert_eq!(parser.pending(), 0);
        std::mem::take(seen)
    }
}

fn note(seen: &mut Vec<Seen>, unit: &Unit<'_>) -> ControlFlow<()> {
    assert!(!unit.bytes.is_empty());
    match &unit.content {
        UnitContent::Message(message) => {
            assert_eq!(message, &Message::view(unit.bytes).unwrap());
            seen.push(Seen::Message(unit.offset, unit.bytes.to_vec()));
        }
        UnitContent::Skipped(skip) => match seen.last_mut() {
            Some(Seen::Skipped(reason, at, offset, bytes)) if skip.continued => {
                assert_eq!((skip.reason, skip.at), (*reason, *at));
                assert_eq!(*offset + u64::try_from(bytes.len()).unwrap(), unit.offset);
                bytes.extend_from_slice(unit.bytes);
            }
            _ => {
                assert!(!skip.continued);
                seen.push(Seen::Skipped(
                    skip.reason,
                    skip.at,
                    unit.offset,
                    unit.bytes.to_vec(),
                ));
            }
        },
    }
    ControlFlow::Continue(())
}

/// All at once, byte by byte and by sevens: always the same.
fn parse(stream: &[u8]) -> Vec<Seen> {
    let whole = Feed::default().push(stream).finish();
    for size in [1, 7] {
        let mut feed = Feed::default();
        for chunk in stream.chunks(size) {
            feed.push(chunk);
        }
        assert_eq!(feed.finish(), whole, "in segments of {size}");
    }
    whole
}

fn message(offset: usize, text: &str) -> Seen {
    Seen::Message(u64::try_from(offset).unwrap(), text.as_bytes().to_vec())
}

fn skipped(reason: SkipReason, at: usize, offset: usize, text: &str) -> Seen {
    let (at, offset) = (u64::try_from(at).unwrap(), u64::try_from(offset).unwrap());
    Seen::Skipped(reason, at, offset, text.as_bytes().to_vec())
}

const PING: &str = "P /Sts/Ping STS/1.0\r\n\r\n";
const OK: &str = "STS/1.0 200 OK\r\ns:7R\r\nl:9\r\n\r\n<Reply/>\n";

#[test]
fn a_live_message() {
    assert_eq!(parse(LIVE_CONNECT), [Seen::Message(0, LIVE_CONNECT.to_vec())]);
}

#[test]
fn messages_follow_each_other() {
    let stream = [PING, OK, "REQ /A/B\r\n\r\n", "RESP 200\r\n\r\n"].concat();
    assert_eq!(
        parse(stream.as_bytes()),
        [
            message(0, PING),
            message(PING.len(), OK),
            message(PING.len() + OK.len(), "REQ /A/B\r\n\r\n"),
            message(PING.len() + OK.len() + 12, "RESP 200\r\n\r\n"),
        ]
    );
}

#[test]
fn a_message_is_out_with_its_last_byte() {
    let mut feed = Feed::default();
    let (last, rest) = OK.as_bytes().split_last().unwrap();
    assert_eq!(feed.push(rest).seen, []);
    assert_eq!(feed.push(&[*last]).seen, [message(0, OK)]);
}

#[test]
fn without_a_length_there_is_no_body() {
    let stream = format!("P /A/B STS/1.0\r\ns:1\r\n\r\n{PING}");
    assert_eq!(
        parse(stream.as_bytes()),
        [message(0, "P /A/B STS/1.0\r\ns:1\r\n\r\n"), message(23, PING)]
    );
}

#[test]
fn a_body_may_look_like_a_message() {
    let text = format!("P /A/B STS/1.0\r\nL : {}\r\n\r\n{PING}", PING.len());
    assert_eq!(parse(text.as_bytes()), [message(0, &text)]);
}

#[test]
fn garbage_ends_at_the_next_start_line() {
    for garbage in [
        "garbage\r\n",
        "\r\n",
        "\u{1}\u{2}\n",
        "P /A/B STS/2.0\r\nl:3\r\n\r\n",
        "STS/1.0 x\n",
    ] {
        let stream = [PING, garbage, OK, garbage, PING].concat();
        let (first, ok) = (PING.len(), PING.len() + garbage.len());
        let second = ok + OK.len();
        assert_eq!(
            parse(stream.as_bytes()),
            [
                message(0, PING),
                skipped(StartLine, first, first, garbage),
                message(ok, OK),
                skipped(StartLine, second, second, garbage),
                message(second + garbage.len(), PING),
            ],
            "{garbage:?}"
        );
    }
}

#[test]
fn a_start_line_begins_a_line() {
    let stream = format!("garbage {PING}{PING}");
    let skipped_len = 8 + PING.len();
    assert_eq!(
        parse(stream.as_bytes()),
        [
            skipped(StartLine, 0, 0, &stream[..skipped_len]),
            message(skipped_len, PING)
        ]
    );
}

#[test]
fn garbage_shows_where_it_came() {
    let mut feed = Feed::default();
    feed.push(b"\x16\x03");
    assert_eq!(feed.seen, [skipped(StartLine, 0, 0, "\u{16}\u{3}")]);
    feed.push(b"\x01\nP /Sts");
    assert_eq!(
        feed.seen,
        [skipped(StartLine, 0, 0, "\u{16}\u{3}\u{1}\n")],
        "not what may be a start line"
    );
    feed.push(b"/Ping STS/1.0\r\n\r\n");
    assert_eq!(feed.seen[1..], [message(4, PING)]);
}

#[test]
fn a_line_that_is_no_header_gives_the_message_up() {
    let bad = "P /A/B STS/1.0\r\ns:1\r\nno header\r\nl:5\r\n\r\n";
    let stream = [bad, PING].concat();
    assert_eq!(
        parse(stream.as_bytes()),
        [skipped(HeaderLine, 21, 0, bad), message(bad.len(), PING)]
    );
}

#[test]
fn a_message_without_its_end_does_not_take_the_next_one() {
    let bad = "P /A/B STS/1.0\r\nl:5\r\n";
    let stream = [bad, PING].concat();
    assert_eq!(
        parse(stream.as_bytes()),
        [skipped(HeaderLine, bad.len(), 0, bad), message(bad.len(), PING)]
    );
}

#[test]
fn lines_end_in_carriage_return_and_line_feed() {
    let bad = "P /A/B STS/1.0\r\ns:1\n\r\n";
    let stream = [bad, PING].concat();
    assert_eq!(
        parse(stream.as_bytes()),
        [skipped(HeaderLine, 16, 0, bad), message(bad.len(), PING)]
    );
}

#[test]
fn lengths_that_are_none() {
    for (length, reason) in [
        ("l:x", ContentLength),
        ("l:", ContentLength),
        ("l:-1", ContentLength),
        ("l:+1", ContentLength),
        ("l:1\r\nl:2", ContentLength),
        ("l:65537", BodyTooLong),
        ("l:99999999999999999999999999", BodyTooLong),
    ] {
        let bad = format!("P /A/B STS/1.0\r\n{length}\r\n\r\nbody\n");
        let at = bad.rfind("l:").unwrap();
        let stream = [&bad, PING].concat();
        assert_eq!(
            parse(stream.as_bytes()),
            [skipped(reason, at, 0, &bad), message(bad.len(), PING)],
            "{length}"
        );
    }
    let same = "P /A/B STS/1.0\r\nl:1\r\nContent-Length: 1\r\n\r\nx";
    assert_eq!(parse(same.as_bytes()), [message(0, same)]);
}

#[test]
fn a_body_has_64_kib_at_most() {
    let most = format!("P /A/B STS/1.0\r\nl:65536\r\n\r\n{}", "x".repeat(65_536));
    let stream = [&most, PING].concat();
    assert_eq!(
        parse(stream.as_bytes()),
        [message(0, &most), message(most.len(), PING)]
    );
}

#[test]
fn a_header_section_has_32_kib_at_most() {
    let text = |value: usize| format!("P /A/B STS/1.0\r\nt:{}\r\n\r\n", "x".repeat(value));
    let most = text(32_768 - 4);
    assert_eq!(parse(most.as_bytes()), [message(0, &most)]);
    let over = text(32_768 - 3);
    let stream = [&over, PING].concat();
    assert_eq!(
        parse(stream.as_bytes()),
        [
            skipped(HeaderSectionTooLong, 16, 0, &over),
            message(over.len(), PING)
        ]
    );
    let endless = format!("P /A/B STS/1.0\r\n{}", "t:abcdef\r\n".repeat(5_000));
    let stream = [&endless, PING].concat();
    let at = 16 + 32_760;
    assert_eq!(
        parse(stream.as_bytes()),
        [
            skipped(HeaderSectionTooLong, at, 0, &endless),
            message(endless.len(), PING)
        ]
    );
}

#[test]
fn a_gap_gives_up_the_message_under_way() {
    let mut feed = Feed::default();
    let cut = "P /A/B STS/1.0\r\nl:40\r\n\r\n<A>\n";
    feed.push(PING.as_bytes()).push(cut.as_bytes()).gap(10);
    feed.push(b"rest of it</A>\n").push(PING.as_bytes());
    let (first, behind) = (PING.len(), PING.len() + cut.len() + 10);
    assert_eq!(
        feed.finish(),
        [
            message(0, PING),
            skipped(Gap, first, first, cut),
            skipped(Gap, behind, behind, "rest of it</A>\n"),
            message(behind + 15, PING),
        ]
    );
}

#[test]
fn a_gap_between_messages_costs_nothing() {
    let mut feed = Feed::default();
    feed.push(PING.as_bytes()).gap(100).push(PING.as_bytes());
    assert_eq!(feed.finish(), [message(0, PING), message(PING.len() + 100, PING)]);
}

#[test]
fn a_gap_within_a_body_leaves_its_end_known() {
    // The body has no line end: the next message would not begin a line.
    let head = "P /A/B STS/1.0\r\nl:30\r\n\r\n";
    let mut feed = Feed::default();
    feed.push(head.as_bytes())
        .push(b"0123456789")
        .gap(5)
        .push(b"567890123456789")
        .push(PING.as_bytes());
    let behind = head.len() + 15;
    assert_eq!(
        feed.finish(),
        [
            skipped(Gap, 0, 0, &format!("{head}0123456789")),
            skipped(Gap, behind, behind, "567890123456789"),
            message(head.len() + 30, PING),
        ]
    );
}

#[test]
fn a_start_line_counts_across_the_known_end() {
    let head = "P /A/B STS/1.0\r\nl:30\r\n\r\n";
    let mut feed = Feed::default();
    feed.push(head.as_bytes())
        .gap(10)
        .push(b"01234567\n")
        .push(PING.as_bytes());
    assert_eq!(feed.finish().last(), Some(&message(head.len() + 19, PING)));
    // Not when it is none: then the message behind the known end does.
    let mut feed = Feed::default();
    feed.push(head.as_bytes())
        .gap(10)
        .push(b"01234567\nP /Sts/Ping")
        .push(PING.as_bytes());
    assert_eq!(feed.finish().last(), Some(&message(head.len() + 30, PING)));
}

#[test]
fn two_gaps_within_a_body_leave_its_end_known() {
    let head = "P /A/B STS/1.0\r\nl:30\r\n\r\n";
    let mut feed = Feed::default();
    feed.push(head.as_bytes())
        .gap(10)
        .push(b"01234")
        .gap(10)
        .push(b"56789")
        .push(PING.as_bytes());
    assert_eq!(feed.finish().last(), Some(&message(head.len() + 30, PING)));
    let mut feed = Feed::default();
    feed.push(head.as_bytes())
        .gap(40)
        .push(b"x")
        .push(PING.as_bytes())
        .push(PING.as_bytes());
    assert_eq!(
        feed.finish().last(),
        Some(&message(head.len() + 41 + PING.len(), PING))
    );
}

#[test]
fn the_end_hands_out_what_is_pending() {
    for cut in [
        "P /Sts",
        "P /A/B STS/1.0\r\n",
        "P /A/B STS/1.0\r\nl:9\r\n\r\nbody",
    ] {
        assert_eq!(parse(cut.as_bytes()), [skipped(Incomplete, 0, 0, cut)]);
    }
    let mut feed = Feed::default();
    feed.push(b"P /A/B").finish();
    assert_eq!(
        feed.push(PING.as_bytes()).finish(),
        [message(6, PING)],
        "more may follow"
    );
}

#[test]
fn a_stream_begins_anywhere() {
    let mut feed = Feed {
        parser: StsParser::new(1_000),
        seen: Vec::new(),
    };
    feed.push(b"tail</A>\n").push(PING.as_bytes());
    assert_eq!(
        feed.finish(),
        [
            skipped(StartLine, 1_000, 1_000, "tail</A>\n"),
            message(1_009, PING)
        ]
    );
}

#[test]
fn a_break_leaves_the_rest_pending() {
    let mut parser = StsParser::new(0);
    let stream = [PING, PING].concat();
    let mut count = 0;
    let outcome = parser.push(stream.as_bytes(), &mut |_| {
        count += 1;
        ControlFlow::Break(())
    });
    assert_eq!((outcome, count), (ControlFlow::Break(()), 1));
    assert_eq!((parser.offset(), parser.pending()), (23, 23));
}

/// 1 MiB byte by byte, each form a worst case of its own; half a second. Without remembering how far a
/// line was searched it is 16 s.
#[test]
fn trickled_bytes_stay_cheap() {
    let long_header = format!("P /A/B STS/1.0\r\nt:{}\r\n\r\n", "x".repeat(32_000)).repeat(32);
    let long_start_line = format!("P /{} STS/1.0\r\n\r\n", "x".repeat(32_000)).repeat(32);
    let long_body = format!("P /A/B STS/1.0\r\nl:65536\r\n\r\n{}", "x".repeat(65_536)).repeat(16);
    let start_lines = "P /A/B STS/1.0\r\n".repeat(1 << 16);
    let garbage = "x".repeat(1 << 20);
    let started = std::time::Instant::now();
    for stream in [long_header, long_start_line, long_body, start_lines, garbage] {
        let mut parser = StsParser::new(0);
        let mut bytes = 0;
        for byte in stream.as_bytes().chunks(1) {
            let _ = parser.push(byte, &mut |unit| {
                bytes += unit.bytes.len();
                ControlFlow::Continue(())
            });
        }
        assert_eq!(bytes + parser.pending(), stream.len());
        assert!(parser.pending() <= 2 * 65_536);
    }
    assert!(started.elapsed().as_secs() < 8, "{:?}", started.elapsed());
}
