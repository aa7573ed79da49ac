//! One run: four regions, a network that holds, loses, repeats and mixes up their messages, and steps that a seed draws.

mod ending;
mod restoring;

use std::collections::BTreeMap;

use hufu::transfers::{Taken, Wanted};
use tempfile::TempDir;
use verifier::documents::{Amount, Digest, GrantId, LotId};
use verifier::time::{Day, Instant, Zone};
use verifier::transfer::{Message, Statement, Tally};

use crate::auditor::{Auditor, Redeemed};
use crate::dice::Dice;
use crate::flaws::Flaw;
use crate::region::{Region, Said, named, payload};
use crate::stage::{REGIONS, Stage, WAYS, agreements, folder};
use restoring::Restores;

/// Most messages on their way; of more the oldest is lost.
const FLYING: usize = 40;
/// Seconds of a day.
const DAY: i64 = 86_400;
/// Rounds of exchanges after which everything must be decided when nothing is lost any more.
const ROUNDS: usize = 6;
/// Steps between two looks of the auditor.
const AUDITED: usize = 100;

/// A text on its way to a region.
#[derive(Clone)]
pub struct Letter {
    pub to: usize,
    pub text: String,
    /// With a HANDOVER, the messages that it names.
    pub with: Option<Vec<String>>,
}

/// How often what happened.
pub type Counts = BTreeMap<String, u64>;

pub struct Run {
    pub dice: Dice,
    pub regions: Vec<Region>,
    flying: Vec<Letter>,
    /// Every text that was ever sent.
    sent: Vec<Letter>,
    achievements: Vec<(usize, String)>,
    pub redeemed: Vec<Redeemed>,
    digests: [Digest; 3],
    /// Backups by region: how much was redeemed there before it.
    backups: [Option<usize>; 4],
    restores: Restores,
    sweeps: bool,
    pub flaw: Flaw,
    pub auditor: Auditor,
    pub counts: Counts,
    // Dropped last.
    _folder: TempDir,
}

/// A STATEMENT, and the one that it answers.
struct Stated {
    asked: String,
    text: String,
    says: Statement,
}

/// What went wrong.
pub type Checked = Result<(), String>;

impl Run {
    pub fn new(stage: &Stage, seed: u64, flaw: Flaw) -> Run {
        let (folder, mut dice) = (folder(), Dice(seed));
        let regions: Vec<Region> = (0..REGIONS.len()).map(|n| Region::new(stage, folder.path(), n, seed)).collect();
        for region in &regions {
            region.shift(dice.between(-3 * DAY, 3 * DAY));
        }
        let restores = match dice.roll(100) {
            _ if flaw.is_of_a_restore() => Restores::Said,
            0..28 => Restores::Said,
            28..35 => Restores::Silent,
            _ => Restores::Never,
        };
        let auditor = Auditor::new(regions.iter().map(Region::books).collect());
        Run {
            backups: [None; 4],
            restores,
            sweeps: dice.chance(15),
            dice,
            flying: Vec::new(),
            sent: Vec::new(),
            achievements: regions
                .iter()
                .flat_map(|region| region.lines("SELECT id AS line FROM achievements ORDER BY id").into_iter().map(|id| (region.n, id)))
                .collect(),
            regions,
            redeemed: Vec::new(),
            digests: agreements().map(|text| Digest::of(&text)),
            flaw,
            auditor,
            counts: Counts::new(),
            _folder: folder,
        }
    }

    /// Takes so many steps, looked at now and then, and then lets everything come to its end.
    ///
    /// # Errors
    /// What the auditor found, or what a registry did that it never may.
    pub fn all(&mut self, steps: usize) -> Checked {
        for n in 1..=steps {
            self.step().map_err(|what| format!("step {n}: {what}"))?;
            if n % AUDITED == 0 {
                self.audit(false).map_err(|what| format!("after step {n}: {what}"))?;
            }
        }
        self.drain()?;
        if self.may_be_silent() {
            self.find_out()?;
            return self.audit(true).map_err(|what| format!("in the end: {what}"));
        }
        self.audit(true).map_err(|what| format!("in the end: {what}"))?;
        self.compare()
    }

    pub fn count(&mut self, what: impl Into<String>) {
        *self.counts.entry(what.into()).or_default() += 1;
    }

