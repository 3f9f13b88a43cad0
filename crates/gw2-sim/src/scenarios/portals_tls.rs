//! The portal behind `/Auth/StartTls`. TLS is a real stack's: these captures differ each time they are made.

use super::portals::{answer, end, long_xml, portal};
use super::{Scenario, flow};
use crate::capture::Capture;
use crate::demo::{connect, presence};
use crate::direction::Direction::{ClientToServer, ServerToClient};
use crate::error::{Error, Result};
use crate::hosts;
use crate::portal::PortalConnection;
use crate::sts::{Sts, Style};
use crate::tcp::{FlowOptions, MS};
use crate::tls::{TlsPeers, TlsVersion};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "portal-tls12",
        "StartTls accepted by `400 Success`, then TLS 1.2; its keys are in the key log",
        || whole(TlsVersion::Tls12, &success()),
    ),
    Scenario::new(
        "portal-tls13",
        "StartTls accepted by `200 OK`, then TLS 1.3; its keys are in the key log",
        || whole(TlsVersion::Tls13, &Sts::answer(200, "OK", 1, "R").xml("<Reply/>")),
    ),
    Scenario::new(
        "portal-tls-resumed",
        "four connections in small segments: TLS 1.2, its session resumed, and both again with TLS 1.3",
        resumed,
    ),
    Scenario::new(
        "portal-tls-refused",
        "StartTls refused; the connection stays in clear",
        refused,
    ),
];

/// Yes, as live servers say it.
fn success() -> Sts {
    Sts::answer(400, "Success", 1, "R").xml(r#"<Error server="1001" module="4" line="262"/>"#)
}

/// What comes before TLS.
fn start_tls(c: &mut PortalConnection, yes: &Sts) {
    c.flush(
        ClientToServer,
        &[
            connect(288),
            Sts::request("/Auth/StartTls", 1, 4000).xml("<Request/>"),
        ],
    );
    answer(c, yes);
}

/// A log-in, with the passwords and tokens that tests look for where they must not be.
fn log_in(c: &mut PortalConnection) {
    c.client(&Sts::request("/Auth/LoginStart", 2, 4000).xml(
        "<Request>\n<LoginName>brakk@example.com</LoginName>\n<Password>c2VjcmV0LXBhc3N3b3Jk</Password>\n</Request>",
    ));
    answer(
        c,
        &Sts::answer(200, "OK", 2, "R").xml(
            "<Reply>\n<UserId>5C7F2A10-0000-4000-8000-000000000001</UserId>\n<ResumeToken>secret-resume-token</ResumeToken>\n</Reply>",
        ),
    );
    c.client(
        &Sts::request("/Auth/RequestGameToken", 3, 4000)
            .xml("<Request>\n<GameCode>gw2</GameCode>\n<AccountAlias>gw2:1</AccountAlias>\n</Request>"),
    );
    answer(
        c,
        &Sts::answer(200, "OK", 3, "R").xml("<Reply>\n<Token>secret-game-token</Token>\n</Reply>"),
    );
}

/// Every way in which messages, records and segments can lie over each other.
fn talk(c: &mut PortalConnection) {
    // Several records in a segment, and several messages in a record.
    let ask = |id| Sts::request("/Group/GroupInfo", id, 0).xml("<Request>\n<GroupId>1</GroupId>\n</Request>");
    c.flush(ClientToServer, &[ask(4), ask(5), ask(6)]);
    let reply =
        |id, name| Sts::answer(200, "OK", id, "R").xml(&format!("<Reply>\n<Name>{name}</Name>\n</Reply>"));
    c.tcp.wait(30 * MS);
    c.write_at_once(
        ServerToClient,
        &[reply(5, "Morning Watch"), reply(4, "Evening Watch")],
    );
    c.flush(
        ServerToClient,
        &[presence("Brakk.1234", "online", 50), reply(6, "Night Watch")],
    );
    c.tcp.wait(50 * MS);
    // Two that are equal but for what ties them to others.
    c.flush(
        ClientToServer,
        &[Sts::notice("/Sts/Ping"), Sts::notice("/Sts/Ping")],
    );
    // A message over two records, and records over many segments.
    c.write_in_two(ServerToClient, &presence("Sieglinde.7781", "away", 50), 40);
    c.client(&Sts::request("/Trading/Search", 7, 30_000));
    answer(c, &Sts::answer(200, "OK", 7, "R").xml(&long_xml(500)));
    for part in Sts::notice("/Mail/News")
        .header("X-Sequence", "5")
        .xml(&long_xml(60))
        .fragments(1000)
    {
        c.server(&part);
    }
    c.tcp.wait(50 * MS);
}

fn whole(version: TlsVersion, yes: &Sts) -> Result<Capture> {
    let mut c = portal(0, Style::Compact);
    start_tls(&mut c, yes);
    c.start_tls(&TlsPeers::new(version)?)?;
    log_in(&mut c);
    talk(&mut c);
    c.end_tls()?;
    end(c)
}

fn resumed() -> Result<Capture> {
    let mut connections = Vec::new();
    for version in [TlsVersion::Tls12, TlsVersion::Tls13] {
        let peers = TlsPeers::new(version)?;
        for again in [false, true] {
            let id = connections.len() as u32;
            // Small segments: the clear text, the handshake and the records all lie over several.
            let options = FlowOptions {
                mss: 100,
                ..flow(id, hosts::portal(), 51_000 + id as u16, u64::from(id) * 3000)
            };
            let mut c = PortalConnection::new(options, Style::Compact);
            c.open();
            start_tls(&mut c, &success());
            c.start_tls(&peers)?;
            if c.is_resumed() != again {
                return Err(Error::encode("TLS session", format!("resumed: {}", !again)));
            }
            log_in(&mut c);
            c.end_tls()?;
            c.tcp.close(ClientToServer);
            connections.push(c.finish());
        }
    }
    Ok(Capture::new(connections))
}

fn refused() -> Result<Capture> {
    let mut c = portal(0, Style::Compact);
    let no = r#"<Error code="11" server="1001" module="4" line="262" text="TLS is off"/>"#;
    start_tls(&mut c, &Sts::answer(400, "ErrTimeout", 1, "R").xml(no));
    log_in(&mut c);
    talk(&mut c);
    end(c)
}
