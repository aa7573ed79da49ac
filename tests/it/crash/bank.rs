//! Rounds of sudden death over the credit bank: several clients open accounts, issue, record, evaluate anew, take back and redeem, each request
//! under a key of its own, and the server is killed in the middle. What was answered stays answered; what was not answered has one effect.
//! `HUFU_SEED` runs the same rounds again (but for the timing), `HUFU_ROUNDS` more of them.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use diesel::prelude::*;
use hufu::db::Db;
use hufu::db::schema::evidence as e;
use hufu::{evidence, ledger};
use serde_json::{Value, json};

use super::{Heard, draft_of_a_provider, operator, sent};
use crate::ledger::histories::Dice;
use crate::programmes::{input, other_person};
use crate::support::Process;
use crate::support::issuing::{SCHEME, issue, scheme, text, with};

const ROUNDS: u64 = 15;
const CLIENTS: u64 = 4;
/// Answers of earlier rounds that are asked for again in each round; in the end all are.
const EARLIER: usize = 5;

/// A request that can be repeated.
#[derive(Clone)]
struct Asked {
    key: String,
    path: String,
    body: Value,
    about: About,
}

#[derive(Clone, Copy)]
enum About {
    /// Opens the account of the n-th person.
    Open(usize),
    /// Issues a certificate or records an achievement.
    Make,
    /// Takes the place of the n-th thing that was made.
    Renew(usize),
    /// Takes it back.
    End(usize),
    Redeem,
}

/// A certificate or an achievement.
struct Thing {
    path: String,
    learner: usize,
    lots: Vec<String>,
}

/// Hundredths: minted, voided when it was minted, redeemed. What is left of a lot that has ended is voided too.
#[derive(Default)]
struct Lot {
    minted: i64,
    kept: i64,
    redeemed: i64,
    has_ended: bool,
}

/// What the clients know of the bank, from answers alone.
#[derive(Default)]
struct Book {
    /// Persons that were asked for, and the accounts that there are, each with its person.
    persons: usize,
    learners: Vec<(usize, String)>,
    things: Vec<Thing>,
    lots: BTreeMap<String, Lot>,
    evidence: i64,
    entries: i64,
}

impl Book {
    /// Learns from the first answer to a request.
    fn learn(&mut self, asked: &Asked, heard: &Heard) {
        let answer = heard.json();
        match (asked.about, heard.status) {
            (About::Open(person), 200 | 201) => {
                self.evidence += i64::from(heard.status == 201);
                let account = (person, text(&answer, "id").to_owned());
                if !self.learners.contains(&account) {
                    self.learners.push(account);
                }
            }
            (About::Make, 201) => self.made(asked, &answer),
            (About::Renew(old), 201) => {
                self.end(old);
                self.made(asked, &answer);
            }
            (About::End(thing), 200) => {
                self.end(thing);
                self.evidence += 1;
            }
            (About::Redeem, 201) => {
                for pick in answer["picks"].as_array().unwrap() {
                    self.lots.get_mut(text(pick, "lot")).unwrap().redeemed += pick["amount"].as_i64().unwrap();
                }
                // The certificate and the redemption.
                (self.evidence, self.entries) = (self.evidence + 2, self.entries + 1);
            }
            (_, 400..500) => {}
            other => panic!("{} {}: {:?} {answer}", asked.path, asked.body, other.1),
        }
    }

    fn made(&mut self, asked: &Asked, answer: &Value) {
        // What was evaluated before is listed too where some of it was spent.
        let lots: Vec<&Value> = answer["lots"].as_array().unwrap().iter().filter(|lot| !self.lots.contains_key(text(lot, "id"))).collect();
        for lot in &lots {
            let (minted, kept) = (lot["amount"].as_i64().unwrap(), lot["voided"].as_i64().unwrap());
            self.lots.insert(text(lot, "id").to_owned(), Lot { minted, kept, ..Lot::default() });
        }
        let slice = if asked.path.starts_with("/v1/certificates") { "certificates" } else { "achievements" };
        let learner = asked.body.pointer("/learner").or(asked.body.pointer("/achievement/learner")).and_then(Value::as_str);
        let number = asked.body.pointer("/holder/id_number");
        let is_of = |(n, id): &(usize, String)| learner == Some(id) || number == Some(&other_person(*n)["id_number"]);
        self.things.push(Thing {
            path: format!("/v1/{slice}/{}", text(answer, "id")),
            learner: self.learners.iter().position(is_of).unwrap(),
            lots: lots.iter().map(|lot| text(lot, "id").to_owned()).collect(),
        });
        (self.evidence, self.entries) = (self.evidence + 1, self.entries + lots.len() as i64);
    }

    fn end(&mut self, thing: usize) {
        let lots = &self.things[thing].lots;
        lots.iter().for_each(|lot| self.lots.get_mut(lot).unwrap().has_ended = true);
        self.entries += lots.len() as i64;
    }

