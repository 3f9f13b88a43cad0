//! Panics stop here.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::plugin;

thread_local! {
    /// How many of Wireshark's callbacks this thread is inside of.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    /// What the hook learned of the panic that is under way.
    static LAST: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs what a callback of Wireshark's is for. `Err` is the message of a panic.
///
/// What a panic leaves half done is the caller's to make harmless: borrow flags and locks are released on the way out, as
/// always.
pub(crate) fn run<R>(body: impl FnOnce() -> R) -> Result<R, String> {
    let depth = DEPTH.get();
    DEPTH.set(depth.wrapping_add(1));
    let result = panic::catch_unwind(AssertUnwindSafe(body));
    DEPTH.set(depth);
    result.map_err(describe)
}

/// Whether this thread is inside a callback of Wireshark's, where its data can be looked at.
pub(crate) fn inside() -> bool {
    DEPTH.get() > 0
}

/// A hook that writes one line, once: thousands of packets may all meet the same bug.
pub(crate) fn install_hook() {
    panic::set_hook(Box::new(|info| {
        static SAID: AtomicBool = AtomicBool::new(false);
        let message = message_of(info);
        if !SAID.swap(true, Ordering::Relaxed) {
            let name = plugin::name().to_string_lossy();
            eprintln!("{name}: dissector bug: {message} (further ones are shown in the packets only)");
        }
        // A panic while the cell is borrowed would be a panic in a hook: then the text is lost, no more.
        LAST.with(|last| {
            if let Ok(mut last) = last.try_borrow_mut() {
                *last = Some(message);
            }
        });
    }));
}

fn message_of(info: &PanicHookInfo<'_>) -> String {
    let text = text_of(info.payload());
    match info.location() {
        Some(at) => format!("{text} ({}:{})", at.file(), at.line()),
        None => text.to_owned(),
    }
}

fn text_of(payload: &(dyn Any + Send)) -> &str {
    if let Some(text) = payload.downcast_ref::<&str>() {
        text
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text
    } else {
        "panic"
    }
}

fn describe(payload: Box<dyn Any + Send>) -> String {
    let told = LAST.with(|last| last.try_borrow_mut().ok().and_then(|mut last| last.take()));
    let message = told.unwrap_or_else(|| text_of(payload.as_ref()).to_owned());
    if !(payload.is::<&str>() || payload.is::<String>()) {
        // A payload of another type may panic when dropped, outside of any guard.
        std::mem::forget(payload);
    }
    message
}
