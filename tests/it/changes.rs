//! Changes: one step that many certificates take is seen first, approved, and taken by each once.

mod killed;

use hufu::access::Role;
use serde_json::{Value, json};

use super::batches::{file, issued};
use super::support::issuing::{Body, body, define_scheme, draft, issue, lines, listing, step, text, verdict, with};
use super::support::{Answer, Client, World};
use super::transfers::wait;

fn work(world: &World) {
    wait(hufu::changes::work(&world.app)).unwrap();
}

fn propose(client: &Client, step: &str, source: Value) -> Answer {
    let mut body = json!({"step": step, "reason": "原始记录系伪造"});
    body.as_object_mut().unwrap().extend(source.as_object().unwrap().clone());
    client.post_json("/v1/certificate-changes", &body)
}

fn read(client: &Client, change: &Value) -> Value {
    client.get(&format!("/v1/certificate-changes/{}", text(change, "id"))).expect(200).json()
}

/// Proposed and previewed.
fn seen(world: &World, client: &Client, step: &str, source: Value) -> Value {
    let made = propose(client, step, source).expect(201).json();
    work(world);
    read(client, &made)
}

fn approve(client: &Client, change: &Value) -> Answer {
    client.post_json(&format!("/v1/certificate-changes/{}/approve", text(change, "id")), &json!({"certificates": change["certificates"]}))
}

fn done(world: &World, client: &Client, step: &str, source: Value) -> Value {
    let change = seen(world, client, step, source);
    approve(client, &change).expect(200);
    work(world);
    read(client, &change)
}

/// (state, done, refused)
fn stands(change: &Value) -> (&str, i64, i64) {
    (text(change, "state"), change["done"].as_i64().unwrap(), change["refused"].as_i64().unwrap())
}

/// How many certificates are in each state.
fn states(world: &World) -> Vec<String> {
    lines(world, "SELECT status || ' ' || CAST(COUNT(*) AS TEXT) AS line FROM certificates GROUP BY status ORDER BY status")
}

fn numbers(body: &Body) -> Vec<String> {
    let page = body.client.get("/v1/certificates?limit=200").expect(200).json();
    page["items"].as_array().unwrap().iter().map(|one| text(one, "number").to_owned()).collect()
}

