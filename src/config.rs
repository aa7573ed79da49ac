//! Settings: flags before environment before one TOML file before defaults. One table declares them all.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command};

use crate::error::Fault;

/// One setting.
pub struct Setting {
    /// Its name: `data_dir` in the file, `--data-dir` as a flag.
    pub key: &'static str,
    /// Its environment variable.
    pub env: &'static str,
    /// What holds when nobody says.
    pub default: &'static str,
    /// Never shown, and not a flag (other users of the machine see flags).
    pub secret: bool,
    /// What it does.
    pub help: &'static str,
}

macro_rules! settings {
    ($($key:literal $env:literal $default:literal $secret:literal $help:literal;)+) => {
        /// Every setting there is.
        pub const SETTINGS: &[Setting] =
            &[$(Setting { key: $key, env: $env, default: $default, secret: $secret, help: $help },)+];
    };
}

settings! {
    "data_dir" "HUFU_DATA_DIR" "hufu-data" false "Folder of the SQLite file, the key file and the lock";
    "database_url" "HUFU_DATABASE_URL" "" false "postgres://user:password@host/name; without it an SQLite file in the data folder";
    "listen" "HUFU_LISTEN" "127.0.0.1:8080" false "Address and port to serve on";
    "public_url" "HUFU_PUBLIC_URL" "" false "URL under which the world reaches this registry; without it http://<listen>";
    "region" "HUFU_REGION" "310000" false "Six-digit code of the region (GB/T 2260), used when the registry is created";
    "region_name_zh" "HUFU_REGION_NAME_ZH" "上海市" false "Name of the region in Chinese, used when the registry is created";
    "region_name_en" "HUFU_REGION_NAME_EN" "Shanghai" false "Name of the region in English, used when the registry is created";
    "zone" "HUFU_ZONE" "480" false "Minutes east of UTC of the region's civil days, used when the registry is created";
    "master_key" "HUFU_MASTER_KEY" "" true "Master key, 32 bytes in base64url; without it the key file in the data folder (environment or file only)";
    "pool_size" "HUFU_POOL_SIZE" "8" false "Most database connections at a time (SQLite: readers beside the one writer)";
    "group_max" "HUFU_GROUP_MAX" "64" false "Most requests that share one durable commit; 1: each has its own";
    "workers" "HUFU_WORKERS" "0" false "HTTP worker threads; 0 means one a core";
    "log" "HUFU_LOG" "info" false "What to log: error, warn, info, debug, or a tracing filter";
    "log_format" "HUFU_LOG_FORMAT" "text" false "text or json";
    "tls_cert" "HUFU_TLS_CERT" "" false "PEM file of the certificate chain; with tls_key the server speaks HTTPS";
    "tls_key" "HUFU_TLS_KEY" "" false "PEM file of the private key";
    "cors_origins" "HUFU_CORS_ORIGINS" "" false "Origins allowed to call from browsers, separated by commas; none by default";
    "proxies" "HUFU_PROXIES" "0" false "How many proxies in front of this server are trusted to append to X-Forwarded-For";
    "public_per_minute" "HUFU_PUBLIC_PER_MINUTE" "600" false "Requests a minute from one address without a token";
    "lookup_per_minute" "HUFU_LOOKUP_PER_MINUTE" "30" false "Public look-ups by number and name a minute from one address";
    "login_per_minute" "HUFU_LOGIN_PER_MINUTE" "10" false "Logins a minute of one client from one address";
    "client_per_minute" "HUFU_CLIENT_PER_MINUTE" "60000" false "Requests a minute of one signed-in client";
    "publish_seconds" "HUFU_PUBLISH_SECONDS" "10" false "Least seconds between two manifests of the trust bundle";
    "partner_seconds" "HUFU_PARTNER_SECONDS" "600" false "Seconds between two looks at a partner region that answers";
    "partner_ca" "HUFU_PARTNER_CA" "" false "PEM file of the certificate authorities that vouch for partners' servers; without it those that Mozilla trusts";
    "partner_timeout" "HUFU_PARTNER_TIMEOUT" "30" false "Seconds that one answer of a partner region may take";
    "transfer_answer_days" "HUFU_TRANSFER_ANSWER_DAYS" "14" false "Days after which credit in transit that nobody has answered for is cancelled";
    "webhook_timeout" "HUFU_WEBHOOK_TIMEOUT" "15" false "Seconds that an endpoint has to take an event";
    "webhook_networks" "HUFU_WEBHOOK_NETWORKS" "" false "Networks besides the public internet that events may be sent to, there over http too: 10.0.0.0/8,fd00::/8; none by default";
    "webhook_ca" "HUFU_WEBHOOK_CA" "" false "PEM file of the certificate authorities that vouch for endpoints of webhooks; without it those that Mozilla trusts";
    "shutdown_seconds" "HUFU_SHUTDOWN_SECONDS" "30" false "How long a stopping server finishes what it has accepted";
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flag of the command line.
    Flag,
    /// An environment variable.
    Environment(&'static str),
    /// The TOML file.
    File(PathBuf),
    /// Nobody said anything.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Flag => write!(f, "flag"),
            Origin::Environment(name) => write!(f, "environment {name}"),
            Origin::File(path) => write!(f, "file {}", path.display()),
            Origin::Default => write!(f, "default"),
        }
    }
}

