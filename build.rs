//! What the plugin's library needs beyond its code: the Wireshark it is for, and how to link against a program that is
//! only there at run time.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");

    // From crates/wireshark-ffi, which found the headers. A plugin loads only in this minor version, so that everything
    // which names a version names this one.
    let version = env::var("DEP_WIRESHARK_VERSION").unwrap_or_else(|_| "unknown".to_owned());
    println!("cargo::rustc-env=GW2_WIRESHARK_VERSION={version}");

    // Wireshark's functions come from the process that loads the plugin. Linux's linker leaves them open by itself;
    // Apple's must be told.
    if env::var("CARGO_CFG_TARGET_VENDOR").is_ok_and(|vendor| vendor == "apple") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-undefined,dynamic_lookup");
    }
}