both! {
    fn a_batch_is_revoked_with_its_credit_after_it_was_seen_and_approved(world: &World) {
        define_scheme(world);
        let body = body(world, 1);
        let mut with_credit = file(0..4).replacen("评价日期", "评价日期,学分方案,学分,成果类型,学分类别", 1);
        with_credit = with_credit.replace("2026-10-18", "2026-10-18,310000:credit,2.50,certificate,core");
        let batch = issued(world, &body, &with_credit);
        issue(&body.client, &draft());
        let change = seen(world, &body.client, "revoke", json!({"batch": batch["id"]}));
        assert_eq!((stands(&change), &change["certificates"]), (("previewed", 0, 0), &json!(4)));
        assert_eq!(change["effect"], json!([{"scheme": "310000:credit", "lots": 4, "available": 1000, "redeemed": 0, "away": 0}]));
        assert_eq!(change["sample"].as_array().unwrap().len(), 4);
        assert_eq!(states(world), ["issued 5"], "nothing is done before somebody approves");
        approve(&body.client, &change).expect(200);
        work(world);
        let over = read(&body.client, &change);
        assert_eq!(stands(&over), ("done", 4, 0));
        assert_eq!((&over["receipt"]["hufu"], &over["receipt"]["done"], &over["receipt"]["numbers"]), (&json!("change-event/1"), &json!(4), &over["digest"]));
        assert_eq!(states(world), ["issued 1", "revoked 4"]);
        assert_eq!(lines(world, "SELECT CAST(SUM(available) AS TEXT) AS line FROM lot_balances"), ["0"]);
        let card = lines(world, "SELECT card AS line FROM certificates WHERE status = 'revoked' LIMIT 1").remove(0);
        assert_eq!(verdict(&world.client(), &card)["outcome"], "invalid");
        approve(&body.client, &change).problem(409, "changes.state");
        propose(&body.client, "revoke", json!({"batch": batch["id"]})).problem(409, "changes.nothing");
    }

    fn numbers_are_suspended_and_reinstated_and_all_of_them_have_to_be_the_providers(world: &World) {
        let body = body(world, 1);
        issued(world, &body, &file(0..3));
        let all = numbers(&body);
        for (wrong, got) in [
            (json!([]), "0 numbers"),
            (json!([all[0], all[0]]), "entry 1 stands twice"),
            (json!([all[0], "S00000000"]), "entry 1 is no certificate of this provider; 1 are not"),
        ] {
            let problem = propose(&body.client, "suspend", json!({"numbers": wrong})).problem(422, "changes.numbers");
            assert_eq!(problem["got"], got);
        }
        let change = done(world, &body.client, "suspend", json!({"numbers": [all[0], all[2]]}));
        assert_eq!((stands(&change), &change["source"]), (("done", 2, 0), &json!({"numbers": 2})));
        assert_eq!(states(world), ["issued 1", "suspended 2"]);
        // Only those that can take the step are counted.
        let back = done(world, &body.client, "reinstate", json!({"numbers": all}));
        assert_eq!((stands(&back), &back["certificates"]), (("done", 2, 0), &json!(2)));
        assert_eq!(states(world), ["issued 3"]);
    }

    fn a_filter_names_what_it_means_and_a_certificate_that_changed_meanwhile_is_told(world: &World) {
        let body = body(world, 1);
        let earlier = issue(&body.client, &with(draft(), "/assessed_on", json!("2026-09-01")));
        issued(world, &body, &file(0..3));
        for (filter, field) in [
            (json!({}), "filter"),
            (json!({"occupation": "x"}), "filter.occupation"),
            (json!({"level": 9}), "filter.level"),
            (json!({"status": "gone"}), "filter.status"),
            (json!({"from": "yesterday"}), "filter.from"),
        ] {
            let problem = propose(&body.client, "revoke", json!({"filter": filter})).problem(422, "changes.filter");
            assert_eq!(problem["field"], field);
        }
        let change = seen(world, &body.client, "revoke", json!({"filter": {"occupation": "6-31-", "from": "2026-10-01"}}));
        assert_eq!(change["certificates"], 3);
        let one = body.client.get("/v1/certificates?from=2026-10-01").expect(200).json()["items"][0].clone();
        step(&body.client, &one, "revoke").expect(200);
        approve(&body.client, &change).expect(200);
        work(world);
        let over = read(&body.client, &change);
        assert_eq!(stands(&over), ("done_with_refusals", 2, 1));
        let refused = body.client.get(&format!("/v1/certificate-changes/{}/refusals", text(&change, "id"))).expect(200).json();
        assert_eq!((&refused["items"][0]["number"], &refused["items"][0]["code"]), (&one["number"], &json!("certificates.final")));
        assert_eq!(body.client.get(&format!("/v1/certificates/{}", text(&earlier, "id"))).expect(200).json()["status"], "issued");
    }

    fn who_approves_counts_is_another_above_the_limit_and_may_still_cancel(world: &World) {
        let body = body(world, 1);
        issued(world, &body, &file(0..3));
        body.client.put_json(&format!("/v1/providers/{}/approval", body.id), &json!({"above": 2})).expect(200);
        let change = seen(world, &body.client, "suspend", json!({"filter": {"status": "issued"}}));
        assert_eq!(change["second_person"], true);
        let path = |what: &str| format!("/v1/certificate-changes/{}/{what}", text(&change, "id"));
        body.client.post_json(&path("approve"), &json!({"certificates": 2})).problem(409, "changes.count_differs");
        approve(&body.client, &change).problem(403, "changes.second_person");
        let second = world.signed_in(Role::Provider, Some(&body.id));
        second.post_json(&path("cancel"), &json!({"reason": ""})).problem(422, "changes.reason");
        second.post_json(&path("cancel"), &json!({"reason": "wrong certificates"})).expect(200);
        approve(&second, &change).problem(409, "changes.state");
        work(world);
        assert_eq!(states(world), ["issued 3"]);
        let again = seen(world, &body.client, "suspend", json!({"filter": {"status": "issued"}}));
        approve(&second, &again).expect(200);
        work(world);
        assert_eq!(states(world), ["suspended 3"]);
    }

    fn a_body_changes_only_its_own_certificates_and_says_exactly_which(world: &World) {
        let (one, other) = (body(world, 1), crate::support::issuing::body_with(world, 2, &listing()));
        let batch = issued(world, &one, &file(0..2));
        propose(&other.client, "revoke", json!({"batch": batch["id"]})).problem(404, "batches.not_found");
        propose(&other.client, "revoke", json!({"numbers": numbers(&one)})).problem(422, "changes.numbers");
        propose(&other.client, "revoke", json!({"filter": {"status": "issued"}})).problem(409, "changes.nothing");
        propose(&one.client, "revoke", json!({})).problem(422, "changes.source");
        propose(&one.client, "revoke", json!({"batch": batch["id"], "numbers": []})).problem(422, "changes.source");
        propose(&one.client, "replace", json!({"batch": batch["id"]})).problem(422, "changes.step");
        let mut without = json!({"step": "revoke", "batch": batch["id"], "reason": ""});
        one.client.post_json("/v1/certificate-changes", &without).problem(422, "changes.reason");
        without["reason"] = json!("x");
        world.signed_in(Role::Operator, None).post_json("/v1/certificate-changes", &without).problem(422, "certificates.provider");
        world.signed_in(Role::Auditor, None).post_json("/v1/certificate-changes", &without).problem(403, "access.forbidden");
        let change = seen(world, &one.client, "revoke", json!({"batch": batch["id"]}));
        let path = format!("/v1/certificate-changes/{}", text(&change, "id"));
        for what in ["", "/refusals"] {
            other.client.get(&format!("{path}{what}")).problem(404, "changes.not_found");
        }
        other.client.post_json(&format!("{path}/approve"), &json!({"certificates": 2})).problem(404, "changes.not_found");
        assert_eq!(other.client.get("/v1/certificate-changes").expect(200).json()["items"], json!([]));
        assert_eq!(one.client.get("/v1/certificate-changes").expect(200).json()["items"][0]["id"], change["id"]);
    }
}
