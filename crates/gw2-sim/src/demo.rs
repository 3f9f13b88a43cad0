//! The sample session: one player logs in, walks about, fights; the portal runs beside.

use crate::block::Codec::{Lz4, Stored};
use crate::capture::Capture;
use crate::connection::{Chunk, Connection, Finished};
use crate::direction::Direction::ClientToServer;
use crate::error::Result;
use crate::handshake::{GameIdentity, Version};
use crate::hosts::{self, START_NS};
use crate::messages::{game, login};
use crate::portal::PortalConnection;
use crate::scenarios::flow;
use crate::sts::{Sts, Style};
use crate::tcp::MS;

/// The client build whose tables the session follows.
pub const BUILD: u32 = 205_780;

const ACCOUNT: [u8; 16] = *b"\x3b\x5e\x1c\x7a\x90\x42\x4f\xd1\x8a\x66\x01\xc2\x5d\x77\xe8\x10";
const CHARACTER: [u8; 16] = *b"\xa1\x09\x77\x52\x3e\xcc\x41\x0b\x9d\x2f\x84\x61\xf0\x13\x5b\x22";
const MAP: u32 = 50;
const AGENT: u16 = 155;
const NAME: &str = "Aurelia Thorne";
/// Game units a second of a running character, in wire units (32 game units each) a tick of 40 ms.
const STEP: f32 = 294.0 / 32.0 * 0.04;
const FIRST_TICK: u32 = 79_090;

/// The whole session.
pub fn demo() -> Result<Capture> {
    Ok(Capture::new(vec![
        login_session()?,
        portal_session(),
        game_session()?,
    ]))
}

/// The login connection: up to the hand-off to the game server.
fn login_session() -> Result<Finished> {
    let mut c = Connection::new(flow(0, hosts::login(), 51_820, 0), BUILD, Version::Login);
    c.open();
    c.client(&[
        login::computer_user_name("aurelia", "TYRIA-PC")?,
        login::computer_info(1, *b"sim-hardware-001")?,
        login::client_session_info(1, ACCOUNT, [0x5c; 16], "aurelia@example.com")?,
    ])?;
    c.tcp.wait(42 * MS);
    c.server(&[login::computer_info_reply(1)?], Stored)?;
    c.tcp.wait(12 * MS);
    let mut list = vec![
        login::account_info(1, ACCOUNT, [0x5c; 16])?,
        login::account_medals(1, vec![0; 96])?,
    ];
    for (slot, name) in ["Aurelia Thorne", "Brakk Ironmaw", "Zizzi the Bright"]
        .into_iter()
        .enumerate()
    {
        let mut id = CHARACTER;
        id[15] ^= slot as u8;
        let look = (0..140).map(|n: u32| (n / 7 + slot as u32) as u8).collect();
        list.push(login::character_info(1, id, slot as u32, name, look)?);
    }
    list.push(login::client_sync([1, 0, 3, 0, 0])?);
    c.server(&list, Lz4)?;
    c.tcp.wait(310 * MS);
    c.client(&[login::ping(310)?])?;
    c.tcp.wait(33 * MS);
    c.server(&[login::ping_reply(310)?], Stored)?;
    c.tcp.wait(900 * MS);
    c.client(&[login::character_select(2, NAME)?])?;
    c.tcp.wait(35 * MS);
    c.server(&[login::client_sync([2, 0, 0, 0, 0])?], Stored)?;
    c.tcp.wait(60 * MS);
    c.client(&[login::request_game_server([3, 1, MAP, 0, 0, 0], CHARACTER)?])?;
    c.tcp.wait(88 * MS);
    c.server(
        &[
            login::game_server_info(1, 2, 0)?,
            login::refer_to_game_server(3, MAP, hosts::socket(hosts::game()))?,
            login::client_sync([3, 0, 0, 0, 0])?,
        ],
        Stored,
    )?;
    c.tcp.wait(700 * MS);
    c.tcp.close(ClientToServer);
    Ok(c.finish())
}

/// The game connection: world entry, a walk with some fighting.
fn game_session() -> Result<Finished> {
    let identity = GameIdentity {
        world: 2012,
        map: MAP,
        player: 0x0001_86a1,
        account: ACCOUNT,
        character: CHARACTER,
    };
    let mut c = Connection::new(
        flow(2, hosts::game(), 51_822, 1_640),
        BUILD,
        Version::Game64(identity),
    );
    c.open();
    enter_world(&mut c)?;
    let begin = c.tcp.now_ns().max(START_NS + 5_600 * MS);
    let path = walk(150);
    for (n, position) in path.iter().enumerate() {
        let tick = FIRST_TICK + n as u32;
        c.tcp.advance_to(begin + n as u64 * 40 * MS);
        move_once(&mut c, n, tick, *position)?;
        c.tcp.wait(6 * MS);
        live_world(&mut c, n, tick, *position)?;
    }
    c.tcp.wait(120 * MS);
    c.server(&[game::player_remove(3)?], Stored)?;
    c.tcp.wait(500 * MS);
    c.tcp.close(ClientToServer);
    Ok(c.finish())
}

