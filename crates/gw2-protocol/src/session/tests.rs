use super::*;

const SECOND: i64 = 1_000_000_000;

fn client(last: u8) -> IpAddr {
    IpAddr::from([192, 168, 1, last])
}

fn server(last: u8) -> SocketAddr {
    SocketAddr::from(([203, 0, 113, last], 6112))
}

#[test]
fn login_game_and_portal_of_one_client_are_one_session() {
    let mut sessions = Sessions::default();
    let session = sessions.login(client(1));
    assert_eq!(sessions.portal(client(1)), session);
    sessions.hand_off(session, client(1), server(1), 10, 0);
    assert_eq!(sessions.game_frame(10, server(1)), None);
    let joined = sessions.game(client(1), server(1), 20, SECOND);
    assert_eq!(
        joined,
        Joined {
            session,
            handoff_frame: Some(10)
        }
    );
    assert_eq!(sessions.game_frame(10, server(1)), Some(20));
}

#[test]
fn a_map_change_makes_another_game_connection_of_the_same_session() {
    let mut sessions = Sessions::default();
    let session = sessions.login(client(1));
    sessions.hand_off(session, client(1), server(1), 10, 0);
    let game = sessions.game(client(1), server(1), 20, SECOND);
    sessions.hand_off(game.session, client(1), server(2), 30, 2 * SECOND);
    let next = sessions.game(client(1), server(2), 40, 3 * SECOND);
    assert_eq!(
        next,
        Joined {
            session,
            handoff_frame: Some(30)
        }
    );
}

#[test]
fn clients_behind_one_address_stay_apart() {
    let mut sessions = Sessions::default();
    let [first, second] = [sessions.login(client(1)), sessions.login(client(1))];
    assert_ne!(first, second);
    sessions.hand_off(first, client(1), server(1), 10, 0);
    sessions.hand_off(second, client(1), server(1), 11, 0);
    assert_eq!(sessions.game(client(1), server(1), 20, SECOND).session, first);
    assert_eq!(sessions.game(client(1), server(1), 21, SECOND).session, second);
    assert_eq!(
        [sessions.portal(client(1)), sessions.portal(client(1))],
        [second, first]
    );
}

#[test]
fn a_reconnect_to_an_announced_server_is_the_same_session() {
    let mut sessions = Sessions::default();
    let session = sessions.login(client(1));
    sessions.hand_off(session, client(1), server(1), 10, 0);
    sessions.game(client(1), server(1), 20, SECOND);
    let again = sessions.game(client(1), server(1), 90, 500 * SECOND);
    assert_eq!(
        again,
        Joined {
            session,
            handoff_frame: Some(10)
        }
    );
    assert_eq!(
        sessions.game_frame(10, server(1)),
        Some(20),
        "the first connection"
    );
}

#[test]
fn connections_without_a_seen_login_get_sessions_of_their_own() {
    let mut sessions = Sessions::default();
    let login = sessions.login(client(1));
    sessions.hand_off(login, client(1), server(1), 10, 0);
    let other = sessions.game(client(2), server(1), 20, SECOND);
    let elsewhere = sessions.game(client(1), server(9), 21, SECOND);
    assert_eq!(other.handoff_frame.or(elsewhere.handoff_frame), None);
    let portal = sessions.portal(client(3));
    let mut all = vec![login, other.session, elsewhere.session, portal];
    all.dedup();
    assert_eq!(all, [1, 2, 3, 4]);
}
