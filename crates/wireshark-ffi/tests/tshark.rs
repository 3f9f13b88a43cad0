//! The example plugin in the real tshark.

#![allow(clippy::unwrap_used)]

mod capture;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use capture::Capture;
use tempfile::TempDir;

/// A folder that tshark takes for its plugin and configuration folders.
struct Bench {
    dir: TempDir,
}

struct Ran {
    stdout: String,
    stderr: String,
}

impl Bench {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let version = minor_version();
        let plugins = dir.path().join(&version).join("epan");
        fs::create_dir_all(&plugins).unwrap();
        fs::copy(probe(), plugins.join("libprobe.so")).unwrap();
        Self { dir }
    }

    /// Runs tshark over packets; as root it would ignore our folders, and runs as somebody else.
    fn tshark(&self, capture: &Capture, args: &[&str]) -> Ran {
        let file = self.dir.path().join("in.pcap");
        fs::write(&file, capture.bytes()).unwrap();
        let output = self.command().arg("-r").arg(&file).args(args).output().unwrap();
        Ran::of(output)
    }

    fn command(&self) -> Command {
        let mut command = tshark_harness::Identity::find()
            .unwrap()
            .command(Path::new(&tshark()));
        command.env("HOME", self.dir.path());
        command.env("WIRESHARK_CONFIG_DIR", self.dir.path().join("cfg"));
        command.env("WIRESHARK_PLUGIN_DIR", self.dir.path());
        command
    }
}

impl Ran {
    fn of(output: Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let ran = Self {
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        };
        assert!(
            output.status.success(),
            "{:?}\n{}\n{}",
            output.status,
            ran.stdout,
            ran.stderr
        );
        ran
    }

    #[track_caller]
    fn shows(&self, text: &str) -> &Self {
        assert!(
            self.stdout.contains(text),
            "no {text:?} in\n{}\n{}",
            self.stdout,
            self.stderr
        );
        self
    }

    #[track_caller]
    fn says(&self, text: &str) -> &Self {
        assert!(self.stderr.contains(text), "no {text:?} in\n{}", self.stderr);
        self
    }
}

/// The example, built by `cargo test` beside this test; or another version's, which `GW2_PROBE` names.
fn probe() -> PathBuf {
    if let Some(named) = std::env::var_os("GW2_PROBE") {
        return named.into();
    }
    let deps = std::env::current_exe().unwrap();
    let target = deps.parent().and_then(Path::parent).unwrap();
    let library = target.join("examples").join("libprobe.so");
    assert!(
        library.is_file(),
        "{} is missing: run `cargo build -p wireshark-ffi --example probe`",
        library.display()
    );
    library
}

/// The tshark to test with: of the version that the example was built for.
fn tshark() -> OsString {
    std::env::var_os("GW2_TSHARK").unwrap_or_else(|| "tshark".into())
}

fn minor_version() -> String {
    static VERSION: OnceLock<String> = OnceLock::new();
    VERSION
        .get_or_init(|| {
            let output = Command::new(tshark()).arg("--version").output().unwrap();
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            let version = text
                .split_whitespace()
                .find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
            version.unwrap().split('.').take(2).collect::<Vec<_>>().join(".")
        })
        .clone()
}

#[test]
fn is_loaded_and_registers() {
    let bench = Bench::new();
    let list = |what| Ran::of(bench.command().args(["-G", what]).output().unwrap());
    list("plugins")
        .shows("libprobe.so")
        .shows("1.2.3")
        .shows("dissector");
    list("protocols").shows("Wrapper Probe\tProbe\tprobe");
    let fields = list("fields");
    fields.shows("F\tu8\tprobe.u8\tFT_UINT8\tprobe\tBASE_HEX_DEC\t0x0\t");
    fields.shows("A number of 32 bits");
    fields
        .shows("probe.expert.dissector_bug")
        .shows("probe.expert.note");
    list("decodes").shows("tcp.port\t34567\tprobe");
    list("heuristic-decodes").shows("tcp\tprobe");
    let prefs = list("currentprefs");
    prefs
        .shows("#probe.file: default")
        .shows("#probe.choice: The second")
        .shows("#probe.flag: TRUE");
    assert_eq!(prefs.stderr, "");
}

