//! The figures of docs/performance.md.

use std::fs;

use anyhow::{Context, Result};
use serde_json::json;

use super::capture::Load;
use super::measure::{Bench, Cost, Side};
use super::report::{Budget, Report};

/// The floor: TCP does its work, and hands it to nobody.
const TO_DATA: [&str; 2] = ["-d", "tcp.port==6112,data"];

/// The Lua dissector that ours is compared with.
const PEER: &str = include_str!("peer.lua");

/// How many frames a user clicks.
const CLICKS: u64 = 1000;

/// The arguments that read a capture with its keys.
fn with_keys(load: &Load) -> Vec<String> {
    let keys = format!("gw2.keylog_file:{}", load.keys.display());
    vec!["-r".into(), load.capture.display().to_string(), "-o".into(), keys]
}

fn ours<'a>(bench: &'a Bench, load: &Load, arguments: &[&str]) -> Side<'a> {
    let mut side = Side::new(&bench.ours, arguments);
    side.arguments.splice(0..0, with_keys(load));
    side
}

fn floor<'a>(bench: &'a Bench, load: &Load, arguments: &[&str]) -> Side<'a> {
    let mut side = Side::new(&bench.floor, arguments);
    let read = ["-r".to_owned(), load.capture.display().to_string()];
    let to_data = TO_DATA.map(str::to_owned);
    side.arguments.splice(0..0, read.into_iter().chain(to_data));
    side
}

fn seconds(one: Cost, other: Cost) -> String {
    format!("{:.2} s, {:.2} s", one.cpu, other.cpu)
}

/// What the plugin adds to a start of tshark.
pub fn start(bench: &Bench, report: &mut Report) -> Result<()> {
    let version = ["--version"];
    let (with, without) = bench.compare(
        &Side::new(&bench.ours, &version),
        &Side::new(&bench.floor, &version),
    )?;
    report.heading("Start");
    report.figure(
        "tshark --version, with the plugin more",
        (with.cpu - without.cpu) * 1000.0,
        " ms",
        Some(Budget::AtMost(25.0)),
        seconds(with, without),
    );
    Ok(())
}

/// One pass over a capture while nobody looks. Gives the CPU time that the plugin took, in seconds.
pub fn one_pass(bench: &Bench, load: &Load, report: &mut Report) -> Result<f64> {
    let quiet = ["-q", "-z", "io,stat,0"];
    let (with, without) = bench.compare(&ours(bench, load, &quiet), &floor(bench, load, &quiet))?;
    report.figure(
        "one pass, nobody looks / floor",
        with.cpu / without.cpu,
        "",
        Some(Budget::AtMost(1.25)),
        seconds(with, without),
    );
    report.figure(
        "memory over the floor, a byte of plaintext",
        (with.memory - without.memory) / load.plaintext as f64,
        "",
        Some(Budget::AtMost(1.3)),
        format!("{:.0} MB, {:.0} MB", with.memory / 1e6, without.memory / 1e6),
    );
    Ok(with.cpu)
}

