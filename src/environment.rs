//! What dissection reads besides packets: message tables, secrets, preferences.
//!
//! Wireshark dissects on one thread; the locks only make that known to the compiler, and are never held
//! across a call into Wireshark that could come back here.

use crate::key_file::KeyFile;
use crate::plugin::{Plugin, plugin};
use crate::portal_elements;
use crate::schema_fields::SchemaFields;
use crate::schema_files::SchemaFiles;
use gw2_protocol::connection::Options;
use gw2_protocol::key::KeyLog;
use gw2_protocol::schema::Catalog;
use once_cell::sync::Lazy;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wireshark_ffi::{report_failure, report_warning};

/// The message tables and the fields that show what they name.
pub struct Schemas {
    pub catalog: Catalog,
    pub fields: SchemaFields,
}

#[derive(Default)]
struct State {
    schemas: Option<Arc<Schemas>>,
    /// What `schemas` were read from besides the built-in ones.
    schema_files: SchemaFiles,
    options: Options,
    keys: KeyFile,
}

static STATE: Lazy<Mutex<State>> = Lazy::new(Mutex::default);

fn state() -> MutexGuard<'static, State> {
    // A panic while the lock was held left at worst an old table or key log behind.
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The message tables; `None` when not even the built-in ones could be registered.
pub fn schemas() -> Option<Arc<Schemas>> {
    state().schemas.clone()
}

/// How connections are to be decoded.
pub fn options() -> Options {
    state().options.clone()
}

/// Runs `f` on the secrets known so far; `look` first takes in what was appended to the key log.
pub fn with_keys<R>(look: bool, f: impl FnOnce(&KeyLog) -> R) -> R {
    let mut state = state();
    let complaints = if look { state.keys.poll() } else { Vec::new() };
    let result = f(state.keys.log());
    drop(state);
    complain(&complaints);
    result
}

/// Reads the built-in tables, at start.
pub fn load(plugin: &Plugin) {
    load_schemas(plugin, &mut state(), SchemaFiles::default());
    portal_elements::register(plugin.protocols.portal, plugin.prefs.portal_elements());
}

/// Takes over what a user changed in the preferences.
pub fn preferences_applied() {
    let Some(plugin) = plugin() else { return };
    let mut state = state();
    state.options = plugin.prefs.options();
    update_schemas(plugin, &mut state);
    portal_elements::register(plugin.protocols.portal, plugin.prefs.portal_elements());
    complain_of_unknown_set(&state);
    let path = plugin.prefs.keylog_file();
    state.keys.set_path(path);
}

/// Before a file's first packet.
pub fn file_opened() {
    let Some(plugin) = plugin() else { return };
    let mut state = state();
    state.options = plugin.prefs.options();
    update_schemas(plugin, &mut state);
    state.keys.set_path(plugin.prefs.keylog_file());
    let complaints = state.keys.poll();
    drop(state);
    complain(&complaints);
}

/// Keys that a capture carried inside itself are its own.
pub fn file_closed() {
    state().keys.capture_closed();
}

/// Takes in the keys that a capture carries inside itself.
pub fn capture_secrets(text: &[u8]) {
    let complaints = state().keys.add_from_capture(text);
    complain(&complaints);
}

/// Reads the message tables anew when the user's folder or a file in it is not what it was.
fn update_schemas(plugin: &Plugin, state: &mut State) {
    let files = SchemaFiles::read(plugin.prefs.schema_dir().as_deref());
    if files != state.schema_files {
        load_schemas(plugin, state, files);
    }
}

fn load_schemas(plugin: &Plugin, state: &mut State, files: SchemaFiles) {
    let (catalog, errors) = Catalog::load(files.texts());
    let mut problems = files.problems().to_vec();
    problems.extend(errors.iter().map(ToString::to_string));
    state.schema_files = files;
    // The fields of the old tables go before those of the new ones come.
    match SchemaFields::register(plugin.protocols.gw2, catalog.names()) {
        Ok(fields) => state.schemas = Some(Arc::new(Schemas { catalog, fields })),
        Err(error) => problems.push(format!(
            "the fields of the schemas could not be registered: {error}"
        )),
    }
    if !problems.is_empty() {
        report_failure(&format!("GW2 schemas: {}", problems.join("\n")));
    }
}

fn complain_of_unknown_set(state: &State) {
    let Some(name) = &state.options.schema else { return };
    let Some(schemas) = &state.schemas else { return };
    let sets = schemas.catalog.sets();
    if !sets.iter().any(|set| set.name == *name) {
        let known: Vec<&str> = sets.iter().map(|set| set.name.as_str()).collect();
        report_warning(&format!(
            "The preference gw2.schema names the set \"{name}\", which there is not; the set is chosen by \
             client build. There are: auto, {}.",
            known.join(", ")
        ));
    }
}

fn complain(complaints: &[String]) {
    if !complaints.is_empty() {
        report_failure(&format!("GW2 key log: {}", complaints.join("\n")));
    }
}
