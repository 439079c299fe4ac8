//! The `stepgate` program from its start to its end.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails, fails its test")]

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

struct Program {
    child: Child,
    address: String,
    welcome: String,
}

impl Program {
    fn start(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_stepgate"))
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut welcome = String::new();
        while !welcome.contains("Ctrl-C") {
            let mut line = String::new();
            assert_ne!(out.read_line(&mut line).unwrap(), 0, "it ended early: {welcome}");
            welcome.push_str(&line);
        }
        let address = welcome.split("http://").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
        Self { child, address, welcome }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Sends SIGTERM and returns the exit code.
    fn terminate(mut self) -> Option<i32> {
        let killed = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(killed.success());
        let deadline = Instant::now() + Duration::from_secs(15);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(Instant::now() < deadline, "it does not end");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // After `terminate` there is nothing left to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_starts_without_settings_is_healthy_and_ends_on_sigterm() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let program = Program::start(&data);
    assert!(program.welcome.contains("SANDBOX"));
    assert!(program.welcome.contains(&format!("http://{}/inbox", program.address)));
    assert!(program.get("/healthz").starts_with("HTTP/1.1 200"));
    assert_eq!(program.terminate(), Some(0));

    // The second start finds what the first one left: the key, the store, and the compiled code.
    let keys = || {
        ["mac-key", "webhook-key", "account-key", "token-key"]
            .map(|file| std::fs::read(data.join(file)).unwrap())
    };
    let kept = keys();
    assert!(kept.iter().all(|key| key.len() == 32));
    assert_eq!(kept.iter().collect::<HashSet<_>>().len(), kept.len(), "each is a key of its own");
    let program = Program::start(&data);
    assert!(program.get("/healthz").starts_with("HTTP/1.1 200"));
    assert_eq!(keys(), kept);
    assert_eq!(program.terminate(), Some(0));
}

/// The lines a newcomer is told to paste, pasted into a plain shell.
#[test]
fn the_lines_it_prints_do_the_whole_job() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(&folder.path().join("data"));
    let lines: Vec<_> = program.welcome.lines().filter(|line| line.starts_with("  ")).collect();
    let output = Command::new("sh").args(["-e", "-c", &lines.join("\n")]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(said.contains("204 No Content"), "{said}");
    assert!(said.contains("Your code: "), "{said}");
    assert!(said.contains(r#""status":"Confirmed""#), "{said}");
    let customer = said.lines().last().unwrap();
    assert!(customer.contains(r#""email":"ada@new.example""#), "{said}");
    assert_eq!(program.terminate(), Some(0));
}

/// The lines of the README that sign somebody in, as they stand there.
#[test]
fn the_lines_of_the_readme_sign_people_in() {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(&folder.path().join("data"));
    let readme = include_str!("../../README.md");
    let part = readme.split("\n## Sign people in\n").nth(1).unwrap().split("\n## ").next().unwrap();
    let blocks = part.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap());
    let lines = blocks.collect::<String>().replace("127.0.0.1:8080", &program.address);
    let output = Command::new("sh").args(["-e", "-c", &lines]).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    let mut answers = said.lines();
    for part in [
        r#"{"result":"ok"}"#,
        r#""access_token":""#,
        r#""message":"2FA is required for this account""#,
        r#""access_token":""#,
        "ses_",
        r#""session_status":"active""#,
        r#""email":"ada@example.com""#,
    ] {
        let answer = answers.next().unwrap_or_default();
        assert!(answer.contains(part), "{part} is not in {answer}, of:\n{said}");
    }
    assert_eq!(program.terminate(), Some(0));
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_its_data() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let program = Program::start(&data);
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("mac-key")), 0o600);
    assert_eq!(program.terminate(), Some(0));
}

/// Guards against a folder that was there before: what is put into it was readable by everybody.
#[cfg(unix)]
#[test]
fn nobody_else_can_read_its_data_in_a_folder_that_was_there() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    std::fs::set_permissions(data, std::fs::Permissions::from_mode(0o755)).unwrap();
    let program = Program::start(data);
    let mode = |name: &str| std::fs::metadata(data.join(name)).unwrap().permissions().mode() & 0o777;
    for (name, expected) in [
        ("mac-key", 0o600),
        ("webhook-key", 0o600),
        ("account-key", 0o600),
        ("token-key", 0o600),
        ("stepgate.redb", 0o600),
        ("compiled", 0o700),
    ] {
        assert_eq!(mode(name), expected, "{name}");
    }
    assert_eq!(program.terminate(), Some(0));
}

/// Guards against code of others: what is in `compiled` is run as it is.
#[cfg(unix)]
#[test]
fn a_data_folder_where_others_may_write_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let compiled = folder.path().join("compiled");
    std::fs::create_dir(&compiled).unwrap();
    // Each but for one of the two folders as it has to be.
    for (of_data, of_compiled) in [(0o770, 0o700), (0o702, 0o700), (0o1777, 0o700), (0o700, 0o777)] {
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(of_data)).unwrap();
        std::fs::set_permissions(&compiled, std::fs::Permissions::from_mode(of_compiled)).unwrap();
        // One that is not refused must end by itself all the same.
        let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_stepgate"))
            .args(["--listen", &taken.local_addr().unwrap().to_string(), "--data"])
            .arg(folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.starts_with("stepgate: data: group or others may write"), "{of_data:o}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[test]
fn a_second_one_on_the_same_data_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let program = Program::start(&data);
    let second = Command::new(env!("CARGO_BIN_EXE_stepgate"))
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(&data)
        .output()
        .unwrap();
    let said = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(1), "{said}");
    assert!(said.contains("is in use by another process"), "{said}");
    assert!(program.get("/healthz").starts_with("HTTP/1.1 200"));
}
