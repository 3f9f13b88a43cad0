//! Preferences.
//!
//! Wireshark writes them into variables, on the thread that also dissects. The variables are never freed; the handles
//! read them inside Wireshark's callbacks, and give the default elsewhere.

use std::cell::UnsafeCell;
use std::ffi::{CStr, c_char, c_int, c_uint};
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::compat::{self, CBool};
use crate::text::{c_string, display_name, preference_name};
use crate::{Protocol, RegisterError, guard, memory, routines, sys};

/// A variable that Wireshark writes.
struct Variable<C: 'static> {
    place: &'static UnsafeCell<C>,
    default: C,
}

impl<C: Copy> Clone for Variable<C> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<C: Copy> Copy for Variable<C> {}

// SAFETY: the place is read only inside Wireshark's callbacks (get), which run on the thread that writes it.
unsafe impl<C: Copy> Sync for Variable<C> {}
// SAFETY: as above.
unsafe impl<C: Copy> Send for Variable<C> {}

impl<C: Copy> Variable<C> {
    fn new(default: C) -> Self {
        Self {
            place: Box::leak(Box::new(UnsafeCell::new(default))),
            default,
        }
    }

    fn get(&self) -> C {
        if !guard::inside() {
            return self.default;
        }
        // SAFETY: see the Sync above: nobody writes meanwhile.
        unsafe { self.place.get().read() }
    }
}

/// The preferences of a protocol: a page of Edit → Preferences → Protocols.
#[derive(Clone, Copy)]
pub struct PreferenceModule {
    raw: *mut sys::module_t,
}

static APPLIED: [OnceLock<fn()>; 4] = [const { OnceLock::new() }; 4];
static USED: AtomicUsize = AtomicUsize::new(0);

/// Called by the shim when preferences of a module have changed.
pub(crate) unsafe extern "C" fn applied(slot: usize) {
    if let Some(f) = APPLIED.get(slot).and_then(|slot| slot.get()) {
        let _panic_said_by_the_hook = guard::run(f);
    }
}

impl PreferenceModule {
    /// Makes a page for a protocol. `applied` is called whenever one of its preferences has changed, also at start when
    /// the user's differ from the defaults.
    pub fn register(protocol: Protocol, applied: fn()) -> Result<Self, RegisterError> {
        routines::check_thread()?;
        let number = USED.fetch_add(1, Ordering::Relaxed);
        let slot = APPLIED
            .get(number)
            .ok_or(RegisterError::TooMany("preference pages"))?;
        let _free = slot.set(applied);
        // SAFETY: a registered protocol, and a function of the shim's for this slot.
        let raw =
            unsafe { sys::prefs_register_protocol(protocol.raw(), sys::wsffi_preferences_slot(number as _)) };
        Ok(Self { raw })
    }

    /// Says that fields come and go with this preference, which is of this page: Wireshark then makes filters, columns and
    /// colours anew.
    pub fn changes_fields(self, name: &str) -> Result<(), RegisterError> {
        let name = preference_name(name)?;
        // SAFETY: a registered module and a C string, which Wireshark only looks at.
        unsafe { sys::prefs_set_preference_effect_fields(self.raw, name.as_ptr()) };
        Ok(())
    }

    /// A text.
    pub fn string(
        self,
        name: &str,
        title: &str,
        help: &str,
        default: &str,
    ) -> Result<StringPref, RegisterError> {
        self.text(name, title, help, default, |module, name, title, help, place| {
            // SAFETY: see text().
            unsafe { sys::prefs_register_string_preference(module, name, title, help, place) }
        })
    }

    /// The path of a file to read.
    pub fn filename(
        self,
        name: &str,
        title: &str,
        help: &str,
        default: &str,
    ) -> Result<StringPref, RegisterError> {
        self.text(name, title, help, default, |module, name, title, help, place| {
            // SAFETY: see text().
            unsafe {
                sys::prefs_register_filename_preference(
                    module,
                    name,
                    title,
                    help,
                    place,
                    compat::to_c(false),
                );
            }
        })
    }

    /// The path of a folder.
    pub fn directory(
        self,
        name: &str,
        title: &str,
        help: &str,
        default: &str,
    ) -> Result<StringPref, RegisterError> {
        self.text(name, title, help, default, |module, name, title, help, place| {
            // SAFETY: see text().
            unsafe { sys::prefs_register_directory_preference(module, name, title, help, place) }
        })
    }

    fn text(
        self,
        name: &str,
        title: &str,
        help: &str,
        default: &str,
        register: impl FnOnce(*mut sys::module_t, *const c_char, *const c_char, *const c_char, *mut *const c_char),
    ) -> Result<StringPref, RegisterError> {
        let names = Names::new(name, title, help)?;
        let variable = Variable::new(memory::string(&c_string(default)).cast_const());
        // Wireshark keeps the names and replaces the default by a copy of its own.
        register(
            self.raw,
            names.name,
            names.title,
            names.help,
            variable.place.get(),
        );
        Ok(StringPref(variable))
    }

