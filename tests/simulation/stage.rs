//! Four registries as they stand before a run: pinned, agreed, with schemes, a body and learners. Made once; each run begins with a copy.

use std::path::{Path, PathBuf};

use hufu::access::{Caller, Role};
use hufu::app::App;
use hufu::db::Conn;
use hufu::edge::Edge;
use hufu::error::Error;
use hufu::ledger::service::Act;
use hufu::providers::{Change, Registration};
use hufu::{achievements, agreements, config::Config, learners, ledger, providers};
use serde_json::{Value, json};
use tempfile::TempDir;
use verifier::documents::{Digest, Names, Scheme, SchemeId, SchemeKind};
use verifier::ids::{CreditCode, IdDocument, IdKind, PersonName, Title};
use verifier::time::Day;

/// The regions, and what they are called.
pub const REGIONS: [(&str, &str, &str); 4] =
    [("310000", "上海市", "Shanghai"), ("320000", "江苏省", "Jiangsu"), ("330000", "浙江省", "Zhejiang"), ("440000", "广东省", "Guangdong")];
/// Who asks.
pub const BY: &str = "simulation";
/// When every clock begins: 2026-11-22 in the regions, so that a year ends within most runs.
pub const BEGIN: i64 = 1_795_300_000;
/// Months in which credit is spendable.
pub const SHELF: i32 = 5;
/// Learners; Guangdong knows only the first two.
pub const LEARNERS: usize = 3;
/// What each learner has in the beginning: hundredths, and days since they were earned.
const LOTS: [(i64, i64); 3] = [(500, 20), (333, 95), (1, 50)];
/// Hundredths a learner may move from Shanghai to Zhejiang in a year.
pub const LIMIT: i64 = 800;

/// A way for credit to go: agreement, grant, from, to.
pub struct Way {
    pub agreement: usize,
    pub grant: &'static str,
    pub from: usize,
    pub to: usize,
}

/// Every way. There is none from Guangdong to Shanghai or Zhejiang.
pub const WAYS: [Way; 8] = [
    Way { agreement: 0, grant: "sh-js", from: 0, to: 1 },
    Way { agreement: 0, grant: "js-sh", from: 1, to: 0 },
    Way { agreement: 0, grant: "sh-zj", from: 0, to: 2 },
    Way { agreement: 0, grant: "zj-js", from: 2, to: 1 },
    Way { agreement: 1, grant: "sh-gd", from: 0, to: 3 },
    Way { agreement: 2, grant: "js-gd", from: 1, to: 3 },
    Way { agreement: 2, grant: "gd-js", from: 3, to: 1 },
    Way { agreement: 2, grant: "zj-gd", from: 2, to: 3 },
];

/// What a region counts in.
pub fn scheme(region: usize) -> String {
    format!("{}:credit", REGIONS[region].0)
}

fn grant(way: &Way, ratio: [u32; 2]) -> Value {
    json!({"id": way.grant, "moves": "credit", "from": [REGIONS[way.from].0], "to": [REGIONS[way.to].0], "accept": {"scheme": scheme(way.from)},
        "convert": {"ratio": ratio, "scheme": scheme(way.to)}})
}

/// The three agreements: of the delta, with a limit; one that ends within a run; one of three regions.
pub fn agreements() -> [String; 3] {
    let ratios = [[4, 5], [1, 1], [1, 1], [4, 5], [3, 4], [1, 1], [4, 5], [1, 1]];
    let mut limited: Vec<Value> = WAYS.iter().zip(ratios).map(|(way, ratio)| grant(way, ratio)).collect();
    limited[2]["limits"] = json!([{"per": "learner-year", "amount": LIMIT}]);
    let parties: [&[usize]; 3] = [&[0, 1, 2], &[0, 3], &[1, 2, 3]];
    [0, 1, 2].map(|n| {
        let own: Vec<&Value> = WAYS.iter().zip(&limited).filter(|(way, _)| way.agreement == n).map(|(_, grant)| grant).collect();
        let through = if n == 1 { "2026-12-31" } else { "2099-12-31" };
        json!({"hufu": "agreement/1", "id": format!("urn:hufu:agreement:simulated-{n}"), "version": 1, "title": {"zh": "互认", "en": "Recognition"},
            "parties": parties[n].iter().map(|n| REGIONS[*n].0).collect::<Vec<_>>(), "in_force": {"from": "2026-01-01", "through": through},
            "offer_days": 30, "grants": own})
        .to_string()
    })
}

/// The databases and keys of four registries.
pub struct Stage {
    folder: TempDir,
}

/// A folder in memory, where the machine has one.
pub fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let mut named = tempfile::Builder::new();
    let named = named.prefix("hufu-simulation-");
    if memory.is_dir() { named.tempdir_in(memory).unwrap() } else { named.tempdir().unwrap() }
}

/// The settings of a region whose data are in a folder.
pub fn config(region: usize, data: &Path) -> Config {
    let (code, zh, en) = REGIONS[region];
    let all = [
        ("region", code),
        ("region_name_zh", zh),
        ("region_name_en", en),
        ("data_dir", data.to_str().unwrap()),
        ("public_url", "https://registry.test"),
        ("pool_size", "1"),
    ];
    Config::with(&all.map(|(key, value)| (key, value.to_owned()))).unwrap()
}

