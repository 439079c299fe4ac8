//! Processes that serve: started, watched, ended.

use anyhow::{Context as _, Result, ensure};
use std::fs::read_to_string;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Where cargo puts what it builds for a release. We are `<target>/release/deps/http-…`.
fn release_folder() -> Result<PathBuf> {
    let me = std::env::current_exe()?;
    Ok(me.ancestors().nth(2).context("not run by cargo")?.to_owned())
}

/// Builds the program as it is shipped.
pub fn build() -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let target = release_folder()?.join("..");
    let status = Command::new(cargo)
        .args(["build", "--release", "--package", "stepgate-host", "--bin", "stepgate", "--target-dir"])
        .arg(target)
        .status()?;
    ensure!(status.success(), "the program was not built");
    Ok(())
}

/// A process that serves HTTP on this machine.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    /// Starts the program with its data in a folder. Its log goes nowhere, but is written.
    pub fn stepgate(data: &Path) -> Result<Self> {
        Self::stepgate_with(data, [])
    }

    /// The same with settings in its environment.
    pub fn stepgate_with(
        data: &Path,
        settings: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Result<Self> {
        let mut command = Command::new(release_folder()?.join("stepgate"));
        command.args(["--listen", "127.0.0.1:0", "--data"]).arg(data).envs(settings);
        Self::start(command)
    }

    /// Starts a process whose first line ends with the address it listens on.
    pub fn start(mut command: Command) -> Result<Self> {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("it has a pipe")?).read_line(&mut line)?;
        let address = line.trim().rsplit('/').next().and_then(|address| address.parse().ok());
        let address = address.with_context(|| format!("no address in {line:?}"))?;
        Ok(Self { child, address })
    }

    /// Resident memory, in MiB.
    pub fn resident(&self) -> Result<f64> {
        self.memory("VmRSS:")
    }

    /// The most resident memory it has had so far, in MiB.
    pub fn most_resident(&self) -> Result<f64> {
        self.memory("VmHWM:")
    }

    fn memory(&self, field: &'static str) -> Result<f64> {
        let status = read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(field));
        let kib = line.and_then(|line| line.split_whitespace().next()).context(field)?;
        Ok(kib.parse::<f64>()? / 1024.0)
    }

    /// Seconds of CPU used so far, in user space and in the kernel.
    pub fn cpu(&self) -> Result<(f64, f64)> {
        let stat = read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // Behind the name, which may hold spaces: fields 14 and 15 of proc(5), in hundredths of a second.
        let fields: Vec<_> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
        let seconds = |index: usize| -> Result<f64> {
            Ok(fields.get(index).context("too few fields")?.parse::<f64>()? / 100.0)
        };
        Ok((seconds(11)?, seconds(12)?))
    }

    /// Asks it to end, and waits until it has.
    pub fn stop(mut self) -> Result<()> {
        let status = Command::new("kill").arg(self.child.id().to_string()).status()?;
        ensure!(status.success(), "the process could not be told to end");
        ensure!(self.child.wait()?.success(), "the process did not end well");
        Ok(())
    }

    /// Ends it as a crash would.
    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

/// Whatever goes wrong, nothing is left running.
impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
