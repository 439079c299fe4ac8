//! Where a number was taken. Without it a number says nothing.

use std::fmt;
use std::fs::read_to_string;
use std::process::Command;

/// The machine, its software, and how busy it was.
#[derive(Clone, Debug)]
pub struct Machine {
    cpu: String,
    cores: usize,
    memory: String,
    kernel: String,
    rustc: String,
    load: String,
}

const UNKNOWN: &str = "unknown";

impl Machine {
    /// This one, now. What it does not tell is `unknown`.
    pub fn here() -> Self {
        Self {
            cpu: field("/proc/cpuinfo", "model name"),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            memory: field("/proc/meminfo", "MemTotal"),
            kernel: read_to_string("/proc/sys/kernel/osrelease")
                .map_or_else(|_| UNKNOWN.into(), |text| text.trim().to_owned()),
            rustc: rustc(),
            load: read_to_string("/proc/loadavg").map_or_else(
                |_| UNKNOWN.into(),
                |text| text.split(' ').take(2).collect::<Vec<_>>().join(", "),
            ),
        }
    }
}

impl Machine {
    /// How many threads wanted a core, on average over the last minute and the last five.
    pub fn load(&self) -> &str {
        &self.load
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cpu, cores, memory, kernel, rustc, load } = self;
        write!(
            f,
            "{cores} cores of {cpu}, {memory}, Linux {kernel}, {rustc}; load of the last 1 and 5 minutes: {load}"
        )
    }
}

fn field(path: &str, name: &str) -> String {
    let text = read_to_string(path).unwrap_or_default();
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.split_once(':'));
    value.map_or(UNKNOWN, |(_, value)| value.trim()).to_owned()
}

fn rustc() -> String {
    let output =
        Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())).arg("--version").output();
    output.map_or_else(|_| UNKNOWN.into(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
