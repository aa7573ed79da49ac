//! What a test of certificates begins with: registered providers, something to issue, and a look at what is stored.

use diesel::prelude::*;
use hufu::access::Role;
use hufu::db::Db;
use hufu::db::schema::{certificate_events, certificates, evidence, idempotency, keys, status_lists};
use serde_json::{Value, json};
use verifier::ids::CreditCode;

use super::{Answer, Backend, Client, World};

/// A valid resident id number (GB 11643), and its digits without the last four characters, which may be shown.
pub const RESIDENT: &str = "11010519491231002X";
pub const RESIDENT_SECRET: &str = "11010519491231";

/// A registered provider with a client that acts for it.
pub struct Body {
    /// `prov_...`
    pub id: String,
    /// Unified social credit code.
    pub code: String,
    /// Its client.
    pub client: Client,
}

/// The `n`th valid credit code: of the 961 endings exactly one satisfies both checks.
pub fn credit_code(n: u32) -> String {
    let alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let endings = alphabet.chars().flat_map(|a| alphabet.chars().map(move |b| format!("91310000{n:08}{a}{b}")));
    endings.into_iter().find(|text| CreditCode::parse(text).is_ok()).expect("one ending fits")
}

/// A listing of class A from 2025 on, for occupations `6-31-` and `4-04-05-05`, levels 1 to 5, every type.
pub fn listing() -> Value {
    json!({
        "class": "A", "flag": "green", "from": "2025-01-01", "cause": "评审",
        "scope": {"occupations": ["6-31-", "4-04-05-05"], "level_min": 1, "level_max": 5, "types": ["skill-level", "training"]},
    })
}

/// Registers the `n`th provider with `interval`, and a client for it.
pub fn body_with(world: &World, n: u32, interval: &Value) -> Body {
    let provider = json!({"credit_code": credit_code(n), "name_zh": format!("示例评价中心{n}"), "name_en": format!("Example Centre {n}"),
        "kind": "social", "interval": interval});
    let made = world.signed_in(Role::Operator, None).post_json("/v1/providers", &provider).expect(201).json();
    let id = made["id"].as_str().unwrap().to_owned();
    let client = world.signed_in(Role::Provider, Some(&id));
    Body { id, code: credit_code(n), client }
}

/// Registers the `n`th provider, in good standing.
pub fn body(world: &World, n: u32) -> Body {
    body_with(world, n, &listing())
}

/// A certificate that every provider of [`body`] may issue.
pub fn draft() -> Value {
    json!({
        "type": "skill-level", "holder": {"name": "欧阳静", "id_type": "resident", "id_number": RESIDENT},
        "occupation": "6-31-01-03", "title": "电工", "level": 3, "grade": "good", "assessed_on": "2026-10-18",
    })
}

/// The scheme of [`scheme`].
pub const SCHEME: &str = "310000:credit";

/// A scheme of credit with seven years of shelf life.
pub fn scheme() -> Value {
    json!({"id": SCHEME, "name": {"zh": "学分", "en": "Credit"}, "unit": {"zh": "分", "en": "credit"}, "kind": "credit",
        "categories": ["core", "elective"], "shelf_months": 84})
}

/// Defines [`scheme`].
pub fn define_scheme(world: &World) {
    world.signed_in(Role::Operator, None).post_json("/v1/schemes", &scheme()).expect(201);
}

/// The person of [`draft`], for whom an account is opened.
pub fn person() -> Value {
    json!({"name": "欧阳静", "id_type": "resident", "id_number": RESIDENT})
}

/// Opens an account.
#[track_caller]
pub fn open(client: &Client, person: &Value) -> Value {
    let answer = client.post_json("/v1/learners", person);
    assert!([200, 201].contains(&answer.status), "{answer}");
    answer.json()
}

/// Makes a one-time code for an account.
#[track_caller]
pub fn code(client: &Client, account: &Value) -> String {
    let made = client.send("POST", &format!("/v1/learners/{}/codes", text(account, "id")), None).expect(201).json();
    text(&made, "code").to_owned()
}

/// Signs in with a one-time code.
pub fn sign_in(client: &Client, code: &str) -> Answer {
    client.post_json("/v1/account/sessions", &json!({"code": code}))
}

/// The person of [`draft`], signed in: `client` opens the account and hands over the code.
#[track_caller]
pub fn learner(world: &World, client: &Client) -> Client {
    learner_of(world, client, &open(client, &person()))
}

/// The person of an account, signed in by a code that `client` makes.
#[track_caller]
pub fn learner_of(world: &World, client: &Client, account: &Value) -> Client {
    let session = sign_in(&world.client(), &code(client, account)).expect(201).json();
    world.client().bearer(text(&session, "token"))
}

/// `value` with the member at `path` (RFC 6901) set to `to`, or taken away when `to` is null.
pub fn with(mut value: Value, path: &str, to: Value) -> Value {
    let (parent, name) = path.rsplit_once('/').expect("a pointer");
    let parent = value.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    if to.is_null() {
        parent.remove(name)
    } else {
        parent.insert(name.to_owned(), to)
    };
    value
}

