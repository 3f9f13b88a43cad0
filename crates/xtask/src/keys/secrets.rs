//! The Decryption Secrets Block: whose secrets, how many bytes, and the bytes.

use super::blocks::{Block, Order};

/// The block's type.
pub const BLOCK: u32 = 0x0000_000A;

/// Type and length before a block's body, and the length again behind it.
const AROUND: usize = 12;

/// Whose secrets a block holds. Each is lines of a key log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretsKind {
    /// The bytes `GW2K` (docs/keylog.md).
    GuildWars2,
    /// The bytes `TLSK`: Wireshark's own.
    Tls,
}

impl SecretsKind {
    /// Its number in the file.
    pub fn code(self) -> u32 {
        match self {
            Self::GuildWars2 => 0x4757_324B,
            Self::Tls => 0x544C_534B,
        }
    }
}

/// What a Decryption Secrets Block says.
#[derive(Clone, Copy, Debug)]
pub struct Secrets<'a> {
    /// `None` for those of another program.
    pub kind: Option<SecretsKind>,
    pub text: &'a [u8],
}

impl<'a> Secrets<'a> {
    /// `None` for a block of another type, or with fewer bytes than it says.
    pub fn of(block: &Block<'a>) -> Option<Self> {
        if block.kind != BLOCK {
            return None;
        }
        let code = block.order.read(block.body)?;
        let len = usize::try_from(block.order.read(block.body.get(4..)?)?).ok()?;
        let kinds = [SecretsKind::GuildWars2, SecretsKind::Tls];
        Some(Self {
            kind: kinds.into_iter().find(|kind| kind.code() == code),
            text: block.body.get(8..)?.get(..len)?,
        })
    }
}

/// Appends a block, padded to four bytes.
pub fn write(out: &mut Vec<u8>, order: Order, kind: SecretsKind, text: &str) {
    let size = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
    let padded = text.len().next_multiple_of(4);
    let len = order.bytes(size(padded.saturating_add(8 + AROUND)));
    out.extend(order.bytes(BLOCK));
    out.extend(len);
    out.extend(order.bytes(kind.code()));
    out.extend(order.bytes(size(text.len())));
    out.extend(text.bytes());
    out.resize(out.len().saturating_add(padded.saturating_sub(text.len())), 0);
    out.extend(len);
}
