//! What the documents of one region say.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sha2::{Digest, Sha256};
use verifier::time::{Day, Instant, Zone};

use super::books::Books;
use crate::region::payload;
use crate::stage::{REGIONS, SHELF};

/// A lot, wherever it is: what it was minted for, and which part of that.
pub type Key = (String, i64);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Accepted,
    Rejected,
}

/// What an achievement mints.
pub struct Minted {
    pub achievement: String,
    pub amount: i64,
    pub expires: String,
}

/// An OFFER or a RETURN.
pub struct Ask {
    pub to: usize,
    pub lots: Vec<(Key, i64)>,
    pub of: Option<String>,
    pub grant: String,
    pub subject: String,
}

/// A lot that a DECISION books.
#[derive(Debug)]
pub struct Booked {
    pub amount: i64,
    pub expires: String,
}

#[derive(Debug)]
pub struct Decision {
    /// Of each text in which it was signed.
    pub digests: BTreeSet<String>,
    pub to: usize,
    pub outcome: Outcome,
    pub offer: String,
    pub day: String,
    pub lots: Vec<Booked>,
    /// Who decided.
    pub from: usize,
    /// The epochs in which it was signed.
    epochs: BTreeSet<u64>,
}

#[derive(Default)]
pub struct Documents {
    /// Whether it was restored from a backup: then what it had minted since, and offered, is known from its OFFERs alone.
    pub is_restored: bool,
    pub minted: BTreeMap<Key, Minted>,
    pub voided: BTreeSet<String>,
    /// What it asked of others.
    pub asked: BTreeMap<String, Ask>,
    /// What others asked of it to take back, and each transfer by which they did: one that was rejected may be followed by another.
    returns: BTreeMap<String, BTreeSet<String>>,
    /// What it decided.
    pub decided: BTreeMap<String, Decision>,
    /// What it was told.
    pub told: BTreeMap<String, Decision>,
    /// Every text about a transfer that it keeps as its own, by digest.
    pub sent: BTreeSet<String>,
    /// Every one that it took: digest, who signed it, and what it is.
    pub taken: BTreeMap<String, (usize, String)>,
}

