//! What a key exporter does with a secret that it found, in Rust:
//! `exporter SHARED_SECRET SERVER_SEED`, in hex digits. The environment variable `GW2_KEYLOGFILE` names the key log.

use std::error::Error;

use gw2_keylog::{ConnectionId, KeyLogWriter, Secret};

/// Called when the client has received the server's seed.
fn on_server_seed(
    log: &KeyLogWriter,
    server_seed: &[u8; 20],
    shared_secret: &[u8],
) -> Result<(), Box<dyn Error>> {
    log.write(
        ConnectionId::ServerSeed(server_seed),
        Secret::SharedSecret(shared_secret),
    )?;
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [shared_secret, server_seed] = arguments.as_slice() else {
        return Err("usage: exporter SHARED_SECRET SERVER_SEED".into());
    };
    let server_seed = hex(server_seed)?;
    let server_seed = server_seed.first_chunk().ok_or("a server seed has 20 bytes")?;
    let log = KeyLogWriter::from_environment()?.ok_or("set GW2_KEYLOGFILE to the key log's path")?;
    on_server_seed(&log, server_seed, &hex(shared_secret)?)
}

fn hex(digits: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let pairs = digits.as_bytes().chunks(2);
    pairs
        .map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?))
        .collect()
}