    /// What is in each place, by the first word of its name.
    fn places(&self) -> BTreeMap<&'static str, i64> {
        let mut places = BTreeMap::from([("issued", 0), ("lot", 0), ("redeemed", 0), ("voided", 0)]);
        for lot in self.lots.values() {
            let left = lot.minted - lot.redeemed;
            let voided = if lot.has_ended { left } else { lot.kept };
            for (place, amount) in [("issued", -lot.minted), ("lot", left - voided), ("redeemed", lot.redeemed), ("voided", voided)] {
                *places.entry(place).or_default() += amount;
            }
        }
        places
    }
}

/// The server, and what every request needs.
struct Scene<'a> {
    process: &'a Process,
    token: String,
    /// A certificate that can be issued.
    draft: Value,
    programme: Value,
    book: Mutex<Book>,
}

impl<'a> Scene<'a> {
    fn of(process: &'a Process) -> Scene<'a> {
        let token = operator(process);
        let client = process.client().bearer(&token);
        client.post_json("/v1/schemes", &scheme()).expect(201);
        let draft = draft_of_a_provider(&client);
        issue(&client, &draft);
        let programme = client.post_json("/v1/programmes", &input()).expect(201).json();
        let book = Book { evidence: evidence(&process.db()), ..Book::default() };
        Scene { process, token, draft, programme, book: Mutex::new(book) }
    }

    fn send(&self, url: &str, asked: &Asked) -> Option<Heard> {
        sent(url, &self.token, &asked.key, &asked.path, &asked.body)
    }

    /// What a client asks for next.
    fn next(&self, url: &str, dice: &mut Dice, key: String) -> Option<Asked> {
        let mut book = self.book.lock().unwrap();
        let ask = |path: String, body: Value, about: About| Some(Asked { key: key.clone(), path, body, about });
        if book.learners.is_empty() || dice.roll(8) == 0 {
            // Mostly somebody new, sometimes one whose account another client opens too.
            let person = if dice.roll(4) == 0 { dice.roll(book.persons) } else { book.persons };
            book.persons = book.persons.max(person + 1);
            return ask("/v1/learners".to_owned(), other_person(person), About::Open(person));
        }
        // Few accounts, so that clients meet.
        let of = book.learners.len().saturating_sub(3) + dice.roll(book.learners.len().min(3));
        let (person, learner) = book.learners[of].clone();
        let (thing, amount) = (dice.roll(book.things.len()), 200 + dice.roll(200));
        match (dice.roll(10), book.things.get(thing)) {
            (0..2, _) => {
                let credits = json!([{"scheme": SCHEME, "amount": amount, "kind": "certificate", "category": "core"}]);
                let draft = with(with(self.draft.clone(), "/holder", other_person(person)), "/credits", credits);
                ask("/v1/certificates".to_owned(), draft, About::Make)
            }
            (5, Some(old)) if old.path.starts_with("/v1/achievements") => {
                let learner = &book.learners[old.learner].1;
                ask(format!("{}/replace", old.path), json!({"achievement": self.course(learner, &key, amount)}), About::Renew(thing))
            }
            (5 | 6, Some(old)) => {
                let step = if old.path.starts_with("/v1/certificates") { "revoke" } else { "void" };
                ask(format!("{}/{step}", old.path), json!({"reason": "recorded by mistake"}), About::End(thing))
            }
            (7.., Some(_)) => {
                drop(book);
                let asked = json!({"learner": learner});
                let path = |what: &str| format!("/v1/programmes/{}/{what}", text(&self.programme, "id"));
                let proposal = sent(url, &self.token, "none", &path("suggest"), &asked)?;
                // Without a proposal what is asked for is refused.
                let picks = proposal.json().get("picks").cloned().unwrap_or_else(|| json!([{"lot": "lot_0", "amount": 400}]));
                let wanted = json!({"learner": learner, "programme": self.programme["digest"], "provider": self.draft["provider"], "picks": picks});
                ask(path("redemptions"), wanted, About::Redeem)
            }
            _ => ask("/v1/achievements".to_owned(), self.course(&learner, &key, amount), About::Make),
        }
    }

    fn course(&self, learner: &str, code: &str, amount: usize) -> Value {
        let credits = json!([{"scheme": SCHEME, "amount": amount, "category": "core"}, {"scheme": SCHEME, "amount": 50, "category": "elective"}]);
        json!({"learner": learner, "provider": self.draft["provider"], "kind": "course", "course": code, "title": "集成电路制造工艺",
            "occupation": "6-31-01-03", "level": 3, "earned_on": "2026-10-18", "credits": credits})
    }

    /// Asks until there is no answer: what was answered, and what was not.
    fn load(&self, url: &str, name: &str, mut dice: Dice) -> (Vec<(Asked, Heard)>, Option<Asked>) {
        let mut answered = Vec::new();
        for n in 0.. {
            let Some(asked) = self.next(url, &mut dice, format!("{name}n{n}")) else { break };
            match self.send(url, &asked) {
                Some(heard) if heard.status != 503 => {
                    self.book.lock().unwrap().learn(&asked, &heard);
                    answered.push((asked, heard));
                }
                _ => return (answered, Some(asked)),
            }
        }
        (answered, None)
    }

    /// The answer to a request that was sent before.
    fn repeated(&self, asked: &Asked) -> Heard {
        let heard = self.send(self.process.client().url(), asked);
        heard.unwrap_or_else(|| panic!("{} {}: no answer\n{}", asked.path, asked.key, self.process.log()))
    }

    #[track_caller]
    fn assert_same(&self, (asked, first): &(Asked, Heard)) {
        let again = self.repeated(asked);
        assert_eq!((again.status, lasting(&again)), (first.status, lasting(first)), "{} {}", asked.path, asked.key);
        assert_eq!(again.is_replay, first.status < 300, "{} {}", asked.path, asked.key);
    }

    #[track_caller]
    fn assert_audited(&self) {
        let (book, db) = (self.book.lock().unwrap(), self.process.db());
        let said = self.process.run(&["ledger", "audit"]).expect(0).out;
        assert_eq!(said.trim(), format!("all is well: {} entries, {} lots", book.entries, book.lots.len()));
        assert_eq!((evidence(&db), db.read_now(evidence::audit).unwrap().wrong), (book.evidence, None));
        let mut places = BTreeMap::from([("issued", 0), ("lot", 0), ("redeemed", 0), ("voided", 0)]);
        for row in db.read_now(ledger::service::trial_balance).unwrap() {
            let known = places.iter_mut().find(|(place, _)| row.place.split(':').next() == Some(place));
            *known.unwrap_or_else(|| panic!("{} is not used here", row.place)).1 += row.debit - row.credit;
        }
        assert_eq!(places, book.places());
    }
}

/// Rows of evidence, but for the bundles that the server publishes by itself.
fn evidence(db: &Db) -> i64 {
    db.read_now(|conn| Ok(e::table.filter(e::kind.ne("bundle")).count().get_result(conn)?)).unwrap()
}

/// What of an answer stays the same: all of what was done, byte for byte. What was refused is refused anew, under another request id, and says
/// what each check gets by then.
fn lasting(heard: &Heard) -> String {
    if heard.status < 300 {
        return heard.body.clone();
    }
    with(with(heard.json(), "/request_id", Value::Null), "/checks", Value::Null).to_string()
}

/// What was seen over all rounds.
#[derive(Debug, Default)]
struct Tally {
    done: usize,
    refused: usize,
    unanswered: usize,
    /// Of those without an answer, done before the server died.
    unanswered_and_done: usize,
}

fn play(process: &Process, seed: u64, rounds: u64) -> Tally {
    let scene = Scene::of(process);
    let (mut dice, mut all, mut tally): (_, Vec<(Asked, Heard)>, _) = (Dice(seed), Vec::new(), Tally::default());
    for round in 0..rounds {
        let url = process.client().url().to_owned();
        let pause = Duration::from_millis(5 + dice.roll(400) as u64);
        let heard: Vec<_> = std::thread::scope(|scope| {
            let run = |client: u64| {
                let (scene, url) = (&scene, &url);
                scope.spawn(move || {
                    scene.load(url, &format!("r{round}c{client}"), Dice(seed ^ (round * CLIENTS + client + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15)))
                })
            };
            let clients: Vec<_> = (0..CLIENTS).map(run).collect();
            std::thread::sleep(pause);
            process.kill9();
            clients.into_iter().map(|client| client.join().unwrap()).collect()
        });
        process.start();
        let (mut answered, mut unanswered) = (Vec::new(), Vec::new());
        for (some, last) in heard {
            answered.extend(some);
            unanswered.extend(last);
        }
        answered.iter().for_each(|one| scene.assert_same(one));
        for asked in unanswered {
            let heard = scene.repeated(&asked);
            tally.unanswered += 1;
            tally.unanswered_and_done += usize::from(heard.is_replay);
            scene.book.lock().unwrap().learn(&asked, &heard);
            answered.push((asked, heard));
            scene.assert_same(answered.last().unwrap());
        }
        (0..EARLIER.min(all.len())).for_each(|_| scene.assert_same(&all[dice.roll(all.len())]));
        scene.assert_audited();
        all.extend(answered);
    }
    all.iter().for_each(|one| scene.assert_same(one));
    scene.assert_audited();
    tally.done = all.iter().filter(|(_, heard)| heard.status < 300).count();
    tally.refused = all.len() - tally.done;
    tally
}

both! {
    fn whatever_the_bank_was_doing_when_it_died_is_done_once(process: &Process) {
        let given = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
        let seed = given("HUFU_SEED").unwrap_or(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos() as u64 % 1_000_000);
        let (rounds, started) = (given("HUFU_ROUNDS").unwrap_or(ROUNDS), Instant::now());
        eprintln!("seed {seed}, {rounds} rounds");
        let tally = play(process, seed, rounds);
        eprintln!("seed {seed}, {rounds} rounds in {:?}: {tally:?}", started.elapsed());
        assert!(tally.done as u64 > rounds);
    }
}
