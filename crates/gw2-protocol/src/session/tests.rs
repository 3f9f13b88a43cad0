use super::*;
use proptest::prelude::*;

const SERVER: u8 = 77;

/// The ends of a connection from one address, which several machines share, to one of some servers.
fn ends(client_port: u16, server: u8) -> Ends {
    Ends {
        client: SocketAddr::from(([192, 168, 1, 1], client_port)),
        server: SocketAddr::from(([203, 0, 113, server], 6112)),
    }
}

fn player(account: u8) -> Player {
    Player {
        account: [account; 16],
        character: [account | 0x80; 16],
    }
}

/// Sessions of clients that share an address, at a time that a test moves.
#[derive(Default)]
struct Capture {
    sessions: Sessions,
    frame: u32,
    time: i64,
}

impl Capture {
    fn wait(&mut self, seconds: i64) {
        self.time += seconds * SECOND;
    }

    fn login(&mut self, port: u16) -> Joined {
        self.sessions.login(ends(port, 1), self.time)
    }

    /// Gives the frame of the message.
    fn send_to(&mut self, session: u32, server: u8) -> u32 {
        self.frame += 1;
        let to = ends(0, server);
        self.sessions
            .hand_off(session, to.client.ip(), to.server, self.frame, self.time);
        self.frame
    }

    fn game(&mut self, port: u16, server: u8, player: Option<Player>) -> Joined {
        self.frame += 1;
        self.sessions
            .game(ends(port, server), player, self.frame, self.time)
    }

    fn portal(&mut self, port: u16) -> Joined {
        self.sessions.portal(ends(port, 2), self.time)
    }

    /// All connections from this port have ended.
    fn end(&mut self, port: u16) {
        for open in self.sessions.open_lines(ends(0, 0).client.ip(), self.time) {
            if open.ends.client.port() == port {
                self.sessions.ended(open);
            }
        }
    }
}

#[test]
fn login_game_and_portal_of_one_client_are_one_session() {
    let mut capture = Capture::default();
    let login = capture.login(50_000);
    assert_eq!((login.session, login.why), (1, Why::Login));
    let portal = capture.portal(50_001);
    assert_eq!((portal.session, portal.why), (1, Why::Portal(How::Only)));
    let frame = capture.send_to(1, SERVER);
    let server = ends(0, SERVER).server;
    assert_eq!(capture.sessions.game_frame(frame, server), None);
    capture.wait(1);
    let game = capture.game(50_002, SERVER, None);
    let (again, how) = (false, How::Only);
    assert_eq!(
        (game.session, game.why),
        (1, Why::Announced { frame, again, how })
    );
    assert_eq!(capture.sessions.game_frame(frame, server), Some(capture.frame));
}

#[test]
fn a_map_change_makes_another_game_connection_of_the_same_session() {
    let mut capture = Capture::default();
    capture.login(50_000);
    capture.send_to(1, SERVER);
    let game = capture.game(50_002, SERVER, None);
    let frame = capture.send_to(game.session, SERVER + 1);
    let next = capture.game(50_009, SERVER + 1, None);
    assert_eq!((next.session, next.why.handoff_frame()), (1, Some(frame)));
}

#[test]
fn a_reconnect_to_an_announced_server_is_the_same_session_and_says_so() {
    let mut capture = Capture::default();
    capture.login(50_000);
    let frame = capture.send_to(1, SERVER);
    capture.game(50_002, SERVER, None);
    let first = capture.frame;
    capture.wait(500);
    let game = capture.game(50_004, SERVER, None);
    let (again, how) = (true, How::Only);
    assert_eq!(
        (game.session, game.why),
        (1, Why::Announced { frame, again, how })
    );
    let led_to = capture.sessions.game_frame(frame, ends(0, SERVER).server);
    assert_eq!(led_to, Some(first));
}

#[test]
fn of_two_messages_that_name_one_server_the_later_is_heeded() {
    let mut capture = Capture::default();
    capture.login(50_000);
    capture.send_to(1, SERVER);
    let later = capture.send_to(1, SERVER);
    assert_eq!(
        capture.game(50_001, SERVER, None).why.handoff_frame(),
        Some(later)
    );
}

#[test]
fn connections_without_a_seen_login_get_sessions_of_their_own() {
    let mut capture = Capture::default();
    capture.login(50_000);
    capture.send_to(1, SERVER);
    let other = Ends {
        client: SocketAddr::from(([192, 168, 1, 9], 50_000)),
        ..ends(0, SERVER)
    };
    let there = capture.sessions.game(other, None, 20, capture.time);
    let elsewhere = capture.game(50_001, 99, None);
    let portal = Ends {
        client: SocketAddr::from(([192, 168, 1, 8], 50_000)),
        ..ends(0, 2)
    };
    let portal = capture.sessions.portal(portal, capture.time);
    let nowhere = capture.sessions.alone(Kind::Game, capture.time);
    let all = [there, elsewhere, portal, nowhere];
    assert_eq!(all.map(|joined| joined.session), [2, 3, 4, 5]);
    assert!(all.iter().all(|joined| joined.why == Why::NoLogin));
}

