//! The portal's text in all its forms.

use super::{Scenario, flow};
use crate::capture::Capture;
use crate::demo::{connect, presence};
use crate::direction::Direction::{ClientToServer, ServerToClient};
use crate::error::{Error, Result};
use crate::hosts;
use crate::impair::Impairment::{self, Drop, Lost, Split, Swap};
use crate::impair::Select::Data;
use crate::portal::PortalConnection;
use crate::sts::{Sts, Style};
use crate::tcp::MS;
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use std::io::Write;

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "portal",
        "requests, notices, pushes and answers, compact headers",
        || plain(Style::Compact, &[]),
    ),
    Scenario::new("portal-full-headers", "the same with full header names", || {
        plain(Style::Full, &[])
    }),
    Scenario::new(
        "portal-1-byte-segments",
        "the same, every byte in a segment of its own",
        || plain(Style::Compact, &[Split(None, 1)]),
    ),
    Scenario::new("portal-out-of-order", "the same, segments swapped", || {
        plain(
            Style::Compact,
            &[Swap(Data(ServerToClient, 1)), Swap(Data(ClientToServer, 2))],
        )
    }),
    Scenario::new("portal-gap", "the same, an answer's segment missing", || {
        plain(Style::Compact, &[Drop(Data(ServerToClient, 1))])
    }),
    Scenario::new(
        "portal-lost-fast",
        "the middle of a long answer lost and fast-retransmitted behind the next message",
        lost_fast,
    ),
    Scenario::new(
        "portal-seed-grammar",
        "`REQ /path` and `RESP 200 OK`, with and without Subject and version",
        seed_grammar,
    ),
    Scenario::new(
        "portal-partial",
        "partial answers r1, r2, R3, and two transactions' answers mixed",
        partial,
    ),
    Scenario::new(
        "portal-fragments",
        "a long answer in fragments, in order and not, and a notice's by X-Sequence",
        fragments,
    ),
    Scenario::new(
        "portal-fragments-bad",
        "fragments that overlap, and one beyond the total",
        fragments_bad,
    ),
    Scenario::new(
        "portal-encodings",
        "bodies under gzip, zlib and raw deflate, and under a name nobody knows",
        encodings,
    ),
    Scenario::new(
        "portal-bodies",
        "bodies of XML with known and unknown elements, JSON, malformed XML, bytes; secrets in clear",
        bodies,
    ),
    Scenario::new(
        "portal-errors",
        "errors with and without attributes, code 0 (a success) and others",
        errors,
    ),
    Scenario::new(
        "portal-unmatched",
        "an answer to nothing, a second answer, and a request that is never answered",
        unmatched,
    ),
    Scenario::new(
        "portal-malformed",
        "lines that are no start line, a bad Content-Length, bad headers; good messages behind",
        malformed,
    ),
    Scenario::new(
        "portal-pipelined",
        "many messages in one flush; header lines without colon spaces and with",
        pipelined,
    ),
    Scenario::new("portal-rc4", "seed frames, then RC4-coded text", rc4),
    Scenario::new("portal-large", "a body of 64 KiB", large),
];

pub(super) fn portal(id: u32, style: Style) -> PortalConnection {
    let options = flow(id, hosts::portal(), 51_000 + id as u16, u64::from(id) * 800);
    let mut c = PortalConnection::new(options, style);
    c.open();
    c
}

pub(super) fn end(mut c: PortalConnection) -> Result<Capture> {
    c.tcp.wait(300 * MS);
    c.tcp.close(ClientToServer);
    Ok(Capture::new(vec![c.finish()]))
}

/// A request's answer after a round trip.
pub(super) fn answer(c: &mut PortalConnection, answer: &Sts) {
    c.tcp.wait(35 * MS);
    c.server(answer);
    c.tcp.wait(50 * MS);
}