/// All settings, each with its origin.
#[derive(Clone, Debug)]
pub struct Config {
    values: BTreeMap<&'static str, (String, Origin)>,
}

impl Config {
    /// Adds a flag for every setting that may be one, and `--config`.
    pub fn flags(command: Command) -> Command {
        let config = Arg::new("config")
            .long("config")
            .value_name("FILE")
            .global(true)
            .help("TOML file with settings [env: HUFU_CONFIG] [default: hufu.toml where it exists]");
        SETTINGS.iter().filter(|s| !s.secret).fold(command.arg(config), |command, s| {
            let long = s.key.replace('_', "-");
            let default = if s.default.is_empty() { String::new() } else { format!(" [default: {}]", s.default) };
            command.arg(
                Arg::new(s.key)
                    .long(long)
                    .value_name("VALUE")
                    .global(true)
                    .hide_short_help(true)
                    .help_heading("Settings")
                    .help(format!("{} [env: {}]{default}", s.help, s.env)),
            )
        })
    }

    /// Gathers the settings from the parsed flags, the environment (`env`) and the file.
    ///
    /// # Errors
    /// A fault when the file cannot be read, has an unknown key, or a value is out of range.
    pub fn load(flags: &ArgMatches, env: impl Fn(&str) -> Option<String>) -> Result<Config, Fault> {
        let named = flags.get_one::<String>("config").cloned().or_else(|| env("HUFU_CONFIG"));
        let (path, must_exist) = (PathBuf::from(named.as_deref().unwrap_or("hufu.toml")), named.is_some());
        let file = read_file(&path, must_exist)?;
        let values = SETTINGS
            .iter()
            .map(|s| {
                let flag = if s.secret { None } else { flags.get_one::<String>(s.key).cloned() };
                let found = flag
                    .map(|v| (v, Origin::Flag))
                    .or_else(|| env(s.env).map(|v| (v, Origin::Environment(s.env))))
                    .or_else(|| file.get(s.key).map(|v| (v.clone(), Origin::File(path.clone()))))
                    .unwrap_or_else(|| (s.default.to_owned(), Origin::Default));
                (s.key, found)
            })
            .collect();
        let config = Config { values };
        config.check()?;
        Ok(config)
    }

