//! Statistics windows that are a tree of counters, and `-z NAME,tree`.

use std::ffi::{CStr, c_int};
use std::ptr;

use crate::text::{c_string, display_name, filter_name};
use crate::{Packet, RegisterError, memory, pool, sys, tap};

/// How deep such a tree can be.
pub const MAX_LEVELS: usize = sys::WSFFI_LEVELS as usize;

/// A tree of counters.
#[derive(Debug, Clone, Copy)]
pub struct StatsTreeTap {
    id: c_int,
}

/// The order in which nodes are shown first, before a user chooses another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As Wireshark's preferences say: most first.
    AsPreferred,
    /// By their texts.
    ByText,
}

/// Something that happens to nodes, which are made if need be. What is deeper than [`MAX_LEVELS`] is left out.
#[derive(Debug, Clone, Copy)]
pub struct Tick<'t> {
    /// The names of the nodes, from the top.
    pub path: &'t [&'t str],
    /// What happens to them.
    pub amount: Amount<'t>,
}

/// What happens to the nodes of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount<'t> {
    /// Adds to the count of every one.
    Add(i32),
    /// Adds to the count of every one but the first.
    AddBelowTop(i32),
    /// Adds one to the count of every one; they show average, least and greatest of these values.
    Sample(i32),
    /// The last one shows this instead of its name, until it is given another text. It is still found by its name.
    Text(&'t str),
}

impl StatsTreeTap {
    /// Registers a tree: the name of its tap, its name in tshark (`-z ABBREVIATION,tree`), where it is in the menu
    /// Statistics, and how it is sorted.
    pub fn register(
        tap: &str,
        abbreviation: &str,
        menu: &[&str],
        order: Order,
    ) -> Result<Self, RegisterError> {
        let abbreviation = filter_name(abbreviation)?;
        for part in menu {
            display_name(part)?;
        }
        // SAFETY: the shim gives a constant.
        let separator = unsafe { CStr::from_ptr(sys::wsffi_menu_separator()) };
        let menu = c_string(&menu.join(&separator.to_string_lossy()));
        let id = tap::register(tap)?;
        let tap = c_string(tap);
        // SAFETY: Wireshark keeps the strings: GLib copies that nobody frees.
        unsafe {
            sys::wsffi_register_stats_tree(
                memory::string(&tap),
                memory::string(&abbreviation),
                memory::string(&menu),
                c_int::from(order == Order::ByText),
            );
        }
        Ok(Self { id })
    }

    /// Whether anybody counts: if not, there is no need to look.
    pub fn has_listener(self) -> bool {
        tap::has_listener(self.id)
    }

    /// Counts what a packet brought.
    pub fn queue(self, packet: &Packet<'_>, ticks: &[Tick<'_>]) {
        if ticks.is_empty() || !self.has_listener() {
            return;
        }
        let ticks: Vec<_> = ticks.iter().map(|tick| record(packet, tick)).collect();
        let record = sys::wsffi_ticks {
            count: ticks.len() as _,
            ticks: pool::copy(packet, &ticks),
        };
        // SAFETY: this tap's listeners read such records; the ticks and their names are in the packet's memory.
        unsafe { pool::queue(self.id, packet, record) };
    }
}

fn record(packet: &Packet<'_>, tick: &Tick<'_>) -> sys::wsffi_tick {
    let mut names = [ptr::null(); MAX_LEVELS];
    let mut depth = 0;
    for (to, name) in names.iter_mut().zip(tick.path) {
        *to = pool::string(packet, name);
        depth += 1;
    }
    let (kind, value, text) = match tick.amount {
        Amount::Add(value) => (sys::WSFFI_ADD, value, ptr::null()),
        Amount::AddBelowTop(value) => (sys::WSFFI_ADD_BELOW_TOP, value, ptr::null()),
        Amount::Sample(value) => (sys::WSFFI_SAMPLE, value, ptr::null()),
        Amount::Text(text) => (sys::WSFFI_TEXT, 0, pool::string(packet, text)),
    };
    sys::wsffi_tick {
        names,
        depth,
        kind,
        value,
        text,
    }
}
