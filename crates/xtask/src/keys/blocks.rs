//! The blocks of a pcapng file.

use anyhow::{Result, anyhow, bail};

/// A section begins; the same in either byte order.
pub const SECTION_HEADER: u32 = 0x0A0D_0D0A;
/// Names of addresses.
pub const NAME_RESOLUTION: u32 = 4;

/// The byte order magic behind a section header's length, as its own order reads it.
const MAGIC: u32 = 0x1A2B_3C4D;

/// Type and length before a block's body, and the length again behind it.
const AROUND: usize = 12;

/// Whether a block of this kind holds a packet: obsolete, simple or enhanced.
pub fn is_packet(kind: u32) -> bool {
    matches!(kind, 2 | 3 | 6)
}

/// The byte order of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Little,
    Big,
}

impl Order {
    /// The first four bytes as a number.
    pub fn read(self, bytes: &[u8]) -> Option<u32> {
        let four = bytes.first_chunk()?;
        Some(match self {
            Self::Little => u32::from_le_bytes(*four),
            Self::Big => u32::from_be_bytes(*four),
        })
    }

    /// A number as four bytes.
    pub fn bytes(self, number: u32) -> [u8; 4] {
        match self {
            Self::Little => number.to_le_bytes(),
            Self::Big => number.to_be_bytes(),
        }
    }
}

/// A block, with nothing taken off.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    pub kind: u32,
    pub order: Order,
    pub bytes: &'a [u8],
    pub body: &'a [u8],
}

/// Walks over blocks. Behind an error there is nothing more.
#[derive(Clone, Debug)]
pub struct Blocks<'a> {
    bytes: &'a [u8],
    at: usize,
    order: Option<Order>,
}

impl<'a> Blocks<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            at: 0,
            order: None,
        }
    }

    /// The byte order of the last section.
    pub fn last_order(self) -> Option<Order> {
        self.last()?.ok().map(|block| block.order)
    }

    fn read(&mut self) -> Result<Block<'a>> {
        let at = self.at;
        let rest = self.bytes.get(at..).unwrap_or_default();
        let short = || anyhow!("the capture is cut short in the block at byte {at}");
        if rest.starts_with(&SECTION_HEADER.to_le_bytes()) {
            let magic = rest.get(8..).unwrap_or_default();
            let is_magic = |order: &Order| order.read(magic) == Some(MAGIC);
            let order = [Order::Little, Order::Big].into_iter().find(is_magic);
            self.order =
                Some(order.ok_or_else(|| anyhow!("no byte order in the section header at byte {at}"))?);
        }
        let Some(order) = self.order else {
            bail!("this is no capture file: neither pcapng nor pcap");
        };
        let number = |offset: usize| rest.get(offset..).and_then(|bytes| order.read(bytes));
        let kind = number(0).ok_or_else(short)?;
        let len = number(4).ok_or_else(short)?;
        let size = usize::try_from(len)?;
        if size < AROUND || size % 4 != 0 {
            bail!("the block at byte {at} says that it has {len} bytes, which no block can have");
        }
        let bytes = rest.get(..size).ok_or_else(short)?;
        let body_end = size.saturating_sub(4);
        if number(body_end) != Some(len) {
            bail!("the two lengths of the block at byte {at} differ");
        }
        Ok(Block {
            kind,
            order,
            bytes,
            body: bytes.get(8..body_end).unwrap_or_default(),
        })
    }
}

impl<'a> Iterator for Blocks<'a> {
    type Item = Result<Block<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.bytes.len() && self.at > 0 {
            return None;
        }
        let block = self.read();
        self.at = match &block {
            Ok(block) => self.at.saturating_add(block.bytes.len()),
            Err(_) => usize::MAX,
        };
        Some(block)
    }
}
