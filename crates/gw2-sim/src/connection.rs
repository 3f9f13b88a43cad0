//! A login or game connection: handshake, client flushes and server blocks over one TCP flow.

use crate::block::{Codec, encode_block};
use crate::crypto::{KeyExchange, Rc4};
use crate::direction::Direction::{self, ClientToServer, ServerToClient};
use crate::error::{Error, Result};
use crate::handshake::{Version, client_seed, server_error, server_seed};
use crate::impair::{Impairment, impair};
use crate::keylog::{Id, Secret, line};
use crate::message::Message;
use crate::packet::Packet;
use crate::rng::Rng;
use crate::tcp::{FlowOptions, MS, TcpFlow};
use crate::truth::{Layer, TruthItem};
use std::ops::Range;

/// A piece of the server's plaintext that becomes one block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    /// Decoded bytes.
    pub length: usize,
    /// How they are packed.
    pub codec: Codec,
    /// Whether TCP sends at once what has gathered (PSH).
    pub flush: bool,
}

/// A login or game connection under construction.
#[derive(Debug)]
pub struct Connection {
    /// The TCP connection, for waiting and closing.
    pub tcp: TcpFlow,
    build: u32,
    version: Version,
    keys: KeyExchange,
    ciphers: Option<[Rc4; 2]>,
    truth: Vec<TruthItem>,
    key_lines: Vec<String>,
}

/// A connection whose packets are made.
#[derive(Debug, Clone)]
pub struct Finished {
    /// Packets in order of capture.
    pub packets: Vec<Packet>,
    /// What was sent.
    pub truth: Vec<TruthItem>,
    /// Its lines of the key log.
    pub keys: Vec<String>,
}

impl Finished {
    /// Applies impairments to the packets; the truth's places follow.
    pub fn impaired(mut self, impairments: &[Impairment]) -> Result<Self> {
        impair(&mut self.packets, impairments)?;
        Ok(self)
    }

    /// The same with other key log lines.
    pub fn with_keys(self, keys: Vec<String>) -> Self {
        Finished { keys, ..self }
    }
}

impl Connection {
    /// A connection with keys drawn from the flow's seed. Nothing is sent yet. Its key log line is
    /// `GW2_RC4_KEY` by server seed until [`Connection::set_key_forms`] says otherwise.
    pub fn new(options: FlowOptions, build: u32, version: Version) -> Self {
        let keys = KeyExchange::random(&mut Rng::new(options.seed ^ 0x6b65_7973));
        let key_lines = vec![line(&keys, Secret::Rc4Key, Id::ServerSeed)];
        let tcp = TcpFlow::new(options);
        Connection {
            tcp,
            build,
            version,
            keys,
            ciphers: None,
            truth: Vec::new(),
            key_lines,
        }
    }

    /// A connection whose encryption goes on from caught states (client's, server's); no handshake is needed.
    pub fn from_states(options: FlowOptions, build: u32, client: Rc4, server: Rc4) -> Self {
        let mut connection = Connection::new(options, build, Version::None);
        connection.ciphers = Some([client, server]);
        connection.key_lines.clear();
        connection
    }

    /// The connection's secrets.
    pub fn keys(&self) -> &KeyExchange {
        &self.keys
    }

    /// Replaces the key log lines by one a form; later forms stand later in the file.
    pub fn set_key_forms(&mut self, forms: &[(Secret, Id)]) {
        self.key_lines = forms
            .iter()
            .map(|(secret, id)| line(&self.keys, *secret, *id))
            .collect();
    }

    /// TCP's handshake, version frame and client seed in one segment, server seed: ready for messages.
    pub fn open(&mut self) {
        self.tcp.handshake();
        self.tcp.wait(MS);
        self.hello(false);
        self.tcp.wait(self.tcp.options().rtt_ns + 3 * MS);
        self.accept();
        self.tcp.wait(2 * MS);
    }

    /// Version frame and client seed, in one segment or in two.
    pub fn hello(&mut self, separate: bool) {
        let version = self.version.frame(self.build);
        let seed = client_seed(&self.keys);
        let start = self.tcp.sent(ClientToServer);
        if separate && !version.is_empty() {
            self.tcp.send(ClientToServer, &version);
            self.tcp.wait(MS);
            self.tcp.send(ClientToServer, &seed);
        } else {
            self.tcp
                .send(ClientToServer, &[version.clone(), seed.clone()].concat());
        }
        let middle = start + version.len() as u64;
        if !version.is_empty() {
            let name = self.version.name();
            self.note_clear(ClientToServer, name, version, start..middle);
        }
        self.note_clear(
            ClientToServer,
            "client seed",
            seed,
            middle..self.tcp.sent(ClientToServer),
        );
    }

    /// The server seed; encryption is on behind it.
    pub fn accept(&mut self) {
        let frame = server_seed(&self.keys);
        let range = self.tcp.send(ServerToClient, &frame);
        self.note_clear(ServerToClient, "server seed", frame, range);
        self.ciphers = Some([self.keys.cipher(), self.keys.cipher()]);
    }

