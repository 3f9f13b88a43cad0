//! Server blocks: any bytes as headers and payloads, under every choice of codecs.
#![no_main]

use gw2_protocol::block::{BlockDecoder, BlockHeader, Codec, Compression};
use libfuzzer_sys::fuzz_target;

const CHOICES: [Compression; 5] = [
    Compression::Auto,
    Compression::Only(Codec::Lz4),
    Compression::Only(Codec::Zlib),
    Compression::Only(Codec::Deflate),
    Compression::None,
];

fuzz_target!(|bytes: &[u8]| {
    let Some(header) = BlockHeader::read(bytes) else {
        return;
    };
    let payload = &bytes[4..];
    let payload = &payload[..payload.len().min(header.payload_len())];
    for compression in CHOICES {
        let mut out = vec![0xaa; 3];
        let decoded = BlockDecoder::new(compression).decode(header, payload, &mut out);
        let expected = decoded.map_or(0, |_| usize::from(header.decoded));
        assert_eq!(
            out.len(),
            3 + expected,
            "what was there stays, and only a whole block is added"
        );
        assert_eq!(out[..3], [0xaa; 3]);
    }
});
