//! What only the file store promises: it keeps what it has answered for, whatever happens to the process or the disk,
//! and it does not grow for ever.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails, fails its test")]

mod support;

use redb::StorageBackend;
use redb::backends::FileBackend;
use std::fs::OpenOptions;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use stepgate_host::clock::SystemClock;
use stepgate_host::store::{Key, OpenError, RedbOptions, RedbStore, Seen, Store, StoreError, Value};
use support::TestClock;

fn open(path: &Path) -> RedbStore {
    RedbStore::open(path, &RedbOptions::default(), Arc::new(SystemClock::new())).unwrap()
}

fn key(text: &str) -> Key<'_> {
    Key::new(text).unwrap()
}

fn read(store: &RedbStore, text: &str) -> Result<Option<String>, StoreError> {
    store.get(key(text), &mut Seen::default())
}

#[test]
fn everything_is_there_after_opening_the_file_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let far = Some(u64::MAX);
    let store = open(&path);
    let mut seen = Seen::default();
    for number in 0..500 {
        store.set(key(&format!("r{number}")), Value::new("text").unwrap(), far, &mut seen).unwrap();
        store.add(key(&format!("c{number}")), number, None, &mut seen).unwrap();
    }
    store.delete(key("r7"), &mut seen).unwrap();
    drop(store);

    let store = open(&path);
    for number in 0..500 {
        let record = (number != 7).then(|| "text".to_owned());
        assert_eq!(read(&store, &format!("r{number}")), Ok(record));
        assert_eq!(store.add(key(&format!("c{number}")), 0, None, &mut seen), Ok(number));
    }
}

#[test]
fn a_file_in_use_is_refused_with_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let _store = open(&path);
    let second = RedbStore::open(&path, &RedbOptions::default(), Arc::new(SystemClock::new()));
    let error = second.err().unwrap();
    assert!(matches!(&error, OpenError::InUse(named) if *named == path), "{error}");
}

#[test]
fn a_file_that_is_no_store_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let text = "not a store ".repeat(1_000);
    std::fs::write(&path, &text).unwrap();
    let opened = RedbStore::open(&path, &RedbOptions::default(), Arc::new(SystemClock::new()));
    assert!(matches!(opened.err().unwrap(), OpenError::Unusable { .. }));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

