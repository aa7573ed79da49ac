//! One throw-away PostgreSQL cluster for this test process, made from the machine's own programs, or the server at `HUFU_TEST_POSTGRES`.
//!
//! The cluster's keeper is a shell that waits for the end of its standard input. The other end of that pipe is held by this process, so
//! the cluster is stopped and deleted however this process ends, `kill -9` included. fsync is off: these tests kill the
//! registry and at most PostgreSQL's own processes, never the machine, and what a killed process has written the kernel still has.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

/// A database of its own for one test; dropped with this value.
pub struct Database {
    /// `postgresql://..`
    pub url: String,
    name: String,
}

/// A server on which databases can be made.
struct Cluster {
    /// URL of its `postgres` database.
    url: String,
    /// Holds the keeper's standard input open.
    _keeper: Option<Child>,
}

/// initdb, start, say so, wait, stop, delete. `$1` the folder of the programs, `$2` the cluster's folder.
/// Whoever waits for `ready` may be gone by then, hence the trap.
const KEEPER: &str = r#"
trap "" PIPE
cd "$2" || exit 1
"$1/initdb" -D data -U hufu -A trust -E UTF8 --locale=C --no-sync >log 2>&1 &&
"$1/pg_ctl" -D data -w -l log -o "-k $2 -c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=200" start >>log 2>&1 &&
echo ready
cat >/dev/null
"$1/pg_ctl" -D data -m immediate -w stop >>log 2>&1
cd / && rm -rf "$2"
"#;

/// A fresh database, or none where there is no PostgreSQL. With the variable `CI` set, none is a failure.
pub fn database() -> Option<Database> {
    static CLUSTER: OnceLock<Result<Cluster, String>> = OnceLock::new();
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let cluster = match CLUSTER.get_or_init(cluster) {
        Ok(cluster) => cluster,
        Err(why) => {
            assert!(std::env::var_os("CI").is_none(), "CI is set and {why}");
            eprintln!("skipped: {why}");
            return None;
        }
    };
    let name = format!("hufu_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    cluster.run(&format!("CREATE DATABASE {name}"));
    Some(Database { url: with_name(&cluster.url, &name), name })
}

impl Database {
    fn cluster(&self) -> Cluster {
        Cluster { url: with_name(&self.url, "postgres"), _keeper: None }
    }

    /// Copies it, in the place of an earlier copy. Nothing may be connected to it.
    pub fn back_up(&self) {
        self.cluster().run(&format!("DROP DATABASE IF EXISTS {}_backup", self.name));
        self.cluster().run(&format!("CREATE DATABASE {0}_backup TEMPLATE {0}", self.name));
    }

    /// Puts the copy in its place.
    pub fn put_back(&self) {
        self.cluster().run(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
        self.cluster().run(&format!("ALTER DATABASE {0}_backup RENAME TO {0}", self.name));
    }

    /// Cuts every connection to this database, as a fail-over does.
    pub fn cut(&self) {
        self.cluster().run(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'", self.name));
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.cluster().run(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
        }
    }
}

impl Cluster {
    fn run(&self, sql: &str) {
        let mut conn = PgConnection::establish(&self.url).unwrap_or_else(|e| panic!("cannot connect to {}: {e}", self.url));
        conn.batch_execute(sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
    }
}

fn cluster() -> Result<Cluster, String> {
    if let Ok(url) = std::env::var("HUFU_TEST_POSTGRES") {
        return Ok(Cluster { url, _keeper: None });
    }
    let bin = programs().ok_or("no PostgreSQL found (initdb, pg_ctl, or HUFU_TEST_POSTGRES)")?;
    // The path of a Unix socket has at most 107 bytes, so not in a TMPDIR of any length.
    let folder = tempfile::Builder::new().prefix("hufu-pg-").tempdir_in("/tmp").map_err(|e| e.to_string())?.keep();
    let mut command = Command::new("sh");
    command.args(["-c", KEEPER, "keeper"]).arg(&bin).arg(&folder);
    // Of its own process group, so that Ctrl-C ends the tests and leaves the keeper to clean up.
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
    if std::fs::metadata("/proc/self").is_ok_and(|m| m.uid() == 0) {
        // initdb refuses to run as root.
        let (uid, gid) = ids("postgres").or_else(|| ids("nobody")).ok_or("no user other than root to run PostgreSQL as")?;
        std::os::unix::fs::chown(&folder, Some(uid), Some(gid)).map_err(|e| e.to_string())?;
        command.uid(uid).gid(gid);
    }
    let mut keeper = command.spawn().map_err(|e| format!("sh cannot be started: {e}"))?;
    let mut line = String::new();
    let read = BufReader::new(keeper.stdout.take().expect("it is piped")).read_line(&mut line);
    if read.is_err() || line.trim() != "ready" {
        let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        panic!("the PostgreSQL of {} does not start:\n{log}", bin.display());
    }
    Ok(Cluster { url: format!("postgresql:///postgres?host={}&user=hufu", folder.display()), _keeper: Some(keeper) })
}

/// The folder of initdb and pg_ctl: on the PATH, or the newest that Debian installed.
fn programs() -> Option<PathBuf> {
    let whole = |folder: &PathBuf| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let version = |folder: &Path| folder.file_name().and_then(|n| n.to_str()).and_then(|n| n.parse::<u32>().ok());
    let mut debian: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|e| e.path()).collect();
    debian.sort_by_key(|folder| std::cmp::Reverse(version(folder)));
    std::env::split_paths(&path).chain(debian.into_iter().map(|folder| folder.join("bin"))).find(whole)
}

/// User and group id of `user` from /etc/passwd.
fn ids(user: &str) -> Option<(u32, u32)> {
    let passwd = std::fs::read_to_string("/etc/passwd").ok()?;
    let line = passwd.lines().find(|line| line.split(':').next() == Some(user))?;
    let mut fields = line.split(':').skip(2).map(|field| field.parse().ok());
    Some((fields.next()??, fields.next()??))
}

/// `url` with another database name.
fn with_name(url: &str, name: &str) -> String {
    let (address, query) = url.split_once('?').map_or((url, String::new()), |(address, query)| (address, format!("?{query}")));
    let (scheme, rest) = address.split_once("://").expect("HUFU_TEST_POSTGRES is a URL");
    let host = rest.split('/').next().unwrap_or("");
    format!("{scheme}://{host}/{name}{query}")
}
