//! A plugin that tries everything the wrapper has, for tests/tshark.rs. Its protocol is one letter a packet:
//! the first byte of the payload says what to do.

#![forbid(unsafe_code)]

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

use wireshark_ffi::*;

declare_plugin! {
    name: "probe",
    version: "1.2.3",
    register: crate::register,
    handoff: crate::handoff,
}

/// How many `Counted` are alive: a throw that skips destructors leaves them behind.
static ALIVE: AtomicU32 = AtomicU32::new(0);

struct Counted {
    _ballast: Vec<u8>,
}

impl Counted {
    fn new() -> Self {
        ALIVE.fetch_add(1, Ordering::Relaxed);
        Self {
            _ballast: vec![1; 1 << 16],
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

struct Seen {
    packets: u32,
    _counted: Counted,
}

impl Drop for Seen {
    fn drop(&mut self) {
        eprintln!("probe: dropped a state of {} packets", self.packets);
    }
}

static SEEN_IN_FILE: FileState<Seen> = FileState::new();
static DYNAMIC: Mutex<(FieldSet, Vec<FieldId>)> = Mutex::new((FieldSet::new(), Vec::new()));

struct Registered {
    protocol: Protocol,
    fields: Vec<FieldId>,
    subtrees: [SubtreeId; 2],
    experts: Vec<ExpertId>,
    state: ConversationState<Seen>,
    tap: Tap<u32>,
    follow: FollowTap,
    counts: StatsTreeTap,
    times: ResponseTimeTap,
    files: ExportObjectTap,
    text: StringPref,
    names: StringPref,
    choice: EnumPref,
    flag: BoolPref,
    number: UintPref,
}

static REGISTERED: OnceLock<Registered> = OnceLock::new();

/// The order in which `fields()` lists them.
#[derive(Clone, Copy)]
enum F {
    Alive,
    Packets,
    FilePackets,
    U8,
    U16,
    U32,
    U64,
    I32,
    I64,
    Float,
    Double,
    Bool,
    Text,
    Bytes,
    Guid,
    Ipv4,
    Ipv6,
    Frame,
    Span,
    Heading,
    Offset,
    Stream,
    ServerPort,
    Prefs,
}

fn fields() -> Vec<FieldSpec> {
    use FieldKind::*;
    let field = |name: &'static str, kind| FieldSpec::new(name, format!("probe.{name}"), kind);
    vec![
        field("alive", U32(Base::Dec)),
        field("packets", U32(Base::Dec)),
        field("file_packets", U32(Base::Dec)),
        field("u8", U8(Base::HexDec)).strings([(7, "seven"), (8, "eight")]),
        field("u16", U16(Base::Hex)),
        field("u32", U32(Base::Dec)).blurb("A number of 32 bits"),
        field("u64", U64(Base::Hex)).strings([(1 << 40, "big")]),
        field("i32", I32),
        field("i64", I64),
        field("float", Float),
        field("double", Double),
        field("bool", Bool).strings([(1, "Yes"), (0, "No")]),
        field("text", String),
        field("bytes", Bytes),
        field("guid", Guid),
        field("ipv4", Ipv4),
        field("ipv6", Ipv6),
        field("frame", FrameNum(FrameLink::Request)),
        field("span", RelativeTime),
        field("heading", None),
        field("offset", U32(Base::Dec)),
        field("stream", U32(Base::Dec)),
        field("server_port", TcpPort),
        field("prefs", String),
    ]
}

fn register() -> Result<(), RegisterError> {
    let protocol = Protocol::register("Wrapper Probe", "Probe", "probe")?;
    let fields = register_fields(protocol, &fields())?;
    assert!(matches!(
        register_fields(protocol, &self::fields()),
        Err(RegisterError::Duplicate(_))
    ));
    assert!(Protocol::register("Other", "Other", "no good").is_err());
    let experts = register_experts(
        protocol,
        &[ExpertSpec::new(
            "probe.expert.note",
            ExpertGroup::Protocol,
            Severity::Note,
            "A summary",
        )],
    )?;
    let module = PreferenceModule::register(protocol, prefs_applied)?;
    assert!(module.string("Bad-Name", "T", "", "").is_err());
    let choices = [
        Choice {
            name: "one",
            title: "The first",
            value: 1,
        },
        Choice {
            name: "two",
            title: "The second",
            value: 2,
        },
    ];
    let _registered_once = REGISTERED.set(Registered {
        protocol,
        fields,
        subtrees: register_subtrees()?,
        experts,
        state: ConversationState::register(protocol)?,
        tap: Tap::register("probe")?,
        follow: FollowTap::register(protocol, "probe_follow")?,
        counts: StatsTreeTap::register("probe_counts", "probe", &["Probe", "Counts"], Order::ByText)?,
        times: ResponseTimeTap::register(protocol, "probe_times")?,
        files: ExportObjectTap::register(protocol)?,
        text: module.filename("file", "File", "A file", "default")?,
        names: module.string("names", "Names", "Dynamic fields, with commas", "")?,
        choice: module.enumeration("choice", "Choice", "", &choices, 2)?,
        flag: module.boolean("flag", "Flag", "", true)?,
        number: module.uint("number", "Number", "", 17)?,
    });
    assert!(
        Tap::<u64>::register("probe").is_err(),
        "one tap, two kinds of records"
    );
    assert!(FollowTap::register(protocol, "probe_follow").is_err());
    assert!(StatsTreeTap::register("probe_other", "no name", &["Probe"], Order::AsPreferred).is_err());
    on_file_open(|| eprintln!("probe: file opened"));
    on_file_close(|| eprintln!("probe: file closed"));
    on_shutdown(|| eprintln!("probe: shut down, {} alive", ALIVE.load(Ordering::Relaxed)));
    Ok(())
}

fn handoff() -> Result<(), RegisterError> {
    let Some(r) = REGISTERED.get() else { return Ok(()) };
    let handle = register_dissector("probe", r.protocol, &Probe)?;
    add_port_range_with_preference("tcp.port", "34567", handle)?;
    add_for_decode_as("tcp.port", handle)?;
    add_heuristic(
        "tcp",
        "Probe over TCP",
        "probe_tcp",
        r.protocol,
        &Probe,
        handle,
        true,
    )?;
    assert!(add_for_decode_as("no.such.table", handle).is_err());
    assert!(find_dissector("tls").is_some() && find_dissector("no-such").is_none());
    Ok(())
}

fn prefs_applied() {
    let Some(r) = REGISTERED.get() else { return };
    let Ok(mut dynamic) = DYNAMIC.lock() else { return };
    let names = r.names.get();
    let specs: Vec<FieldSpec> = names
        .split(',')
        .filter(|name| !name.is_empty())
        .map(|name| {
            let kind = FieldKind::U32(Base::Dec);
            FieldSpec::new(name.to_owned(), format!("probe.{name}"), kind)
                .strings([(1, format!("{name} one"))])
        })
        .collect();
    // Twice: the second time takes the first away.
    for _ in 0..2 {
        match dynamic.0.register(r.protocol, &specs) {
            Ok(ids) => dynamic.1 = ids,
            Err(error) => report_failure(&format!("probe: {error}")),
        }
    }
}

struct Probe;

impl Heuristic for Probe {
    fn claims<'a>(&self, _: &Packet<'a>, tvb: Tvb<'a>) -> bool {
        if tvb.captured_bytes().starts_with(b"CLAIM") {
            panic_with(0);
        }
        tvb.captured_bytes().starts_with(b"HEUR")
    }
}

fn feed_taps<'a>(r: &Registered, packet: &Packet<'a>, tvb: Tvb<'a>) -> Result<(), Thrown> {
    // Whoever sent this packet is the server.
    r.follow.queue(packet, tvb, b"from the server", true)?;
    r.follow.queue(packet, tvb, b"", true)?;
    let deep = ["deep", "2", "3", "4", "5"];
    assert!(deep.len() > MAX_LEVELS);
    let ticks = [
        (&["top", "a\0b"][..], Amount::Add(7)),
        (&["top", "a\0b"], Amount::Add(5)),
        (&["sampled"], Amount::Sample(10)),
        (&["sampled"], Amount::Sample(20)),
        (&deep, Amount::Add(1)),
        (&["named"], Amount::Text("first text")),
        (&["named", "below"], Amount::Text("first text below")),
        (&["named", "below"], Amount::AddBelowTop(3)),
        (&["named", "below"], Amount::Text("second text below")),
        (&["named"], Amount::Add(2)),
        (&["named"], Amount::Text("second text")),
        (&["named", "below"], Amount::AddBelowTop(1)),
    ];
    let ticks = ticks.map(|(path, amount)| Tick { path, amount });
    r.counts.queue(packet, &ticks);
    r.counts.queue(packet, &[]);
    assert!(open_statistics_window(packet, "probe"));
    assert!(!open_statistics_window(packet, "nothing"));
    for (procedure, nanoseconds) in [
        ("ask", 1_500_000_000),
        ("ask", 500_000_000),
        ("tell", -250_000_000),
    ] {
        r.times.queue(packet, procedure, nanoseconds);
    }
    for bytes in [&b"contents"[..], b""] {
        let object = ExportObject {
            hostname: "host",
            content_type: "text/plain",
            filename: "../a file.txt",
            bytes,
        };
        r.files.queue(packet, &object);
    }
    Ok(())
}

impl Dissector for Probe {
    fn dissect<'a>(&self, packet: &Packet<'a>, tvb: Tvb<'a>, tree: Tree<'a>) -> Result<usize, Thrown> {
        let Some(r) = REGISTERED.get() else { return Ok(0) };
        let _counted = Counted::new();
        let columns = packet.columns();
        columns.set_protocol("Probe");
        columns.set_info("set");
        columns.append_info(" appended\0nul");

        let conversation = Conversation::find_or_create(packet)?;
        let state = r.state.get_or_insert_with(conversation, || Seen {
            packets: 0,
            _counted: Counted::new(),
        });
        let in_file = SEEN_IN_FILE.get_or_insert_with(packet, || Seen {
            packets: 0,
            _counted: Counted::new(),
        });
        if !packet.visited() {
            state.try_borrow_mut()?.packets += 1;
            in_file.try_borrow_mut()?.packets += 1;
        }
        r.tap.queue(packet, packet.number());

        let root = tree
            .add_protocol(r.protocol, tvb, 0..tvb.captured_len())?
            .subtree(r.subtrees[0])?;
        let at = Shown { r, tvb, tree: root };
        at.u32(F::Alive, ALIVE.load(Ordering::Relaxed))?;
        at.u32(F::Packets, state.try_borrow()?.packets)?;
        at.u32(F::FilePackets, in_file.try_borrow()?.packets)?;
        at.tcp(packet)?;

        match tvb.captured_bytes().first() {
            Some(b'F') => at.all_fields(packet)?,
            Some(b'P') => {
                let held = state.try_borrow_mut()?;
                panic_with(held.packets);
            }
            Some(b'X') => force_exception(tvb, Forced::ReadBeyondEnd)?,
            Some(b'A') => force_exception(tvb, Forced::Assertion)?,
            Some(b'M') => force_exception(tvb, Forced::Message)?,
            Some(b'S') => {
                // Swallowed: the packet goes on as if nothing had been.
                let thrown = force_exception(tvb, Forced::Message).err();
                let message = thrown
                    .as_ref()
                    .and_then(Thrown::message)
                    .unwrap_or_default()
                    .to_owned();
                root.add_str(at.id(F::Text), tvb, 0..1, &message)?;
            }
            Some(b'I') => {
                for i in 0..5000 {
                    at.u32(F::U32, i)?;
                }
            }
            Some(b'W') => drop(root.add_u32(at.id(F::Text), tvb, 0..1, 1)?),
            Some(b'B') => {
                let _held = state.try_borrow_mut()?;
                let busy = state.try_borrow().is_err();
                root.add_bool(at.id(F::Bool), tvb, 0..1, busy)?;
            }
            Some(b'D') => at.decrypted(packet)?,
            Some(b'Q') => feed_taps(r, packet, tvb)?,
            Some(b'L') if !packet.visited() => announce(packet, r)?,
            Some(b'T') => {
                if let (Some(tls), Some(own)) = (find_dissector("tls"), find_dissector("probe")) {
                    let first = starttls_ack(tls, packet, own)?;
                    root.add_bool(at.id(F::Bool), tvb, 0..1, first)?;
                }
            }
            Some(b'E') => {
                Item::none().expert(packet, r.experts[0])?;
                Tree::none().add_expert(packet, r.experts[0], tvb, 0..1, Some("on no tree"))?;
                root.add_expert(packet, r.experts[0], tvb, 0..900, Some("on a tree\0nul"))?;
            }
            _ => {}
        }
        if let Ok(dynamic) = DYNAMIC.lock() {
            for id in &dynamic.1 {
                root.add_u32(*id, tvb, 0..1, 1)?;
            }
        }
        Ok(tvb.captured_len())
    }
}