fn talk(c: &mut PortalConnection) {
    c.client(&connect(288));
    c.client(&Sts::request("/Group/GroupInfo", 1, 4000).xml("<Request>\n<GroupId>1</GroupId>\n</Request>"));
    answer(
        c,
        &Sts::answer(200, "OK", 1, "R").xml("<Reply>\n<Name>Evening Watch</Name>\n</Reply>"),
    );
    c.client(&Sts::request("/Game.com.Wallet/WalletInfo", 2, 0));
    answer(
        c,
        &Sts::answer(200, "OK", 2, "R").xml("<Reply>\n<Gems>400</Gems>\n</Reply>"),
    );
    c.server(&presence("Brakk.1234", "online", 50));
    c.tcp.wait(500 * MS);
    c.client(&Sts::notice("/Sts/Ping"));
    // The server asks as well: it numbers its own requests.
    c.server(&Sts::request("/Auth/LogoutMyClient", 1, 0).xml("<Request/>"));
    c.tcp.wait(5 * MS);
    c.client(&Sts::answer(200, "OK", 1, "R"));
}

fn plain(style: Style, impairments: &[Impairment]) -> Result<Capture> {
    let mut c = portal(0, style);
    talk(&mut c);
    c.tcp.wait(300 * MS);
    c.tcp.close(ClientToServer);
    Ok(Capture::new(vec![c.finish().impaired(impairments)?]))
}

fn lost_fast() -> Result<Capture> {
    let mut c = portal(0, Style::Compact);
    c.client(&Sts::request("/Trading/Search", 1, 0));
    c.tcp.wait(35 * MS);
    c.flush(
        ServerToClient,
        &[
            Sts::answer(200, "OK", 1, "R").xml(&long_xml(80)),
            presence("Brakk.1234", "online", 50),
        ],
    );
    c.tcp.wait(500 * MS);
    c.client(&Sts::notice("/Sts/Ping"));
    c.server(&presence("Brakk.1234", "away", 50));
    c.tcp.wait(300 * MS);
    c.tcp.close(ClientToServer);
    let lost = Lost {
        at: Data(ServerToClient, 1),
        delay_ns: 18 * MS,
        dup_acks: 3,
    };
    Ok(Capture::new(vec![c.finish().impaired(&[lost])?]))
}

fn seed_grammar() -> Result<Capture> {
    let mut c = portal(0, Style::Full);
    c.client(&Sts::seed_request("/Group/GroupInfo", 1).xml("<Request/>"));
    answer(&mut c, &Sts::seed_answer(200, "OK", 1).xml("<Reply/>"));
    c.client(&Sts::new("REQ /Game.com.Wallet/WalletInfo STS/1.0").header("Subject", "2;timeout=4000"));
    answer(
        &mut c,
        &Sts::seed_answer(200, "", 2).xml("<Reply>\n<Gems>400</Gems>\n</Reply>"),
    );
    c.client(&Sts::new("REQ /Group/GroupInfo"));
    answer(&mut c, &Sts::new("RESP 404 Not Found Here"));
    end(c)
}

fn partial() -> Result<Capture> {
    let mut c = portal(0, Style::Compact);
    c.client(&Sts::request("/Account/ListMyGameAccounts", 7, 4000));
    c.client(&Sts::request("/Group/GroupInfo", 8, 0));
    let row = |n: u32| format!("<Reply type=\"array\">\n<Row>{n}</Row>\n</Reply>");
    answer(&mut c, &Sts::answer(200, "OK", 7, "r1").xml(&row(1)));
    answer(&mut c, &Sts::answer(200, "OK", 7, "r2").xml(&row(2)));
    answer(&mut c, &Sts::answer(200, "OK", 8, "R").xml("<Reply/>"));
    answer(&mut c, &Sts::answer(200, "OK", 7, "R3").xml(&row(3)));
    c.client(&Sts::request("/Account/ListMyGameAccounts", 9, 0));
    answer(&mut c, &Sts::answer(200, "OK", 9, "r1").xml(&row(1)));
    answer(&mut c, &Sts::answer(200, "OK", 9, "R").xml(&row(2)));
    end(c)
}

pub(super) fn long_xml(rows: usize) -> String {
    let row = |n| format!("<Row>\n<Id>{n}</Id>\n<Name>item number {n}</Name>\n</Row>\n");
    format!(
        "<Reply type=\"array\">\n{}</Reply>",
        (0..rows).map(row).collect::<String>()
    )
}

