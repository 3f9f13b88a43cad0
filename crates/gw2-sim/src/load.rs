//! A long game connection for benchmarks and soak tests.

use crate::block::Codec;
use crate::capture::Capture;
use crate::connection::Connection;
use crate::demo::BUILD;
use crate::direction::Direction;
use crate::error::Result;
use crate::handshake::Version;
use crate::hosts;
use crate::messages::game;
use crate::rng::Rng;
use crate::scenarios::flow;
use crate::tcp::MS;

/// A game connection of about `messages` messages: three quarters of them the server's, in LZ4 and stored
/// blocks of 1 to 24 messages, the others the client's movement and skills.
pub fn load(messages: usize, seed: u64) -> Result<Capture> {
    let mut rng = Rng::new(seed);
    let mut c = Connection::new(flow(0, hosts::game(), 52_000, 0), BUILD, Version::Game38);
    c.open();
    let mut sent = 0;
    let mut tick = 1_000u32;
    while sent < messages {
        tick += 1;
        c.tcp.wait(35 * MS);
        let position = [347.5 + (tick % 100) as f32 * 0.3, 622.25, -19.9];
        let mut flush = vec![game::movement(tick, position, [2, 1, 0])?];
        if rng.chance(20) {
            flush.push(game::use_skill(155, tick, rng.u32() >> 8, vec![1, 2])?);
        }
        c.client(&flush)?;
        c.tcp.wait(5 * MS);
        let count = rng.between(1, 8);
        let mut block = Vec::new();
        for _ in 0..count {
            let agent = 160 + rng.below(60) as u16;
            block.push(match rng.below(8) {
                0 => game::push([tick, 40, u32::from(agent), rng.u32() >> 12])?,
                1 => game::buff_apply(u32::from(agent), 155, 9083, 740 + tick, 8_000)?,
                2 => game::skill_configured(4614 + u32::from(agent), (agent % 10) as u8, 0, 0)?,
                3 => game::skillbar_slot(9083, (agent % 10) as u8)?,
                4 => game::latency(30 + rng.below(9) as u32)?,
                _ => game::agent_object(agent, tick, Some([position[0], position[1], agent.into(), 0.0]))?,
            });
        }
        c.server(&block, if rng.chance(70) { Codec::Lz4 } else { Codec::Stored })?;
        sent += flush.len() + block.len();
    }
    c.tcp.wait(100 * MS);
    c.tcp.close(Direction::ClientToServer);
    Ok(Capture::new(vec![c.finish()]))
}

#[cfg(test)]
mod tests {
    #[test]
    fn as_long_as_asked() {
        let capture = super::load(2_000, 1).unwrap();
        assert!((2_000..2_100).contains(&(capture.truth.len() - 3)));
        assert!(capture.places().iter().all(|place| place.frame.is_some()));
    }
}