/// Connections to ports 1001 to 1003 are ours from here on.
fn announce<'a>(packet: &Packet<'a>, r: &Registered) -> Result<(), Thrown> {
    let (client, server) = (packet.source(), packet.destination());
    let Some(own) = find_dissector("probe") else {
        return Ok(());
    };
    let clients = [Client::Any, Client::Address(client), Client::Port(client, 50000)];
    for (port, client) in (1001..).zip(clients) {
        let conversation = Conversation::announce(packet, server, port, client)?;
        conversation.set_dissector(own);
        let state = r.state.get_or_insert_with(conversation, || Seen {
            packets: 100,
            _counted: Counted::new(),
        });
        state.try_borrow_mut()?.packets += u32::from(port);
        let found = Conversation::find_between(packet, server, port, client)?;
        if found != Some(conversation) {
            return Err(Thrown::dissector_bug(format!("{client:?}: {found:?}")));
        }
    }
    Ok(())
}

#[allow(clippy::panic)]
fn panic_with(packets: u32) {
    panic!("on purpose, packet {packets}");
}

#[derive(Clone, Copy)]
struct Shown<'a> {
    r: &'static Registered,
    tvb: Tvb<'a>,
    tree: Tree<'a>,
}

impl<'a> Shown<'a> {
    fn id(&self, field: F) -> FieldId {
        self.r.fields[field as usize]
    }

