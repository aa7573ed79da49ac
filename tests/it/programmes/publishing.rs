//! Versions of programmes, their rules, and their end.

use hufu::access::Role;
use serde_json::{Value, json};
use verifier::documents::Programme;

use super::{Scene, assert_audited, input, publish, redeem, suggest};
use crate::support::World;
use crate::support::issuing::{define_scheme, race, text, with};

fn next(world: &World, before: &Value) -> crate::support::Answer {
    publish(world, &with(input(), "/supersedes", before["digest"].clone()))
}

fn withdraw(world: &World, programme: &Value, reason: &str) -> crate::support::Answer {
    let path = format!("/v1/programmes/{}/withdraw", text(programme, "id"));
    world.signed_in(Role::Operator, None).post_json(&path, &json!({"reason": reason}))
}

both! {
    fn a_programme_goes_from_version_to_version_and_everybody_may_read_them(world: &World) {
        define_scheme(world);
        let first = publish(world, &input()).expect(201).json();
        let key = world.app.keys.region_signer();
        let document = Programme::open(text(&first, "document"), key.public()).expect("signed by the region");
        assert_eq!((document.id.as_str(), document.version, document.supersedes), (text(&first, "id"), 1, None));
        assert_eq!(first["digest"], verifier::documents::digest(text(&first, "document")));
        assert_eq!(first["terms"]["awards"], input()["awards"]);
        let second = publish(world, &with(with(input(), "/total", json!(600)), "/supersedes", first["digest"].clone())).expect(201).json();
        let document = Programme::open(text(&second, "document"), key.public()).unwrap();
        assert_eq!((document.id.as_str(), document.version, document.total.hundredths()), (text(&first, "id"), 2, 600));
        assert_eq!(document.supersedes.map(|digest| json!(digest)), Some(first["digest"].clone()));
        let other = publish(world, &input()).expect(201).json();
        assert_ne!(other["id"], first["id"]);
        let anybody = world.client();
        assert_eq!(anybody.get("/v1/programmes").expect(200).json()["items"], json!([second, other]));
        let page = anybody.get("/v1/programmes?limit=1").expect(200).json();
        assert_eq!(anybody.get(&format!("/v1/programmes?limit=1&after={}", text(&page, "next"))).expect(200).json(), json!({"items": [other]}));
        let history = anybody.get(&format!("/v1/programmes/{}", text(&first, "id"))).expect(200).json();
        assert_eq!(history, json!({"id": first["id"], "state": "open", "versions": [second, first]}));
        anybody.get("/v1/programmes/prg_0").problem(404, "programmes.not_found");
        assert_audited(world);
    }

    fn a_version_takes_the_place_of_the_current_one_only(world: &World) {
        define_scheme(world);
        let first = publish(world, &input()).expect(201).json();
        next(world, &first).expect(201);
        assert_eq!(next(world, &first).problem(409, "programmes.superseded")["field"], "supersedes");
        let unknown = json!({"digest": format!("sha256:{:064x}", 7)});
        assert_eq!(next(world, &unknown).problem(404, "programmes.not_found")["field"], "supersedes");
        assert_audited(world);
    }

    fn of_eight_who_publish_the_next_version_one_does(world: &World) {
        define_scheme(world);
        let first = publish(world, &input()).expect(201).json();
        let mut answers: Vec<u16> = race(8, |n| {
            publish(world, &with(with(input(), "/supersedes", first["digest"].clone()), "/total", json!(400 + n))).status
        });
        answers.sort_unstable();
        assert_eq!(answers, [201, 409, 409, 409, 409, 409, 409, 409]);
        assert_audited(world);
    }

    fn what_is_withdrawn_takes_no_redemption_and_no_new_version(world: &World) {
        let scene = Scene::of(world);
        assert_eq!(withdraw(world, &scene.programme, "").problem(422, "programmes.reason")["field"], "reason");
        assert_eq!(withdraw(world, &scene.programme, "the occupation was abolished").expect(200).json()["state"], "withdrawn");
        withdraw(world, &scene.programme, "again").problem(409, "programmes.withdrawn");
        redeem(&scene.one.client, &scene.programme, &scene.wanted()).problem(409, "programmes.withdrawn");
        suggest(&scene.one.client, &scene.programme, &scene.learner).problem(409, "programmes.withdrawn");
        next(world, &scene.programme).problem(409, "programmes.withdrawn");
        assert_eq!(world.client().get("/v1/programmes").expect(200).json()["items"], json!([]));
        let path = format!("/v1/programmes/{}", text(&scene.programme, "id"));
        assert_eq!(world.client().get(&path).expect(200).json()["versions"], json!([scene.programme]));
        assert_audited(world);
    }

    fn each_bad_field_of_a_programme_is_named_with_its_rule(world: &World) {
        define_scheme(world);
        let minima: Vec<Value> = (0..21).map(|_| json!({"category": "core", "amount": 1})).collect();
        for (path, value, status, code, field) in [
            ("/name/zh", json!(""), 422, "ids.text_length", "name.zh"),
            ("/kind", json!("diploma"), 422, "document.unknown_kind", "kind"),
            ("/in_force/from", json!("2026-02-30"), 422, "time.no_such_day", "in_force.from"),
            ("/in_force/through", json!("2025-12-31"), 422, "document.days", "in_force"),
            ("/scheme", json!("320000:credit"), 422, "ledger.scheme_region", "scheme"),
            ("/scheme", json!("310000:other"), 404, "ledger.no_scheme", "scheme"),
            ("/scheme", json!("credit"), 422, "document.scheme_shape", "scheme"),
            ("/total", json!(0), 422, "document.amount_range", "total"),
            ("/total", json!(1_000_000_001), 422, "document.amount_range", "total"),
            ("/total", json!(199), 422, "document.minima", "at_least"),
            ("/at_least", json!(minima), 422, "document.too_many", "at_least"),
            ("/at_least", json!(minima[..2]), 422, "document.twice", "at_least"),
            ("/at_least/0/amount", json!(-1), 422, "document.amount_range", "at_least[0].amount"),
            ("/at_least/0/category", json!("major"), 422, "ledger.no_category", "at_least[0].category"),
            ("/transferred_at_most", json!([2, 1]), 422, "document.ratio_range", "transferred_at_most"),
            ("/level_min", json!(8), 422, "ids.level_range", "level_min"),
            ("/max_age_months", json!(1_201), 422, "document.member", "max_age_months"),
            ("/awards/type", json!("degree"), 422, "ids.unknown_type", "awards.type"),
            ("/awards/title", json!(" x"), 422, "ids.text_space", "awards.title"),
            ("/awards/occupation", Value::Null, 422, "document.award", "awards"),
            ("/awards/level", Value::Null, 422, "document.award", "awards"),
            ("/supersedes", json!("sha256:1"), 422, "document.digest_shape", "supersedes"),
            ("/version", json!(2), 422, "http.unknown_field", "version"),
        ] {
            let problem = publish(world, &with(input(), path, value.clone())).problem(status, code);
            assert_eq!(problem["field"], field, "{path} {value}: {problem}");
        }
        assert_eq!(world.client().get("/v1/programmes").expect(200).json()["items"], json!([]));
        assert_audited(world);
    }
}