    /// The server's refusal instead of its seed.
    pub fn refuse(&mut self, payload: &[u8]) -> Result<()> {
        let frame = server_error(payload)?;
        let range = self.tcp.send(ServerToClient, &frame);
        self.note_clear(ServerToClient, "server error", frame, range);
        Ok(())
    }

    /// Any clear bytes, not entered in the truth.
    pub fn clear_bytes(&mut self, direction: Direction, bytes: &[u8]) {
        self.tcp.send(direction, bytes);
    }

    /// One flush of the client.
    pub fn client(&mut self, messages: &[Message]) -> Result<()> {
        self.client_cut(messages, &[], 0)
    }

    /// The client's messages in several flushes: of `sizes` plaintext bytes each, what is left last, with a
    /// pause between them.
    pub fn client_cut(&mut self, messages: &[Message], sizes: &[usize], pause_ns: u64) -> Result<()> {
        self.bare(ClientToServer, messages, sizes, pause_ns)
    }

    /// The server's messages in one flush without any block around them (`gw2.compression:none`).
    pub fn server_bare(&mut self, messages: &[Message]) -> Result<()> {
        self.bare(ServerToClient, messages, &[], 0)
    }

    fn bare(
        &mut self,
        direction: Direction,
        messages: &[Message],
        sizes: &[usize],
        pause_ns: u64,
    ) -> Result<()> {
        let mut wire: Vec<u8> = messages.iter().flat_map(|m| m.bytes.iter().copied()).collect();
        self.cipher(direction)?.apply(&mut wire);
        let mut at = self.tcp.sent(direction);
        for message in messages {
            let end = at + message.bytes.len() as u64;
            self.note(message, at..end);
            at = end;
        }
        let mut rest = wire.as_slice();
        for size in sizes.iter().copied().chain([usize::MAX]) {
            let (flush, tail) = rest.split_at(rest.len().min(size));
            rest = tail;
            self.tcp.send(direction, flush);
            if rest.is_empty() {
                break;
            }
            self.tcp.wait(pause_ns);
        }
        Ok(())
    }

    /// One block of the server.
    pub fn server(&mut self, messages: &[Message], codec: Codec) -> Result<()> {
        self.server_chunks(
            messages,
            &[Chunk {
                length: usize::MAX,
                codec,
                flush: true,
            }],
        )
    }

    /// The server's messages in blocks of chosen sizes; what the chunks leave over goes into one more block
    /// of the last chunk's codec. A chunk of length 0 is an empty block.
    pub fn server_chunks(&mut self, messages: &[Message], chunks: &[Chunk]) -> Result<()> {
        self.cipher(ServerToClient)?;
        let plaintext: Vec<u8> = messages.iter().flat_map(|m| m.bytes.iter().copied()).collect();
        let first = self.tcp.sent(ServerToClient);
        let mut wire = Vec::new();
        let mut blocks: Vec<(Range<usize>, Range<u64>)> = Vec::new();
        let mut flushes = Vec::new();
        let mut at = 0;
        let codec = chunks.last().map_or(Codec::Stored, |chunk| chunk.codec);
        let rest = Chunk {
            length: usize::MAX,
            codec,
            flush: true,
        };
        for chunk in chunks.iter().chain([&rest]) {
            let end = at + chunk.length.min(plaintext.len() - at);
            if at == end && chunk.length != 0 {
                continue;
            }
            let begin = first + wire.len() as u64;
            wire.extend(encode_block(chunk.codec, &plaintext[at..end])?);
            blocks.push((at..end, begin..first + wire.len() as u64));
            if chunk.flush {
                flushes.push(wire.len());
            }
            at = end;
        }
        flushes.push(wire.len());
        let mut begin = 0;
        for message in messages {
            let end = begin + message.bytes.len();
            let within = |byte: usize| blocks.iter().find(|(plain, _)| plain.contains(&byte));
            if let (Some(from), Some(to)) = (within(begin), within(end.saturating_sub(1))) {
                self.note(message, from.1.start..to.1.end);
            }
            begin = end;
        }
        self.cipher(ServerToClient)?.apply(&mut wire);
        let mut sent = 0;
        for flush in flushes {
            self.tcp.send(ServerToClient, &wire[sent..flush]);
            sent = flush;
        }
        Ok(())
    }

    /// Any decrypted bytes: what a broken side would send. Entered in the truth as undecoded.
    pub fn raw(&mut self, direction: Direction, plaintext: &[u8]) -> Result<()> {
        let mut wire = plaintext.to_vec();
        self.cipher(direction)?.apply(&mut wire);
        let stream = self.tcp.send(direction, &wire);
        let flow = self.tcp.options().id;
        let plaintext = plaintext.to_vec();
        let (layer, table, name) = (Layer::Undecoded, String::new(), String::new());
        self.truth.push(TruthItem {
            flow,
            direction,
            layer,
            table,
            opcode: None,
            name,
            plaintext,
            stream,
        });
        Ok(())
    }

