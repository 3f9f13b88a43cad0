//! The connections of one session.

use super::machine::Machine;
use super::plan::{Plan, Turn};
use super::{Flows, Kind, Member, SECOND};
use crate::block::Codec::{Lz4, Stored};
use crate::connection::Connection;
use crate::demo::{BUILD, connect};
use crate::direction::Direction::{ClientToServer, ServerToClient};
use crate::error::Result;
use crate::handshake::Version;
use crate::hosts::{START_NS, socket};
use crate::message::Message;
use crate::messages::{game, login};
use crate::packet::Endpoint;
use crate::portal::PortalConnection;
use crate::rng::Rng;
use crate::sts::{Sts, Style};
use crate::tcp::MS;

/// How long after the beginning login sends the client to the first game server.
const SENT_AFTER: u64 = 3 * SECOND;

/// A game connection to come.
struct Stage {
    server: Endpoint,
    start_ns: u64,
    end_ns: u64,
    /// How it ends, unless it is the last.
    turn: Option<Turn>,
    /// The message that sends the client here.
    announced: Message,
    /// Login's, not the game's before.
    by_login: bool,
}

/// Makes the connections and tells which they are.
pub(super) fn play(
    plan: &Plan,
    machine: &mut Machine,
    rng: &mut Rng,
    flows: &mut Flows,
) -> Result<Vec<Member>> {
    let stages = stages(plan, machine, rng)?;
    let mut members = Vec::new();
    if plan.login_captured {
        members.push(log_in(plan, &stages, machine, rng, flows)?);
    }
    for (n, stage) in stages.iter().enumerate() {
        let next = stages.get(n + 1).filter(|_| stage.turn == Some(Turn::ByGame));
        let announced_in_capture = plan.login_captured || !stage.by_login;
        let mut member = enter(stage, next, machine, rng, flows)?;
        member.announced.take_if(|_| !announced_in_capture);
        members.push(member);
    }
    let end = stages.last().map_or(plan.start_ns, |stage| stage.end_ns);
    members.extend(portals(plan, end, machine, rng, flows));
    Ok(members)
}

fn stages(plan: &Plan, machine: &Machine, rng: &mut Rng) -> Result<Vec<Stage>> {
    let mut stages: Vec<Stage> = Vec::new();
    let mut start_ns = START_NS + plan.start_ns + SENT_AFTER;
    let mut before = None;
    for &(length, turn) in &plan.turns {
        // Where nobody announced the first server, a port of other protocols would be theirs.
        let is_known = plan.login_captured || before.is_some();
        let games = machine.games.iter().copied();
        let servers: Vec<_> = games.filter(|game| is_known || game.port > 1_024).collect();
        let last = stages.last();
        let stage = match (before, last) {
            (Some(Turn::Reset | Turn::Silence), Some(last)) => Stage {
                server: last.server,
                start_ns: start_ns + rng.between(2, 25) * SECOND,
                end_ns: start_ns + length,
                turn,
                announced: last.announced.clone(),
                by_login: last.by_login,
            },
            _ => {
                let server = rng.pick(&servers).copied().unwrap_or(machine.login);
                let by_login = before != Some(Turn::ByGame);
                Stage {
                    server,
                    start_ns: start_ns + rng.between(100, 2_500) * MS,
                    end_ns: start_ns + length,
                    turn,
                    announced: announcement(rng, by_login, server)?,
                    by_login,
                }
            }
        };
        start_ns = stage.end_ns;
        before = stage.turn;
        stages.push(stage);
    }
    Ok(stages)
}

fn announcement(rng: &mut Rng, by_login: bool, server: Endpoint) -> Result<Message> {
    let number = rng.u32() >> 8;
    match (by_login, rng.chance(50)) {
        (true, _) => login::refer_to_game_server(number, 50, socket(server)),
        (false, true) => game::move_to(socket(server), number),
        (false, false) => game::server_address(number, socket(server)),
    }
}

