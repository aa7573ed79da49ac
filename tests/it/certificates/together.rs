//! Requests that come at the same time are served in one transaction, and none of them notices.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::World;
use crate::support::client::{Answer, Client};
use crate::support::held::Held;
use crate::support::issuing::{SCHEME, body, body_with, define_scheme, draft, issue, race, stock, with};

/// Of each kind of request.
const EACH: usize = 5;
const KINDS: usize = 7;

/// A certificate that declares credit of `scheme`.
pub(super) fn declaring(scheme: &str) -> Value {
    with(draft(), "/credits", json!([{"scheme": scheme, "amount": 200, "kind": "certificate", "category": "core"}]))
}

/// Runs `ask` for each of `n` while nobody can issue, so that all of them wait together; the answers, and how many commits they took. Before them two bodies
/// ask for a certificate each, which have both turns of the desk on PostgreSQL until all the others are there.
fn held_back(world: &World, n: usize, bodies: [&Client; 2], ask: impl Fn(usize) -> Answer + Sync) -> (Vec<Answer>, u64) {
    let before = world.app.db.commits();
    let held = Held::by(world, "UPDATE status_lists SET next_index = next_index");
    let answers = std::thread::scope(|scope| {
        let first = [(1, bodies[0]), (2, bodies[1])].map(|(waiting, body)| {
            let asked = scope.spawn(|| issue(body, &draft()));
            wait_for(world, waiting);
            asked
        });
        let asked = scope.spawn(|| race(n, &ask));
        wait_for(world, 2 + n);
        held.let_go();
        for asked in first {
            asked.join().unwrap();
        }
        asked.join().unwrap()
    });
    (answers, world.app.db.commits() - before)
}

/// Until so many requests wait for a certificate, a tenth of a second at least; a minute at most, after which what is counted says that they did not.
pub(super) fn wait_for(world: &World, requests: usize) {
    let requests = i64::try_from(requests).unwrap();
    (0..600).find(|_| {
        std::thread::sleep(Duration::from_millis(100));
        world.app.metrics.issuing.get() == requests
    });
}

both! {
    fn each_of_those_that_share_a_commit_gets_the_answer_that_it_would_get_alone(world: &World) {
        define_scheme(world);
        let (one, two) = (body(world, 1), body_with(world, 2, &json!({"standing": "barred", "from": "2026-01-01", "cause": "伪造成绩"})));
        let three = body(world, 3);
        issue(&one.client, &declaring(SCHEME));
        issue(&three.client, &draft());
        let keyed = one.client.clone().header("idempotency-key", "order-1");
        let (answers, commits) = held_back(world, EACH * KINDS, [&one.client, &three.client], |i| match i % KINDS {
            0 => one.client.post_json("/v1/certificates", &declaring(SCHEME)),
            1 => one.client.post_json("/v1/certificates", &with(draft(), "/number", json!("S000031000026000001"))),
            2 => one.client.post_json("/v1/certificates", &declaring("310000:none")),
            3 => one.client.post_json("/v1/certificates", &with(draft(), "/assessed_on", json!("2999-01-01"))),
            4 => keyed.post_json("/v1/certificates", &draft()),
            5 => one.client.post_json("/v1/certificates", &with(declaring(SCHEME), "/holder/name", json!("张伟"))),
            _ => two.client.post_json("/v1/certificates", &draft()),
        });
        assert!(commits < 12, "{commits} commits for {} requests", answers.len());
        let of = |kind: usize| answers.iter().skip(kind).step_by(KINDS);
        of(0).for_each(|answer| drop(answer.clone().expect(201)));
        assert_eq!(of(1).filter(|answer| answer.status == 201).count(), 1);
        of(1).filter(|answer| answer.status != 201).for_each(|answer| drop(answer.clone().problem(409, "certificates.number_taken")));
        of(2).for_each(|answer| assert_eq!(answer.clone().problem(404, "ledger.no_scheme")["field"], "credits[0]"));
        of(3).for_each(|answer| drop(answer.clone().problem(422, "certificates.assessed_in_future")));
        assert!(of(4).all(|answer| answer.status == 201 && answer.bytes == answers[4].bytes));
        assert_eq!(of(4).filter(|answer| answer.header("idempotency-replayed").is_empty()).count(), 1);
        of(5).for_each(|answer| drop(answer.clone().problem(409, "learners.name_differs")));
        of(6).for_each(|answer| drop(answer.clone().problem(403, "providers.barred")));
        let made = i64::try_from(EACH).unwrap() + 4;
        let stock = stock(world);
        assert_eq!((stock.0[0], stock.1), (made + 2, vec![made, 2]), "as many indices as certificates");
        assert_eq!(world.app.db.read_now(hufu::evidence::audit).unwrap().wrong, None);
        assert_eq!(world.app.db.read_now(hufu::ledger::service::audit).unwrap().wrong, None);
    }

    fn a_person_whom_nobody_knew_gets_one_account_and_one_name(world: &World) {
        define_scheme(world);
        let (one, two) = (body(world, 1), body(world, 2));
        issue(&one.client, &draft());
        issue(&two.client, &draft());
        let names = ["欧阳静", "张伟"];
        let (answers, _) = held_back(world, 16, [&one.client, &two.client], |i| {
            one.client.post_json("/v1/certificates", &with(declaring(SCHEME), "/holder/name", json!(names[i % 2])))
        });
        let first = usize::from(answers[0].status != 201);
        for (i, answer) in answers.into_iter().enumerate() {
            if i % 2 == first { drop(answer.expect(201)) } else { drop(answer.problem(409, "learners.name_differs")) }
        }
        assert_eq!(stock(world).1, vec![10, 2]);
        assert_eq!(world.app.db.read_now(hufu::evidence::audit).unwrap().wrong, None);
    }
}
