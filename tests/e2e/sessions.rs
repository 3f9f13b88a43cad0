//! Play sessions: simulated days of 50, of clients that share an address, change maps, come back.

use std::collections::{BTreeMap, BTreeSet};

use gw2_sim::day::{Day, Kind, Member};

use crate::common::{self, Look, Scenario, number};

/// A simulated day and its files.
struct Simulated {
    day: Day,
    files: Scenario,
}

impl Simulated {
    fn new(seed: u64) -> Self {
        let day = Day::simulate(seed).unwrap();
        let files = Scenario::read(&day.capture, "day");
        Self { day, files }
    }

    /// The flow of each frame with payload.
    fn payloads(&self) -> BTreeMap<u32, u32> {
        let frames = (1..).zip(&self.day.capture.packets);
        frames
            .filter(|(_, packet)| packet.has_data())
            .map(|(frame, packet)| (frame, packet.flow))
            .collect()
    }

    /// The session of each flow. They are numbered in the order in which their first payload comes.
    fn sessions(&self) -> BTreeMap<u32, u32> {
        let mut of_flow = BTreeMap::new();
        for (index, session) in self.day.sessions.iter().enumerate() {
            of_flow.extend(session.members.iter().map(|member| (member.flow, index)));
        }
        let mut numbers = BTreeMap::new();
        for index in self.payloads().values().filter_map(|flow| of_flow.get(flow)) {
            let next = numbers.len() as u32 + 1;
            numbers.entry(*index).or_insert(next);
        }
        of_flow
            .into_iter()
            .map(|(flow, index)| (flow, numbers[&index]))
            .collect()
    }

    fn flows(&self, kind: Kind) -> BTreeSet<u32> {
        self.members(kind).map(|member| member.flow).collect()
    }

    fn members(&self, kind: Kind) -> impl Iterator<Item = &Member> {
        let members = self.day.sessions.iter().flat_map(|session| &session.members);
        members.filter(move |member| member.kind == kind)
    }

    /// The first frame of each announced game connection, and the frame of the message that sent the client there. No
    /// two messages of the day are the same.
    fn announced(&self) -> BTreeMap<u32, u32> {
        let payloads = self.payloads();
        let first = |flow: u32| *payloads.iter().find(|(_, of)| **of == flow).unwrap().0;
        let places = self.day.capture.places();
        let sent = |message: &[u8]| {
            let mut items = self.day.capture.truth.iter();
            let index = items.position(|item| item.plaintext == message).unwrap();
            places[index].frame.unwrap() as u32
        };
        self.members(Kind::Game)
            .filter_map(|member| Some((first(member.flow), sent(&member.announced.as_ref()?.bytes))))
            .collect()
    }
}

#[test]
fn every_packet_of_a_day_is_counted_to_the_session_that_was_simulated() {
    let tshark = common::tshark();
    for seed in 1..=4 {
        let simulated = Simulated::new(seed);
        let (truth, flows) = (simulated.sessions(), simulated.payloads());
        assert_eq!(truth.values().collect::<BTreeSet<_>>().len(), 50);
        for passes in [&[][..], &["-2"]] {
            let rows = Look::with_keys(&tshark, &simulated.files)
                .filter("tcp.len > 0")
                .arguments(passes)
                .fields(&["frame.number", "gw2.session"]);
            assert_eq!(rows.len(), flows.len());
            let mut without = BTreeMap::<_, u32>::new();
            for row in &rows {
                let flow = flows[&number(&row[0])];
                let wanted = truth.get(&flow).map(u32::to_string);
                if row[1].is_empty() && wanted.is_some() {
                    *without.entry(flow).or_default() += 1;
                } else {
                    assert_eq!(
                        row[1],
                        wanted.unwrap_or_default(),
                        "day {seed} {passes:?}: frame {}",
                        row[0]
                    );
                }
            }
            // In one pass nobody knows of a coded portal's two seed frames what they will turn out to be.
            let portals = simulated.flows(Kind::Portal);
            let are_seeds = |(flow, count): (&u32, &u32)| portals.contains(flow) && *count == 2;
            assert!(without.iter().all(are_seeds));
            assert!(passes.is_empty() || without.is_empty());
        }
    }
}

