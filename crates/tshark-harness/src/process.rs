use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// What a program left behind.
#[derive(Clone, Debug)]
pub struct Finished {
    /// How it ended.
    pub status: ExitStatus,
    /// Its standard output; bad UTF-8 becomes U+FFFD.
    pub stdout: String,
    /// Its standard error, likewise.
    pub stderr: String,
}

impl Finished {
    /// The output, when the program says that it succeeded.
    ///
    /// # Errors
    /// When it does not: with its status and what it wrote to standard error.
    pub fn success(self) -> Result<Self> {
        if self.status.success() {
            return Ok(self);
        }
        bail!(
            "it ended with {}; standard error:\n{}",
            self.status,
            self.stderr.trim_end()
        )
    }

    /// The lines of standard output.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.stdout.lines()
    }
}

/// Runs a command without input to its end, and kills it when it takes longer than `limit`.
///
/// # Errors
/// When it cannot start, or does not end in time.
pub fn run(command: &mut Command, limit: Duration) -> Result<Finished> {
    let shown = format!("{command:?}");
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("starting {shown}"))?;
    let stdout = child.stdout.take().map(collect);
    let stderr = child.stderr.take().map(collect);
    let status = wait(&mut child, limit).with_context(|| format!("running {shown}"))?;
    Ok(Finished {
        status,
        stdout: text(stdout)?,
        stderr: text(stderr)?,
    })
}

fn wait(child: &mut Child, limit: Duration) -> Result<ExitStatus> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if start.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            bail!("it did not end within {} s and was killed", limit.as_secs());
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// Reads a pipe on a thread of its own, so that neither pipe can fill up while we wait.
fn collect(mut pipe: impl Read + Send + 'static) -> JoinHandle<std::io::Result<Vec<u8>>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes)?;
        Ok(bytes)
    })
}

fn text(reader: Option<JoinHandle<std::io::Result<Vec<u8>>>>) -> Result<String> {
    let Some(reader) = reader else {
        return Ok(String::new());
    };
    match reader.join() {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes?).into_owned()),
        Err(_) => bail!("the thread that reads a program's output panicked"),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn output_status_and_errors_come_back() {
        let finished = run(
            Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"]),
            Duration::from_secs(10),
        )
        .unwrap();
        assert_eq!(
            (finished.stdout.as_str(), finished.stderr.as_str()),
            ("out\n", "err\n")
        );
        assert_eq!(finished.status.code(), Some(3));
        assert!(finished.success().unwrap_err().to_string().contains("err"));
    }

    #[test]
    fn a_program_that_hangs_is_killed() {
        let error = run(Command::new("sleep").arg("60"), Duration::from_millis(50)).unwrap_err();
        assert!(format!("{error:#}").contains("did not end"), "{error:#}");
    }

    #[test]
    fn much_output_does_not_block() {
        let finished = run(
            Command::new("sh").args(["-c", "yes | head -c 1000000"]),
            Duration::from_secs(10),
        )
        .unwrap();
        assert_eq!(finished.stdout.len(), 1_000_000);
    }
}
