//! The ledger as a few maps in memory, written from its documentation and from nothing of its code: what each posting must answer.

use std::collections::BTreeMap;

use verifier::time::Day;

use super::bank::{CREDIT, HOUR};

/// A posting as the model knows it. Lots are numbered in the order in which they were made.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    Mint { learner: &'static str, scheme: &'static str, amount: i64, basis: usize, replaces: Option<usize> },
    Receive { learner: &'static str, amount: i64, basis: usize, expires: Option<Day> },
    Void { lot: usize },
    Reserve { learner: &'static str, picks: Vec<(usize, i64)>, hold: usize, answer_by: Day },
    Settle { hold: usize },
    Release { hold: usize },
    Return { hold: usize },
    Redeem { learner: &'static str, picks: Vec<(usize, i64)> },
}

/// Lots and amounts.
type Picks = Vec<(usize, i64)>;

/// One lot of the model.
pub struct Lot {
    pub learner: &'static str,
    pub scheme: &'static str,
    pub expires: Option<Day>,
    basis: (usize, bool),
    own: bool,
    voided: bool,
}

/// One movement of a lot: on which day, from where to where.
struct Moved {
    day: Day,
    from: &'static str,
    to: &'static str,
    amount: i64,
}

#[derive(Default)]
pub struct Model {
    pub lots: Vec<Lot>,
    /// Of each lot, in order.
    moved: BTreeMap<usize, Vec<Moved>>,
    entries: BTreeMap<usize, Op>,
    /// What was set aside, and whether the hold is `open` or how it ended.
    holds: BTreeMap<usize, (Picks, &'static str)>,
}

impl Model {
    /// What is of a lot in a place, counting movements until the end of `day`.
    pub fn at(&self, lot: usize, place: &str, day: Day) -> i64 {
        let until = self.moved.get(&lot).into_iter().flatten().filter(|m| m.day <= day);
        until
            .map(|m| {
                if m.to == place {
                    m.amount
                } else if m.from == place {
                    -m.amount
                } else {
                    0
                }
            })
            .sum()
    }

    /// The basis of a lot that was minted here.
    pub fn basis_of(&self, lot: usize) -> Option<usize> {
        Some(self.lots[lot].basis).filter(|(_, own)| *own).map(|(basis, _)| basis)
    }

    fn available(&self, lot: usize) -> i64 {
        self.at(lot, "lot", Day::MAX)
    }

    fn go(&mut self, lot: usize, day: Day, from: &'static str, to: &'static str, amount: i64) {
        if amount > 0 {
            self.moved.entry(lot).or_default().push(Moved { day, from, to, amount });
        }
    }

    /// Books what has expired.
    pub fn sweep(&mut self, today: Day) {
        for lot in 0..self.lots.len() {
            if self.lots[lot].expires.is_some_and(|day| day <= today) {
                self.go(lot, today, "lot", "expired", self.available(lot));
            }
        }
    }

    /// What a posting under this entry answers; where it is posted, the model has it too.
    pub fn book(&mut self, entry: usize, op: &Op, today: Day) -> &'static str {
        if let Some(before) = self.entries.get(&entry) {
            return differs(op, before);
        }
        let answer = self.judge(op, today);
        if answer == "posted" {
            self.apply(op, today);
            self.entries.insert(entry, op.clone());
        }
        answer
    }

    fn judge(&self, op: &Op, today: Day) -> &'static str {
        match op {
            Op::Mint { learner, scheme, amount, basis, replaces } => {
                if replaces.is_some_and(|old| self.lots[old].voided) {
                    return "already_voided";
                }
                let latest = self.lots.iter().rposition(|lot| lot.basis == (*basis, true) && lot.scheme == *scheme);
                match (self.new_credit(learner, *amount), latest) {
                    (Some(why), _) => why,
                    (None, Some(lot)) if Some(lot) != *replaces => "already_minted",
                    (None, Some(lot)) if self.at(lot, "hold", Day::MAX) > 0 => "lot_held",
                    _ => "posted",
                }
            }
            Op::Receive { learner, amount, basis, .. } => match self.new_credit(learner, *amount) {
                Some(why) => why,
                None if self.lots.iter().any(|lot| lot.basis == (*basis, false)) => "already_minted",
                None => "posted",
            },
            Op::Void { lot } if self.lots[*lot].voided => "already_voided",
            Op::Void { .. } => "posted",
            Op::Reserve { learner, picks, hold, answer_by } => self.spend(learner, picks, today, Some((*hold, *answer_by))),
            Op::Redeem { learner, picks } => self.spend(learner, picks, today, None),
            Op::Settle { hold } | Op::Release { hold } => match self.holds.get(hold) {
                None => "no_hold",
                Some((_, "open")) => "posted",
                Some((_, "hold_returned")) => "hold_settled",
                Some((_, ended)) => ended,
            },
            Op::Return { hold } => match self.holds.get(hold) {
                None => "no_hold",
                Some((_, "hold_settled")) => "posted",
                Some((_, "hold_returned")) => "hold_returned",
                Some(_) => "hold_not_out",
            },
        }
    }

    fn new_credit(&self, learner: &str, amount: i64) -> Option<&'static str> {
        match (amount, learner) {
            (0, _) => Some("amount_zero"),
            (..0, _) => Some("amount_negative"),
            (1_000_000_001.., _) => Some("amount_too_large"),
            (_, "lrn_closed" | "lrn_old") => Some("learner_closed"),
            _ => None,
        }
    }

    fn spend(&self, learner: &str, picks: &[(usize, i64)], today: Day, offer: Option<(usize, Day)>) -> &'static str {
        let any = |wrong: &dyn Fn(usize, i64) -> bool| picks.iter().any(|(lot, amount)| wrong(*lot, *amount));
        let kin = |owner: &str| owner == learner || (learner == "lrn_a" && owner == "lrn_old");
        let dead = |lot: usize, day: Day| self.lots[lot].expires.is_some_and(|expires| expires <= day);
        let twice = picks.iter().enumerate().any(|(n, (lot, _))| picks[..n].iter().any(|(other, _)| other == lot));
        match () {
            () if picks.is_empty() => "no_lots",
            () if twice => "lot_twice",
            () if any(&|_, amount| amount == 0) => "amount_zero",
            () if any(&|_, amount| amount < 0) => "amount_negative",
            () if any(&|_, amount| amount > 1_000_000_000) => "amount_too_large",
            () if learner == "lrn_closed" => "learner_closed",
            () if any(&|lot, _| !kin(self.lots[lot].learner)) => "other_learner",
            () if offer.is_some() && any(&|lot, _| !self.lots[lot].own) => "other_region",
            () if offer.is_some_and(|(hold, _)| self.holds.contains_key(&hold)) => "hold_exists",
            () if any(&|lot, _| dead(lot, today)) => "lot_expired",
            () if offer.is_some_and(|(_, by)| any(&|lot, _| dead(lot, by))) => "expires_before_answer",
            () if any(&|lot, amount| amount > self.available(lot)) => "exceeds_available",
            () => "posted",
        }
    }

    fn apply(&mut self, op: &Op, today: Day) {
        match op {
            Op::Mint { learner, scheme, amount, basis, replaces } => {
                let expires = match *scheme {
                    CREDIT => Some("2033-03-01"),
                    HOUR => Some("2028-01-01"),
                    _ => None,
                };
                let same: Vec<usize> =
                    (0..self.lots.len()).filter(|lot| self.lots[*lot].basis == (*basis, true) && self.lots[*lot].scheme == *scheme).collect();
                let spent: i64 = same.iter().map(|lot| self.at(*lot, "out", Day::MAX) + self.at(*lot, "redeemed", Day::MAX)).sum();
                if let Some(old) = replaces {
                    self.apply(&Op::Void { lot: *old }, today);
                }
                let expires = expires.map(|text| Day::parse(text).unwrap());
                self.add(learner, scheme, *amount, expires, (*basis, true), today);
                self.go(self.lots.len() - 1, today, "lot", "voided", spent.min(*amount));
            }
            Op::Receive { learner, amount, basis, expires } => self.add(learner, CREDIT, *amount, *expires, (*basis, false), today),
            Op::Void { lot } => {
                self.go(*lot, today, "lot", "voided", self.available(*lot));
                self.lots[*lot].voided = true;
            }
            Op::Reserve { picks, hold, .. } => {
                picks.iter().for_each(|(lot, amount)| self.go(*lot, today, "lot", "hold", *amount));
                self.holds.insert(*hold, (picks.clone(), "open"));
            }
            Op::Redeem { picks, .. } => picks.iter().for_each(|(lot, amount)| self.go(*lot, today, "lot", "redeemed", *amount)),
            Op::Settle { hold } => {
                let picks = std::mem::replace(&mut self.holds.get_mut(hold).unwrap().1, "hold_settled");
                assert_eq!(picks, "open");
                self.holds[hold].0.clone().into_iter().for_each(|(lot, amount)| self.go(lot, today, "hold", "out", amount));
            }
            Op::Release { hold } => self.back(*hold, today, "hold", "hold_released"),
            Op::Return { hold } => self.back(*hold, today, "out", "hold_returned"),
        }
    }

    fn back(&mut self, hold: usize, today: Day, from: &'static str, ended: &'static str) {
        self.holds.get_mut(&hold).unwrap().1 = ended;
        for (lot, amount) in self.holds[&hold].0.clone() {
            self.go(lot, today, from, if self.lots[lot].voided { "voided" } else { "lot" }, amount);
        }
    }

    fn add(&mut self, learner: &'static str, scheme: &'static str, amount: i64, expires: Option<Day>, basis: (usize, bool), today: Day) {
        self.lots.push(Lot { learner, scheme, expires, basis, own: basis.1, voided: false });
        self.go(self.lots.len() - 1, today, "source", "lot", amount);
    }
}

