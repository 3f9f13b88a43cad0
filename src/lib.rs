//! A Wireshark plugin for the three protocols of Guild Wars 2: login, portal and game.
//!
//! To follow a byte: [`dissectors`] is what Wireshark calls; [`connection`] finds what is known of the
//! packet's connection and hands the payload to `gw2_protocol`; [`present`] shows what came of it.

mod connection;
mod debug;
mod dissectors;
mod environment;
mod experts;
mod export;
mod fields;
mod follow;
mod key_file;
mod peers;
mod plugin;
mod portal_elements;
mod prefs;
mod present;
mod schema_fields;
mod schema_files;
mod sessions;
mod statistics;
mod taps;

wireshark_ffi::declare_plugin! {
    name: "gw2",
    version: env!("CARGO_PKG_VERSION"),
    register: crate::plugin::register,
    handoff: crate::plugin::handoff,
}