fn enter_world(c: &mut Connection) -> Result<()> {
    let start = c.tcp.now_ns();
    c.tcp.wait(3 * MS);
    c.client(&[game::world_entry_1(NAME, "en")?])?;
    c.tcp.wait(2 * MS);
    c.client(&[game::world_entry_2()?])?;
    c.tcp.wait(40 * MS);
    c.server(
        &[
            game::world_load_start([347.5, 622.25, -19.9], MAP as u16)?,
            game::performance_request()?,
        ],
        Stored,
    )?;
    c.tcp.wait(18 * MS);
    c.client(&[game::performance_response(16)?])?;
    // A table of strings too long for its block: the message goes on in the next one.
    let names: Vec<(String, u32)> = (0..24)
        .map(|n| (format!("match/team_{n:02}/banner.colour"), n * 37))
        .collect();
    let chunk = |length, codec| Chunk {
        length,
        codec,
        flush: false,
    };
    c.tcp.wait(20 * MS);
    c.server_chunks(
        &[game::latency(34)?, game::match_string_table(&names)?],
        &[chunk(400, Lz4)],
    )?;
    c.tcp.advance_to(start + 466 * MS);
    c.client(&[game::world_entry_3()?])?;
    c.tcp.wait(45 * MS);
    let mut players = Vec::new();
    for (index, name) in [NAME, "Brakk Ironmaw", "Sieglinde Frost", "Ondřej Větrník"]
        .into_iter()
        .enumerate()
    {
        let mut key = CHARACTER;
        key[0] = index as u8;
        players.push(game::player_add(index as u32, name, key, u32::from(index == 0))?);
    }
    c.server(&players, Lz4)?;
    c.tcp.wait(MS);
    let mut skills = vec![game::skill_tables_reset(0)?];
    for (slot, skill) in [4614u32, 4651, 9083, 9146, 9125, 9084, 9152, 9128, 9168, 9154]
        .into_iter()
        .enumerate()
    {
        skills.push(game::skill_configured(skill, slot as u8, 0, 0)?);
        skills.push(game::skillbar_slot(skill, slot as u8)?);
    }
    c.server(&skills, Lz4)?;
    c.tcp.advance_to(start + 635 * MS);
    c.client(&[game::load_complete()?])?;
    let mut agents = Vec::new();
    for n in 0..12u16 {
        let place = [
            340.0 + f32::from(n) * 2.5,
            610.0 + f32::from(n % 4) * 6.0,
            -19.9,
            0.0,
        ];
        agents.push(game::agent_object(
            160 + n,
            7000 + u32::from(n),
            (n % 3 != 2).then_some(place),
        )?);
    }
    c.tcp.wait(700 * MS);
    c.server(&agents, Lz4)?;
    c.tcp.wait(5 * MS);
    c.client(&[game::after_entry()?, game::single_sender_120(18_312, 1)?])
}

/// A round course: out, a quarter turn, and on, never faster than a character runs.
fn walk(steps: usize) -> Vec<[f32; 3]> {
    let (mut x, mut y) = (347.5f32, 622.25f32);
    (0..steps)
        .map(|n| {
            let heading = (n as f32 * 0.021).sin() * 1.6;
            x += heading.cos() * STEP;
            y += heading.sin() * STEP;
            [x, y, -19.9 + (n as f32 * 0.05).sin() * 0.4]
        })
        .collect()
}

/// What the client sends at one tick: its place, sometimes two ticks in one flush, and what the player does.
fn move_once(c: &mut Connection, n: usize, tick: u32, position: [f32; 3]) -> Result<()> {
    let state = if n % 50 > 44 { [0, 0, 0xf7] } else { [2, 1, 0] };
    let mut flush = vec![game::movement(tick, position, state)?];
    if n % 25 == 24 {
        flush.push(game::movement(tick + 1, position, [0, 0, 0])?);
    }
    match n {
        20 => flush.push(game::select_agent(172)?),
        30 | 55 | 80 | 105 => flush.push(game::use_skill(AGENT, tick, 0x8020_6a86, vec![0x29, 0x05])?),
        62 => flush.push(game::heartbeat(40)?),
        _ => {}
    }
    c.client(&flush)
}

