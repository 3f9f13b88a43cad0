//! Random small sessions, and random networks under them.

use crate::feed::catalog;
use crate::network::{self, Segment};
use crate::session::{BUILD_2013, BUILD_2025, BUILD_2026, CLIENT, SERVER, Session, exchange};
use gw2_protocol::block::Compression;
use gw2_protocol::connection::Options;
use gw2_protocol::schema::MessageTable;
use gw2_protocol::{Direction, Server};
use gw2_sim::block::Codec;
use gw2_sim::handshake::{GameIdentity, Version};
use gw2_sim::keylog::{FORMS, line};
use gw2_sim::message::{Message, Table};
use gw2_sim::random::{self, Size};
use gw2_sim::rng::Rng;

/// What is done to a session's segments, and what of them is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// Cut and joined only.
    Clean,
    /// Out of order, doubled, overlapping; late segments are handed over.
    Late,
    /// The same; late segments are not handed over, which is TCP's default.
    LateDropped,
    /// Segments are lost as well.
    Lossy,
    /// The same, put in order by TCP.
    InOrder,
}

const NETWORKS: [Network; 5] = [
    Network::Clean,
    Network::Late,
    Network::LateDropped,
    Network::Lossy,
    Network::InOrder,
];

pub struct Case {
    pub session: Session,
    pub network: Network,
    pub options: Options,
    pub key_lines: Vec<String>,
    /// The key log line comes when all segments have come.
    pub late_key: bool,
    pub segments: Vec<Segment>,
}

pub fn tables(session: &Session, build: Option<u32>) -> [&'static MessageTable; 2] {
    let set = catalog().select(build, None).unwrap().set;
    [CLIENT, SERVER].map(|direction| catalog().table(set, session.server.table(direction)))
}

fn sim_table(server: Server, direction: Direction) -> Table {
    match (server, direction) {
        (Server::Login, Direction::ClientToServer) => Table::C2ls,
        (Server::Login, Direction::ServerToClient) => Table::Ls2c,
        (Server::Game, Direction::ClientToServer) => Table::C2gs,
        (Server::Game, Direction::ServerToClient) => Table::Gs2c,
    }
}

fn identity() -> GameIdentity {
    GameIdentity {
        world: 1,
        map: 2,
        player: 3,
        account: [4; 16],
        character: [5; 16],
    }
}

pub fn make(seed: u64) -> (Case, Option<u32>) {
    let mut rng = Rng::new(seed);
    let network = NETWORKS[rng.below(NETWORKS.len() as u64) as usize];
    let build = *rng
        .pick(&[BUILD_2026, BUILD_2026, BUILD_2025, BUILD_2013, BUILD_2013 - 5])
        .unwrap();
    let version = match rng.below(6) {
        0 | 1 => Version::Login,
        2 => Version::Game64(identity()),
        3 => Version::Game86(identity()),
        4 => Version::Game38,
        _ => Version::None,
    };
    let build = (version != Version::None).then_some(build);
    let blocked = rng.chance(85);
    let keys = exchange(rng.below(16) as usize);
    let mut session = Session::new(&version, build.unwrap_or(0), keys, blocked);
    session.open();
    let tables = tables(&session, build);
    for _ in 0..rng.between(1, 14) {
        if rng.chance(10) {
            session.pause();
        }
        let direction = if rng.chance(40) { CLIENT } else { SERVER };
        flush(
            &mut session,
            direction,
            tables[usize::from(direction.code())],
            &mut rng,
        );
    }
    let form = FORMS[rng.below(FORMS.len() as u64) as usize];
    let segments = segments(&session, network, &mut rng);
    let case = Case {
        options: Options {
            compression: if blocked {
                Compression::Auto
            } else {
                Compression::None
            },
            schema: None,
        },
        key_lines: vec![line(keys, form.0, form.1)],
        late_key: rng.chance(15),
        session,
        network,
        segments,
    };
    (case, build)
}

/// One flush of random messages.
fn flush(session: &mut Session, direction: Direction, table: &MessageTable, rng: &mut Rng) {
    let name = sim_table(session.server, direction);
    let mut messages = Vec::new();
    for _ in 0..rng.between(1, 5) {
        let schema = rng.pick(table.schemas()).unwrap();
        let size = if rng.chance(10) { Size::Least } else { Size::Usual };
        let message = random::message(rng, name, schema, size).unwrap();
        messages.extend(message.filter(|m| m.bytes.len() < 400 || rng.chance(3)));
    }
    if !session.side(direction).blocked {
        session.messages(direction, &messages);
        return;
    }
    // The fast-path message ends where its block does.
    let plain: usize = messages.iter().map(|m| m.bytes.len()).sum();
    let fast = table.schemas().iter().find(|schema| schema.parser.is_some());
    if let Some(schema) = fast.filter(|_| rng.chance(50)) {
        let len = *rng.pick(&[14, 25, 26, 38, 44, 62]).unwrap();
        messages.push(Message::raw(name, schema.opcode, &rng.vec(len - 2)));
    }
    let mut cuts: Vec<usize> = (0..rng.below(4))
        .map(|_| rng.between(0, plain as u64) as usize)
        .collect();
    cuts.sort_unstable();
    let codecs = [Codec::Stored, Codec::Lz4, Codec::Lz4, Codec::Zlib, Codec::Deflate];
    let mut at = 0;
    let mut sizes: Vec<(usize, Codec)> = Vec::new();
    for cut in cuts {
        let codec = *rng.pick(&codecs).unwrap();
        // A size of 0 is an empty block; so is a cut where the last one was.
        let codec = if cut == at { Codec::Stored } else { codec };
        sizes.push((cut - at, codec));
        at = cut;
    }
    sizes.push((usize::MAX, *rng.pick(&codecs).unwrap()));
    session.blocks(&messages, &sizes);
}

fn segments(session: &Session, network: Network, rng: &mut Rng) -> Vec<Segment> {
    let total: usize = session.sides.iter().map(|side| side.wire.len()).sum();
    let most = *rng.pick(&[3, 40, 300, 1460, 70_000]).unwrap();
    let most = if total > 1500 { most.max(40) } else { most };
    let percent = *rng.pick(&[0, 30, 90]).unwrap();
    let mut segments = network::coalesce(network::whole(session), percent, rng);
    segments = network::cut_randomly(&segments, most, rng);
    let in_clear = |s: &Segment| s.offset < session.side(s.direction).clear;
    if network == Network::Clean {
        return segments;
    }
    if matches!(network, Network::Lossy | Network::InOrder) {
        let percent = rng.between(1, 25);
        segments.retain(|segment| in_clear(segment) || !rng.chance(percent));
    }
    // Behind its place the handshake is a case of its own (handshakes.rs).
    let percent = rng.between(0, 25);
    network::reorder(&mut segments, percent, rng, |segment| !in_clear(segment));
    let percent = rng.between(0, 15);
    network::overlap(&mut segments, session, percent, rng);
    let percent = rng.between(0, 15);
    network::duplicate(&mut segments, percent, rng);
    match network {
        Network::LateDropped => network::without_late(&segments),
        Network::InOrder => network::in_order(&segments),
        _ => segments,
    }
}