/// The login connection, with all that it announces.
fn log_in(
    plan: &Plan,
    stages: &[Stage],
    machine: &mut Machine,
    rng: &mut Rng,
    flows: &mut Flows,
) -> Result<Member> {
    let start = START_NS + plan.start_ns;
    let server = machine.login;
    let options = flows.open(machine, rng, server, start);
    let flow = options.id;
    let mut c = Connection::new(options, BUILD, Version::Login);
    c.open();
    let mail = "player@example.com";
    c.client(&[
        login::computer_user_name("player", "PC")?,
        login::client_session_info(1, machine.account, rng.bytes(), mail)?,
    ])?;
    c.tcp.wait(40 * MS);
    c.server(
        &[
            login::account_info(1, machine.account, rng.bytes())?,
            login::character_info(1, machine.character, 0, "Aurelia Thorne", vec![7; 90])?,
        ],
        Lz4,
    )?;
    let mut sent: Option<&Message> = None;
    for stage in stages.iter().filter(|stage| stage.by_login) {
        // One that comes again is not sent again.
        if sent == Some(&stage.announced) {
            continue;
        }
        idle_until(&mut c, stage.start_ns - 90 * MS)?;
        c.server(std::slice::from_ref(&stage.announced), Stored)?;
        sent = Some(&stage.announced);
    }
    if plan.login_stays {
        let end = stages.last().map_or(start, |stage| stage.end_ns);
        idle_until(&mut c, end)?;
    }
    c.tcp.wait(500 * MS);
    c.tcp.close(ClientToServer);
    flows.add(c.finish());
    Ok(Member {
        flow,
        kind: Kind::Login,
        server,
        announced: None,
    })
}

/// Pings login now and then.
fn idle_until(c: &mut Connection, until_ns: u64) -> Result<()> {
    while c.tcp.now_ns() + 200 * SECOND < until_ns {
        c.tcp.wait(180 * SECOND);
        c.client(&[login::ping(180_000)?])?;
    }
    c.tcp.advance_to(until_ns);
    Ok(())
}

/// A game connection, which announces the `next` one.
fn enter(
    stage: &Stage,
    next: Option<&Stage>,
    machine: &mut Machine,
    rng: &mut Rng,
    flows: &mut Flows,
) -> Result<Member> {
    let options = flows.open(machine, rng, stage.server, stage.start_ns);
    let flow = options.id;
    let mut c = Connection::new(options, BUILD, machine.version());
    c.open();
    c.client(&[game::world_entry_2()?])?;
    let mut tick = 1_000;
    while c.tcp.now_ns() + 150 * SECOND < stage.end_ns {
        c.tcp.wait(rng.between(60, 140) * SECOND);
        tick += 2_500;
        c.client(&[game::movement(tick, [347.5, 622.25, -19.9], [2, 1, 0])?])?;
        c.tcp.wait(20 * MS);
        c.server(&[game::latency(34)?, game::push([tick, 40, 160, 3])?], Lz4)?;
    }
    match next {
        Some(next) => {
            c.tcp.advance_to(next.start_ns - 80 * MS);
            c.server(std::slice::from_ref(&next.announced), Stored)?;
        }
        None => c.tcp.advance_to(stage.end_ns),
    }
    match stage.turn {
        Some(Turn::Reset) => c.tcp.reset(ServerToClient),
        Some(Turn::Silence) => {}
        _ => c.tcp.close(ClientToServer),
    }
    flows.add(c.finish());
    Ok(Member {
        flow,
        kind: Kind::Game,
        server: stage.server,
        announced: Some(stage.announced.clone()),
    })
}

/// The portal connections: one after the other, the last of which outlasts the game.
fn portals(plan: &Plan, end_ns: u64, machine: &mut Machine, rng: &mut Rng, flows: &mut Flows) -> Vec<Member> {
    let start = START_NS + plan.start_ns + if plan.portal_first { 2 * SECOND } else { 7 * SECOND };
    let length = end_ns.saturating_sub(start) / plan.portals as u64;
    (0..plan.portals as u64)
        .map(|n| {
            let begin = start + n * length + rng.between(0, 900) * MS;
            let last = n + 1 == plan.portals as u64;
            let end = if last {
                end_ns + rng.between(1, 60) * SECOND
            } else {
                begin + length
            };
            let server = machine.portal;
            let options = flows.open(machine, rng, server, begin);
            let flow = options.id;
            let mut c = PortalConnection::new(options, Style::Compact);
            c.open();
            if plan.portal_coded {
                c.encrypt();
            }
            c.client(&connect(u32::from(options.client.port)));
            c.client(&Sts::request("/Group/GroupInfo", 1, 4_000));
            c.tcp.wait(40 * MS);
            c.server(&Sts::answer(200, "OK", 1, "R").xml("<Reply>\n<Members>2</Members>\n</Reply>"));
            while c.tcp.now_ns() + 120 * SECOND < end {
                c.tcp.wait(100 * SECOND);
                c.client(&Sts::notice("/Sts/Ping"));
            }
            c.tcp.advance_to(end - 2 * SECOND);
            c.tcp.close(ClientToServer);
            flows.add(c.finish());
            Member {
                flow,
                kind: Kind::Portal,
                server,
                announced: None,
            }
        })
        .collect()
}
