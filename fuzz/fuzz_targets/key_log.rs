//! A key log that is read in pieces holds what it holds when read at once.
#![no_main]

use gw2_protocol::key::KeyLog;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (Vec<u8>, Vec<u16>)| {
    let (mut text, cuts) = input;
    // A last line without an end is not read yet.
    text.push(b'\n');
    let mut whole = KeyLog::new("keys");
    let errors = whole.append(&text);
    let mut pieces = KeyLog::new("keys");
    let mut piece_errors = Vec::new();
    let mut rest = text.as_slice();
    for cut in cuts {
        let (piece, tail) = rest.split_at(rest.len().min(usize::from(cut)));
        piece_errors.extend(pieces.append(piece));
        rest = tail;
    }
    piece_errors.extend(pieces.append(rest));
    assert_eq!(errors, piece_errors);
    assert_eq!(whole.len(), pieces.len());
});
