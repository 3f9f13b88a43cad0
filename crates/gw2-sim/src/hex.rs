//! Hex digits and bytes.

use crate::error::{Error, Result};
use std::fmt::Write;

/// Lower-case hex digits of `bytes`.
pub fn encode(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
            // Writing to a String cannot fail.
            let _ = write!(out, "{byte:02x}");
            out
        })
}

/// The bytes that `text` spells; spaces are skipped.
pub fn decode(text: &str) -> Result<Vec<u8>> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
        .collect::<Option<_>>()
        .ok_or_else(|| Error::encode(format!("'{text}'"), "not hex digits"))?;
    if !digits.len().is_multiple_of(2) {
        return Err(Error::encode(format!("'{text}'"), "an odd number of hex digits"));
    }
    Ok(digits
        .chunks_exact(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn there_and_back() {
        assert_eq!(super::decode("00 ff 1A").unwrap(), [0, 255, 26]);
        assert_eq!(super::encode(&[0, 255, 26]), "00ff1a");
        assert!(super::decode("0").is_err());
        assert!(super::decode("zz").is_err());
    }
}
