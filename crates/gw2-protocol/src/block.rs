//! Blocks: the frames of the server's stream, each stored or compressed (protocol.md, section 4).

use std::fmt;
use std::ops::Range;

/// Bytes of a block's header: u16 compressed size, u16 decoded size.
pub const HEADER: usize = 4;

/// The greatest compressed or decoded size of a block, in bytes.
pub const MAX_PAYLOAD: usize = u16::MAX as usize;

/// The sizes that stand before a block's payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockHeader {
    /// Bytes of the compressed payload; 0 when the payload is stored.
    pub compressed: u16,
    /// Bytes after decoding.
    pub decoded: u16,
}

impl BlockHeader {
    /// The header that begins with `bytes`.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let [c0, c1, d0, d1] = *bytes.first_chunk()?;
        Some(Self {
            compressed: u16::from_le_bytes([c0, c1]),
            decoded: u16::from_le_bytes([d0, d1]),
        })
    }

    /// Bytes of the payload on the wire.
    pub fn payload_len(self) -> usize {
        usize::from(if self.compressed == 0 {
            self.decoded
        } else {
            self.compressed
        })
    }

    /// Bytes of the whole block on the wire.
    pub fn block_len(self) -> usize {
        self.payload_len().saturating_add(HEADER)
    }
}

/// How a block's payload was coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// As it is.
    Stored,
    /// An LZ4 block.
    Lz4,
    /// Deflate in a zlib wrapper (this project's guess).
    Zlib,
    /// Deflate without a wrapper (this project's guess).
    Deflate,
}

impl Codec {
    /// The value of `gw2.block.codec`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Lz4 => "lz4",
            Self::Zlib => "zlib",
            Self::Deflate => "deflate",
        }
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The preference `gw2.compression`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// LZ4, then zlib, then deflate.
    #[default]
    Auto,
    /// One codec for every block that is not stored.
    Only(Codec),
    /// There are no blocks: the server's stream is messages, as the client's is.
    None,
}

impl Compression {
    fn codecs(self) -> &'static [Codec] {
        match self {
            Self::Auto => &[Codec::Lz4, Codec::Zlib, Codec::Deflate],
            Self::Only(Codec::Lz4) => &[Codec::Lz4],
            Self::Only(Codec::Zlib) => &[Codec::Zlib],
            Self::Only(Codec::Deflate) => &[Codec::Deflate],
            Self::Only(Codec::Stored) | Self::None => &[],
        }
    }
}

/// A block's payload does not decode to exactly its decoded size by any codec allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadBlock;

/// Decodes blocks; holds what the codecs need, so that a block costs no allocation.
pub struct BlockDecoder {
    compression: Compression,
    // Made when first wanted: their windows are larger than all else that a connection holds.
    inflate: Option<Box<flate2::Decompress>>,
    zlib: Option<Box<flate2::Decompress>>,
}

impl fmt::Debug for BlockDecoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockDecoder")
            .field("compression", &self.compression)
            .finish_non_exhaustive()
    }
}

impl BlockDecoder {
    /// A decoder that tries the codecs of a preference.
    pub fn new(compression: Compression) -> Self {
        Self {
            compression,
            inflate: None,
            zlib: None,
        }
    }

