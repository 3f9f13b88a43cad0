use super::*;

/// `00 42` and 64 bytes that are neither frame nor zero.
fn seed() -> Vec<u8> {
    let mut frame = vec![0x00, 0x42];
    frame.resize(CLIENT_SEED_LEN, 0x5a);
    frame
}

/// A game version frame of this length, whose bytes cannot be taken for a client seed.
fn game_version(len: usize) -> Vec<u8> {
    let mut frame = vec![0x00, 0x05, 0x0c, 0x00];
    frame.extend((4..len).map(|at| at as u8 | 0x80));
    frame
}

fn login_version() -> Vec<u8> {
    [
        &[0x00, 0x04, 0x0c, 0x00][..],
        &115_267u32.to_le_bytes(),
        &[1, 0, 0, 0, 4, 0, 0, 0],
    ]
    .concat()
}

#[test]
fn a_login_version_frame_says_its_length() {
    let frame = login_version();
    for cut in 0..16 {
        for at_rest in [false, true] {
            assert_eq!(
                client_clear(&frame[..cut], at_rest),
                ClientClear::Incomplete,
                "{cut}"
            );
        }
    }
    assert_eq!(client_clear(&frame, false), ClientClear::Version(16));
    let with_seed = [frame, seed()].concat();
    assert_eq!(client_clear(&with_seed, true), ClientClear::Version(16));
    assert_eq!(client_clear(&with_seed[16..], true), ClientClear::ClientSeed);
}

#[test]
fn a_client_seed_has_66_bytes() {
    let frame = seed();
    for cut in 0..CLIENT_SEED_LEN {
        assert_eq!(
            client_clear(&frame[..cut], true),
            ClientClear::Incomplete,
            "{cut}"
        );
    }
    assert_eq!(client_clear(&frame, false), ClientClear::ClientSeed);
    let with_more = [frame, vec![7; 9]].concat();
    assert_eq!(client_clear(&with_more, false), ClientClear::ClientSeed);
}

#[test]
fn other_first_bytes_are_no_handshake() {
    for bytes in [&[0x01][..], &[0x00, 0x43], &[0x00, 0x03, 0x0c, 0x00], b"P /Sts"] {
        assert_eq!(client_clear(bytes, false), ClientClear::Other);
    }
}

#[test]
fn a_game_version_frame_of_a_known_length_ends_before_the_seed() {
    for len in [64, 86, 38] {
        let bytes = [game_version(len), seed()].concat();
        assert_eq!(client_clear(&bytes, false), ClientClear::Version(len));
        assert_eq!(client_clear(&bytes, true), ClientClear::Version(len));
        for cut in 2..bytes.len() {
            // A segment's end decides nothing while the client may go on sending.
            assert_eq!(
                client_clear(&bytes[..cut], false),
                ClientClear::Incomplete,
                "{len} cut to {cut}"
            );
        }
    }
}

#[test]
fn a_game_version_frame_of_any_other_length_ends_where_66_bytes_are_left_at_rest() {
    for len in (8..200).filter(|len| ![64, 86, 38].contains(len)) {
        let bytes = [game_version(len), seed()].concat();
        assert_eq!(client_clear(&bytes, true), ClientClear::Version(len), "{len}");
        assert_eq!(client_clear(&bytes, false), ClientClear::Incomplete, "{len}");
    }
}

#[test]
fn a_game_version_frame_of_a_known_length_can_stand_alone_at_rest() {
    for len in 2..130 {
        let expected = if [64, 86, 38].contains(&len) {
            ClientClear::Version(len)
        } else {
            ClientClear::Incomplete
        };
        assert_eq!(client_clear(&game_version(len)[..len], true), expected, "{len}");
    }
}

#[test]
fn a_seed_in_sight_is_surer_than_a_length_that_would_fit() {
    // 20 and 66 are 86.
    let bytes = [game_version(20), seed()].concat();
    assert_eq!(client_clear(&bytes, true), ClientClear::Version(20));
}

#[test]
fn before_its_build_no_game_version_frame_ends() {
    let bytes = [vec![0x00, 0x05, 0x0c, 0x00, 1, 2, 3], seed()].concat();
    assert_eq!(client_clear(&bytes, true), ClientClear::Incomplete);
}

#[test]
fn the_64_byte_form_says_who_enters_which_world() {
    let mut frame = vec![0x00, 0x05, 0x0c, 0x00];
    for word in [205_780u32, 1, 2001, 15, 77] {
        frame.extend(word.to_le_bytes());
    }
    frame.extend([0xac; 16]);
    frame.extend([0xcc; 16]);
    frame.extend([0; 8]);
    assert_eq!(frame.len(), 64);
    let version = read_version(&frame);
    assert_eq!((version.server, version.build), (Server::Game, Some(205_780)));
    assert_eq!(
        version.character,
        Some(Character {
            world: 2001,
            map: 15,
            player: 77,
            account: [0xac; 16],
            character: [0xcc; 16],
        })
    );
    for len in [38, 63, 86] {
        let mut other = frame.clone();
        other.resize(len, 0);
        let version = read_version(&other);
        assert_eq!((version.build, version.character), (Some(205_780), None), "{len}");
    }
}

#[test]
fn logins_frame_has_only_the_build() {
    assert_eq!(
        read_version(&login_version()),
        Version {
            server: Server::Login,
            build: Some(115_267),
            character: None,
        }
    );
    assert_eq!(read_version(&[0x00, 0x04, 0x00, 0x00]).build, None);
    assert_eq!(read_version(&[]).build, None);
}

#[test]
fn servers_frames_say_their_length() {
    let server_seed = [&[0x01, 0x16][..], &[9; 20]].concat();
    for cut in 0..SERVER_SEED_LEN {
        assert_eq!(
            server_clear(&server_seed[..cut]),
            ServerClear::Incomplete,
            "{cut}"
        );
    }
    assert_eq!(server_clear(&server_seed), ServerClear::ServerSeed);
    let error = [&[0x02, 0x0a][..], &[9; 8]].concat();
    for cut in 0..10 {
        assert_eq!(server_clear(&error[..cut]), ServerClear::Incomplete, "{cut}");
    }
    assert_eq!(server_clear(&error), ServerClear::ServerError(10));
}

#[test]
fn every_other_kind_or_length_is_malformed_that_frame_alone() {
    for kind in 0..=255u8 {
        for len in 0..=255u8 {
            let bytes = [&[kind, len][..], &[9; 300]].concat();
            let expected = match (kind, len) {
                (_, 0 | 1) => ServerClear::Malformed(2),
                (1, 22) => ServerClear::ServerSeed,
                (2, 10..) => ServerClear::ServerError(usize::from(len)),
                _ => ServerClear::Malformed(usize::from(len)),
            };
            assert_eq!(server_clear(&bytes), expected, "{kind} {len}");
        }
    }
}
