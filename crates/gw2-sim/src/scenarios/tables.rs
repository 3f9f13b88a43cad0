//! Every message of a schema set, with random values: nothing, the usual, the greatest.

use super::{Scenario, flow};
use crate::block::Codec::{Lz4, Stored};
use crate::capture::Capture;
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::handshake::Version;
use crate::hosts;
use crate::message::{Message, Table};
use crate::random::{Size, message};
use crate::rng::Rng;
use crate::tcp::MS;
use gw2_protocol::schema::{BUILTIN_FILES, parse};

pub(super) const SCENARIOS: &[Scenario] = &[
    Scenario::new(
        "all-2026",
        "every game message of build 205780 three times: least, usual, greatest values",
        || game("2026-205780", 205_780),
    ),
    Scenario::new("all-2025", "the same of the 2025-08 tables", || {
        game("2025-08", crate::samples::BUILD_2025)
    }),
    Scenario::new("all-2013", "the same of the 2013 tables", || {
        game("2013-21315", 21_315)
    }),
    Scenario::new(
        "all-login",
        "every login message of the 2013 tables three times",
        login,
    ),
];

fn game(set: &str, build: u32) -> Result<Capture> {
    let c = Connection::new(flow(0, hosts::game(), 50_000, 0), build, Version::Game38);
    every_message(c, set, Table::C2gs, Table::Gs2c)
}

fn login() -> Result<Capture> {
    let c = Connection::new(flow(0, hosts::login(), 50_000, 0), 21_315, Version::Login);
    every_message(c, "2013-21315", Table::C2ls, Table::Ls2c)
}

/// The client's messages, up to four a flush; then the server's, up to eight a block.
fn every_message(mut c: Connection, set: &str, client: Table, server: Table) -> Result<Capture> {
    let mut rng = Rng::new(0xa11);
    c.open();
    let messages = draw(&mut rng, set, client)?;
    let mut rest = messages.as_slice();
    while !rest.is_empty() {
        let (flush, tail) = rest.split_at(rest.len().min(rng.between(1, 4) as usize));
        rest = tail;
        c.client(flush)?;
        c.tcp.wait(40 * MS);
    }
    let messages = draw(&mut rng, set, server)?;
    let mut rest = messages.as_slice();
    while !rest.is_empty() {
        // Eight of the longest would not fit a block.
        let (block, tail) = rest.split_at(rest.len().min(rng.between(1, 7) as usize));
        rest = tail;
        c.server(block, if rng.chance(60) { Lz4 } else { Stored })?;
        c.tcp.wait(40 * MS);
    }
    Ok(Capture::new(vec![c.finish()]))
}

fn draw(rng: &mut Rng, set: &str, table: Table) -> Result<Vec<Message>> {
    let name = format!("{set}/{}.schema", table.name());
    let file = BUILTIN_FILES.iter().find(|(path, _)| path.ends_with(&name));
    let (path, text) = file.ok_or_else(|| Error::encode(&name, "no built-in schema file is called so"))?;
    let (parsed, errors) = parse(path, text);
    let parsed =
        parsed.ok_or_else(|| Error::encode(&name, format!("the file does not parse: {errors:?}")))?;
    let mut messages = Vec::new();
    for schema in &parsed.messages {
        for size in [Size::Least, Size::Usual, Size::Greatest] {
            messages.extend(message(rng, table, schema, size)?);
        }
    }
    Ok(messages)
}
