//! What portal messages carry: elements as fields, other dissectors, and what must stay out of the list.

use crate::common::{Look, Scenario, tshark};

#[test]
fn elements_filter() {
    let tshark = tshark();
    let scenario = Scenario::named("portal-bodies");
    let look = |filter: &str| Look::with_keys(&tshark, &scenario).filter(filter);
    let info = look("gw2.portal.xml.GameCode == \"gw2\"").values("_ws.col.Info");
    assert_eq!(
        info,
        [
            "REQ /Auth/RequestGameToken s=1",
            "RESP 200 OK s=3 /Game.com.Wallet/WalletInfo"
        ],
        "also in front of a fault"
    );
    let unknown = look("gw2.portal.xml").values("gw2.portal.xml");
    assert_eq!(unknown, ["Nickname=Br&kk"]);
    let none = look("gw2.portal.xml.GameCode == \"gw1\"").frames();
    assert_eq!(none, [0_u32; 0], "JSON is no XML");
}

#[test]
fn a_preference_adds_elements() {
    let tshark = tshark();
    let scenario = Scenario::named("portal-bodies");
    let further =
        || Look::with_keys(&tshark, &scenario).option("gw2.portal_elements:Nickname, Other,GameCode");
    let found = further()
        .filter("gw2.portal.xml.Nickname == \"Br&kk\" && !gw2.portal.xml.Other")
        .frames();
    assert_eq!(found.len(), 1);
    assert_eq!(further().filter("gw2.portal.xml").frames(), [0_u32; 0]);
    assert_eq!(further().filter("gw2.portal.xml.GameCode").frames().len(), 2);
    let refused = Look::with_keys(&tshark, &scenario)
        .option("gw2.portal_elements:a:b,Nickname")
        .filter("gw2.portal.xml.Nickname")
        .run();
    assert!(refused.stderr.contains("a:b"), "{}", refused.stderr);
    assert!(
        refused.stdout.contains("REQ /Auth/RequestGameToken"),
        "{}",
        refused.stdout
    );
}

#[test]
fn bodies_go_to_the_dissector_of_their_type() {
    let tshark = tshark();
    let scenario = Scenario::named("portal-bodies");
    for (protocol, transactions) in [("xml", "1 1 3 4"), ("json", "2"), ("data", "5")] {
        let found = Look::with_keys(&tshark, &scenario)
            .filter(&format!("gw2.portal && {protocol}"))
            .values("gw2.portal.sequence");
        assert_eq!(found.join(" "), transactions, "{protocol}");
    }
    let rows = Look::with_keys(&tshark, &scenario)
        .filter("gw2.portal")
        .fields(&["_ws.col.Protocol"]);
    assert!(rows.iter().all(|row| row[0] == "GW2-Portal"), "{rows:?}");
    let faults = Look::with_keys(&tshark, &scenario)
        .filter("gw2.expert.portal || gw2.expert.malformed")
        .frames();
    assert_eq!(faults, [0_u32; 0], "malformed XML is no error of ours");
    let encoded = Scenario::named("portal-encodings");
    let unknown = Look::with_keys(&tshark, &encoded)
        .filter("gw2.portal && data")
        .values("gw2.portal.sequence");
    assert_eq!(unknown, ["4"], "an encoding that nobody knows");
}

#[test]
fn secrets_are_in_the_tree_and_not_in_the_list() {
    let tshark = tshark();
    let secrets = ["c2VjcmV0", "secret-"];
    for name in ["portal-bodies", "portal-tls12", "portal-tls-refused"] {
        let scenario = Scenario::named(name);
        let look = || {
            Look::with_keys(&tshark, &scenario)
                .option(&format!("tls.keylog_file:{}", scenario.keys.display()))
                .filter("gw2.portal")
        };
        let tree = look().arguments(&["-V"]).run();
        let list = look().run();
        for secret in secrets {
            assert!(tree.stdout.contains(secret), "{name}: {secret}");
            assert!(!list.stdout.contains(secret), "{name}: {}", list.stdout);
        }
        assert!(list.stdout.contains("/Auth/"), "{name}: {}", list.stdout);
    }
}
