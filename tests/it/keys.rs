//! Issuer keys: made when first needed, preferred by window, rolled over, revoked, published.

use hufu::access::Role;
use serde_json::{Value, json};
use verifier::card::Card;
use verifier::time::{Day, Zone};

use super::support::issuing::{Body, body, draft, issue, stock, text, verdict};
use super::support::{Client, World};

fn keys(client: &Client, provider: &str) -> Vec<Value> {
    client.get(&format!("/v1/providers/{provider}/keys")).expect(200).json()["items"].as_array().unwrap().clone()
}

fn signed_with(certificate: &Value) -> String {
    Card::parse(text(certificate, "card")).unwrap().kid().to_string()
}

/// Outcome, and code of the step of the key.
fn judged(world: &World, certificate: &Value) -> (String, String) {
    let verdict = verdict(&world.client(), text(certificate, "card"));
    let step = verdict["steps"].as_array().unwrap().iter().find(|s| s["step"] == "key-window").unwrap().clone();
    (text(&verdict, "outcome").to_owned(), text(&step, "code").to_owned())
}

fn revoke(world: &World, kid: &str, body: &Value) -> super::support::Answer {
    world.signed_in(Role::Operator, None).post_json(&format!("/v1/keys/{kid}/revoke"), body)
}

fn good() -> (String, String) {
    ("valid".to_owned(), "key.ok".to_owned())
}

fn signed_in_again(world: &World, body: &Body) -> Client {
    world.signed_in(Role::Provider, Some(&body.id))
}

/// Every name under which a key is published, in the key set and in the provider's DID document.
fn published(world: &World, provider: &str) -> String {
    let jwks = world.client().get("/.well-known/jwks.json").expect(200).text().to_owned();
    jwks + world.client().get(&format!("/providers/{provider}/did.json")).expect(200).text()
}

