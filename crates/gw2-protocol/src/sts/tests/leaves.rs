use proptest::prelude::*;

use super::super::leaves::*;
use super::LIVE_CONNECT;

fn read(body: &str) -> Vec<(&str, String)> {
    leaves(body.as_bytes())
        .into_iter()
        .map(|leaf| (leaf.name, leaf.value))
        .collect()
}

fn own<'a>(expected: &[(&'a str, &str)]) -> Vec<(&'a str, String)> {
    expected
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect()
}

#[test]
fn of_a_live_connect() {
    let body = &LIVE_CONNECT[LIVE_CONNECT.len() - 252..];
    let text = std::str::from_utf8(body).unwrap();
    assert_eq!(
        read(text),
        own(&[
            ("ConnType", "400"),
            ("Address", "127.0.0.1"),
            ("ProductType", "0"),
            ("ProductName", "Gw2-64"),
            ("AppIndex", "1"),
            ("Epoch", "769087523"),
            ("Program", "101"),
            ("Build", "1004"),
            ("Process", "288"),
        ])
    );
    let build = &leaves(body)[7];
    assert_eq!(&text[build.range.clone()], "<Build>1004</Build>");
}

#[test]
fn text_in_all_its_forms() {
    for (body, expected) in [
        ("<A> x </A>", &[("A", "x")][..]),
        ("<A>a &amp; b &#x2713;</A>", &[("A", "a & b \u{2713}")]),
        ("<A>&unknown;</A>", &[("A", "&unknown;")]),
        ("<A><![CDATA[<b>]]></A>", &[("A", "<b>")]),
        ("<A><!-- no --></A>", &[("A", "")]),
        ("<A/>", &[("A", "")]),
        ("<A></A>", &[("A", "")]),
        ("<Error code=\"1\"/>", &[]),
        (
            "<A type=\"array\"><B>1</B><B>2</B></A>",
            &[("B", "1"), ("B", "2")],
        ),
        ("<?xml version=\"1.0\"?><A>x</A>", &[("A", "x")]),
        ("<n:A>x</n:A>", &[("n:A", "x")]),
        ("<A>\u{e9}</A>", &[("A", "\u{e9}")]),
    ] {
        assert_eq!(read(body), own(expected), "{body}");
    }
}

#[test]
fn what_is_no_xml_is_no_fault() {
    for (body, expected) in [
        ("", &[][..]),
        ("not xml", &[]),
        ("<A>1</A><B>2</C>", &[("A", "1")]),
        ("<A>1</A><B", &[("A", "1")]),
        ("</A>", &[]),
        ("<A>1", &[]),
        ("<A>&</A>", &[]),
    ] {
        assert_eq!(read(body), own(expected), "{body}");
    }
    assert_eq!(leaves(b"<A>\xff</A>"), []);
}

#[test]
fn bounded() {
    let deep = |depth: usize| format!("{}x{}", "<A>".repeat(depth), "</A>".repeat(depth));
    assert_eq!(read(&deep(MAX_DEPTH)).len(), 1);
    assert_eq!(read(&deep(MAX_DEPTH + 1)).len(), 0);
    assert_eq!(read(&"<A/>".repeat(MAX_LEAVES + 1)).len(), MAX_LEAVES);
    let long = format!("<A>{}</A>", "x".repeat(MAX_LOOKED_THROUGH));
    assert_eq!(read(&long).len(), 0);
}

proptest! {
    #[test]
    fn any_bytes(body in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(leaves(&body).len() <= MAX_LEAVES);
    }

    #[test]
    fn any_markup(body in "[<>/&;#x!\\[\\]AB =\"\u{e9}-]{0,60}") {
        for leaf in leaves(body.as_bytes()) {
            prop_assert!(body.get(leaf.range).is_some_and(|text| text.starts_with('<')));
        }
    }
}
