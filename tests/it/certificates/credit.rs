//! The credit that a certificate declares: minted with it, taken back with it, valued anew with what takes its place.

use hufu::access::Role;
use serde_json::{Value, json};

use crate::support::World;
use crate::support::issuing::{SCHEME, body, define_scheme, draft, issue, learner, open, person, race, replace, step, text, with};

/// A certificate that declares credit.
fn declaring(amounts: &[i64]) -> Value {
    let credits: Vec<Value> =
        amounts.iter().map(|amount| json!({"scheme": SCHEME, "amount": amount, "kind": "certificate", "category": "core"})).collect();
    with(draft(), "/credits", json!(credits))
}

/// Available and voided of each lot, in order.
fn amounts(certificate: &Value) -> Vec<(i64, i64)> {
    let lots = certificate["lots"].as_array().cloned().unwrap_or_default();
    lots.iter().map(|lot| (lot["available"].as_i64().unwrap(), lot["voided"].as_i64().unwrap())).collect()
}

#[track_caller]
fn assert_audited(world: &World) {
    assert_eq!(world.app.db.read_now(hufu::evidence::audit).unwrap().wrong, None);
    assert_eq!(world.app.db.read_now(hufu::ledger::service::audit).unwrap().wrong, None);
}

both! {
    fn what_a_certificate_declares_is_minted_with_it_to_its_holder(world: &World) {
        define_scheme(world);
        let one = body(world, 1);
        let made = issue(&one.client, &declaring(&[200, 50]));
        assert_eq!(amounts(&made), [(200, 0), (50, 0)]);
        assert_eq!(made["lots"][0]["expires_on"], "2033-10-18");
        let account = open(&one.client, &person());
        assert_eq!(open(&one.client, &draft()["holder"]), account, "the account was opened with the certificate");
        let mine = learner(world, &one.client).get("/v1/account/balances").expect(200).json();
        assert_eq!((&mine[0]["scheme"], &mine[0]["available"], &mine[0]["minted"]), (&json!(SCHEME), &json!(250), &json!(250)));
        assert_audited(world);
    }

    fn a_certificate_without_credit_opens_no_account(world: &World) {
        let one = body(world, 1);
        issue(&one.client, &draft());
        one.client.post_json("/v1/learners:query", &json!({"id_type": "resident", "id_number": "11010519491231002X"})).problem(404, "learners.not_found");
    }

    fn revoking_takes_back_what_is_left_and_suspending_takes_nothing(world: &World) {
        define_scheme(world);
        let one = body(world, 1);
        let made = issue(&one.client, &declaring(&[200]));
        assert_eq!(amounts(&step(&one.client, &made, "suspend").expect(200).json()), [(200, 0)]);
        assert_eq!(amounts(&step(&one.client, &made, "reinstate").expect(200).json()), [(200, 0)]);
        assert_eq!(amounts(&step(&one.client, &made, "revoke").expect(200).json()), [(0, 200)]);
        let mine = learner(world, &one.client);
        assert_eq!(mine.get("/v1/account/balances").expect(200).json()[0]["available"], 0);
        let lot = text(&made["lots"][0], "id").to_owned();
        let postings = mine.get(&format!("/v1/account/lots/{lot}/postings")).expect(200).json();
        let kinds: Vec<&str> = postings.as_array().unwrap().iter().map(|posting| text(posting, "kind")).collect();
        assert_eq!(kinds, ["mint", "void"]);
        assert_audited(world);
    }

    fn a_replacement_mints_nothing_twice(world: &World) {
        define_scheme(world);
        let one = body(world, 1);
        let first = issue(&one.client, &declaring(&[200, 50]));
        let second = replace(&one.client, &first, &declaring(&[300])).expect(201).json();
        assert_eq!(amounts(&second), [(300, 0), (0, 50)]);
        let third = replace(&one.client, &second, &declaring(&[100, 20])).problem(409, "ledger.already_voided");
        assert_eq!(third["field"], "certificate.credits[1]");
        let third = replace(&one.client, &second, &declaring(&[100])).expect(201).json();
        assert_eq!(amounts(&third)[0], (100, 0));
        let mine = learner(world, &one.client).get("/v1/account/balances").expect(200).json();
        assert_eq!(mine[0]["available"], 100);
        assert_audited(world);
    }

    fn a_credit_that_cannot_be_minted_leaves_no_certificate(world: &World) {
        let one = body(world, 1);
        let refused = one.client.post_json("/v1/certificates", &declaring(&[200])).problem(404, "ledger.no_scheme");
        assert_eq!(refused["field"], "credits[0]");
        define_scheme(world);
        let other_category = with(declaring(&[200]), "/credits/0/category", json!("major"));
        one.client.post_json("/v1/certificates", &other_category).problem(422, "ledger.no_category");
        open(&one.client, &person());
        let other_name = with(declaring(&[200]), "/holder/name", json!("张三"));
        assert_eq!(one.client.post_json("/v1/certificates", &other_name).problem(409, "learners.name_differs")["field"], "holder.name");
        assert_eq!(one.client.get("/v1/certificates").expect(200).json()["items"], json!([]));
        assert_audited(world);
    }

    fn a_scheme_is_defined_once_by_the_region_in_its_own_name(world: &World) {
        let operator = world.signed_in(Role::Operator, None);
        let names = json!({"zh": "学时", "en": "Hour"});
        let hours = json!({"id": "310000:hour", "name": names, "unit": names, "kind": "hour", "categories": ["public", "professional"],
            "calendar_years": 0, "yearly": {"amount": 9000, "category": "professional", "share": [2, 3]}});
        let made = operator.post_json("/v1/schemes", &hours).expect(201).json();
        let document = verifier::documents::Scheme::open(text(&made, "document"), world.app.keys.region_signer().public()).expect("signed by the region");
        assert_eq!(document.id.as_str(), "310000:hour");
        assert_eq!(operator.post_json("/v1/schemes", &hours).expect(201).json(), made, "the same again changes nothing");
        assert_eq!(world.client().get("/v1/schemes").expect(200).json(), json!({"items": [made]}));
        let refused = |path: &str, value: Value, status: u16, code: &str, field: &str| {
            let problem = operator.post_json("/v1/schemes", &with(hours.clone(), path, value)).problem(status, code);
            assert_eq!(problem["field"].as_str().unwrap_or_default(), field, "{path}: {problem}");
        };
        refused("/calendar_years", json!(1), 409, "ledger.scheme_exists", "id");
        refused("/id", json!("320000:hour"), 422, "ledger.scheme_region", "id");
        refused("/id", json!("310000:Hour"), 422, "document.scheme_shape", "id");
        refused("/kind", json!("points"), 422, "document.unknown_kind", "kind");
        refused("/shelf_months", json!(84), 422, "document.shelf", "");
        refused("/categories", json!(["public"]), 422, "document.no_such_category", "yearly");
        refused("/yearly/share", json!([3, 2]), 422, "document.ratio_range", "yearly.share");
        refused("/name/en", json!(""), 422, "ids.text_length", "name.en");
        refused("/extra", json!(1), 422, "http.unknown_field", "extra");
        body(world, 1).client.post_json("/v1/schemes", &hours).problem(403, "access.forbidden");
        assert_audited(world);
    }

    fn of_eight_who_define_one_scheme_at_once_none_breaks_it(world: &World) {
        let operator = world.signed_in(Role::Operator, None);
        let names = json!({"zh": "学分", "en": "Credit"});
        let scheme = |months: usize| json!({"id": SCHEME, "name": names, "unit": names, "kind": "credit", "categories": [], "shelf_months": months});
        let statuses: Vec<u16> = race(8, |n| operator.post_json("/v1/schemes", &scheme(1 + n)).status);
        assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [201, 409, 503].contains(status)), "{statuses:?}");
        assert_audited(world);
    }
}
