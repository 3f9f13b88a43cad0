//! Plaintext of real client messages (a client of 2025-08), sent again over a simulated connection.

use crate::capture::Capture;
use crate::connection::{Connection, Finished};
use crate::error::Result;
use crate::handshake::{GameIdentity, Version};
use crate::hex;
use crate::hosts;
use crate::message::{Message, Table};
use crate::scenarios::flow;
use crate::tcp::MS;

/// A build for which schema set `2025-08` is chosen (protocol.md section 8).
pub const BUILD_2025: u32 = 180_000;

/// One captured flush buffer: it may hold several messages.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// Its table.
    pub table: Table,
    /// The messages in it, hex, one string a message (cut with the 2025-08 tables).
    pub messages: &'static [&'static str],
}

/// Every sample, in the order in which they were published.
pub const SAMPLES: &[Sample] = &[
    Sample {
        table: Table::C2ls,
        messages: &["0100ff85e207"],
    },
    Sample {
        table: Table::C2gs,
        messages: &["020005"],
    },
    Sample {
        table: Table::C2gs,
        messages: &["020010"],
    },
    Sample {
        table: Table::C2gs,
        messages: &["020010", "11000000"],
    },
    Sample {
        table: Table::C2gs,
        messages: &["11000000"],
    },
    Sample {
        table: Table::C2gs,
        messages: &["11002800"],
    },
    Sample {
        table: Table::C2gs,
        messages: &["1200f2e904f2e904e20aae4478a11b44fab59f4100020100"],
    },
    Sample {
        table: Table::C2gs,
        messages: &["1200f3e904f3e904e20aae4478a11b44a2509d4100020100"],
    },
    Sample {
        table: Table::C2gs,
        messages: &["1200f4e904f4e904e20aae4478a11b442b669a4100020100"],
    },
    Sample {
        table: Table::C2gs,
        messages: &["1200f5e904f5e904e20aae4478a11b4496f6964100020100"],
    },
    Sample {
        table: Table::C2gs,
        messages: &["1200f6e904f6e904e20aae4478a11b44e201934100020100"],
    },
    Sample {
        table: Table::C2gs,
        messages: &["1200f7e904f7e904a50bae4470a31b441425934100020100"],
    },
    Sample {
        table: Table::C2gs,
        messages: &["1200f8e904f8e904ac0bae4481a31b44754d9341000000f7"],
    },
    Sample {
        table: Table::C2gs,
        messages: &["1200fbe904fbe904b10bae448ea31b44c26d934100000000"],
    },
    Sample {
        table: Table::C2gs,
        messages: &["17009b00cbf10c0386d5818008022905"],
    },
    Sample {
        table: Table::C2gs,
        messages: &[
            "1a009b009b9502002a100e4358f53f42ec7f0e42928f103c00aafb333274483133d5efe0350000802b000000000000000000000000000000000000",
            "12009b95029b95022a100e4358f53f42ec7f0e4200000000",
        ],
    },
    Sample {
        table: Table::C2gs,
        messages: &["2300"],
    },
    Sample {
        table: Table::C2gs,
        messages: &["e500ac01", "dd00ac01"],
    },
    Sample {
        table: Table::C2gs,
        messages: &["00017400650073007400000023ffffffff0f00"],
    },
    Sample {
        table: Table::C2gs,
        messages: &["0f0101"],
    },
    Sample {
        table: Table::C2gs,
        messages: &[
            "1301bfceb6e20407aa9f0b8b058b05b408e2058c0100ad14f00192244a2eae14f00192244a2e00",
            "1301ec89a5ba0910506e101000000001c911a509000200000202ad14f00192244a2eae14f00192244a2e00",
        ],
    },
];

impl Sample {
    /// The messages, decoded from hex.
    pub fn decoded(&self) -> Result<Vec<Message>> {
        self.messages
            .iter()
            .map(|text| {
                let bytes = hex::decode(text)?;
                let opcode = u16::from(bytes[0]) | u16::from(bytes[1]) << 8;
                Ok(Message::raw(self.table, opcode, &bytes[2..]))
            })
            .collect()
    }
}

/// All samples in one capture, one flush each: those of login on a login connection, the others on a game
/// connection.
pub fn all() -> Result<Capture> {
    let mut login = connection(0, Table::C2ls);
    let mut game = connection(1, Table::C2gs);
    for sample in SAMPLES {
        let connection = if sample.table == Table::C2ls {
            &mut login
        } else {
            &mut game
        };
        connection.tcp.wait(400 * MS);
        connection.client(&sample.decoded()?)?;
    }
    Ok(Capture::new(vec![close(login), close(game)]))
}

/// One sample in a capture of its own. `None` when there are not so many.
pub fn one(index: usize) -> Result<Option<Capture>> {
    let Some(sample) = SAMPLES.get(index) else {
        return Ok(None);
    };
    let mut connection = connection(0, sample.table);
    connection.client(&sample.decoded()?)?;
    Ok(Some(Capture::new(vec![close(connection)])))
}

fn connection(id: u32, table: Table) -> Connection {
    let (server, version) = match table {
        Table::C2ls | Table::Ls2c => (hosts::login(), Version::Login),
        Table::C2gs | Table::Gs2c => {
            let identity = GameIdentity {
                world: 1,
                map: 15,
                player: 7,
                account: [0x11; 16],
                character: [0x22; 16],
            };
            (hosts::game(), Version::Game64(identity))
        }
    };
    let mut connection = Connection::new(flow(id, server, 50_000 + id as u16, 0), BUILD_2025, version);
    connection.open();
    connection
}

fn close(mut connection: Connection) -> Finished {
    connection.tcp.wait(100 * MS);
    connection.tcp.close(crate::direction::Direction::ClientToServer);
    connection.finish()
}
