//! A safe wrapper over libwireshark's dissector API.
//!
//! This is the only crate of the workspace with `unsafe`. What its callers cannot do, whatever they write in safe Rust:
//!
//! - **unwind into C**: every call from epan runs under `catch_unwind`; a panic becomes an expert item, the packet's
//!   bytes are shown as data, and Wireshark goes on;
//! - **be jumped over**: epan reports errors by `longjmp`. Functions that throw are called through a C shim which catches
//!   and hands back [`Thrown`]; `?` carries it to the outermost C frame, which throws it again unchanged;
//! - **read or mark bytes that are not there**: a [`Tvb`] is a slice of the captured bytes, ranges are clamped to it;
//! - **keep what dies with the packet**: [`Packet`], [`Tvb`], [`Tree`], [`Item`] carry its lifetime.
//!
//! A plugin starts with [`declare_plugin!`]. Everything that registers something is to be called from its `register` or
//! `handoff` function (dynamic fields also from a preference callback), on the thread Wireshark calls them on.

mod address;
mod compat;
mod conversation;
mod dissector;
mod error;
mod expert;
mod export_object;
mod export_pdu;
mod field;
mod field_set;
mod follow;
mod guard;
mod heuristic;
mod item;
mod memory;
mod message;
mod packet;
mod plugin;
mod pool;
mod prefs;
mod protocol;
mod routines;
mod secrets;
mod srt;
mod state;
mod stats_tree;
#[allow(unsafe_code)]
mod sys;
mod tap;
mod tcp;
mod testing;
mod text;
mod thrown;
mod tree;
mod tvb;
mod values;

pub use address::Address;
pub use conversation::{Client, Conversation};
pub use dissector::{
    Dissector, DissectorHandle, add_for_decode_as, add_port_range_with_preference, call_data_dissector,
    call_dissector, find_dissector, register_dissector, starttls_ack,
};
pub use error::RegisterError;
pub use expert::{ExpertGroup, ExpertId, ExpertSpec, Severity, register_experts};
pub use export_object::{ExportObject, ExportObjectTap};
pub use export_pdu::ExportPduTap;
pub use field::{Base, FieldId, FieldKind, FieldSpec, FrameLink};
pub use field_set::{FieldSet, register_fields};
pub use follow::FollowTap;
pub use heuristic::{Heuristic, add_heuristic};
pub use item::Item;
pub use message::{LogLevel, log, report_failure, report_warning};
pub use packet::{Columns, Packet};
pub use plugin::{VersionNumber, built_for, running_version};
pub use prefs::{BoolPref, Choice, EnumPref, PreferenceModule, StringPref, UintPref};
pub use protocol::{Protocol, SubtreeId, register_subtrees};
pub use routines::{on_file_close, on_file_open, on_shutdown};
pub use secrets::on_secrets;
pub use srt::ResponseTimeTap;
pub use state::{Busy, ConversationState, FileState, StateRef};
pub use stats_tree::{Amount, MAX_LEVELS, Order, StatsTreeTap, Tick};
pub use tap::{Tap, TvbTap};
pub use tcp::{TcpFlags, TcpFlow, TcpInfo};
pub use testing::{Forced, force_exception, open_statistics_window};
pub use thrown::{Thrown, ThrownKind};
pub use tree::Tree;
pub use tvb::Tvb;

#[doc(hidden)]
pub use plugin::__private;
