//! A portal connection: any text in any pieces, with some lost, late or twice.
#![no_main]

use arbitrary::Arbitrary;
use gw2_protocol::Direction;
use gw2_protocol::sts::PortalConnection;
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Piece {
    from_server: bool,
    /// Where it stands, from where the direction has come to: back for what comes again, ahead for what is lost.
    jump: i8,
    bytes: Vec<u8>,
}

fuzz_target!(|pieces: Vec<Piece>| {
    let mut connection = PortalConnection::new();
    let mut ends = [0u64; 2];
    for (frame, piece) in (1u32..).zip(&pieces) {
        let direction = match piece.from_server {
            true => Direction::ServerToClient,
            false => Direction::ClientToServer,
        };
        let end = &mut ends[usize::from(direction.code())];
        let offset = end.saturating_add_signed(i64::from(piece.jump));
        *end = (*end).max(offset + piece.bytes.len() as u64);
        connection.segment(direction, offset, &piece.bytes, frame, i64::from(frame));
    }
    for frame in 1..=pieces.len() as u32 {
        for unit in connection.units_in(frame) {
            assert!(unit.range().start <= unit.range().end);
            assert!(!unit.bytes().is_empty());
        }
    }
});
