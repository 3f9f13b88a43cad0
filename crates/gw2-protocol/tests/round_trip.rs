//! Every message of every built-in table, many times over: what the simulator encodes, the decoder reads back.
#![allow(clippy::unwrap_used, clippy::panic)]

use gw2_protocol::message::{Group, MAX_MESSAGE, Value, Visitor, decode, utf8_text, utf16_text};
use gw2_protocol::schema::{BUILTIN_FILES, Block, Field, FieldType, Schema, parse};
use gw2_sim::random::{Size, values};
use gw2_sim::rng::Rng;
use gw2_sim::value::{Value as Sent, message_bytes};
use std::net::SocketAddr;
use std::ops::Range;

/// How often each message is sent.
const TIMES: usize = 200;

/// Messages without a known end: an exact count or a type that the source does not know, or a parser that reads to the
/// end of the block.
const ENDLESS: [&str; 8] = [
    "schemas/2025-08/c2gs.schema 0x002b",
    "schemas/2025-08/c2gs.schema 0x0030",
    "schemas/2025-08/c2gs.schema 0x0078",
    "schemas/2025-08/c2gs.schema 0x0194",
    "schemas/2025-08/c2gs.schema 0x0199",
    "schemas/2025-08/gs2c.schema 0x0001",
    "schemas/2025-08/c2ls.schema 0x0025",
    "schemas/2013-21315/gs2c.schema 0x02cb",
];

/// What stands in a message, one after the other.
#[derive(Clone, Debug, PartialEq)]
enum Leaf {
    Number(u64),
    /// The bits: a NaN is not equal to itself.
    Floats(Vec<u32>),
    Bytes(Vec<u8>),
    Text(String),
    Address(SocketAddr),
    Present(bool),
    Count(usize),
}

/// Whether the schema tells where the message ends. Some exact counts and one message's types are not known.
fn has_end(block: &Block) -> bool {
    block.fields().iter().all(|field| {
        let unknown = matches!(
            field.ty,
            FieldType::Unknown
                | FieldType::ArrayFixed { count: None, .. }
                | FieldType::BytesFixed { count: None }
        );
        !unknown && field.ty.block().is_none_or(has_end)
    })
}

fn floats(floats: &[f32]) -> Leaf {
    Leaf::Floats(floats.iter().map(|float| float.to_bits()).collect())
}

fn flatten(sent: &[Sent], out: &mut Vec<Leaf>) {
    for value in sent {
        match value {
            Sent::U8(number) => out.push(Leaf::Number(u64::from(*number))),
            Sent::U16(number) => out.push(Leaf::Number(u64::from(*number))),
            Sent::U32(number) | Sent::Varint(number) => out.push(Leaf::Number(u64::from(*number))),
            Sent::U64(number) => out.push(Leaf::Number(*number)),
            Sent::F32(float) => out.push(floats(&[*float])),
            Sent::Vec2(vector) => out.push(floats(vector)),
            Sent::Vec3(vector) => out.push(floats(vector)),
            Sent::Vec4(vector) => out.push(floats(vector)),
            Sent::Position(vector, number) => {
                out.extend([floats(vector), Leaf::Number(u64::from(*number))]);
            }
            Sent::Guid(bytes) => out.push(Leaf::Bytes(bytes.to_vec())),
            Sent::Address(address) => {
                // Flow and scope are not shown.
                out.push(Leaf::Address(SocketAddr::new(address.ip(), address.port())));
            }
            Sent::String(text) | Sent::CString(text) => out.push(Leaf::Text(text.clone())),
            Sent::Bytes(bytes) | Sent::Bytes8(bytes) | Sent::Bytes16(bytes) => {
                out.push(Leaf::Bytes(bytes.clone()));
            }
            Sent::Optional(block) => {
                out.push(Leaf::Present(block.is_some()));
                flatten(block.as_deref().unwrap_or_default(), out);
            }
            Sent::ArrayFixed(blocks) | Sent::Array8(blocks) | Sent::Array16(blocks) => {
                out.push(Leaf::Count(blocks.len()));
                blocks.iter().for_each(|block| flatten(block, out));
            }
        }
    }
}

