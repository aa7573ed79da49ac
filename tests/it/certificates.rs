//! Certificates: issued, found, suspended, revoked and replaced, and everything that is refused.

mod ahead;
mod bad_input;
mod credit;
mod idempotency;
mod known;
mod lists;
mod races;
mod together;

use hufu::access::Role;
use serde_json::{Value, json};
use verifier::card::Card;
use verifier::ids::CertificateNumber;
use verifier::jws::PublicKey;

use super::support::issuing::{
    RESIDENT, RESIDENT_SECRET, assert_nowhere, body, define_scheme, draft, issue, replace, step, stock, text, verdict, with,
};

/// Every field that a certificate may have.
fn full() -> Value {
    let mut full = draft();
    full["number"] = json!("S000031000026000001");
    full["valid_until"] = json!("2036-10-18");
    full["standard"] = json!("国家职业标准 电工 2023");
    full["evidence_digest"] = json!("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
    full["credits"] = json!([{"scheme": "310000:credit", "amount": 200, "kind": "certificate", "category": "core", "course": "SH-IC-101"}]);
    full
}

fn read(client: &super::support::Client, certificate: &Value) -> Value {
    client.get(&format!("/v1/certificates/{}", text(certificate, "id"))).expect(200).json()
}

both! {
    fn what_was_issued_is_read_back_with_every_field_and_its_id_masked(world: &World) {
        define_scheme(world);
        let body = body(world, 1);
        let made = issue(&body.client, &full());
        assert_eq!(made["holder"], json!({"name": "欧阳静", "id_type": "resident", "id_last4": "002X"}));
        for member in ["number", "type", "occupation", "title", "level", "grade", "assessed_on", "valid_until", "standard", "evidence_digest", "credits"] {
            assert_eq!(made[member], full()[member], "{member}");
        }
        assert_eq!(made["provider"], body.id);
        assert_eq!(made["status"], "issued");
        assert_eq!(made["status_entry"], json!({"list": 1, "index": 0}));
        assert_eq!(read(&body.client, &made), made);
    }

    fn the_card_is_signed_by_a_published_key_and_says_what_the_row_says(world: &World) {
        define_scheme(world);
        let body = body(world, 1);
        let made = issue(&body.client, &full());
        let card = Card::parse(text(&made, "card")).unwrap();
        let keys = world.client().get("/.well-known/jwks.json").expect(200).json();
        let named = |jwk: &&Value| jwk["kid"] == card.kid().to_string();
        let key = keys["keys"].as_array().unwrap().iter().find(named).expect("the key is published under the name that the card has");
        assert!(card.is_signed_by(&PublicKey::parse(text(key, "x")).unwrap()));
        let claims = serde_json::to_value(card.claims()).unwrap();
        let entry = &made["status_entry"];
        let wanted = json!({
            "iss": "310000", "prv": body.code, "num": made["number"], "typ": made["type"], "nam": "欧阳静", "id4": "002X", "occ": made["occupation"],
            "ttl": made["title"], "lvl": made["level"], "grd": made["grade"], "day": made["assessed_on"], "iat": made["issued_at"],
            "exp": made["valid_until"], "sts": [entry["list"], entry["index"]],
        });
        assert_eq!(claims, wanted);
        assert_eq!(hufu_digits(&made), verifier::hf1::encode(&card));
    }

    fn a_certificate_without_optional_fields_is_issued(world: &World) {
        let body = body(world, 1);
        let bare = json!({"type": "training", "holder": draft()["holder"], "occupation": "4-04-05-05", "assessed_on": "2026-10-18"});
        let made = issue(&body.client, &bare);
        for member in ["title", "level", "grade", "valid_until", "standard", "credits", "events"] {
            assert!(made.get(member).is_none(), "{member}: {made}");
        }
        assert_eq!(verdict(&world.client(), text(&made, "card"))["outcome"], "valid");
    }

    fn generated_numbers_have_their_check_character_and_are_all_different(world: &World) {
        let body = body(world, 1);
        let numbers: std::collections::BTreeSet<String> = (0..20).map(|_| text(&issue(&body.client, &draft()), "number").to_owned()).collect();
        assert_eq!(numbers.len(), 20);
        for number in numbers {
            assert!(number.starts_with("HF3100002026"), "{number}");
            assert!(CertificateNumber::parse(&number).unwrap().has_check_char(), "{number}");
        }
    }

    fn a_number_is_used_once(world: &World) {
        define_scheme(world);
        let (one, two) = (body(world, 1), body(world, 2));
        issue(&one.client, &full());
        issue(&two.client, &draft());
        let before = stock(world);
        for client in [&one.client, &two.client] {
            assert_eq!(client.post_json("/v1/certificates", &full()).problem(409, "certificates.number_taken")["field"], "number");
        }
        assert_eq!(stock(world), before);
    }

    fn a_certificate_is_suspended_reinstated_and_revoked_each_with_its_reason(world: &World) {
        let body = body(world, 1);
        let made = issue(&body.client, &draft());
        for (verb, status, kind) in [("suspend", "suspended", "suspended"), ("reinstate", "issued", "reinstated"), ("revoke", "revoked", "revoked")] {
            let now = step(&body.client, &made, verb).expect(200).json();
            assert_eq!(now["status"], status, "{verb}");
            let last = now["events"].as_array().unwrap().last().unwrap().clone();
            assert_eq!((&last["kind"], &last["reason"]), (&json!(kind), &json!("records under review")));
            assert!(text(&last, "by").starts_with("client_"));
            assert_eq!(read(&body.client, &made), now);
        }
    }

    fn a_step_that_a_state_does_not_have_is_refused(world: &World) {
        let body = body(world, 1);
        let made = issue(&body.client, &draft());
        step(&body.client, &made, "reinstate").problem(409, "certificates.not_suspended");
        step(&body.client, &made, "suspend").expect(200);
        step(&body.client, &made, "suspend").problem(409, "certificates.already_suspended");
        step(&body.client, &made, "revoke").expect(200);
        let before = stock(world);
        for verb in ["suspend", "reinstate", "revoke"] {
            step(&body.client, &made, verb).problem(409, "certificates.final");
        }
        replace(&body.client, &made, &draft()).problem(409, "certificates.final");
        assert_eq!(stock(world), before);
    }

    fn a_replaced_certificate_names_its_successor_and_is_final(world: &World) {
        let body = body(world, 1);
        let old = issue(&body.client, &draft());
        let new = replace(&body.client, &old, &with(draft(), "/holder/name", json!("欧阳婧"))).expect(201).json();
        assert_eq!(new["replaces"], old["id"]);
        assert_eq!(new["holder"]["name"], "欧阳婧");
        let now = read(&body.client, &old);
        assert_eq!((&now["status"], &now["replaced_by"]), (&json!("replaced"), &new["number"]));
        assert_eq!(now["events"][0]["reason"], "name corrected");
        for verb in ["suspend", "reinstate", "revoke"] {
            step(&body.client, &old, verb).problem(409, "certificates.final");
        }
        let before = stock(world);
        replace(&body.client, &old, &draft()).problem(409, "certificates.final");
        assert_eq!(stock(world), before);
        let judged = verdict(&world.client(), text(&old, "card"));
        assert_eq!(judged["outcome"], "invalid");
        let status = judged["steps"].as_array().unwrap().iter().find(|s| s["step"] == "status").unwrap();
        assert_eq!((&status["code"], &status["detail"]), (&json!("status.replaced"), &new["number"]));
        assert_eq!(verdict(&world.client(), text(&new, "card"))["outcome"], "valid");
    }

    fn a_suspended_certificate_can_be_replaced(world: &World) {
        let body = body(world, 1);
        let old = issue(&body.client, &draft());
        step(&body.client, &old, "suspend").expect(200);
        replace(&body.client, &old, &draft()).expect(201);
    }

    fn what_is_wrong_with_a_replacement_is_said_of_the_new_certificate(world: &World) {
        define_scheme(world);
        let body = body(world, 1);
        let old = issue(&body.client, &full());
        let before = stock(world);
        for (path, value, status, code, field) in [
            ("/level", json!(7), 422, "providers.scope", "certificate.level"),
            ("/assessed_on", json!("2027-01-01"), 422, "certificates.assessed_in_future", "certificate.assessed_on"),
            ("/number", full()["number"].clone(), 409, "certificates.number_taken", "certificate.number"),
            ("/holder/id_number", json!("110105194912310021"), 422, "ids.document_check", "certificate.holder.id_number"),
        ] {
            let problem = replace(&body.client, &old, &with(draft(), path, value)).problem(status, code);
            assert_eq!(problem["field"], field);
        }
        let answer = body.client.post_json(&format!("/v1/certificates/{}/replace", text(&old, "id")), &json!({"reason": " ", "certificate": draft()}));
        assert_eq!(answer.problem(422, "certificates.reason")["field"], "reason");
        assert_eq!(stock(world), before);
        assert_eq!(read(&body.client, &old)["status"], "issued");
    }

    fn a_providers_client_sees_and_touches_only_its_own(world: &World) {
        let (one, two) = (body(world, 1), body(world, 2));
        let made = issue(&one.client, &draft());
        let own = issue(&two.client, &with(draft(), "/holder/id_number", json!("340199199304179959")));
        let path = format!("/v1/certificates/{}", text(&made, "id"));
        let before = stock(world);
        for suffix in ["", "/qr.svg", "/qr.png"] {
            two.client.get(&format!("{path}{suffix}")).problem(404, "certificates.not_found");
        }
        for verb in ["suspend", "reinstate", "revoke"] {
            step(&two.client, &made, verb).problem(404, "certificates.not_found");
        }
        replace(&two.client, &made, &draft()).problem(404, "certificates.not_found");
        assert_eq!(two.client.get("/v1/certificates").expect(200).json(), json!({"items": [own]}));
        two.client.get(&format!("/v1/certificates?provider={}", one.id)).problem(403, "access.forbidden");
        let found = two.client.post_json("/v1/certificates:search", &json!({"id_type": "resident", "id_number": RESIDENT})).expect(200).json();
        assert_eq!(found, json!({"items": []}));
        let other = with(draft(), "/provider", json!(one.id));
        assert_eq!(two.client.post_json("/v1/certificates", &other).problem(422, "certificates.provider")["field"], "provider");
        two.client.get(&format!("/v1/providers/{}/keys", one.id)).problem(403, "access.forbidden");
        assert_eq!(stock(world), before);
        assert_eq!(read(&one.client, &made)["status"], "issued");
    }

    fn who_may_not_write_changes_nothing_and_who_may_not_read_sees_nothing(world: &World) {
        let body = body(world, 1);
        let made = issue(&body.client, &draft());
        let before = stock(world);
        let path = format!("/v1/certificates/{}", text(&made, "id"));
        for (role, may_read) in [(Role::Auditor, true), (Role::Partner, false)] {
            let client = world.signed_in(role, None);
            client.post_json("/v1/certificates", &with(draft(), "/provider", json!(body.id))).problem(403, "access.forbidden");
            step(&client, &made, "revoke").problem(403, "access.forbidden");
            replace(&client, &made, &draft()).problem(403, "access.forbidden");
            assert_eq!(client.get(&path).status, if may_read { 200 } else { 403 });
        }
        world.client().get(&path).problem(401, "access.unauthenticated");
        world.client().post_json("/v1/certificates", &draft()).problem(401, "access.unauthenticated");
        step(&world.client(), &made, "revoke").problem(401, "access.unauthenticated");
        assert_eq!(stock(world), before);
    }

    fn an_operator_issues_for_the_provider_it_names(world: &World) {
        let body = body(world, 1);
        let operator = world.signed_in(Role::Operator, None);
        assert_eq!(issue(&operator, &with(draft(), "/provider", json!(body.id)))["provider"], body.id);
        assert_eq!(operator.post_json("/v1/certificates", &draft()).problem(422, "certificates.provider")["field"], "provider");
        for nobody in ["prov_0193b3e0f5c7d0a9b1c2d3e4f5061720", "", "\u{0}"] {
            let answer = operator.post_json("/v1/certificates", &with(draft(), "/provider", json!(nobody)));
            assert_eq!(answer.problem(422, "certificates.provider")["field"], "provider", "{nobody:?}");
        }
    }

    fn what_names_no_certificate_is_not_found(world: &World) {
        let body = body(world, 1);
        for id in ["cert_1", "%00", "a%00b", "%27", "%E6%B2%AA", &"a".repeat(65)] {
            body.client.get(&format!("/v1/certificates/{id}")).problem(404, "certificates.not_found");
            body.client.post_json(&format!("/v1/certificates/{id}/revoke"), &json!({"reason": "r"})).problem(404, "certificates.not_found");
            replace(&body.client, &json!({"id": id}), &draft()).problem(404, "certificates.not_found");
        }
    }

    fn no_answer_and_no_row_holds_the_plain_id_number(world: &World) {
        define_scheme(world);
        let body = body(world, 1);
        let made = issue(&body.client, &full());
        let id = text(&made, "id").to_owned();
        let person = json!({"id_type": "resident", "id_number": RESIDENT});
        step(&body.client, &made, "suspend").expect(200);
        let lookup = json!({"number": made["number"], "name": "欧阳静"});
        for answer in [
            body.client.get(&format!("/v1/certificates/{id}")),
            body.client.get("/v1/certificates"),
            body.client.post_json("/v1/certificates:search", &person),
            body.client.post_json("/v1/certificates", &full()),
            body.client.post_json("/v1/certificates", &with(full(), "/holder/id_number", json!("110105194912310021"))),
            replace(&body.client, &made, &draft()),
            world.client().post_json("/v1/verify", &json!({"text": made["qr_text"]})),
            world.client().post_json("/v1/certificates:query", &lookup),
            world.client().get("/metrics"),
        ] {
            assert!(!answer.to_string().contains(RESIDENT_SECRET), "{answer}");
        }
        assert!(!Card::parse(text(&made, "card")).unwrap().payload().windows(RESIDENT_SECRET.len()).any(|w| w == RESIDENT_SECRET.as_bytes()));
        assert_nowhere(world, RESIDENT_SECRET);
    }
}

/// The digits of a certificate's QR text.
fn hufu_digits(certificate: &Value) -> &str {
    text(certificate, "qr_text").strip_prefix("https://registry.test/v#").expect("the registry's own address")
}
