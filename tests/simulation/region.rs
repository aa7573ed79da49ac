//! One registry of a run: the program over a database of its own, without a server. What it is told and what it says are texts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use hufu::app::App;
use hufu::db::Db;
use hufu::edge::Edge;
use hufu::error::{Error, Fault};
use hufu::ledger::service::Act;
use hufu::ledger::{Pick, Redeem};
use hufu::partners::Bundles;
use hufu::transfers::{self, Asker, Taken, Wanted};
use hufu::{achievements, learners, ledger};
use serde_json::Value;
use verifier::documents::{Digest, TransferId};
use verifier::ids::RegionCode;
use verifier::time::Day;

use crate::stage::{BEGIN, BY, REGIONS, Stage, config, course, operator};

/// Tables in which a transaction can be made to fail on its way.
const BREAKABLE: [&str; 5] = ["evidence", "transfer_messages", "entries", "movements", "transfers"];

pub struct Region {
    pub n: usize,
    pub code: RegionCode,
    /// Accounts, in the order of the learners.
    pub learners: Vec<String>,
    data: PathBuf,
    edge: Edge,
    provider: String,
    app: Option<App>,
    restores: u32,
    /// The highest epoch that was wanted of each other region, noted down outside of the database.
    noted: BTreeMap<RegionCode, u32>,
    runtime: tokio::runtime::Runtime,
}

/// The code of a refusal; a fault is none.
pub type Said<T> = Result<T, String>;

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    line: String,
}

/// A digest that names something of this run.
pub fn named(what: &str) -> Digest {
    Digest::of(what)
}

impl Region {
    pub fn new(stage: &Stage, folder: &Path, n: usize, seed: u64) -> Region {
        let data = stage.copy(n, folder);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let edge = Edge::repeatable(BEGIN, seed.wrapping_mul(16).wrapping_add(n as u64 + 4));
        let code = RegionCode::parse(REGIONS[n].0).unwrap();
        let mut region =
            Region { n, code, learners: Vec::new(), data, edge, provider: String::new(), app: None, restores: 0, noted: BTreeMap::new(), runtime };
        region.open();
        region.learners = region.lines("SELECT id AS line FROM learners ORDER BY id");
        region.provider = region.lines("SELECT id AS line FROM providers").remove(0);
        region
    }

    fn open(&mut self) {
        self.app = Some(App::open(config(self.n, &self.data), self.edge.clone()).unwrap_or_else(|e| panic!("{e}")));
    }

    /// Ends as a process does that is killed, and starts again on what was kept.
    pub fn crash(&mut self) {
        self.app = None;
        self.open();
    }

    pub fn app(&self) -> &App {
        self.app.as_ref().unwrap()
    }

    /// Its database, to look at.
    pub fn books(&self) -> Db {
        Db::open_read_only(self.data.join("hufu.sqlite").to_str().unwrap()).unwrap().unwrap()
    }

    pub fn now(&self) -> i64 {
        self.edge.now()
    }

    pub fn shift(&self, seconds: i64) {
        self.edge.shift(seconds);
    }

