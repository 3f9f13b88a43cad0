//! What a field's bytes mean.

use std::net::{Ipv4Addr, Ipv6Addr};

/// The value of one field, borrowed from the plaintext.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Type 02.
    U8(u8),
    /// Type 03.
    U16(u16),
    /// Types 17 and 19.
    U32(u32),
    /// Type 04.
    Varint(u32),
    /// Types 05 and 1A.
    U64(u64),
    /// Type 06.
    F32(f32),
    /// Types 07 to 09, and the vector of 0A.
    Vector(Vector),
    /// Type 0B, as on the wire: the first three groups are little-endian.
    Guid([u8; 16]),
    /// Type 0C of family 2.
    Ipv4 {
        /// The address.
        address: Ipv4Addr,
        /// The port.
        port: u16,
    },
    /// Type 0C of family 23.
    Ipv6 {
        /// The address.
        address: Ipv6Addr,
        /// The port.
        port: u16,
    },
    /// Type 0C of a family that is neither: its 28 bytes.
    OtherAddress(&'a [u8]),
    /// Type 0D: UTF-16LE without the terminator.
    Utf16(&'a [u8]),
    /// Type 0E: UTF-8 without the terminator.
    Utf8(&'a [u8]),
    /// Types 13 to 15.
    Bytes(&'a [u8]),
}

/// Two to four singles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vector {
    components: [f32; 4],
    len: u8,
}

impl Vector {
    pub(crate) fn new<const N: usize>(bytes: &[u8]) -> Self {
        let mut components = [0.0; 4];
        for (component, chunk) in components.iter_mut().zip(bytes.chunks_exact(4)) {
            *component = chunk.first_chunk().copied().map_or(0.0, f32::from_le_bytes);
        }
        Self {
            components,
            len: u8::try_from(N).unwrap_or(4),
        }
    }

    /// The components, in the order x, y, z, w.
    pub fn components(&self) -> &[f32] {
        self.components.get(..usize::from(self.len)).unwrap_or_default()
    }
}

/// Appends UTF-16LE text to `out`; an unpaired surrogate becomes U+FFFD, and so does an odd last byte.
pub fn utf16_text(bytes: &[u8], out: &mut String) {
    let pairs = bytes.chunks_exact(2);
    let odd = !pairs.remainder().is_empty();
    let units = pairs.filter_map(|pair| pair.first_chunk().copied().map(u16::from_le_bytes));
    out.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
    if odd {
        out.push(char::REPLACEMENT_CHARACTER);
    }
}

/// Appends UTF-8 text to `out`; a bad byte becomes U+FFFD.
pub fn utf8_text(bytes: &[u8], out: &mut String) {
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        if !chunk.invalid().is_empty() {
            out.push(char::REPLACEMENT_CHARACTER);
        }
    }
}