    /// A choice of several. `default` is a value of one of them.
    pub fn enumeration(
        self,
        name: &str,
        title: &str,
        help: &str,
        choices: &[Choice<'_>],
        default: i32,
    ) -> Result<EnumPref, RegisterError> {
        let names = Names::new(name, title, help)?;
        // A zeroed entry ends the table.
        let table: *mut sys::enum_val_t = memory::array(choices.len().saturating_add(1));
        for (i, choice) in choices.iter().enumerate() {
            let entry = sys::enum_val_t {
                name: memory::string(&c_string(choice.name)),
                description: memory::string(&display_name(choice.title)?),
                value: choice.value,
            };
            // SAFETY: i is below the number of entries.
            unsafe { table.add(i).write(entry) };
        }
        let variable = Variable::<c_int>::new(default);
        // SAFETY: names, table and variable are never freed.
        unsafe {
            sys::prefs_register_enum_preference(
                self.raw,
                names.name,
                names.title,
                names.help,
                variable.place.get(),
                table,
                compat::to_c(false),
            );
        }
        Ok(EnumPref(variable))
    }

    /// Yes or no.
    pub fn boolean(
        self,
        name: &str,
        title: &str,
        help: &str,
        default: bool,
    ) -> Result<BoolPref, RegisterError> {
        let names = Names::new(name, title, help)?;
        let variable = Variable::new(compat::to_c(default));
        // SAFETY: names and variable are never freed.
        unsafe {
            sys::prefs_register_bool_preference(
                self.raw,
                names.name,
                names.title,
                names.help,
                variable.place.get(),
            );
        }
        Ok(BoolPref(variable))
    }

    /// A number, in decimal.
    pub fn uint(self, name: &str, title: &str, help: &str, default: u32) -> Result<UintPref, RegisterError> {
        let names = Names::new(name, title, help)?;
        let variable = Variable::<c_uint>::new(default);
        // SAFETY: names and variable are never freed.
        unsafe {
            sys::prefs_register_uint_preference(
                self.raw,
                names.name,
                names.title,
                names.help,
                10,
                variable.place.get(),
            );
        }
        Ok(UintPref(variable))
    }

    /// Accepts a preference that is no more, so that old files give no warning.
    pub fn obsolete(self, name: &str) -> Result<(), RegisterError> {
        let name = preference_name(name)?;
        // SAFETY: the name is never freed.
        unsafe { sys::prefs_register_obsolete_preference(self.raw, memory::string(&name)) };
        Ok(())
    }
}

/// One choice of an enumeration.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'a> {
    /// What is written in the preferences file and on the command line.
    pub name: &'a str,
    /// What is shown.
    pub title: &'a str,
    /// What [`EnumPref::get`] returns.
    pub value: i32,
}

/// The strings of a preference. Wireshark keeps them: they are never freed.
struct Names {
    name: *const c_char,
    title: *const c_char,
    help: *const c_char,
}

impl Names {
    fn new(name: &str, title: &str, help: &str) -> Result<Self, RegisterError> {
        routines::check_thread()?;
        let (name, title) = (preference_name(name)?, display_name(title)?);
        Ok(Self {
            name: memory::string(&name),
            title: memory::string(&title),
            help: if help.is_empty() {
                ptr::null()
            } else {
                memory::string(&c_string(help))
            },
        })
    }
}

/// A text preference.
#[derive(Clone, Copy)]
pub struct StringPref(Variable<*const c_char>);

impl StringPref {
    /// What it is now. Empty outside of Wireshark's callbacks.
    pub fn get(&self) -> String {
        if !guard::inside() {
            return String::new();
        }
        let text = self.0.get();
        if text.is_null() {
            return String::new();
        }
        // SAFETY: Wireshark keeps a C string here, and changes it only between packets, on this thread.
        unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
    }
}

/// A choice.
#[derive(Clone, Copy)]
pub struct EnumPref(Variable<c_int>);

impl EnumPref {
    /// The value of the choice made.
    pub fn get(&self) -> i32 {
        self.0.get()
    }
}

/// A yes or no.
#[derive(Clone, Copy)]
pub struct BoolPref(Variable<CBool>);

impl BoolPref {
    /// What it is now.
    pub fn get(&self) -> bool {
        compat::from_c(self.0.get())
    }
}

/// A number.
#[derive(Clone, Copy)]
pub struct UintPref(Variable<c_uint>);

impl UintPref {
    /// What it is now.
    pub fn get(&self) -> u32 {
        self.0.get()
    }
}
