//! A row for each play session: who, when, which build; below it servers, messages and bytes.

use super::utc;
use crate::present::Show;
use crate::sessions;
use gw2_protocol::session::{Joined, Kind, Summary};
use gw2_protocol::stream::Item;
use gw2_protocol::{Direction, Table};
use std::fmt::Write;
use wireshark_ffi::{Amount, StatsTreeTap, Thrown, Tick};

/// What a segment, or a record inside TLS, carried.
pub struct Carried {
    table: &'static str,
    messages: i32,
    bytes: i32,
    /// Its payload stays encrypted.
    is_encrypted: bool,
    /// It is the packet's first.
    is_first: bool,
}

impl Carried {
    /// What a segment of login or game completed.
    pub fn of_binary(table: Table, items: &[Item]) -> Self {
        let mut carried = Self {
            table: table.tag(),
            messages: 0,
            bytes: 0,
            is_encrypted: items.iter().any(Item::is_encrypted),
            is_first: true,
        };
        for item in items {
            let (count, len) = match *item {
                Item::Messages { count, len, .. } => (count, len),
                Item::Failed { len, .. } => (1, len),
                _ => continue,
            };
            let count = i32::try_from(count).unwrap_or(i32::MAX);
            carried.add(count, usize::try_from(len).unwrap_or(usize::MAX));
        }
        carried
    }

    /// Portal text, of which nothing is counted yet.
    pub fn of_portal(direction: Direction, is_first: bool) -> Self {
        let table = match direction {
            Direction::ClientToServer => "c2ps",
            Direction::ServerToClient => "ps2c",
        };
        Self {
            table,
            messages: 0,
            bytes: 0,
            is_encrypted: false,
            is_first,
        }
    }

    /// Counts messages of so many bytes together.
    pub fn add(&mut self, messages: i32, bytes: usize) {
        self.messages = self.messages.saturating_add(messages);
        self.bytes = self
            .bytes
            .saturating_add(i32::try_from(bytes).unwrap_or(i32::MAX));
    }
}

/// Counts what a segment brought to its session.
pub fn count(tap: StatsTreeTap, show: &Show<'_, '_>, joined: Joined, carried: Carried) -> Result<(), Thrown> {
    let packet = show.packet;
    let sessions = sessions::of(packet).try_borrow()?;
    let Some(summary) = sessions.summary(joined.session) else {
        return Ok(());
    };
    let server = sessions.connection(joined).map(|(kind, ends)| {
        let end = ends.map_or_else(|| "not over IP".to_owned(), |ends| ends.server.to_string());
        format!("{} {end}", name(kind))
    });
    // Padded, so that rows sorted by their text are in the order of their numbers.
    let session = format!("Session {:>4}", joined.session);
    let text = format!("{session}: {}", describe(&summary, sessions::time(packet)));
    let packets = i32::from(carried.is_first);
    let payload = if carried.is_encrypted { "encrypted" } else { "read" };
    let server = server.unwrap_or_default();
    let row = [&*session];
    let counts = [
        ([&*session, "Packets by server", &*server], packets),
        ([&*session, "Packets by payload", payload], packets),
        ([&*session, "Messages", carried.table], carried.messages),
        ([&*session, "Message bytes", carried.table], carried.bytes),
    ];
    let of_row = [Amount::Add(packets), Amount::Text(&text)].map(|amount| Tick { path: &row, amount });
    let below = counts.iter().filter(|(_, count)| *count > 0);
    let below = below.map(|(path, count)| Tick {
        path,
        amount: Amount::AddBelowTop(*count),
    });
    let ticks: Vec<_> = of_row.into_iter().chain(below).collect();
    tap.queue(packet, &ticks);
    Ok(())
}

/// Client, build, from when to when, and how much of it can be read.
fn describe(summary: &Summary, end: i64) -> String {
    let mut text = match summary.client {
        Some(client) => format!("{client}, "),
        None => String::new(),
    };
    // Writing to a string cannot fail.
    let _ = match summary.build {
        Some(build) => write!(text, "build {build}, "),
        None => write!(text, "build unknown, "),
    };
    let _ = write!(text, "{} to {}, ", utc::text(summary.start), utc::text(end));
    let _ = match (summary.read, summary.connections) {
        (read, all) if read == all => write!(text, "decrypted"),
        (0, _) => write!(text, "encrypted"),
        (read, all) => write!(text, "{read} of {all} connections decrypted"),
    };
    text
}

fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Login => "login",
        Kind::Game => "game",
        Kind::Portal => "portal",
    }
}
