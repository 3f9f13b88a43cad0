//! A capture that dumpcap took of two processes that talk STS over a real network stack.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use gw2_sim::loopback;
use tshark_harness::Tshark;

use crate::common::{self, Look};

/// Set in the processes that this test starts: this test program again, as one end of the connection.
const SERVER: &str = "GW2_LOOPBACK_SERVER";
const CLIENT: &str = "GW2_LOOPBACK_CLIENT";

/// What each line of an end's output begins with.
const MARK: &str = "gw2-loopback ";

#[test]
fn server_process() {
    if std::env::var_os(SERVER).is_none() {
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("\n{MARK}{}", listener.local_addr().unwrap());
    for line in loopback::serve(&listener).unwrap() {
        println!("{MARK}{line}");
    }
}

#[test]
fn client_process() {
    let Ok(address) = std::env::var(CLIENT) else {
        return;
    };
    println!();
    for line in loopback::converse(address.parse().unwrap()).unwrap() {
        println!("{MARK}{line}");
    }
}

fn start(test: &str, variable: &str, value: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([&format!("portal_loopback::{test}"), "--exact", "--nocapture"])
        .env(variable, value)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn said(reader: impl BufRead) -> impl Iterator<Item = String> {
    let lines = reader.lines().map(Result::unwrap);
    lines.filter_map(|line| line.strip_prefix(MARK).map(str::to_owned))
}

/// A dumpcap at work. It stops by itself after a while, whatever becomes of the test.
struct Dumpcap(Child);

impl Dumpcap {
    /// Starts it, and waits until it captures. An error is why it cannot.
    fn start(tshark: &Tshark, port: u16, file: &Path) -> Result<Self, String> {
        let program = tshark.wireshark().companion("dumpcap");
        let mut child = Command::new(program)
            .args(["-i", "lo", "-q", "-a", "duration:60", "-f"])
            .arg(format!("tcp port {port}"))
            .arg("-w")
            .arg(file)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut stderr = child.stderr.take().unwrap();
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let (mut said, mut buffer) = (String::new(), [0; 512]);
            while let Ok(count @ 1..) = stderr.read(&mut buffer) {
                said.push_str(&String::from_utf8_lossy(&buffer[..count]));
                let _ = sender.send(said.clone());
            }
        });
        let mut this = Self(child);
        let deadline = Instant::now() + Duration::from_secs(20);
        let mut said = String::new();
        // It names its file once it captures.
        while !said.contains("File: ") {
            said = receiver.recv_timeout(Duration::from_millis(50)).unwrap_or(said);
            if this.0.try_wait().unwrap().is_some() || Instant::now() > deadline {
                return Err(said);
            }
        }
        Ok(this)
    }

    /// Ends it in order, so that what it captured is in its file.
    fn stop(mut self) {
        let id = self.0.id().to_string();
        // The shell has this built in; the program of its name is in a package that not everybody has.
        let ask = format!("kill -INT {id}");
        let asked = Command::new("sh").args(["-c", &ask]).status().unwrap();
        assert!(asked.success());
        self.0.wait().unwrap();
    }
}

impl Drop for Dumpcap {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn two_real_processes_are_decoded_without_an_expert_item() {
    let tshark = common::tshark();
    let file = tshark.home().join("loopback.pcapng");
    let mut server = start("server_process", SERVER, "1");
    let mut from_server = said(BufReader::new(server.stdout.take().unwrap()));
    let address = from_server.next().unwrap();
    let port = address.rsplit(':').next().unwrap().parse().unwrap();
    let dumpcap = match Dumpcap::start(&tshark, port, &file) {
        Ok(dumpcap) => dumpcap,
        Err(why) => {
            println!("skipped: dumpcap cannot capture on lo here: {why}");
            server.kill().unwrap();
            server.wait().unwrap();
            return;
        }
    };
    let mut client = start("client_process", CLIENT, &address);
    let from_client: Vec<_> = said(BufReader::new(client.stdout.take().unwrap())).collect();
    let from_server: Vec<_> = from_server.collect();
    assert!(client.wait().unwrap().success());
    assert!(server.wait().unwrap().success());
    // The kernel hands packets to dumpcap a little later.
    sleep(Duration::from_millis(1500));
    dumpcap.stop();

    let shown = |direction: u32| -> Vec<String> {
        let rows = Look::at(&tshark, &file)
            .filter(&format!("gw2.portal && gw2.direction == {direction}"))
            .fields(&["gw2.portal.kind"]);
        rows.iter()
            .flat_map(|row| row[0].lines().map(str::to_owned).collect::<Vec<_>>())
            .collect()
    };
    let kind = |start: &String| match start.split(' ').next() {
        Some("STS/1.0") => "1".to_owned(),
        _ if start.contains("/Sts/") || start.contains("/Presence/") => "2".to_owned(),
        _ => "0".to_owned(),
    };
    assert!(from_server.len() > 5 && from_client.len() > 5);
    assert_eq!(shown(0), from_server.iter().map(kind).collect::<Vec<_>>());
    assert_eq!(shown(1), from_client.iter().map(kind).collect::<Vec<_>>());
    for passes in [&[][..], &["-2"]] {
        let experts = [
            "malformed",
            "limit",
            "block",
            "gap",
            "resumed",
            "schema",
            "portal",
            "unmatched",
            "no_response",
            "no_key",
        ];
        let experts = experts.map(|name| format!("gw2.expert.{name}")).join(" || ");
        let ours = Look::at(&tshark, &file)
            .arguments(passes)
            .filter(&format!("{experts} || gw2.undecoded || _ws.malformed"))
            .frames();
        assert_eq!(ours, [0_u32; 0]);
    }
}
