//! Secrets that a capture file carries inside itself: pcapng's Decryption Secrets Block.

use std::sync::Mutex;

use crate::{RegisterError, guard, routines, sys};

type Receiver = fn(&[u8]);

static RECEIVER: Mutex<Option<Receiver>> = Mutex::new(None);

/// Has `f` called with the secrets of a type (as a pcapng file numbers it) in each capture file that carries some, after
/// the file was opened and before the packet behind them. Once a plugin, in `handoff`. `false` where Wireshark gives
/// plugins no secrets: before 4.4.
///
/// They are handed over when a file is opened, and not again when it is dissected anew.
pub fn on_secrets(kind: u32, f: Receiver) -> Result<bool, RegisterError> {
    routines::check_thread()?;
    let mut receiver = RECEIVER
        .lock()
        .map_err(|_| RegisterError::TooMany("kinds of secrets"))?;
    if receiver.replace(f).is_some() {
        return Err(RegisterError::TooMany("kinds of secrets"));
    }
    // SAFETY: registers a C function that calls `received`.
    Ok(unsafe { sys::wsffi_register_secrets(kind) } != 0)
}

/// Called by the shim with the content of a block.
pub(crate) unsafe extern "C" fn received(bytes: *const u8, len: usize) {
    let bytes = if bytes.is_null() || len == 0 {
        &[]
    } else {
        // SAFETY: Wireshark hands over so many bytes, which stay for this call.
        unsafe { std::slice::from_raw_parts(bytes, len) }
    };
    let receiver = RECEIVER.lock().ok().and_then(|receiver| *receiver);
    if let Some(receiver) = receiver {
        let _panic_said_by_the_hook = guard::run(|| receiver(bytes));
    }
}
