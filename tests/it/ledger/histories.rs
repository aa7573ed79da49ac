//! Random histories: the store answers as the model does, and shows what the movements say, on any day.
//! `HUFU_SEED` runs one history again; `HUFU_OPS` makes it longer.

use std::cell::RefCell;
use std::time::{SystemTime, UNIX_EPOCH};

use hufu::db::Conn;
use hufu::error::Error;
use hufu::ledger::service::{self, Act, Sums};
use hufu::ledger::{Outcome, Pick, Receive};
use verifier::ids::RegionCode;
use verifier::time::Day;

use super::bank::{Bank, CREDIT, HOUR, LASTING, abroad, day, digest, end, facts, family, mint, redeem, reserve, void, word};
use super::model::{Model, Op};
use crate::support::{Backend, World};

/// A sequence that looks random and is the same for one seed (Knuth's MMIX generator).
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % sides.max(1) as u64) as usize
    }
}

const LEARNERS: [&str; 10] = ["lrn_a", "lrn_a", "lrn_a", "lrn_a", "lrn_b", "lrn_b", "lrn_b", "lrn_b", "lrn_old", "lrn_closed"];

struct History<'a> {
    bank: &'a Bank<'a>,
    dice: Dice,
    model: Model,
    /// Ids of the lots that the model knows by number.
    ids: Vec<String>,
    done: Vec<(usize, Op)>,
    today: Day,
    sweeps: bool,
}

