//! The program itself as a child process: for what only a process has, a log, signals and sudden death.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use hufu::db::Db;
use tempfile::TempDir;

use super::client::Client;
use super::postgres;
use super::server::Backend;

/// Longest that starting or stopping may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The program on a data folder and a database of its own, with no server running yet.
pub struct Desk(Process);

impl Desk {
    /// An empty desk with `settings`; none (with a word on standard error) when its database is not to be had.
    pub fn with(backend: Backend, settings: &[(&'static str, &str)]) -> Option<Desk> {
        Process::stopped(backend, settings).map(Desk)
    }
}

impl std::ops::Deref for Desk {
    type Target = Process;
    fn deref(&self) -> &Process {
        &self.0
    }
}

/// `hufu serve` with a data folder and a database of its own. Killed when it is dropped.
pub struct Process {
    settings: Vec<(String, String)>,
    running: Mutex<Option<Running>>,
    // Dropped in this order: the database once nothing uses it, then the folder.
    database: Option<postgres::Database>,
    folder: TempDir,
}

struct Running {
    child: Child,
    url: String,
}

impl Process {
    /// A running process with `settings`; none (with a word on standard error) when its database is not to be had.
    pub fn with(backend: Backend, settings: &[(&'static str, &str)]) -> Option<Process> {
        let process = Process::stopped(backend, settings)?;
        process.start();
        Some(process)
    }

    /// The same before its first start: no data folder, an empty database.
    fn stopped(backend: Backend, settings: &[(&'static str, &str)]) -> Option<Process> {
        let database = match backend {
            Backend::Sqlite => None,
            Backend::Postgres => Some(postgres::database()?),
        };
        let folder = tempfile::tempdir().unwrap();
        let mut all = vec![("listen".to_owned(), "127.0.0.1:0".to_owned()), ("workers".to_owned(), "1".to_owned())];
        all.push(("data_dir".to_owned(), folder.path().join("data").to_str().unwrap().to_owned()));
        all.extend(database.iter().map(|d| ("database_url".to_owned(), d.url.clone())));
        all.extend(settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        Some(Process { settings: all, running: Mutex::new(None), database, folder })
    }

    /// Starts it, or starts it again after [`Process::kill9`] or [`Process::terminate`], on the same data.
    pub fn start(&self) {
        let log = File::options().create(true).append(true).open(self.log_file()).unwrap();
        let seen = self.log().len();
        let mut command = self.command(&["serve"]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let mut running = Running { child, url: String::new() };
        let address = self.wait("the server says where it listens", || {
            let log = self.log();
            if let Some(status) = running.child.try_wait().unwrap() {
                panic!("the server ended with {status}:\n{log}");
            }
            let line = log[seen..].lines().find(|line| line.contains("serving address="))?.to_owned();
            line.split("address=").nth(1)?.split_whitespace().next().map(str::to_owned)
        });
        running.url = format!("http://{address}");
        *self.running.lock().unwrap() = Some(running);
    }

    /// A command of the same program on the same data: `command(&["config"])`. Settings go by environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hufu"));
        command.args(arguments).current_dir(self.folder.path());
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("HUFU_")) {
            command.env_remove(name);
        }
        command.envs(self.settings.iter().map(|(key, value)| (format!("HUFU_{}", key.to_uppercase()), value)));
        command
    }

    /// Runs a command to its end: its exit code, standard output and standard error.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(&mut self.command(arguments), b"")
    }

    /// A client without a token.
    pub fn client(&self) -> Client {
        Client::new(&self.running.lock().unwrap().as_ref().expect("the process runs").url)
    }

    /// The data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Its database, to look at and not to change.
    pub fn db(&self) -> Db {
        let named = self.settings.iter().find_map(|(key, value)| (key == "database_url").then(|| value.clone()));
        let url = named.unwrap_or_else(|| self.data().join("hufu.sqlite").to_str().unwrap().to_owned());
        Db::open_read_only(&url).unwrap().expect("there is a database")
    }

    /// Copies its database, while no server runs.
    pub fn back_up(&self) {
        match &self.database {
            Some(database) => database.back_up(),
            None => self.copied(&self.data(), self.folder.path()),
        }
    }

    /// Puts the copy in the place of its database, while no server runs.
    pub fn put_back(&self) {
        match &self.database {
            Some(database) => database.put_back(),
            None => self.copied(self.folder.path(), &self.data()),
        }
    }

    /// What was not written into the file yet is in the one beside it. Whoever still has the old files open keeps them.
    fn copied(&self, from: &Path, to: &Path) {
        for file in ["hufu.sqlite", "hufu.sqlite-wal", "hufu.sqlite-shm"] {
            let _ = std::fs::remove_file(to.join(file));
        }
        std::fs::copy(from.join("hufu.sqlite"), to.join("hufu.sqlite")).unwrap();
        let _ = std::fs::copy(from.join("hufu.sqlite-wal"), to.join("hufu.sqlite-wal"));
    }

    /// All that it has logged, over all starts.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// Ends it at once (SIGKILL).
    pub fn kill9(&self) {
        let mut running = self.running.lock().unwrap().take().expect("the process runs");
        running.child.kill().unwrap();
        running.child.wait().unwrap();
    }

    /// Stops it where it is (SIGSTOP), or lets it go on (SIGCONT).
    pub fn freeze(&self, is_frozen: bool) {
        let signal = if is_frozen { "-STOP" } else { "-CONT" };
        let id = self.running.lock().unwrap().as_ref().expect("the process runs").child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }

    /// Asks it to end (SIGTERM) and waits until it has.
    pub fn terminate(&self) -> ExitStatus {
        let mut running = self.running.lock().unwrap().take().expect("the process runs");
        let asked = Command::new("kill").args(["-TERM", &running.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        self.wait("the server ends", || running.child.try_wait().unwrap())
    }

    fn log_file(&self) -> PathBuf {
        Path::new(self.folder.path()).join("log")
    }

    fn wait<T>(&self, what: &str, mut done: impl FnMut() -> Option<T>) -> T {
        let started = Instant::now();
        loop {
            if let Some(value) = done() {
                return value;
            }
            assert!(started.elapsed() < PATIENCE, "waited in vain: {what}\n{}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// How a command ended and what it said.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Runs `command` with `input` on its standard input.
    pub fn of(command: &mut Command, input: &[u8]) -> Ran {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let output = std::thread::scope(|scope| {
            // Beside reading what it says, or both would wait for the other. A command that reads no input may be gone already.
            scope.spawn(move || drop(stdin.write_all(input)));
            child.wait_with_output().unwrap()
        });
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }

    /// This, if it ended with `code`.
    #[track_caller]
    pub fn expect(self, code: i32) -> Ran {
        assert_eq!(self.code, code, "{self:?}");
        self
    }

    /// The cells of a tab-separated table without its header.
    pub fn rows(&self) -> Vec<Vec<&str>> {
        self.out.lines().skip(1).map(|line| line.split('\t').collect()).collect()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(mut running) = self.running.lock().unwrap().take() {
            let _ = running.child.kill();
            let _ = running.child.wait();
        }
    }
}
