//! What must not spread beyond the tree: the bodies of `/Auth/*` hold passwords and session tokens (section 7).

/// Whether messages of this path carry secrets. Case does not matter: masking too much does no harm.
#[must_use]
pub fn is_secret_path(path: &[u8]) -> bool {
    path.get(..6)
        .is_some_and(|prefix| prefix.eq_ignore_ascii_case(b"/Auth/"))
}