/// What somebody sees: a filter, all trees, clicks.
pub fn shown(bench: &Bench, load: &Load, report: &mut Report) -> Result<()> {
    let fields = ["-T", "fields", "-e", "frame.number", "-Y"];
    let filter = |filter| [&fields[..], &[filter]].concat();
    let (with, without) = bench.compare(
        &ours(bench, load, &filter("gw2.opcode == 0x0012")),
        &floor(bench, load, &filter("tcp.len")),
    )?;
    report.figure(
        "-Y 'gw2.opcode == 0x0012' -T fields / floor with tcp.len",
        with.cpu / without.cpu,
        "",
        Some(Budget::AtMost(1.6)),
        seconds(with, without),
    );

    let quiet = ["-q", "-z", "io,stat,0"];
    let (pass, floor_pass) = bench.compare(&ours(bench, load, &quiet), &floor(bench, load, &quiet))?;
    let (with, without) = bench.compare(&ours(bench, load, &["-V"]), &floor(bench, load, &["-V"]))?;
    let tcp_item = (without.cpu - floor_pass.cpu) / without.lines;
    let our_item = (with.cpu - pass.cpu - without.cpu + floor_pass.cpu) / (with.lines - without.lines);
    report.figure(
        "-V, a tree item of ours / one of TCP's and below",
        our_item / tcp_item,
        "",
        Some(Budget::AtMost(1.5)),
        format!("{:.2} us, {:.2} us", our_item * 1e6, tcp_item * 1e6),
    );

    let (with_clicks, without_clicks) = (clicks(load, true), clicks(load, false));
    let sharkd = |tshark, input| Side {
        program: Some("sharkd"),
        input,
        ..Side::new(tshark, &["-"])
    };
    let (with, without) = bench.compare(
        &sharkd(&bench.ours, &with_clicks),
        &sharkd(&bench.floor, &without_clicks),
    )?;
    report.figure(
        "opening and clicking 1,000 frames (sharkd) / without the plugin",
        with.cpu / without.cpu,
        "",
        Some(Budget::AtMost(1.3)),
        seconds(with, without),
    );
    Ok(())
}

/// What sharkd is asked: to open a capture, and for the trees of frames here and there in it.
fn clicks(load: &Load, with_keys: bool) -> String {
    let request = |id: u64, method: &str, params| json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
    let mut requests = Vec::new();
    if with_keys {
        let keys = json!({"name": "gw2.keylog_file", "value": load.keys});
        requests.push(request(1, "setconf", keys));
    }
    requests.push(request(2, "load", json!({"file": load.capture})));
    for click in 0..CLICKS {
        // A step that shares no factor with most counts jumps about in the file.
        let frame = click.wrapping_mul(7_919) % load.packets.max(1) + 1;
        requests.push(request(
            3 + click,
            "frame",
            json!({"frame": frame, "proto": true, "columns": true}),
        ));
    }
    requests.iter().map(|request| format!("{request}\n")).collect()
}

/// How time grows from the smallest capture to the others.
pub fn linear(paces: &[(u64, f64)], report: &mut Report) {
    let Some(((size, cpu), others)) = paces.split_first() else {
        return;
    };
    for (other_size, other_cpu) in others {
        let pace = (other_cpu / *other_size as f64) / (cpu / *size as f64);
        report.figure(
            format!("CPU time a MB, {other_size} MB / {size} MB"),
            pace,
            "",
            Some(Budget::AtMost(1.1)),
            "",
        );
    }
}

/// A Lua dissector that decrypts and reads opcodes, against ours that does all.
pub fn peer(bench: &Bench, load: &Load, report: &mut Report) -> Result<()> {
    let script = bench.floor.home().join("peer.lua");
    fs::write(&script, PEER).with_context(|| format!("writing {}", script.display()))?;
    let mut lua = Side::new(&bench.floor, &["-q", "-z", "io,stat,0", "-Y", "peer.opcode"]);
    lua.arguments.extend([
        "-r".to_owned(),
        load.capture.display().to_string(),
        "-X".to_owned(),
        format!("lua_script:{}", script.display()),
        "-X".to_owned(),
        format!("lua_script1:{}", load.keys.display()),
    ]);
    let quiet = |filter| ["-q", "-z", "io,stat,0", "-Y", filter];
    let (slow, fast) = bench.compare(&lua, &ours(bench, load, &quiet("gw2.opcode")))?;
    let nobody = floor(bench, load, &quiet("tcp.len"));
    let (floor, _) = bench.compare(&nobody, &nobody)?;
    report.heading("A peer in Lua");
    report.figure(
        "RC4 and opcode in Lua / all of ours, both over the floor",
        (slow.cpu - floor.cpu) / (fast.cpu - floor.cpu),
        "",
        Some(Budget::AtLeast(12.0)),
        seconds(slow, fast),
    );
    Ok(())
}
