//! The `stepgate` program itself, as an operator starts it.

use std::path::Path;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Child;

/// The program, running as a sandbox.
pub struct Program {
    child: Child,
    /// Where it says that it listens.
    pub url: String,
}

impl Program {
    /// Starts the program at `program` on a free port with its data in `data`, and waits until it listens.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start(program: &str, data: &Path) -> Program {
        Program::start_with(program, data, &[]).await
    }

    /// The same with settings, as variables of the environment.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start_with(program: &str, data: &Path, settings: &[(&str, &str)]) -> Program {
        let mut command = tokio::process::Command::new(program);
        // What is set for some other stepgate on this machine is not for this one.
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"STEPGATE_"))
        {
            command.env_remove(name);
        }
        let mut child = command
            .envs(settings.iter().copied())
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the program can be started");
        let stdout = child.stdout.take().expect("it was asked for");
        let mut lines = BufReader::new(stdout).lines();
        let first = lines.next_line().await.expect("its output can be read").expect("it says something");
        let url =
            first.strip_prefix("Stepgate listens on ").expect("first it says where it listens").to_owned();
        // The rest is for people; but whoever writes it must not find the pipe closed.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Program { child, url }
    }

    /// Where it listens.
    ///
    /// # Panics
    /// If it says something else than an address.
    pub fn address(&self) -> std::net::SocketAddr {
        self.url.trim_start_matches("http://").parse().expect("an address and a port")
    }

    /// `kill -9`
    ///
    /// # Panics
    /// If it was dead already.
    pub async fn kill(mut self) {
        assert!(self.child.try_wait().expect("it can be asked").is_none(), "the program ended by itself");
        self.child.kill().await.expect("it can be killed");
    }
}
