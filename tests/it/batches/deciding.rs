//! What people decide about a batch, and what they may not.

use super::*;
use crate::support::issuing::body_with;

both! {
    fn who_approves_says_how_many_rows_and_it_is_done_once(world: &World) {
        let body = body(world, 1);
        let batch = checked(world, &body, &file(0..5));
        let path = |what: &str| format!("/v1/batches/{}/{what}", text(&batch, "id"));
        body.client.post_json(&path("approve"), &json!({"rows": 4})).problem(409, "batches.rows_differ");
        body.client.post_json(&path("approve"), &json!({"rows": 5})).expect(200);
        body.client.post_json(&path("approve"), &json!({"rows": 5})).problem(409, "batches.state");
        body.client.post_json(&path("validate"), &json!({})).problem(409, "batches.state");
        body.client.post_json(&path("retry"), &json!({})).problem(409, "batches.state");
        work(world);
        body.client.post_json(&path("cancel"), &json!({"reason": "late"})).problem(409, "batches.state");
        body.client.post_json(&path("retry"), &json!({})).problem(409, "batches.nothing_valid");
        let empty = checked(world, &body, &format!("{HEADER}\n王,1,6-31-01-03,电工,三级,良好,2026-10-18"));
        approve(&body.client, &empty).problem(409, "batches.nothing_valid");
    }

    fn above_a_limit_somebody_else_approves_and_only_an_operator_makes_it_laxer(world: &World) {
        let body = body(world, 1);
        let rule = format!("/v1/providers/{}/approval", body.id);
        assert_eq!(body.client.get(&rule).expect(200).json(), json!({"above": null}));
        body.client.put_json(&rule, &json!({"above": 3})).expect(200);
        body.client.put_json(&rule, &json!({"above": 2})).expect(200);
        for laxer in [json!(3), json!(null), json!(-1)] {
            body.client.put_json(&rule, &json!({"above": laxer})).problem(403, "batches.rule");
        }
        let (small, large) = (checked(world, &body, &file(0..2)), checked(world, &body, &file(2..5)));
        assert_eq!((&small["second_person"], &large["second_person"]), (&json!(false), &json!(true)));
        approve(&body.client, &small).expect(200);
        approve(&body.client, &large).problem(403, "batches.second_person");
        let second = world.signed_in(Role::Provider, Some(&body.id));
        let done = approve(&second, &large).expect(200).json();
        assert_ne!(done["created_by"], done["approved_by"]);
        world.signed_in(Role::Operator, None).put_json(&rule, &json!({"above": null})).expect(200);
    }

    fn a_cancelled_batch_issues_nothing_and_its_rows_are_forgotten(world: &World) {
        let body = body(world, 1);
        let batch = checked(world, &body, &file(0..5));
        approve(&body.client, &batch).expect(200);
        let path = format!("/v1/batches/{}/cancel", text(&batch, "id"));
        body.client.post_json(&path, &json!({"reason": ""})).problem(422, "batches.reason");
        body.client.post_json(&path, &json!({"reason": "wrong file"})).expect(200);
        work(world);
        let ended = read(&body.client, &batch);
        assert_eq!((text(&ended, "state"), counts(&ended)), ("cancelled", [5, 0, 0, 0]));
        assert_eq!(lines(world, "SELECT batch_id AS line FROM batch_chunks").len(), 0);
        // It may be sent again.
        let again = issued(world, &body, &file(0..5));
        assert_eq!((counts(&again), again["id"] != batch["id"]), ([5, 0, 5, 0], true));
    }

    fn a_body_sees_only_its_own_batches(world: &World) {
        let (one, other) = (body(world, 1), body_with(world, 2, &crate::support::issuing::listing()));
        let batch = checked(world, &one, &file(0..5));
        let path = format!("/v1/batches/{}", text(&batch, "id"));
        for what in ["", "/errors", "/errors/file", "/results", "/progress"] {
            other.client.get(&format!("{path}{what}")).problem(404, "batches.not_found");
        }
        other.client.post_json(&format!("{path}/approve"), &json!({"rows": 5})).problem(404, "batches.not_found");
        assert_eq!(other.client.get("/v1/batches").expect(200).json()["items"], json!([]));
        assert_eq!(one.client.get("/v1/batches").expect(200).json()["items"][0]["id"], batch["id"]);
        other.client.get(&format!("/v1/batches?provider={}", one.id)).problem(403, "access.forbidden");
        other.client.get(&format!("/v1/providers/{}/approval", one.id)).problem(403, "access.forbidden");
    }

    fn rows_that_were_refused_when_they_were_to_be_issued_are_tried_again(world: &World) {
        let body = body(world, 1);
        let numbered = |n: usize| format!("S{n:08},{}", row(n));
        let batch = checked(world, &body, &format!("证书编号,{HEADER}\n{}\n{}", numbered(1), numbered(2)));
        // Between the look and the approval somebody else takes a number.
        let mut single = crate::support::issuing::draft();
        single["number"] = json!("S00000002");
        let taken = crate::support::issuing::issue(&body.client, &single);
        approve(&body.client, &batch).expect(200);
        work(world);
        let done = read(&body.client, &batch);
        assert_eq!((text(&done, "state"), counts(&done)), ("done_with_errors", [2, 0, 1, 1]));
        assert_eq!(wrong(&body.client, &batch), [(3, "证书编号".to_owned(), "certificates.number_taken".to_owned())]);
        body.client.post_json(&format!("/v1/batches/{}/retry", text(&batch, "id")), &json!({})).expect(200);
        work(world);
        assert_eq!(counts(&read(&body.client, &batch)), [2, 0, 1, 1], "and refused again, for the same reason, for {}", text(&taken, "number"));
        assert_eq!(wrong(&body.client, &batch).len(), 1);
    }
}
