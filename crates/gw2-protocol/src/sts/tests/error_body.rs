use proptest::prelude::*;

use super::super::error_body::*;

fn parse(body: &str) -> Result<ErrorBody, ErrorBodyError> {
    ErrorBody::parse(body.as_bytes())
}

#[test]
fn missing_attributes_are_zero_and_code_zero_is_success() {
    let error = parse("<Error server=\"1001\" module=\"4\" line=\"262\"/>\n").unwrap();
    assert_eq!(
        error,
        ErrorBody {
            code: 0,
            server: 1001,
            module: 4,
            line: 262,
            text: None
        }
    );
    assert!(error.is_success());
    assert!(parse("<Error/>").unwrap().is_success());
    assert!(!parse("<Error code=\"11\"/>").unwrap().is_success());
}

#[test]
fn all_attributes() {
    let error =
        parse("<Error code=\"11\" server=\"2\" module=\"3\" line=\"4\" text=\"no &lt;way&gt; &#33;\"/>");
    let text = Some("no <way> !".to_owned());
    assert_eq!(
        error,
        Ok(ErrorBody {
            code: 11,
            server: 2,
            module: 3,
            line: 4,
            text
        })
    );
}

#[test]
fn forms_of_xml() {
    for body in [
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<Error code=\"7\"/>",
        "\u{FEFF}\n <!-- a --> <Error code='7' />",
        "<Error\n\tcode = \"7\"\nother=\"x\">\n</Error>",
        "<Error code=\" 7 \"></Error>",
    ] {
        assert_eq!(parse(body).map(|error| error.code), Ok(7), "{body:?}");
    }
}

#[test]
fn references_that_are_none_stay() {
    let text = |value: &str| {
        parse(&format!("<Error text=\"{value}\"/>"))
            .unwrap()
            .text
            .unwrap()
    };
    assert_eq!(
        text("a & b &unknown; &#xE9;&#x110000;&amp;"),
        "a & b &unknown; é&#x110000;&"
    );
    assert_eq!(text(""), "");
}

#[test]
fn pending_keeps_its_bits() {
    assert_eq!(
        parse("<Error code=\"-1\"/>").map(|error| error.code),
        Ok(u32::MAX)
    );
}

#[test]
fn what_is_no_error_element() {
    for (body, error) in [
        ("", ErrorBodyError::NoErrorElement),
        ("<Reply/>", ErrorBodyError::NoErrorElement),
        ("<Errors/>", ErrorBodyError::NoErrorElement),
        ("<?xml", ErrorBodyError::NoErrorElement),
        ("<Error", ErrorBodyError::NoErrorElement),
        ("<Error code=\"1\"", ErrorBodyError::Syntax),
        ("<Error code=1/>", ErrorBodyError::Syntax),
        ("<Error code/>", ErrorBodyError::Syntax),
        ("<Error code=\"1/>", ErrorBodyError::Syntax),
        ("<Error code=\"one\"/>", ErrorBodyError::NotANumber("code")),
        ("<Error line=\"4294967296\"/>", ErrorBodyError::NotANumber("line")),
    ] {
        assert_eq!(parse(body), Err(error), "{body:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_fine(body in "(<Error )?[ -~]{0,60}", bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        let _ = parse(&body);
        let _ = ErrorBody::parse(&bytes);
    }
}
