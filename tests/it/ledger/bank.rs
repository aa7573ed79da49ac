//! What a test of the ledger begins with: learners, schemes, and short ways to book.

use hufu::db::Conn;
use hufu::error::Error;
use hufu::ledger::service::{self, Act, Audit};
use hufu::ledger::{Destination, End, Facts, LotKind, Mint, Outcome, Pick, Posted, Redeem, Reserve, Void};
use verifier::ids::RegionCode;
use verifier::jws::{Signer, sign_compact};
use verifier::time::Day;

use crate::support::World;

/// Credit that keeps for seven years, and hours that keep until the end of the next calendar year, and one that keeps for ever.
pub const CREDIT: &str = "310000:credit";
pub const HOUR: &str = "310000:hour";
pub const LASTING: &str = "310000:lasting";

/// A digest that is told from others by a number.
pub fn digest(n: usize) -> String {
    format!("sha256:{n:064x}")
}

pub fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// A scheme, signed; `rule` is its rule of expiry.
pub fn document(id: &str, rule: &str) -> String {
    let names = r#"{"zh":"学分","en":"Credit"}"#;
    let payload =
        format!(r#"{{"hufu":"scheme/1","id":"{id}","name":{names},"unit":{names},"kind":"credit","categories":["core","elective"]{rule}}}"#);
    sign_compact(r#"{"alg":"EdDSA","typ":"hufu-scheme+jwt"}"#, payload.as_bytes(), &Signer::from_seed(&[7; 32]))
}

/// The ledger of a world with three schemes, and the learners `lrn_a`, `lrn_b`, `lrn_closed`, and `lrn_old`, who was merged into `lrn_a`.
pub struct Bank<'a> {
    pub world: &'a World,
    pub region: RegionCode,
}

pub fn family(learner: &str) -> Vec<String> {
    if learner == "lrn_a" { vec!["lrn_a".to_owned(), "lrn_old".to_owned()] } else { vec![learner.to_owned()] }
}

impl<'a> Bank<'a> {
    pub fn of(world: &'a World) -> Bank<'a> {
        for (id, state, merged) in [("a", "open", "NULL"), ("b", "open", "NULL"), ("closed", "closed", "NULL"), ("old", "merged", "'lrn_a'")] {
            let closed = if state == "closed" { "2" } else { "NULL" };
            let row = format!("('lrn_{id}', 'resident', 's', 'hash-{id}', 'n', 1, 'client_1', '{state}', {merged}, {closed})");
            let columns = "id, id_kind, id_sealed, id_hash, name_sealed, opened_at, opened_by, state, merged_into, closed_at";
            world.sql(&format!("INSERT INTO learners ({columns}) VALUES {row}")).unwrap();
        }
        let bank = Bank { world, region: world.app.region.code.clone() };
        for (id, rule) in [(CREDIT, r#","shelf_months":84"#), (HOUR, r#","calendar_years":1"#), (LASTING, "")] {
            bank.write("2026-01-01", |conn, act| service::define(conn, act, &document(id, rule)).map(drop));
        }
        bank
    }

    /// Runs `work` in a transaction of its own, on a day.
    pub fn write<T>(&self, today: &str, work: impl Fn(&mut Conn, &Act<'_>) -> Result<T, Error>) -> T {
        let act = Act { edge: &self.world.app.edge, today: day(today), region: &self.region, is_restoring: false };
        self.world.app.db.write_now(|conn| work(conn, &act)).unwrap_or_else(|e| panic!("{e}"))
    }

    pub fn read<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T, Error>) -> T {
        self.world.app.db.read_now(work).unwrap_or_else(|e| panic!("{e}"))
    }

    pub fn audit(&self) -> Audit {
        self.read(service::audit)
    }

    /// A lot of `lrn_a`, earned and minted on 1 March 2026 from the `basis`th document.
    pub fn lot(&self, scheme: &str, amount: i64, basis: usize) -> String {
        let posted =
            self.write("2026-03-01", |conn, act| service::mint(conn, act, &mint(&format!("ent_lot{basis}"), "lrn_a", scheme, amount, basis)));
        lot_of(posted)
    }
}

pub fn lot_of(outcome: Outcome) -> String {
    done(outcome).lot.expect("it is about a lot")
}

#[track_caller]
pub fn done(outcome: Outcome) -> Posted {
    match outcome {
        Outcome::Posted(posted) => posted,
        other => panic!("{other:?}"),
    }
}

/// The word of an outcome: `posted`, `exists`, or the code of a refusal without its slice.
pub fn word(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Posted(_) => "posted".to_owned(),
        Outcome::Exists(_) => "exists".to_owned(),
        Outcome::Refused(refused) => refused.why.reason().code.trim_start_matches("ledger.").to_owned(),
    }
}

pub fn facts(learner: &str, scheme: &str, basis: usize) -> Facts {
    Facts {
        learner: learner.to_owned(),
        scheme: scheme.to_owned(),
        kind: LotKind::Course,
        category: Some("core".to_owned()),
        course: Some("SH-IC-101".to_owned()),
        title: None,
        occupation: None,
        level: None,
        grade: None,
        provider: None,
        earned_on: day("2026-03-01"),
        basis: digest(basis),
        part: 0,
    }
}

pub fn mint(entry: &str, learner: &str, scheme: &str, amount: i64, basis: usize) -> Mint {
    Mint { entry: entry.to_owned(), cause: digest(basis), amount, facts: facts(learner, scheme, basis) }
}

pub fn void(entry: &str, lot: &str) -> Void {
    Void { entry: entry.to_owned(), cause: digest(1), lot: lot.to_owned() }
}

pub fn end(entry: &str, hold: &str) -> End {
    End { entry: entry.to_owned(), cause: digest(2), hold: hold.to_owned() }
}

pub fn abroad() -> Destination {
    Destination::Out(RegionCode::parse("320000").unwrap())
}

pub fn picks(list: &[(&str, i64)]) -> Vec<Pick> {
    list.iter().map(|(lot, amount)| Pick { lot: (*lot).to_owned(), amount: *amount }).collect()
}

static HOME: std::sync::LazyLock<RegionCode> = std::sync::LazyLock::new(|| RegionCode::parse("310000").unwrap());

pub fn reserve<'a>(entry: &str, family: &'a [String], picks: Vec<Pick>, hold: &str) -> Reserve<'a> {
    Reserve { entry: entry.to_owned(), cause: digest(3), family, picks, origin: &HOME, hold: hold.to_owned(), answer_by: day("2026-04-01") }
}

pub fn redeem<'a>(entry: &str, family: &'a [String], picks: Vec<Pick>) -> Redeem<'a> {
    Redeem { entry: entry.to_owned(), cause: digest(4), family, picks, programme: digest(99) }
}
