//! Finds Wireshark, generates the bindings for exactly that version, and compiles the C shim.
//!
//! Wireshark is found with pkg-config. Another one is chosen with `PKG_CONFIG_PATH`, or with
//!
//! - `WIRESHARK_INCLUDE_DIR`: its header folders, separated as in `PATH`, Wireshark's first; GLib's are looked up with
//!   pkg-config when they are not among them;
//! - `WIRESHARK_VERSION`: `major.minor.micro`, when `ws_version.h` in those folders is not to be believed;
//! - `WIRESHARK_LIBRARY_DIR`: the folder of its libraries, which only a build for Windows reads.
//!
//! A build for Windows is a cross build with MinGW, from the headers and libraries of a Linux Wireshark: `build/windows.rs`.
//!
//! What the code may test: `ws_ge_4_2`, `ws_ge_4_4`, `ws_ge_4_6` (at least that version). The dependents' build scripts
//! see the version in `DEP_WIRESHARK_VERSION`.

#[path = "build/glib_for_windows.rs"]
mod glib_for_windows;
#[path = "build/imports.rs"]
mod imports;
#[path = "build/locate.rs"]
mod locate;
#[path = "build/windows.rs"]
mod windows;

use std::env;
use std::path::{Path, PathBuf};
use std::process::exit;

use locate::Wireshark;

/// Minor versions after 4.0 in which something that this crate uses changed.
const STEPS: [u32; 3] = [2, 4, 6];

fn main() {
    if let Err(message) = run() {
        eprintln!("error: {message}");
        println!("cargo::error={}", message.replace('\n', " "));
        exit(1);
    }
}

fn run() -> Result<(), String> {
    let headers = manifest_dir()?.join("../../wireshark-headers");
    for file in [
        "wrapper.h",
        "shim.h",
        "guarded.h",
        "taps.h",
        "shim.c",
        "shim_packet.c",
        "entry.c",
        "taps.c",
    ] {
        println!("cargo::rerun-if-changed={}", headers.join(file).display());
    }

    let mut wireshark = Wireshark::locate()?;
    let windows = env::var_os("CARGO_CFG_WINDOWS").is_some();
    if windows {
        windows::adapt(&mut wireshark.includes, &out_dir()?)?;
    }
    emit_version(&wireshark);
    let bindings = bindings(&wireshark, &headers, windows)?;
    let objects = shim(&wireshark, &headers)?;
    if windows {
        windows::imports(&bindings, &objects, &out_dir()?)?;
    }
    Ok(())
}

fn emit_version(wireshark: &Wireshark) {
    let (major, minor, micro) = wireshark.version;
    for step in STEPS {
        println!("cargo::rustc-check-cfg=cfg(ws_ge_4_{step})");
        if (major, minor) >= (4, step) {
            println!("cargo::rustc-cfg=ws_ge_4_{step}");
        }
    }
    println!("cargo::metadata=version={major}.{minor}.{micro}");
    println!("cargo::rustc-env=WSFFI_WIRESHARK_VERSION={major}.{minor}.{micro}");
}

/// Writes the bindings, and says where.
fn bindings(wireshark: &Wireshark, headers: &Path, windows: bool) -> Result<PathBuf, String> {
    let includes = wireshark
        .includes
        .iter()
        .map(|dir| format!("-I{}", dir.display()));
    let generated = bindgen::Builder::default()
        .header(headers.join("wrapper.h").display().to_string())
        .clang_args(includes)
        .clang_args(if windows {
            windows::clang_arguments()?
        } else {
            Vec::new()
        })
        .parse_callbacks(Box::new(
            bindgen::CargoCallbacks::new().rerun_on_header_files(false),
        ))
        // COL_* sits in an anonymous enum: plain constants are the only stable spelling over all versions.
        .default_enum_style(bindgen::EnumVariation::Consts)
        .prepend_enum_name(false)
        .generate_comments(false)
        .layout_tests(true)
        .allowlist_function(FUNCTIONS)
        .allowlist_type(TYPES)
        .allowlist_var(VARIABLES)
        .generate()
        .map_err(|error| {
            format!(
                "bindgen could not read Wireshark {}'s headers: {error}\n\
                 On Debian and Ubuntu: apt-get install libclang-dev libwireshark-dev libglib2.0-dev",
                wireshark.version_string()
            )
        })?;
    let target = out_dir()?.join("bindings.rs");
    generated
        .write_to_file(&target)
        .map_err(|error| format!("{}: {error}", target.display()))?;
    Ok(target)
}

