//! Content-Encoding: gzip and deflate, bounded (section 7; which encodings live clients use is unknown).

use std::borrow::Cow;
use std::io::Read;

use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};

/// The longest content that is decoded.
pub const MAX_CONTENT: usize = 64 * 1024 * 1024;

/// What a Content-Encoding header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentEncoding {
    /// No header, an empty one, or `identity`.
    Identity,
    /// `gzip`
    Gzip,
    /// `deflate`: zlib or, as some senders have it, raw.
    Deflate,
    /// Anything else: the content is shown as it is.
    Unknown,
}

impl ContentEncoding {
    /// Reads the header's value.
    #[must_use]
    pub fn parse(value: &[u8]) -> Self {
        let is = |name: &str| value.eq_ignore_ascii_case(name.as_bytes());
        if value.is_empty() || is("identity") {
            Self::Identity
        } else if is("gzip") || is("x-gzip") {
            Self::Gzip
        } else if is("deflate") {
            Self::Deflate
        } else {
            Self::Unknown
        }
    }

    /// Undoes the encoding. What is not encoded, or in an unknown way, comes back as it is.
    ///
    /// # Errors
    /// When the content is not what the header says, or is over [`MAX_CONTENT`] decoded.
    pub fn decode<'a>(self, content: &'a [u8]) -> Result<Cow<'a, [u8]>, DecodeError> {
        self.decode_bounded(content, MAX_CONTENT)
    }

    pub(crate) fn decode_bounded<'a>(
        self,
        content: &'a [u8],
        limit: usize,
    ) -> Result<Cow<'a, [u8]>, DecodeError> {
        match self {
            Self::Identity | Self::Unknown => Ok(Cow::Borrowed(content)),
            Self::Gzip => read(GzDecoder::new(content), limit),
            Self::Deflate => match read(ZlibDecoder::new(content), limit) {
                Err(DecodeError::Corrupt) => read(DeflateDecoder::new(content), limit),
                decoded => decoded,
            },
        }
        .map_err(|error| match error {
            DecodeError::Corrupt if content.is_empty() => DecodeError::Empty,
            error => error,
        })
    }
}

/// Why a content could not be decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DecodeError {
    /// There is none.
    Empty,
    /// It is not in the encoding that the header names, or is cut short.
    Corrupt,
    /// It is longer than [`MAX_CONTENT`].
    TooLong,
}

impl std::fmt::Display for DecodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Empty => "the content is empty, yet has an encoding",
            Self::Corrupt => "the content is not in the encoding that its header names",
            Self::TooLong => "the decoded content is over 64 MiB",
        })
    }
}

impl std::error::Error for DecodeError {}

fn read<'a>(decoder: impl Read, limit: usize) -> Result<Cow<'a, [u8]>, DecodeError> {
    let mut decoded = Vec::new();
    let probe = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    match decoder.take(probe).read_to_end(&mut decoded) {
        _ if decoded.len() > limit => Err(DecodeError::TooLong),
        Ok(_) => Ok(Cow::Owned(decoded)),
        Err(_) => Err(DecodeError::Corrupt),
    }
}