both! {
    fn the_first_certificate_makes_a_key_for_the_calendar_year_of_the_region(world: &World) {
        let body = body(world, 1);
        assert!(keys(&body.client, &body.id).is_empty());
        let (a, b) = (issue(&body.client, &draft()), issue(&body.client, &draft()));
        assert_eq!(signed_with(&a), signed_with(&b));
        let [key] = &keys(&body.client, &body.id)[..] else { panic!("one key") };
        let year = hufu::providers::service::today(&world.app).year();
        let start = |year| Day::new(year, 1, 1).unwrap().start_in(Zone::CHINA).0;
        assert_eq!((key["from_at"].as_i64(), key["until_at"].as_i64()), (Some(start(year)), Some(start(year + 1))));
        assert_eq!(text(key, "short_kid"), signed_with(&a));
        assert!(text(key, "kid").starts_with(text(key, "short_kid")));
    }

    fn at_new_year_in_the_regions_zone_another_key_signs(world: &World) {
        let body = body(world, 1);
        let year = hufu::providers::service::today(&world.app).year() + 1;
        let midnight = Day::new(year, 1, 1).unwrap().start_in(Zone::CHINA).0;
        world.app.edge.shift(midnight - 20 - world.app.edge.now());
        let old = issue(&signed_in_again(world, &body), &draft());
        world.app.edge.shift(midnight + 1 - world.app.edge.now());
        let new = issue(&signed_in_again(world, &body), &draft());
        assert!(old["issued_at"].as_i64() < Some(midnight) && new["issued_at"].as_i64() >= Some(midnight));
        assert_ne!(signed_with(&old), signed_with(&new));
        let prefix = |year: i32| format!("HF310000{year}");
        assert!(text(&old, "number").starts_with(&prefix(year - 1)) && text(&new, "number").starts_with(&prefix(year)));
        let keys = keys(&signed_in_again(world, &body), &body.id);
        assert_eq!((keys.len(), &keys[0]["until_at"], &keys[1]["from_at"]), (2, &json!(midnight), &json!(midnight)));
        assert_eq!((judged(world, &old), judged(world, &new)), (good(), good()));
    }

    fn a_shorter_window_signs_while_it_lasts(world: &World) {
        let body = body(world, 1);
        let path = format!("/v1/providers/{}/keys", body.id);
        let yearly = issue(&body.client, &draft());
        let now = world.app.edge.now();
        let short = body.client.post_json(&path, &json!({"from_at": now, "until_at": now + 100})).expect(201).json();
        let batch = issue(&body.client, &draft());
        assert_eq!(signed_with(&batch), text(&short, "short_kid"));
        world.app.edge.shift(200);
        let later = issue(&body.client, &draft());
        assert_eq!(signed_with(&later), signed_with(&yearly));
        assert_eq!((judged(world, &batch), judged(world, &later)), (good(), good()));
    }

    fn a_window_that_is_not_possible_is_refused(world: &World) {
        let body = body(world, 1);
        let before = stock(world);
        let (path, now, day) = (format!("/v1/providers/{}/keys", body.id), world.app.edge.now(), 86_400);
        for (from, until) in [(now, now), (now + 2, now + 1), (now - 10, now), (now, now + 366 * day + 1), (now + 367 * day, now + 368 * day), (i64::MIN, i64::MAX)] {
            body.client.post_json(&path, &json!({"from_at": from, "until_at": until})).problem(422, "keys.window");
        }
        body.client.post_json(&path, &json!({"from_at": now.to_string(), "until_at": now + 9})).problem(422, "http.field");
        let operator = world.signed_in(Role::Operator, None);
        for nobody in ["prov_1", "%00", body.code.as_str()] {
            let path = format!("/v1/providers/{nobody}/keys");
            operator.post_json(&path, &json!({"from_at": now, "until_at": now + 9})).problem(404, "providers.not_found");
            operator.get(&path).problem(404, "providers.not_found");
        }
        assert_eq!(stock(world), before);
    }

    fn after_a_roll_over_a_new_key_signs_and_old_cards_stay_good(world: &World) {
        let body = body(world, 1);
        let old = issue(&body.client, &draft());
        let kid = text(&keys(&body.client, &body.id)[0], "kid").to_owned();
        let operator = world.signed_in(Role::Operator, None);
        assert!(operator.post_json(&format!("/v1/keys/{kid}/retire"), &json!({})).expect(200).json()["retired_at"].is_i64());
        operator.post_json(&format!("/v1/keys/{kid}/retire"), &json!({})).problem(409, "keys.retired");
        let new = issue(&body.client, &draft());
        assert_ne!(signed_with(&old), signed_with(&new));
        assert_eq!((judged(world, &old), judged(world, &new)), (good(), good()));
        assert!(published(world, &body.id).contains(&kid));
    }

    fn a_superseded_key_loses_what_it_signed_from_an_instant_on(world: &World) {
        let body = body(world, 1);
        let early = issue(&body.client, &draft());
        world.app.edge.shift(100);
        let late = issue(&body.client, &draft());
        assert_eq!(judged(world, &late), good());
        let kid = text(&keys(&body.client, &body.id)[0], "kid").to_owned();
        let at = late["issued_at"].as_i64().unwrap() - 50;
        revoke(world, &kid, &json!({"reason": "superseded", "at": at})).expect(200);
        assert_eq!(judged(world, &early), good());
        assert_eq!(judged(world, &late), ("invalid".to_owned(), "key.revoked".to_owned()));
        revoke(world, &kid, &json!({"reason": "compromise"})).problem(409, "keys.revoked");
        let new = issue(&body.client, &draft());
        assert_ne!(signed_with(&new), signed_with(&late));
        assert_eq!(judged(world, &new), good());
        assert!(published(world, &body.id).contains(&kid));
    }

    fn a_compromised_key_loses_everything_and_is_published_no_more(world: &World) {
        let body = body(world, 1);
        let made = issue(&body.client, &draft());
        let kid = text(&keys(&body.client, &body.id)[0], "kid").to_owned();
        let did = format!("did:web:registry.test:providers:{}#{kid}", body.id);
        let names = [format!("\"{kid}\""), format!("\"{}\"", signed_with(&made)), format!("\"{did}\"")];
        let before = published(world, &body.id);
        assert!(names.iter().all(|name| before.contains(name)), "{before}");
        revoke(world, &kid, &json!({"reason": "compromise"})).expect(200);
        assert_eq!(judged(world, &made), ("invalid".to_owned(), "key.compromised".to_owned()));
        let after = published(world, &body.id);
        assert!(!names.iter().any(|name| after.contains(name)), "{after}");
    }

    fn the_instant_of_a_revocation_lies_in_the_life_of_the_key(world: &World) {
        let body = body(world, 1);
        issue(&body.client, &draft());
        let key = keys(&body.client, &body.id)[0].clone();
        for at in [world.app.edge.now() + 60, key["from_at"].as_i64().unwrap() - 1] {
            assert_eq!(revoke(world, text(&key, "kid"), &json!({"reason": "ceased", "at": at})).problem(422, "keys.instant")["field"], "at");
        }
        revoke(world, text(&key, "kid"), &json!({"reason": "lost"})).problem(422, "http.field");
    }

    fn the_regions_own_keys_are_neither_retired_nor_revoked_here(world: &World) {
        let operator = world.signed_in(Role::Operator, None);
        for kid in [world.app.keys.region_signer().public().thumbprint(), world.app.keys.token_signer().public().thumbprint()] {
            revoke(world, &kid, &json!({"reason": "compromise"})).problem(409, "keys.purpose");
            operator.post_json(&format!("/v1/keys/{kid}/retire"), &json!({})).problem(409, "keys.purpose");
        }
        for kid in ["x", "%00", &"A".repeat(43)] {
            revoke(world, kid, &json!({"reason": "compromise"})).problem(404, "keys.not_found");
        }
    }

    fn only_the_region_ends_keys_and_no_answer_holds_a_private_half(world: &World) {
        let body = body(world, 1);
        issue(&body.client, &draft());
        let kid = text(&keys(&body.client, &body.id)[0], "kid").to_owned();
        body.client.post_json(&format!("/v1/keys/{kid}/revoke"), &json!({"reason": "compromise"})).problem(403, "access.forbidden");
        body.client.post_json(&format!("/v1/keys/{kid}/retire"), &json!({})).problem(403, "access.forbidden");
        let jwks = world.client().get("/.well-known/jwks.json").expect(200).json();
        for jwk in jwks["keys"].as_array().unwrap() {
            let members: Vec<&str> = jwk.as_object().unwrap().keys().map(String::as_str).collect();
            assert!(members.iter().all(|m| ["kty", "crv", "alg", "use", "kid", "x"].contains(m)), "{jwk}");
        }
    }
}
