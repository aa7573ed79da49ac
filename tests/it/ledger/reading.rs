//! What a learner sees: balances, lots and postings as of a day, at any size, and the books on the command line.

use std::fmt::Write as _;

use hufu::ledger::service;

use super::bank::{Bank, CREDIT, abroad, day, digest, done, end, family, picks, redeem, reserve, void};
use crate::support::World;

/// Ten thousand lots each of `lrn_a` and `lrn_b`, half of every odd one redeemed, written as the ledger writes them but for their content.
pub fn fill(world: &World) {
    for (learner, first) in [("lrn_a", 0), ("lrn_b", 10_000)] {
        let [mut lots, mut balances, mut entries, mut movements] = [const { String::new() }; 4];
        for n in first..first + 10_000 {
            let (id, spent, expires) = (format!("lot_{n:06}"), if n % 2 == 1 { 50 } else { 0 }, format!("20{:02}-03-01", 27 + n % 9));
            let basis = digest(n);
            write!(lots, ",('{id}','{learner}','{CREDIT}',100,'course','2026-03-01','{expires}','310000','{basis}',0,0,1)").unwrap();
            write!(balances, ",('{id}',{},'{expires}')", 100 - spent).unwrap();
            write!(entries, ",('ent_{n:06}','mint','{id}','{basis}','2026-03-01',1,'c')").unwrap();
            write!(movements, ",('ent_{n:06}',0,'{id}','issued','lot',100)").unwrap();
            if spent > 0 {
                write!(entries, ",('ent_{n:06}r','redeem',NULL,'{basis}','2026-03-02',1,'c')").unwrap();
                write!(movements, ",('ent_{n:06}r',0,'{id}','lot','redeemed:{basis}',50)").unwrap();
            }
        }
        let lot_columns = "id, learner_id, scheme, amount, kind, earned_on, expires_on, origin, basis, part, revision, minted_at";
        for (table, rows) in [
            (format!("lots ({lot_columns})"), lots),
            ("lot_balances (lot_id, available, expires_on)".to_owned(), balances),
            ("entries (id, kind, subject, cause, on_day, at, content)".to_owned(), entries),
            ("movements (entry_id, n, lot_id, from_place, to_place, amount)".to_owned(), movements),
        ] {
            world.sql(&format!("INSERT INTO {table} VALUES {}", &rows[1..])).unwrap();
        }
    }
    world.sql("ANALYZE").unwrap();
}

both! {
    fn ten_thousand_lots_are_summed_up_and_read_in_bounded_pages(world: &World) {
        let (bank, kin, today) = (Bank::of(world), family("lrn_a"), day("2026-03-02"));
        fill(world);
        assert_eq!(bank.read(|conn| service::balances(conn, &kin, today))[0].sums.available, 750_000);
        assert_eq!(bank.read(|conn| service::lots(conn, &kin, None, today, Some("lot_005000"), 200)).len(), 200);
        assert_eq!(bank.read(|conn| service::spendable(conn, &kin, CREDIT, today, 1_000)).len(), 1_000);
        assert_eq!(bank.read(|conn| service::postings(conn, "lot_005001", today, None, 200)).len(), 2);
    }

    fn a_statement_says_what_was_there_on_a_day_and_why(world: &World) {
        let (bank, kin) = (Bank::of(world), family("lrn_a"));
        let lot = bank.lot(CREDIT, 100, 1);
        let spent = redeem("ent_2", &kin, picks(&[(&lot, 10)]));
        done(bank.write("2026-03-03", |conn, act| service::redeem(conn, act, &spent)));
        let held = reserve("ent_3", &kin, picks(&[(&lot, 20)]), "tr_1");
        done(bank.write("2026-03-05", |conn, act| service::reserve(conn, act, &held)));
        done(bank.write("2026-03-07", |conn, act| service::settle(conn, act, &end("ent_4", "tr_1"), &abroad())));
        assert_eq!(done(bank.write("2026-03-09", |conn, act| service::void(conn, act, &void("ent_5", &lot)))).kept, 30);
        let on = |text: &str| bank.read(|conn| service::lots(conn, &kin, Some(CREDIT), day(text), None, 10)).pop().map(|state| state.sums);
        assert_eq!(on("2026-02-28"), None);
        for (text, wanted) in [
            ("2026-03-01", [100, 0, 0, 0, 0]), ("2026-03-02", [100, 0, 0, 0, 0]), ("2026-03-03", [90, 0, 0, 10, 0]),
            ("2026-03-06", [70, 20, 0, 10, 0]), ("2026-03-08", [70, 0, 20, 10, 0]), ("2026-03-09", [0, 0, 20, 10, 70]),
        ] {
            let sums = on(text).unwrap();
            assert_eq!([sums.available, sums.held, sums.out, sums.redeemed, sums.voided], wanted, "{text}");
        }
        let postings = bank.read(|conn| service::postings(conn, &lot, day("2026-03-07"), None, 10));
        let told: Vec<(&str, &str, &str, i64)> = postings.iter().map(|p| (p.kind.as_str(), p.on_day.as_str(), p.to.as_str(), p.amount)).collect();
        let programme = format!("redeemed:{}", digest(99));
        assert_eq!(told[0], ("redeem", "2026-03-03", programme.as_str(), 10));
        assert_eq!(told[1..3], [("reserve", "2026-03-05", "hold:tr_1", 20), ("settle", "2026-03-07", "out:320000", 20)]);
        assert_eq!((told[3], postings[3].cause.as_str(), told.len()), (("mint", "2026-03-01", "lot", 100), digest(1).as_str(), 4));
        let rest = bank.read(|conn| service::postings(conn, &lot, day("2026-03-07"), Some((&postings[1].entry, postings[1].n)), 10));
        assert_eq!(rest, postings[2..]);
        assert_eq!(bank.read(|conn| service::lot(conn, &family("lrn_b"), &lot, day("2026-03-09"))), None, "nobody else's");
    }

    fn only_an_open_account_has_something_to_spend(world: &World) {
        let bank = Bank::of(world);
        bank.lot(CREDIT, 100, 1);
        let spendable = |kin: &[String]| bank.read(|conn| service::spendable(conn, kin, CREDIT, day("2026-03-02"), 10)).len();
        assert_eq!(spendable(&family("lrn_a")), 1);
        world.sql("UPDATE learners SET state = 'closed', closed_at = 2 WHERE id = 'lrn_a'").unwrap();
        assert_eq!(spendable(&family("lrn_a")), 0);
    }
}
