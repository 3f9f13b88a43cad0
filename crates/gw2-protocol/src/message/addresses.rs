//! The socket addresses that a message carries: where the client is to connect next.

use super::decode::decode;
use super::value::Value;
use super::visitor::Visitor;
use crate::schema::{Field, Schema};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::ops::Range;

/// The addresses of a whole message, in wire order. A port of 0 names no server (protocol.md, section 8).
pub fn addresses(message: &[u8], schema: &Schema) -> Vec<SocketAddr> {
    let mut visitor = Addresses::default();
    // What cannot be decoded announces nothing.
    let _ = decode(message, message.len(), schema, &mut visitor);
    visitor.found
}

#[derive(Default)]
struct Addresses {
    found: Vec<SocketAddr>,
}

impl Visitor for Addresses {
    type Error = Infallible;

    const VALUES: bool = true;

    fn value(&mut self, _: &Field, _: u8, _: Range<usize>, value: Value<'_>) -> Result<(), Infallible> {
        let server = match value {
            Value::Ipv4 { address, port } => SocketAddr::from((address, port)),
            Value::Ipv6 { address, port } => SocketAddr::from((address, port)),
            _ => return Ok(()),
        };
        if server.port() != 0 {
            self.found.push(server);
        }
        Ok(())
    }
}
