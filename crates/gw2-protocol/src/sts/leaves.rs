//! The leaves of an XML body: the elements that hold text and no elements, such as `<GameCode>gw2</GameCode>`.

use std::ops::Range;

use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use quick_xml::reader::Reader;

/// A longer body is not looked through: what somebody filters for stands in short ones.
pub const MAX_LOOKED_THROUGH: usize = 64 * 1024;

/// How deep elements may lie in each other; deeper ones are no leaves.
pub const MAX_DEPTH: usize = 32;

/// The leaves of one body beyond these are left out.
pub const MAX_LEAVES: usize = 512;

/// An element without elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf<'a> {
    /// Its name, with the prefix of a namespace if it has one.
    pub name: &'a str,
    /// Its text without the white space around it, entities resolved.
    pub value: String,
    /// Where it is in the body, its tags included.
    pub range: Range<usize>,
}

/// An element whose end has not come.
struct Open<'a> {
    name: &'a str,
    start: usize,
    value: String,
    has_elements: bool,
}

/// The leaves of a body in the order of their ends. Of what is no well-formed XML, those before the first fault: a body may
/// be anything. Empty elements are leaves only when they have no attributes, for then these are what they say.
#[must_use]
pub fn leaves(body: &[u8]) -> Vec<Leaf<'_>> {
    let mut leaves = Vec::new();
    if body.len() > MAX_LOOKED_THROUGH {
        return leaves;
    }
    let Ok(text) = std::str::from_utf8(body) else {
        return leaves;
    };
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Open<'_>> = Vec::new();
    while leaves.len() < MAX_LEAVES {
        let start = position(&reader);
        let Ok(event) = reader.read_event() else { break };
        let end = position(&reader);
        let text = |open: &mut Vec<Open<'_>>, text: &str| {
            if let Some(element) = open.last_mut() {
                element.value.push_str(text);
            }
        };
        match event {
            Event::Eof => break,
            Event::Start(_) | Event::Empty(_) if open.len() >= MAX_DEPTH => break,
            Event::Start(_) => {
                if let Some(parent) = open.last_mut() {
                    parent.has_elements = true;
                }
                open.push(Open {
                    name: name_at(body, start),
                    start,
                    value: String::new(),
                    has_elements: false,
                });
            }
            Event::Empty(tag) => {
                if let Some(parent) = open.last_mut() {
                    parent.has_elements = true;
                }
                if tag.attributes().next().is_none() {
                    leaves.push(Leaf {
                        name: name_at(body, start),
                        value: String::new(),
                        range: start..end,
                    });
                }
            }
            Event::End(_) => match open.pop() {
                Some(element) if !element.has_elements => leaves.push(Leaf {
                    name: element.name,
                    value: element.value.trim().to_owned(),
                    range: element.start..end,
                }),
                Some(_) => {}
                None => break,
            },
            Event::Text(part) => text(&mut open, &part),
            Event::CData(part) => text(&mut open, &part),
            Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                Ok(Some(character)) => text(&mut open, character.encode_utf8(&mut [0; 4])),
                Ok(None) => match resolve_predefined_entity(&reference) {
                    Some(resolved) => text(&mut open, resolved),
                    None => text(&mut open, &format!("&{};", &*reference)),
                },
                Err(_) => break,
            },
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    leaves
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

/// The name of the tag that begins at `start`.
fn name_at(body: &[u8], start: usize) -> &str {
    let tag = body.get(start..).and_then(|rest| rest.strip_prefix(b"<"));
    let tag = tag.unwrap_or_default();
    let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'>' | b'/');
    let len = tag.iter().position(ends).unwrap_or(tag.len());
    std::str::from_utf8(tag.get(..len).unwrap_or_default()).unwrap_or_default()
}
