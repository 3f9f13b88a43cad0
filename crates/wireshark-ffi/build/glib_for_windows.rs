//! GLib's headers for Windows, as far as they differ from those at hand.
//!
//! They are the same everywhere but for `glibconfig.h`, which GLib's build writes. A cross build has the one of the system it
//! runs on. What differs for 64-bit Windows: `long` has 4 bytes there, so whatever has the size of a pointer or 64 bits is
//! spelled `long long`; and the lines that name the system.

use std::fs;
use std::path::{Path, PathBuf};

/// The lines that differ: how a line begins here, and what stands there instead.
const DIFFERENT: &[(&str, &str)] = &[
    ("typedef signed long gint64;", "typedef signed long long gint64;"),
    (
        "typedef unsigned long guint64;",
        "typedef unsigned long long guint64;",
    ),
    (
        "#define G_GINT64_CONSTANT(val)",
        "#define G_GINT64_CONSTANT(val) (val##LL)",
    ),
    (
        "#define G_GUINT64_CONSTANT(val)",
        "#define G_GUINT64_CONSTANT(val) (val##ULL)",
    ),
    ("#define G_GINT64_MODIFIER", "#define G_GINT64_MODIFIER \"ll\""),
    ("#define G_GINT64_FORMAT", "#define G_GINT64_FORMAT \"lli\""),
    ("#define G_GUINT64_FORMAT", "#define G_GUINT64_FORMAT \"llu\""),
    ("#define GLIB_SIZEOF_LONG", "#define GLIB_SIZEOF_LONG 4"),
    ("typedef signed long gssize;", "typedef signed long long gssize;"),
    (
        "typedef unsigned long gsize;",
        "typedef unsigned long long gsize;",
    ),
    ("#define G_GSIZE_MODIFIER", "#define G_GSIZE_MODIFIER \"ll\""),
    ("#define G_GSSIZE_MODIFIER", "#define G_GSSIZE_MODIFIER \"ll\""),
    ("#define G_GSIZE_FORMAT", "#define G_GSIZE_FORMAT \"llu\""),
    ("#define G_GSSIZE_FORMAT", "#define G_GSSIZE_FORMAT \"lli\""),
    ("#define G_MAXSIZE", "#define G_MAXSIZE G_MAXUINT64"),
    ("#define G_MINSSIZE", "#define G_MINSSIZE G_MININT64"),
    ("#define G_MAXSSIZE", "#define G_MAXSSIZE G_MAXINT64"),
    (
        "#define GPOINTER_TO_INT(p)",
        "#define GPOINTER_TO_INT(p) ((gint) (gint64) (p))",
    ),
    (
        "#define GPOINTER_TO_UINT(p)",
        "#define GPOINTER_TO_UINT(p) ((guint) (guint64) (p))",
    ),
    (
        "#define GINT_TO_POINTER(i)",
        "#define GINT_TO_POINTER(i) ((gpointer) (gint64) (i))",
    ),
    (
        "#define GUINT_TO_POINTER(u)",
        "#define GUINT_TO_POINTER(u) ((gpointer) (guint64) (u))",
    ),
    (
        "typedef signed long gintptr;",
        "typedef signed long long gintptr;",
    ),
    (
        "typedef unsigned long guintptr;",
        "typedef unsigned long long guintptr;",
    ),
    ("#define G_GINTPTR_MODIFIER", "#define G_GINTPTR_MODIFIER \"ll\""),
    ("#define G_GINTPTR_FORMAT", "#define G_GINTPTR_FORMAT \"lli\""),
    ("#define G_GUINTPTR_FORMAT", "#define G_GUINTPTR_FORMAT \"llu\""),
    (
        "#define G_OS_UNIX",
        "#define G_OS_WIN32\n#define G_PLATFORM_WIN32",
    ),
    ("#define G_THREADS_IMPL_POSIX", "#define G_THREADS_IMPL_WIN32"),
    (
        "#define GLONG_TO_LE(val)",
        "#define GLONG_TO_LE(val) ((glong) GINT32_TO_LE (val))",
    ),
    (
        "#define GULONG_TO_LE(val)",
        "#define GULONG_TO_LE(val) ((gulong) GUINT32_TO_LE (val))",
    ),
    (
        "#define GLONG_TO_BE(val)",
        "#define GLONG_TO_BE(val) ((glong) GINT32_TO_BE (val))",
    ),
    (
        "#define GULONG_TO_BE(val)",
        "#define GULONG_TO_BE(val) ((gulong) GUINT32_TO_BE (val))",
    ),
    ("#define G_MODULE_SUFFIX", "#define G_MODULE_SUFFIX \"dll\""),
    ("typedef int GPid;", "typedef void * GPid;"),
    ("#define G_PID_FORMAT", "#define G_PID_FORMAT \"p\""),
    ("#define GLIB_SYSDEF_AF_INET6", "#define GLIB_SYSDEF_AF_INET6 23"),
    ("#define G_POLLFD_FORMAT", "#define G_POLLFD_FORMAT \"%#I64x\""),
    ("#define G_DIR_SEPARATOR ", "#define G_DIR_SEPARATOR '\\\\'"),
    ("#define G_DIR_SEPARATOR_S", "#define G_DIR_SEPARATOR_S \"\\\\\""),
    (
        "#define G_SEARCHPATH_SEPARATOR ",
        "#define G_SEARCHPATH_SEPARATOR ';'",
    ),
    (
        "#define G_SEARCHPATH_SEPARATOR_S",
        "#define G_SEARCHPATH_SEPARATOR_S \";\"",
    ),
];

/// Declares what only Windows has of GLib's functions. We call none, and newer packages for Linux leave it out.
const LEFT_OUT: &str = "glib/gwin32.h";

/// Writes the headers that differ into `out`, which must come before `folders`, where the others are.
///
/// # Errors
/// When there is no `glibconfig.h`, it is not one that can be rewritten, or a file cannot be read or written.
pub fn write(folders: &[PathBuf], out: &Path) -> Result<(), String> {
    let unix = folders
        .iter()
        .map(|folder| folder.join("glibconfig.h"))
        .find(|path| path.is_file())
        .ok_or_else(|| format!("glibconfig.h is in none of {folders:?}"))?;
    let at = |path: &Path, error: String| format!("{}: {error}", path.display());
    let text = fs::read_to_string(&unix).map_err(|error| at(&unix, error.to_string()))?;
    let text = glibconfig(&text).map_err(|error| at(&unix, error))?;
    for (name, text) in [("glibconfig.h", &*text), (LEFT_OUT, "")] {
        let path = out.join(name);
        path.parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&path, text))
            .map_err(|error| at(&path, error.to_string()))?;
    }
    Ok(())
}

/// Rewrites a 64-bit Unix's `glibconfig.h`.
fn glibconfig(unix: &str) -> Result<String, String> {
    if let Some((missing, _)) = DIFFERENT
        .iter()
        .find(|(begins, _)| !unix.lines().any(|line| line.starts_with(begins)))
    {
        return Err(format!(
            "it has no line that begins with `{}`; a cross build starts from the glibconfig.h of 64-bit Linux",
            missing.trim_end()
        ));
    }
    let line_for_windows = |line: &str| {
        DIFFERENT
            .iter()
            .find(|(begins, _)| line.starts_with(begins))
            .map_or(line, |(_, instead)| instead)
            .to_owned()
    };
    Ok(unix.lines().map(|line| line_for_windows(line) + "\n").collect())
}
