//! One-time codes and sessions: each good once or for a while, and every code that is not good is refused alike.

use hufu::access::Role;
use serde_json::{Value, json};

use super::{assert_audited, events};
use crate::support::issuing::{body, code, learner, learner_of, lines, open, person, race, sign_in, text};

both! {
    fn a_code_signs_in_once(world: &World) {
        let one = body(world, 1);
        let code = code(&one.client, &open(&one.client, &person()));
        assert_eq!(code.split('-').map(str::len).collect::<Vec<_>>(), [4, 4, 4]);
        let session = sign_in(&world.client(), &code).expect(201).json();
        assert_eq!(session["expires_in"], 1800);
        let me = world.client().bearer(text(&session, "token"));
        assert_eq!(me.get("/v1/account").expect(200).json()["name"], "欧阳静");
        assert_eq!(sign_in(&world.client(), &code).problem(422, "learners.code")["field"], "code");
        me.get("/v1/account").expect(200);
        assert_eq!(events(world), ["opened", "code"]);
        assert_audited(world);
    }

    fn a_code_is_read_as_people_type_it(world: &World) {
        let one = body(world, 1);
        let made = open(&one.client, &person());
        for typed in [str::to_lowercase as fn(&str) -> String, |c| c.replace('-', " "), |c| c.replace('-', ""), |c| c.replace('0', "O").replace('1', "l")] {
            sign_in(&world.client(), &typed(&code(&one.client, &made))).expect(201);
        }
    }

    fn of_sixteen_with_one_code_one_signs_in(world: &World) {
        let one = body(world, 1);
        let code = code(&one.client, &open(&one.client, &person()));
        let answers = race(16, |_| sign_in(&world.client(), &code));
        assert_eq!(answers.iter().filter(|a| a.status == 201).count(), 1);
        for answer in answers.into_iter().filter(|a| a.status != 201) {
            answer.problem(422, "learners.code");
        }
    }

    fn a_wrong_a_used_and_an_old_code_are_refused_alike(world: &World) {
        let one = body(world, 1);
        let made = open(&one.client, &person());
        let (used, old, last) = (code(&one.client, &made), code(&one.client, &made), code(&one.client, &made));
        sign_in(&world.client(), &used).expect(201);
        world.app.edge.shift(24 * 3600 - 60);
        sign_in(&world.client(), &last).expect(201);
        world.app.edge.shift(60);
        let refused = |code: &str| {
            let mut document = sign_in(&world.client(), code).problem(422, "learners.code");
            document["request_id"] = Value::Null;
            document
        };
        let first = refused("0000-0000-0000");
        for code in [&used, &old, &last, "", "x", "0000-0000-000U", &"0".repeat(500), "\u{0}", "' OR 1=1"] {
            assert_eq!(refused(code), first, "{code:?}");
        }
        world.client().post_json("/v1/account/sessions", &json!({"code": 1})).problem(422, "http.field");
        world.client().post_json("/v1/account/sessions", &json!({"code": "x", "id": "y"})).problem(422, "http.unknown_field");
    }

    fn guesses_are_limited_by_address(world: &World) with [("login_per_minute", "3")] {
        let one = body(world, 1);
        let code = code(&one.client, &open(&one.client, &person()));
        (0..3).for_each(|n| drop(sign_in(&world.client(), &format!("0000-0000-000{n}")).problem(422, "learners.code")));
        let refused = sign_in(&world.client(), &code);
        assert!(refused.header("retry-after").parse::<u64>().is_ok_and(|s| (1..=60).contains(&s)), "{refused}");
        refused.problem(429, "http.rate_limited");
    }

    fn a_session_ends_after_half_an_hour(world: &World) {
        let me = learner(world, &world.signed_in(Role::Operator, None));
        world.app.edge.shift(1790);
        me.get("/v1/account").expect(200);
        world.app.edge.shift(10);
        assert_eq!(me.get("/v1/account").problem(401, "access.unauthenticated")["field"], "authorization");
    }

    fn a_session_counts_only_while_its_account_is_open(world: &World) {
        let me = learner(world, &world.signed_in(Role::Operator, None));
        me.get("/v1/account").expect(200);
        // As when a session was begun in the instant in which the account was closed.
        world.sql("UPDATE learners SET state = 'closed', closed_at = 1").unwrap();
        me.get("/v1/account").problem(401, "access.unauthenticated");
    }

    fn signing_out_ends_this_session_and_no_other(world: &World) {
        let one = body(world, 1);
        let made = open(&one.client, &person());
        let (here, there) = (learner_of(world, &one.client, &made), learner_of(world, &one.client, &made));
        here.delete("/v1/account/sessions").expect(204);
        here.get("/v1/account").problem(401, "access.unauthenticated");
        here.delete("/v1/account/sessions").problem(401, "access.unauthenticated");
        there.get("/v1/account").expect(200);
    }

    fn a_learners_token_is_taken_once_and_as_a_bearer_token_only(world: &World) {
        let me = learner(world, &world.signed_in(Role::Operator, None));
        let token = me.token();
        me.and_header("authorization", &format!("Bearer {token}")).get("/v1/account").problem(401, "access.unauthenticated");
        for value in [token.clone(), format!("Token {token}"), format!("Bearer  {token}")] {
            world.client().header("authorization", &value).get("/v1/account").problem(401, "access.unauthenticated");
        }
        world.client().get(&format!("/v1/account?token={token}")).problem(401, "access.unauthenticated");
    }

    fn what_ended_long_ago_is_forgotten(world: &World) {
        let one = body(world, 1);
        let made = open(&one.client, &person());
        learner_of(world, &one.client, &made);
        let left = || [lines(world, "SELECT learner_id AS line FROM learner_codes").len(), lines(world, "SELECT learner_id AS line FROM learner_sessions").len()];
        let purge = || world.app.db.write_now(|conn| hufu::learners::service::purge(conn, &world.app.edge)).unwrap();
        world.app.edge.shift(30 * 86_400);
        assert_eq!((purge(), left()), (0, [1, 1]));
        world.app.edge.shift(1801);
        assert_eq!((purge(), left()), (1, [1, 0]));
        world.app.edge.shift(86_400);
        assert_eq!((purge(), left()), (1, [0, 0]));
    }
}
