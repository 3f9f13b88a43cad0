//! Server to client blocks (protocol.md section 4).

use crate::error::{Error, Result};
use flate2::Compression;
use flate2::write::{DeflateEncoder, ZlibEncoder};
use std::io::Write;

/// How a block's payload is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// As it is; the header's compressed size is 0.
    Stored,
    /// An LZ4 block.
    Lz4,
    /// Zlib (RFC 1950).
    Zlib,
    /// Raw deflate (RFC 1951).
    Deflate,
}

/// One block: two u16 sizes and the payload. Both sizes are at most 65,535.
pub fn encode_block(codec: Codec, plaintext: &[u8]) -> Result<Vec<u8>> {
    let payload = match codec {
        Codec::Stored => plaintext.to_vec(),
        Codec::Lz4 => lz4_flex::block::compress(plaintext),
        Codec::Zlib => finish(ZlibEncoder::new(Vec::new(), Compression::default()), plaintext)?,
        Codec::Deflate => finish_deflate(plaintext)?,
    };
    let compressed = if codec == Codec::Stored {
        0
    } else {
        size("compressed", payload.len())?
    };
    block_with_sizes(compressed, size("decoded", plaintext.len())?, &payload)
}

/// A block whose header says what the caller wants, true or not.
pub fn block_with_sizes(compressed: u16, decoded: u16, payload: &[u8]) -> Result<Vec<u8>> {
    let mut block = Vec::with_capacity(payload.len() + 4);
    block.extend(compressed.to_le_bytes());
    block.extend(decoded.to_le_bytes());
    block.extend(payload);
    Ok(block)
}

fn finish(mut encoder: ZlibEncoder<Vec<u8>>, plaintext: &[u8]) -> Result<Vec<u8>> {
    encoder
        .write_all(plaintext)
        .and_then(|()| encoder.finish())
        .map_err(deflate_error)
}

fn finish_deflate(plaintext: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder
        .write_all(plaintext)
        .and_then(|()| encoder.finish())
        .map_err(deflate_error)
}

fn deflate_error(error: std::io::Error) -> Error {
    Error::encode("block", format!("deflate failed: {error}"))
}

fn size(what: &str, bytes: usize) -> Result<u16> {
    u16::try_from(bytes).map_err(|_| {
        Error::encode(
            "block",
            format!("{what} size is {bytes}, 65535 fit; send more blocks"),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{Codec, encode_block};
    use std::io::Read;

    #[test]
    fn stored() {
        assert_eq!(encode_block(Codec::Stored, b"abc").unwrap(), b"\0\0\x03\0abc");
        assert_eq!(encode_block(Codec::Stored, b"").unwrap(), b"\0\0\0\0");
    }

    #[test]
    fn packed_forms_unpack() {
        let text = b"hello hello hello hello hello hello hello hello".repeat(3);
        let lz4 = encode_block(Codec::Lz4, &text).unwrap();
        assert_eq!(usize::from(u16::from_le_bytes([lz4[0], lz4[1]])), lz4.len() - 4);
        assert_eq!(usize::from(u16::from_le_bytes([lz4[2], lz4[3]])), text.len());
        assert_eq!(lz4_flex::block::decompress(&lz4[4..], text.len()).unwrap(), text);
        let zlib = encode_block(Codec::Zlib, &text).unwrap();
        assert_eq!(zlib[4], 0x78);
        let mut out = Vec::new();
        flate2::read::ZlibDecoder::new(&zlib[4..])
            .read_to_end(&mut out)
            .unwrap();
        assert_eq!(out, text);
        let deflate = encode_block(Codec::Deflate, &text).unwrap();
        out.clear();
        flate2::read::DeflateDecoder::new(&deflate[4..])
            .read_to_end(&mut out)
            .unwrap();
        assert_eq!(out, text);
    }

    #[test]
    fn sizes_are_bounded() {
        assert!(encode_block(Codec::Stored, &vec![0; 65536]).is_err());
        assert!(encode_block(Codec::Stored, &vec![0; 65535]).is_ok());
    }
}
