//! Which of several sessions a connection belongs to.

use super::How;
use super::play::{Account, Liveness};
use std::cmp::Reverse;

/// A session that sent its client to a server where a game connection now begins. Of two the greater one is meant: an
/// account is sure, a port is likely, the order of things is a guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sent {
    pub account: Account,
    /// The client's port is next to those of the session.
    pub near: bool,
    /// Nothing has come yet for what was announced.
    pub awaited: bool,
    pub liveness: Liveness,
    /// Of those awaited the first sent is the first to come; of those that come again, the one sent last.
    pub first: Option<Reverse<u32>>,
    pub session: u32,
}

/// A session that its client has open while a portal connection begins. Of two the greater one is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Open {
    /// The client's port is next to those of the session.
    pub near: bool,
    pub liveness: Liveness,
    /// It has no portal connection open already.
    pub lacks_portal: bool,
    /// The one that began last.
    pub session: u32,
}

/// The session that a game connection belongs to.
pub(super) fn sent(candidates: &[Sent]) -> Option<(u32, How)> {
    let of = candidates.len();
    let (best, next) = first_two(candidates)?;
    let how = match next {
        None => How::Only,
        Some(next) if next.account != best.account => How::Account(of),
        Some(next) if next.near != best.near => How::Port(of),
        Some(_) if best.awaited => How::First(of),
        Some(_) => How::Latest(of),
    };
    Some((best.session, how))
}

/// The session that a portal connection belongs to.
pub(super) fn open(candidates: &[Open]) -> Option<(u32, How)> {
    let of = candidates.len();
    let (best, next) = first_two(candidates)?;
    let how = match next {
        None => How::Only,
        Some(next) if next.near != best.near => How::Port(of),
        Some(next) if next.liveness != best.liveness => How::Open(of),
        Some(_) => How::Latest(of),
    };
    Some((best.session, how))
}

/// The greatest, and the one that comes next: what they differ in has decided. No two sessions are equal.
fn first_two<T: Ord>(candidates: &[T]) -> Option<(&T, Option<&T>)> {
    let best = candidates.iter().max()?;
    Some((best, candidates.iter().filter(|other| *other != best).max()))
}