/// The name of a text by its content.
pub fn digest(text: &str) -> String {
    let hex: String = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

fn text(value: &Value, member: &str) -> String {
    value[member].as_str().unwrap_or_default().to_owned()
}

fn region(value: &Value, member: &str) -> usize {
    REGIONS.iter().position(|(code, ..)| value[member] == *code).unwrap()
}

impl Documents {
    /// Of a region that was just restored.
    pub fn restored() -> Documents {
        Documents { is_restored: true, ..Documents::default() }
    }

    /// Reads what is new.
    ///
    /// # Errors
    /// What no region may sign.
    pub fn read(&mut self, books: &mut Books) -> Result<(), String> {
        for document in books.achievements.drain(..) {
            let (said, basis) = (payload(&document), digest(&document));
            let earned = Day::parse(&text(&said, "earned")).unwrap();
            for (part, credit) in said["credits"].as_array().unwrap().iter().enumerate() {
                let expires = earned.add_months(SHELF).to_string();
                let minted = Minted { achievement: text(&said, "id"), amount: credit["amount"].as_i64().unwrap(), expires };
                self.minted.insert((basis.clone(), part as i64), minted);
            }
        }
        for event in books.voidings.drain(..) {
            self.voided.insert(text(&serde_json::from_str(&event).unwrap(), "achievement"));
        }
        for (is_sent, message) in books.messages.drain(..) {
            self.message(is_sent, &message)?;
        }
        Ok(())
    }

    fn message(&mut self, is_sent: bool, message: &str) -> Result<(), String> {
        let said = payload(message);
        let jti = text(&said, "jti");
        if !jti.is_empty() && is_sent {
            self.sent.insert(digest(message));
        } else if !jti.is_empty() {
            let what = format!("{} on {jti} in epoch {} at {}", text(&said, "hufu"), said["epoch"], said["seq"]);
            self.taken.insert(digest(message), (region(&said, "iss"), what));
        }
        match (said["hufu"].as_str().unwrap(), is_sent) {
            ("offer/1", true) => {
                let offer = ask(&said);
                expires_in_time(&said)?;
                self.minted_again(&said);
                self.asked.insert(jti, offer);
            }
            ("return/1", true) => drop(self.asked.insert(jti, ask(&said))),
            ("return/1", false) => drop(self.returns.entry(text(&said, "of")).or_default().insert(jti)),
            ("transfer-decision/1", _) => {
                let all = if is_sent { &mut self.decided } else { &mut self.told };
                let mut new = decision(&said, message);
                if let Some(before) = all.remove(&jti) {
                    if before.outcome != new.outcome || !before.epochs.is_disjoint(&new.epochs) {
                        return Err(format!("{jti} was decided twice: {before:?} and {new:?}"));
                    }
                    // The last one counts.
                    let (mut last, earlier) = if before.epochs.last() > new.epochs.last() { (before, new) } else { (new, before) };
                    last.epochs.extend(earlier.epochs);
                    last.digests.extend(earlier.digests);
                    new = last;
                }
                if is_sent { &mut self.decided } else { &mut self.told }.insert(jti, new);
            }
            _ => {}
        }
        Ok(())
    }

    /// What was offered was minted.
    fn minted_again(&mut self, offer: &Value) {
        for lot in offer["lots"].as_array().into_iter().flatten().filter(|_| self.is_restored) {
            let minted = Minted { achievement: String::new(), amount: lot["minted"].as_i64().unwrap(), expires: text(lot, "expires") };
            self.minted.entry((text(lot, "basis"), lot["part"].as_i64().unwrap())).or_insert(minted);
        }
    }

    /// Whether it decided a RETURN with this transfer.
    pub fn is_return(&self, jti: &str) -> bool {
        self.returns.values().any(|all| all.contains(jti))
    }

    /// Whether what it offered has come back: it has accepted a RETURN of it.
    pub fn is_back(&self, jti: &str) -> bool {
        let mut back = self.returns.get(jti).into_iter().flatten().filter_map(|id| self.decided.get(id));
        back.any(|decision| decision.outcome == Outcome::Accepted)
    }

    /// Hundredths that were offered with a transfer, in units of the source; `other` is the region that was asked.
    pub fn amount(&self, jti: &str, other: &Documents) -> i64 {
        let ask = &self.asked[jti];
        let offer = ask.of.as_ref().map_or(ask, |of| &other.asked[of]);
        offer.lots.iter().map(|(_, amount)| amount).sum()
    }
}

fn ask(said: &Value) -> Ask {
    let lots = said["lots"].as_array().into_iter().flatten();
    Ask {
        to: region(said, "aud"),
        lots: lots.map(|lot| ((text(lot, "basis"), lot["part"].as_i64().unwrap()), lot["amount"].as_i64().unwrap())).collect(),
        of: said["of"].as_str().map(str::to_owned),
        grant: text(said, "grant"),
        subject: text(&said["subject"], "commit"),
    }
}

fn decision(said: &Value, message: &str) -> Decision {
    let lots = said["lots"].as_array().into_iter().flatten();
    Decision {
        digests: BTreeSet::from([digest(message)]),
        to: region(said, "aud"),
        outcome: if said["outcome"] == "accepted" { Outcome::Accepted } else { Outcome::Rejected },
        offer: text(said, "offer"),
        day: text(said, "day"),
        lots: lots.map(|lot| Booked { amount: lot["amount"].as_i64().unwrap(), expires: text(lot, "expires") }).collect(),
        from: region(said, "iss"),
        epochs: BTreeSet::from([said["epoch"].as_u64().unwrap()]),
    }
}

/// Nothing is offered that expires before the answer is due.
fn expires_in_time(offer: &Value) -> Result<(), String> {
    let due = Instant(offer["answer_by"].as_i64().unwrap()).day_in(Zone::CHINA).to_string();
    let late = offer["lots"].as_array().unwrap().iter().find(|lot| text(lot, "expires") <= due);
    late.map_or(Ok(()), |lot| Err(format!("{lot} is offered until {due}")))
}
