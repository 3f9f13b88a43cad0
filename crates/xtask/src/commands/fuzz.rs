//! `cargo xtask fuzz`

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{packages, project, shell};

/// Options of `cargo xtask fuzz`.
#[derive(clap::Args)]
pub struct Arguments {
    /// What to fuzz: the name of a file in fuzz/fuzz_targets [default: all, one after the other]
    target: Option<String>,
    /// How long, for each target
    #[arg(long, value_name = "N", default_value_t = 60)]
    seconds: u32,
    /// Install missing packages with sudo without asking
    #[arg(long, short)]
    yes: bool,
}

/// cargo-fuzz asks for features of the compiler that only this turns on outside nightly.
const UNSTABLE: (&str, &str) = ("RUSTC_BOOTSTRAP", "1");

/// Fuzzes the pure crate with libFuzzer. What was interesting is kept in `target/fuzz/corpus` and is where the next run
/// begins.
pub fn run(arguments: &Arguments) -> Result<()> {
    packages::ensure_also(arguments.yes, &["g++"])?;
    let targets = chosen(arguments.target.as_deref())?;
    let folder = project::target()?.join("fuzz");
    let tool = tool(&folder)?;
    for target in targets {
        shell::say(format!("fuzzing {target} for {} s", arguments.seconds));
        let corpus = folder.join("corpus").join(&target);
        let found = folder.join("artifacts").join(&target);
        fs::create_dir_all(&corpus)?;
        fs::create_dir_all(&found)?;
        seed(&target, &corpus)?;
        let mut fuzz = Command::new(&tool);
        fuzz.current_dir(project::root())
            .env(UNSTABLE.0, UNSTABLE.1)
            .args(["run", &target, "--target-dir"])
            .arg(folder.join("build"))
            .arg(&corpus)
            .arg("--")
            .arg(format!("-max_total_time={}", arguments.seconds))
            .arg(format!("-artifact_prefix={}/", found.display()))
            // Inputs are small: more time or memory for one is a finding.
            .args(["-timeout=5", "-rss_limit_mb=2048", "-print_final_stats=1"]);
        shell::run(&mut fuzz).with_context(|| {
            format!(
                "{target} fails; the input is in {}: run it again with `cargo fuzz run {target} FILE`",
                found.display()
            )
        })?;
    }
    Ok(())
}

/// The targets to run, by the names of their files.
fn chosen(wanted: Option<&str>) -> Result<Vec<String>> {
    let folder = project::root().join("fuzz/fuzz_targets");
    let mut all = Vec::new();
    for file in fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = file?.path();
        all.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
    }
    all.sort();
    match wanted {
        None => Ok(all),
        Some(wanted) if all.iter().any(|name| name == wanted) => Ok(vec![wanted.to_owned()]),
        Some(wanted) => bail!("no target {wanted:?}; there are {}", all.join(", ")),
    }
}

/// cargo-fuzz, built once into the target folder.
fn tool(folder: &Path) -> Result<PathBuf> {
    let tools = folder.join("tools");
    let tool = tools.join("bin/cargo-fuzz");
    if !tool.is_file() {
        shell::say("building cargo-fuzz, once");
        let mut install = project::cargo();
        install
            .args(["install", "cargo-fuzz", "--locked", "--root"])
            .arg(&tools)
            .env("CARGO_TARGET_DIR", tools.join("build"));
        shell::run(&mut install)?;
    }
    Ok(tool)
}

/// Files that a target begins with: what it reads in real life, where that is text.
fn seed(target: &str, corpus: &Path) -> Result<()> {
    let examples: &[&str] = match target {
        "schema" => &["schemas/2025-08/c2gs.schema", "schemas/2025-08/gs2c.schema"],
        "key_log" => &["docs/keylog.md"],
        _ => &[],
    };
    for example in examples {
        let name = example.replace('/', "-");
        let from = project::root().join(example);
        fs::copy(&from, corpus.join(name)).with_context(|| format!("copying {}", from.display()))?;
    }
    Ok(())
}
