//! Registries that are wrong on purpose: each flaw is put into the books behind the program's back, and the auditor has to find it.

use hufu::ledger::service::{self, Act};
use hufu::ledger::{Destination, End, Mint, Pick, Receive, Redeem};
use hufu::ledger::{Facts, LotKind, Outcome};
use verifier::base64url;
use verifier::ids::RegionCode;
use verifier::time::{Day, Instant, Zone};

use crate::region::{Region, named, payload};
use crate::run::Checked;
use crate::stage::scheme;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    None,
    /// Who asks takes its credit back when `answer_by` has passed.
    ReleasesOnTimeOut,
    /// Who is asked books what it accepted once more.
    BooksTwice,
    /// Who asked does the opposite of what was decided.
    TurnsDecisions,
    /// Spends what has expired, on a day on which it had not.
    SpendsExpired,
    /// Takes back what it has accepted, without anybody asking.
    ForgetsWhatCame,
    /// Signs the opposite of a DECISION beside it.
    DecidesTwice,
    /// Goes back to a backup and asks nobody.
    ForgetsToAsk,
    /// After a restore writes balances as they should be, and books nothing.
    PatchesBalances,
}

impl Flaw {
    /// Each, and what the auditor says of it.
    pub const ALL: [(Flaw, &'static str); 8] = [
        (Flaw::ReleasesOnTimeOut, "is not where it must be"),
        (Flaw::BooksTwice, "was minted twice, or for nothing"),
        (Flaw::TurnsDecisions, "is not where it must be"),
        (Flaw::SpendsExpired, "was booked on"),
        (Flaw::ForgetsWhatCame, "was voided, or was not"),
        (Flaw::DecidesTwice, "was decided twice"),
        (Flaw::ForgetsToAsk, "has forgotten"),
        (Flaw::PatchesBalances, "was never booked"),
    ];

    /// Whether it needs restores to show.
    pub fn is_of_a_restore(self) -> bool {
        matches!(self, Flaw::ForgetsToAsk | Flaw::PatchesBalances)
    }

    pub fn is_silent(self) -> bool {
        self == Flaw::ForgetsToAsk
    }

    /// Whether it ended a restore otherwise than the program does.
    pub fn in_place_of_finishing(self, region: &Region) -> bool {
        if self != Flaw::PatchesBalances || !region.waits_for().is_empty() {
            return false;
        }
        let unbooked = "FROM transfers t JOIN transfer_messages m ON m.digest = t.ask WHERE t.unbooked AND t.side = 'source' AND t.state = 'settled'";
        for text in region.lines(&format!("SELECT m.text AS line {unbooked} AND t.kind = 'move'")) {
            for lot in payload(&text)["lots"].as_array().unwrap() {
                region.sql(&format!(
                    "UPDATE lot_balances SET available = available - {} WHERE lot_id = {} AND available >= {}",
                    lot["amount"],
                    lot["id"].to_string().replace('"', "'"),
                    lot["amount"]
                ));
            }
        }
        region.sql("UPDATE transfers SET unbooked = FALSE WHERE unbooked; UPDATE restores SET ended_at = 1 WHERE ended_at IS NULL");
        region.app().set_restoring(false);
        true
    }

    pub fn before_putting(self, region: &Region) -> Checked {
        if self != Flaw::ReleasesOnTimeOut {
            return Ok(());
        }
        let late = format!("SELECT id AS line FROM transfers WHERE state = 'reserved' AND answer_by <= {}", region.now());
        for id in region.lines(&late) {
            let end = end(region, &id);
            posted(region, |conn| service::release(conn, &region.act(), &end));
            region.sql(&format!("UPDATE transfers SET state = 'returned', next_at = NULL WHERE id = '{id}'"));
        }
        Ok(())
    }

    /// Whether it did something else than the program does.
    pub fn in_place_of_taking(self, region: &Region, text: &str) -> Result<bool, String> {
        let said = payload(text);
        if self != Flaw::TurnsDecisions || said["hufu"] != "transfer-decision/1" || said["outcome"] != "rejected" {
            return Ok(false);
        }
        let (id, peer) = (said["jti"].as_str().unwrap(), RegionCode::parse(said["iss"].as_str().unwrap()).unwrap());
        if region.lines(&format!("SELECT id AS line FROM transfers WHERE id = '{id}' AND state = 'reserved'")).is_empty() {
            return Ok(true);
        }
        let end = end(region, id);
        posted(region, |conn| service::settle(conn, &region.act(), &end, &Destination::Out(peer.clone())));
        region.sql(&format!("UPDATE transfers SET state = 'settled', next_at = NULL WHERE id = '{id}'"));
        Ok(true)
    }

    pub fn after_answering(self, region: &Region, asked: &str, answer: &str) -> Checked {
        let (asked, said) = (payload(asked), payload(answer));
        if said["outcome"] != "accepted" || asked["hufu"] != "offer/1" {
            return Ok(());
        }
        let basis = said["offer"].as_str().unwrap();
        match self {
            Flaw::BooksTwice => again(region, basis, said["lots"][0]["amount"].as_i64().unwrap(), asked["iss"].as_str().unwrap()),
            Flaw::ForgetsWhatCame => {
                let lot = region.lines(&format!("SELECT id AS line FROM lots WHERE basis = '{basis}'")).remove(0);
                let void = hufu::ledger::Void { entry: region.act().edge.id("ent"), cause: basis.to_owned(), lot };
                region.app().db.write_now(|conn| service::void(conn, &region.act(), &void).map(drop)).unwrap();
            }
            Flaw::DecidesTwice => decide_again(region, answer),
            _ => {}
        }
        Ok(())
    }

    /// What it spent besides: hundredths.
    pub fn before_spending(self, region: &Region, lot: &str) -> i64 {
        let sql = format!("SELECT learner_id || ' ' || expires_on AS line FROM lots WHERE id = '{lot}'");
        let line = region.lines(&sql).remove(0);
        let (learner, expires) = line.split_once(' ').unwrap();
        let (expires, act) = (Day::parse(expires).unwrap(), region.act());
        if self != Flaw::SpendsExpired || act.today < expires {
            return 0;
        }
        let asked = Redeem {
            entry: act.edge.id("ent"),
            cause: named("expired").to_string(),
            family: &[learner.to_owned()],
            picks: vec![Pick { lot: lot.to_owned(), amount: 1 }],
            programme: named("programme").to_string(),
        };
        let before = Act { today: expires.add_days(-1), ..act };
        posted(region, |conn| service::redeem(conn, &before, &asked));
        1
    }
}

fn end(region: &Region, hold: &str) -> End {
    End { entry: region.act().edge.id("ent"), cause: named(hold).to_string(), hold: hold.to_owned() }
}

fn posted(region: &Region, post: impl Fn(&mut hufu::db::Conn) -> Result<Outcome, hufu::error::Error>) {
    let outcome = region.app().db.write_now(&post).unwrap();
    assert!(matches!(outcome, Outcome::Posted(_)), "{outcome:?}");
}

/// Keeps the opposite of a DECISION beside it, as if it had been sent.
fn decide_again(region: &Region, decision: &str) {
    let mut said = payload(decision);
    said["outcome"] = serde_json::json!("rejected");
    let text = format!("e30.{}.e30", base64url::encode(said.to_string().as_bytes()));
    let like = format!("transfer_id = '{}' AND sent AND kind = 'decision' LIMIT 1", said["jti"].as_str().unwrap());
    region.sql(&format!(
        "INSERT OR IGNORE INTO transfer_messages (id, digest, transfer_id, peer, sent, kind, epoch, seq, at, text) \
         SELECT id || 'x', digest || 'x', transfer_id, peer, sent, kind, epoch, NULL, at, '{text}' FROM transfer_messages WHERE {like}"
    ));
}

/// Books what came once more, as a part that nobody has.
fn again(region: &Region, basis: &str, amount: i64, peer: &str) {
    let facts = Facts {
        learner: region.learners[0].clone(),
        scheme: scheme(region.n),
        kind: LotKind::Course,
        category: None,
        course: None,
        title: None,
        occupation: None,
        level: None,
        grade: None,
        provider: None,
        earned_on: Instant(region.now()).day_in(Zone::CHINA),
        basis: basis.to_owned(),
        part: 99,
    };
    let edge = region.act().edge;
    let credit = Mint { entry: edge.id("ent"), cause: basis.to_owned(), amount, facts };
    let receive = Receive { credit, peer: RegionCode::parse(peer).unwrap(), expires_on: None };
    // A repeated message is answered again; one time too often is enough.
    region.app().db.write_now(|conn| service::receive(conn, &region.act(), &receive).map(drop)).unwrap();
}