/// Collects what the decoder tells, and that it tells it in order and without holes.
struct Collect {
    leaves: Vec<Leaf>,
    end: usize,
}

impl Visitor for Collect {
    type Error = String;

    const VALUES: bool = true;

    fn value(&mut self, field: &Field, _: u8, range: Range<usize>, value: Value<'_>) -> Result<(), String> {
        if range.start != self.end {
            return Err(format!("{field:?} begins at {}, not {}", range.start, self.end));
        }
        self.end = range.end;
        let mut text = String::new();
        self.leaves.push(match value {
            Value::U8(number) => Leaf::Number(u64::from(number)),
            Value::U16(number) => Leaf::Number(u64::from(number)),
            Value::U32(number) | Value::Varint(number) => Leaf::Number(u64::from(number)),
            Value::U64(number) => Leaf::Number(number),
            Value::F32(float) => floats(&[float]),
            Value::Vector(vector) => floats(vector.components()),
            Value::Guid(bytes) => Leaf::Bytes(bytes.to_vec()),
            Value::Ipv4 { address, port } => Leaf::Address(SocketAddr::new(address.into(), port)),
            Value::Ipv6 { address, port } => Leaf::Address(SocketAddr::new(address.into(), port)),
            Value::OtherAddress(bytes) => return Err(format!("an address of no family: {bytes:?}")),
            Value::Utf16(bytes) => {
                utf16_text(bytes, &mut text);
                Leaf::Text(text)
            }
            Value::Utf8(bytes) => {
                utf8_text(bytes, &mut text);
                Leaf::Text(text)
            }
            Value::Bytes(bytes) => Leaf::Bytes(bytes.to_vec()),
        });
        Ok(())
    }

    fn enter(&mut self, _: &Field, range: Range<usize>, group: Group) -> Result<(), String> {
        self.end = range.end;
        self.leaves.push(match group {
            Group::Optional(present) => Leaf::Present(present),
            Group::Array(count) => Leaf::Count(count),
        });
        Ok(())
    }
}

fn round_trip(rng: &mut Rng, schema: &Schema, what: &str, size: Size) -> bool {
    let sent = values(rng, schema, size).unwrap_or_else(|| panic!("{what}: no values"));
    let bytes = message_bytes(schema.opcode, &sent).unwrap();
    if bytes.len() > MAX_MESSAGE {
        return false;
    }
    let mut expected = Vec::new();
    flatten(&sent, &mut expected);
    let mut seen = Collect {
        leaves: Vec::new(),
        end: 2,
    };
    // Something follows that is not the message's.
    let followed = [bytes.as_slice(), &[0xff; 5]].concat();
    let decoded = decode(&followed, followed.len(), schema, &mut seen);
    let decoded = decoded.unwrap_or_else(|stop| panic!("{what}: {stop:?} in {bytes:02x?}"));
    assert_eq!(decoded.len, bytes.len(), "{what}");
    assert_eq!(seen.leaves, expected, "{what}");
    true
}

#[test]
fn every_message_of_every_built_in_table_round_trips() {
    let mut rng = Rng::new(0x7ab1e5);
    let (mut messages, mut trips, mut endless) = (0, 0, Vec::new());
    for (path, text) in BUILTIN_FILES {
        let (file, errors) = parse(path, text);
        assert_eq!(errors, []);
        for schema in &file.unwrap().messages {
            let what = format!("{path} 0x{:04x}", schema.opcode);
            if schema.parser.is_some() || !has_end(&schema.body) {
                endless.push(what);
                continue;
            }
            messages += 1;
            let mut done = usize::from(round_trip(&mut rng, schema, &what, Size::Least));
            for _ in 0..3 {
                done += usize::from(round_trip(&mut rng, schema, &what, Size::Greatest));
            }
            // Those that grow beyond a message do not count.
            for _ in 0..TIMES * 50 {
                if done >= TIMES {
                    break;
                }
                done += usize::from(round_trip(&mut rng, schema, &what, Size::Usual));
            }
            assert!(done >= TIMES, "{what}: only {done} fitted");
            trips += done;
        }
    }
    println!("{trips} round trips of {messages} messages");
    assert_eq!(messages + endless.len(), 3_189);
    assert_eq!(endless, ENDLESS, "of which nobody knows where they end");
}
