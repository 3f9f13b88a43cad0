//! Statistics: message counts, what is asked of the portal, and how long it takes to answer.

use std::collections::BTreeMap;

use crate::common::scenario::Truth;
use crate::common::{self, Look, Scenario};

/// A statistics tree as tshark prints it: the way from the top to a node, and its columns Count and Average.
type Nodes = BTreeMap<Vec<String>, (u64, Option<f64>)>;

fn tree(look: Look, name: &str) -> Nodes {
    let finished = look.arguments(&["-q", "-z", &format!("{name},tree")]).run();
    let mut lines = finished.stdout.lines();
    let header = lines.by_ref().find(|line| line.contains("Count")).unwrap();
    let count = header.find("Count").unwrap();
    let mut path = Vec::<String>::new();
    let mut nodes = Nodes::new();
    for line in lines.filter(|line| line.len() > count && !line.starts_with(['-', '='])) {
        let (name, columns) = line.split_at(count);
        let depth = name.len() - name.trim_start().len();
        path.truncate(depth);
        path.push(name.trim().to_owned());
        let columns: Vec<_> = columns.split_whitespace().collect();
        let average = columns[1].parse().ok();
        nodes.insert(path.clone(), (columns[0].parse().unwrap(), average));
    }
    nodes
}

fn node<'n>(path: impl IntoIterator<Item = &'n str>) -> Vec<String> {
    path.into_iter().map(str::to_owned).collect()
}

#[test]
fn messages_are_counted_by_table_and_opcode() {
    let tshark = common::tshark();
    for name in ["demo", "clean", "many-messages"] {
        let scenario = Scenario::named(name);
        let messages: Vec<_> = scenario
            .truth
            .iter()
            .filter(|item| item.layer == "message")
            .collect();
        let nodes = tree(Look::with_keys(&tshark, &scenario), "gw2");

        let mut wanted = BTreeMap::<(String, u32), (u64, u64)>::new();
        for item in &messages {
            let place = (item.table.clone(), item.opcode.unwrap());
            let (count, bytes) = wanted.entry(place).or_default();
            *count += 1;
            *bytes += u64::from(item.length);
        }
        let found = |root: &str| -> BTreeMap<(String, u32), u64> {
            let leaves = nodes
                .iter()
                .filter(|(path, _)| path.len() == 3 && path[0] == root);
            leaves
                .map(|(path, (count, _))| {
                    let opcode = path[2].split_whitespace().next().unwrap();
                    ((path[1].clone(), common::number(opcode)), *count)
                })
                .collect()
        };
        let counts: BTreeMap<_, _> = wanted
            .iter()
            .map(|(place, (count, _))| (place.clone(), *count))
            .collect();
        let bytes: BTreeMap<_, _> = wanted
            .iter()
            .map(|(place, (_, bytes))| (place.clone(), *bytes))
            .collect();
        assert_eq!(found("Messages"), counts, "{name}");
        assert_eq!(found("Bytes"), bytes, "{name}");
        assert_eq!(nodes[&node(["Messages"])].0, messages.len() as u64, "{name}");
        let all: u64 = messages.iter().map(|item| u64::from(item.length)).sum();
        assert_eq!(nodes[&node(["Bytes"])].0, all, "{name}");
    }
}

#[test]
fn nodes_carry_the_message_names() {
    let tshark = common::tshark();
    let scenario = Scenario::demo();
    let nodes = tree(Look::with_keys(&tshark, &scenario), "gw2");
    let referral = nodes
        .iter()
        .find(|(path, _)| path[0] == "Messages" && path.last().unwrap().ends_with(" REFER_TO_GAME_SERVER"));
    assert!(referral.is_some_and(|(_, (_, average))| average.unwrap() > 2.0));
}

#[test]
fn what_cannot_be_decoded_is_counted_as_such() {
    let tshark = common::tshark();
    let scenario = Scenario::named("unknown-opcode");
    let nodes = tree(Look::with_keys(&tshark, &scenario), "gw2");
    assert!(
        nodes
            .keys()
            .any(|path| path.last().unwrap().ends_with("UNKNOWN, undecoded"))
    );
}

