//! The table of protocol.md's section 1, and its ruling on first bytes cut short.

use super::*;

const LOGIN: Option<(Server, Direction)> = Some((Server::Login, Direction::ClientToServer));
const GAME: Option<(Server, Direction)> = Some((Server::Game, Direction::ClientToServer));
const GAME_SERVER: Option<(Server, Direction)> = Some((Server::Game, Direction::ServerToClient));

fn frame(first: [u8; 2], len: usize) -> Vec<u8> {
    let mut frame = first.to_vec();
    frame.resize(len, 0x77);
    frame
}

fn both(recognised: Option<Recognised>) -> Option<(Server, Direction)> {
    recognised.map(|r| (r.server, r.direction))
}

#[test]
fn any_port_wants_whole_signs() {
    let mut client_seed_cut = frame([0, 0x42], 66);
    client_seed_cut.pop();
    for (segment, expected) in [
        (vec![0x00, 0x04, 0x0c, 0x00], LOGIN),
        (vec![0x00, 0x04, 0x0c, 0x00, 1, 2, 3], LOGIN),
        (vec![0x00, 0x05, 0x0c, 0x00], GAME),
        (vec![0x00, 0x04, 0x0c], None),
        (vec![0x00, 0x05, 0x0d, 0x00], None),
        (vec![0x00, 0x04, 0x0c, 0x01], None),
        (frame([0x00, 0x42], 66), GAME),
        (frame([0x00, 0x42], 67), None),
        (client_seed_cut, None),
        (frame([0x01, 0x16], 22), GAME_SERVER),
        (frame([0x01, 0x16], 23), None),
        (frame([0x01, 0x16], 21), None),
        (frame([0x02, 0x16], 22), None),
        (vec![], None),
        (b"P /Sts/Connect STS/1.0\r\n".to_vec(), None),
    ] {
        assert_eq!(both(recognise(&segment)), expected, "{segment:02x?}");
    }
}

#[test]
fn the_registered_port_takes_what_has_come_of_a_frame() {
    for (segment, expected) in [
        (vec![0x00], GAME),
        (vec![0x00, 0x04], LOGIN),
        (vec![0x00, 0x04, 0x0c], LOGIN),
        (vec![0x00, 0x05], GAME),
        (vec![0x00, 0x42], GAME),
        (vec![0x01], GAME_SERVER),
        (vec![0x01, 0x16], GAME_SERVER),
        (vec![0x01, 0x17], None),
        (vec![0x00, 0x06], None),
        (vec![0x02], None),
        (vec![], None),
        (b"STS/1.0 200 OK\r\n".to_vec(), None),
    ] {
        assert_eq!(both(recognise_on_port(&segment)), expected, "{segment:02x?}");
    }
}
