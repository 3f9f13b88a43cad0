use proptest::prelude::*;

use super::super::skip::SkipReason;
use super::parser::{Feed, Seen};

/// A stretch of a stream, written by hand, and whether it is a message.
#[derive(Debug, Clone)]
struct Stretch {
    bytes: Vec<u8>,
    is_message: bool,
}

fn message() -> impl Strategy<Value = Stretch> {
    let start_line = prop_oneof![
        "P /[A-Z][a-z]{0,8}/[A-Z][a-z]{0,8} STS/1\\.0",
        "REQ /[A-Z][a-z]{0,8}",
        "STS/1\\.0 [1-5][0-9]{2}( [A-Z][a-z ]{0,8})?",
        "RESP [1-5][0-9]{2}",
    ];
    let headers = proptest::collection::vec(prop_oneof!["s: ?[0-9]{1,3}[rR]?", "[B-K]:[ -~]{0,9}"], 0..4);
    let body = proptest::option::of(prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..40),
        Just(b"P /Sts/Ping STS/1.0\r\n\r\n".to_vec()),
        Just(b"<Reply>\r\n</Reply>\n".to_vec()),
    ]);
    (start_line, headers, body).prop_map(|(start_line, headers, body)| {
        let mut bytes = (start_line + "\r\n").into_bytes();
        for header in headers {
            bytes.extend_from_slice((header + "\r\n").as_bytes());
        }
        if let Some(body) = &body {
            bytes.extend_from_slice(format!("Content-Length: {}\r\n", body.len()).as_bytes());
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(&body.unwrap_or_default());
        Stretch {
            bytes,
            is_message: true,
        }
    })
}

/// Lines that are no start lines.
fn garbage() -> impl Strategy<Value = Stretch> {
    let line = prop_oneof![
        "[a-z]{0,5} [a-z]{0,5}\r\n",
        "\r\n",
        "\n",
        "P /A/B STS/1\\.0\n",
        "STS/1\\.0 \n",
        "[\u{1}-\u{8}]{1,5}\n"
    ];
    line.prop_map(|line| Stretch {
        bytes: line.into_bytes(),
        is_message: false,
    })
}

fn stream() -> impl Strategy<Value = Vec<Stretch>> {
    proptest::collection::vec(prop_oneof![3 => message(), 1 => garbage()], 0..8)
}

/// Bytes that hit the parser's branches more often than any bytes would.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    let token = prop_oneof![
        Just(b"P /A/B STS/1.0\r\n".to_vec()),
        Just(b"STS/1.0 200 OK\r\n".to_vec()),
        Just(b"REQ /".to_vec()),
        Just(b"RESP ".to_vec()),
        Just(b"\r\n".to_vec()),
        Just(b"\n".to_vec()),
        Just(b"s:1\r\n".to_vec()),
        Just(b"l:".to_vec()),
        "[0-9]{1,6}".prop_map(String::into_bytes),
        proptest::collection::vec(any::<u8>(), 0..6),
    ];
    proptest::collection::vec(token, 0..30).prop_map(|tokens| tokens.concat())
}

/// Feeds a stream in segments of these sizes, over and over.
fn push_cut(feed: &mut Feed, stream: &[u8], cuts: &[usize]) {
    let mut rest = stream;
    for size in cuts.iter().cycle() {
        let (segment, behind) = rest.split_at((*size).min(rest.len()));
        feed.push(segment);
        rest = behind;
        if rest.is_empty() {
            break;
        }
    }
}

fn cut(stream: &[u8], cuts: &[usize]) -> Vec<Seen> {
    let mut feed = Feed::default();
    push_cut(&mut feed, stream, cuts);
    feed.finish()
}

proptest! {
    #[test]
    fn every_message_is_found_whatever_the_segments(
        stretches in stream(),
        cuts in proptest::collection::vec(1_usize..50, 1..8),
    ) {
        let stream: Vec<u8> = stretches.iter().flat_map(|stretch| stretch.bytes.clone()).collect();
        let mut expected: Vec<Seen> = Vec::new();
        let mut offset = 0;
        for stretch in stretches {
            let len = u64::try_from(stretch.bytes.len()).unwrap();
            match expected.last_mut() {
                _ if stretch.is_message => expected.push(Seen::Message(offset, stretch.bytes)),
                Some(Seen::Skipped(.., bytes)) => bytes.extend(stretch.bytes),
                _ => expected.push(Seen::Skipped(SkipReason::StartLine, offset, offset, stretch.bytes)),
            }
            offset += len;
        }
        prop_assert_eq!(cut(&stream, &cuts), expected);
    }

    #[test]
    fn segments_change_nothing(
        parts in proptest::collection::vec((noise(), 1_u64..60), 1..4),
        cuts in proptest::collection::vec(1_usize..20, 1..8),
    ) {
        let (mut whole, mut segments) = (Feed::default(), Feed::default());
        for (bytes, gap) in &parts {
            whole.push(bytes).gap(*gap);
            push_cut(&mut segments, bytes, &cuts);
            segments.gap(*gap);
        }
        prop_assert_eq!(segments.finish(), whole.finish());
    }

    #[test]
    fn every_byte_comes_out_once(
        parts in proptest::collection::vec((noise(), proptest::option::of(0_u64..100)), 0..6),
    ) {
        let mut feed = Feed::default();
        let mut given = Vec::new();
        let mut end = 0;
        for (bytes, gap) in &parts {
            feed.push(bytes);
            given.extend_from_slice(bytes);
            end += u64::try_from(bytes.len()).unwrap();
            prop_assert_eq!(feed.parser.end(), end);
            if let Some(gap) = gap {
                feed.gap(*gap);
                end += gap;
            }
        }
        let mut out = Vec::new();
        let mut last_end = 0;
        for seen in feed.finish() {
            let (Seen::Message(offset, bytes) | Seen::Skipped(_, _, offset, bytes)) = seen;
            prop_assert!(offset >= last_end);
            last_end = offset + u64::try_from(bytes.len()).unwrap();
            out.extend(bytes);
        }
        prop_assert_eq!(out, given);
    }

    #[test]
    fn after_any_noise_and_a_gap_the_next_start_line_is_found(noise in noise(), gap in 1_u64..100) {
        let mut feed = Feed::default();
        feed.push(&noise).gap(gap);
        let offset = feed.parser.end() + 1;
        feed.push(b"\nP /Sts/Ping STS/1.0\r\n\r\n");
        prop_assert_eq!(feed.seen.last(), Some(&Seen::Message(offset, b"P /Sts/Ping STS/1.0\r\n\r\n".to_vec())));
    }
}
