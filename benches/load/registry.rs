//! A real registry in a process of its own, on SQLite or on a PostgreSQL that keeps its promises (`HUFU_BENCH_POSTGRES`).

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use serde_json::{Value, json};

use super::people::credit_code;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// A running registry with one provider; killed when dropped.
pub struct Registry {
    /// `127.0.0.1:<port>`
    pub address: String,
    /// Token of the operator.
    pub token: String,
    /// Id of the provider.
    pub provider: String,
    /// What was set for it.
    pub settings: Vec<(&'static str, String)>,
    /// Id and secret of the operator.
    client: (String, String),
    child: Child,
    _folder: tempfile::TempDir,
}

impl Registry {
    /// Starts one; none where there is no such database.
    pub fn start(backend: Backend) -> Option<Registry> {
        Registry::with(backend, &[])
    }

    /// Starts one with more settings.
    pub fn with(backend: Backend, more: &[(&'static str, &str)]) -> Option<Registry> {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = vec![("data_dir", folder.path().join("data").to_str().unwrap().to_owned())];
        if backend == Backend::Postgres {
            settings.push(("database_url", fresh_database()?));
        }
        settings.extend(more.iter().map(|(key, value)| (*key, (*value).to_owned())));
        let mut command = Command::new(env!("CARGO_BIN_EXE_hufu"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--log", "info,hufu::http::envelope=warn"]);
        for (key, value) in &settings {
            command.arg(format!("--{}={value}", key.replace('_', "-")));
        }
        for limit in ["public", "lookup", "login", "client"] {
            command.arg(format!("--{limit}-per-minute=100000000"));
        }
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let secret = std::thread::spawn({
            let out = BufReader::new(child.stdout.take().unwrap());
            move || credentials(out)
        });
        let mut err = BufReader::new(child.stderr.take().unwrap());
        let address = address(&mut err);
        std::thread::spawn(move || std::io::copy(&mut err, &mut std::io::sink()));
        let (id, secret) = secret.join().unwrap();
        let token = token(&address, &id, &secret);
        let mut registry = Registry { address, token, provider: String::new(), settings, client: (id, secret), child, _folder: folder };
        registry.provider = registry.add_provider(0);
        Some(registry)
    }

    /// Registers provider `n`; its id.
    pub fn add_provider(&self, n: usize) -> String {
        let interval = json!({"standing": "listed", "class": "A", "flag": "green", "scope": {}, "from": "2020-01-01", "cause": "listed"});
        let body = json!({"credit_code": credit_code(n), "name_zh": "某评价机构", "name_en": "Some Body", "kind": "social", "interval": interval});
        self.ask("/v1/providers", &body)["id"].as_str().unwrap().to_owned()
    }

    /// Gets what must be answered with 200.
    pub fn get(&self, path: &str, token: &str) {
        let mut answer = ureq::get(format!("http://{}{path}", self.address)).header("authorization", format!("Bearer {token}")).call().unwrap();
        assert!(answer.body_mut().with_config().limit(16 << 20).read_to_vec().unwrap().len() > 2);
    }

    /// Posts a body that must be answered with 200 or 201; the answer.
    pub fn ask(&self, path: &str, body: &Value) -> Value {
        let mut answer = ureq::post(format!("http://{}{path}", self.address))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .send(serde_json::to_string(body).unwrap())
            .unwrap();
        serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap()
    }

    /// The body that issues one certificate.
    pub fn input(&self, number: &str) -> Vec<u8> {
        let holder = json!({"name": "欧阳静", "id_type": "resident", "id_number": "11010519491231002X"});
        let body = json!({
            "provider": self.provider, "number": number, "type": "skill-level", "holder": holder, "occupation": "6-31-01-03", "title": "电工",
            "level": 3, "grade": "good", "assessed_on": "2026-10-18",
        });
        serde_json::to_vec(&body).unwrap()
    }

    /// What is answered, as the operator.
    pub fn read(&self, path: &str) -> Value {
        let request = ureq::get(format!("http://{}{path}", self.address)).header("authorization", format!("Bearer {}", self.token));
        serde_json::from_str(&request.call().unwrap().body_mut().read_to_string().unwrap()).unwrap()
    }

    /// What was set under a name.
    pub fn setting(&self, name: &str) -> String {
        self.settings.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone()).unwrap()
    }

    /// Takes a new token: one lasts a quarter of an hour.
    pub fn sign_in_again(&mut self) {
        self.token = token(&self.address, &self.client.0, &self.client.1);
    }

    /// Id of the server's process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Resident memory of the server, KiB.
    pub fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|l| l.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if let (Some((_, database)), Ok(server)) =
            (self.settings.iter().find(|(key, _)| *key == "database_url"), std::env::var("HUFU_BENCH_POSTGRES"))
        {
            drop_database(&server, database);
        }
    }
}

/// The database of a registry on SQLite, behind its back.
pub fn sqlite(registry: &Registry) -> SqliteConnection {
    SqliteConnection::establish(&format!("{}/hufu.sqlite", registry.setting("data_dir"))).unwrap()
}

/// The database of a registry on PostgreSQL, behind its back.
pub fn postgres(registry: &Registry) -> PgConnection {
    PgConnection::establish(&registry.setting("database_url")).unwrap()
}

/// Deletes what [`make_database`] made: gigabytes, of some programs.
fn drop_database(server: &str, url: &str) {
    let name = url.split(['/', '?']).find(|part| part.starts_with("hufu_bench_"));
    if let (Some(name), Ok(mut conn)) = (name, PgConnection::establish(server)) {
        let _ = conn.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
    }
}

fn fresh_database() -> Option<String> {
    let Ok(url) = std::env::var("HUFU_BENCH_POSTGRES") else {
        println!("skipped: HUFU_BENCH_POSTGRES names no PostgreSQL (a URL that ends in /postgres)");
        return None;
    };
    Some(make_database(&url))
}

/// Makes an empty database on the server that `url` names by its database `postgres`; its URL.
pub fn make_database(url: &str) -> String {
    let mut conn = PgConnection::establish(url).unwrap();
    let name =
        format!("hufu_bench_{}_{}", std::process::id(), std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis());
    conn.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
    url.replacen("/postgres?", &format!("/{name}?"), 1)
}

/// The operator's id and secret, which the first start prints once.
fn credentials(out: impl BufRead) -> (String, String) {
    let (mut id, mut secret) = (None, None);
    for line in out.lines().map_while(Result::ok) {
        for word in line.split_whitespace() {
            if word.starts_with("client_0") {
                id = Some(word.to_owned());
            }
            if word.starts_with("hufu_") {
                secret = Some(word.to_owned());
            }
        }
        if let (Some(id), Some(secret)) = (&id, &secret) {
            return (id.clone(), secret.clone());
        }
    }
    panic!("the server printed no credentials");
}

fn address(err: &mut impl BufRead) -> String {
    let mut line = String::new();
    loop {
        line.clear();
        assert!(err.read_line(&mut line).unwrap() > 0, "the server ended");
        if let Some((_, rest)) = line.split_once("address=") {
            return rest.split_whitespace().next().unwrap().to_owned();
        }
    }
}

fn token(address: &str, id: &str, secret: &str) -> String {
    let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    let mut answer = ureq::post(format!("http://{address}/oauth/token")).send_form(form).unwrap();
    let answer: Value = serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
    answer["access_token"].as_str().unwrap().to_owned()
}
