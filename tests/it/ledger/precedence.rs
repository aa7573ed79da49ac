//! The order of precedence, walked: every line is one event, wrong in the way that is named and, where that can be, in every later way too.

use std::collections::{BTreeMap, BTreeSet};

use hufu::ledger::service::{self, Act};
use hufu::ledger::{Destination, End, LedgerRefusal, Mint, Outcome, Pick, Receive, Redeem, Reserve, Void};
use verifier::ids::RegionCode;

use super::bank::{Bank, day, digest, facts, family, word};
use crate::support::issuing::rows;

/// `verb entry cause ..`: mint and receive: learner scheme amount basis category [peer expires]; void: lot; revalue: the same, entry of the void and
/// lot, then as mint; reserve: learner picks hold answer-by [origin]; settle: hold destination; release: hold; return: hold peer; redeem: learner picks programme.
/// A digest is a number, or `bad`. `=> outcome`, and a name for the lot that is made.
const EVENTS: &str = "
on 2026-03-01
mint ent-1 bad no 310000:no 0 bad no                                    => entry_id
mint ent_1 7 lrn_a 310000:credit 100 7 core                             => posted L1
void ent_1 8 L1                                                         => exists_with_different_kind
redeem ent_1 bad no none bad                                            => exists_with_different_kind
mint ent_1 8 lrn_b 310000:credit 0 8 core                               => exists_with_different_cause
mint ent_1 7 lrn_b 310000:credit 0 7 core                               => exists_with_different_lot
mint ent_1 7 lrn_a 310000:credit 0 8 core                               => exists_with_different_lot
mint ent_1 7 lrn_a 310000:credit 0 7 core                               => exists_with_different_amount
mint ent_1 7 lrn_a 310000:credit 100 7 core                             => exists
mint ent_2 bad no 310000:no 0 bad no                                    => cause
mint ent_2 8 no 310000:no 0 bad no                                      => cause
receive ent_2 8 no 310000:no 0 8 no 310000 never                        => place
mint ent_2 8 no 310000:no 0 8 no                                        => amount_zero
mint ent_2 8 no 310000:no -1 8 no                                       => amount_negative
mint ent_2 8 no 310000:no -9223372036854775808 8 no                     => amount_negative
mint ent_2 8 no 310000:no 1000000001 8 no                               => amount_too_large
mint ent_2 8 no 310000:no 9223372036854775807 8 no                      => amount_too_large
mint ent_2 8 no 310000:no 1000000000 8 no                               => no_scheme
mint ent_2 8 no credit 1 8 no                                           => no_scheme
mint ent_2 8 no 310000:credit 1 8 no                                    => no_category
mint ent_2 8 lrn_no 310000:credit 1 7 core                              => no_learner
mint ent_2 8 l\u{0} 310000:credit 1 7 core                              => no_learner
mint ent_2 8 lrn_closed 310000:credit 1 7 core                          => learner_closed
mint ent_2 8 lrn_old 310000:credit 1 7 core                             => learner_closed
mint ent_2 8 lrn_b 310000:credit 1 7 core                               => already_minted L1
mint ent_3 8 lrn_b 310000:credit 50 8 core                              => posted L2
receive ent_4 9 lrn_a 310000:credit 70 9 core 320000 2027-01-01         => posted L3
receive ent_4 9 lrn_a 310000:credit 70 9 core 330000 2027-01-01         => exists_with_different_place
receive ent_4 9 lrn_a 310000:credit 70 9 core 320000 2027-01-01         => exists
receive ent_5 9 lrn_a 310000:credit 70 9 core 320000 2027-01-01         => already_minted L3
mint ent_6 10 lrn_a 310000:hour 30 10 core                              => posted L4
reserve ent_- bad no none - 2026-03-01                                  => entry_id
reserve ent_r1 bad no none - 2026-03-01                                 => cause
reserve ent_r1 3 no none - 2026-03-01                                   => place
reserve ent_r1 3 no none tr_1 2026-03-01                                => no_lots
reserve ent_r1 3 no many tr_1 2026-03-01                                => too_many_lots
reserve ent_r1 3 no L1:0,L1:0 tr_1 2026-03-01                           => lot_twice L1
reserve ent_r1 3 no L1:-1,L2:0 tr_1 2026-03-01                          => amount_zero L2
reserve ent_r1 3 no L1:-1,L2:1000000001 tr_1 2026-03-01                 => amount_negative L1
reserve ent_r1 3 no L1:1000000001 tr_1 2026-03-01                       => amount_too_large L1
reserve ent_r1 3 lrn_no lot_no:1 tr_1 2026-03-01                        => no_learner
reserve ent_r1 3 lrn_closed lot_no:1 tr_1 2026-03-01                    => learner_closed
reserve ent_r1 3 lrn_a L2:1,lot_no:1 tr_1 2026-03-01                    => no_lot
reserve ent_r1 3 lrn_a L2:1,lot-no:1 tr_1 2026-03-01                    => no_lot
reserve ent_r1 3 lrn_a L2:1,L3:1 tr_1 2026-03-01                        => other_learner L2
reserve ent_r1 3 lrn_a L3:100 tr_1 2099-03-01                           => other_region L3
reserve ent_r1 3 lrn_a L1:40,L4:10 tr_1 2026-03-01                      => posted
void ent_r1 bad L1                                                      => exists_with_different_kind
reserve ent_r1 4 lrn_a L1:40 tr_2 2026-03-01                            => exists_with_different_cause
reserve ent_r1 3 lrn_a L1:41 tr_2 2026-03-01                            => exists_with_different_lot
reserve ent_r1 3 lrn_a L1:41,L4:10 tr_2 2026-03-01                      => exists_with_different_amount
reserve ent_r1 3 lrn_a L1:40,L4:10 tr_2 2026-03-01                      => exists_with_different_place
reserve ent_r1 3 lrn_a L4:10,L1:40 tr_1 2026-03-01                      => exists
reserve ent_r2 3 lrn_a L1:61 tr_1 2099-03-01                            => hold_exists
reserve ent_r2 3 lrn_a L1:61 tr_2 2033-03-01                            => expires_before_answer L1
reserve ent_r2 3 lrn_a L1:61 tr_2 2033-02-28                            => exceeds_available L1
revalue ent_v 1 L1 ent_m 7 lrn_a 310000:credit 90 7 core                => lot_held L1
settle ent_s1 bad - 310000                                              => cause
settle ent_s1 2 - 310000                                                => place
settle ent_s1 2 tr_1 310000                                             => place
settle ent_s1 2 tr_9 320000                                             => no_hold
release ent_s1 2 tr_9                                                   => no_hold
settle ent_s1 2 tr_1 320000                                             => posted
settle ent_s1 3 tr_1 320000                                             => exists_with_different_cause
settle ent_s1 2 tr_1 330000                                             => exists_with_different_place
settle ent_s1 2 tr_1 320000                                             => exists
release ent_s1 2 tr_1                                                   => exists_with_different_kind
release ent_s2 2 tr_1                                                   => hold_settled
settle ent_s2 2 tr_1 320000                                             => hold_settled
reserve ent_r3 3 lrn_a L1:60 tr_3 2026-04-01                            => posted
release ent_s3 2 tr_3                                                   => posted
release ent_s3 2 tr_3                                                   => exists
release ent_s4 2 tr_3                                                   => hold_released
settle ent_s4 2 tr_3 320000                                             => hold_released
redeem ent_d1 4 lrn_a L1:10 bad                                         => place
redeem ent_d1 4 lrn_a none 99                                           => no_lots
redeem ent_d1 4 lrn_a L1:10,L3:70 99                                    => posted
redeem ent_d1 4 lrn_a L1:10,L3:70 98                                    => exists_with_different_place
redeem ent_d1 4 lrn_a L1:10,L3:70 99                                    => exists
redeem ent_d2 4 lrn_a L3:1 99                                           => exceeds_available L3
void ent_v 1 lot_no                                                     => no_lot
revalue ent_v 1 L1 ent_m 7 lrn_a 310000:credit 90 10 core               => other_basis L1
revalue ent_v 1 L1 ent_m 7 lrn_a 310000:credit 90 7 core                => posted L5
revalue ent_v 1 L1 ent_m 7 lrn_a 310000:credit 90 7 core                => exists
revalue ent_w 1 L1 ent_n 7 lrn_a 310000:credit 90 7 core                => already_voided L1
mint ent_m 7 lrn_a 310000:credit 90 7 core                              => exists_with_different_lot
mint ent_n 7 lrn_a 310000:credit 90 7 core                              => already_minted L5
redeem ent_d2 4 lrn_a L1:1 99                                           => exceeds_available L1
redeem ent_d2 4 lrn_a L5:41 99                                          => exceeds_available L5
redeem ent_d2 4 lrn_a L5:40 99                                          => posted
return ent-t bad - 310000                                               => entry_id
return ent_t1 bad - 310000                                              => cause
return ent_t1 2 - 310000                                                => place
return ent_t1 2 tr_1 310000                                             => place
return ent_t1 2 tr_9 320000                                             => no_hold
return ent_t1 2 tr_3 320000                                             => hold_not_out
return ent_t1 2 tr_1 330000                                             => hold_not_out
return ent_t1 2 tr_1 320000                                             => posted
return ent_s1 2 tr_1 320000                                             => exists_with_different_kind
return ent_t1 3 tr_1 320000                                             => exists_with_different_cause
return ent_t1 2 tr_1 330000                                             => exists_with_different_place
return ent_t1 2 tr_1 320000                                             => exists
return ent_t2 2 tr_1 320000                                             => hold_returned
reserve ent_b1 3 lrn_a L1:1 tr_b 2026-03-01 320000                      => other_region L1
reserve ent_b1 3 lrn_a L3:1 tr_b 2026-03-01 330000                      => other_region L3
mint ent_20 20 lrn_a 310000:credit 100 20 core                          => posted L6
mint ent_21 21 lrn_a 310000:credit 100 21 core                          => posted L7
receive ent-4 bad no 310000:no 0 bad no 310000 never                    => entry_id
receive ent_20 bad no 310000:no 0 bad no 310000 never                   => exists_with_different_kind
receive ent_4 8 lrn_b 310000:credit 71 9 core 330000 never              => exists_with_different_cause
receive ent_4 9 lrn_b 310000:credit 71 9 core 330000 2027-01-01         => exists_with_different_lot
receive ent_4 9 lrn_a 310000:credit 71 9 core 330000 2027-01-02         => exists_with_different_lot
receive ent_4 9 lrn_a 310000:credit 71 9 core 330000 never              => exists_with_different_lot
receive ent_4 9 lrn_a 310000:credit 71 9 core 330000 2027-01-01         => exists_with_different_amount
receive ent_28 bad no 310000:no 0 8 no 310000 never                     => cause
receive ent_28 8 no 310000:no 0 bad no 310000 never                     => cause
receive ent_28 8 no 310000:no 0 9 no 320000 never                       => amount_zero
receive ent_28 8 no 310000:no -1 9 no 320000 never                      => amount_negative
receive ent_28 8 no 310000:no 1000000001 9 no 320000 never              => amount_too_large
receive ent_28 8 no 310000:no 1 9 no 320000 never                       => no_scheme
receive ent_28 8 no 310000:credit 1 9 no 320000 never                   => no_category
receive ent_28 8 no 310000:credit 1 9 core 320000 never                 => no_learner
receive ent_28 8 lrn_closed 310000:credit 1 9 core 320000 never         => learner_closed
receive ent_28 8 lrn_b 310000:credit 1 9 core 320000 never              => already_minted L3
void ent- bad lot_no                                                    => entry_id
void ent_22 bad lot_no                                                  => cause
void ent_22 2 lot_no                                                    => no_lot
void ent_22 2 L6                                                        => posted
mint ent_22 bad no 310000:no 0 bad no                                   => exists_with_different_kind
void ent_22 3 L7                                                        => exists_with_different_cause
void ent_22 2 L7                                                        => exists_with_different_lot
void ent_22 2 L6                                                        => exists
void ent_23 2 L6                                                        => already_voided L6
revalue ent- bad lot_no ent- bad no 310000:no 0 bad no                  => entry_id
revalue ent_20 bad lot_no ent- bad no 310000:no 0 bad no                => exists_with_different_kind
revalue ent_22 3 L7 ent- bad no 310000:no 0 bad no                      => exists_with_different_cause
revalue ent_22 2 L7 ent- bad no 310000:no 0 bad no                      => exists_with_different_lot
revalue ent_24 bad lot_no ent- bad no 310000:no 0 bad no                => cause
revalue ent_24 2 lot_no ent- bad no 310000:no 0 bad no                  => no_lot
revalue ent_24 2 L6 ent- bad no 310000:no 0 bad no                      => already_voided L6
revalue ent_24 2 L7 ent- bad no 310000:no 0 bad no                      => entry_id
revalue ent_24 2 L7 ent_22 bad no 310000:no 0 bad no                    => exists_with_different_kind
revalue ent_24 2 L7 ent_20 8 no 310000:no 0 bad no                      => exists_with_different_cause
revalue ent_24 2 L7 ent_20 20 lrn_a 310000:credit 100 20 core           => exists_with_different_lot
revalue ent_24 2 L7 ent_25 bad no 310000:no 0 bad no                    => cause
revalue ent_24 2 L7 ent_25 8 no 310000:no 0 bad no                      => cause
revalue ent_24 2 L7 ent_25 8 no 310000:no 0 8 no                        => amount_zero
revalue ent_24 2 L7 ent_25 8 no 310000:no -1 8 no                       => amount_negative
revalue ent_24 2 L7 ent_25 8 no 310000:no 1000000001 8 no               => amount_too_large
revalue ent_24 2 L7 ent_25 8 no 310000:no 1 8 no                        => no_scheme
revalue ent_24 2 L7 ent_25 8 no 310000:credit 1 8 no                    => no_category
revalue ent_24 2 L7 ent_25 8 no 310000:credit 1 8 core                  => no_learner
revalue ent_24 2 L7 ent_25 8 lrn_closed 310000:credit 1 8 core          => learner_closed
revalue ent_24 2 L7 ent_25 8 lrn_b 310000:credit 1 8 core               => other_basis L7
revalue ent_24 2 L7 ent_25 8 lrn_a 310000:credit 80 21 core             => posted L8
revalue ent_24 2 L7 ent_25 9 lrn_b 310000:credit 81 21 core             => exists_with_different_cause
revalue ent_24 2 L7 ent_25 8 lrn_b 310000:credit 81 21 core             => exists_with_different_lot
revalue ent_24 2 L7 ent_25 8 lrn_a 310000:credit 81 21 core             => exists_with_different_amount
revalue ent_24 2 L7 ent_25 8 lrn_a 310000:credit 80 21 core             => exists
revalue ent_24 2 L7 ent_26 8 lrn_a 310000:credit 80 21 core             => already_minted L8
revalue ent_22 2 L6 ent_27 8 lrn_a 310000:credit 70 20 core             => posted L9
reserve ent_20 bad no none - 2026-03-01                                 => exists_with_different_kind
redeem ent- bad no none bad                                             => entry_id
redeem ent_d1 5 no none 98                                              => exists_with_different_cause
redeem ent_d1 4 lrn_a L1:11 98                                          => exists_with_different_lot
redeem ent_d1 4 lrn_a L1:11,L3:70 98                                    => exists_with_different_amount
redeem ent_d4 bad no none bad                                           => cause
redeem ent_d4 4 no none bad                                             => place
redeem ent_d4 4 no many 99                                              => too_many_lots
redeem ent_d4 4 no lot_no:0,lot_no:0 99                                 => lot_twice
redeem ent_d4 4 no lot_no:0,L8:-1 99                                    => amount_zero
redeem ent_d4 4 no lot_no:-1,L8:1000000001 99                           => amount_negative
redeem ent_d4 4 no lot_no:1000000001 99                                 => amount_too_large
redeem ent_d4 4 lrn_no lot_no:1 99                                      => no_learner
redeem ent_d4 4 lrn_closed lot_no:1 99                                  => learner_closed
redeem ent_d4 4 lrn_a lot_no:1,L2:51 99                                 => no_lot
redeem ent_d4 4 lrn_a L8:81,L2:51 99                                    => other_learner L2
reserve ent_r5 3 lrn_a L8:30,L9:70 tr_5 2026-04-01                      => posted
settle ent- bad - 310000                                                => entry_id
settle ent_20 bad - 310000                                              => exists_with_different_kind
settle ent_s5 2 tr_5 pbad                                               => place
settle ent_s5 2 tr_5 p99                                                => posted
settle ent_s5 2 tr_5 p98                                                => exists_with_different_place
settle ent_s5 2 tr_5 320000                                             => exists_with_different_place
settle ent_s5 2 tr_3 p99                                                => exists_with_different_place
settle ent_s5 2 tr_5 p99                                                => exists
release ent- bad -                                                      => entry_id
release ent_s3 3 tr_5                                                   => exists_with_different_cause
release ent_s3 2 tr_5                                                   => exists_with_different_place
release ent_s6 bad -                                                    => cause
release ent_s6 2 -                                                      => place
on 2028-01-01
redeem ent_d3 4 lrn_a L4:21,L5:1 99                                     => lot_expired L4
reserve ent_r4 3 lrn_a L4:21 tr_4 2099-01-01                            => lot_expired L4
";

