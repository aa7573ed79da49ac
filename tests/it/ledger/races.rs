//! Many threads over few lots: nothing is lost, nothing is spent twice, nobody waits in a circle.

use std::collections::BTreeMap;

use hufu::ledger::service;

use super::bank::{Bank, CREDIT, abroad, day, document, done, end, family, mint, picks, redeem, reserve, void, word};
use super::histories::Dice;
use crate::support::issuing::race;

const TODAY: &str = "2026-03-02";
const LOTS: usize = 20;

both! {
    fn sixteen_threads_over_twenty_hot_lots_lose_nothing(world: &World) {
        let bank = Bank::of(world);
        let lots: Vec<String> = (0..LOTS).map(|n| bank.lot(CREDIT, 100_000, 100 + n)).collect();
        let kin = family("lrn_a");
        let spent = race(16, |thread| {
            let mut dice = Dice(thread as u64 + 1);
            let mut spent: BTreeMap<String, i64> = BTreeMap::new();
            for n in 0..20 {
                let (first, amount) = (dice.roll(LOTS), 1 + dice.roll(3_000) as i64);
                // In no order, so that the ledger has to bring them into one.
                let list: Vec<(&str, i64)> = [first, (first + 7) % LOTS, (first + 13) % LOTS].iter().map(|i| (lots[*i].as_str(), amount)).collect();
                let list = picks(&list);
                let (entry, hold) = (format!("ent_t{thread}n{n}"), format!("tr_{thread}_{n}"));
                let outcome = if n % 2 == 0 {
                    bank.write(TODAY, |conn, act| service::redeem(conn, act, &redeem(&entry, &kin, list.clone())))
                } else {
                    bank.write(TODAY, |conn, act| service::reserve(conn, act, &reserve(&entry, &kin, list.clone(), &hold)))
                };
                if word(&outcome) == "exceeds_available" {
                    continue;
                }
                done(outcome);
                let back = n % 4 == 1;
                if n % 2 == 1 {
                    let ending = end(&format!("{entry}e"), &hold);
                    done(bank.write(TODAY, |conn, act| {
                        if back { service::release(conn, act, &ending) } else { service::settle(conn, act, &ending, &abroad()) }
                    }));
                }
                if !back {
                    list.into_iter().for_each(|pick| *spent.entry(pick.lot).or_default() += pick.amount);
                }
            }
            spent
        });
        let states = bank.read(|conn| service::lots(conn, &kin, None, day(TODAY), None, 200));
        for state in states {
            let gone: i64 = spent.iter().filter_map(|map| map.get(&state.lot.id)).sum();
            assert_eq!((state.sums.available, state.sums.held), (100_000 - gone, 0), "{}", state.lot.id);
        }
        assert_eq!(bank.audit().wrong, None);
    }

    fn of_sixteen_who_spend_the_same_exactly_one_does(world: &World) {
        let bank = Bank::of(world);
        let (lot, kin) = (bank.lot(CREDIT, 100, 1), family("lrn_a"));
        let words = race(16, |n| {
            let list = picks(&[(&lot, 100)]);
            word(&bank.write(TODAY, |conn, act| service::redeem(conn, act, &redeem(&format!("ent_{n}"), &kin, list.clone()))))
        });
        assert_eq!(words.iter().filter(|w| *w == "posted").count(), 1);
        assert_eq!(words.iter().filter(|w| *w == "exceeds_available").count(), 15);
    }

    fn of_sixteen_who_mint_one_part_or_post_one_id_exactly_one_does(world: &World) {
        let bank = Bank::of(world);
        let words = race(16, |n| word(&bank.write(TODAY, |conn, act| service::mint(conn, act, &mint(&format!("ent_m{n}"), "lrn_a", CREDIT, 100, 5)))));
        assert_eq!(words.iter().filter(|w| *w == "posted").count(), 1, "{words:?}");
        assert_eq!(words.iter().filter(|w| *w == "already_minted").count(), 15, "{words:?}");
        let words = race(16, |_| word(&bank.write(TODAY, |conn, act| service::mint(conn, act, &mint("ent_same", "lrn_a", CREDIT, 100, 6)))));
        assert_eq!(words.iter().filter(|w| *w == "posted").count(), 1, "{words:?}");
        assert_eq!(words.iter().filter(|w| *w == "exists").count(), 15, "{words:?}");
    }

    fn a_hold_is_made_once_and_ends_once_and_a_voided_lot_gets_nothing_back(world: &World) {
        let bank = Bank::of(world);
        let lots: Vec<String> = (0..16).map(|n| bank.lot(CREDIT, 100, 10 + n)).collect();
        let kin = family("lrn_a");
        let words = race(16, |n| {
            let list = picks(&[(&lots[n], 10)]);
            word(&bank.write(TODAY, |conn, act| service::reserve(conn, act, &reserve(&format!("ent_h{n}"), &kin, list.clone(), "tr_1"))))
        });
        assert_eq!(words.iter().filter(|w| *w == "posted").count(), 1, "{words:?}");
        assert_eq!(words.iter().filter(|w| *w == "hold_exists").count(), 15, "{words:?}");
        let words = race(16, |n| {
            let ending = end(&format!("ent_e{n}"), "tr_1");
            word(&match n % 4 {
                0 => bank.write(TODAY, |conn, act| service::settle(conn, act, &ending, &abroad())),
                1 => bank.write(TODAY, |conn, act| service::release(conn, act, &ending)),
                _ => bank.write(TODAY, |conn, act| service::void(conn, act, &void(&format!("ent_v{n}"), &lots[n]))),
            })
        });
        let ended = |n: &usize| n % 4 < 2;
        assert_eq!((0..16).filter(ended).filter(|n| words[*n] == "posted").count(), 1, "{words:?}");
        assert_eq!((0..16).filter(|n| !ended(n)).filter(|n| words[*n] == "posted").count(), 8, "{words:?}");
        let held = reserve("ent_last", &kin, picks(&[(&lots[0], 50)]), "tr_2");
        done(bank.write(TODAY, |conn, act| service::reserve(conn, act, &held)));
        let voided = done(bank.write(TODAY, |conn, act| service::void(conn, act, &void("ent_void", &lots[0]))));
        assert!(voided.kept >= 50, "{voided:?}");
        done(bank.write(TODAY, |conn, act| service::release(conn, act, &end("ent_back", "tr_2"))));
        let after = bank.read(|conn| service::lot(conn, &kin, &lots[0], day(TODAY))).unwrap();
        assert_eq!((after.sums.available, after.sums.held), (0, 0));
        assert_eq!(bank.audit().wrong, None);
    }

    fn a_scheme_is_kept_with_its_evidence_and_never_redefined(world: &World) {
        let bank = Bank::of(world);
        let same = document(CREDIT, r#","shelf_months":84"#);
        bank.write(TODAY, |conn, act| service::define(conn, act, &same).map(drop));
        let act = service::Act { edge: &world.app.edge, today: day(TODAY), region: &bank.region, is_restoring: false };
        let other = world.app.db.write_now(|conn| service::define(conn, &act, &document(CREDIT, "")));
        assert!(other.unwrap_err().to_string().starts_with("ledger.scheme_exists"));
        assert_eq!(bank.read(|conn| service::schemes(conn, None, 10)).len(), 3);
        assert_eq!(bank.read(hufu::evidence::audit).wrong, None);
    }
}
