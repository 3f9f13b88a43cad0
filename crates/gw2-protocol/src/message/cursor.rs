//! A reader of the wire's integers that never reads past the bytes in hand.

/// There are not enough bytes; at least this many (from the start of the message) are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Short(pub usize);

#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub fn new(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at }
    }

    /// The offset of the next byte.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The bytes that are left.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    #[inline]
    pub fn take(&mut self, len: usize) -> Result<&'a [u8], Short> {
        let end = self.at.saturating_add(len);
        let taken = self.bytes.get(self.at..end).ok_or(Short(end))?;
        self.at = end;
        Ok(taken)
    }

    #[inline]
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Short> {
        let end = self.at.saturating_add(N);
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let taken = rest.first_chunk::<N>().ok_or(Short(end))?;
        self.at = end;
        Ok(*taken)
    }

    #[inline]
    pub fn u8(&mut self) -> Result<u8, Short> {
        self.array::<1>().map(|[byte]| byte)
    }

    #[inline]
    pub fn u16(&mut self) -> Result<u16, Short> {
        self.array().map(u16::from_le_bytes)
    }

    /// A varint; `None` when it has more than five bytes or bits beyond 32.
    #[inline]
    pub fn varint(&mut self) -> Result<Option<u32>, Short> {
        let mut value = 0u32;
        for shift in [0u32, 7, 14, 21, 28] {
            let byte = self.u8()?;
            let bits = u32::from(byte & 0x7f);
            if shift == 28 && byte > 0x0f {
                return Ok(None);
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }
}
