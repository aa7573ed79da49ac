//! Certificates that are issued by what a server holds in memory: what others did meanwhile counts all the same.

use hufu::db::Kind;
use serde_json::Value;

use super::together::{declaring, wait_for};
use crate::support::World;
use crate::support::held::Held;
use crate::support::issuing::{SCHEME, body, define_scheme, draft, issue, stock};

fn index(certificate: &Value) -> i64 {
    certificate["status_entry"]["index"].as_i64().unwrap()
}

/// Changes something as another server would, which this one does not hear of.
fn behind(world: &World, sql: &'static str) {
    Held::by(world, sql).let_go();
}

both! {
    fn what_is_in_memory_and_still_so_takes_one_statement_on_postgresql(world: &World) {
        define_scheme(world);
        let body = body(world, 1);
        for _ in 0..6 {
            issue(&body.client, &declaring(SCHEME));
        }
        // The first makes the key of the year; the second finds that it was made.
        let wanted = if world.app.db.kind() == Kind::Postgres { 4 } else { 0 };
        assert_eq!((world.app.metrics.issued_ahead.get(), stock(world).1), (wanted, vec![6]));
        assert_eq!(world.app.db.read_now(hufu::evidence::audit).unwrap().wrong, None);
        assert_eq!(world.app.db.read_now(hufu::ledger::service::audit).unwrap().wrong, None);
    }

    fn bodies_that_ask_at_the_same_time_do_not_spoil_each_others_guesses(world: &World) {
        let bodies: Vec<_> = (1..=3).map(|n| body(world, n)).collect();
        for body in &bodies {
            issue(&body.client, &draft());
            issue(&body.client, &draft());
        }
        let before = world.app.metrics.issued_ahead.get();
        std::thread::scope(|scope| {
            for body in bodies.iter().chain(&bodies).chain(&bodies) {
                scope.spawn(|| (0..10).for_each(|_| drop(issue(&body.client, &draft()))));
            }
        });
        let wanted = if world.app.db.kind() == Kind::Postgres { 90 } else { 0 };
        assert_eq!((world.app.metrics.issued_ahead.get() - before, stock(world).1), (wanted, vec![32; 3]));
    }

    fn places_that_another_server_took_are_not_given_out_again(world: &World) {
        let body = body(world, 1);
        let mut indices: Vec<i64> = (0..3).map(|_| index(&issue(&body.client, &draft()))).collect();
        behind(world, "UPDATE status_lists SET next_index = next_index + 2");
        indices.extend((0..2).map(|_| index(&issue(&body.client, &draft()))));
        behind(world, "UPDATE status_lists SET next_index = next_index + 1");
        indices.extend((0..4).map(|_| index(&issue(&body.client, &draft()))));
        assert_eq!((indices, stock(world).1), (vec![0, 1, 2, 5, 6, 8, 9, 10, 11], vec![12]));
    }

    fn a_full_list_is_followed_by_a_new_one(world: &World) {
        let body = body(world, 1);
        for _ in 0..2 {
            issue(&body.client, &draft());
        }
        behind(world, "UPDATE status_lists SET next_index = 1048575");
        let entries: Vec<Value> = (0..4).map(|_| issue(&body.client, &draft())["status_entry"].take()).collect();
        let places: Vec<(i64, i64)> = entries.iter().map(|entry| (entry["list"].as_i64().unwrap(), entry["index"].as_i64().unwrap())).collect();
        assert_eq!(places, [(1, 1_048_575), (2, 0), (2, 1), (2, 2)]);
    }

    fn an_account_that_is_closed_while_its_certificate_is_issued_gets_none(world: &World) {
        define_scheme(world);
        let body = body(world, 1);
        for _ in 0..3 {
            issue(&body.client, &declaring(SCHEME));
        }
        let before = stock(world);
        let held = Held::by(world, "UPDATE learners SET state = 'closed', closed_at = 1");
        std::thread::scope(|scope| {
            let asked = scope.spawn(|| body.client.post_json("/v1/certificates", &declaring(SCHEME)));
            wait_for(world, 1);
            // Long enough to be at the account, where it is.
            std::thread::sleep(std::time::Duration::from_millis(500));
            held.let_go();
            asked.join().unwrap().problem(409, "learners.closed");
        });
        assert_eq!(stock(world), before);
    }
}