fn fragments() -> Result<Capture> {
    let mut c = portal(0, Style::Compact);
    c.client(&Sts::request("/Trading/Search", 3, 30_000));
    c.client(&Sts::request("/Trading/Search", 4, 30_000));
    let body = long_xml(60);
    for part in Sts::answer(200, "OK", 3, "R").xml(&body).fragments(1000) {
        answer(&mut c, &part);
    }
    let parts = Sts::answer(200, "OK", 4, "R").xml(&body).fragments(1500);
    let (early, late) = parts.split_at(parts.len() / 2);
    for part in late.iter().rev().chain(early) {
        answer(&mut c, part);
    }
    for part in Sts::notice("/Mail/News")
        .header("X-Sequence", "5")
        .xml(&body)
        .fragments(2000)
    {
        answer(&mut c, &part);
    }
    end(c)
}

fn fragments_bad() -> Result<Capture> {
    let mut c = portal(0, Style::Compact);
    let fragment = |id, range: &str| {
        Sts::answer(200, "OK", id, "R")
            .bytes(vec![b'x'; 100])
            .header("Content-Range", format!("bytes {range}"))
    };
    for id in [1, 2, 3] {
        c.client(&Sts::request("/Trading/Search", id, 0));
    }
    answer(&mut c, &fragment(1, "0-99/300"));
    answer(&mut c, &fragment(1, "50-149/300"));
    answer(&mut c, &fragment(2, "250-349/300"));
    answer(&mut c, &fragment(3, "zero-99/300"));
    c.client(&Sts::notice("/Sts/Ping"));
    end(c)
}

fn encodings() -> Result<Capture> {
    let mut c = portal(0, Style::Compact);
    let xml = long_xml(40).into_bytes();
    let failed = |e: std::io::Error| Error::encode("portal body", e.to_string());
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(&xml).map_err(failed)?;
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
    zlib.write_all(&xml).map_err(failed)?;
    let mut raw = DeflateEncoder::new(Vec::new(), Compression::default());
    raw.write_all(&xml).map_err(failed)?;
    let bodies = [
        ("gzip", gzip.finish().map_err(failed)?),
        ("deflate", zlib.finish().map_err(failed)?),
        ("deflate", raw.finish().map_err(failed)?),
        ("tyrian", xml.clone()),
        ("gzip", b"this is not gzip".to_vec()),
    ];
    for (n, (encoding, body)) in bodies.into_iter().enumerate() {
        let id = n as u32 + 1;
        c.client(&Sts::request("/Trading/Search", id, 0));
        answer(
            &mut c,
            &Sts::answer(200, "OK", id, "R")
                .header("Content-Encoding", encoding)
                .bytes(body),
        );
    }
    end(c)
}

