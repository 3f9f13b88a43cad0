//! A long capture for benchmarks: many connections side by side, written as it is made.

use crate::block::{Codec, encode_block};
use crate::capture::CaptureFile;
use crate::connection::Connection;
use crate::demo::BUILD;
use crate::direction::Direction;
use crate::error::{Error, Result};
use crate::handshake::Version;
use crate::hosts;
use crate::message::Message;
use crate::messages::game;
use crate::packet::Packet;
use crate::portal::PortalConnection;
use crate::rng::Rng;
use crate::scenarios::flow;
use crate::sts::{Sts, Style};
use crate::tcp::MS;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// How many game connections run side by side, and how many portal connections beside them.
const GAMES: u16 = 20;
const PORTALS: u16 = 2;

/// Of the bytes of a game connection, so many of a hundred are the server's.
const SERVER_SHARE: u64 = 70;

/// So long goes by before what was made is written, in nanoseconds.
const SLICE: u64 = 500 * MS;

/// The files that [`write`] wrote.
#[derive(Debug, Clone)]
pub struct Load {
    /// The capture.
    pub capture: PathBuf,
    /// The key log.
    pub keys: PathBuf,
    /// How many packets there are.
    pub packets: usize,
    /// Plaintext of game messages, bytes, both directions.
    pub plaintext: u64,
}

/// Writes `load.pcapng`, of at least so many bytes, and `load.keys` into `folder`, which is made when missing: twenty game
/// connections of build 205780, seven tenths of their bytes server blocks, and two portal connections. The same seed gives
/// the same bytes.
pub fn write(folder: &Path, bytes: u64, seed: u64) -> Result<Load> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::Write { path, source }
    };
    std::fs::create_dir_all(folder).map_err(failed(folder))?;
    let (capture, keys) = (folder.join("load.pcapng"), folder.join("load.keys"));
    let output = BufWriter::new(File::create(&capture).map_err(failed(&capture))?);
    let mut file = CaptureFile::begin(output)?;
    let mut games: Vec<Game> = (0..GAMES).map(|number| Game::new(number, seed)).collect();
    let mut portals: Vec<Portal> = (0..PORTALS).map(Portal::new).collect();
    let key_log: String = games
        .iter()
        .map(|game| format!("{}\n", game.key_line()))
        .collect();

    let (mut waiting, mut until): (Vec<Packet>, u64) = (Vec::new(), hosts::START_NS);
    let (mut packets, mut written) = (0, 0);
    let mut last = false;
    while !last {
        last = written >= bytes;
        until += SLICE;
        for game in &mut games {
            game.run(until)?;
            waiting.extend(game.connection.take_packets());
        }
        for portal in &mut portals {
            portal.run(until);
            waiting.extend(portal.connection.take_packets());
        }
        // A connection can be ahead of the others by its last packets: these wait.
        waiting.sort_by_key(|packet| packet.time_ns);
        let ready = match last {
            true => waiting.len(),
            false => waiting.partition_point(|packet| packet.time_ns < until),
        };
        for packet in waiting.drain(..ready) {
            written += packet.payload.len() as u64 + 96;
            file.packet(&packet)?;
            packets += 1;
        }
    }
    file.finish().flush().map_err(failed(&capture))?;
    std::fs::write(&keys, key_log).map_err(failed(&keys))?;
    let plaintext = games.iter().map(|game| game.sent.iter().sum::<u64>()).sum();
    Ok(Load {
        capture,
        keys,
        packets,
        plaintext,
    })
}

/// What both sides of one such game connection send before encryption, flush by flush, at least so many bytes: bare messages
/// of the client, blocks of the server.
pub fn flushes(bytes: usize, seed: u64) -> Result<Vec<(Direction, Vec<u8>)>> {
    let mut game = Game::new(0, seed);
    let (mut flushes, mut made) = (Vec::new(), 0);
    while made < bytes {
        let (direction, messages) = game.next()?;
        let plain: Vec<u8> = messages.into_iter().flat_map(|message| message.bytes).collect();
        let flush = match direction {
            Direction::ClientToServer => plain,
            Direction::ServerToClient => encode_block(Codec::Lz4, &plain)?,
        };
        made += flush.len();
        flushes.push((direction, flush));
    }
    Ok(flushes)
}

/// A client that moves and fights, and the server that tells it of the others.
struct Game {
    connection: Connection,
    rng: Rng,
    tick: u32,
    /// Plaintext of each direction, bytes.
    sent: [u64; 2],
}

impl Game {
    fn new(number: u16, seed: u64) -> Self {
        let options = flow(
            u32::from(number),
            hosts::game(),
            52_000 + number,
            u64::from(number) * 7,
        );
        let mut connection = Connection::new(options, BUILD, Version::Game38);
        connection.open();
        Self {
            connection,
            rng: Rng::new(seed ^ u64::from(number) << 32),
            tick: 1_000,
            sent: [0; 2],
        }
    }

