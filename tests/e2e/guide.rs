//! The documentation: its commands do what it says, its links lead somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::common::{self, Scenario};

/// The pages whose commands are run, one after the other in one folder: later ones may read what earlier ones wrote.
const PAGES: [&str; 2] = ["docs/guide.md", "docs/privacy.md"];

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A fenced block of a page.
struct Block {
    /// The line that it begins at, counted from 1.
    line: usize,
    language: String,
    text: String,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<(Block, usize)> = None;
    for (index, line) in page.lines().enumerate() {
        let indent = line.len() - line.trim_start().len();
        match (line.trim_start().strip_prefix("```"), open.as_mut()) {
            (Some(language), None) => {
                let block = Block {
                    line: index + 1,
                    language: language.to_owned(),
                    text: String::new(),
                };
                open = Some((block, indent));
            }
            (Some(_), Some(_)) => found.extend(open.take().map(|(block, _)| block)),
            (None, Some((block, indent))) => {
                block.text += line.get(*indent..).unwrap_or_default();
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a fenced block does not end");
    found
}

/// Commands and what a page says that they print, if it does.
fn commands(block: &Block) -> Vec<(String, Option<String>)> {
    match block.language.as_str() {
        "sh" => block.text.lines().map(|line| (line.to_owned(), None)).collect(),
        "console" => {
            let mut commands = Vec::<(String, Option<String>)>::new();
            for line in block.text.lines() {
                match (line.strip_prefix("$ "), commands.last_mut()) {
                    (Some(command), _) => commands.push((command.to_owned(), Some(String::new()))),
                    (None, Some((_, Some(output)))) => *output += &format!("{line}\n"),
                    (None, _) => panic!("line {}: output without a command", block.line),
                }
            }
            commands
        }
        _ => Vec::new(),
    }
}

#[test]
fn every_command_does_what_the_page_says() {
    let demo = Scenario::demo();
    for name in PAGES {
        let tshark = common::tshark();
        let folder = tshark.home().join("shell");
        fs::create_dir(&folder).unwrap();
        fs::copy(&demo.capture, folder.join("session.pcapng")).unwrap();
        fs::copy(&demo.keys, folder.join("session.keys")).unwrap();
        let page = fs::read_to_string(repository().join(name)).unwrap();
        let mut run = 0;
        for block in blocks(&page) {
            for (command, output) in commands(&block) {
                let what = format!("{name}:{}: {command}", block.line);
                let before = files(&folder);
                let mut shell = tshark.shell(&command);
                let finished =
                    tshark_harness::run(shell.current_dir(&folder), Duration::from_secs(120)).unwrap();
                assert!(
                    finished.status.success(),
                    "{what}\n{}{}",
                    finished.stdout,
                    finished.stderr
                );
                match output {
                    Some(output) => assert_eq!(finished.stdout, output, "{what}"),
                    None => {
                        let did = !finished.stdout.trim().is_empty() || files(&folder) != before;
                        assert!(did, "{what}: it printed nothing and wrote no file");
                    }
                }
                run += 1;
            }
        }
        assert!(run > 5, "{name}: {run} commands");
    }
}

/// The files of a folder that hold anything.
fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .filter(|entry| entry.metadata().unwrap().len() > 0)
        .map(|entry| entry.path())
        .collect()
}

#[test]
fn the_filters_of_the_guide_find_something() {
    let demo = Scenario::demo();
    let tshark = common::tshark();
    let guide = fs::read_to_string(repository().join("docs/guide.md")).unwrap();
    let table = guide.split("| to find | filter |\n|---|---|\n").nth(1).unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let mut none = Vec::new();
    for row in rows {
        let row = row.replace("\\|", "\u{1}");
        for filter in row.split('|').nth(2).unwrap().split("`, `") {
            let filter = filter.trim().trim_matches('`').replace('\u{1}', "|");
            let frames = common::Look::with_keys(&tshark, &demo)
                .arguments(&["-2"])
                .filter(&filter)
                .frames();
            if frames.is_empty() {
                none.push(filter);
            }
        }
    }
    // Nothing is wrong with the session.
    assert_eq!(none, ["gw2 && _ws.expert"]);
}

#[test]
fn the_guide_says_what_to_do_about_each_expert_item() {
    let guide = fs::read_to_string(repository().join("docs/guide.md")).unwrap();
    let source = fs::read_to_string(repository().join("src/experts.rs")).unwrap();
    let items: BTreeSet<_> = source
        .split('"')
        .filter(|text| text.starts_with("gw2.expert."))
        .collect();
    assert!(items.len() > 10);
    for item in items {
        assert!(guide.contains(&format!("| `{item}` |")), "{item}");
    }
}

#[test]
fn what_is_shared_by_the_page_can_be_read_and_holds_no_more() {
    let demo = Scenario::demo();
    let tshark = common::tshark();
    let folder = tshark.home().join("shell");
    fs::create_dir(&folder).unwrap();
    fs::copy(&demo.capture, folder.join("session.pcapng")).unwrap();
    fs::copy(&demo.keys, folder.join("session.keys")).unwrap();
    let page = fs::read_to_string(repository().join("docs/privacy.md")).unwrap();
    for (command, _) in blocks(&page).iter().flat_map(commands) {
        tshark_harness::run(
            tshark.shell(&command).current_dir(&folder),
            Duration::from_secs(120),
        )
        .unwrap();
    }
    let keys = folder.join("game.keys");
    let shared = common::Look::at(&tshark, &folder.join("game.pcap")).keys(&keys);
    let game = common::Look::with_keys(&tshark, &demo).filter("gw2.game");
    assert_eq!(shared.values("gw2.message"), game.values("gw2.message"));
    let shown = common::Look::at(&tshark, &folder.join("game.pcap"))
        .keys(&keys)
        .arguments(&["-V"])
        .run();
    for secret in ["aurelia@example.com", "TYRIA-PC", "Brakk.1234"] {
        assert!(!shown.stdout.contains(secret), "{secret}");
    }
    assert_eq!(fs::read_to_string(keys).unwrap().lines().count(), 1);
    let plain = common::Look::at(&tshark, &folder.join("plain.pcapng"));
    assert!(!plain.filter("gw2.opcode").frames().is_empty());
    for other in ["gw2.login", "gw2.portal", "gw2.handshake.account", "gw2.text"] {
        let plain = common::Look::at(&tshark, &folder.join("plain.pcapng"));
        assert_eq!(plain.filter(other).frames(), [0_u32; 0], "{other}");
    }
    let rest = common::Look::at(&tshark, &folder.join("without-portal.pcap"));
    assert_eq!(rest.filter("gw2.portal").frames(), [0_u32; 0]);
}

/// Where the links of a page lead: file and heading, either of which may be empty.
fn links(page: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut fenced = false;
    for line in page.lines() {
        fenced ^= line.trim_start().starts_with("```");
        if fenced {
            continue;
        }
        for rest in line.split("](").skip(1) {
            let target = rest.split(')').next().unwrap();
            if !target.contains("://") {
                let (file, heading) = target.split_once('#').unwrap_or((target, ""));
                found.push((file.to_owned(), heading.to_owned()));
            }
        }
    }
    found
}

/// The names by which headings of a page are linked to.
fn headings(page: &str) -> BTreeSet<String> {
    let heading = |line: &str| line.trim_start_matches('#').trim().to_lowercase();
    let kept = |c: char| c.is_alphanumeric() || c == '-' || c == '_' || c == ' ';
    page.lines()
        .filter(|line| line.starts_with('#'))
        .map(|line| heading(line).chars().filter(|c| kept(*c)).collect::<String>())
        .map(|heading| heading.replace(' ', "-"))
        .collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for folder in [".", "docs", "profile", "examples", "schemas", "fuzz"] {
        let Ok(entries) = fs::read_dir(repository().join(folder)) else {
            continue;
        };
        let pages = entries.map(|entry| entry.unwrap().path());
        for page in pages.filter(|path| path.extension().is_some_and(|ending| ending == "md")) {
            let text = fs::read_to_string(&page).unwrap();
            for (file, heading) in links(&text) {
                seen += 1;
                let target = if file.is_empty() {
                    page.clone()
                } else {
                    page.parent().unwrap().join(&file)
                };
                let there = heading.is_empty()
                    || fs::read_to_string(&target).is_ok_and(|text| headings(&text).contains(&heading));
                if !target.exists() || !there {
                    wrong.push(format!("{}: {file}#{heading}", page.display()));
                }
            }
        }
    }
    assert_eq!(wrong, [""; 0]);
    assert!(seen > 30, "{seen} links");
}