impl Stage {
    /// Sets up.
    pub fn new() -> Stage {
        let folder = folder();
        let apps: Vec<App> = (0..REGIONS.len())
            .map(|n| {
                let data = folder.path().join(REGIONS[n].0);
                App::open(config(n, &data), Edge::repeatable(BEGIN - 86_400, n as u64)).unwrap_or_else(|e| panic!("{e}"))
            })
            .collect();
        for (n, app) in apps.iter().enumerate() {
            app.db.write_now(|conn| pin(conn, &apps, n)).unwrap();
            app.db.write_now(|conn| furnish(conn, app, n)).unwrap();
        }
        for (n, text) in agreements().iter().enumerate() {
            agree(&apps, n, text);
        }
        for app in &apps {
            // What is copied is all in one file.
            app.db.write_now(|_| Ok(())).unwrap();
            checkpoint(app);
        }
        Stage { folder }
    }

    /// A copy of one registry's data.
    pub fn copy(&self, region: usize, to: &Path) -> PathBuf {
        let (from, data) = (self.folder.path().join(REGIONS[region].0), to.join(REGIONS[region].0));
        std::fs::create_dir(&data).unwrap();
        for file in ["hufu.sqlite", "master.key"] {
            std::fs::copy(from.join(file), data.join(file)).unwrap();
        }
        data
    }
}

fn checkpoint(app: &App) {
    use diesel::connection::SimpleConnection;
    app.db.read_now(|conn| Ok(conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?)).unwrap();
}

/// Pins every other region, as reading out fingerprints over the telephone does.
fn pin(conn: &mut Conn, apps: &[App], own: usize) -> Result<(), Error> {
    use diesel::connection::SimpleConnection;
    for other in apps.iter().filter(|other| other.region.code != apps[own].region.code) {
        let (region, key) = (&other.region.code, &other.keys.region_signer().public().jwk().x);
        conn.batch_execute(&format!(
            "INSERT INTO partners (region, url, key, pin, pinned_at, next_at, failures, claim, claimed_until) \
             VALUES ('{region}', 'https://registry.test', '{key}', 'pev_{region}', 1, 1, 0, '', 0)"
        ))?;
    }
    hufu::db::bump(conn, "partners")
}

/// A body, a scheme and the learners.
fn furnish(conn: &mut Conn, app: &App, n: usize) -> Result<(), Error> {
    let today = providers::service::today(app);
    let scope = json!({"listed": {"class": "A", "flag": "green", "scope": {"types": ["training"]}}});
    let body = Registration {
        credit_code: CreditCode::parse("91310000MA1FL0007C").unwrap(),
        name_zh: Title::parse("示例评价中心").unwrap(),
        name_en: Title::parse("Example Centre").unwrap(),
        kind: serde_json::from_value(json!("social")).unwrap(),
        first: Change {
            standing: serde_json::from_value(scope).unwrap(),
            from: Day::parse("2020-01-01").unwrap(),
            until: None,
            cause: Title::parse("评审").unwrap(),
        },
    };
    let body = providers::service::register(conn, &providers::service::Act { edge: &app.edge, today, actor: BY }, &body)?.row.id;
    let names = |zh, en| Names { zh: Title::parse(zh).unwrap(), en: Title::parse(en).unwrap() };
    let defined = Scheme {
        id: SchemeId::parse(&scheme(n)).unwrap(),
        name: names("学分", "Credit"),
        unit: names("分", "credit"),
        kind: SchemeKind::Credit,
        categories: Vec::new(),
        shelf_months: Some(SHELF as u16),
        calendar_years: None,
        yearly: None,
    };
    let document = defined.sign(&app.keys.region_signer()).unwrap();
    ledger::service::define(conn, &Act { edge: &app.edge, today, region: &app.region.code, is_restoring: false }, &document)?;
    for learner in 0..LEARNERS - usize::from(n == 3) {
        let id = IdDocument::parse(IdKind::Passport, &format!("E{learner:08}")).unwrap();
        let (account, _) = learners::service::open(conn, app, BY, &id, &PersonName::parse("张三").unwrap())?;
        for (amount, days) in LOTS {
            let draft = course(n, &body, &account.id, amount, today.add_days(-days));
            achievements::record(conn, app, &operator(), Some(&body), &draft)?;
        }
    }
    Ok(())
}

/// Who may do everything.
pub fn operator() -> Caller {
    Caller { client_id: BY.to_owned(), role: Role::Operator, provider_id: None }
}

/// A training that mints an amount.
pub fn course(region: usize, body: &str, learner: &str, amount: i64, earned: Day) -> achievements::Draft {
    let input = json!({"provider": body, "learner": learner, "kind": "training", "title": "实训", "occupation": "6-31-01-03", "level": 3, "grade": "good",
        "earned_on": earned.to_string(), "credits": [{"scheme": scheme(region), "amount": amount}]});
    achievements::Draft::parse(&serde_json::from_value(input).unwrap(), "").unwrap_or_else(|e| panic!("{e}"))
}

/// Has every party sign, and gives every party the signatures of the others.
fn agree(apps: &[App], n: usize, text: &str) {
    let digest = Digest::of(text);
    let parties: Vec<&App> = apps.iter().filter(|app| is_party(app, n)).collect();
    let mut files = Vec::new();
    for app in &parties {
        app.db.write_now(|conn| agreements::propose(conn, app, BY, text).map(drop)).unwrap();
        app.db.write_now(|conn| agreements::sign(conn, app, BY, &digest).map(drop)).unwrap();
        files.push(app.db.read_now(|conn| agreements::file(conn, app, &digest)).unwrap().to_text());
    }
    for app in &parties {
        for file in &files {
            app.db.write_now(|conn| agreements::import(conn, app, BY, file.as_bytes()).map(drop)).unwrap();
        }
    }
}

fn is_party(app: &App, agreement: usize) -> bool {
    WAYS.iter().any(|way| way.agreement == agreement && [way.from, way.to].iter().any(|n| REGIONS[*n].0 == app.region.code.as_str()))
}
