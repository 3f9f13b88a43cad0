//! sharkd: what the GUI does with a capture, without a screen.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde_json::{Value, json};
use tshark_harness::Tshark;

/// A running sharkd.
pub struct Sharkd {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    requests: u32,
}

impl Sharkd {
    pub fn start(tshark: &Tshark) -> Self {
        let mut child = tshark
            .companion("sharkd")
            .arg("-")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self {
            child,
            input,
            output,
            requests: 0,
        }
    }

    pub fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.requests += 1;
        let request = json!({"jsonrpc": "2.0", "id": self.requests, "method": method, "params": params});
        writeln!(self.input, "{request}").unwrap();
        self.input.flush().unwrap();
        loop {
            let mut line = String::new();
            assert!(
                self.output.read_line(&mut line).unwrap() > 0,
                "sharkd ended at {request}"
            );
            // It greets with a line that is none of ours.
            let Ok(answer) = serde_json::from_str::<Value>(&line) else {
                continue;
            };
            if answer["id"] == self.requests {
                assert!(answer.get("error").is_none(), "{request}: {answer}");
                return answer["result"].clone();
            }
        }
    }

    /// Sets a preference.
    pub fn set(&mut self, name: &str, value: &Path) {
        self.ask("setconf", &json!({"name": name, "value": value}));
    }

    /// Opens a capture in place of the one before. Returns how many frames it has.
    pub fn load(&mut self, capture: &Path, keys: &Path) -> u32 {
        for name in ["gw2.keylog_file", "tls.keylog_file"] {
            self.set(name, keys);
        }
        self.ask("load", &json!({"file": capture}));
        let frames = self.ask("status", &json!({}))["frames"].as_u64().unwrap();
        u32::try_from(frames).unwrap()
    }

    /// What the details pane shows of a frame.
    pub fn tree(&mut self, frame: u32) -> Value {
        let answer = self.ask("frame", &json!({"frame": frame, "proto": true, "columns": true}));
        json!({"tree": answer["tree"], "columns": answer["col"]})
    }

    /// The frames that a filter lets through. sharkd remembers its answer to a filter, even when another file is opened.
    pub fn frames(&mut self, filter: &str) -> Vec<u32> {
        let answer = self.ask("frames", &json!({"filter": filter}));
        let rows = answer.as_array().cloned().unwrap_or_default();
        let number = |row: &Value| row["num"].as_u64().unwrap();
        rows.iter()
            .map(|row| u32::try_from(number(row)).unwrap())
            .collect()
    }

    /// What the details pane shows of these frames.
    pub fn trees(&mut self, order: impl Iterator<Item = u32>) -> Vec<(u32, Value)> {
        order.map(|frame| (frame, self.tree(frame))).collect()
    }
}

impl Drop for Sharkd {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
