//! The plaintext of one direction, kept for the file's life.
//!
//! Kept is what was decrypted; what the server's blocks decode to is made again when it is looked at, so
//! that memory holds the compressed form only.

use super::pages::Pages;
use super::text::TextPiece;
use crate::block::{BlockDecoder, BlockHeader, Codec, Compression, HEADER};
use std::ops::Range;

/// A block that decoded.
#[derive(Clone, Copy, Debug)]
pub struct BlockEntry {
    /// Position of the header in the decrypted bytes.
    pub wire: u64,
    /// Position of the first decoded byte in the decompressed bytes.
    pub plain: u64,
    /// The sizes.
    pub header: BlockHeader,
    /// The codec; `None` for bytes of an earlier block that stand here a second time, so that a message
    /// that a late segment completed is in one piece.
    pub codec: Option<Codec>,
}

impl BlockEntry {
    fn plain_end(&self) -> u64 {
        self.plain.saturating_add(u64::from(self.header.decoded))
    }
}

/// Plaintext by position.
#[derive(Debug, Default)]
pub struct Store {
    decrypted: Pages,
    blocks: Vec<BlockEntry>,
    plain_len: u64,
    texts: Vec<TextPiece>,
}

impl Store {
    /// Position of the next decrypted byte.
    pub fn decrypted_len(&self) -> u64 {
        self.decrypted.len()
    }

    /// Position of the next decompressed byte.
    pub fn decompressed_len(&self) -> u64 {
        self.plain_len
    }

    /// A block by its number.
    pub fn block(&self, number: u32) -> Option<&BlockEntry> {
        self.blocks.get(usize::try_from(number).ok()?)
    }

    /// A copy of decrypted bytes.
    pub fn decrypted(&self, range: Range<u64>) -> Vec<u8> {
        let mut out = Vec::new();
        self.decrypted.read(range, &mut out);
        out
    }

    /// Decompressed bytes, made again from their blocks.
    pub fn decompressed(&self, range: Range<u64>) -> Vec<u8> {
        let first = self
            .blocks
            .partition_point(|block| block.plain_end() <= range.start);
        let mut out = Vec::new();
        let mut decoder = BlockDecoder::new(Compression::Auto);
        let mut payload = Vec::new();
        let mut plain = Vec::new();
        for block in self.blocks.get(first..).unwrap_or_default() {
            if block.plain >= range.end {
                break;
            }
            payload.clear();
            plain.clear();
            self.read_block(block, &mut decoder, &mut payload, &mut plain);
            let from = usize::try_from(range.start.saturating_sub(block.plain)).unwrap_or(usize::MAX);
            let to = usize::try_from(range.end.saturating_sub(block.plain)).unwrap_or(usize::MAX);
            out.extend_from_slice(plain.get(from..to.min(plain.len())).unwrap_or_default());
        }
        out
    }

    fn read_block(
        &self,
        block: &BlockEntry,
        decoder: &mut BlockDecoder,
        payload: &mut Vec<u8>,
        plain: &mut Vec<u8>,
    ) {
        let len = u64::try_from(block.header.payload_len()).unwrap_or(0);
        let header = if block.codec.is_some() { HEADER as u64 } else { 0 };
        let start = block.wire.saturating_add(header);
        self.decrypted.read(start..start.saturating_add(len), payload);
        match block.codec {
            None => plain.extend_from_slice(payload),
            Some(codec) => {
                plain.resize(usize::from(block.header.decoded), 0);
                decoder.decode_exactly(codec, payload, plain);
            }
        }
    }

    /// The pieces of a stream of text, in the order in which they were decrypted.
    pub(crate) fn texts(&self) -> &[TextPiece] {
        &self.texts
    }

    pub(super) fn add_text(&mut self, piece: TextPiece) {
        self.texts.push(piece);
    }

    pub(crate) fn append_decrypted(&mut self, bytes: &[u8]) -> u64 {
        self.decrypted.append(bytes)
    }

    /// Notes a decoded block and gives its number.
    pub(super) fn add_block(&mut self, wire: u64, header: BlockHeader, codec: Codec) -> u32 {
        self.push_block(BlockEntry {
            wire,
            plain: self.plain_len,
            header,
            codec: Some(codec),
        })
    }

    /// Puts decompressed bytes here a second time and gives their new position.
    pub(super) fn repeat_decompressed(&mut self, bytes: &[u8]) -> u64 {
        let start = self.plain_len;
        for piece in bytes.chunks(usize::from(u16::MAX)) {
            let wire = self.decrypted.append(piece);
            let decoded = u16::try_from(piece.len()).unwrap_or(u16::MAX);
            let header = BlockHeader {
                compressed: 0,
                decoded,
            };
            self.push_block(BlockEntry {
                wire,
                plain: self.plain_len,
                header,
                codec: None,
            });
        }
        start
    }

    fn push_block(&mut self, block: BlockEntry) -> u32 {
        self.plain_len = block.plain_end();
        self.blocks.push(block);
        u32::try_from(self.blocks.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }
}