/// Issues `draft`.
#[track_caller]
pub fn issue(client: &Client, draft: &Value) -> Value {
    client.post_json("/v1/certificates", draft).expect(201).json()
}

/// Suspends, reinstates or revokes.
pub fn step(client: &Client, certificate: &Value, step: &str) -> Answer {
    client.post_json(&format!("/v1/certificates/{}/{step}", text(certificate, "id")), &json!({"reason": "records under review"}))
}

/// Issues `draft` in the place of `certificate`.
pub fn replace(client: &Client, certificate: &Value, draft: &Value) -> Answer {
    client.post_json(&format!("/v1/certificates/{}/replace", text(certificate, "id")), &json!({"reason": "name corrected", "certificate": draft}))
}

/// The verdict on a text, as the public gets it.
#[track_caller]
pub fn verdict(client: &Client, text: &str) -> Value {
    client.post_json("/v1/verify", &json!({"text": text})).expect(200).json()
}

/// A member that is text.
#[track_caller]
pub fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_else(|| panic!("{member} of {value} is no text"))
}

/// What is stored: certificates, their events, evidence (but of API clients), keys, kept answers, and the next index of each list.
#[derive(Debug, PartialEq, Eq)]
pub struct Stock(pub [i64; 5], pub Vec<i64>);

/// Counts what is stored.
pub fn stock(world: &World) -> Stock {
    let counted = world.app.db.read_now(|conn| {
        let counts = [
            certificates::table.count().get_result(conn)?,
            certificate_events::table.count().get_result(conn)?,
            evidence::table.filter(evidence::kind.ne("client")).count().get_result(conn)?,
            keys::table.count().get_result(conn)?,
            idempotency::table.count().get_result(conn)?,
        ];
        Ok(Stock(counts, status_lists::table.select(status_lists::next_index).order(status_lists::id).load(conn)?))
    });
    counted.unwrap()
}

/// Runs `work` in `n` threads that start together, and collects what they return.
pub fn race<T: Send>(n: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let start = std::sync::Barrier::new(n);
    let run = |i| {
        start.wait();
        work(i)
    };
    let run = &run;
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n).map(|i| scope.spawn(move || run(i))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// Fails where `plain` is stored anywhere, as text or as bytes.
#[track_caller]
pub fn assert_nowhere(world: &World, plain: &str) {
    // PostgreSQL writes bytes as hex.
    let hex: String = plain.bytes().map(|b| format!("{b:02x}")).collect();
    for bytes in stored_bytes(world) {
        for plain in [plain, &hex] {
            assert!(!bytes.windows(plain.len()).any(|w| w == plain.as_bytes()), "{plain} is stored");
        }
    }
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    line: String,
}

/// The column `line` of every row that a query finds.
pub fn lines(world: &World, sql: &str) -> Vec<String> {
    lines_of(&world.app.db, sql)
}

/// The same of any database.
pub fn lines_of(db: &Db, sql: &str) -> Vec<String> {
    let read = db.read_now(|conn| Ok(hufu::on_backend!(conn, c => diesel::sql_query(sql).load::<Line>(c))?));
    read.unwrap().into_iter().map(|row| row.line).collect()
}

/// Every row of these tables as text, in order, but for the bundles that the server publishes by itself.
pub fn rows(world: &World, tables: &[&str]) -> Vec<String> {
    let query = |table: &str| match world.backend {
        Backend::Sqlite => {
            let columns = lines(world, &format!("SELECT 'quote(' || name || ')' AS line FROM pragma_table_info('{table}')"));
            format!("SELECT {} AS line FROM {table}", columns.join(" || ',' || "))
        }
        Backend::Postgres => format!("SELECT CAST(t AS TEXT) AS line FROM {table} t"),
    };
    let mut all: Vec<String> =
        tables.iter().flat_map(|table| lines(world, &query(table)).into_iter().map(move |row| format!("{table}: {row}"))).collect();
    all.retain(|row| !row.contains("bundle"));
    all.sort_unstable();
    all
}

/// Everything that was stored: the files of the data folder, or the text of every column of every table.
fn stored_bytes(world: &World) -> Vec<Vec<u8>> {
    let found: Vec<Vec<u8>> = match world.backend {
        Backend::Sqlite => std::fs::read_dir(world.folder()).unwrap().map(|e| std::fs::read(e.unwrap().path()).unwrap()).collect(),
        Backend::Postgres => {
            let tables = lines(world, "SELECT CAST(tablename AS TEXT) AS line FROM pg_tables WHERE schemaname = current_schema()");
            tables.iter().flat_map(|table| lines(world, &format!("SELECT CAST(t AS TEXT) AS line FROM {table} t"))).map(String::into_bytes).collect()
        }
    };
    assert!(found.iter().any(|bytes| bytes.windows(7).any(|w| w == b"client_")), "what is stored was read");
    found
}