#[test]
fn a_session_that_has_ended_takes_nothing_more() {
    let mut capture = Capture::default();
    capture.login(50_000);
    capture.send_to(1, SERVER);
    capture.game(50_002, SERVER, None);
    capture.end(50_000);
    capture.end(50_002);
    capture.wait(60);
    assert_eq!(capture.portal(50_003).session, 1, "not long after");
    capture.wait(121);
    assert_eq!(capture.portal(50_004).session, 2);
    assert_eq!(capture.game(50_005, SERVER, None).session, 3);
}

#[test]
fn what_is_never_seen_to_end_ends_by_silence() {
    let mut capture = Capture::default();
    let login = capture.login(50_000);
    capture.wait(400);
    capture.sessions.heard(login, capture.time, false, None);
    capture.wait(599);
    assert_eq!(capture.portal(50_003).session, 1);
    capture.wait(601);
    assert_eq!(capture.portal(50_004).session, 2);
}

#[test]
fn an_account_tells_clients_behind_one_address_apart() {
    let mut capture = Capture::default();
    for (session, port) in [(1, 50_000), (2, 50_001)] {
        capture.login(port);
        capture.sessions.named(session, player(session as u8).account);
        capture.send_to(session, SERVER);
    }
    // In the wrong order, and from ports that say nothing.
    let game = capture.game(60_000, SERVER, Some(player(2)));
    assert_eq!(game.session, 2);
    assert!(matches!(
        game.why,
        Why::Announced {
            how: How::Account(2),
            ..
        }
    ));
    // Now it is known that logins name whom games begin with: a third account is neither's.
    assert_eq!(capture.game(60_001, SERVER, Some(player(3))).why, Why::NoLogin);
    assert_eq!(capture.game(60_002, SERVER, Some(player(1))).session, 1);
    // It comes again, and from elsewhere, where nobody announced it.
    assert_eq!(capture.game(60_003, SERVER, Some(player(2))).session, 2);
    let unannounced = capture.game(60_004, 99, Some(player(1)));
    assert_eq!((unannounced.session, unannounced.why), (1, Why::SameAccount));
}

#[test]
fn what_a_login_does_not_name_counts_for_nothing_until_one_did() {
    let mut capture = Capture::default();
    capture.login(50_000);
    capture.sessions.named(1, [9; 16]);
    capture.send_to(1, SERVER);
    assert_eq!(capture.game(50_001, SERVER, Some(player(1))).session, 1);
}

#[test]
fn ports_tell_machines_behind_one_address_apart() {
    let mut capture = Capture::default();
    let [first, second] = [50_000, 60_000].map(|port| {
        let login = capture.login(port);
        capture.send_to(login.session, SERVER);
        login.session
    });
    let game = capture.game(60_005, SERVER, None);
    assert_eq!(game.session, second);
    assert!(matches!(
        game.why,
        Why::Announced {
            how: How::Port(2),
            ..
        }
    ));
    assert_eq!(capture.game(50_007, SERVER, None).session, first);
    let portal = capture.portal(50_009);
    assert_eq!((portal.session, portal.why), (first, Why::Portal(How::Port(2))));
    let again = capture.portal(50_013);
    assert_eq!(again.session, first, "although the other lacks one");
}

#[test]
fn without_other_signs_order_decides_and_says_so() {
    let mut capture = Capture::default();
    let [first, second] = [50_000, 50_002].map(|port| {
        let login = capture.login(port);
        capture.send_to(login.session, SERVER);
        login.session
    });
    let games = [50_010, 50_011].map(|port| capture.game(port, SERVER, None));
    assert_eq!(games.map(|game| game.session), [first, second]);
    let how = |joined: Joined| match joined.why {
        Why::Announced { how, .. } => how,
        why => panic!("{why}"),
    };
    assert_eq!(games.map(how), [How::First(2), How::First(2)]);
    let portals = [50_020, 50_021].map(|port| capture.portal(port));
    assert_eq!(portals.map(|portal| portal.session), [second, first]);
    let why = portals.map(|portal| portal.why);
    assert_eq!(why, [Why::Portal(How::Latest(2)); 2]);
}

#[test]
fn a_client_that_is_sent_to_another_family_comes_from_another_address() {
    let mut capture = Capture::default();
    let client = ends(50_000, 1).client.ip();
    capture.login(50_000);
    let server = SocketAddr::from(([0x2001, 0xdb8, 0, 0, 0, 0, 0, 7], 443));
    let expected = capture.sessions.hand_off(1, client, server, 5, 0);
    assert_eq!(expected, Some(Expected::Anybody));
    assert_eq!(capture.sessions.hand_off(1, client, server, 6, 0), None);
    let ends = |port| Ends {
        client: SocketAddr::from(([0x2001, 0xdb8, 0, 0, 0, 0, 1, 7], port)),
        server,
    };
    assert_eq!(capture.sessions.game(ends(50_001), None, 7, 0).session, 1);
    // Now its other address is known.
    let mut other = ends(50_003);
    other
        .client
        .set_ip(IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 1, 8]));
    assert_eq!(capture.sessions.game(other, None, 8, 0).session, 2);
    assert_eq!(capture.sessions.portal(ends(50_002), 0).session, 1);
    assert_eq!(capture.portal(50_003).session, 1);
}