impl History<'_> {
    fn next(&mut self) -> (usize, Op) {
        let dice = &mut self.dice;
        // Sometimes the same again, sometimes another posting under an id that may be taken.
        if !self.done.is_empty() && dice.roll(12) == 0 {
            return self.done[dice.roll(self.done.len())].clone();
        }
        let (taken, fresh) = (dice.roll(self.done.len()), 10_000_000 + self.done.len());
        let shared = dice.roll(20) == 0;
        let op = self.some();
        // A re-evaluation has two entries, and the reasons of its voiding come first: it has ids of its own.
        let own = matches!(op, Op::Mint { replaces: Some(_), .. });
        (if shared && !own { taken } else { fresh }, op)
    }

    fn some(&mut self) -> Op {
        let (lots, dice) = (self.ids.len(), &mut self.dice);
        let learner = LEARNERS[dice.roll(LEARNERS.len())];
        let amount = match dice.roll(20) {
            0 => [0, -1, i64::MIN, 1_000_000_001, i64::MAX, 1_000_000_000][dice.roll(6)],
            _ => 1 + dice.roll(1_000) as i64,
        };
        let hold = dice.roll(self.done.len() / 4 + 2);
        let basis = dice.roll(self.done.len() / 4 + 4);
        match if lots < 5 { 0 } else { dice.roll(20) } {
            0..5 => Op::Mint { learner, scheme: [CREDIT, HOUR, LASTING][dice.roll(3)], amount, basis, replaces: None },
            5 => Op::Receive { learner, amount, basis, expires: [None, Some(self.today.add_days(dice.roll(400) as i64))][dice.roll(2)] },
            6 => Op::Void { lot: dice.roll(lots) },
            7 => {
                let old = dice.roll(lots);
                match self.model.basis_of(old) {
                    Some(basis) => Op::Mint { learner, scheme: self.model.lots[old].scheme, amount, basis, replaces: Some(old) },
                    None => Op::Void { lot: old },
                }
            }
            8..12 => {
                let answer_by = self.today.add_days(dice.roll(90) as i64);
                let (learner, picks) = self.picks(learner);
                Op::Reserve { learner, picks, hold, answer_by }
            }
            12..14 => Op::Settle { hold },
            14 => Op::Release { hold },
            15 => Op::Return { hold },
            _ => {
                let (learner, picks) = self.picks(learner);
                Op::Redeem { learner, picks }
            }
        }
    }

    /// Mostly lots of one learner, mostly no more than there is.
    fn picks(&mut self, learner: &'static str) -> (&'static str, Vec<(usize, i64)>) {
        let dice = &mut self.dice;
        let learner = if learner == "lrn_old" { "lrn_a" } else { learner };
        let own: Vec<usize> = (0..self.ids.len()).filter(|lot| self.model.lots[*lot].learner == learner).rev().take(60).collect();
        let pick = |dice: &mut Dice| {
            let lot = if own.is_empty() || dice.roll(25) == 0 { dice.roll(self.ids.len()) } else { own[dice.roll(own.len())] };
            let amount = [1, 1 + dice.roll(200) as i64, self.model.at(lot, "lot", Day::MAX), dice.roll(1_200) as i64][dice.roll(4)];
            (lot, if dice.roll(60) == 0 { -amount } else { amount })
        };
        let many = dice.roll(4);
        (learner, (0..many).map(|_| pick(dice)).collect())
    }

    fn book(&self, conn: &mut Conn, act: &Act<'_>, entry: usize, op: &Op) -> Result<Outcome, Error> {
        let id = format!("ent_{entry}");
        let named = |picks: &[(usize, i64)]| -> Vec<Pick> {
            picks.iter().map(|(lot, amount)| Pick { lot: self.ids[*lot].clone(), amount: *amount }).collect()
        };
        let credit = |learner: &str, scheme: &str, amount: i64, basis: usize| {
            let mut credit = mint(&id, learner, scheme, amount, basis);
            credit.cause = digest(0);
            credit
        };
        match op {
            Op::Mint { learner, scheme, amount, basis, replaces: None } => service::mint(conn, act, &credit(learner, scheme, *amount, *basis)),
            Op::Mint { learner, scheme, amount, basis, replaces: Some(old) } => {
                let old = void(&format!("{id}v"), &self.ids[*old]);
                service::revalue(conn, act, &old, &credit(learner, scheme, *amount, *basis))
            }
            Op::Receive { learner, amount, basis, expires } => {
                let mut credit = credit(learner, CREDIT, *amount, *basis);
                credit.facts = facts(learner, CREDIT, 1_000_000 + basis);
                service::receive(conn, act, &Receive { credit, peer: RegionCode::parse("320000").unwrap(), expires_on: *expires })
            }
            Op::Void { lot } => service::void(conn, act, &void(&id, &self.ids[*lot])),
            Op::Settle { hold } => service::settle(conn, act, &end(&id, &format!("tr_{hold}")), &abroad()),
            Op::Release { hold } => service::release(conn, act, &end(&id, &format!("tr_{hold}"))),
            Op::Return { hold } => service::give_back(conn, act, &end(&id, &format!("tr_{hold}")), &RegionCode::parse("320000").unwrap()),
            Op::Reserve { learner, picks, hold, answer_by } => {
                let kin = family(learner);
                let mut asked = reserve(&id, &kin, named(picks), &format!("tr_{hold}"));
                asked.answer_by = *answer_by;
                service::reserve(conn, act, &asked)
            }
            Op::Redeem { learner, picks } => service::redeem(conn, act, &redeem(&id, &family(learner), named(picks))),
        }
    }

    fn step(&mut self, conn: &mut Conn, n: usize) -> Result<(), Error> {
        let (entry, op) = self.next();
        let bank = self.bank;
        let act = Act { edge: &bank.world.app.edge, today: self.today, region: &bank.region, is_restoring: false };
        let outcome = self.book(conn, &act, entry, &op)?;
        let wanted = self.model.book(entry, &op, self.today);
        assert_eq!(word(&outcome), wanted, "operation {n}: ent_{entry} {op:?} on {}: {outcome:?}", self.today);
        if let (Outcome::Posted(posted), Op::Mint { .. } | Op::Receive { .. }) = (&outcome, &op) {
            self.ids.push(posted.lot.clone().unwrap());
        }
        self.done.push((entry, op));
        if self.dice.roll(30) == 0 {
            self.today = self.today.add_days(1 + self.dice.roll(20) as i64);
        }
        if self.sweeps && self.dice.roll(40) == 0 {
            let act = Act { edge: &bank.world.app.edge, today: self.today, region: &bank.region, is_restoring: false };
            while service::expire(conn, &act, 3)? > 0 {}
            self.model.sweep(self.today);
        }
        Ok(())
    }

    /// What the model says of a lot at the end of a day.
    fn sums(&self, lot: usize, day: Day) -> Sums {
        let at = |place| self.model.at(lot, place, day);
        let dead = self.model.lots[lot].expires.is_some_and(|expires| expires <= day);
        let (left, minted) = (at("lot"), -at("source"));
        let (available, expired) = if dead { (0, left + at("expired")) } else { (left, at("expired")) };
        Sums { minted, available, held: at("hold"), out: at("out"), redeemed: at("redeemed"), expired, voided: at("voided") }
    }

    /// Every lot of every learner as of a day, and what they come to now.
    fn compare(&mut self, first: Day) {
        let days = (self.today.epoch_days() - first.epoch_days()) as usize + 1;
        for (then, learner) in [(self.today, "lrn_a"), (first.add_days(self.dice.roll(days) as i64), "lrn_a"), (self.today, "lrn_b")] {
            let kin = family(learner);
            let (mut shown, mut after) = (Vec::new(), None);
            loop {
                let page = self.bank.read(|conn| service::lots(conn, &kin, None, then, after.as_deref(), 200));
                let Some(last) = page.last() else { break };
                after = Some(last.lot.id.clone());
                shown.extend(page);
            }
            let mut wanted: Vec<(&String, Sums)> = (0..self.ids.len())
                .filter(|lot| kin.contains(&self.model.lots[*lot].learner.to_owned()))
                .map(|lot| (&self.ids[lot], self.sums(lot, then)))
                .collect();
            wanted.retain(|(_, sums)| sums.minted > 0);
            wanted.sort_by_key(|(id, _)| *id);
            assert_eq!(shown.iter().map(|state| (&state.lot.id, state.sums)).collect::<Vec<_>>(), wanted, "{learner} on {then}");
            for state in &shown {
                let s = state.sums;
                assert_eq!(s.available + s.held + s.out + s.redeemed + s.expired + s.voided, state.lot.amount, "it conserves");
                assert!(s.available >= 0 && s.available <= s.minted && s.minted == state.lot.amount);
            }
            if then == self.today {
                let total = |of: &dyn Fn(&Sums) -> i64| shown.iter().map(|state| of(&state.sums)).sum::<i64>();
                let balances = self.bank.read(|conn| service::balances(conn, &kin, then));
                for (sum, of) in [(0, &(|s: &Sums| s.available) as &dyn Fn(&Sums) -> i64), (1, &|s: &Sums| s.expired), (2, &|s: &Sums| s.voided)] {
                    assert_eq!(balances.iter().map(|balance| of(&balance.sums)).sum::<i64>(), total(of), "sum {sum} of {learner}");
                }
            }
        }
    }
}