fn bodies() -> Result<Capture> {
    let mut c = portal(0, Style::Compact);
    c.client(&Sts::request("/Auth/RequestGameToken", 1, 0).xml(
        "<Request>\n<GameCode>gw2</GameCode>\n<Password>c2VjcmV0</Password>\n<Nickname>Br&amp;kk</Nickname>\n</Request>",
    ));
    answer(
        &mut c,
        &Sts::answer(200, "OK", 1, "R").xml("<Reply>\n<Token>secret-token</Token>\n</Reply>"),
    );
    let bodies = [
        ("application/json", &br#"{"GameCode":"gw1"}"#[..]),
        (
            "application/xml; charset=utf-8",
            b"<Reply><GameCode>gw2</GameCode><Broken></Reply>\n",
        ),
        ("application/xml", b"this is no XML\n"),
        ("application/octet-stream", &[0, 1, 2, 255]),
    ];
    for (id, (kind, body)) in (2..).zip(bodies) {
        c.client(&Sts::request("/Game.com.Wallet/WalletInfo", id, 0));
        answer(
            &mut c,
            &Sts::answer(200, "OK", id, "R")
                .header("Content-Type", kind)
                .bytes(body.to_vec()),
        );
    }
    end(c)
}

fn errors() -> Result<Capture> {
    let mut c = portal(0, Style::Compact);
    let errors = [
        ("Success", r#"<Error server="1001" module="4" line="262"/>"#),
        (
            "ErrNotFound",
            r#"<Error code="1007" server="1004" module="9" line="1130" text="No such &quot;group&quot;"/>"#,
        ),
        ("ErrTimeout", r#"<Error code="11"/>"#),
        ("", "<Error/>"),
    ];
    for (n, (reason, body)) in errors.into_iter().enumerate() {
        let id = n as u32 + 1;
        c.client(&Sts::request("/Group/GroupInfo", id, 0));
        answer(&mut c, &Sts::answer(400, reason, id, "R").xml(body));
    }
    c.client(&Sts::request("/Group/GroupInfo", 9, 0));
    answer(&mut c, &Sts::answer(503, "Service Not Available", 9, "R"));
    end(c)
}

fn unmatched() -> Result<Capture> {
    let mut c = portal(0, Style::Compact);
    answer(&mut c, &Sts::answer(200, "OK", 77, "R"));
    c.client(&Sts::request("/Group/GroupInfo", 1, 0));
    answer(&mut c, &Sts::answer(200, "OK", 1, "R"));
    answer(&mut c, &Sts::answer(200, "OK", 1, "R"));
    c.client(&Sts::request("/Group/GroupInfo", 2, 4000));
    end(c)
}

fn malformed() -> Result<Capture> {
    let mut c = portal(0, Style::Compact);
    c.client(&connect(288));
    c.tcp.wait(50 * MS);
    c.raw(ClientToServer, b"GARBAGE that is no start line\r\nl:5\r\n\r\n");
    c.tcp.wait(50 * MS);
    c.client(&Sts::notice("/Sts/Ping"));
    c.tcp.wait(50 * MS);
    c.raw(ServerToClient, b"STS/1.0 abc OK\r\n\r\n");
    c.tcp.wait(50 * MS);
    c.server(&presence("Brakk.1234", "online", 50));
    c.tcp.wait(50 * MS);
    c.raw(ServerToClient, b"P /Mail/News STS/1.0\r\nl:many\r\n\r\n");
    c.tcp.wait(50 * MS);
    c.server(&presence("Brakk.1234", "away", 50));
    c.tcp.wait(50 * MS);
    c.raw(
        ServerToClient,
        b"P /Mail/News STS/1.0\r\na header without a colon\r\n\r\n",
    );
    c.tcp.wait(50 * MS);
    c.server(&presence("Brakk.1234", "offline", 0));
    c.tcp.wait(50 * MS);
    c.raw(ServerToClient, b"P /Mail/News STS/1.0\r\nl:4000000000\r\n\r\n");
    c.tcp.wait(50 * MS);
    c.server(&presence("Brakk.1234", "online", 51));
    end(c)
}

fn pipelined() -> Result<Capture> {
    let mut c = portal(0, Style::Compact);
    let ask: Vec<Sts> = (1..=20)
        .map(|id| Sts::request("/Group/GroupInfo", id, 0).xml("<Request/>"))
        .collect();
    c.flush(ClientToServer, &ask);
    c.tcp.wait(40 * MS);
    c.style = Style::Full;
    let replies: Vec<Sts> = (1..=20)
        .rev()
        .map(|id| Sts::answer(200, "OK", id, "R").xml("<Reply/>"))
        .collect();
    c.flush(ServerToClient, &replies);
    end(c)
}

fn rc4() -> Result<Capture> {
    let mut c = portal(0, Style::Compact);
    c.encrypt();
    talk(&mut c);
    end(c)
}

fn large() -> Result<Capture> {
    let mut c = portal(0, Style::Compact);
    c.client(&Sts::request("/Trading/Search", 1, 0));
    let mut body = long_xml(1100).into_bytes();
    body.resize(65_536, b' ');
    answer(&mut c, &Sts::answer(200, "OK", 1, "R").bytes(body));
    c.server(&presence("Brakk.1234", "online", 50));
    end(c)
}
