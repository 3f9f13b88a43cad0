//! Export Objects: what portal messages carry, as files.

use std::collections::BTreeMap;
use std::fs;

use crate::common::{self, Look, Scenario};
use gw2_sim::capture::Capture;
use gw2_sim::direction::Direction::ClientToServer;
use gw2_sim::portal::PortalConnection;
use gw2_sim::scenarios::flow;
use gw2_sim::sts::{Sts, Style};

/// The files that are exported, by name.
fn export(scenario: &Scenario, preferences: &[&str]) -> BTreeMap<String, Vec<u8>> {
    let tshark = common::tshark();
    let folder = tshark.home().join("objects");
    let mut look = Look::with_keys(&tshark, scenario);
    for preference in preferences {
        look = look.option(preference);
    }
    look.arguments(&[
        "-q",
        "--export-objects",
        &format!("gw2.portal,{}", folder.display()),
    ])
    .run();
    let Ok(entries) = fs::read_dir(&folder) else {
        return BTreeMap::new();
    };
    entries
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read(entry.path()).unwrap())
        })
        .collect()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn bodies_are_named_by_path_and_transaction() {
    for name in ["portal", "portal-rc4", "portal-1-byte-segments"] {
        let files = export(&Scenario::named(name), &[]);
        assert_eq!(
            files.keys().collect::<Vec<_>>(),
            [
                "Game.com.Wallet_WalletInfo-2-answer.xml",
                "Group_GroupInfo-1-answer.xml",
                "Group_GroupInfo-1-request.xml",
                "Presence_UserInfo-message.xml",
                "Sts_Connect-message.xml",
            ],
            "{name}"
        );
        assert_eq!(
            text(&files["Group_GroupInfo-1-answer.xml"]),
            "<Reply>\n<Name>Evening Watch</Name>\n</Reply>\n"
        );
    }
}

#[test]
fn contents_are_whole_and_without_their_encoding() {
    let files = export(&Scenario::named("portal-fragments"), &[]);
    assert_eq!(
        files.keys().collect::<Vec<_>>(),
        [
            "Mail_News-message.xml",
            "Trading_Search-3-answer.xml",
            "Trading_Search-4-answer.xml"
        ]
    );
    for content in files.values() {
        assert_eq!(text(content).matches("<Row>").count(), 60);
    }
    let files = export(&Scenario::named("portal-encodings"), &[]);
    assert_eq!(files.len(), 5);
    assert_eq!(
        text(&files["Trading_Search-1-answer.xml"])
            .matches("<Row>")
            .count(),
        40
    );
    // What cannot be decoded is exported as it was sent.
    assert_eq!(text(&files["Trading_Search-5-answer.xml"]), "this is not gzip");
}

#[test]
fn parts_and_repeated_names_are_all_there() {
    let files = export(&Scenario::named("portal-partial"), &[]);
    assert!(
        files.contains_key("Account_ListMyGameAccounts-7-answer-part1.xml"),
        "{:?}",
        files.keys()
    );
    assert_eq!(files.len(), 6);
    let files = export(&Scenario::named("portal-pipelined"), &[]);
    assert_eq!(files.len(), 40);
}

/// A login as clients do it, with everything that must not get out.
fn login() -> Scenario {
    let mut c = PortalConnection::new(flow(0, gw2_sim::hosts::portal(), 51_000, 0), Style::Compact);
    c.open();
    c.client(&Sts::request("/Auth/LoginFinish", 1, 0).xml("<Request><Password>hunter2</Password></Request>"));
    c.tcp.wait(40_000_000);
    c.server(&Sts::answer(200, "OK", 1, "R").xml("<Reply><Token>5ec3e7</Token></Reply>"));
    c.tcp.wait(40_000_000);
    c.server(&Sts::answer(200, "OK", 9, "R").xml("<Reply><Token>stray</Token></Reply>"));
    c.tcp.wait(40_000_000);
    c.client(&Sts::request("/Group/GroupInfo", 2, 0).xml("<Request/>"));
    c.tcp.close(ClientToServer);
    Scenario::read(&Capture::new(vec![c.finish()]), "portal-login")
}

#[test]
fn secrets_stay_here_unless_a_preference_says_otherwise() {
    let scenario = login();
    let files = export(&scenario, &[]);
    assert_eq!(
        files.keys().collect::<Vec<_>>(),
        ["Group_GroupInfo-2-request.xml"]
    );
    let files = export(&scenario, &["gw2.export_secrets:TRUE"]);
    assert_eq!(
        files.keys().collect::<Vec<_>>(),
        [
            "Auth_LoginFinish-1-answer.xml",
            "Auth_LoginFinish-1-request.xml",
            "Group_GroupInfo-2-request.xml",
            "unknown-9-answer.xml",
        ]
    );
}

#[test]
fn nothing_secret_is_in_the_statistics() {
    let scenario = login();
    let tshark = common::tshark();
    for tap in ["gw2.portal,tree", "gw2.portal,srt"] {
        let finished = Look::with_keys(&tshark, &scenario)
            .arguments(&["-q", "-z", tap])
            .run();
        assert!(finished.stdout.contains("/Auth/LoginFinish"), "{tap}");
        for secret in ["hunter2", "5ec3e7", "stray"] {
            assert!(!finished.stdout.contains(secret), "{tap}: {secret}");
        }
    }
}