    fn audit(&mut self, is_over: bool) -> Checked {
        self.auditor.look(&self.redeemed, is_over, self.restores == Restores::Silent)
    }

    fn step(&mut self) -> Checked {
        let region = self.dice.roll(self.regions.len());
        if let Some(done) = self.about_backups(region) {
            return done;
        }
        match self.dice.roll(100) {
            0..5 => self.record(region),
            5..19 => self.propose(),
            19..22 => self.withdraw(region),
            22..28 => self.put(region),
            28..72 => self.deliver(false),
            72..76 => self.late(),
            76..83 => self.give_back(region),
            83..87 => self.redeem(region),
            87..89 => self.void(),
            89..95 => self.clock(region),
            95 => self.crash(region),
            96..98 => self.deliver(true),
            98 => self.state(region),
            _ => {
                if self.sweeps {
                    self.regions[region].sweep();
                    self.count("sweep");
                }
                Ok(())
            }
        }
    }

    /// Counts how something went. A fault is never right.
    fn noted<T>(&mut self, what: &str, said: Said<T>) -> Result<Option<T>, String> {
        match said {
            Ok(done) => {
                self.count(what);
                Ok(Some(done))
            }
            Err(code) if code.starts_with("fault ") => Err(format!("{what}: {code}")),
            Err(code) => {
                self.count(format!("{what}: {code}"));
                Ok(None)
            }
        }
    }

    fn today(&self, region: usize) -> Day {
        Instant(self.regions[region].now()).day_in(Zone::CHINA)
    }

    fn record(&mut self, n: usize) -> Checked {
        let amount = if self.dice.chance(10) { self.dice.between(1, 3) } else { self.dice.between(50, 600) };
        let earned = self.today(n).add_days(-self.dice.between(0, 120));
        let learner = self.dice.roll(self.regions[n].learners.len());
        let said = self.regions[n].record(learner, amount, earned);
        let made = self.noted("record", said)?;
        self.achievements.extend(made.map(|id| (n, id)));
        Ok(())
    }

    fn propose(&mut self) -> Checked {
        let way = &WAYS[self.dice.roll(WAYS.len())];
        let source = &self.regions[way.from];
        let learner = &source.learners[self.dice.roll(source.learners.len())];
        let own = format!(
            "SELECT l.id || ' ' || b.available AS line FROM lots l JOIN lot_balances b ON b.lot_id = l.id \
             WHERE l.learner_id = '{learner}' AND (b.available > 0 OR l.amount % 7 = 0) ORDER BY l.id DESC LIMIT 6"
        );
        let mut lots = Vec::new();
        for line in source.lines(&own) {
            let (id, available) = line.split_once(' ').unwrap();
            if self.dice.chance(40) {
                let most = available.parse::<i64>().unwrap() + i64::from(self.dice.chance(5));
                lots.push((LotId::parse(id).unwrap(), Amount::new(self.dice.between(1, most.max(1))).unwrap()));
            }
        }
        if lots.is_empty() {
            return Ok(());
        }
        let wanted = Wanted {
            learner: learner.clone(),
            to: self.regions[way.to].code.clone(),
            agreement: self.digests[way.agreement],
            grant: GrantId::parse(way.grant).unwrap(),
            lots,
        };
        if self.dice.chance(5) {
            return match source.propose(&wanted, true) {
                Ok(_) => Err("what failed was kept".to_owned()),
                Err(_) => Ok(()),
            };
        }
        let said = source.propose(&wanted, false);
        if let Some(id) = self.noted("propose", said)?
            && self.dice.chance(80)
        {
            let text = self.regions[way.from].asked(&id);
            self.send(way.to, text);
        }
        Ok(())
    }

    fn send(&mut self, to: usize, text: String) {
        self.post(Letter { to, text, with: None });
    }

    fn post(&mut self, letter: Letter) {
        self.sent.push(letter.clone());
        self.flying.push(letter);
        if self.flying.len() > FLYING {
            self.flying.remove(0);
        }
    }

    fn any(&mut self, region: usize, sql: &str) -> Option<String> {
        let all = self.regions[region].lines(sql);
        self.dice.pick(&all).cloned()
    }

