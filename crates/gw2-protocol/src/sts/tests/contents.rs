use super::super::encoding::ContentEncoding;
use super::super::error_body::ErrorBodyError;
use super::super::fragments::FragmentError;
use super::connection::{Script, frame_of, reply, request};
use crate::Direction::{ClientToServer as C, ServerToClient as S};

fn with_body(start_line: &str, headers: &str, body: &str) -> String {
    format!("{start_line}\r\n{headers}l:{}\r\n\r\n{body}", body.len())
}

#[test]
fn a_failure_is_400_with_a_code() {
    let error = |attributes: &str| {
        with_body(
            "STS/1.0 400 Success",
            "s:1R\r\n",
            &format!("<Error {attributes}/>\n"),
        )
    };
    for (answer, code, failure) in [
        (
            error("server=\"1001\" module=\"4\" line=\"262\""),
            Some(Ok(0)),
            false,
        ),
        (error("code=\"0\""), Some(Ok(0)), false),
        (error("code=\"11\""), Some(Ok(11)), true),
        (
            with_body("STS/1.0 500 Oops", "s:1R\r\n", "oops"),
            Some(Err(ErrorBodyError::NoErrorElement)),
            true,
        ),
        (reply("1R").replace("200", "400"), None, true),
        (reply("1R"), None, false),
        (
            with_body("STS/1.0 200 OK", "s:1R\r\n", "<Error code=\"1\"/>"),
            None,
            false,
        ),
    ] {
        let mut script = Script::default();
        script.send(C, &request("1")).send(S, &answer);
        let unit = script.unit(2);
        assert_eq!(
            unit.error().map(|error| error.map(|error| error.code)),
            code,
            "{answer}"
        );
        assert_eq!(unit.is_failure(), Some(failure), "{answer}");
    }
    assert_eq!(
        Script::default().send(C, &request("1")).unit(1).is_failure(),
        None
    );
}

#[test]
fn pieces_of_an_answer_are_shown_whole_with_the_last_to_arrive() {
    let piece = |subject: &str, range: &str, body: &str| {
        with_body(
            "STS/1.0 200 OK",
            &format!("s:{subject}\r\nn:bytes {range}/12\r\n"),
            body,
        )
    };
    let mut script = Script::default();
    script
        .send(C, &request("7"))
        .send(S, &piece("7r1", "0-3", "<Rep"));
    script
        .send(S, &piece("7R3", "8-11", "bc/>"))
        .send(S, &piece("7r2", "4-7", "ly a"));
    for frame in [2, 3] {
        assert!(script.unit(frame).document().is_none() && script.unit(frame).pieces().is_empty());
    }
    let last = script.unit(4);
    assert_eq!(last.document().unwrap().raw, &b"<Reply abc/>"[..]);
    let frames: Vec<_> = last
        .pieces()
        .iter()
        .map(|&id| script.connection.unit(id).unwrap().frame())
        .collect();
    assert_eq!(frames, [2, 4, 3]);
    assert!((2..=4).all(|frame| frame_of(script.unit(frame).request()) == Some(1)));
    script.send(S, &reply("7R"));
    assert!(script.unit(5).is_unmatched(), "the transaction is done");
}

#[test]
fn pieces_of_a_request_are_one_transaction() {
    let piece = |range: &str| with_body("P /A/B STS/1.0", &format!("s:7\r\nn:bytes {range}/4\r\n"), "ab");
    let mut script = Script::default();
    script
        .send(C, &piece("0-1"))
        .send(C, &piece("2-3"))
        .send(S, &reply("7R"))
        .end();
    assert_eq!(script.unit(2).document().unwrap().raw, &b"abab"[..]);
    assert_eq!(frame_of(script.unit(3).request()), Some(1));
    for frame in [1, 2] {
        assert_eq!(frame_of(script.unit(frame).last_answer()), Some(3));
        assert!(!script.unit(frame).is_unanswered());
    }
}

#[test]
fn messages_group_their_pieces_by_x_sequence() {
    let piece = |sequence: &str, range: &str| {
        with_body(
            "P /A/B STS/1.0",
            &format!("q:{sequence}\r\nn:bytes {range}/4\r\n"),
            "ab",
        )
    };
    let mut script = Script::default();
    script
        .send(S, &piece("5", "0-1"))
        .send(S, &piece("6", "2-3"))
        .send(C, &piece("5", "2-3"));
    script.send(S, &piece("5", "2-3"));
    assert!((1..=3).all(|frame| script.unit(frame).document().is_none()));
    assert_eq!(script.unit(4).document().unwrap().raw, &b"abab"[..]);
}

#[test]
fn pieces_that_do_not_fit_say_why() {
    let piece = |headers: &str| with_body("P /A/B STS/1.0", headers, "ab");
    for (headers, error) in [
        ("n:bytes 0-1/4\r\n", Some(FragmentError::NoGroup)),
        ("n:0-1\r\ns:1\r\n", Some(FragmentError::Unreadable)),
        ("n:bytes 3-4/4\r\ns:1\r\n", Some(FragmentError::BeyondTotal)),
        ("n:bytes 0-2/4\r\ns:1\r\n", Some(FragmentError::Length)),
        ("n:bytes 0-1/67108865\r\ns:1\r\n", Some(FragmentError::TooLong)),
        ("n:bytes 0-1/2\r\ns:1\r\n", None),
        ("", None),
    ] {
        let mut script = Script::default();
        script.send(C, &piece(headers));
        assert_eq!(script.unit(1).fragment_error(), error, "{headers:?}");
        assert_eq!(script.unit(1).document().unwrap().raw, &b"ab"[..], "{headers:?}");
    }
    let mut script = Script::default();
    script
        .send(C, &piece("n:bytes 0-1/4\r\ns:1\r\n"))
        .send(C, &piece("n:bytes 1-2/4\r\ns:1\r\n"));
    assert_eq!(script.unit(2).fragment_error(), Some(FragmentError::Overlap));
}

#[test]
fn contents_are_decoded() {
    // `printf '<A/>\n' | gzip -n`, as bytes.
    let gzip =
        b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xb3q\xd4\xb7\xe3\x02\x00\x7c\x6e\x5a\x13\x05\x00\x00\x00";
    let mut script = Script::default();
    let head = format!("P /A/B STS/1.0\r\ne:gzip\r\nl:{}\r\n\r\n", gzip.len());
    script.send_bytes(C, &[head.as_bytes(), gzip].concat());
    script.send(C, &with_body("P /A/B STS/1.0", "e:br\r\n", "??"));
    let unit = script.unit(1);
    let document = unit.document().unwrap();
    assert!(document.is_xml);
    assert_eq!(document.decode().unwrap(), &b"<A/>\n"[..]);
    let unit = script.unit(2);
    let document = unit.document().unwrap();
    assert_eq!(
        (document.encoding, document.decode().unwrap().as_ref()),
        (ContentEncoding::Unknown, &b"??"[..])
    );
}