/// What a repeated id answers.
fn differs(now: &Op, before: &Op) -> &'static str {
    use Op::{Mint, Receive, Redeem, Reserve};
    if std::mem::discriminant(now) != std::mem::discriminant(before) {
        return "exists_with_different_kind";
    }
    let picked = |picks: &[(usize, i64)]| {
        let mut picks = picks.to_vec();
        picks.sort_unstable();
        picks
    };
    let lots = |op: &Op| match op {
        Mint { learner, scheme, basis, replaces, .. } => format!("{learner} {scheme} {basis} {replaces:?}"),
        Receive { learner, basis, expires, .. } => format!("{learner} {basis} {expires:?}"),
        Op::Void { lot } => lot.to_string(),
        Reserve { picks, .. } | Redeem { picks, .. } => format!("{:?}", picked(picks).iter().map(|pick| pick.0).collect::<Vec<_>>()),
        Op::Settle { .. } | Op::Release { .. } | Op::Return { .. } => String::new(),
    };
    let amounts = |op: &Op| match op {
        Mint { amount, .. } | Receive { amount, .. } => vec![*amount],
        Reserve { picks, .. } | Redeem { picks, .. } => picked(picks).iter().map(|pick| pick.1).collect(),
        _ => Vec::new(),
    };
    let place = |op: &Op| match op {
        Reserve { hold, .. } | Op::Settle { hold } | Op::Release { hold } | Op::Return { hold } => Some(*hold),
        _ => None,
    };
    match () {
        () if lots(now) != lots(before) => "exists_with_different_lot",
        () if amounts(now) != amounts(before) => "exists_with_different_amount",
        () if place(now) != place(before) => "exists_with_different_place",
        () => "exists",
    }
}
