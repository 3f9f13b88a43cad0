//! TLS made by a real TLS stack: what a portal connection speaks once StartTls was accepted.
//!
//! Its randoms are real ones: no two captures that hold TLS are byte-equal.

use crate::direction::Direction;
use crate::error::{Error, Result};
use crate::hex;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{
    ClientConfig, ClientConnection, Connection, HandshakeKind, KeyLog, RootCertStore, ServerConfig,
    ServerConnection, SupportedProtocolVersion, crypto,
};
use std::fmt::{self, Display};
use std::io::{Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

const SERVER_NAME: &str = "portal.gw2.example";

/// A version of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsVersion {
    /// TLS 1.2
    Tls12,
    /// TLS 1.3
    Tls13,
}

impl TlsVersion {
    fn supported(self) -> &'static SupportedProtocolVersion {
        match self {
            TlsVersion::Tls12 => &rustls::version::TLS12,
            TlsVersion::Tls13 => &rustls::version::TLS13,
        }
    }
}

/// A client and a server that know each other: connections after the first are resumed.
#[derive(Debug)]
pub struct TlsPeers {
    client: Arc<ClientConfig>,
    server: Arc<ServerConfig>,
    lines: Arc<Lines>,
}

/// The key log: lines of the form that SSLKEYLOGFILE has.
#[derive(Debug, Default)]
struct Lines(Mutex<Vec<String>>);

impl KeyLog for Lines {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let line = format!("{label} {} {}", hex::encode(client_random), hex::encode(secret));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}

fn failed(what: &'static str) -> impl Fn(&dyn Display) -> Error {
    move |why| Error::encode(format!("TLS {what}"), why.to_string())
}

impl TlsPeers {
    /// Peers that speak this version only, with a fresh self-signed certificate.
    pub fn new(version: TlsVersion) -> Result<Self> {
        let failed = failed("peers");
        let certified =
            rcgen::generate_simple_self_signed([SERVER_NAME.to_owned()]).map_err(|e| failed(&e))?;
        let certificate: CertificateDer<'static> = certified.cert.der().clone();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der()));
        let provider = Arc::new(crypto::ring::default_provider());
        let versions = [version.supported()];
        let mut roots = RootCertStore::empty();
        roots.add(certificate.clone()).map_err(|e| failed(&e))?;
        let mut client = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&versions)
            .map_err(|e| failed(&e))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let lines = Arc::new(Lines::default());
        client.key_log = Arc::clone(&lines) as Arc<dyn KeyLog>;
        let server = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&versions)
            .map_err(|e| failed(&e))?
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .map_err(|e| failed(&e))?;
        Ok(TlsPeers {
            client: Arc::new(client),
            server: Arc::new(server),
            lines,
        })
    }

    /// The two ends of a new connection.
    pub fn connect(&self) -> Result<TlsSession> {
        let failed = failed("connection");
        let name = ServerName::try_from(SERVER_NAME).map_err(|e| failed(&e))?;
        let client = ClientConnection::new(Arc::clone(&self.client), name).map_err(|e| failed(&e))?;
        let server = ServerConnection::new(Arc::clone(&self.server)).map_err(|e| failed(&e))?;
        let mut ends = [Connection::from(client), Connection::from(server)];
        for end in &mut ends {
            end.set_buffer_limit(None);
        }
        Ok(TlsSession { ends })
    }

    /// The key log's lines since the last call.
    pub fn take_lines(&self) -> Vec<String> {
        std::mem::take(&mut *self.lines.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The two ends of one TLS connection.
pub struct TlsSession {
    /// The client and the server.
    ends: [Connection; 2],
}

impl fmt::Debug for TlsSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsSession").finish_non_exhaustive()
    }
}

impl TlsSession {
    /// Whether either end has handshake messages to send or to wait for.
    pub fn is_handshaking(&self) -> bool {
        self.ends.iter().any(|end| end.is_handshaking())
    }

    /// Whether the handshake took up an earlier session.
    pub fn is_resumed(&self) -> bool {
        matches!(self.ends[0].handshake_kind(), Some(HandshakeKind::Resumed))
    }

    /// What an end has to say on its own: handshake messages, tickets, alerts. The other end has read it when this
    /// returns.
    pub fn pending(&mut self, sender: Direction) -> Result<Vec<u8>> {
        let failed = failed("records");
        let mut wire = Vec::new();
        while self.ends[sender.index()].wants_write() {
            self.ends[sender.index()]
                .write_tls(&mut wire)
                .map_err(|e| failed(&e))?;
        }
        let receiver = &mut self.ends[sender.reverse().index()];
        let mut rest = wire.as_slice();
        while !rest.is_empty() {
            receiver.read_tls(&mut rest).map_err(|e| failed(&e))?;
            receiver.process_new_packets().map_err(|e| failed(&e))?;
        }
        Ok(wire)
    }

    /// Plaintext in records of its own, which the other end has read when this returns.
    pub fn seal(&mut self, sender: Direction, plaintext: &[u8]) -> Result<Vec<u8>> {
        let failed = failed("records");
        let mut wire = Vec::new();
        // The receiver keeps at most 16 KiB of plaintext that nobody takes.
        for piece in plaintext.chunks(16 * 1024) {
            self.ends[sender.index()]
                .writer()
                .write_all(piece)
                .map_err(|e| failed(&e))?;
            wire.extend(self.pending(sender)?);
            let mut received = vec![0; piece.len()];
            self.ends[sender.reverse().index()]
                .reader()
                .read_exact(&mut received)
                .map_err(|e| failed(&e))?;
            if received != piece {
                return Err(failed(&"the receiver read something else"));
            }
        }
        Ok(wire)
    }

    /// The alert that says there is no more.
    pub fn close(&mut self, sender: Direction) -> Result<Vec<u8>> {
        self.ends[sender.index()].send_close_notify();
        self.pending(sender)
    }
}