    /// The packets since they were taken last. The truth about them is forgotten.
    pub fn take_packets(&mut self) -> Vec<Packet> {
        self.truth.clear();
        self.tcp.take_packets()
    }

    /// Its lines of the key log, once there is a key.
    pub fn key_lines(&self) -> &[String] {
        &self.key_lines
    }

    /// Ends construction.
    pub fn finish(self) -> Finished {
        Finished {
            packets: self.tcp.into_packets(),
            truth: self.truth,
            keys: self.key_lines,
        }
    }

    fn cipher(&mut self, direction: Direction) -> Result<&mut Rc4> {
        let flow = self.tcp.options().id;
        let ciphers = self.ciphers.as_mut().ok_or_else(|| Error::Order {
            flow,
            why: "messages need a key: call open(), or hello() and accept(), before them".into(),
        })?;
        Ok(&mut ciphers[direction.index()])
    }

    fn note(&mut self, message: &Message, stream: Range<u64>) {
        let (layer, opcode) = match message.readable {
            true => (Layer::Message, Some(message.opcode)),
            false => (Layer::Undecoded, None),
        };
        self.truth.push(TruthItem {
            flow: self.tcp.options().id,
            direction: message.table.direction(),
            layer,
            table: message.table.name().to_owned(),
            opcode,
            name: String::new(),
            plaintext: message.bytes.clone(),
            stream,
        });
    }

    fn note_clear(&mut self, direction: Direction, name: &str, plaintext: Vec<u8>, stream: Range<u64>) {
        self.truth.push(TruthItem {
            flow: self.tcp.options().id,
            direction,
            layer: Layer::Handshake,
            table: String::new(),
            opcode: None,
            name: name.to_owned(),
            plaintext,
            stream,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::{Chunk, Connection};
    use crate::block::Codec;
    use crate::capture::Capture;
    use crate::direction::Direction::{ClientToServer, ServerToClient};
    use crate::handshake::Version;
    use crate::message::{Message, Table};
    use crate::value::Value;
    use crate::{hosts, scenarios::flow};
    use rc4::{KeyInit, StreamCipher, consts::U20};

    fn message(n: u32) -> Message {
        Message::new(Table::Gs2c, 0x0004, &[Value::Varint(n)]).unwrap()
    }

    #[test]
    fn wire_decrypts_with_the_rc4_crate() {
        let mut connection = Connection::new(flow(0, hosts::game(), 49152, 0), 205_780, Version::Game38);
        connection.open();
        connection
            .server(&[message(1), message(2)], Codec::Stored)
            .unwrap();
        connection
            .client(&[Message::new(Table::C2gs, 0x0023, &[]).unwrap()])
            .unwrap();
        let key = connection.keys().rc4_key;
        let finished = connection.finish();
        let stream = |direction| -> Vec<u8> {
            let packets = finished.packets.iter().filter(|p| p.direction == direction);
            packets.flat_map(|p| p.payload.clone()).collect()
        };
        let mut server = stream(ServerToClient).split_off(22);
        rc4::Rc4::<U20>::new(&key.into()).apply_keystream(&mut server);
        assert_eq!(server, [0, 0, 6, 0, 4, 0, 1, 4, 0, 2]);
        let mut client = stream(ClientToServer).split_off(38 + 66);
        rc4::Rc4::<U20>::new(&key.into()).apply_keystream(&mut client);
        assert_eq!(client, [0x23, 0]);
    }

    #[test]
    fn messages_before_the_key_are_refused() {
        let mut connection = Connection::new(flow(3, hosts::game(), 49152, 0), 1, Version::None);
        assert!(
            connection
                .client(&[])
                .unwrap_err()
                .to_string()
                .contains("connection 3")
        );
    }

    #[test]
    fn a_message_over_two_blocks_needs_both() {
        let mut connection = Connection::new(flow(0, hosts::game(), 49152, 0), 1, Version::None);
        connection.open();
        let chunk = |length| Chunk {
            length,
            codec: Codec::Stored,
            flush: true,
        };
        connection
            .server_chunks(
                &[message(1), message(2), message(3)],
                &[chunk(4), chunk(0), chunk(2)],
            )
            .unwrap();
        let capture = Capture::new(vec![connection.finish()]);
        let ranges: Vec<_> = capture.truth[2..]
            .iter()
            .map(|item| item.stream.clone())
            .collect();
        assert_eq!(ranges, [22..30, 22..40, 40..47]);
        let frames: Vec<_> = capture.places()[2..]
            .iter()
            .map(|place| place.frame.unwrap())
            .collect();
        assert!(frames[0] < frames[1] && frames[1] < frames[2]);
    }
}