    fn key_line(&self) -> String {
        self.connection.key_lines().concat()
    }

    /// Goes on until then.
    fn run(&mut self, until: u64) -> Result<()> {
        while self.connection.tcp.now() < until {
            match self.next()? {
                (Direction::ClientToServer, flush) => self.connection.client(&flush)?,
                (Direction::ServerToClient, block) => self.connection.server(&block, Codec::Lz4)?,
            }
            let wait = self.rng.between(1, 8);
            self.connection.tcp.wait(wait * MS);
        }
        Ok(())
    }

    /// What is sent next, and by whom.
    fn next(&mut self) -> Result<(Direction, Vec<Message>)> {
        let [client, server] = self.sent;
        if client * SERVER_SHARE <= server * (100 - SERVER_SHARE) {
            self.tick += 1;
            let flush = self.client_flush()?;
            self.sent[0] += length(&flush);
            Ok((Direction::ClientToServer, flush))
        } else {
            let block = self.server_block()?;
            self.sent[1] += length(&block);
            Ok((Direction::ServerToClient, block))
        }
    }

    fn position(&self) -> [f32; 3] {
        [347.5 + (self.tick % 100) as f32 * 0.3, 622.25, -19.9]
    }

    fn client_flush(&mut self) -> Result<Vec<Message>> {
        let mut flush = vec![game::movement(self.tick, self.position(), [2, 1, 0])?];
        if self.rng.chance(20) {
            let skill = self.rng.u32() >> 8;
            flush.push(game::use_skill(155, self.tick, skill, vec![1, 2])?);
        }
        Ok(flush)
    }

    /// A block of a few hundred bytes to 8 KiB.
    fn server_block(&mut self) -> Result<Vec<Message>> {
        let goal = 300 << self.rng.below(5);
        let mut block = Vec::new();
        while length(&block) < goal {
            let agent = 160 + self.rng.below(60) as u16;
            let [x, y, _] = self.position();
            block.push(match self.rng.below(8) {
                0 => game::push([self.tick, 40, u32::from(agent), self.rng.u32() >> 12])?,
                1 => game::buff_apply(u32::from(agent), 155, 9083, 740 + self.tick, 8_000)?,
                2 => game::skill_configured(4614 + u32::from(agent), (agent % 10) as u8, 0, 0)?,
                3 => game::skillbar_slot(9083, (agent % 10) as u8)?,
                4 => game::latency(30 + self.rng.below(9) as u32)?,
                _ => game::agent_object(agent, self.tick, Some([x, y, agent.into(), 0.0]))?,
            });
        }
        Ok(block)
    }
}

fn length(messages: &[Message]) -> u64 {
    messages.iter().map(|message| message.bytes.len() as u64).sum()
}

/// A client that asks the portal something every second.
struct Portal {
    connection: PortalConnection,
    asked: u32,
}

impl Portal {
    fn new(number: u16) -> Self {
        let options = flow(u32::from(GAMES + number), hosts::portal(), 51_000 + number, 3);
        let mut connection = PortalConnection::new(options, Style::Compact);
        connection.open();
        Self { connection, asked: 0 }
    }

    fn run(&mut self, until: u64) {
        while self.connection.tcp.now() < until {
            self.asked += 1;
            let group = "<Request>\n<GroupId>0</GroupId>\n</Request>";
            self.connection
                .client(&Sts::request("/Group/GroupInfo", self.asked, 4000).xml(group));
            self.connection.tcp.wait(40 * MS);
            let reply = "<Reply>\n<GroupId>0</GroupId>\n<Members/>\n</Reply>";
            self.connection
                .server(&Sts::answer(200, "OK", self.asked, "R").xml(reply));
            self.connection.tcp.wait(960 * MS);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_long_as_asked_and_the_same_each_time() {
        let folder = tempfile::tempdir().unwrap();
        let one = write(&folder.path().join("one"), 300_000, 1).unwrap();
        let two = write(&folder.path().join("two"), 300_000, 1).unwrap();
        let bytes = std::fs::read(&one.capture).unwrap();
        assert!(bytes.len() >= 300_000);
        assert!(bytes == std::fs::read(&two.capture).unwrap());
        assert_eq!(std::fs::read_to_string(&one.keys).unwrap().lines().count(), 20);
        assert_eq!((one.packets, one.plaintext), (two.packets, two.plaintext));
    }

    #[test]
    fn seven_tenths_are_the_servers() {
        let mut game = Game::new(0, 1);
        game.run(hosts::START_NS + 20_000 * MS).unwrap();
        let [client, server] = game.sent.map(|bytes| bytes as f64);
        assert!((0.68..0.75).contains(&(server / (client + server))));
    }
}
