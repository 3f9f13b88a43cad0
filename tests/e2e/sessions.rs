//! Play sessions: simulated days of 50, of clients that share an address, change maps, come back.

use std::collections::{BTreeMap, BTreeSet};

use gw2_sim::day::{Day, Kind, Member};
use gw2_sim::hosts::{START_NS, socket};
use gw2_sim::packet::Packet;
use gw2_sim::truth::Layer;

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

/// A row of the table of sessions: its packets, and below it counts by group and name.
#[derive(Debug, Default, PartialEq, Eq)]
struct Row {
    packets: u64,
    counts: BTreeMap<(String, String), u64>,
}

impl Row {
    fn add(&mut self, group: &str, name: &str, count: u64) {
        if count > 0 {
            *self
                .counts
                .entry((group.to_owned(), name.to_owned()))
                .or_default() += count;
        }
    }
}

/// The rows that tshark prints, by their texts, in order.
fn rows(look: Look) -> Vec<(String, Row)> {
    let finished = look.arguments(&["-q", "-z", "gw2.sessions,tree"]).run();
    let mut lines = finished.stdout.lines();
    let header = lines.by_ref().find(|line| line.contains("Count")).unwrap();
    let column = header.find("Count").unwrap();
    let mut rows = Vec::<(String, Row)>::new();
    let mut group = String::new();
    for line in lines.filter(|line| line.len() > column && !line.starts_with(['-', '='])) {
        let (name, columns) = line.split_at(column);
        let count = columns.split_whitespace().next().unwrap().parse().unwrap();
        let text = name.trim().to_owned();
        match name.len() - name.trim_start().len() {
            0 => rows.push((
                text,
                Row {
                    packets: count,
                    ..Row::default()
                },
            )),
            1 => group = text,
            _ => rows.last_mut().unwrap().1.add(&group, &text, count),
        }
    }
    rows
}

/// The rows that the truth makes, in the order of the sessions' numbers. `early` leaves out what is not known of in one
/// pass: the two seed frames of coded portals.
fn true_rows(simulated: &Simulated, early: bool) -> Vec<(String, Row)> {
    let sessions = simulated.sessions();
    let mut rows = BTreeMap::<u32, (Vec<&Packet>, Row)>::new();
    let mut names = BTreeMap::new();
    for (kind, name) in [
        (Kind::Login, "login"),
        (Kind::Game, "game"),
        (Kind::Portal, "portal"),
    ] {
        let of_kind = simulated.members(kind);
        names.extend(of_kind.map(|member| (member.flow, format!("{name} {}", socket(member.server)))));
    }
    let capture = &simulated.day.capture;
    for packet in capture.packets.iter().filter(|packet| packet.has_data()) {
        let Some(session) = sessions.get(&packet.flow) else {
            continue;
        };
        let (packets, row) = rows.entry(*session).or_default();
        packets.push(packet);
        let is_portal = names[&packet.flow].starts_with("portal");
        let is_seed = [[0, 66], [1, 22]]
            .iter()
            .any(|seed| packet.payload.starts_with(seed));
        if !(early && is_portal && is_seed) {
            row.packets += 1;
            row.add("Packets by server", &names[&packet.flow], 1);
            row.add("Packets by payload", "read", 1);
        }
    }
    for item in &capture.truth {
        let table = match (item.layer, item.direction.index()) {
            (Layer::Message, _) => item.table.as_str(),
            (Layer::Portal, 0) => "c2ps",
            (Layer::Portal, _) => "ps2c",
            _ => continue,
        };
        let (_, row) = rows.get_mut(&sessions[&item.flow]).unwrap();
        row.add("Messages", table, 1);
        row.add("Message bytes", table, item.plaintext.len() as u64);
    }
    let text = |session: u32, packets: &[&Packet]| {
        let (first, last) = (packets[0], packets[packets.len() - 1]);
        let [from, to] = [first, last].map(|packet| time_of_day(packet.time_ns));
        let client = first.client.ip;
        format!("Session {session:>4}: {client}, build 205780, {from} to {to}, decrypted")
    };
    rows.into_iter()
        .map(|(session, (packets, row))| (text(session, &packets), row))
        .collect()
}

/// The captures begin at 2026-03-14 18:00 and last less than two days.
fn time_of_day(time_ns: u64) -> String {
    let seconds = 18 * 3_600 + (time_ns - START_NS) / 1_000_000_000;
    let (day, rest) = (14 + seconds / 86_400, seconds % 86_400);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("2026-03-{day} {hour:02}:{minute:02}:{second:02}Z")
}

#[test]
fn the_table_of_sessions_has_what_was_simulated() {
    let tshark = common::tshark();
    let simulated = Simulated::new(1);
    for (passes, early) in [(&[][..], true), (&["-2"], false)] {
        let found = rows(Look::with_keys(&tshark, &simulated.files).arguments(passes));
        let wanted = true_rows(&simulated, early);
        assert_eq!(found.len(), 50);
        for (found, wanted) in found.iter().zip(&wanted) {
            assert_eq!(found, wanted, "{passes:?}");
        }
    }
}

#[test]
fn the_table_of_sessions_says_what_stays_encrypted() {
    let tshark = common::tshark();
    let demo = Scenario::demo();
    let rows = rows(Look::at(&tshark, &demo.capture));
    let [(text, row)] = &rows[..] else {
        panic!("{rows:?}")
    };
    assert!(text.ends_with(", 1 of 3 connections decrypted"), "{text}");
    let encrypted = Look::at(&tshark, &demo.capture).filter("gw2.encrypted").frames();
    let packets = &row.counts[&("Packets by payload".to_owned(), "encrypted".to_owned())];
    assert_eq!(*packets, encrypted.len() as u64);
    let tables = row.counts.keys().filter(|(group, _)| group == "Messages");
    let tables: Vec<_> = tables.map(|(_, table)| table.as_str()).collect();
    assert_eq!(tables, ["c2ps", "ps2c"]);
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