#[test]
fn a_login_without_a_key_takes_the_game_connection_that_nobody_announced() {
    let mut capture = Capture::default();
    capture.login(50_000);
    let game = capture.game(50_001, SERVER, None);
    assert_eq!((game.session, game.why), (1, Why::UnreadLogin(How::Only)));
    assert_eq!(capture.game(50_002, SERVER, None).session, 2, "only one");

    let login = capture.login(50_003);
    capture.sessions.heard(login, capture.time, true, Some(205_780));
    let game = capture.game(50_004, SERVER, None);
    assert_eq!(game.why, Why::NoLogin, "this login could have announced it");
}

#[test]
fn a_summary_has_what_a_table_of_sessions_shows() {
    let mut capture = Capture::default();
    capture.wait(5);
    let login = capture.login(50_000);
    capture.portal(50_001);
    capture.wait(5);
    capture.sessions.heard(login, capture.time, true, Some(205_780));
    let summary = Summary {
        start: 5 * SECOND,
        client: Some(ends(0, 0).client.ip()),
        build: Some(205_780),
        connections: 2,
        read: 1,
    };
    assert_eq!(capture.sessions.summary(1), Some(summary));
    assert_eq!(capture.sessions.summary(0), None);
    assert_eq!(capture.sessions.summary(2), None);
}

#[test]
fn the_text_says_how_sure_it_is() {
    let (again, how) = (true, How::Port(3));
    let announced = Why::Announced {
        frame: 12,
        again,
        how,
    };
    for (why, text) in [
        (Why::Login, "by its login"),
        (
            announced,
            "announced in frame 12, connected again: one of 3 sessions from this client then, by client port",
        ),
        (
            Why::Portal(How::Only),
            "portal: the only session open from this client then",
        ),
        (
            Why::Portal(How::Latest(2)),
            "portal: one of 2 sessions from this client then, the latest",
        ),
        (Why::NoLogin, "no login seen"),
    ] {
        assert_eq!(why.to_string(), text);
    }
}

/// A machine behind a router, which plays one session at a time.
struct Machine {
    next_port: u16,
    login: Option<Joined>,
    sent: Option<u8>,
}

impl Machine {
    fn port(&mut self) -> u16 {
        self.next_port += 3;
        self.next_port
    }
}

proptest! {
    /// Machines behind one address, each with its own range of ports, do things in any order: each connection is counted
    /// to the session of the machine that opened it.
    #[test]
    fn machines_with_ports_of_their_own_stay_apart(
        steps in prop::collection::vec((0usize..3, 0u8..4, 0u8..2, 0i64..40), 1..120)
    ) {
        let mut capture = Capture::default();
        let mut machines = [40_000, 48_000, 56_000].map(|next_port| Machine { next_port, login: None, sent: None });
        for (machine, step, server, seconds) in steps {
            capture.wait(seconds);
            // All keep talking.
            for login in machines.iter().filter_map(|machine| machine.login) {
                capture.sessions.heard(login, capture.time, true, None);
            }
            let machine = &mut machines[machine];
            match (machine.login, step) {
                (None, _) => machine.login = Some(capture.login(machine.port())),
                // The player leaves, and comes back when nothing is awaited any more.
                (Some(_), 0) => {
                    capture.wait(121);
                    (machine.next_port - 400..=machine.next_port).for_each(|port| capture.end(port));
                    machine.login = Some(capture.login(machine.port()));
                    machine.sent = None;
                }
                (Some(login), 1) => {
                    capture.send_to(login.session, server);
                    machine.sent = Some(server);
                }
                (Some(login), 2) => if let Some(server) = machine.sent {
                    let game = capture.game(machine.port(), server, None);
                    prop_assert_eq!(game.session, login.session);
                }
                (Some(login), _) => {
                    prop_assert_eq!(capture.portal(machine.port()).session, login.session);
                }
            }
        }
    }

    /// Whatever comes in whatever order, numbers count up from 1 without a gap.
    #[test]
    fn numbers_have_no_gaps(steps in prop::collection::vec((0u8..4, 0u16..4, 0u8..3, 0i64..400), 0..80)) {
        let mut capture = Capture::default();
        let mut greatest = 0;
        for (step, port, server, seconds) in steps {
            capture.wait(seconds);
            let joined = match step {
                0 => capture.login(port),
                1 => capture.game(port * 100, server, None),
                2 => capture.portal(port * 100),
                _ => {
                    capture.send_to(greatest, server);
                    continue;
                }
            };
            prop_assert!(joined.session >= 1 && joined.session <= greatest + 1);
            greatest = greatest.max(joined.session);
        }
    }
}
