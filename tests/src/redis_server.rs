//! A Redis of a test's own.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// How often, and how many times, it is looked for after its start.
const LOOK: Duration = Duration::from_millis(5);
const LOOKS: usize = 4_000;

/// A server that keeps nothing and listens on a socket in a folder of its own, so that no two tests meet.
pub(crate) struct Redis {
    socket: PathBuf,
    _server: Child,
    _folder: TempDir,
}

impl Redis {
    pub(crate) async fn start() -> Redis {
        let folder = TempDir::new().expect("a temporary folder can be made");
        let socket = folder.path().join("redis.sock");
        let server = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "no", "--dir"])
            .arg(folder.path())
            .arg("--unixsocket")
            .arg(&socket)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| {
                panic!("redis-server cannot be started ({error}): apt-get install redis-server")
            });
        for _ in 0..LOOKS {
            if socket.exists() {
                return Redis { socket, _server: server, _folder: folder };
            }
            tokio::time::sleep(LOOK).await;
        }
        panic!("redis-server does not listen");
    }

    pub(crate) fn url(&self) -> String {
        format!("redis+unix://{}", self.socket.display())
    }
}