    fn withdraw(&mut self, n: usize) -> Checked {
        let Some(id) = self.any(n, "SELECT id AS line FROM transfers WHERE state = 'reserved' ORDER BY id") else { return Ok(()) };
        let said = self.regions[n].withdraw(&id);
        self.noted("withdraw", said).map(drop)
    }

    /// What waits for another region goes on its way, as far as it is not lost at once.
    fn put(&mut self, n: usize) -> Checked {
        self.flaw.before_putting(&self.regions[n])?;
        let to = (n + 1 + self.dice.roll(self.regions.len() - 1)) % self.regions.len();
        let said = self.regions[n].export(&self.regions[to].code);
        let mut texts = self.noted("put", said)?.unwrap_or_default();
        if texts.first().is_some_and(|text| payload(text)["hufu"] == "handover/1") {
            // As a file that is carried, and read as one.
            let (text, all) = (texts.remove(0), std::mem::take(&mut texts));
            self.post(Letter { to, text, with: Some(all) });
        }
        for text in texts {
            if self.dice.chance(40) {
                self.send(to, text);
            }
        }
        Ok(())
    }

    /// One of those that fly arrives, or is lost; it may arrive again, or elsewhere, or find a disk that is full.
    fn deliver(&mut self, breaks: bool) -> Checked {
        if self.flying.is_empty() {
            return Ok(());
        }
        let at = self.dice.roll(self.flying.len());
        let letter = if self.dice.chance(15) { self.flying[at].clone() } else { self.flying.remove(at) };
        if self.dice.chance(8) {
            self.count("lost");
            return Ok(());
        }
        let to = if self.dice.chance(2) { self.dice.roll(self.regions.len()) } else { letter.to };
        if breaks {
            let table = self.dice.roll(64);
            self.regions[to].break_down(table);
            let broken = self.regions[to].take(&letter.text);
            self.regions[to].mend();
            self.count(if broken.is_err() { "broken" } else { "not broken" });
            // What was to be said is said again by whoever asks.
            return Ok(());
        }
        self.arrive(to, &letter)
    }

    fn arrive(&mut self, to: usize, letter: &Letter) -> Checked {
        let text = &letter.text;
        if payload(text)["hufu"] == "resync/1" && self.dice.chance(80) {
            return self.asked_back(to, text);
        }
        if self.flaw.in_place_of_taking(&self.regions[to], text)? {
            return Ok(());
        }
        let taken = match &letter.with {
            Some(all) => self.regions[to].take_over(text, all),
            None => self.regions[to].take(text),
        };
        if self.of_a_restore(&taken) {
            return Ok(());
        }
        match taken {
            Ok(Taken::Answer(answer)) => {
                let said = payload(&answer);
                if said["hufu"] == "transfer-decision/1" {
                    self.flaw.after_answering(&self.regions[to], text, &answer)?;
                    self.count(format!("decided: {}", said["reason"].as_str().or(said["outcome"].as_str()).unwrap_or_default()));
                } else {
                    self.count("told of a restore");
                }
                let from = REGIONS.iter().position(|(code, ..)| said["aud"] == *code).unwrap();
                if self.dice.chance(70) {
                    self.send(from, answer);
                }
            }
            Ok(Taken::Done) => self.count("told"),
            Ok(Taken::Later) => self.count("later"),
            Err(code) if code == "transfer.audience" => self.count("astray"),
            Ok(Taken::Expects(_)) => return Err("a HANDOVER is waited for after it has come".to_owned()),
            Ok(Taken::Alarm(refusal)) => return Err(format!("an alarm: {refusal}")),
            Err(code) => return Err(format!("{code} on {}", payload(text))),
        }
        Ok(())
    }

    /// A text of long ago turns up.
    fn late(&mut self) -> Checked {
        if let Some(letter) = self.dice.pick(&self.sent).cloned() {
            self.flying.push(letter);
        }
        Ok(())
    }

    fn give_back(&mut self, n: usize) -> Checked {
        let came = "SELECT id AS line FROM transfers WHERE side = 'destination' AND kind = 'move' AND state = 'accepted' ORDER BY id";
        let Some(id) = self.any(n, came) else { return Ok(()) };
        let said = self.regions[n].give_back(&id);
        if let Some(back) = self.noted("give back", said)?
            && self.dice.chance(70)
        {
            let text = self.regions[n].asked(&back);
            let to = REGIONS.iter().position(|(code, ..)| payload(&text)["aud"] == *code).unwrap();
            self.send(to, text);
        }
        Ok(())
    }