/// What each call can answer: all of it is walked, and nothing else.
const ANSWERS: [(&str, &str); 9] = [
    (
        "mint",
        "entry_id different_kind different_cause different_lot different_amount exists cause amount_zero amount_negative amount_too_large no_scheme \
        no_category no_learner learner_closed already_minted posted",
    ),
    (
        "receive",
        "entry_id different_kind different_cause different_lot different_amount different_place exists cause place amount_zero amount_negative \
        amount_too_large no_scheme no_category no_learner learner_closed already_minted posted",
    ),
    ("void", "entry_id different_kind different_cause different_lot exists cause no_lot already_voided posted"),
    (
        "revalue",
        "entry_id different_kind different_cause different_lot different_amount exists cause amount_zero amount_negative amount_too_large no_scheme \
        no_category no_learner learner_closed no_lot other_basis already_minted already_voided lot_held posted",
    ),
    (
        "reserve",
        "entry_id different_kind different_cause different_lot different_amount different_place exists cause place no_lots too_many_lots lot_twice \
        amount_zero amount_negative amount_too_large no_learner learner_closed no_lot other_learner other_region hold_exists lot_expired \
        expires_before_answer exceeds_available posted",
    ),
    (
        "redeem",
        "entry_id different_kind different_cause different_lot different_amount different_place exists cause place no_lots too_many_lots lot_twice \
        amount_zero amount_negative amount_too_large no_learner learner_closed no_lot other_learner lot_expired exceeds_available posted",
    ),
    ("settle", "entry_id different_kind different_cause different_place exists cause place no_hold hold_settled hold_released posted"),
    ("return", "entry_id different_kind different_cause different_place exists cause place no_hold hold_not_out hold_returned posted"),
    ("release", "entry_id different_kind different_cause different_place exists cause place no_hold hold_settled hold_released posted"),
];