/// What the server pushes meanwhile.
fn live_world(c: &mut Connection, n: usize, tick: u32, position: [f32; 3]) -> Result<()> {
    if n.is_multiple_of(5) {
        let other = [position[0] + 9.0, position[1] - 4.0, position[2], 0.0];
        let agent = 160 + (n / 5 % 12) as u16;
        c.server(
            &[
                game::push([tick, 40, u32::from(agent), 3])?,
                game::agent_object(agent, tick, Some(other))?,
            ],
            if n.is_multiple_of(10) { Stored } else { Lz4 },
        )?;
    }
    match n {
        31 | 56 | 81 | 106 => c.server(
            &[
                game::attack_target(u32::from(AGENT), 172)?,
                game::buff_apply(172, u32::from(AGENT), 9083, 740 + n as u32, 8_000)?,
                game::skillbar_slot(9083, 2)?,
                game::skill_configured(4614, 2, 0, 1)?,
                game::character_two_floats(0, 0.85, 1.0)?,
            ],
            Lz4,
        ),
        75 => c.server(&[game::performance_request()?, game::latency(31)?], Stored),
        76 => c.client(&[game::performance_response(17)?]),
        120 => c.server(&[game::buff_deactivate(172, 771, 0)?], Stored),
        _ => Ok(()),
    }
}

/// The portal connection, in clear: the server refuses TLS.
fn portal_session() -> Finished {
    let mut c = PortalConnection::new(flow(1, hosts::portal(), 51_821, 620), Style::Compact);
    c.open();
    c.client(&connect(51_821));
    c.client(&Sts::request("/Auth/StartTls", 1, 0));
    c.tcp.wait(36 * MS);
    c.server(
        &Sts::answer(400, "ErrNotSupported", 1, "R")
            .xml(r#"<Error code="11" server="1001" module="4" line="262" text="TLS is off"/>"#),
    );
    c.tcp.wait(80 * MS);
    let group = "<Request>\n<GroupId>7C2B0E15-22AA-4D10-8E58-9A3F0B6D4C21</GroupId>\n</Request>";
    c.client(&Sts::request("/Group/GroupInfo", 2, 4000).xml(group));
    c.client(&Sts::request("/Game.com.Wallet/WalletInfo", 3, 30_000));
    c.tcp.wait(41 * MS);
    // Answers come in their own order.
    c.server(&Sts::answer(200, "OK", 3, "R").xml(
        "<Reply>\n<Currency id=\"1\">1204517</Currency>\n<Currency id=\"2\">8810</Currency>\n<Gems>400</Gems>\n</Reply>",
    ));
    c.tcp.wait(9 * MS);
    c.server(&Sts::answer(200, "OK", 2, "R").xml(
        "<Reply>\n<GroupId>7C2B0E15-22AA-4D10-8E58-9A3F0B6D4C21</GroupId>\n<Name>Evening Watch</Name>\n<Members>2</Members>\n</Reply>",
    ));
    c.tcp.wait(700 * MS);
    c.server(&presence("Brakk.1234", "online", 50));
    c.tcp.wait(1_900 * MS);
    c.client(&Sts::request("/Account/ListMyGameAccounts", 4, 4000));
    for part in ["r1", "r2", "R3"] {
        c.tcp.wait(34 * MS);
        let body = format!(
            "<Reply type=\"array\">\n<Row>\n<GameCode>gw2</GameCode>\n<Alias>gw2-{part}</Alias>\n</Row>\n</Reply>"
        );
        c.server(&Sts::answer(200, "OK", 4, part).xml(&body));
    }
    c.tcp.wait(1_600 * MS);
    c.client(&Sts::notice("/Sts/Ping"));
    c.tcp.wait(600 * MS);
    c.client(&Sts::request("/Group/GroupInfo", 5, 4000).xml("<Request>\n<GroupId>0</GroupId>\n</Request>"));
    c.tcp.wait(38 * MS);
    c.server(
        &Sts::answer(400, "ErrNotFound", 5, "R")
            .xml(r#"<Error code="1007" server="1004" module="9" line="1130" text="No such group"/>"#),
    );
    c.tcp.wait(1_300 * MS);
    c.server(&presence("Sieglinde.7781", "away", 50));
    c.server(&presence("Brakk.1234", "offline", 0));
    c.tcp.wait(3_500 * MS);
    c.client(&Sts::notice("/Sts/Ping"));
    c.tcp.wait(2_000 * MS);
    c.tcp.close(ClientToServer);
    c.finish()
}

/// `/Sts/Connect`, as a client sends it first.
pub fn connect(process: u32) -> Sts {
    Sts::notice("/Sts/Connect").xml(&format!(
        "<Connect>\n<ConnType>400</ConnType>\n<Address>192.168.1.42</Address>\n<ProductType>0</ProductType>\n\
         <ProductName>Gw2-64</ProductName>\n<AppIndex>1</AppIndex>\n<Epoch>795204000</Epoch>\n\
         <Program>101</Program>\n<Build>1004</Build>\n<Process>{process}</Process>\n</Connect>"
    ))
}

/// A push of the server: somebody's presence.
pub fn presence(user: &str, status: &str, map: u32) -> Sts {
    Sts::notice("/Presence/UserInfo").xml(&format!(
        "<Message>\n<UserName>{user}</UserName>\n<Status>{status}</Status>\n<MapId>{map}</MapId>\n</Message>"
    ))
}
