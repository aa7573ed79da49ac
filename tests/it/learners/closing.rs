//! Closed is closed: by the person or by the operator, for good.

use hufu::access::Role;
use serde_json::json;

use super::{assert_audited, events, passport, read};
use crate::support::issuing::{body, code, learner_of, lines, open, person, sign_in, text};

both! {
    fn a_person_closes_the_own_account_for_good(world: &World) {
        let (one, operator) = (body(world, 1), world.signed_in(Role::Operator, None));
        let made = open(&one.client, &person());
        let (me, elsewhere, spare) = (learner_of(world, &one.client, &made), learner_of(world, &one.client, &made), code(&one.client, &made));
        let closed = me.send("POST", "/v1/account/close", None).expect(200).json();
        assert_eq!((&closed["state"], &closed["id"]), (&json!("closed"), &made["id"]));
        assert!(closed["closed_at"].as_i64().is_some());
        for client in [&me, &elsewhere] {
            client.get("/v1/account").problem(401, "access.unauthenticated");
        }
        assert_eq!(lines(world, "SELECT learner_id AS line FROM learner_sessions WHERE ended_at IS NULL"), Vec::<String>::new());
        sign_in(&world.client(), &spare).problem(409, "learners.closed");
        one.client.post_json("/v1/learners", &person()).problem(409, "learners.closed");
        let path = format!("/v1/learners/{}", text(&made, "id"));
        one.client.send("POST", &format!("{path}/codes"), None).problem(409, "learners.closed");
        operator.post_json(&format!("{path}/close"), &json!({"reason": "r"})).problem(409, "learners.closed");
        assert_eq!(read(&one.client, &made), closed, "that it is closed can still be seen");
        assert_eq!(events(world), ["opened", "code", "code", "code", "closed"]);
        assert_eq!(lines(world, "SELECT actor AS line FROM learner_events WHERE kind = 'closed'"), ["learner"]);
        assert_audited(world);
    }

    fn an_operator_closes_an_account_with_a_reason(world: &World) {
        let (one, operator) = (body(world, 1), world.signed_in(Role::Operator, None));
        let made = open(&one.client, &person());
        let me = learner_of(world, &one.client, &made);
        let path = format!("/v1/learners/{}/close", text(&made, "id"));
        for reason in ["", " ", "a\u{0}", &"人".repeat(201)] {
            assert_eq!(operator.post_json(&path, &json!({"reason": reason})).problem(422, "learners.reason")["field"], "reason");
        }
        operator.post_json("/v1/learners/lrn_none/close", &json!({"reason": "r"})).problem(404, "learners.not_found");
        operator.post_json(&path, &json!({"reason": "opened by mistake"})).expect(200);
        me.get("/v1/account").problem(401, "access.unauthenticated");
        assert!(lines(world, "SELECT document AS line FROM learner_events WHERE kind = 'closed'")[0].contains("opened by mistake"));
        assert_audited(world);
    }

    fn a_closed_account_neither_merges_nor_is_merged_into(world: &World) {
        let (one, operator) = (body(world, 1), world.signed_in(Role::Operator, None));
        let (closed, other) = (open(&one.client, &person()), open(&one.client, &passport("欧阳静")));
        learner_of(world, &one.client, &closed).send("POST", "/v1/account/close", None).expect(200);
        for (from, into, field) in [(&closed, &other, "id"), (&other, &closed, "into")] {
            let body = json!({"into": into["id"], "reason": "r"});
            let refused = operator.post_json(&format!("/v1/learners/{}/merge", text(from, "id")), &body);
            assert_eq!(refused.problem(409, "learners.closed")["field"], field);
        }
    }

    fn a_name_that_differs_learns_nothing_of_the_closing(world: &World) {
        let one = body(world, 1);
        let made = open(&one.client, &person());
        learner_of(world, &one.client, &made).send("POST", "/v1/account/close", None).expect(200);
        one.client.post_json("/v1/learners", &json!({"name": "张三", "id_type": "resident", "id_number": person()["id_number"]})).problem(409, "learners.name_differs");
    }
}
