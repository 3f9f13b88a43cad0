//! The fields of the elements in portal bodies. A filter can only name what is registered before the first packet: so there
//! is a list, and a preference for further names. Elements that are in neither are values of one field for all.

use once_cell::sync::Lazy;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use wireshark_ffi::{FieldId, FieldKind, FieldSet, FieldSpec, Protocol, report_failure, report_warning};

/// The fields by the elements' names.
pub type ElementFields = HashMap<String, FieldId>;

/// A name and what it holds, a line each.
const KNOWN: &str = include_str!("portal_elements.txt");

/// The names that a preference adds are that many at most.
const MAX_FURTHER: usize = 1000;

#[derive(Default)]
struct State {
    registered: FieldSet,
    fields: Arc<ElementFields>,
    /// The preference that they were registered by.
    further: Option<String>,
}

static STATE: Lazy<Mutex<State>> = Lazy::new(Mutex::default);

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The fields that are registered now.
pub fn fields() -> Arc<ElementFields> {
    Arc::clone(&state().fields)
}

/// Registers the known elements and those of the preference, when it has changed.
pub fn register(portal: Protocol, further: String) {
    let mut state = state();
    if state.further.as_ref() == Some(&further) {
        return;
    }
    let known = KNOWN
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(' '))
        .map(|(name, what)| (name, what.trim()));
    let named: Vec<&str> = further
        .split([',', ' '])
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect();
    let refused: Vec<&str> = named
        .iter()
        .copied()
        .filter(|name| !is_field_name(name))
        .collect();
    let named = named
        .iter()
        .copied()
        .filter(|name| is_field_name(name))
        .take(MAX_FURTHER);
    let mut all: Vec<(&str, &str)> = known.chain(named.map(|name| (name, ""))).collect();
    // Stable: of two with one name, the one with a description stays.
    all.sort_by_key(|(name, _)| *name);
    all.dedup_by_key(|(name, _)| *name);
    let spec = |(name, what): &(&str, &str)| {
        FieldSpec::new(
            (*name).to_owned(),
            format!("gw2.portal.xml.{name}"),
            FieldKind::String,
        )
        .blurb((*what).to_owned())
    };
    let specs: Vec<FieldSpec> = all.iter().map(spec).collect();
    let registered = state.registered.register(portal, &specs);
    match registered {
        Ok(ids) => {
            let names = all.iter().map(|(name, _)| (*name).to_owned());
            state.fields = Arc::new(names.zip(ids).collect());
        }
        Err(error) => {
            state.fields = Arc::default();
            report_failure(&format!(
                "GW2: the fields of portal elements could not be registered: {error}"
            ));
        }
    }
    if !refused.is_empty() {
        report_warning(&format!(
            "The preference gw2.portal_elements names what can be no field: {}. Letters, digits, - and _ can.",
            refused.join(", ")
        ));
    }
    state.further = Some(further);
}

/// Whether Wireshark can have it as the last part of a field's name.
fn is_field_name(name: &str) -> bool {
    name.len() <= 100
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
