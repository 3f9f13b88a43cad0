//! When a client plays, and what happens to it.

use super::SECOND;
use crate::rng::Rng;
use crate::tcp::MS;

/// How the next game connection comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// Login sends the client to another server.
    ByLogin,
    /// The game server sends it on.
    ByGame,
    /// The connection is reset, and the client connects again.
    Reset,
    /// The connection goes silent, and the client connects again.
    Silence,
}

/// One session.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// When it begins, after the day's beginning.
    pub start_ns: u64,
    /// How long each of its game connections lasts, and how the next one comes about.
    pub turns: Vec<(u64, Option<Turn>)>,
    /// Whether the login connection is in the capture.
    pub login_captured: bool,
    /// Whether login stays connected while the client plays.
    pub login_stays: bool,
    /// Whether the portal connection is opened before the game's.
    pub portal_first: bool,
    /// How often the portal connection is opened anew.
    pub portals: usize,
    /// Whether the portal's text is coded with RC4.
    pub portal_coded: bool,
}

/// How many sessions a client plays.
const SESSIONS: [usize; 8] = [7, 7, 6, 6, 6, 6, 6, 6];

/// Sessions of which the login was not captured: client and number.
const LOGIN_LOST: [(usize, usize); 3] = [(1, 2), (4, 3), (6, 1)];

/// The first clients, which share an address, begin together each time, a moment apart.
const TOGETHER: usize = 3;

/// The sessions of a client, one after the other.
pub(super) fn of_client(client: usize, rng: &mut Rng) -> Vec<Plan> {
    let mut now = client as u64 * 400 * MS;
    let count = SESSIONS.get(client).copied().unwrap_or(0);
    (0..count)
        .map(|number| {
            if client < TOGETHER {
                now = number as u64 * 3 * 3_600 * SECOND + client as u64 * 400 * MS;
            }
            let plan = session(client, number, now, rng);
            let length: u64 = plan.turns.iter().map(|(length, _)| length).sum();
            // The fourth client starts anew as soon as it has ended.
            let pause = if client == 3 {
                rng.between(12, 50)
            } else {
                rng.between(300, 7_000)
            };
            now += length + pause * SECOND;
            plan
        })
        .collect()
}

fn session(client: usize, number: usize, start_ns: u64, rng: &mut Rng) -> Plan {
    const TURNS: [Turn; 4] = [Turn::ByLogin, Turn::ByGame, Turn::Reset, Turn::Silence];
    let login_captured = !LOGIN_LOST.contains(&(client, number));
    let count = rng.between(1, 5) as usize;
    let turns: Vec<_> = (1..=count)
        .map(|n| {
            let turn = rng.pick(&TURNS).copied().filter(|_| n < count);
            // Nobody could know where a login that was not captured sends the client, nor that it comes again without
            // having been sent.
            let turn = turn.map(|turn| if login_captured { turn } else { Turn::ByGame });
            (rng.between(240, 1_500) * SECOND, turn)
        })
        .collect();
    let login_stays = turns.iter().any(|(_, turn)| *turn == Some(Turn::ByLogin));
    Plan {
        start_ns,
        login_stays: login_stays || rng.chance(30),
        turns,
        login_captured,
        portal_first: login_captured && rng.chance(50),
        portals: rng.between(1, 3) as usize,
        portal_coded: rng.chance(25),
    }
}
