//! The C interface: see `include/gw2_keylog.h`, which says what callers must keep to.
//!
//! The only `unsafe` outside `crates/wireshark-ffi`: raw pointers come from C. No panic crosses the boundary.

use std::ffi::{CStr, c_char, c_int};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::slice;

use crate::{ConnectionId, KeyLogWriter, LineError, Secret, WriteError};

const OK: c_int = 0;
const BAD_ARGUMENT: c_int = 1;
const BAD_LENGTH: c_int = 2;
const NOT_NAMED: c_int = 3;
const IO: c_int = 4;
const INTERNAL: c_int = 5;

const RC4_KEY: c_int = 1;
const SEED: c_int = 2;
const SHARED_SECRET: c_int = 3;

/// Opens a key log, or with a null path the one that the environment names.
///
/// # Safety
/// `path` is null or a C string; `log` is null or a place for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gw2_keylog_open(path: *const c_char, log: *mut *mut KeyLogWriter) -> c_int {
    guarded(|| {
        if log.is_null() {
            return BAD_ARGUMENT;
        }
        // SAFETY: the caller's promise; it is a place to write to, whatever stands there.
        unsafe { log.write(std::ptr::null_mut()) };
        let opened = if path.is_null() {
            KeyLogWriter::from_environment()
        } else {
            // SAFETY: the caller's promise.
            let path = unsafe { CStr::from_ptr(path) };
            let Ok(path) = path.to_str() else {
                return BAD_ARGUMENT;
            };
            KeyLogWriter::open(path).map(Some)
        };
        match opened {
            Ok(Some(opened)) => {
                // SAFETY: as above.
                unsafe { log.write(Box::into_raw(Box::new(opened))) };
                OK
            }
            Ok(None) => NOT_NAMED,
            Err(_) => IO,
        }
    })
}

/// Appends a line.
///
/// # Safety
/// `log` is null or from [`gw2_keylog_open`] and not closed; `id` and `secret` have as many bytes as said.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gw2_keylog_write(
    log: *const KeyLogWriter,
    kind: c_int,
    id: *const u8,
    id_len: usize,
    secret: *const u8,
    secret_len: usize,
) -> c_int {
    guarded(|| {
        // SAFETY: the caller's promise; a writer is shared among threads.
        let Some(log) = (unsafe { log.as_ref() }) else {
            return BAD_ARGUMENT;
        };
        // SAFETY: the caller's promise.
        let (id, secret) = unsafe { (bytes(id, id_len), bytes(secret, secret_len)) };
        let (Some(id), Some(secret)) = (id, secret) else {
            return BAD_ARGUMENT;
        };
        let id = match id.len() {
            0 => Some(ConnectionId::Unknown),
            20 => id.first_chunk().map(ConnectionId::ServerSeed),
            64 => id.first_chunk().map(ConnectionId::ClientPublic),
            _ => None,
        };
        let exactly_20 = || secret.first_chunk().filter(|_| secret.len() == 20);
        let secret = match kind {
            RC4_KEY => exactly_20().map(Secret::Rc4Key),
            SEED => exactly_20().map(Secret::Seed),
            SHARED_SECRET => Some(Secret::SharedSecret(secret)),
            _ => return BAD_ARGUMENT,
        };
        let (Some(id), Some(secret)) = (id, secret) else {
            return BAD_LENGTH;
        };
        match log.write(id, secret) {
            Ok(()) => OK,
            Err(WriteError::Line(LineError::SharedSecretLength(_))) => BAD_LENGTH,
            Err(WriteError::Io(_)) => IO,
        }
    })
}

/// Closes a key log.
///
/// # Safety
/// `log` is null or from [`gw2_keylog_open`], and nobody uses it any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn gw2_keylog_close(log: *mut KeyLogWriter) {
    guarded(|| {
        if !log.is_null() {
            // SAFETY: made by Box::into_raw in gw2_keylog_open, and given back once.
            drop(unsafe { Box::from_raw(log) });
        }
        OK
    });
}

/// What a result means, in English; never null, and never to be freed.
#[unsafe(no_mangle)]
pub extern "C" fn gw2_keylog_strerror(result: c_int) -> *const c_char {
    let text = match result {
        OK => c"written",
        BAD_ARGUMENT => c"a null pointer, a path that is not UTF-8, or a kind of secret that there is not",
        BAD_LENGTH => c"an id has 0, 20 or 64 bytes, a key or seed 20, a shared secret 20 to 64",
        NOT_NAMED => c"no path, and the environment variable GW2_KEYLOGFILE names none",
        IO => c"the key log cannot be opened or written to; errno says why",
        INTERNAL => c"an error inside gw2_keylog: please report it",
        _ => c"no result of gw2_keylog",
    };
    text.as_ptr()
}

/// # Safety
/// `bytes` is null, or `len` bytes are there.
unsafe fn bytes<'a>(bytes: *const u8, len: usize) -> Option<&'a [u8]> {
    match (bytes.is_null(), len) {
        (_, 0) => Some(&[]),
        (true, _) => None,
        // SAFETY: the caller's promise.
        (false, _) => Some(unsafe { slice::from_raw_parts(bytes, len) }),
    }
}

fn guarded(body: impl FnOnce() -> c_int) -> c_int {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(INTERNAL)
}
