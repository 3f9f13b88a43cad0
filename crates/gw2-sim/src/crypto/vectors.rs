//! The known answers of `tests/data/vectors.json`: computed ones, and stretches of a live client's wire.

use super::{KeyExchange, Rc4, premix};
use crate::block::{Codec, encode_block};
use crate::hex;
use crate::value::{Value, message_bytes};
use serde_json::Value as Json;

fn vectors() -> Json {
    serde_json::from_str(include_str!("../../tests/data/vectors.json")).unwrap()
}

fn bytes<const N: usize>(value: &Json) -> [u8; N] {
    hex::decode(value.as_str().unwrap()).unwrap().try_into().unwrap()
}

#[test]
fn key_derivation() {
    for vector in vectors()["key_derivation"].as_array().unwrap() {
        let key = premix(&bytes(&vector["seed"]));
        assert_eq!(key, bytes(&vector["rc4_key"]));
        let mut stream = [0; 32];
        Rc4::new(&key).apply(&mut stream);
        assert_eq!(stream, bytes(&vector["keystream"]));
    }
}

#[test]
fn diffie_hellman() {
    for vector in vectors()["diffie_hellman"].as_array().unwrap() {
        let mut secret: [u8; 64] = bytes(&vector["R"]);
        secret.reverse(); // R is big-endian in the file.
        let exchange = KeyExchange::new(&secret, [0; 20]);
        assert_eq!(exchange.client_public, bytes(&vector["client_public"]));
        assert_eq!(exchange.shared, bytes(&vector["shared_secret"]));
        assert_eq!(exchange.wire_seed, exchange.shared[..20]);
    }
}

fn captured(direction: &str) -> (Rc4, Vec<u8>, Vec<u8>) {
    let vectors = vectors();
    let wire = vectors["wire"]
        .as_array()
        .unwrap()
        .iter()
        .find(|w| w["direction"] == direction)
        .unwrap();
    let state = &wire["rc4_state_before"];
    let number = |name: &str| state[name].as_u64().unwrap() as u8;
    (
        Rc4::from_state(number("i"), number("j"), bytes(&state["sbox"])),
        hex::decode(wire["plaintext"].as_str().unwrap()).unwrap(),
        hex::decode(wire["ciphertext"].as_str().unwrap()).unwrap(),
    )
}

/// The encoder, the block and the cipher together give what a live server sent.
#[test]
fn captured_server_block() {
    let (mut cipher, plaintext, ciphertext) = captured("gs2c");
    let skill = |id, slot| [Value::Varint(id), Value::U8(slot), Value::U8(0), Value::Varint(1)];
    let mut messages = message_bytes(0x0264, &skill(4614, 2)).unwrap();
    messages.extend(message_bytes(0x0264, &skill(4651, 1)).unwrap());
    assert_eq!(messages.len(), 14);
    let mut block = encode_block(Codec::Lz4, &messages).unwrap();
    assert_eq!(block, plaintext);
    cipher.apply(&mut block);
    assert_eq!(block, ciphertext);
}

#[test]
fn captured_client_message() {
    let (mut cipher, plaintext, ciphertext) = captured("c2gs");
    let mut message = message_bytes(0x0120, &[Value::Varint(18312), Value::U8(1)]).unwrap();
    assert_eq!(message, plaintext);
    cipher.apply(&mut message);
    assert_eq!(message, ciphertext);
}

/// A connection that goes on from a caught state puts the live client's bytes on the wire.
#[test]
fn a_connection_from_caught_states() {
    let (client, _, ciphertext) = captured("c2gs");
    let (server, _, block) = captured("gs2c");
    let options = crate::scenarios::flow(0, crate::hosts::game(), 50_000, 0);
    let mut connection = crate::connection::Connection::from_states(options, 205_780, client, server);
    connection
        .client(&[crate::messages::game::single_sender_120(18312, 1).unwrap()])
        .unwrap();
    let skill = |id, slot| crate::messages::game::skill_configured(id, slot, 0, 1).unwrap();
    connection
        .server(&[skill(4614, 2), skill(4651, 1)], Codec::Lz4)
        .unwrap();
    let packets = connection.finish().packets;
    let sent: Vec<_> = packets
        .iter()
        .filter(|p| p.has_data())
        .map(|p| p.payload.clone())
        .collect();
    assert_eq!(sent, [ciphertext, block]);
}
