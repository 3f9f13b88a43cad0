//! Every message that a scenario calls readable fits its line of the message tables, to its last byte and
//! within the greatest counts. The walker here is written for this test alone.

#![allow(clippy::unwrap_used, clippy::panic)]

use gw2_sim::scenarios;
use gw2_sim::truth::Layer;
use std::collections::HashMap;

#[derive(Debug)]
struct Field {
    code: u8,
    /// `*count`; none for `*?`.
    count: Option<usize>,
    sub: Vec<Field>,
}

/// Parses `name:04*3(02 0D*64)! 02`, up to the end or a closing bracket.
fn parse(text: &mut &str) -> Vec<Field> {
    let mut fields = Vec::new();
    loop {
        *text = text.trim_start();
        if text.is_empty() || text.starts_with(')') {
            return fields;
        }
        let word = text.find([' ', '(', ')', '*', '!']).unwrap_or(text.len());
        let (name, rest) = text.split_at(word);
        let code = u8::from_str_radix(name.rsplit(':').next().unwrap(), 16).unwrap();
        *text = rest;
        let mut field = Field {
            code,
            count: None,
            sub: Vec::new(),
        };
        if let Some(rest) = text.strip_prefix('*') {
            let end = rest
                .find(|c: char| c != '?' && !c.is_ascii_digit())
                .unwrap_or(rest.len());
            field.count = rest[..end].parse().ok();
            *text = &rest[end..];
        }
        if let Some(rest) = text.strip_prefix('(') {
            *text = rest;
            field.sub = parse(text);
            *text = text.strip_prefix(')').unwrap();
        }
        *text = text.strip_prefix('!').unwrap_or(text);
        fields.push(field);
    }
}

struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take(&mut self, count: usize) -> Result<u64, String> {
        let (head, rest) = self.0.split_at_checked(count).ok_or("ends early")?;
        self.0 = rest;
        Ok(head
            .iter()
            .take(8)
            .rev()
            .fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    fn varint(&mut self) -> Result<(), String> {
        for n in 1..=5 {
            let byte = self.take(1)?;
            if byte < 0x80 {
                return if n == 5 && byte > 0x0f {
                    Err("varint over 32 bits".into())
                } else {
                    Ok(())
                };
            }
        }
        Err("varint over 5 bytes".into())
    }

    fn text(&mut self, unit: usize) -> Result<usize, String> {
        for count in 1.. {
            if self.take(unit)? == 0 {
                return Ok(count);
            }
        }
        unreachable!()
    }

    fn repeat(&mut self, count: usize, sub: &[Field]) -> Result<usize, String> {
        (0..count).try_for_each(|_| self.walk(sub))?;
        Ok(count)
    }

    fn walk(&mut self, fields: &[Field]) -> Result<(), String> {
        for field in fields {
            let exact = field.count.unwrap_or(0);
            let size = match field.code {
                0x02 => 1,
                0x03 => 2,
                0x06 | 0x17 | 0x19 => 4,
                0x05 | 0x07 | 0x1a => 8,
                0x08 | 0x0a => 12,
                0x09 | 0x0b => 16,
                0x0c => 28,
                0x13 => exact,
                _ => 0,
            };
            self.take(size)?;
            let counted = match field.code {
                0x04 | 0x0a => self.varint().map(|()| 0)?,
                0x0d => self.text(2)?,
                0x0e => self.text(1)?,
                0x0f => {
                    let flag = self.take(1)?;
                    self.repeat(usize::from(flag != 0), &field.sub).map(|_| 0)?
                }
                0x10 => self.repeat(exact, &field.sub)?,
                0x11 => self.take(1).and_then(|n| self.repeat(n as usize, &field.sub))?,
                0x12 => self.take(2).and_then(|n| self.repeat(n as usize, &field.sub))?,
                0x14 => self
                    .take(1)
                    .and_then(|n| self.take(n as usize).map(|_| n as usize))?,
                0x15 => self
                    .take(2)
                    .and_then(|n| self.take(n as usize).map(|_| n as usize))?,
                _ => 0,
            };
            if field.count.is_some_and(|most| counted > most) {
                return Err(format!("{counted} over the greatest count of {field:?}"));
            }
        }
        Ok(())
    }
}

fn tables() -> HashMap<(String, u16), Vec<Field>> {
    include_str!("data/tables.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            let opcode = u16::from_str_radix(columns[1].trim_start_matches("0x"), 16).unwrap();
            let fields = parse(&mut &*columns[3]);
            ((columns[0].to_owned(), opcode), fields)
        })
        .collect()
}

#[test]
fn every_readable_message_fits_its_table() {
    let tables = tables();
    let mut checked = 0;
    // Those that are made from schemas are tested against them elsewhere.
    for scenario in scenarios::all()
        .iter()
        .filter(|scenario| !scenario.name.starts_with("all-"))
    {
        let capture = scenario.capture().unwrap();
        for item in capture.truth.iter().filter(|item| item.layer == Layer::Message) {
            let opcode = item.opcode.unwrap();
            let what = format!("{}: {} 0x{opcode:04x}", scenario.name, item.table);
            if scenario.name == "game-2025" && (item.table.as_str(), opcode) == ("gs2c", 1) {
                // The fast path has no table line.
                assert!([14, 25, 26, 38, 44, 62].contains(&item.plaintext.len()), "{what}");
                continue;
            }
            // Login tables have hardly moved: the own build's first, then 2013's, then 2025's.
            let builds: &[&str] = match (scenario.name, item.table.as_str()) {
                ("samples" | "game-2025", "c2gs" | "gs2c") => &["2025"],
                _ => &["205780", "21315", "2025"],
            };
            let fields = builds
                .iter()
                .find_map(|build| tables.get(&(format!("{}-{build}", item.table), opcode)))
                .unwrap_or_else(|| panic!("{what} is not in tests/data/tables.txt; add its line"));
            let mut bytes = Bytes(&item.plaintext[2..]);
            bytes.walk(fields).unwrap_or_else(|why| panic!("{what}: {why}"));
            assert!(
                bytes.0.is_empty(),
                "{what}: {} bytes are left over",
                bytes.0.len()
            );
            checked += 1;
        }
    }
    assert!(checked > 5_000, "{checked}");
}