#[test]
fn adds_every_kind_of_field() {
    let bench = Bench::new();
    let capture = Capture::tcp(34567, &[b"F0123456789abcdef"]);
    let ran = bench.tshark(
        &capture,
        &[
            "-V",
            "-O",
            "probe",
            "-o",
            "probe.file:/some/where",
            "-o",
            "probe.choice:one",
            "-o",
            "probe.number:18",
        ],
    );
    for line in [
        "u8: seven (0x07)",
        "u16: text of u16",
        "u32: 4000000000 appended",
        "u64: big (0x0000010000000000)",
        "i32: -5",
        "i64: -1099511627776",
        "float: 1.5",
        "double: two and a half",
        "bool: Yes",
        "bytes: 01020304",
        "bytes: some bytes",
        "guid: 00112233-4455-6677-8899-010203040506",
        "ipv4: 10.1.2.3",
        "ipv6: ::1",
        "[frame: 1]",
        "span: -1.500000000 seconds",
        "A heading",
        "A subtree",
        "text: shown",
        "[Expert Info (Note/Protocol): a text of its own]",
        "prefs: /some/where|1|true|18|10.0.0.1 -> 10.0.0.2",
        "[offset: 0]",
        "server_port: 34567",
    ] {
        ran.shows(line);
    }
    let fields = bench.tshark(
        &capture,
        &[
            "-T",
            "fields",
            "-e",
            "probe.text",
            "-Y",
            "probe.u64 == 0x10000000000",
        ],
    );
    fields.shows("Grüße\u{FFFD}end,value");
}

#[test]
fn sets_columns() {
    let bench = Bench::new();
    let ran = bench.tshark(&Capture::tcp(34567, &[b"."]), &[]);
    ran.shows("Probe").shows("set appended\u{FFFD}nul");
}

#[test]
fn a_panic_becomes_an_expert_item_and_tshark_goes_on() {
    let bench = Bench::new();
    let payloads: &[&[u8]] = &[b"Panic", b"Panic", b"."];
    for passes in [&["-V"][..], &["-V", "-2"]] {
        let ran = bench.tshark(&Capture::tcp(34567, payloads), passes);
        assert_eq!(
            ran.stdout
                .matches("(Error/Debug): dissector bug: on purpose, packet ")
                .count(),
            2
        );
        ran.shows("Data (5 bytes)")
            .shows("packets: 3")
            .says("on purpose, packet 1 (");
        assert_eq!(ran.stderr.matches("dissector bug").count(), 1, "{}", ran.stderr);
        ran.says("probe: shut down, 0 alive");
    }
}

#[test]
fn an_exception_is_shown_as_ever_and_leaks_nothing() {
    let bench = Bench::new();
    let mut payloads: Vec<&[u8]> = vec![b"X"; 200];
    payloads.extend([&b"A"[..], b"M", b"S", b"W", b"."]);
    let ran = bench.tshark(&Capture::tcp(34567, &payloads), &["-V"]);
    assert_eq!(ran.stdout.matches("[Malformed Packet: Probe]").count(), 200);
    ran.shows("forced on purpose")
        .shows("[Dissector bug, protocol Probe: forced with the text 42]");
    ran.shows("text: forced with the text 42").shows("packets: 205");
    // The one of the packet itself, the conversation's state, the file's.
    assert_eq!(ran.stdout.matches("alive: 3\n").count(), 205, "{}", ran.stdout);
    ran.says("probe: shut down, 0 alive");
}

#[test]
fn too_many_items_are_an_exception_too() {
    let bench = Bench::new();
    let payloads: &[&[u8]] = &[b"Items", b"."];
    let ran = bench.tshark(
        &Capture::tcp(34567, payloads),
        &["-V", "-o", "gui.max_tree_items:1000"],
    );
    ran.shows("items in the tree").shows("packets: 2");
    ran.says("probe: shut down, 0 alive");
}

#[test]
fn state_ends_with_the_file() {
    let bench = Bench::new();
    let ran = bench.tshark(&Capture::tcp(34567, &[b".", b"Busy", b"."]), &["-V", "-2"]);
    ran.shows("packets: 3")
        .shows("file_packets: 3")
        .shows("bool: Yes");
    ran.says("probe: file opened")
        .says("probe: file closed")
        .says("probe: shut down, 0 alive");
    assert_eq!(
        ran.stderr.matches("dropped a state of 3 packets").count(),
        2,
        "{}",
        ran.stderr
    );
}

#[test]
fn heuristics_claim_what_is_theirs() {
    let bench = Bench::new();
    let ran = bench.tshark(&Capture::tcp(999, &[b"HEUR", b"F0123456789abcdef"]), &["-V"]);
    ran.shows("packets: 2")
        .shows("u8: seven")
        .shows("[Protocols in frame: eth:ethertype:ip:tcp:probe]");
    ran.shows("[offset: 0]").shows("[offset: 4]");
    let ran = bench.tshark(&Capture::tcp(999, &[b"CLAIM", b"HEUR"]), &["-V"]);
    ran.shows("dissector bug: on purpose, packet 0")
        .shows("packets: 1");
    let ran = bench.tshark(&Capture::tcp(999, &[b"other", b"F0123456789abcdef"]), &["-V"]);
    assert!(!ran.stdout.contains("Wrapper Probe"), "{}", ran.stdout);
}

