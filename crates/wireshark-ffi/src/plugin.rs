//! The plugin as a whole: the symbols Wireshark looks up, and what happens at start.

use std::ffi::{CStr, c_int};
use std::fmt;
use std::sync::OnceLock;

use crate::text::c_string;
use crate::{RegisterError, dissector, expert, guard, heuristic, prefs, routines, secrets, state, sys};

/// A version of Wireshark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct VersionNumber {
    /// The 4 of 4.0.17.
    pub major: i32,
    /// The 0 of 4.0.17.
    pub minor: i32,
    /// The 17 of 4.0.17.
    pub micro: i32,
}

impl fmt::Display for VersionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.micro)
    }
}

/// The Wireshark whose headers this was built with.
pub const fn built_for() -> VersionNumber {
    VersionNumber {
        major: sys::WIRESHARK_VERSION_MAJOR as i32,
        minor: sys::WIRESHARK_VERSION_MINOR as i32,
        micro: sys::WIRESHARK_VERSION_MICRO as i32,
    }
}

/// The Wireshark that runs.
pub fn running_version() -> VersionNumber {
    let (mut major, mut minor, mut micro) = (0, 0, 0);
    // SAFETY: three places for three integers.
    unsafe { sys::epan_get_version_number(&raw mut major, &raw mut minor, &raw mut micro) };
    VersionNumber { major, minor, micro }
}

/// Patch releases whose structures are not those of the other ones of their minor version, and where that is told. A
/// plugin built for one of the others crashes in them, and the other way round.
const ALONE: &[(VersionNumber, &str)] = &[(
    VersionNumber {
        major: 4,
        minor: 0,
        micro: 4,
    },
    "https://gitlab.com/wireshark/wireshark/-/issues/18908",
)];

/// The functions of `declare_plugin!`.
struct Plugin {
    name: &'static CStr,
    register: fn() -> Result<(), RegisterError>,
    handoff: fn() -> Result<(), RegisterError>,
}

static PLUGIN: OnceLock<Plugin> = OnceLock::new();
/// Set when everything was registered: only then is there something to hand off.
static REGISTERED: OnceLock<()> = OnceLock::new();

/// The plugin's name, for messages.
pub(crate) fn name() -> &'static CStr {
    PLUGIN.get().map_or(c"plugin", |plugin| plugin.name)
}

/// What the macro needs from outside. Not part of the API.
#[doc(hidden)]
pub mod __private {
    use std::ffi::{CStr, c_char, c_int};

    use super::{Plugin, RegisterError, built_for, guard, start};

    pub const WANT_MAJOR: c_int = built_for().major;
    pub const WANT_MINOR: c_int = built_for().minor;
    /// `WS_PLUGIN_DESC_DISSECTOR`; wsutil/plugins.h is not installed before 4.4.
    pub const DESCRIBE: u32 = 1;

    /// Wireshark takes the symbol itself for the string: an array, not a pointer.
    pub const fn version_array<const N: usize>(text: &str) -> [c_char; N] {
        let bytes = text.as_bytes();
        let mut array = [0; N];
        let mut i = 0;
        while i < bytes.len() && i + 1 < N {
            array[i] = bytes[i] as c_char;
            i += 1;
        }
        array
    }