    fn u32(&self, field: F, value: u32) -> Result<Item<'a>, Thrown> {
        self.tree.add_u32(self.id(field), self.tvb, 0..1, value)
    }

    fn tcp(&self, packet: &Packet<'a>) -> Result<(), Thrown> {
        if let Some(offset) = packet.stream_offset()? {
            self.u32(F::Offset, offset)?.set_generated();
        }
        if let Some(flow) = packet.tcp_flow()? {
            self.u32(F::Stream, flow.stream)?;
            self.u32(F::ServerPort, u32::from(flow.server_port))?;
        }
        Ok(())
    }

    fn all_fields(&self, packet: &Packet<'a>) -> Result<(), Thrown> {
        let Self { r, tvb, tree } = *self;
        let id = |field| self.id(field);
        tree.add_u32(id(F::U8), tvb, 1..2, 7)?;
        tree.add_u32_text(id(F::U16), tvb, 1..3, 0x1234, "text of u16")?;
        tree.add_u32(id(F::U32), tvb, 1..5, 4_000_000_000)?
            .append_text(" appended")?;
        tree.add_u64(id(F::U64), tvb, 1..9, 1 << 40)?;
        tree.add_i32(id(F::I32), tvb, 1..5, -5)?;
        tree.add_i64(id(F::I64), tvb, 1..9, -(1 << 40))?;
        tree.add_f32(id(F::Float), tvb, 1..5, 1.5)?;
        tree.add_f64_text(id(F::Double), tvb, 1..9, 2.5, "two and a half")?;
        tree.add_bool(id(F::Bool), tvb, 1..2, true)?;
        tree.add_str(id(F::Text), tvb, 1..9, "Grüße\0end")?.set_hidden();
        tree.add_bytes(id(F::Bytes), tvb, 1..3, &[1, 2, 3, 4])?;
        tree.add_bytes_text(id(F::Bytes), tvb, 1..3, "some bytes")?;
        let guid = [
            0x33, 0x22, 0x11, 0, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 1, 2, 3, 4, 5, 6,
        ];
        tree.add_guid(id(F::Guid), tvb, 0..16, guid)?;
        tree.add_ipv4(id(F::Ipv4), tvb, 1..5, Ipv4Addr::new(10, 1, 2, 3))?;
        tree.add_ipv6(id(F::Ipv6), tvb, 0..16, Ipv6Addr::LOCALHOST)?;
        tree.add_framenum(id(F::Frame), tvb, 0..0, 1)?.set_generated();
        tree.add_time(id(F::Span), tvb, 0..0, -1_500_000_000)?;
        // A range far beyond the end, and one that is the wrong way round.
        #[allow(clippy::reversed_empty_ranges)]
        let (beyond, reversed) = (5000..usize::MAX, 9..3);
        tree.add_none_text(id(F::Heading), tvb, beyond, "A heading")?
            .subtree(r.subtrees[1])?
            .add_none(id(F::Heading), tvb, reversed)?
            .set_len(2);
        tree.add_subtree(tvb, 0..2, r.subtrees[1], "A subtree")?
            .add_str_text(id(F::Text), tvb, 0..2, "value", "shown")?
            .expert_text(packet, r.experts[0], "a text of its own")?;
        let prefs = format!(
            "{}|{}|{}|{}|{} -> {}",
            r.text.get(),
            r.choice.get(),
            r.flag.get(),
            r.number.get(),
            packet.source(),
            packet.destination()
        );
        tree.add_str(id(F::Prefs), tvb, 0..0, &prefs)?;
        Ok(())
    }

    fn decrypted(&self, packet: &Packet<'a>) -> Result<(), Thrown> {
        let plain = Tvb::new_real_data(packet, self.tvb, b"plaintext")?;
        plain.add_data_source(packet, "Decrypted")?;
        self.tree.add_str(self.id(F::Text), plain, 0..5, "plain")?;
        call_data_dissector(plain.subset(5..100)?, packet, self.tree)?;
        let empty = Tvb::new_real_data(packet, self.tvb, b"")?;
        empty.add_data_source(packet, "Empty")?;
        Ok(())
    }
}