/// Guards against answering before the sync: a child acknowledges each write on its stdout and is killed with
/// SIGKILL; whatever it acknowledged has to be there.
#[test]
fn acknowledged_writes_survive_kill_9() {
    const ACKNOWLEDGED: usize = 300;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    for round in 0..3 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_that_writes", "--nocapture", "--ignored"])
            .env("STORE", &path)
            .env("ROUND", round.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut acknowledged = Vec::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            acknowledged.extend(line.unwrap().strip_prefix("ack ").map(str::to_owned));
            if acknowledged.len() >= ACKNOWLEDGED {
                break;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(acknowledged.len(), ACKNOWLEDGED);

        let store = open(&path);
        for name in &acknowledged {
            assert_eq!(read(&store, name).unwrap().as_deref(), Some(name.as_str()), "round {round}");
        }
    }
}

#[test]
#[ignore = "is run by acknowledged_writes_survive_kill_9, which ends it"]
fn child_that_writes() {
    let (Ok(path), Ok(round)) = (std::env::var("STORE"), std::env::var("ROUND")) else { return };
    let store = open(path.as_ref());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Arc::new(store);
        for task in 0..8 {
            let (store, round) = (store.clone(), round.clone());
            tokio::spawn(async move {
                for number in 0.. {
                    let name = format!("r{round}/t{task}/{number}");
                    let mut seen = Seen::default();
                    store.set(key(&name), Value::new(&name).unwrap(), None, &mut seen).unwrap();
                    store.durable(seen).await.unwrap();
                    let mut out = io::stdout().lock();
                    writeln!(out, "ack {name}").unwrap();
                    out.flush().unwrap();
                }
            });
        }
        // The parent kills it long before.
        tokio::time::sleep(Duration::from_secs(60)).await;
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_share_syncs() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Arc::new(Disk::default());
    let store = Arc::new(open_on(&folder.path().join("store"), &disk));
    let before = disk.syncs.load(Ordering::SeqCst);
    let tasks: Vec<_> = (0..200)
        .map(|task| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut seen = Seen::default();
                for step in 0..5 {
                    store.add(key(&format!("{task}/{step}")), 1, None, &mut seen).unwrap();
                }
                store.durable(seen).await.unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let syncs = disk.syncs.load(Ordering::SeqCst) - before;
    assert!((1..=100).contains(&syncs), "{syncs} syncs for 200 requests of 5 operations each");
}

/// Guards against answers that rest on what the disk never got, and against a store that needs a restart.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_disk_refuses_everything_and_recovers_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Arc::new(Disk::default());
    let store = open_on(&folder.path().join("store"), &disk);
    let mut before = Seen::default();
    store.add(key("kept"), 7, None, &mut before).unwrap();
    store.durable(before).await.unwrap();

    disk.broken.store(true, Ordering::SeqCst);
    let (mut writer, mut reader) = (Seen::default(), Seen::default());
    store.add(key("lost"), 1, None, &mut writer).unwrap();
    assert_eq!(store.add(key("lost"), 0, None, &mut reader), Ok(1), "seen at once");
    let (written, seen) = tokio::join!(store.durable(writer), store.durable(reader));
    assert!(matches!(written, Err(StoreError::Unavailable(_))));
    assert!(matches!(seen, Err(StoreError::Unavailable(_))), "who only saw it is told, too");
    let mut refused = Seen::default();
    assert!(matches!(store.add(key("kept"), 1, None, &mut refused), Err(StoreError::Unavailable(_))));
    assert!(matches!(store.get(key("other"), &mut refused), Err(StoreError::Unavailable(_))));

    disk.broken.store(false, Ordering::SeqCst);
    let deadline = Instant::now() + Duration::from_secs(20);
    while store.get(key("other"), &mut Seen::default()).is_err() {
        assert!(Instant::now() < deadline, "it did not recover");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut after = Seen::default();
    assert_eq!(store.add(key("kept"), 1, None, &mut after), Ok(8));
    assert_eq!(store.durable(after).await, Ok(()));
    // A request that began before the failure stays refused, however much has been committed since.
    writer.note(after.span().unwrap().1);
    assert!(store.durable(writer).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn expired_entries_leave_the_file() {
    const ENTRIES: u64 = 5_000;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let clock = Arc::new(TestClock::new());
    let options = RedbOptions { sweep_every: Duration::from_millis(20), ..RedbOptions::default() };
    let store = RedbStore::open(&path, &options, clock.clone()).unwrap();
    let expires = Some(clock.seconds() + 10);
    let mut seen = Seen::default();
    for number in 0..ENTRIES {
        store.set(key(&format!("r{number}")), Value::new("x").unwrap(), expires, &mut seen).unwrap();
    }
    store.set(key("kept"), Value::new("x").unwrap(), None, &mut seen).unwrap();
    store.durable(seen).await.unwrap();
    clock.advance(Duration::from_secs(10));

    let deadline = Instant::now() + Duration::from_secs(30);
    drop(store);
    loop {
        // Closed, the file can be looked into; open, it sweeps.
        let (entries, expiries) = rows(&path);
        if (entries, expiries) == (1, 0) {
            break;
        }
        assert!(Instant::now() < deadline, "{entries} entries and {expiries} expiries are left");
        let store = RedbStore::open(&path, &options, clock.clone()).unwrap();
        tokio::time::sleep(Duration::from_millis(500)).await;
        drop(store);
    }
}

fn rows(path: &Path) -> (u64, u64) {
    use redb::{Database, ReadableDatabase, ReadableTableMetadata, TableDefinition};
    let database = Database::open(path).unwrap();
    let read = database.begin_read().unwrap();
    let entries = read.open_table(TableDefinition::<&str, &[u8]>::new("entries")).unwrap();
    let expiries = read.open_table(TableDefinition::<(u64, &str), ()>::new("expiries")).unwrap();
    (entries.len().unwrap(), expiries.len().unwrap())
}

/// A disk that counts, and that can be broken.
#[derive(Debug, Default)]
struct Disk {
    broken: AtomicBool,
    syncs: AtomicUsize,
}

fn open_on(path: &Path, disk: &Arc<Disk>) -> RedbStore {
    let (path, disk) = (path.to_owned(), disk.clone());
    let storage = move || {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path)?;
        let file = FileBackend::new(file).map_err(io::Error::other)?;
        Ok(DiskBackend { file, disk: disk.clone() })
    };
    RedbStore::open_with(storage, &RedbOptions::default(), Arc::new(SystemClock::new())).unwrap()
}

#[derive(Debug)]
struct DiskBackend {
    file: FileBackend,
    disk: Arc<Disk>,
}

impl DiskBackend {
    fn check(&self) -> io::Result<()> {
        if self.disk.broken.load(Ordering::SeqCst) { Err(io::Error::other("broken")) } else { Ok(()) }
    }
}

impl StorageBackend for DiskBackend {
    fn len(&self) -> io::Result<u64> {
        self.file.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.file.read(offset, out)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.check()?;
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.check()?;
        self.disk.syncs.fetch_add(1, Ordering::SeqCst);
        self.file.sync_data()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.check()?;
        self.file.write(offset, data)
    }

    fn close(&self) -> io::Result<()> {
        self.file.close()
    }
}
