//! tshark's PDML: the whole tree of each packet, field by field.

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use super::Look;

/// One packet.
#[derive(Debug, Default)]
pub struct Packet {
    /// Its fields and protocols, in the order of the tree.
    pub fields: Vec<Field>,
}

/// A line of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The filter name; empty for a line of text.
    pub name: String,
    /// The value as a filter would name it.
    pub show: String,
    /// How deep in the tree: 0 for a protocol.
    pub depth: usize,
}

impl Packet {
    /// The values of a field, in order.
    pub fn values<'p>(&'p self, name: &'p str) -> impl Iterator<Item = &'p str> {
        let named = self.fields.iter().filter(move |field| field.name == name);
        named.map(|field| field.show.as_str())
    }
}

/// What tshark prints as PDML. Panics on XML that is not well-formed.
pub fn packets(look: Look) -> Vec<Packet> {
    parse(&look.arguments(&["-T", "pdml"]).run().stdout)
}

/// Parses PDML.
pub fn parse(text: &str) -> Vec<Packet> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut packets: Vec<Packet> = Vec::new();
    let mut depth = 0usize;
    loop {
        match reader.read_event().unwrap() {
            Event::Start(element) => {
                take(&element, depth, &mut packets);
                depth += 1;
            }
            Event::Empty(element) => take(&element, depth, &mut packets),
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "PDML that ends within an element");
    packets
}

/// Below `<pdml>` and `<packet>` come protocols, below these fields.
fn take(element: &BytesStart<'_>, depth: usize, packets: &mut Vec<Packet>) {
    let attribute = |name: &str| {
        let found = element.try_get_attribute(name).unwrap();
        found.map_or(String::new(), |value| {
            value
                .normalized_value(XmlVersion::Implicit1_0)
                .unwrap()
                .into_owned()
        })
    };
    match element.name().as_ref() {
        "packet" => packets.push(Packet::default()),
        "proto" | "field" => {
            let packet = packets.last_mut().expect("a field inside a packet");
            packet.fields.push(Field {
                name: attribute("name"),
                show: attribute("show"),
                depth: depth - 2,
            });
        }
        _ => {}
    }
}