    /// Appends the decoded payload to `out` and says which codec did it. On an error `out` is as it was.
    pub fn decode(
        &mut self,
        header: BlockHeader,
        payload: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<Codec, BadBlock> {
        let start = out.len();
        let decoded = usize::from(header.decoded);
        if header.compressed == 0 {
            if payload.len() != decoded {
                return Err(BadBlock);
            }
            out.extend_from_slice(payload);
            return Ok(Codec::Stored);
        }
        // At most 65,535 bytes, whatever the header says.
        out.resize(start.saturating_add(decoded), 0);
        for &codec in self.compression.codecs() {
            let Some(target) = out.get_mut(start..) else { break };
            if self.decode_exactly(codec, payload, target) {
                return Ok(codec);
            }
        }
        out.truncate(start);
        Err(BadBlock)
    }

    /// Whether `payload` decodes by `codec` to exactly the bytes of `target`, which then holds them.
    pub fn decode_exactly(&mut self, codec: Codec, payload: &[u8], target: &mut [u8]) -> bool {
        match codec {
            Codec::Stored => match target.len() == payload.len() {
                true => {
                    target.copy_from_slice(payload);
                    true
                }
                false => false,
            },
            Codec::Lz4 => {
                lz4_flex::block::decompress_into(payload, target).is_ok_and(|len| len == target.len())
            }
            Codec::Zlib => inflates_exactly(&mut self.zlib, true, payload, target),
            Codec::Deflate => inflates_exactly(&mut self.inflate, false, payload, target),
        }
    }
}

fn inflates_exactly(
    inflate: &mut Option<Box<flate2::Decompress>>,
    zlib: bool,
    payload: &[u8],
    target: &mut [u8],
) -> bool {
    let inflate = inflate.get_or_insert_with(|| Box::new(flate2::Decompress::new(zlib)));
    inflate.reset(zlib);
    let status = inflate.decompress(payload, target, flate2::FlushDecompress::Finish);
    let len = u64::try_from(target.len()).unwrap_or(u64::MAX);
    let used = u64::try_from(payload.len()).unwrap_or(u64::MAX);
    matches!(status, Ok(flate2::Status::StreamEnd))
        && inflate.total_out() == len
        && inflate.total_in() == used
}

/// Where the payload of a block at `start` stands.
pub fn payload_range(start: usize, header: BlockHeader) -> Range<usize> {
    let from = start.saturating_add(HEADER);
    from..from.saturating_add(header.payload_len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(compression: Compression, wire: &[u8]) -> Result<(Codec, Vec<u8>), BadBlock> {
        let header = BlockHeader::read(wire).unwrap();
        let mut out = Vec::new();
        let codec =
            BlockDecoder::new(compression).decode(header, &wire[payload_range(0, header)], &mut out)?;
        Ok((codec, out))
    }

    fn block(decoded: usize, payload: &[u8]) -> Vec<u8> {
        let mut wire = (payload.len() as u16).to_le_bytes().to_vec();
        wire.extend((decoded as u16).to_le_bytes());
        wire.extend(payload);
        wire
    }

    #[test]
    fn the_captured_block_decodes() {
        let wire = [
            0x0f, 0x00, 0x0e, 0x00, 0xe0, 0x64, 0x02, 0x86, 0x24, 0x02, 0x00, 0x01, 0x64, 0x02, 0xab, 0x24,
            0x01, 0x00, 0x01,
        ];
        let (codec, plain) = decode(Compression::Auto, &wire).unwrap();
        assert_eq!(codec, Codec::Lz4);
        assert_eq!(
            plain,
            [0x64, 2, 0x86, 0x24, 2, 0, 1, 0x64, 2, 0xab, 0x24, 1, 0, 1]
        );
    }

    #[test]
    fn both_sizes_zero_is_an_empty_block() {
        assert_eq!(
            decode(Compression::Auto, &[0, 0, 0, 0]),
            Ok((Codec::Stored, vec![]))
        );
    }

    #[test]
    fn zlib_and_deflate_are_tried_after_lz4_and_a_forced_codec_is_the_only_one() {
        use std::io::Write;
        let plain = b"to be or not to be, that is the question: to be".to_vec();
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        zlib.write_all(&plain).unwrap();
        let zlib = block(plain.len(), &zlib.finish().unwrap());
        let mut raw = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        raw.write_all(&plain).unwrap();
        let raw = block(plain.len(), &raw.finish().unwrap());
        for (compression, wire, expected) in [
            (Compression::Auto, &zlib, Some(Codec::Zlib)),
            (Compression::Auto, &raw, Some(Codec::Deflate)),
            (Compression::Only(Codec::Zlib), &zlib, Some(Codec::Zlib)),
            (Compression::Only(Codec::Lz4), &zlib, None),
            (Compression::Only(Codec::Deflate), &zlib, None),
        ] {
            let decoded = decode(compression, wire).ok();
            assert_eq!(
                decoded.as_ref().map(|(codec, _)| *codec),
                expected,
                "{compression:?}"
            );
            assert!(decoded.is_none_or(|(_, out)| out == plain));
        }
    }

    #[test]
    fn a_payload_of_another_size_than_the_header_says_is_bad_and_leaves_nothing_behind() {
        let wire = block(
            13,
            &[0xe0, 0x64, 2, 0x86, 0x24, 2, 0, 1, 0x64, 2, 0xab, 0x24, 1, 0, 1],
        );
        let header = BlockHeader::read(&wire).unwrap();
        let mut out = vec![7];
        let result = BlockDecoder::new(Compression::Auto).decode(header, &wire[4..], &mut out);
        assert_eq!((result, out), (Err(BadBlock), vec![7]));
    }
}