/// Runs a history of `operations`, with or without the sweep.
fn play(world: &World, seed: u64, operations: usize) {
    let bank = Bank::of(world);
    let first = day("2026-03-01");
    let (sweeps, chunk) = (seed.is_multiple_of(2), 50);
    println!("seed {seed}: {operations} operations, sweeps: {sweeps}");
    let history = RefCell::new(History { bank: &bank, dice: Dice(seed), model: Model::default(), ids: vec![], done: vec![], today: first, sweeps });
    for begin in (0..operations).step_by(chunk) {
        world
            .app
            .db
            .write_now(|conn| (begin..operations.min(begin + chunk)).try_for_each(|n| history.borrow_mut().step(conn, n)))
            .unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        if begin % 1_000 == 0 {
            history.borrow_mut().compare(first);
        }
    }
    let mut history = history.into_inner();
    history.compare(first);
    history.no_gain();
    assert_eq!(bank.audit().wrong, None, "seed {seed}");
    for row in bank.read(service::trial_balance).chunk_by(|a, b| a.scheme == b.scheme) {
        assert_eq!(row.iter().map(|r| r.debit - r.credit).sum::<i64>(), 0);
    }
}

impl History<'_> {
    /// However often something was evaluated, split, offered and returned: no more of it was spent than one evaluation granted.
    fn no_gain(&self) {
        let mut bases: std::collections::BTreeMap<(usize, &str), (i64, i64)> = std::collections::BTreeMap::new();
        for lot in 0..self.ids.len() {
            let Some(basis) = self.model.basis_of(lot) else { continue };
            let sums = self.sums(lot, self.today);
            let (granted, used) = bases.entry((basis, self.model.lots[lot].scheme)).or_default();
            *granted = (*granted).max(sums.minted);
            *used += sums.out + sums.redeemed + sums.held + sums.available;
        }
        assert!(bases.values().all(|(granted, used)| used <= granted), "{bases:?}");
    }
}

both! {
    fn the_store_answers_as_the_model_does(world: &World) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let given = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
        let seed = given("HUFU_SEED").unwrap_or(now.as_nanos() as u64 % 1_000_000);
        let operations = if world.backend == Backend::Sqlite { 10_000 } else { 1_500 };
        play(world, seed, given("HUFU_OPS").map_or(operations, |n| n as usize));
    }
}
