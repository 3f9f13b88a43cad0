//! Link settings of the plugin.
//!
//! Wireshark's functions are not linked: the program that loads the plugin has them. ELF linkers leave such symbols open
//! in a shared library by themselves; Apple's wants to be told.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "macos") {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-undefined,dynamic_lookup");
    }
}
