//! The edges: the last day, the last second, the smallest and the largest amount, the most lots.

use hufu::ledger::{AMOUNT_MAX, service};
use verifier::time::{Day, Instant, Zone};

use super::bank::{Bank, CREDIT, HOUR, LASTING, day, document, done, family, lot_of, mint, picks, redeem, word};

both! {
    fn credit_is_spendable_until_the_day_before_it_expires(world: &World) {
        let (bank, kin) = (Bank::of(world), family("lrn_a"));
        let (month, rule) = ("310000:month", r#","shelf_months":1"#);
        bank.write("2020-01-01", |conn, act| service::define(conn, act, &document(month, rule)).map(drop));
        let table = [
            (month, "2026-01-31", "2026-02-27", "2026-02-28"),
            (month, "2028-01-31", "2028-02-28", "2028-02-29"),
            (month, "2026-03-31", "2026-04-29", "2026-04-30"),
            (month, "2026-12-31", "2027-01-30", "2027-01-31"),
            (CREDIT, "2020-02-29", "2027-02-27", "2027-02-28"),
            (CREDIT, "2026-03-01", "2033-02-28", "2033-03-01"),
            (CREDIT, "2024-02-29", "2031-02-27", "2031-02-28"),
            (CREDIT, "2025-08-31", "2032-08-30", "2032-08-31"),
            (CREDIT, "2025-02-28", "2032-02-27", "2032-02-28"),
            (HOUR, "2026-01-01", "2027-12-31", "2028-01-01"),
            (HOUR, "2026-12-31", "2027-12-31", "2028-01-01"),
        ];
        for (n, (scheme, earned, last, expired)) in table.into_iter().enumerate() {
            let mut new = mint(&format!("ent_{n}"), "lrn_a", scheme, 2, n);
            new.facts.earned_on = day(earned);
            let lot = lot_of(bank.write(earned, |conn, act| service::mint(conn, act, &new)));
            let spend = |on: &str, entry: &str| {
                let asked = redeem(entry, &kin, picks(&[(&lot, 1)]));
                word(&bank.write(on, |conn, act| service::redeem(conn, act, &asked)))
            };
            assert_eq!(spend(expired, &format!("ent_{n}late")), "lot_expired", "{earned}");
            assert_eq!(spend(last, &format!("ent_{n}last")), "posted", "{earned}");
            let left = |on: &str| bank.read(|conn| service::spendable(conn, &kin, scheme, day(on), 10)).iter().any(|row| row.id == lot);
            assert!(left(last) && !left(expired), "{earned}");
            let state = |on: &str| bank.read(|conn| service::lot(conn, &kin, &lot, day(on))).unwrap().sums;
            assert_eq!((state(last).available, state(last).expired), (1, 0));
            assert_eq!((state(expired).available, state(expired).expired), (0, 1));
        }
    }

    fn the_last_second_of_the_last_day_still_counts(world: &World) {
        let (bank, kin) = (Bank::of(world), family("lrn_a"));
        let lot = bank.lot(CREDIT, 2, 1);
        let midnight = day("2033-03-01").start_in(Zone::CHINA);
        for (seconds, wanted) in [(0, "lot_expired"), (-1, "posted")] {
            let today: Day = Instant(midnight.0 + seconds).day_in(Zone::CHINA);
            let asked = redeem(&format!("ent_s{}", seconds.abs()), &kin, picks(&[(&lot, 1)]));
            assert_eq!(word(&bank.write(&today.to_string(), |conn, act| service::redeem(conn, act, &asked))), wanted);
        }
    }

    fn one_hundredth_and_ten_million_credits_are_amounts(world: &World) {
        let (bank, kin) = (Bank::of(world), family("lrn_a"));
        let (small, large) = (bank.lot(LASTING, 1, 1), bank.lot(LASTING, 1_000_000_000, 2));
        let asked = redeem("ent_r", &kin, picks(&[(&small, 1), (&large, 1_000_000_000)]));
        assert_eq!(done(bank.write("2999-01-01", |conn, act| service::redeem(conn, act, &asked))).amount, 1_000_000_001);
        assert!(bank.read(|conn| service::spendable(conn, &kin, LASTING, day("2026-03-01"), 10)).is_empty());
    }

    fn a_thousand_of_the_largest_lots_are_summed_up_and_spent_at_once(world: &World) {
        // Lots that all sums of an i64 have room for.
        const { assert!(i64::MAX / AMOUNT_MAX > 9_000_000_000) };
        let (bank, kin) = (Bank::of(world), family("lrn_a"));
        let lots: Vec<String> = bank.write("2026-03-01", |conn, act| {
            (0..1_000).map(|n| Ok(lot_of(service::mint(conn, act, &mint(&format!("ent_{n}"), "lrn_a", LASTING, AMOUNT_MAX, n))?))).collect()
        });
        let sums = || bank.read(|conn| service::balances(conn, &kin, day("2026-03-01")))[0].sums;
        assert_eq!((sums().minted, sums().available), (1_000_000_000_000, 1_000_000_000_000));
        let all: Vec<(&str, i64)> = lots.iter().map(|lot| (lot.as_str(), AMOUNT_MAX)).collect();
        let largest: Vec<(&str, i64)> = lots.iter().map(|lot| (lot.as_str(), i64::MAX)).collect();
        let spend = |picks: &[(&str, i64)]| bank.write("2026-03-01", |conn, act| service::redeem(conn, act, &redeem("ent_r", &kin, self::picks(picks))));
        assert_eq!(word(&spend(&largest)), "amount_too_large");
        assert_eq!(done(spend(&all)).amount, 1_000_000_000_000);
        assert_eq!((sums().redeemed, sums().available), (1_000_000_000_000, 0));
        let booked = bank.read(service::trial_balance);
        assert!(booked.iter().all(|row| row.debit.max(row.credit) == 1_000_000_000_000), "{booked:?}");
        assert_eq!(bank.audit().wrong, None);
    }

    fn a_thousand_lots_are_redeemed_at_once_and_one_more_are_not(world: &World) {
        let (bank, kin) = (Bank::of(world), family("lrn_a"));
        let lots: Vec<String> = bank.write("2026-03-01", |conn, act| {
            (0..1_001).map(|n| Ok(lot_of(service::mint(conn, act, &mint(&format!("ent_{n}"), "lrn_a", CREDIT, 3, n))?))).collect()
        });
        let all: Vec<(&str, i64)> = lots.iter().map(|lot| (lot.as_str(), 2)).collect();
        let asked = redeem("ent_r", &kin, picks(&all));
        assert_eq!(word(&bank.write("2026-03-01", |conn, act| service::redeem(conn, act, &asked))), "too_many_lots");
        let asked = redeem("ent_r", &kin, picks(&all[1..]));
        assert_eq!(done(bank.write("2026-03-01", |conn, act| service::redeem(conn, act, &asked))).amount, 2_000);
        let balances = bank.read(|conn| service::balances(conn, &kin, day("2026-03-01")));
        assert_eq!((balances[0].sums.available, balances[0].sums.redeemed, balances[0].next_expiry), (1_003, 2_000, Some((day("2033-03-01"), 1_003))));
        assert_eq!(bank.audit().wrong, None);
    }

    fn the_sweep_books_what_has_expired_in_bounded_steps_and_changes_nothing_else(world: &World) {
        let (bank, kin) = (Bank::of(world), family("lrn_a"));
        (0..7).for_each(|n| drop(bank.lot(CREDIT, 10, n)));
        let before = bank.read(|conn| service::balances(conn, &kin, day("2033-03-01")));
        let step = |on: &str| bank.write(on, |conn, act| service::expire(conn, act, 3));
        assert_eq!(step("2033-02-28"), 0);
        assert_eq!([step("2033-03-01"), step("2033-03-01"), step("2033-03-01"), step("2033-03-01")], [3, 3, 1, 0]);
        assert_eq!(bank.read(|conn| service::balances(conn, &kin, day("2033-03-01"))), before);
        assert_eq!((before[0].sums.available, before[0].sums.expired), (0, 70));
        assert_eq!(bank.audit().wrong, None);
    }
}
