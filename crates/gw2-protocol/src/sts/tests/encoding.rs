use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use proptest::prelude::*;

use super::super::encoding::*;

const TEXT: &[u8] = b"<Reply>hello</Reply>\n";

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn zlib(content: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn raw_deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn values() {
    for (value, encoding) in [
        ("", ContentEncoding::Identity),
        ("identity", ContentEncoding::Identity),
        ("GZIP", ContentEncoding::Gzip),
        ("x-gzip", ContentEncoding::Gzip),
        ("Deflate", ContentEncoding::Deflate),
        ("br", ContentEncoding::Unknown),
        ("gzip, deflate", ContentEncoding::Unknown),
    ] {
        assert_eq!(ContentEncoding::parse(value.as_bytes()), encoding, "{value:?}");
    }
}

#[test]
fn gzip_zlib_and_raw_deflate() {
    assert_eq!(ContentEncoding::Gzip.decode(&gzip(TEXT)).unwrap(), TEXT);
    assert_eq!(ContentEncoding::Deflate.decode(&zlib(TEXT)).unwrap(), TEXT);
    assert_eq!(ContentEncoding::Deflate.decode(&raw_deflate(TEXT)).unwrap(), TEXT);
}

#[test]
fn unknown_encodings_are_left_alone() {
    assert_eq!(
        ContentEncoding::Unknown.decode(b"\x01\x02").unwrap(),
        &b"\x01\x02"[..]
    );
    assert_eq!(ContentEncoding::Identity.decode(TEXT).unwrap(), TEXT);
}

#[test]
fn what_is_not_encoded_that_way_is_corrupt() {
    assert_eq!(ContentEncoding::Gzip.decode(TEXT), Err(DecodeError::Corrupt));
    assert_eq!(ContentEncoding::Deflate.decode(TEXT), Err(DecodeError::Corrupt));
    assert_eq!(ContentEncoding::Gzip.decode(b""), Err(DecodeError::Empty));
    let whole = gzip(TEXT);
    assert_eq!(
        ContentEncoding::Gzip.decode(&whole[..whole.len() - 9]),
        Err(DecodeError::Corrupt)
    );
}

#[test]
fn output_is_bounded() {
    let content = vec![0_u8; 10_000];
    for (encoding, encoded) in [
        (ContentEncoding::Gzip, gzip(&content)),
        (ContentEncoding::Deflate, zlib(&content)),
        (ContentEncoding::Deflate, raw_deflate(&content)),
    ] {
        assert_eq!(encoding.decode_bounded(&encoded, 10_000).unwrap().len(), 10_000);
        assert_eq!(
            encoding.decode_bounded(&encoded, 9_999),
            Err(DecodeError::TooLong)
        );
    }
    assert_eq!(MAX_CONTENT, 67_108_864);
}

proptest! {
    #[test]
    fn any_bytes_decode_or_fail(content in proptest::collection::vec(any::<u8>(), 0..300)) {
        for encoding in [ContentEncoding::Gzip, ContentEncoding::Deflate] {
            let _ = encoding.decode_bounded(&content, 100_000);
        }
    }
}
