//! A portal connection: STS text in clear, or coded with RC4.

use crate::connection::Finished;
use crate::crypto::{KeyExchange, Rc4};
use crate::direction::Direction::{self, ClientToServer, ServerToClient};
use crate::handshake::{client_seed, server_seed};
use crate::keylog::{Id, Secret, line};
use crate::rng::Rng;
use crate::sts::{Sts, Style};
use crate::tcp::{FlowOptions, MS, TcpFlow};
use crate::truth::{Layer, TruthItem};
use std::ops::Range;

/// A portal connection under construction.
#[derive(Debug)]
pub struct PortalConnection {
    /// The TCP connection, for waiting and closing.
    pub tcp: TcpFlow,
    /// How headers are written.
    pub style: Style,
    ciphers: Option<[Rc4; 2]>,
    truth: Vec<TruthItem>,
    keys: Vec<String>,
}

impl PortalConnection {
    /// A connection in clear. Nothing is sent yet.
    pub fn new(options: FlowOptions, style: Style) -> Self {
        let tcp = TcpFlow::new(options);
        PortalConnection {
            tcp,
            style,
            ciphers: None,
            truth: Vec::new(),
            keys: Vec::new(),
        }
    }

    /// TCP's handshake.
    pub fn open(&mut self) {
        self.tcp.handshake();
        self.tcp.wait(MS);
    }

    /// The clear seed frames of both sides; from here on both are RC4 (protocol.md section 7, P).
    pub fn encrypt(&mut self) {
        let keys = KeyExchange::random(&mut Rng::new(self.tcp.options().seed ^ 0x6b65_7973));
        self.clear(ClientToServer, "client seed", client_seed(&keys));
        self.tcp.wait(self.tcp.options().rtt_ns + 3 * MS);
        self.clear(ServerToClient, "server seed", server_seed(&keys));
        self.keys = vec![line(&keys, Secret::Rc4Key, Id::ServerSeed)];
        self.ciphers = Some([keys.cipher(), keys.cipher()]);
        self.tcp.wait(MS);
    }

    /// One message of the client, one flush.
    pub fn client(&mut self, message: &Sts) {
        self.flush(ClientToServer, std::slice::from_ref(message));
    }

    /// One message of the server, one flush.
    pub fn server(&mut self, message: &Sts) {
        self.flush(ServerToClient, std::slice::from_ref(message));
    }

    /// Several messages of one side in one flush.
    pub fn flush(&mut self, direction: Direction, messages: &[Sts]) {
        let mut wire = Vec::new();
        let mut at = self.tcp.sent(direction);
        for message in messages {
            let bytes = message.encode(self.style);
            let end = at + bytes.len() as u64;
            wire.extend(&bytes);
            self.note(direction, Layer::Portal, &message.start, bytes, at..end);
            at = end;
        }
        self.write(direction, wire);
    }

    /// Bytes that are no message.
    pub fn raw(&mut self, direction: Direction, bytes: &[u8]) {
        let range = self.write(direction, bytes.to_vec());
        self.note(direction, Layer::Undecoded, "", bytes.to_vec(), range);
    }

    /// Ends construction.
    pub fn finish(self) -> Finished {
        Finished {
            packets: self.tcp.into_packets(),
            truth: self.truth,
            keys: self.keys,
        }
    }

    fn clear(&mut self, direction: Direction, name: &str, frame: Vec<u8>) {
        let range = self.tcp.send(direction, &frame);
        self.note(direction, Layer::Handshake, name, frame, range);
    }

    fn write(&mut self, direction: Direction, mut wire: Vec<u8>) -> Range<u64> {
        if let Some(ciphers) = &mut self.ciphers {
            ciphers[direction.index()].apply(&mut wire);
        }
        self.tcp.send(direction, &wire)
    }

    fn note(
        &mut self,
        direction: Direction,
        layer: Layer,
        name: &str,
        plaintext: Vec<u8>,
        stream: Range<u64>,
    ) {
        self.truth.push(TruthItem {
            flow: self.tcp.options().id,
            direction,
            layer,
            table: String::new(),
            opcode: None,
            name: name.to_owned(),
            plaintext,
            stream,
        });
    }
}
