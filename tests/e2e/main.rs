//! The plugin as its users see it: every test here runs the real tshark on a real capture.
//!
//! One test binary for all, because linking one is quicker than linking ten. `cargo xtask test` builds the plugin
//! first and names it in `GW2_PLUGIN`; `cargo build && cargo test --test e2e` does as well.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;
mod contract;
mod demo;
mod export;
mod follow;
mod guide;
mod hints;
mod key_exporter;
mod keys;
mod keys_in_capture;
mod loading;
mod order;
mod outputs;
mod pdus;
mod portal_bodies;
mod portal_gaps;
mod portal_loopback;
mod portal_real;
mod portal_tls;
mod profile;
mod registration;
mod robustness;
mod samples;
mod scenarios;
mod schemas;
mod sessions;
mod statistics;
