//! State that lives as long as the capture file.
//!
//! It is owned by Wireshark's file scope: when the file is closed, or is about to be dissected anew, the values are
//! dropped. Their `Drop` must not call Wireshark.
//!
//! Dissectors call each other, and Wireshark can call one of ours while another of ours is still at work (TLS inside a
//! connection of ours). State is therefore borrowed through [`StateRef::try_borrow_mut`], which says [`Busy`] instead of
//! panicking when the outer call still holds it.

use std::cell::{Ref, RefCell, RefMut};
use std::ffi::{c_int, c_void};
use std::fmt;
use std::marker::PhantomData;
use std::ptr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicPtr, Ordering};

use crate::{Conversation, Packet, Protocol, RegisterError, Thrown, guard, sys};

/// A value of the file's, to borrow from.
pub struct StateRef<'a, T>(&'a RefCell<T>);

impl<T> Clone for StateRef<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for StateRef<'_, T> {}

/// The value is borrowed by a call further out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy;

impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "state is in use by an outer dissector")
    }
}

impl std::error::Error for Busy {}

impl From<Busy> for Thrown {
    fn from(busy: Busy) -> Self {
        Self::dissector_bug(busy.to_string())
    }
}

impl<'a, T> StateRef<'a, T> {
    /// To read. Give it back before anything that may call a dissector.
    pub fn try_borrow(self) -> Result<Ref<'a, T>, Busy> {
        self.0.try_borrow().map_err(|_| Busy)
    }

    /// To change. Give it back before anything that may call a dissector.
    pub fn try_borrow_mut(self) -> Result<RefMut<'a, T>, Busy> {
        self.0.try_borrow_mut().map_err(|_| Busy)
    }
}

/// What the file scope holds. The header comes first: it is all that the callback for the end of the file knows of.
#[repr(C)]
struct Kept<T> {
    drop: unsafe fn(*mut c_void),
    /// Where the address is noted, for it to be forgotten.
    owner: *const AtomicPtr<c_void>,
    value: RefCell<T>,
}

impl<T> Kept<T> {
    /// Moves a value into the file scope.
    fn keep(value: T, owner: *const AtomicPtr<c_void>) -> *mut Self {
        let kept = Box::into_raw(Box::new(Self {
            drop: Self::drop_raw,
            owner,
            value: RefCell::new(value),
        }));
        // SAFETY: called while a packet is dissected, so there is a file scope. It hands the address back once, to
        // drop_state.
        unsafe { sys::wsffi_keep_state(kept.cast()) };
        kept
    }

    /// # Safety
    ///
    /// `raw` is from keep(), of this type, and nobody uses it any more.
    unsafe fn drop_raw(raw: *mut c_void) {
        // SAFETY: the caller's promise.
        drop(unsafe { Box::from_raw(raw.cast::<Self>()) });
    }
}

/// Called by the shim when the file scope ends.
pub(crate) unsafe extern "C" fn drop_state(state: *mut c_void) {
    let header = state.cast::<Kept<()>>();
    // SAFETY: state is from Kept::keep; the header is the same for every T. The owner is a static, or null.
    let drop = unsafe {
        if let Some(owner) = (*header).owner.as_ref() {
            owner.store(ptr::null_mut(), Ordering::Release);
        }
        (*header).drop
    };
    // SAFETY: the scope is over: no packet is being dissected, so no StateRef is left.
    let _panic_said_by_the_hook = guard::run(|| unsafe { drop(state) });
}

/// A value of type `T` for each conversation.
pub struct ConversationState<T> {
    key: c_int,
    _value: PhantomData<fn() -> T>,
}

impl<T> Clone for ConversationState<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for ConversationState<T> {}

impl<T: 'static> ConversationState<T> {
    /// Reserves the place that Wireshark has for `protocol` in each conversation. Once for each protocol: a second one
    /// could have another type.
    pub fn register(protocol: Protocol) -> Result<Self, RegisterError> {
        static TAKEN: Mutex<Vec<c_int>> = Mutex::new(Vec::new());
        let key = protocol.raw();
        let mut taken = TAKEN
            .lock()
            .map_err(|_| RegisterError::Other("poisoned".to_owned()))?;
        if taken.contains(&key) {
            return Err(RegisterError::Duplicate(
                "conversation state of the protocol".to_owned(),
            ));
        }
        taken.push(key);
        Ok(Self {
            key,
            _value: PhantomData,
        })
    }

    /// The conversation's value, if it has one.
    pub fn get<'a>(&self, conversation: Conversation<'a>) -> Option<StateRef<'a, T>> {
        // SAFETY: a conversation of this file.
        let kept =
            unsafe { sys::conversation_get_proto_data(conversation.raw(), self.key) }.cast::<Kept<T>>();
        // SAFETY: under this key there are only values of this type (see register), which live as long as the file and so
        // longer than the packet's 'a.
        unsafe { kept.as_ref() }.map(|kept| StateRef(&kept.value))
    }

    /// The conversation's value; made by `init` when it has none yet.
    pub fn get_or_insert_with<'a>(
        &self,
        conversation: Conversation<'a>,
        init: impl FnOnce() -> T,
    ) -> StateRef<'a, T> {
        if let Some(found) = self.get(conversation) {
            return found;
        }
        let value = init();
        if let Some(made_meanwhile) = self.get(conversation) {
            return made_meanwhile;
        }
        let kept = Kept::keep(value, ptr::null());
        // SAFETY: a conversation of this file, and a value that lives as long as the file does.
        unsafe {
            sys::conversation_add_proto_data(conversation.raw(), self.key, kept.cast());
            StateRef(&(*kept).value)
        }
    }
}

/// One value of type `T` for the capture file. For a `static`.
pub struct FileState<T> {
    kept: AtomicPtr<c_void>,
    _value: PhantomData<fn() -> T>,
}

impl<T: 'static> FileState<T> {
    /// Without a value yet.
    pub const fn new() -> Self {
        Self {
            kept: AtomicPtr::new(ptr::null_mut()),
            _value: PhantomData,
        }
    }

    /// The file's value; made by `init` when there is none yet. The packet shows that there is a file, and that this is
    /// the thread that dissects it.
    pub fn get_or_insert_with<'a>(
        &'static self,
        _of: &Packet<'a>,
        init: impl FnOnce() -> T,
    ) -> StateRef<'a, T> {
        let mut kept = self.kept.load(Ordering::Acquire);
        if kept.is_null() {
            let value = init();
            kept = self.kept.load(Ordering::Acquire);
            if kept.is_null() {
                kept = Kept::keep(value, &raw const self.kept).cast();
                self.kept.store(kept, Ordering::Release);
            }
        }
        // SAFETY: a value of this type, from keep(), which lives as long as the file and so longer than the packet's 'a.
        StateRef(unsafe { &(*kept.cast::<Kept<T>>()).value })
    }
}

impl<T: 'static> Default for FileState<T> {
    fn default() -> Self {
        Self::new()
    }
}
