//! What bindgen made of `wireshark-headers/wrapper.h` for the Wireshark found at build time.
//!
//! Nothing outside this crate sees it: its functions have C's rules, not Rust's.

#![allow(
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    missing_docs,
    dead_code,
    unknown_lints,
    unnecessary_transmutes,
    unsafe_op_in_unsafe_fn,
    clippy::all,
    clippy::undocumented_unsafe_blocks
)]

include!(concat!(env!("OUT_DIR"), "/bindings.rs"));

/// For the linker alone: where the names of the bindings and of the C shim come from.
#[cfg(windows)]
#[allow(clashing_extern_declarations)]
mod imports {
    include!(concat!(env!("OUT_DIR"), "/imports.rs"));
}