    fn redeem(&mut self, n: usize) -> Checked {
        let learner = self.dice.roll(self.regions[n].learners.len());
        let own = format!(
            "SELECT l.id || ' ' || b.available AS line FROM lots l JOIN lot_balances b ON b.lot_id = l.id \
             WHERE l.learner_id = '{}' AND b.available > 0 ORDER BY l.id",
            self.regions[n].learners[learner]
        );
        let Some(line) = self.any(n, &own) else { return Ok(()) };
        let (lot, available) = line.split_once(' ').unwrap();
        let amount = self.dice.between(1, available.parse().unwrap());
        let cause = named(&format!("redemption {} of {n}", self.redeemed.len()));
        let besides = self.flaw.before_spending(&self.regions[n], lot);
        self.redeemed.extend((besides > 0).then(|| Redeemed { region: n, lot: lot.to_owned(), amount: besides }));
        let said = self.regions[n].redeem(learner, lot, amount, &cause);
        if self.noted("redeem", said)?.is_some() {
            self.redeemed.push(Redeemed { region: n, lot: lot.to_owned(), amount });
        }
        Ok(())
    }

    fn void(&mut self) -> Checked {
        let Some((n, id)) = self.dice.pick(&self.achievements).cloned() else { return Ok(()) };
        let said = self.regions[n].void(&id);
        self.noted("void", said).map(drop)
    }

    /// A clock goes on, or is set; also back.
    fn clock(&mut self, n: usize) -> Checked {
        let seconds = match self.dice.roll(4) {
            0 => self.dice.between(1, 3_600),
            1 => self.dice.between(3_600, 3 * DAY),
            2 => self.dice.between(-14 * DAY, 14 * DAY),
            _ => self.dice.between(7 * DAY, 28 * DAY),
        };
        self.regions[n].shift(seconds);
        Ok(())
    }

    fn crash(&mut self, n: usize) -> Checked {
        self.regions[n].crash();
        self.count("crash");
        Ok(())
    }

    /// Two regions show each other what they have decided; nothing comes of it.
    fn state(&mut self, n: usize) -> Checked {
        let to = (n + 1 + self.dice.roll(self.regions.len() - 1)) % self.regions.len();
        let what = match self.stated(n, to, self.today(to))? {
            Some(_) => "stated",
            None => "not stated",
        };
        self.count(what);
        Ok(())
    }

    /// The STATEMENT of one region through a day, for another one that asks; none where there has been nothing between them, or their clocks are far
    /// apart.
    fn stated(&self, asks: usize, answers: usize, through: Day) -> Result<Option<Stated>, String> {
        let (one, other) = (&self.regions[asks], &self.regions[answers]);
        if one.app().is_restoring() {
            return Ok(None);
        }
        let Some([epoch, sent, seen]) = one.places(&other.code) else { return Ok(None) };
        let nothing = || Tally::of([]);
        let (iss, aud, iat) = (one.code.clone(), other.code.clone(), Instant(one.now()));
        let asked = Statement { iss, aud, epoch, iat, through, open: 0, accepted: nothing(), rejected: nothing(), sent, seen };
        let asked = asked.sign(&one.app().keys.region_signer()).unwrap();
        match other.take(&asked) {
            Ok(Taken::Answer(text)) => match Message::stored(&text).unwrap().message {
                Message::Statement(says) => Ok(Some(Stated { asked, text, says })),
                Message::Handover(_) if self.restores != Restores::Never => Ok(None),
                message => Err(format!("a STATEMENT is answered with {message:?}")),
            },
            Err(code) if ["transfers.stale", "transfer.resyncing"].contains(&code.as_str()) => Ok(None),
            Err(code) if code == "transfer.epoch" && self.restores != Restores::Never => Ok(None),
            Ok(Taken::Alarm(_)) | Err(_) if self.may_be_silent() => Ok(None),
            said => Err(format!("a STATEMENT is answered with {said:?}")),
        }
    }
}
