//! Signing in over OAuth 2.0, and the life of a client.

use std::sync::mpsc;
use std::time::Duration;

use hufu::access::service::{self, NewClient, bootstrap_operator};
use hufu::access::token::LIFETIME;
use hufu::access::{Role, store};
use hufu::certificates::{Actor, Draft, Input, Order, check_all};
use hufu::db::revision;
use hufu::db::schema::{client_events, clients};
use hufu::evidence;
use serde_json::{Value, json};
use verifier::base64url;

use super::support::Answer;
use super::support::issuing::{body, draft, issue, lines};

const TOKEN: &str = "/oauth/token";
const GRANT: (&str, &str) = ("grant_type", "client_credentials");

/// An error of the token endpoint: the standard's shape, our code and request id, and what the standard says about its headers.
#[track_caller]
fn oauth_error(answer: Answer, status: u16, error: &str, code: &str) {
    let answer = answer.expect(status);
    let body = answer.json();
    assert_eq!((body["error"].as_str(), body["code"].as_str()), (Some(error), Some(code)), "{answer}");
    assert_eq!(body["request_id"], answer.header("x-request-id"), "{answer}");
    assert_eq!((answer.header("content-type"), answer.header("cache-control")), ("application/json", "no-store"), "{answer}");
    let words = body["error_description"].as_str().expect("it has words");
    assert!(words.bytes().all(|b| matches!(b, 0x20 | 0x21 | 0x23..=0x5b | 0x5d..=0x7e)), "RFC 6749 5.2 allows no other characters: {words}");
    assert_eq!(answer.header("www-authenticate"), if status == 401 { r#"Basic realm="hufu""# } else { "" }, "{answer}");
}

/// What the token says, without checking it.
fn payload(token: &str) -> Value {
    serde_json::from_slice(&base64url::decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

both! {
    fn a_client_signs_in_by_form_or_by_http_basic(world: &World) {
        let (id, secret) = world.add(Role::Auditor, None);
        let by_form = world.client().post_form(TOKEN, &[GRANT, ("client_id", &id), ("client_secret", &secret)]).expect(200);
        let basic = format!("Basic {}", base64(&format!("{id}:{secret}")));
        let by_basic = world.client().header("authorization", &basic).post_form(TOKEN, &[GRANT]).expect(200);
        for answer in [by_form, by_basic] {
            assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
            let body = answer.json();
            assert_eq!((&body["token_type"], &body["expires_in"]), (&json!("Bearer"), &json!(900)));
            assert_eq!(body["scope"], "certificates:read verify:many audit:read partners:read achievements:read agreements:read recognition:read");
            let token = body["access_token"].as_str().unwrap();
            let claims = payload(token);
            assert_eq!((&claims["sub"], &claims["client_id"]), (&json!(id), &json!(id)));
            assert_eq!((&claims["iss"], &claims["aud"]), (&json!("https://registry.test"), &json!("https://registry.test")));
            assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 900);
            world.client().bearer(token).get("/v1/clients").expect(200);
        }
    }

    fn a_token_ends_after_fifteen_minutes(world: &World) {
        let client = world.signed_in(Role::Auditor, None);
        client.get("/v1/clients").expect(200);
        world.app.edge.shift(LIFETIME - 10);
        client.get("/v1/clients").expect(200);
        world.app.edge.shift(20);
        let refused = client.get("/v1/clients").problem(401, "access.unauthenticated");
        assert_eq!(refused["got"], "expired");
    }

    fn an_unknown_client_and_a_wrong_secret_get_the_same_answer(world: &World) {
        let (id, secret) = world.add(Role::Auditor, None);
        let attempt = |id: &str, secret: &str| {
            let answer = world.client().post_form(TOKEN, &[GRANT, ("client_id", id), ("client_secret", secret)]);
            let mut body = answer.json();
            body["request_id"] = Value::Null;
            oauth_error(answer, 401, "invalid_client", "access.client_credentials");
            body
        };
        let wrong = attempt(&id, "hufu_wrong");
        let long = "x".repeat(4000);
        for (id, secret) in [("client_none", secret.as_str()), ("client_none", "hufu_wrong"), (&id, &secret[..40]), ("a\0b", "c\0d"), (&long, &long), ("' OR 1=1 --", "x")] {
            assert_eq!(attempt(id, secret), wrong, "{id} {secret}");
        }
    }

    fn what_is_wrong_with_a_token_request_is_said_in_the_words_of_the_standard(world: &World) {
        let (id, secret) = world.add(Role::Partner, None);
        let (id, secret) = (("client_id", id.as_str()), ("client_secret", secret.as_str()));
        let form = |fields: &[(&str, &str)]| world.client().post_form(TOKEN, fields);
        oauth_error(form(&[id, secret]), 400, "invalid_request", "access.token_request");
        oauth_error(form(&[GRANT, GRANT, id, secret]), 400, "invalid_request", "access.token_request");
        oauth_error(form(&[("grant_type", "password"), id, secret]), 400, "unsupported_grant_type", "access.grant_type");
        oauth_error(form(&[GRANT, id, secret, ("scope", "region:manage")]), 400, "invalid_scope", "access.scope");
        oauth_error(form(&[GRANT, id, secret, ("scope", "nonsense")]), 400, "invalid_scope", "access.scope");
        oauth_error(form(&[GRANT]), 401, "invalid_client", "access.client_credentials");
        oauth_error(world.client().post_json(TOKEN, &json!({"grant_type": "client_credentials"})), 400, "invalid_request", "access.token_request");
        oauth_error(form(&[GRANT, id, secret, ("padding", &"x".repeat(9000))]), 413, "invalid_request", "http.too_large");
        let both = world.client().header("authorization", "Basic YTpi").post_form(TOKEN, &[GRANT, id, secret]);
        oauth_error(both, 400, "invalid_request", "access.token_request");
        // A wrong scope does not tell a stranger whether the secret was right.
        oauth_error(form(&[GRANT, id, ("client_secret", "hufu_wrong"), ("scope", "nonsense")]), 401, "invalid_client", "access.client_credentials");
        form(&[GRANT, id, secret, ("scope", "verify:many"), ("unknown", "ignored")]).expect(200);
    }

    fn a_client_is_added_with_a_secret_that_only_its_hash_is_kept_of(world: &World) {
        use diesel::prelude::*;
        let operator = world.signed_in(Role::Operator, None);
        let added = operator.post_json("/v1/clients", &json!({"name": "质检平台", "role": "auditor"})).expect(201).json();
        let (id, secret) = (added["id"].as_str().unwrap(), added["secret"].as_str().unwrap());
        assert_eq!((secret.len(), &secret[..5]), (48, "hufu_"));
        let listed = operator.get("/v1/clients").expect(200);
        assert!(listed.text().contains(id) && !listed.text().contains("secret") && !listed.text().contains("hash"));
        let stored: Vec<u8> = world.app.db.read_now(|c| Ok(clients::table.find(id).select(clients::secret_hash).first(c)?)).unwrap();
        assert_eq!(stored.len(), 32);
        world.token(id, secret, None);
    }

    fn a_client_that_cannot_be_is_refused_with_its_field(world: &World) {
        let operator = world.signed_in(Role::Operator, None);
        for (body, code, field) in [
            (json!({"name": "a\nb", "role": "auditor"}), "ids.text_character", "name"),
            (json!({"name": "", "role": "auditor"}), "ids.text_length", "name"),
            (json!({"name": "x", "role": "provider"}), "access.client_provider", "provider"),
            (json!({"name": "x", "role": "provider", "provider": "prov_none"}), "access.client_provider", "provider"),
            (json!({"name": "x", "role": "auditor", "provider": "prov_none"}), "access.client_provider", "provider"),
            (json!({"name": "x", "role": "king"}), "http.field", "role"),
            (json!({"name": "x", "role": "auditor", "scope": "all"}), "http.unknown_field", "scope"),
        ] {
            let refused = operator.post_json("/v1/clients", &body).problem(422, code);
            assert_eq!(refused["field"], field, "{body}");
        }
    }

    fn clients_are_listed_page_by_page(world: &World) {
        let operator = world.signed_in(Role::Operator, None);
        let mut ids: Vec<String> = (0..4).map(|_| world.add(Role::Partner, None).0).collect();
        let (mut seen, mut next) = (Vec::new(), String::new());
        loop {
            let page = operator.get(&format!("/v1/clients?limit=2{next}")).expect(200).json();
            seen.extend(page["items"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap().to_owned()));
            let Some(after) = page["next"].as_str() else { break };
            next = format!("&after={after}");
        }
        assert_eq!(seen.len(), 5);
        ids.retain(|id| !seen.contains(id));
        assert!(ids.is_empty());
        operator.get("/v1/clients?limit=0").problem(400, "http.query");
        operator.get("/v1/clients?after=%27").problem(400, "http.query");
        operator.get("/v1/clients?page=1").problem(400, "http.query");
    }

    fn a_rotated_secret_is_good_no_longer_but_its_tokens_live_out_their_time(world: &World) {
        let operator = world.signed_in(Role::Operator, None);
        let (id, old) = world.add(Role::Auditor, None);
        let token = world.token(&id, &old, None);
        let new = operator.send("POST", &format!("/v1/clients/{id}/rotate"), None).expect(200).json()["secret"].as_str().unwrap().to_owned();
        assert_ne!(new, old);
        oauth_error(world.client().post_form(TOKEN, &[GRANT, ("client_id", &id), ("client_secret", &old)]), 401, "invalid_client", "access.client_credentials");
        world.token(&id, &new, None);
        world.client().bearer(&token).get("/v1/clients").expect(200);
    }

    fn a_disabled_client_is_refused_at_once_and_for_good(world: &World) {
        let operator = world.signed_in(Role::Operator, None);
        let (id, secret) = world.add(Role::Auditor, None);
        let token = world.token(&id, &secret, None);
        let issuer = body(world, 1).client;
        issue(&issuer, &draft());
        operator.send("POST", &format!("/v1/clients/{}/disable", issuer.credentials()["id"].as_str().unwrap()), None).expect(200);
        issuer.post_json("/v1/certificates", &draft()).problem(401, "access.client_disabled");
        let disabled = operator.send("POST", &format!("/v1/clients/{id}/disable"), None).expect(200).json();
        assert!(disabled["disabled_at"].as_i64().is_some_and(|at| at > 0));
        world.client().bearer(&token).get("/v1/clients").problem(401, "access.client_disabled");
        world.client().bearer(&token).send("POST", "/v1/verify", Some(("application/json", b"{}"))).problem(401, "access.client_disabled");
        oauth_error(world.client().post_form(TOKEN, &[GRANT, ("client_id", &id), ("client_secret", &secret)]), 401, "invalid_client", "access.client_disabled");
        // Who does not know the secret does not learn that the client is disabled.
        oauth_error(world.client().post_form(TOKEN, &[GRANT, ("client_id", &id), ("client_secret", "x")]), 401, "invalid_client", "access.client_credentials");
        for act in ["disable", "rotate"] {
            operator.send("POST", &format!("/v1/clients/{id}/{act}"), None).problem(409, "access.already_disabled");
            operator.send("POST", &format!("/v1/clients/none/{act}"), None).problem(404, "access.client_not_found");
            operator.send("POST", &format!("/v1/clients/%00/{act}"), None).problem(404, "access.client_not_found");
        }
    }

    fn a_client_that_another_server_has_just_disabled_issues_nothing_more(world: &World) {
        let body = body(world, 1);
        let id = body.client.credentials()["id"].as_str().unwrap().to_owned();
        let seen = world.app.db.read_now(|conn| revision(conn, "clients")).unwrap();
        issue(&body.client, &draft());
        let issued = || lines(world, "SELECT number AS line FROM certificates").len();
        let before = issued();
        // Behind the server's back, so that it still remembers the client.
        world.sql(&format!("UPDATE clients SET disabled_at = 1 WHERE id = '{id}'")).unwrap();
        world.sql("UPDATE revisions SET n = n + 1 WHERE name = 'clients'").unwrap();
        body.client.post_json("/v1/certificates", &draft()).problem(401, "access.client_disabled");
        // However late the transaction comes after the client was let in.
        let input: Input = serde_json::from_value(draft()).unwrap();
        let actor = |seen| Actor { client: id.clone(), provider: body.id.clone(), seen };
        let order = |seen| Order { actor: actor(seen), draft: Draft::parse(&input, "").unwrap(), origin: None };
        let refused = world.app.db.write_now(|conn| {
            let answers = [Some(seen), None].map(|seen| check_all(conn, &world.app, &[&order(seen)]).unwrap().remove(0));
            Ok(answers.map(|answer| answer.map_err(|refusal| refusal.reason.code)))
        });
        assert_eq!(refused.unwrap(), [Err("access.client_disabled"), Ok(())]);
        assert_eq!(issued(), before);
    }

    fn every_change_of_a_client_is_in_evidence_without_its_secret_or_name(world: &World) {
        use diesel::prelude::*;
        let operator = world.signed_in(Role::Operator, None);
        let added = operator.post_json("/v1/clients", &json!({"name": "某某平台", "role": "auditor"})).expect(201).json();
        let id = added["id"].as_str().unwrap();
        for act in ["rotate", "disable"] {
            operator.send("POST", &format!("/v1/clients/{id}/{act}"), None).expect(200);
        }
        operator.send("POST", &format!("/v1/clients/{id}/disable"), None).expect(409);
        let events: Vec<(String, String, String)> = world.app.db.read_now(|c| {
            let of = client_events::table.filter(client_events::client_id.eq(id)).order(client_events::id);
            Ok(of.select((client_events::id, client_events::kind, client_events::document)).load(c)?)
        }).unwrap();
        assert_eq!(events.iter().map(|e| e.1.as_str()).collect::<Vec<_>>(), ["created", "rotated", "disabled"]);
        let rows = world.app.db.read_now(|c| evidence::page(c, 0, 100)).unwrap();
        for (event, kind, document) in &events {
            let row = rows.iter().find(|row| row.subject == *event).expect("the evidence has a row");
            assert_eq!(row.kind, "client");
            assert_eq!(row.commitment, evidence::commitment(&row.salt, document.as_bytes()));
            let said: Value = serde_json::from_str(document).unwrap();
            assert_eq!((&said["event"], &said["client"], &said["role"]), (&json!(kind), &json!(id), &json!("auditor")));
            assert!(said["actor"].as_str().unwrap().starts_with("client_"));
            assert!(!document.contains("某某平台") && !document.contains("hufu_") && !document.contains("hash"), "{document}");
        }
    }

    fn the_first_operator_is_made_once(world: &World) {
        let (id, secret) = bootstrap_operator(&world.app).unwrap().expect("there was none");
        assert_eq!(bootstrap_operator(&world.app).unwrap(), None);
        let operator = world.client().bearer(&world.token(&id, &secret, None));
        operator.send("POST", &format!("/v1/clients/{id}/disable"), None).expect(200);
        assert_eq!(bootstrap_operator(&world.app).unwrap(), None, "a disabled operator does not come back by a restart");
    }

    fn a_server_that_starts_waits_for_the_operator_that_another_is_making(world: &World) {
        let (made, waiting) = mpsc::channel();
        let new = NewClient { name: "operator".to_owned(), role: Role::Operator, provider: None };
        std::thread::scope(|scope| {
            let (app, made, new) = (&world.app, made, &new);
            scope.spawn(move || {
                let first = app.db.write_now(|conn| {
                    store::take_turn(conn)?;
                    let there_was_one = store::any_with_role(conn, Role::Operator)?;
                    service::add(conn, &app.edge, service::LOCAL, new)?;
                    made.send(()).unwrap();
                    // Not committed yet: whoever looked now without waiting would find none.
                    std::thread::sleep(Duration::from_millis(300));
                    Ok(there_was_one)
                });
                assert!(!first.unwrap());
            });
            waiting.recv().unwrap();
            assert_eq!(bootstrap_operator(app).unwrap(), None);
        });
    }

    fn login_attempts_are_limited_by_address_and_client_together(world: &World) with [("login_per_minute", "2")] {
        let ((id, secret), (other, others)) = (world.add(Role::Auditor, None), world.add(Role::Auditor, None));
        let attempt = |id: &str, secret: &str| world.client().post_form(TOKEN, &[GRANT, ("client_id", id), ("client_secret", secret)]);
        attempt(&id, "hufu_wrong").expect(401);
        attempt(&id, "hufu_wrong").expect(401);
        let third = attempt(&id, &secret);
        assert!(third.header("retry-after").parse::<u64>().is_ok_and(|s| (1..=60).contains(&s)), "{third}");
        oauth_error(third, 429, "temporarily_unavailable", "http.rate_limited");
        attempt(&other, &others).expect(200);
    }

    fn bad_tokens_and_public_requests_share_the_limit_of_their_address(world: &World) with [("public_per_minute", "3")] {
        let good = world.signed_in(Role::Auditor, None);
        world.client().bearer("garbage").get("/v1/clients").expect(401);
        world.client().get("/v1/clients").expect(401);
        world.client().get("/openapi.json").expect(200);
        for refused in [world.client().bearer("garbage").get("/v1/clients"), world.client().get("/openapi.json"), world.client().post_form(TOKEN, &[GRANT])] {
            assert_eq!((refused.status, refused.json()["code"].as_str()), (429, Some("http.rate_limited")));
        }
        good.get("/v1/clients").expect(200);
    }

    fn a_client_has_its_own_limit(world: &World) with [("client_per_minute", "2")] {
        let (one, other) = (world.signed_in(Role::Auditor, None), world.signed_in(Role::Auditor, None));
        one.get("/v1/clients").expect(200);
        one.get("/v1/clients").expect(200);
        let refused = one.get("/v1/clients");
        assert!(!refused.header("retry-after").is_empty());
        refused.problem(429, "http.rate_limited");
        other.get("/v1/clients").expect(200);
    }

    fn no_other_origin_may_call_unless_a_setting_says_so(world: &World) {
        let page = world.client().header("origin", "https://www.example.cn");
        assert_eq!(page.get("/v1/region").expect(200).header("access-control-allow-origin"), "");
        let preflight = page.header("access-control-request-method", "POST").send("OPTIONS", "/v1/verify", None);
        assert_eq!(preflight.header("access-control-allow-origin"), "");
    }

    fn a_listed_origin_may_call_without_credentials_and_reads_problems_too(world: &World) with [("cors_origins", "https://www.example.cn")] {
        let page = world.client().header("origin", "https://www.example.cn");
        assert_eq!(page.get("/v1/region").expect(200).header("access-control-allow-origin"), "https://www.example.cn");
        assert_eq!(page.get("/v1/clients").expect(401).header("access-control-allow-origin"), "https://www.example.cn");
        let asking = page.header("access-control-request-method", "POST").header("access-control-request-headers", "authorization, idempotency-key");
        let preflight = asking.send("OPTIONS", "/v1/certificates", None).expect(200);
        assert_eq!(preflight.header("access-control-allow-origin"), "https://www.example.cn");
        assert!(preflight.header("access-control-allow-methods").contains("POST"));
        assert_eq!(preflight.header("access-control-allow-credentials"), "");
        for other in ["https://evil.example", "https://www.example.cn.evil.example", "http://www.example.cn", "null"] {
            let other = world.client().header("origin", other);
            assert_eq!(other.get("/v1/region").header("access-control-allow-origin"), "");
            let preflight = other.header("access-control-request-method", "POST").send("OPTIONS", "/v1/certificates", None);
            assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (400, ""));
        }
    }

    fn the_command_line_adds_lists_rotates_and_disables(process: &Process) {
        let run = |arguments: &[&str]| {
            let done = process.command(arguments).output().unwrap();
            (done.status.code().unwrap(), String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap())
        };
        let pair = |out: &str| out.trim_end().split_once('\t').map(|(id, secret)| (id.to_owned(), secret.to_owned())).expect("id and secret");
        let sign_in = |id: &str, secret: &str| process.client().post_form(TOKEN, &[GRANT, ("client_id", id), ("client_secret", secret)]);
        let (code, out, _) = run(&["client", "add", "--role", "auditor", "--name", "质检 平台"]);
        let (id, secret) = pair(&out);
        assert_eq!(code, 0);
        sign_in(&id, &secret).expect(200);
        let (code, out, _) = run(&["client", "rotate", &id]);
        let (_, renewed) = pair(&out);
        assert_eq!(code, 0);
        sign_in(&id, &secret).expect(401);
        sign_in(&id, &renewed).expect(200);
        let (code, out, _) = run(&["client", "disable", &id]);
        assert_eq!((code, out.contains("\tdisabled\t")), (0, true), "{out}");
        sign_in(&id, &renewed).expect(401);
        let (code, out, _) = run(&["client", "list"]);
        assert_eq!((code, out.lines().next()), (0, Some("id\trole\tstate\tprovider\tscopes\tname")));
        assert!(out.lines().any(|line| line.starts_with(&id) && line.ends_with("\t质检 平台")) && !out.contains("hufu_"), "{out}");
        let (code, out, words) = run(&["client", "disable", &id]);
        assert_eq!((code, out.as_str()), (4, ""));
        assert!(words.contains("access.already_disabled"), "{words}");
        assert_eq!(run(&["client", "add", "--role", "provider", "--name", "x"]).0, 4);
        assert_eq!(run(&["client", "add", "--role", "king", "--name", "x"]).0, 3);
        assert!(!process.log().contains(&secret) && !process.log().contains(&renewed));
    }
}

/// Base64 with padding, as HTTP Basic has it.
fn base64(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(text)
}
