//! A portal connection: STS text in clear, coded with RC4, or inside TLS.

use crate::connection::Finished;
use crate::crypto::{KeyExchange, Rc4};
use crate::direction::Direction::{self, ClientToServer, ServerToClient};
use crate::error::{Error, Result};
use crate::handshake::{client_seed, server_seed};
use crate::keylog::{Id, Secret, line};
use crate::packet::Packet;
use crate::rng::Rng;
use crate::sts::{Sts, Style};
use crate::tcp::{FlowOptions, MS, TcpFlow};
use crate::tls::{TlsPeers, TlsSession};
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
    tls: Option<TlsSession>,
    /// The first thing that went wrong inside TLS.
    failure: Option<Error>,
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
            tls: None,
            failure: None,
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

    /// The TLS handshake behind an answer that accepted StartTls; from here on messages are inside TLS. Its lines of
    /// the key log stand beside ours.
    pub fn start_tls(&mut self, peers: &TlsPeers) -> Result<()> {
        let mut tls = peers.connect()?;
        let rtt = self.tcp.options().rtt_ns;
        while tls.is_handshaking() {
            for direction in Direction::BOTH {
                let wire = tls.pending(direction)?;
                self.tcp.send(direction, &wire);
                self.tcp.wait(rtt);
            }
        }
        self.keys.extend(peers.take_lines());
        self.tls = Some(tls);
        Ok(())
    }

    /// Whether TLS took up an earlier session.
    pub fn is_resumed(&self) -> bool {
        self.tls.as_ref().is_some_and(TlsSession::is_resumed)
    }

    /// Both sides say that TLS ends. Whatever went wrong inside it is said here.
    pub fn end_tls(&mut self) -> Result<()> {
        if let Some(mut tls) = self.tls.take() {
            for direction in Direction::BOTH {
                let wire = tls.close(direction)?;
                self.tcp.send(direction, &wire);
                self.tcp.wait(MS);
            }
        }
        self.failure.take().map_or(Ok(()), Err)
    }

    /// One message of the client, one flush.
    pub fn client(&mut self, message: &Sts) {
        self.flush(ClientToServer, std::slice::from_ref(message));
    }

    /// One message of the server, one flush.
    pub fn server(&mut self, message: &Sts) {
        self.flush(ServerToClient, std::slice::from_ref(message));
    }

    /// Several messages of one side in one flush; inside TLS each in records of its own.
    pub fn flush(&mut self, direction: Direction, messages: &[Sts]) {
        let mut wire = Vec::new();
        let at = self.tcp.sent(direction);
        for message in messages {
            let bytes = message.encode(self.style);
            let start = at + wire.len() as u64;
            wire.extend(self.seal(direction, &bytes));
            let end = at + wire.len() as u64;
            self.note(direction, Layer::Portal, &message.start, bytes, start..end);
        }
        self.tcp.send(direction, &wire);
    }

    /// Several messages of one side written at once: inside TLS in one record, if they fit.
    pub fn write_at_once(&mut self, direction: Direction, messages: &[Sts]) {
        let parts: Vec<_> = messages
            .iter()
            .map(|message| message.encode(self.style))
            .collect();
        let wire = self.seal(direction, &parts.concat());
        let range = self.tcp.send(direction, &wire);
        for (message, bytes) in messages.iter().zip(parts) {
            self.note(direction, Layer::Portal, &message.start, bytes, range.clone());
        }
    }

    /// A message that its sender writes in two pieces: inside TLS in two records, at two times.
    pub fn write_in_two(&mut self, direction: Direction, message: &Sts, cut: usize) {
        let bytes = message.encode(self.style);
        let (head, tail) = bytes.split_at(cut.min(bytes.len()));
        let head = self.seal(direction, head);
        let start = self.tcp.send(direction, &head).start;
        self.tcp.wait(10 * MS);
        let tail = self.seal(direction, tail);
        let end = self.tcp.send(direction, &tail).end;
        self.note(direction, Layer::Portal, &message.start, bytes, start..end);
    }

    /// Bytes that are no message.
    pub fn raw(&mut self, direction: Direction, bytes: &[u8]) {
        let wire = self.seal(direction, bytes);
        let range = self.tcp.send(direction, &wire);
        self.note(direction, Layer::Undecoded, "", bytes.to_vec(), range);
    }

    /// The packets since they were taken last. The truth about them is forgotten.
    pub fn take_packets(&mut self) -> Vec<Packet> {
        self.truth.clear();
        self.tcp.take_packets()
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

    /// Plaintext as it goes over the wire. What TLS refuses is kept for [`PortalConnection::end_tls`].
    fn seal(&mut self, direction: Direction, plaintext: &[u8]) -> Vec<u8> {
        if let Some(tls) = &mut self.tls {
            return tls.seal(direction, plaintext).unwrap_or_else(|error| {
                self.failure.get_or_insert(error);
                Vec::new()
            });
        }
        let mut wire = plaintext.to_vec();
        if let Some(ciphers) = &mut self.ciphers {
            ciphers[direction.index()].apply(&mut wire);
        }
        wire
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
