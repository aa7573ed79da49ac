//! Two accounts of one person become one, for good, as the region signs; either id names the one that goes on.

use hufu::access::Role;
use hufu::learners::store::family;
use serde_json::{Value, json};
use verifier::documents::Merge;

use super::{assert_audited, events, hong_kong, passport, read};
use crate::support::issuing::{body, code, learner_of, lines, open, person, race, sign_in, text};
use crate::support::{Answer, Client, World};

fn merge(operator: &Client, from: &Value, into: &Value) -> Answer {
    let path = format!("/v1/learners/{}/merge", text(from, "id"));
    operator.post_json(&path, &json!({"into": into["id"], "reason": "one person, two documents"}))
}

fn family_of(world: &World, root: &Value) -> Vec<String> {
    world.app.db.read_now(|conn| family(conn, text(root, "id"))).unwrap()
}

both! {
    fn a_merged_account_answers_with_the_one_it_went_into(world: &World) {
        let (one, two, operator) = (body(world, 1), body(world, 2), world.signed_in(Role::Operator, None));
        let (a, b) = (open(&one.client, &person()), open(&two.client, &passport("欧阳静")));
        let (me, there) = (learner_of(world, &one.client, &a), learner_of(world, &two.client, &b));
        assert_eq!(merge(&operator, &a, &b).expect(200).json(), b);
        for client in [&one.client, &two.client, &operator] {
            assert_eq!(read(client, &a), b);
            assert_eq!(read(client, &b), b);
        }
        assert_eq!(one.client.post_json("/v1/learners", &person()).expect(200).json(), b);
        me.get("/v1/account").problem(401, "access.unauthenticated");
        assert_eq!(lines(world, "SELECT learner_id AS line FROM learner_sessions WHERE ended_at IS NULL"), [text(&b, "id")]);
        assert_eq!(there.get("/v1/account").expect(200).json()["id"], b["id"]);
        assert_eq!(family_of(world, &b), [text(&b, "id"), text(&a, "id")]);
        let looks = there.get("/v1/account/views").expect(200).json();
        let opened = |n: u32| looks["items"].as_array().unwrap().iter().any(|l| l["what"] == "opening" && l["by"]["name_zh"] == format!("示例评价中心{n}"));
        assert!(opened(1) && opened(2), "the looks of both are one person's: {looks}");
    }

    fn the_region_signs_a_merge_and_names_no_person(world: &World) {
        let (one, operator) = (body(world, 1), world.signed_in(Role::Operator, None));
        let (a, b) = (open(&one.client, &person()), open(&one.client, &passport("欧阳静")));
        merge(&operator, &a, &b).expect(200);
        let document = lines(world, "SELECT document AS line FROM learner_events WHERE kind = 'merged'").remove(0);
        let merge = Merge::open(&document, world.app.keys.region_signer().public()).expect("signed by the region");
        assert_eq!((merge.from.as_str(), merge.into.as_str()), (text(&a, "id"), text(&b, "id")));
        assert_eq!((merge.region.as_str(), merge.reason.as_str()), ("310000", "one person, two documents"));
        assert!(merge.by.starts_with("client_") && merge.at.0 > 0);
        assert_eq!(lines(world, "SELECT id AS line FROM learner_events WHERE kind = 'merged'"), [merge.id]);
        assert_audited(world);
    }

    fn a_chain_leads_to_the_account_that_goes_on(world: &World) {
        let (one, operator) = (body(world, 1), world.signed_in(Role::Operator, None));
        let [a, b, c] = [person(), passport("欧阳静"), hong_kong("欧阳静")].map(|person| open(&one.client, &person));
        let early = code(&one.client, &a);
        merge(&operator, &a, &b).expect(200);
        assert_eq!(merge(&operator, &b, &c).expect(200).json(), c);
        for each in [&a, &b, &c] {
            assert_eq!(read(&operator, each), c);
        }
        let mut all = [&c, &a, &b].map(|each| text(each, "id").to_owned());
        all[1..].sort();
        assert_eq!(family_of(world, &c), all, "the account that goes on comes first");
        let session = sign_in(&world.client(), &early).expect(201).json();
        assert_eq!(world.client().bearer(text(&session, "token")).get("/v1/account").expect(200).json()["id"], c["id"]);
        learner_of(world, &one.client, &a).get("/v1/account").expect(200);
        assert_audited(world);
    }

    fn merging_into_a_merged_account_is_merging_into_the_one_that_goes_on(world: &World) {
        let (one, operator) = (body(world, 1), world.signed_in(Role::Operator, None));
        let [a, b, c] = [person(), passport("欧阳静"), hong_kong("欧阳静")].map(|person| open(&one.client, &person));
        merge(&operator, &a, &b).expect(200);
        assert_eq!(merge(&operator, &c, &a).expect(200).json(), b);
        let document = lines(world, "SELECT document AS line FROM learner_events WHERE kind = 'merged' ORDER BY id DESC").remove(0);
        let signed = Merge::open(&document, world.app.keys.region_signer().public()).unwrap();
        assert_eq!(signed.into.as_str(), text(&b, "id"), "what is signed names the account that goes on");
    }

    fn an_account_goes_neither_into_itself_nor_round_in_a_circle(world: &World) {
        let (one, operator) = (body(world, 1), world.signed_in(Role::Operator, None));
        let [a, b, c] = [person(), passport("欧阳静"), hong_kong("欧阳静")].map(|person| open(&one.client, &person));
        assert_eq!(merge(&operator, &a, &a).problem(422, "learners.merge_self")["field"], "into");
        merge(&operator, &a, &b).expect(200);
        merge(&operator, &b, &a).problem(422, "learners.merge_self");
        assert_eq!(merge(&operator, &a, &c).problem(409, "learners.merged")["field"], "id");
        merge(&operator, &b, &c).expect(200);
        for early in [&a, &b] {
            merge(&operator, &c, early).problem(422, "learners.merge_self");
        }
        let nobody = json!({"id": "lrn_none"});
        assert_eq!(merge(&operator, &nobody, &c).problem(404, "learners.not_found")["field"], "id");
        assert_eq!(merge(&operator, &c, &nobody).problem(404, "learners.not_found")["field"], "into");
        let path = format!("/v1/learners/{}/merge", text(&c, "id"));
        for reason in ["", " x", "a\nb", &"人".repeat(201)] {
            operator.post_json(&path, &json!({"into": a["id"], "reason": reason})).problem(422, "learners.reason");
        }
        assert_eq!(events(world), ["opened", "opened", "opened", "merged", "merged"]);
    }

    fn of_two_accounts_merged_into_each_other_at_once_one_goes_on(world: &World) {
        let (one, operator) = (body(world, 1), world.signed_in(Role::Operator, None));
        let [a, b] = [person(), passport("欧阳静")].map(|person| open(&one.client, &person));
        let answers = race(8, |i| if i % 2 == 0 { merge(&operator, &a, &b) } else { merge(&operator, &b, &a) });
        assert_eq!(answers.iter().filter(|a| a.status == 200).count(), 1);
        for answer in answers.iter().filter(|a| a.status != 200) {
            let code = answer.json()["code"].clone();
            assert!(["learners.merged", "learners.merge_self"].contains(&code.as_str().unwrap()), "{answer}");
        }
        assert_eq!(read(&operator, &a), read(&operator, &b));
        assert_eq!(events(world), ["opened", "opened", "merged"]);
        assert_audited(world);
    }

    fn a_repeated_merge_gets_the_first_answer(world: &World) {
        let (one, operator) = (body(world, 1), world.signed_in(Role::Operator, None).header("idempotency-key", "merge-1"));
        let [a, b] = [person(), passport("欧阳静")].map(|person| open(&one.client, &person));
        merge(&operator, &a, &b).expect(200);
        assert_eq!(merge(&operator, &a, &b).expect(200).header("idempotency-replayed"), "true");
    }
}