    /// Defaults with `overrides`, for tests and the demo.
    ///
    /// # Errors
    /// A fault when a value is out of range.
    pub fn with(overrides: &[(&'static str, String)]) -> Result<Config, Fault> {
        let mut values: BTreeMap<_, _> = SETTINGS.iter().map(|s| (s.key, (s.default.to_owned(), Origin::Default))).collect();
        values.extend(overrides.iter().map(|(key, value)| (*key, (value.clone(), Origin::Flag))));
        let config = Config { values };
        config.check()?;
        Ok(config)
    }

    /// The value of a setting; empty when it has none.
    pub fn text(&self, key: &'static str) -> &str {
        self.values.get(key).map_or("", |(v, _)| v.as_str())
    }

    /// Where the value of a setting came from.
    pub fn origin(&self, key: &'static str) -> &Origin {
        self.values.get(key).map_or(&Origin::Default, |(_, origin)| origin)
    }

    /// The value of a setting that [`Config::check`] has proved to be a number.
    pub fn number(&self, key: &'static str) -> u32 {
        self.text(key).parse().unwrap_or(0)
    }

    /// The value of a setting, or none when it is empty.
    pub fn optional(&self, key: &'static str) -> Option<&str> {
        Some(self.text(key)).filter(|v| !v.is_empty())
    }

    /// The data folder.
    pub fn data_dir(&self) -> &Path {
        Path::new(self.text("data_dir"))
    }

    /// The database: the URL that was set, or the SQLite file in the data folder.
    pub fn database(&self) -> String {
        match self.optional("database_url") {
            Some(url) => url.to_owned(),
            None => self.data_dir().join("hufu.sqlite").to_string_lossy().into_owned(),
        }
    }

    /// The URL under which the world reaches this registry, without a slash at the end.
    pub fn public_url(&self) -> String {
        let scheme = if self.optional("tls_cert").is_some() { "https" } else { "http" };
        let url = self.optional("public_url").map_or_else(|| format!("{scheme}://{}", self.text("listen")), str::to_owned);
        url.trim_end_matches('/').to_owned()
    }

    /// Every setting as (key, value fit to be shown, origin).
    pub fn shown(&self) -> Vec<(&'static str, String, String)> {
        SETTINGS.iter().filter_map(|s| self.values.get(s.key).map(|(value, origin)| (s.key, mask(s, value), origin.to_string()))).collect()
    }

    fn check(&self) -> Result<(), Fault> {
        const NUMBERS: [(&str, u32, u32); 15] = [
            ("zone", 0, 840),
            ("pool_size", 1, 256),
            ("group_max", 1, 4096),
            ("workers", 0, 256),
            ("proxies", 0, 8),
            ("public_per_minute", 1, 100_000_000),
            ("lookup_per_minute", 1, 100_000_000),
            ("login_per_minute", 1, 100_000_000),
            ("client_per_minute", 1, 100_000_000),
            ("publish_seconds", 0, 3600),
            ("partner_seconds", 10, 86_400),
            ("partner_timeout", 1, 120),
            ("transfer_answer_days", 1, 365),
            ("webhook_timeout", 1, 60),
            ("shutdown_seconds", 0, 600),
        ];
        for (key, low, high) in NUMBERS {
            let text = self.text(key);
            if !text.parse().is_ok_and(|n: u32| (low..=high).contains(&n)) {
                return Err(Fault::text(format!("setting {key} must be a whole number from {low} to {high}, not {text:?}")));
            }
        }
        if !["text", "json"].contains(&self.text("log_format")) {
            return Err(Fault::text(format!("setting log_format must be text or json, not {:?}", self.text("log_format"))));
        }
        if self.optional("tls_cert").is_some() != self.optional("tls_key").is_some() {
            return Err(Fault::text("settings tls_cert and tls_key go together: one of them is missing"));
        }
        let url = self.public_url();
        if !(url.starts_with("http://") || url.starts_with("https://")) || url.len() > 200 {
            return Err(Fault::text("setting public_url must start with http:// or https:// and have at most 200 characters"));
        }
        Ok(())
    }
}

fn read_file(path: &Path, must_exist: bool) -> Result<BTreeMap<String, String>, Fault> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && !must_exist => return Ok(BTreeMap::new()),
        Err(e) => return Err(Fault::text(format!("cannot read the settings file {}: {e}", path.display()))),
    };
    let table: toml::Table = text.parse().map_err(|e| Fault::text(format!("{}: {e}", path.display())))?;
    let mut values = BTreeMap::new();
    for (key, value) in table {
        if !SETTINGS.iter().any(|s| s.key == key) {
            return Err(Fault::text(format!("{}: there is no setting {key:?}; `hufu config` lists them", path.display())));
        }
        let value = match value {
            toml::Value::String(s) => s,
            toml::Value::Integer(n) => n.to_string(),
            _ => return Err(Fault::text(format!("{}: setting {key} must be text or a whole number", path.display()))),
        };
        values.insert(key, value);
    }
    Ok(values)
}

/// Hides secrets, and the password inside a database URL.
fn mask(setting: &Setting, value: &str) -> String {
    if setting.secret {
        return if value.is_empty() { String::new() } else { "********".to_owned() };
    }
    let Some((scheme, rest)) = value.split_once("://") else { return value.to_owned() };
    let shown = match rest.rsplit_once('@') {
        Some((account, host)) => match account.split_once(':') {
            Some((user, _)) => format!("{scheme}://{user}:********@{host}"),
            None => value.to_owned(),
        },
        None => value.to_owned(),
    };
    // libpq also takes the password as a parameter.
    match shown.split_once("password=") {
        Some((before, after)) => {
            let tail = after.split_once('&').map_or(String::new(), |(_, tail)| format!("&{tail}"));
            format!("{before}password=********{tail}")
        }
        None => shown,
    }
}
