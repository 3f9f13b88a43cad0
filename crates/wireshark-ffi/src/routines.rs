//! What is called when a capture file is opened, closed, and at the end.

use std::sync::Mutex;

use crate::{RegisterError, guard, tcp};

static OPEN: Mutex<Vec<fn()>> = Mutex::new(Vec::new());
static CLOSE: Mutex<Vec<fn()>> = Mutex::new(Vec::new());
static SHUTDOWN: Mutex<Vec<fn()>> = Mutex::new(Vec::new());

/// Calls `f` before the first packet of a capture file, also when Wireshark dissects one anew (`register_init_routine`).
pub fn on_file_open(f: fn()) {
    add(&OPEN, f);
}

/// Calls `f` when a capture file is closed, or about to be dissected anew (`register_cleanup_routine`).
pub fn on_file_close(f: fn()) {
    add(&CLOSE, f);
}

/// Calls `f` once, before Wireshark ends.
pub fn on_shutdown(f: fn()) {
    add(&SHUTDOWN, f);
}

/// Registering is for Wireshark's callbacks: its tables have no lock.
pub(crate) fn check_thread() -> Result<(), RegisterError> {
    if guard::inside() {
        Ok(())
    } else {
        Err(RegisterError::WrongThread)
    }
}

fn add(list: &Mutex<Vec<fn()>>, f: fn()) {
    if let Ok(mut list) = list.lock() {
        list.push(f);
    }
}

/// Each on its own: one that panics does not stop the others. The hook has told of it.
fn call_all(list: &Mutex<Vec<fn()>>) {
    let functions = list.lock().map(|list| list.clone()).unwrap_or_default();
    for f in functions {
        let _panic_said_by_the_hook = guard::run(f);
    }
}

pub(crate) extern "C" fn file_opened() {
    let _panic_said_by_the_hook = guard::run(tcp::read_preferences);
    call_all(&OPEN);
}

pub(crate) extern "C" fn file_closed() {
    call_all(&CLOSE);
}

pub(crate) extern "C" fn shut_down() {
    call_all(&SHUTDOWN);
}