/// The tables of the ledger.
const TABLES: [&str; 5] = ["schemes", "lots", "lot_balances", "entries", "movements"];

struct Walk<'a> {
    bank: &'a Bank<'a>,
    lots: BTreeMap<String, String>,
}

impl Walk<'_> {
    fn digest(&self, word: &str) -> String {
        word.parse().map_or_else(|_| word.to_owned(), digest)
    }

    fn lot(&self, word: &str) -> String {
        self.lots.get(word).cloned().unwrap_or_else(|| word.to_owned())
    }

    fn picks(&self, word: &str) -> Vec<Pick> {
        match word {
            "none" => Vec::new(),
            "many" => (0..1_001).map(|_| Pick { lot: "lot_no".to_owned(), amount: 0 }).collect(),
            list => {
                let pick = |one: &str| one.split_once(':').map(|(lot, amount)| Pick { lot: self.lot(lot), amount: amount.parse().unwrap() });
                list.split(',').map(|one| pick(one).unwrap()).collect()
            }
        }
    }

    fn mint(&self, words: &[&str]) -> Mint {
        let [entry, cause, learner, scheme, amount, basis, category, ..] = *words else { panic!("{words:?}") };
        let mut facts = facts(&learner.replace("\\u{0}", "\0"), scheme, 0);
        facts.basis = self.digest(basis);
        facts.category = Some(category.to_owned());
        Mint { entry: entry.to_owned(), cause: self.digest(cause), amount: amount.parse().unwrap(), facts }
    }

    fn book(&self, today: &str, event: &[&str]) -> Outcome {
        let words = &event[1..];
        let (entry, cause) = (words[0].to_owned(), self.digest(words[1]));
        let end = || End { entry: entry.clone(), cause: cause.clone(), hold: words[2].to_owned() };
        let void = || Void { entry: entry.clone(), cause: cause.clone(), lot: self.lot(words[2]) };
        let work = |conn: &mut hufu::db::Conn, act: &Act<'_>| match event[0] {
            "mint" => service::mint(conn, act, &self.mint(words)),
            "receive" => {
                let (peer, expires_on) = (RegionCode::parse(words[7]).unwrap(), (words[8] != "never").then(|| day(words[8])));
                service::receive(conn, act, &Receive { credit: self.mint(words), peer, expires_on })
            }
            "void" => service::void(conn, act, &void()),
            "revalue" => service::revalue(conn, act, &void(), &self.mint(&words[3..])),
            "settle" => {
                let programme = words[3].strip_prefix('p').map(|word| Destination::Redeemed(self.digest(word)));
                service::settle(conn, act, &end(), &programme.unwrap_or_else(|| Destination::Out(RegionCode::parse(words[3]).unwrap())))
            }
            "return" => service::give_back(conn, act, &end(), &RegionCode::parse(words[3]).unwrap()),
            "release" => service::release(conn, act, &end()),
            "reserve" => {
                let (family, picks, hold) = (family(words[2]), self.picks(words[3]), words[4].to_owned());
                let (answer_by, origin) = (day(words[5]), RegionCode::parse(words.get(6).unwrap_or(&"310000")).unwrap());
                let asked = Reserve { entry: entry.clone(), cause: cause.clone(), family: &family, picks, origin: &origin, hold, answer_by };
                service::reserve(conn, act, &asked)
            }
            "redeem" => {
                let (family, picks, programme) = (family(words[2]), self.picks(words[3]), self.digest(words[4]));
                service::redeem(conn, act, &Redeem { entry: entry.clone(), cause: cause.clone(), family: &family, picks, programme })
            }
            other => panic!("{other}"),
        };
        self.bank.write(today, work)
    }
}