    /// The name with its NUL, from the macro's `concat!`.
    pub const fn c_name(text: &'static str) -> &'static CStr {
        match CStr::from_bytes_until_nul(text.as_bytes()) {
            Ok(name) => name,
            Err(_) => c"plugin",
        }
    }

    pub fn plugin_register(
        name: &'static CStr,
        register: fn() -> Result<(), RegisterError>,
        handoff: fn() -> Result<(), RegisterError>,
    ) {
        let _panic_said_by_the_hook = guard::run(|| {
            start(Plugin {
                name,
                register,
                handoff,
            })
        });
    }
}

fn start(plugin: Plugin) {
    let name = plugin.name.to_string_lossy();
    if PLUGIN.set(plugin).is_err() {
        return;
    }
    guard::install_hook();
    let running = running_version();
    if let Some(reason) = refusal(running) {
        crate::report_failure(&format!("{name}: not loaded: {reason}"));
        return;
    }
    let callbacks = sys::wsffi_callbacks {
        register_protocols: Some(register_protocols),
        register_handoffs: Some(register_handoffs),
        dissect: Some(dissector::dissect),
        claims: Some(heuristic::claims),
        preferences_applied: Some(prefs::applied),
        file_opened: Some(routines::file_opened),
        file_closed: Some(routines::file_closed),
        shut_down: Some(routines::shut_down),
        secrets: Some(secrets::received),
        drop_state: Some(state::drop_state),
    };
    // SAFETY: the shim copies the table; its functions live as long as the plugin.
    unsafe { sys::wsffi_start(&raw const callbacks) };
}

fn refusal(running: VersionNumber) -> Option<String> {
    let built = built_for();
    if (running.major, running.minor) != (built.major, built.minor) {
        return Some(format!(
            "it was built for Wireshark {}.{}, this is {running}. Install the plugin for {}.{}",
            built.major, built.minor, running.major, running.minor
        ));
    }
    ALONE
        .iter()
        .find(|(alone, _)| running != built && [running, built].contains(alone))
        .map(|(alone, told)| {
            format!(
                "it was built for Wireshark {built}, this is {running}, and {alone} is laid out unlike every other {}.{} \
                 ({told}). Use another Wireshark {0}.{1}",
                alone.major, alone.minor
            )
        })
}

extern "C" fn register_protocols() {
    run("register", |plugin| {
        (plugin.register)()?;
        expert::register_bug_field()?;
        // SAFETY: Wireshark is in its registration phase and calls us.
        unsafe { sys::wsffi_register_routines() };
        let _first_time = REGISTERED.set(());
        Ok(())
    });
}

extern "C" fn register_handoffs() {
    if REGISTERED.get().is_some() {
        run("hand off", |plugin| (plugin.handoff)());
    }
}

/// Runs a phase of the start. What fails is reported; Wireshark goes on, without what was not registered.
fn run(phase: &str, body: impl FnOnce(&Plugin) -> Result<(), RegisterError>) {
    let Some(plugin) = PLUGIN.get() else { return };
    let outcome = guard::run(|| {
        if let Err(error) = body(plugin) {
            let name = plugin.name.to_string_lossy();
            crate::report_failure(&format!("{name}: could not {phase}: {error}"));
        }
    });
    if let Err(panic) = outcome {
        let text = c_string(&format!("could not {phase}: {panic}"));
        let len = c_int::try_from(text.as_bytes().len()).unwrap_or(c_int::MAX);
        // SAFETY: the pointer and the length are those of one string.
        unsafe { sys::wsffi_report(1, text.as_ptr(), len) };
    }
}

/// Exports what Wireshark looks up in a plugin, and nothing else: `plugin_version`, `plugin_want_major`,
/// `plugin_want_minor`, `plugin_register`, `plugin_describe`.
///
/// `register` and `handoff` are functions `fn() -> Result<(), RegisterError>`: the first registers protocols, fields,
/// preferences, taps; the second, called when all plugins have done so, connects dissectors to tables.
///
/// ```ignore
/// wireshark_ffi::declare_plugin! {
///     name: "gw2",
///     version: env!("CARGO_PKG_VERSION"),
///     register: crate::register,
///     handoff: crate::handoff,
/// }
/// ```
#[macro_export]
macro_rules! declare_plugin {
    (name: $name:literal, version: $version:expr, register: $register:path, handoff: $handoff:path $(,)?) => {
        #[allow(non_upper_case_globals, missing_docs)]
        mod wireshark_plugin_symbols {
            use $crate::__private as private;

            const VERSION: &str = $version;

            #[unsafe(no_mangle)]
            pub static plugin_version: [::std::ffi::c_char; VERSION.len() + 1] =
                private::version_array(VERSION);
            #[unsafe(no_mangle)]
            pub static plugin_want_major: ::std::ffi::c_int = private::WANT_MAJOR;
            #[unsafe(no_mangle)]
            pub static plugin_want_minor: ::std::ffi::c_int = private::WANT_MINOR;

            #[unsafe(no_mangle)]
            pub extern "C" fn plugin_register() {
                private::plugin_register(
                    private::c_name(concat!($name, "\0")),
                    super::wireshark_plugin_register,
                    super::wireshark_plugin_handoff,
                );
            }

            #[unsafe(no_mangle)]
            pub extern "C" fn plugin_describe() -> u32 {
                private::DESCRIBE
            }
        }

        // Out here, so that the paths mean what they mean to the caller.
        fn wireshark_plugin_register() -> ::std::result::Result<(), $crate::RegisterError> {
            $register()
        }
        fn wireshark_plugin_handoff() -> ::std::result::Result<(), $crate::RegisterError> {
            $handoff()
        }
    };
}
