//! Portal bytes that are missing, and portal bytes that come late.

use crate::common::{Look, Scenario, hands_over_fast_retransmissions, tshark};

#[test]
fn a_gap_says_its_size() {
    let tshark = tshark();
    let scenario = Scenario::named("portal-gap");
    // What came behind it is not whole from the stream's start either; of answers it is the only one.
    let mut lacking = scenario.truth.iter().filter(|item| item.frame.is_none());
    let lost = lacking.find(|item| item.name == "STS/1.0 200 OK").unwrap();
    for passes in [&[][..], &["-2"]] {
        let shown = Look::with_keys(&tshark, &scenario)
            .arguments(passes)
            .filter("gw2.portal && gw2.expert.gap")
            .fields(&["_ws.expert.message", "_ws.col.Info"]);
        assert_eq!(shown.len(), 1, "{shown:?}");
        let text = format!("{} bytes are missing", lost.length);
        assert!(shown[0][0].contains(&text), "{shown:?}");
        assert!(shown[0][1].contains("MSG /Presence/UserInfo"), "{shown:?}");
    }
}

#[test]
fn a_late_segment_brings_the_message_that_lacked_it() {
    let tshark = tshark();
    let scenario = Scenario::named("portal-lost-fast");
    let infos = |passes: &[&str]| {
        Look::with_keys(&tshark, &scenario)
            .arguments(passes)
            .filter("gw2.portal.path contains \"Search\" || gw2.portal.path contains \"Presence\"")
            .values("_ws.col.Info")
    };
    let shown = infos(&[]);
    if !hands_over_fast_retransmissions(&tshark) {
        assert_eq!(shown.len(), 3, "{shown:?}");
        assert_eq!(infos(&["-2"]), shown);
        return;
    }
    assert_eq!(shown.len(), 4, "{shown:?}");
    assert_eq!(shown[0], "REQ /Trading/Search s=1");
    assert!(shown[1].ends_with("MSG /Presence/UserInfo"), "{shown:?}");
    assert!(
        shown[2].ends_with("] RESP 200 OK s=1 /Trading/Search"),
        "{shown:?}"
    );
    assert_eq!(shown[3], "MSG /Presence/UserInfo");
    assert_eq!(infos(&["-2"]), shown);
}