#[test]
fn announced_connections_come_with_their_dissector_and_state() {
    let bench = Bench::new();
    let mut capture = Capture::tcp(34567, &[b"L"]);
    for port in 1000..=1003 {
        capture = capture.and_tcp(port, &[b"."]);
    }
    let fields = [
        "-T",
        "fields",
        "-e",
        "tcp.dstport",
        "-e",
        "probe.packets",
        "-Y",
        "probe",
    ];
    for passes in [&[][..], &["-2"]] {
        let ran = bench.tshark(&capture, &[&fields[..], passes].concat());
        assert_eq!(
            ran.stdout, "34567\t1\n1001\t1102\n1002\t1103\n1003\t1104\n",
            "{}",
            ran.stderr
        );
        ran.says("probe: shut down, 0 alive");
    }
}

#[test]
fn starttls_hands_the_connection_to_tls() {
    let bench = Bench::new();
    let alert = b"\x15\x03\x03\x00\x02\x02\x28";
    let ran = bench.tshark(&Capture::tcp(34567, &[b"T", alert]), &["-V"]);
    ran.shows("bool: Yes")
        .shows("Transport Layer Security")
        .shows("Handshake Failure (40)");
    ran.shows("packets: 1");
}

#[test]
fn stream_offsets_do_not_depend_on_preferences() {
    let bench = Bench::new();
    let capture = Capture::tcp(34567, &[b"12345", b"678", b"9"]);
    let fields = ["-T", "fields", "-e", "probe.offset", "-Y", "probe"];
    for prefs in [
        &[][..],
        &["-o", "tcp.relative_sequence_numbers:FALSE"],
        &["-o", "tcp.analyze_sequence_numbers:FALSE"],
        &["-o", "tcp.desegment_tcp_streams:FALSE"],
        &["-2"],
    ] {
        let ran = bench.tshark(&capture, &[&fields[..], prefs].concat());
        assert_eq!(ran.stdout, "0\n5\n8\n", "{prefs:?}\n{}", ran.stderr);
    }
}

#[test]
fn expert_items_work_without_a_tree() {
    let bench = Bench::new();
    let capture = Capture::tcp(34567, &[b"Expert"]);
    let ran = bench.tshark(&capture, &["-q", "-z", "expert"]);
    ran.shows("A summary")
        .shows("on no tree")
        .shows("on a tree\u{FFFD}nul");
}

#[test]
fn plaintext_is_a_data_source() {
    let bench = Bench::new();
    let ran = bench.tshark(&Capture::tcp(34567, &[b"Decrypt"]), &["-x", "-V"]);
    ran.shows("Decrypted (9 bytes)")
        .shows("text: plain")
        .shows("Data (4 bytes)");
}

#[test]
fn dynamic_fields_come_and_go() {
    let bench = Bench::new();
    let capture = Capture::tcp(34567, &[b"."]);
    let ran = bench.tshark(
        &capture,
        &[
            "-V",
            "-o",
            "probe.names:foo,bar",
            "-Y",
            "probe.foo == 1 && probe.bar",
        ],
    );
    ran.shows("foo: foo one (1)").shows("bar: bar one (1)");
    let ran = bench.tshark(&capture, &["-o", "probe.names:u8"]);
    ran.says("\"probe.u8\" is registered already");
}

#[test]
fn feeds_follow_statistics_and_exports() {
    let bench = Bench::new();
    let capture = Capture::tcp(34567, &[b"Q"]);
    for passes in [&[][..], &["-2"]] {
        let look = |arguments: &[&str]| bench.tshark(&capture, &[passes, &["-q"], arguments].concat());

        let followed = look(&["-z", "follow,probe,ascii,0"]);
        // Its sender is node 1: it said that it is the server.
        followed.shows("Node 1: 10.0.0.1").shows("\t15\nfrom the server");

        let counted = look(&["-z", "probe,tree"]);
        counted.shows("Counts:");
        let columns = |name: &str| {
            let line = counted.stdout.lines().find(|line| line.trim().starts_with(name));
            let line = line.unwrap().trim().trim_start_matches(name);
            line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(columns("top")[0], "12");
        assert_eq!(columns("a\u{FFFD}b")[0], "12");
        assert_eq!(columns("sampled")[..4], ["2", "15.00", "10", "20"]);
        assert_eq!(columns("4")[0], "1");
        assert!(!counted.stdout.contains("    5"));
        assert!(!counted.stdout.contains("first text"));
        assert_eq!(columns("second text below")[0], "4");
        let top = counted.stdout.lines().find(|line| line.contains("second text  "));
        assert_eq!(top.unwrap().split_whitespace().nth(2), Some("2"));

        let measured = look(&["-z", "probe,srt"]);
        measured
            .shows("ask                         2   0.500000   1.500000   1.000000")
            .shows("tell                        1");

        let folder = bench.dir.path().join("objects");
        look(&["--export-objects", &format!("probe,{}", folder.display())]);
        let mut files: Vec<_> = fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        let contents: Vec<_> = files.iter().map(|file| fs::read(file).unwrap()).collect();
        assert!(contents.contains(&b"contents".to_vec()), "{files:?}");
        fs::remove_dir_all(&folder).unwrap();
    }
}