#[test]
fn a_filter_finds_a_whole_session() {
    let tshark = common::tshark();
    let simulated = Simulated::new(1);
    let truth = simulated.sessions();
    for session in [1, 2, 17, 50] {
        let wanted: Vec<_> = simulated
            .payloads()
            .into_iter()
            .filter(|(_, flow)| truth.get(flow) == Some(&session))
            .map(|(frame, _)| frame)
            .collect();
        let filter = format!("gw2.session == {session}");
        let found = Look::with_keys(&tshark, &simulated.files)
            .filter(&filter)
            .arguments(&["-2"])
            .frames();
        assert_eq!(found, wanted, "{filter}");
    }
}

#[test]
fn announced_servers_are_the_games_on_every_port_and_each_time() {
    let tshark = common::tshark();
    let simulated = Simulated::new(1);
    let flows = simulated.payloads();
    let frames = Look::with_keys(&tshark, &simulated.files)
        .filter("gw2.game")
        .frames();
    let found: BTreeSet<_> = frames.iter().map(|frame| flows[frame]).collect();
    // The seed frames of a coded portal look like a game connection's.
    let portals = simulated.flows(Kind::Portal);
    let games: BTreeSet<_> = found.difference(&portals).copied().collect();
    assert_eq!(games, simulated.flows(Kind::Game));
    let others = "gw2.game && (tls || http)";
    let claimed = Look::with_keys(&tshark, &simulated.files).filter(others).frames();
    assert_eq!(claimed, [0_u32; 0]);
}

#[test]
fn hand_offs_and_what_they_led_to_are_linked_both_ways() {
    let tshark = common::tshark();
    let simulated = Simulated::new(1);
    let wanted = simulated.announced();
    assert!(wanted.len() > 100);
    let rows = Look::with_keys(&tshark, &simulated.files)
        .filter("gw2.game.handoff_frame")
        .fields(&["frame.number", "gw2.game.handoff_frame"]);
    let pair = |from: &str, to: &str| (number(from), number(to));
    let back: BTreeMap<_, _> = rows.iter().map(|row| pair(&row[0], &row[1])).collect();
    assert_eq!(back, wanted);

    let names = [
        "frame.number",
        "gw2.login.handoff.game_frame",
        "gw2.game.next_frame",
    ];
    // Where a message led is known when the capture has been read once.
    let rows = Look::with_keys(&tshark, &simulated.files)
        .filter("gw2.login.handoff.game_frame || gw2.game.next_frame")
        .arguments(&["-2"])
        .fields(&names);
    let forward: BTreeMap<_, _> = rows
        .iter()
        .map(|row| pair(&row[0], &[&*row[1], &row[2]].concat()))
        .collect();
    // To the first connection, where the client came several times.
    let mut first = BTreeMap::new();
    for (game, handoff) in wanted {
        first.entry(handoff).or_insert(game);
    }
    assert_eq!(forward, first);
}

#[test]
fn the_text_says_why_and_how_sure_it_is() {
    let tshark = common::tshark();
    let simulated = Simulated::new(1);
    let shown = Look::with_keys(&tshark, &simulated.files)
        .filter("gw2")
        .arguments(&["-2", "-V", "-O", "gw2,gw2.login,gw2.game,gw2.portal"])
        .run();
    let why: BTreeSet<_> = shown
        .lines()
        .filter_map(|line| line.trim().strip_prefix("[Session: "))
        .map(|text| text.split_once(" (").unwrap().1.trim_end_matches([']', ')']))
        .collect();
    assert!(why.contains("by its login"));
    assert!(why.contains("no login seen"));
    assert!(why.contains("portal: the only session open from this client then"));
    assert!(why.contains("portal: one of 3 sessions from this client then, by client port"));
    let announced = |ending: &str| {
        why.iter()
            .any(|why| why.starts_with("announced in frame ") && why.ends_with(ending))
    };
    assert!(announced(", connected again"));
    assert!(announced(
        ": one of 3 sessions from this client then, by client port"
    ));
}
