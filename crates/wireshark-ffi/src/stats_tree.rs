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

/// Something to count: every node on the path does. What is deeper than [`MAX_LEVELS`] is left out.
#[derive(Debug, Clone, Copy)]
pub struct Tick<'t> {
    /// The names of the nodes, from the top.
    pub path: &'t [&'t str],
    /// What is counted.
    pub amount: Amount,
}

/// What a node counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// Adds to the node's count.
    Add(i32),
    /// Adds one to the node's count; the node shows average, least and greatest of these values.
    Sample(i32),
}

impl StatsTreeTap {
    /// Registers a tree: the name of its tap, its name in tshark (`-z ABBREVIATION,tree`), and where it is in the menu
    /// Statistics.
    pub fn register(tap: &str, abbreviation: &str, menu: &[&str]) -> Result<Self, RegisterError> {
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
    let (average, value) = match tick.amount {
        Amount::Add(value) => (0, value),
        Amount::Sample(value) => (1, value),
    };
    sys::wsffi_tick {
        names,
        depth,
        average,
        value,
    }
}
