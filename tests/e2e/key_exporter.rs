//! The reference writer of key logs, from C: a program that a C compiler makes writes a key log, and tshark decrypts by it.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use gw2_keylog as _; // so that its libraries are built
use tempfile::TempDir;

use crate::common::{self, Look, Scenario};

/// A C compiler; `None`, and a word on standard error, where there is none.
fn compiler() -> Option<OsString> {
    let compiler = env::var_os("CC").unwrap_or_else(|| "cc".into());
    let found = Command::new(&compiler).arg("--version").output().is_ok();
    if !found {
        eprintln!("skipped: no C compiler `{}`; set CC", compiler.display());
    }
    found.then_some(compiler)
}

/// Where cargo puts the libraries of what tests depend on: beside the tests.
fn libraries() -> PathBuf {
    env::current_exe().unwrap().parent().unwrap().to_owned()
}

/// The library with what std needs of the system.
fn static_library() -> Vec<String> {
    let library = libraries().join("libgw2_keylog.a").display().to_string();
    [&library, "-lpthread", "-ldl", "-lm"].map(str::to_owned).to_vec()
}

/// Compiles a program with warnings as errors.
fn compile(compiler: &OsString, source: &Path, folder: &Path, link: &[String]) -> PathBuf {
    let program = folder.join("program");
    let compiled = Command::new(compiler)
        .args(["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I"])
        .arg(keylog_crate().join("include"))
        .arg(source)
        .arg("-o")
        .arg(&program)
        .args(link)
        .output()
        .unwrap();
    assert!(
        compiled.status.success(),
        "{}",
        String::from_utf8_lossy(&compiled.stderr)
    );
    program
}

fn keylog_crate() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/gw2-keylog")
}

#[test]
fn a_c_program_writes_a_key_log_that_decrypts() {
    let Some(compiler) = compiler() else { return };
    let tshark = common::tshark();
    let scenario = Scenario::named("clean");
    // What an exporter would find in the client: here, the simulator's own line says it.
    let truth = fs::read_to_string(&scenario.keys).unwrap();
    let line: Vec<_> = truth
        .lines()
        .find(|line| line.starts_with("GW2_RC4_KEY"))
        .unwrap()
        .split(' ')
        .collect();
    let wanted = Look::with_keys(&tshark, &scenario).values("gw2.opcode");
    assert!(wanted.len() > 10);
    let folder = libraries();
    let folder = folder.display();
    let of_shared = vec![
        format!("-L{folder}"),
        "-lgw2_keylog".into(),
        format!("-Wl,-rpath,{folder}"),
    ];
    for link in [static_library(), of_shared] {
        let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let source = keylog_crate().join("examples/exporter.c");
        let program = compile(&compiler, &source, folder.path(), &link);
        let keys = folder.path().join("exported.keys");
        let run = |arguments: &[&str]| Command::new(&program).args(arguments).output().unwrap();
        let done = run(&[&keys.display().to_string(), line[1], line[2]]);
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let shown = Look::at(&tshark, &scenario.capture).keys(&keys);
        assert_eq!(shown.values("gw2.opcode"), wanted, "{link:?}");

        let failed = run(&["/no/such/folder/x.keys", line[1], line[2]]);
        assert!(!failed.status.success());
        assert_eq!(
            String::from_utf8_lossy(&failed.stderr),
            "/no/such/folder/x.keys: the key log cannot be opened or written to; errno says why\n"
        );
    }
}

/// What C may not pass is refused, not read.
#[test]
fn wrong_arguments_are_refused() {
    let Some(compiler) = compiler() else { return };
    let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let source = folder.path().join("wrong.c");
    fs::write(
        &source,
        r#"
#include <gw2_keylog.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    uint8_t some[80] = { 1 };
    gw2_keylog *log = NULL;

    (void)argc;
    printf("%d %d ", gw2_keylog_open("x", NULL), gw2_keylog_open(NULL, &log));
    printf("%d ", gw2_keylog_write(NULL, GW2_KEYLOG_SEED, some, 20, some, 20));
    printf("%d ", gw2_keylog_open(argv[1], &log));
    printf("%d ", gw2_keylog_write(log, GW2_KEYLOG_SEED, NULL, 0, some, 20));
    printf("%d ", gw2_keylog_write(log, GW2_KEYLOG_SEED, NULL, 20, some, 20));
    printf("%d ", gw2_keylog_write(log, GW2_KEYLOG_SEED, some, 21, some, 20));
    printf("%d ", gw2_keylog_write(log, GW2_KEYLOG_RC4_KEY, some, 20, some, 21));
    printf("%d ", gw2_keylog_write(log, GW2_KEYLOG_SHARED_SECRET, some, 64, some, 65));
    printf("%d\n", gw2_keylog_write(log, 77, some, 64, some, 20));
    gw2_keylog_close(log);
    gw2_keylog_close(NULL);
    return 0;
}
"#,
    )
    .unwrap();
    let program = compile(&compiler, &source, folder.path(), &static_library());
    let keys = folder.path().join("wrong.keys");
    let done = Command::new(&program)
        .arg(&keys)
        .env_remove("GW2_KEYLOGFILE")
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&done.stdout), "1 3 1 0 0 1 2 2 2 1\n");
    let written = fs::read_to_string(&keys).unwrap();
    assert_eq!(written, format!("GW2_SEED * 01{}\n", "00".repeat(19)));
}