    pub fn act(&self) -> Act<'_> {
        Act::of(self.app())
    }

    /// The column `line` of every row that a query finds.
    pub fn lines(&self, sql: &str) -> Vec<String> {
        let read = self.app().db.read_now(|conn| Ok(hufu::on_backend!(conn, c => diesel::sql_query(sql).load::<Line>(c))?));
        read.unwrap().into_iter().map(|row| row.line).collect()
    }

    /// Runs SQL text behind the program's back.
    pub fn sql(&self, text: &str) {
        self.app().db.write_now(|conn| Ok(conn.batch_execute(text)?)).unwrap();
    }

    /// From now on every transaction that writes to one of the tables fails there, until [`Region::mend`].
    pub fn break_down(&self, n: usize) {
        let table = BREAKABLE[n % BREAKABLE.len()];
        let when = |what| format!("CREATE TEMP TRIGGER broken_{what} BEFORE {what} ON {table} BEGIN SELECT RAISE(ABORT, 'the disk is gone'); END;");
        self.sql(&(when("INSERT") + &when("UPDATE")));
    }

    pub fn mend(&self) {
        self.sql("DROP TRIGGER IF EXISTS broken_INSERT; DROP TRIGGER IF EXISTS broken_UPDATE");
    }

    fn wait<T>(&self, what: impl Future<Output = T>) -> T {
        self.runtime.block_on(what)
    }

    /// Gives it a text.
    ///
    /// # Errors
    /// The code of the refusal, or `fault` with its words.
    pub fn take(&self, text: &str) -> Said<Taken> {
        said(self.wait(transfers::take(self.app(), text.to_owned())))
    }

    /// What another has stated when it was asked, with the lines under it, compared with what is known here: the alarm that it raises.
    pub fn compared(&self, other: &Region, asked: &str, text: &str) -> Said<Option<&'static str>> {
        let (mut lines, mut after) = (Vec::new(), None);
        loop {
            let (page, next) = said(other.wait(transfers::lines_page(other.app(), asked.to_owned(), after)))?;
            lines.extend(page);
            let Some(next) = next else { break };
            after = Some(TransferId::parse(&next).unwrap());
        }
        let app = self.app();
        said(app.db.write_now(|conn| transfers::compared(conn, app, text, &lines)))
    }

    /// What it would send to another now, and every DECISION that it made for it.
    pub fn export(&self, to: &RegionCode) -> Said<Vec<String>> {
        let app = self.app();
        said(app.db.write_now(|conn| transfers::export(conn, app, to)))
    }

    /// Records a course: the id of the record.
    pub fn record(&self, learner: usize, amount: i64, earned: Day) -> Said<String> {
        let (app, draft) = (self.app(), course(self.n, &self.provider, &self.learners[learner], amount, earned));
        said(app.db.write_now(|conn| achievements::record(conn, app, &operator(), Some(&self.provider), &draft))).map(|view| view.id)
    }

    /// Takes a record back.
    pub fn void(&self, achievement: &str) -> Said<()> {
        let app = self.app();
        said(app.db.write_now(|conn| achievements::void(conn, app, &operator(), achievement, "recorded by mistake").map(drop)))
    }

    /// Spends some of a lot on a programme.
    pub fn redeem(&self, learner: usize, lot: &str, amount: i64, cause: &Digest) -> Said<()> {
        let app = self.app();
        said(app.db.write_now(|conn| {
            let family = learners::store::family(conn, &self.learners[learner])?;
            let asked = Redeem {
                entry: self.edge.id("ent"),
                cause: cause.to_string(),
                family: &family,
                picks: vec![Pick { lot: lot.to_owned(), amount }],
                programme: named("programme").to_string(),
            };
            Ok(ledger::service::redeem(conn, &self.act(), &asked)?.posted().map(drop)?)
        }))
    }

    /// Begins to move credit; and takes all back where it is to fail at the end.
    pub fn propose(&self, wanted: &Wanted, fails: bool) -> Said<String> {
        let (app, bundles) = (self.app(), Bundles::default());
        said(app.db.write_now(|conn| {
            let learner = learners::service::find(conn, &wanted.learner)?;
            let id = transfers::propose(conn, app, &bundles, BY, &learner, wanted)?;
            if fails { Err(Fault::text("the power is gone").into()) } else { Ok(id) }
        }))
    }

    pub fn withdraw(&self, id: &str) -> Said<()> {
        let app = self.app();
        said(app.db.write_now(|conn| {
            let row = transfers::find(conn, &Asker::Client(operator()), id)?;
            transfers::withdraw(conn, app, &row)
        }))
    }

    pub fn give_back(&self, id: &str) -> Said<String> {
        let app = self.app();
        said(app.db.write_now(|conn| {
            let row = transfers::find(conn, &Asker::Client(operator()), id)?;
            transfers::give_back(conn, app, BY, &row)
        }))
    }

    /// Copies the database, as a backup does.
    pub fn back_up(&self) {
        let copy = self.data.with_extension("backup");
        let _ = std::fs::remove_file(&copy);
        self.app().db.read_now(|conn| Ok(conn.batch_execute(&format!("VACUUM INTO '{}'", copy.display()))?)).unwrap();
    }

    /// Goes back to the backup, and says so, and waits for what the others hold; or says nothing.
    pub fn restore(&mut self, is_said: bool) {
        self.restores += 1;
        self.app = None;
        let (copy, data) = (self.data.with_extension("backup"), self.data.with_file_name(format!("{}-{}", self.code, self.restores)));
        std::fs::create_dir(&data).unwrap();
        std::fs::copy(self.data.join("master.key"), data.join("master.key")).unwrap();
        std::fs::copy(&copy, data.join("hufu.sqlite")).unwrap();
        std::fs::rename(copy, data.with_extension("backup")).unwrap();
        let _ = std::fs::remove_dir_all(std::mem::replace(&mut self.data, data));
        self.open();
        if !is_said {
            return;
        }
        let (app, noted) = (self.app(), &self.noted);
        let asked = app.db.write_now(|conn| transfers::begin(conn, app, noted)).unwrap();
        self.noted = asked.into_iter().map(|one| (one.peer, one.wanted)).collect();
        self.crash();
    }

    /// Who has not handed over yet.
    pub fn waits_for(&self) -> Vec<usize> {
        let waiting = self.lines("SELECT peer AS line FROM peer_channels WHERE state = 'resync' ORDER BY peer");
        waiting.iter().map(|peer| REGIONS.iter().position(|(code, ..)| code == peer).unwrap()).collect()
    }

    /// What it holds of a region that was restored and asks so: the HANDOVER and all that it names.
    pub fn hand_over(&self, resync: &str) -> Said<(String, Vec<String>)> {
        let (mut handover, mut all, mut after) = (String::new(), Vec::new(), None);
        loop {
            let page = said(self.wait(transfers::handover_page(self.app(), resync.to_owned(), after)))?;
            handover = page.handover.unwrap_or(handover);
            all.extend(page.messages);
            after = page.next;
            if after.is_none() {
                return Ok((handover, all));
            }
        }
    }

    /// Takes what another region hands over.
    pub fn take_over(&self, handover: &str, messages: &[String]) -> Said<Taken> {
        let app = self.app();
        said(app.db.write_now(|conn| transfers::take_over(conn, app, handover, messages)))
    }

    /// Books what was handed over, and goes on: what stands against that.
    pub fn finish(&mut self) -> Said<Vec<String>> {
        let app = self.app();
        let done = said(app.db.write_now(|conn| transfers::finish(conn, app)))?;
        let left = done.left.iter().map(|(row, why)| format!("{} {}", row.id, why.reason().code));
        let left = if done.is_ended { Vec::new() } else { left.collect() };
        self.crash();
        Ok(left)
    }

    /// Own epoch, and the highest places of what was sent to another region and came from it; none where there was nothing between them.
    pub fn places(&self, peer: &RegionCode) -> Option<[u32; 3]> {
        let sql = format!("SELECT own || ' ' || sent || ' ' || seen AS line FROM peer_channels WHERE peer = '{peer}'");
        let line = self.lines(&sql).into_iter().next()?;
        let all: Vec<u32> = line.split(' ').map(|n| n.parse().unwrap()).collect();
        all.try_into().ok()
    }

    /// Books what has expired, as the job does.
    pub fn sweep(&self) {
        self.wait(ledger::service::sweep(self.app())).unwrap();
    }

    /// What it asked for with this transfer.
    pub fn asked(&self, id: &str) -> String {
        self.lines(&format!("SELECT m.text AS line FROM transfers t JOIN transfer_messages m ON m.digest = t.ask WHERE t.id = '{id}'")).remove(0)
    }
}

fn said<T>(done: Result<T, Error>) -> Said<T> {
    done.map_err(|error| match error {
        Error::Refusal(refusal) => refusal.reason.code.to_owned(),
        fault => format!("fault {fault}"),
    })
}

/// What a text says, without looking at its signature.
pub fn payload(text: &str) -> Value {
    let part = text.split('.').nth(1).unwrap();
    serde_json::from_slice(&verifier::base64url::decode(part).unwrap()).unwrap()
}
