//! A running registry with a database of its own, stopped and deleted when it is dropped.

use std::path::Path;
use std::sync::Mutex;
use std::sync::mpsc;
use std::thread::JoinHandle;

use diesel::connection::SimpleConnection;
use hufu::access::Role;
use hufu::access::service::{self, NewClient};
use hufu::app::App;
use hufu::config::Config;
use hufu::edge::Edge;
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::client::Client;
use super::postgres;

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// What differs from the program's own defaults in every test.
const DEFAULTS: [(&str, &str); 9] = [
    ("listen", "127.0.0.1:0"),
    ("workers", "1"),
    ("pool_size", "4"),
    ("public_per_minute", "100000000"),
    ("lookup_per_minute", "100000000"),
    ("login_per_minute", "100000000"),
    ("client_per_minute", "100000000"),
    ("shutdown_seconds", "10"),
    ("public_url", "https://registry.test"),
];

/// A registry of its own for one test.
pub struct World {
    /// Where the server listens: `http://127.0.0.1:<port>`.
    pub url: String,
    /// The application inside the server. `app.edge.shift(seconds)` moves its clock.
    pub app: App,
    /// Which database it runs on.
    pub backend: Backend,
    server: Mutex<Option<Server>>,
    // Dropped in this order: first the server, then its database, then the folder.
    _database: Option<postgres::Database>,
    folder: TempDir,
}

struct Server {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl World {
    /// A world with the tests' defaults and `settings`; none (with a word on standard error) when its database is not to be had.
    pub fn with(backend: Backend, settings: &[(&'static str, &str)]) -> Option<World> {
        let database = match backend {
            Backend::Sqlite => None,
            Backend::Postgres => Some(postgres::database()?),
        };
        let folder = tempfile::tempdir().unwrap();
        let mut all: Vec<(&'static str, String)> = DEFAULTS.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
        all.push(("data_dir", folder.path().to_str().unwrap().to_owned()));
        all.extend(database.iter().map(|d| ("database_url", d.url.clone())));
        all.extend(settings.iter().map(|(key, value)| (*key, (*value).to_owned())));
        let app = App::open(Config::with(&all).unwrap(), Edge::default()).unwrap_or_else(|e| panic!("{e}"));
        let (url, server) = start(&app);
        Some(World { url, app, backend, server: Mutex::new(Some(server)), _database: database, folder })
    }

    /// A second registry on the same kind of database.
    pub fn another(&self, settings: &[(&'static str, &str)]) -> World {
        World::with(self.backend, settings).expect("the first one had a database too")
    }

    /// A client without a token.
    pub fn client(&self) -> Client {
        Client::new(&self.url)
    }

    /// A client with the token of a new API client of this role, which acts for `provider` if it is a provider's.
    pub fn signed_in(&self, role: Role, provider: Option<&str>) -> Client {
        let (id, secret) = self.add(role, provider);
        self.client().bearer(&self.token(&id, &secret, None)).known_by(id, secret)
    }

    /// A new API client of this role, named `test`: its id and its secret.
    pub fn add(&self, role: Role, provider: Option<&str>) -> (String, String) {
        let new = NewClient { name: "test".to_owned(), role, provider: provider.map(str::to_owned) };
        let added = self.app.db.write_now(|conn| service::add(conn, &self.app.edge, service::LOCAL, &new)).unwrap_or_else(|e| panic!("{e}"));
        (added.client.id, added.secret)
    }

    /// A token of an API client, for all that its role may or for these scopes.
    pub fn token(&self, id: &str, secret: &str, scope: Option<&str>) -> String {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(service::sign_in(&self.app, id.to_owned(), secret.to_owned(), scope.map(str::to_owned)))
            .unwrap_or_else(|e| panic!("{e}"))
            .token
    }

    /// The data folder: the key file, and the SQLite file when there is one.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Runs SQL text behind the program's back.
    ///
    /// # Errors
    /// The database's own words.
    pub fn sql(&self, text: &str) -> Result<(), String> {
        self.app.db.write_now(|conn| Ok(conn.batch_execute(text)?)).map_err(|e| e.to_string())
    }

    /// Begins what a server does by itself, and ends it when the value is dropped.
    pub fn jobs(&self) -> Jobs {
        let (app, (stop, stopped)) = (self.app.clone(), oneshot::channel::<()>());
        let thread = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async move {
                hufu::jobs::start(&app);
                let _ = stopped.await;
            });
        });
        Jobs { stop: Some(stop), thread: Some(thread) }
    }

    /// Stops the server as SIGTERM would, and waits until it has ended. The application stays usable.
    pub fn stop(&self) {
        let server = self.server.lock().unwrap().take();
        if let Some(server) = server {
            let _ = server.stop.send(());
            let ended = server.thread.join();
            if !std::thread::panicking() {
                ended.expect("the server ends well");
            }
        }
    }
}

/// What a server does by itself.
pub struct Jobs {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Jobs {
    fn drop(&mut self) {
        let _ = self.stop.take().map(|stop| stop.send(()));
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop();
    }
}

fn start(app: &App) -> (String, Server) {
    let (app, (address, bound), (stop, stopped)) = (app.clone(), mpsc::channel(), oneshot::channel());
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let running = hufu::http::serve(&app).unwrap_or_else(|e| panic!("{e}"));
            address.send(running.address).unwrap();
            let _ = stopped.await;
            running.stop().await.unwrap_or_else(|e| panic!("{e}"));
        });
    });
    let address = bound.recv().expect("the server has bound its port");
    (format!("http://{address}"), Server { stop, thread })
}