both! {
    fn of_several_reasons_the_first_in_order_is_the_answer_and_only_what_is_posted_changes_anything(world: &World) {
        let bank = Bank::of(world);
        let mut walk = Walk { bank: &bank, lots: BTreeMap::new() };
        let (mut today, mut met) = (String::new(), BTreeSet::new());
        for line in EVENTS.lines().filter(|line| !line.is_empty()) {
            if let Some(day) = line.strip_prefix("on ") {
                day.clone_into(&mut today);
                continue;
            }
            let (event, wanted) = line.split_once("=>").unwrap();
            let before = rows(world, &TABLES);
            let event: Vec<&str> = event.split_whitespace().collect();
            let outcome = walk.book(&today, &event);
            let mut wanted = wanted.split_whitespace();
            assert_eq!(word(&outcome), wanted.next().unwrap(), "{line}: {outcome:?}");
            met.insert((event[0].to_owned(), word(&outcome)));
            assert_eq!(rows(world, &TABLES) == before, !matches!(outcome, Outcome::Posted(_)), "{line}");
            match outcome {
                Outcome::Posted(posted) => {
                    let name = wanted.next().map(str::to_owned);
                    walk.lots.extend(name.map(|name| (name, posted.lot.unwrap())));
                }
                Outcome::Exists(_) => {}
                Outcome::Refused(refused) => {
                    if let Some(lot) = wanted.next() {
                        assert_eq!(refused.lot.as_deref(), Some(walk.lot(lot).as_str()), "{line}");
                    }
                }
            }
        }
        let whole = |answer: &str| if answer.starts_with("different_") { format!("exists_with_{answer}") } else { answer.to_owned() };
        let all = ANSWERS.iter().flat_map(|(call, answers)| answers.split_whitespace().map(move |answer| ((*call).to_owned(), whole(answer))));
        let all: BTreeSet<(String, String)> = all.collect();
        let odd: Vec<_> = met.symmetric_difference(&all).collect();
        assert!(odd.is_empty(), "not walked, or not listed: {odd:?}");
        // What stands before everything while a restore goes on has a test with restores.
        let walked = |code: &str| !code.starts_with("ledger.scheme") && code != "ledger.restoring";
        for reason in LedgerRefusal::ALL.iter().filter(|reason| walked(reason.code)) {
            assert!(met.iter().any(|(_, answer)| reason.code == format!("ledger.{answer}")), "no event is refused with {}", reason.code);
        }
        assert_eq!(bank.audit().wrong, None);
    }
}