/// Compiles the C shim, and says which objects it is.
fn shim(wireshark: &Wireshark, headers: &Path) -> Result<Vec<PathBuf>, String> {
    let objects = cc::Build::new()
        .file(headers.join("shim.c"))
        .file(headers.join("shim_packet.c"))
        .file(headers.join("entry.c"))
        .file(headers.join("taps.c"))
        .include(headers)
        .includes(&wireshark.includes)
        .warnings(true)
        .flag_if_supported("-Wno-unused-parameter")
        // The headers' own affairs.
        .flag_if_supported("-Wno-deprecated-declarations")
        .opt_level(2)
        .try_compile_intermediates()
        .map_err(|error| {
            format!(
                "the C shim did not compile: {error}\n\
                 On Debian and Ubuntu: apt-get install gcc libwireshark-dev libglib2.0-dev; \
                 gcc-mingw-w64-x86-64-win32 to build for Windows"
            )
        })?;
    cc::Build::new()
        .objects(&objects)
        .try_compile("wsffi_shim")
        .map_err(|error| format!("the C shim could not be archived: {error}"))?;
    Ok(objects)
}

fn manifest_dir() -> Result<PathBuf, String> {
    env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .ok_or_else(|| "not run by cargo".to_owned())
}

fn out_dir() -> Result<PathBuf, String> {
    env::var_os("OUT_DIR")
        .map(PathBuf::from)
        .ok_or_else(|| "not run by cargo".to_owned())
}

/// Only what cannot throw is called from Rust directly; the rest goes through the shim's `wsffi_*`.
const FUNCTIONS: &str = "wsffi_.*\
    |g_free|g_malloc0|g_strdup|g_strndup\
    |epan_get_version_number\
    |proto_register_(protocol|field_array|subtree_array|alias)|proto_registrar_get_byname\
    |proto_deregister_field|proto_add_deregistered_data|proto_free_deregistered_fields\
    |proto_get_id_by_filter_name|proto_name_already_registered|proto_item_set_len\
    |expert_register_protocol|expert_register_field_array\
    |find_dissector|dissector_add_uint_range_with_preference|dissector_add_for_decode_as\
    |dissector_handle_get_dissector_name|find_dissector_table\
    |conversation_set_dissector|conversation_(get|add|delete)_proto_data\
    |col_(get_writable|clear|set_fence)\
    |tap_queue_packet|register_tap|find_tap_id|have_tap_listener\
    |prefs_set_preference_effect_fields|prefs_register_(protocol|protocol_subtree|filename_preference|directory_preference|string_preference\
|enum_preference|bool_preference|uint_preference|static_text_preference|obsolete_preference)";

const TYPES: &str = "wsffi_.*|packet_info|frame_data|tcpinfo|tcp_analysis|tcp_flow_t|header_field_info|hf_register_info\
    |ei_register_info|expert_field|value_string|val64_string|true_false_string|enum_val_t|address|address_type\
    |conversation_t|field_display_e|ft_framenum_type|ftenum|nstime_t|ws_log_level|module_t";

const VARIABLES: &str = "WSFFI_.*|FT_.*|BASE_.*|SEP_.*|ABSOLUTE_TIME_.*|PI_.*|COL_(PROTOCOL|INFO)|AT_.*\
    |NO_(ADDR2|PORT2|ADDR_B|PORT_B)|CONVERSATION_TEMPLATE|TH_.*|PT_TCP|LOG_LEVEL_.*|HF_REF_TYPE_NONE\
    |WIRESHARK_VERSION_(MAJOR|MINOR|MICRO)|PINFO_HAS_TS";