/// What start lines say: `Requests/PATH`, `Messages/PATH`, `Answers/STATUS`.
fn asked(scenario: &Scenario) -> BTreeMap<Vec<String>, u64> {
    let mut asked = BTreeMap::new();
    for item in scenario.truth.iter().filter(|item| item.layer == "portal") {
        *asked.entry(place(item)).or_default() += 1;
    }
    asked
}

fn place(item: &Truth) -> Vec<String> {
    let words: Vec<_> = item.name.split(' ').collect();
    let text = gw2_sim::hex::decode(&item.hex).unwrap();
    let is_request = String::from_utf8_lossy(&text)
        .lines()
        .any(|line| line.starts_with("s:") || line.starts_with("Subject:"));
    match words[..] {
        ["STS/1.0", status, ..] => node(["Answers", status]),
        [_, path, ..] if is_request => node(["Requests", path]),
        [_, path, ..] => node(["Messages", path]),
        _ => panic!("{}", item.name),
    }
}

#[test]
fn portal_requests_are_counted_by_path_and_answers_by_status() {
    let tshark = common::tshark();
    for name in [
        "demo",
        "portal",
        "portal-rc4",
        "portal-errors",
        "portal-pipelined",
    ] {
        let scenario = Scenario::named(name);
        let nodes = tree(Look::with_keys(&tshark, &scenario), "gw2.portal");
        let found: BTreeMap<_, _> = nodes
            .iter()
            .filter(|(path, _)| path.len() == 2)
            .map(|(path, (count, _))| (path.clone(), *count))
            .collect();
        assert_eq!(found, asked(&scenario), "{name}");
    }
    let errors = Scenario::named("portal-errors");
    let nodes = tree(Look::with_keys(&tshark, &errors), "gw2.portal");
    assert_eq!(nodes[&node(["Answers", "400", "ErrNotFound"])].0, 1);
}

/// The rows of the table: calls by path, and their least, greatest and average time.
fn response_times(look: Look) -> BTreeMap<String, (u64, [f64; 3])> {
    let finished = look.arguments(&["-q", "-z", "gw2.portal,srt"]).run();
    let mut rows = BTreeMap::new();
    for line in finished.lines() {
        let words: Vec<_> = line.split_whitespace().collect();
        let [_, path, calls, least, greatest, average, ..] = words[..] else {
            continue;
        };
        if path.starts_with('/') {
            let times = [least, greatest, average].map(|time| time.parse().unwrap());
            rows.insert(path.to_owned(), (calls.parse().unwrap(), times));
        }
    }
    rows
}

#[test]
fn response_times_are_those_of_the_last_answer() {
    let tshark = common::tshark();
    for name in [
        "demo",
        "portal",
        "portal-rc4",
        "portal-partial",
        "portal-fragments",
    ] {
        let scenario = Scenario::named(name);
        let rows = response_times(Look::with_keys(&tshark, &scenario));
        // Of each transaction the last time that the tree shows.
        let shown = Look::with_keys(&tshark, &scenario)
            .filter("gw2.portal.response_to")
            .fields(&["gw2.portal.response_to", "gw2.portal.path", "gw2.portal.time"]);
        let mut last = BTreeMap::<_, f64>::new();
        for row in &shown {
            if let [request, path, time] = &row[..] {
                last.insert((request.clone(), path.clone()), time.parse().unwrap());
            }
        }
        let mut wanted = BTreeMap::<String, Vec<f64>>::new();
        for ((_, path), time) in last {
            wanted.entry(path).or_default().push(time);
        }
        assert_eq!(
            rows.keys().collect::<Vec<_>>(),
            wanted.keys().collect::<Vec<_>>(),
            "{name}"
        );
        for (path, times) in wanted {
            let (calls, [least, greatest, _]) = rows[&path];
            assert_eq!(calls, times.len() as u64, "{name}: {path}");
            let close = |a: f64, b: f64| (a - b).abs() < 1e-5;
            assert!(
                close(least, times.iter().copied().fold(f64::MAX, f64::min)),
                "{name}: {path}"
            );
            assert!(
                close(greatest, times.iter().copied().fold(0.0, f64::max)),
                "{name}: {path}"
            );
        }
    }
}
