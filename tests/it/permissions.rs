//! Every route asks for what the OpenAPI document says it asks for, and nothing is public that is not in the table here.

use std::collections::BTreeSet;

use hufu::access::token::{self, Claims};
use hufu::access::{Role, Scope};
use serde_json::Value;
use verifier::jws::{self, Signer};

use super::support::{Answer, Client, World};

/// What anybody may ask, and how often. Everything else needs a token.
const PUBLIC: &[(&str, &str, &str)] = &[
    ("get", "/health/live", "no limit: a load balancer asks, and it reads nothing"),
    ("get", "/health/ready", "no limit: a load balancer asks"),
    ("get", "/metrics", "no limit: a collector asks; close it to the world in the proxy"),
    ("get", "/openapi.json", "by address"),
    ("post", "/oauth/token", "by address, and by address and client"),
    ("get", "/v1/region", "by address"),
    ("get", "/v1/schemes", "by address"),
    ("get", "/v1/programmes", "by address"),
    ("get", "/v1/programmes/{id}", "by address"),
    ("get", "/v1/providers", "by address"),
    ("get", "/v1/providers/{id}", "by address"),
    ("get", "/v1/providers/{id}/recognition", "by address"),
    ("get", "/v1/recognised-providers", "by address"),
    ("get", "/v1/coverage", "by address; counted once in five minutes"),
    ("get", "/.well-known/did.json", "by address"),
    ("get", "/.well-known/jwks.json", "by address"),
    ("get", "/providers/{id}/did.json", "by address"),
    ("get", "/status/{list}/{purpose}", "by address"),
    ("get", "/v1/batch-template", "by address"),
    ("get", "/v1/bundle", "by address"),
    ("get", "/v1/bundle/manifests", "by address"),
    ("get", "/v1/bundle/parts/{sha256}", "by address"),
    ("get", "/v1/bundle/deltas/{seq}", "by address"),
    ("post", "/peer/agreements", "by address; a pinned partner must have signed what is sent"),
    ("post", "/peer/handover", "by address; a pinned partner must have signed what is sent"),
    ("post", "/peer/lines", "by address; a pinned partner must have signed what is sent"),
    ("post", "/peer/messages", "by address; a pinned partner must have signed what is sent"),
    ("post", "/peer/lines", "by address; a pinned partner must have signed the STATEMENT within the hour"),
    ("post", "/v1/verify", "by address; with a token by client, which may then verify many"),
    ("post", "/v1/certificates:query", "by address, and more narrowly as a look-up"),
    ("post", "/v1/account/sessions", "by address, and more narrowly as a login"),
];

/// One operation of the document.
struct Operation {
    method: String,
    path: String,
    /// Each alternative's scopes; an empty one is public.
    alternatives: Vec<Vec<String>>,
    /// Whether it is for a signed-in learner.
    account: bool,
}

impl Operation {
    fn is_public(&self) -> bool {
        !self.account && self.alternatives.iter().any(Vec::is_empty)
    }

    /// Sends it with ids that name nothing and without a body.
    fn send(&self, client: &Client) -> Answer {
        let path: Vec<&str> = self.path.split('/').map(|part| if part.starts_with('{') { "none" } else { part }).collect();
        client.send(&self.method.to_uppercase(), &path.join("/"), None)
    }
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

fn operations() -> Vec<Operation> {
    let document: Value = serde_json::from_str(&hufu::http::openapi::text()).unwrap();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let alternatives = operation["security"].as_array().unwrap_or_else(|| panic!("{method} {path} says nothing about security"));
            // HTTP Basic at the token endpoint is how a client says who it is, no permission.
            let scopes = |a: &Value| a["oauth"].as_array().into_iter().flatten().map(|s| s.as_str().unwrap().to_owned()).collect();
            let account = alternatives.iter().any(|a| a.get("account").is_some());
            assert!(!account || alternatives.len() == 1, "{method} {path} is for learners and for others");
            found.push(Operation { method: method.clone(), path: path.clone(), alternatives: alternatives.iter().map(scopes).collect(), account });
        }
    }
    found
}

/// Tokens that are good but for one thing, by what is wrong with them.
fn bad_tokens(world: &World, client_id: &str) -> Vec<(&'static str, String)> {
    let (url, now, ours) = (world.app.config.public_url(), world.app.edge.now(), world.app.keys.token_signer());
    let claims = |at: i64| Claims::new(&url, client_id, &Scope::ALL, "tok_1".to_owned(), at);
    let sign = |claims: &Claims| token::sign(claims, &ours).unwrap();
    let body = serde_json::to_vec(&claims(now)).unwrap();
    let raw = |header: &str, signer: &Signer| jws::sign_compact(&header.replace("KID", &ours.public().thumbprint()), &body, signer);
    let foreign = Signer::from_seed(&[8; 32]);
    let elsewhere = |at: &str| Claims { aud: at.to_owned(), ..claims(now) };
    let issued = |by: &str| Claims { iss: by.to_owned(), ..claims(now) };
    let good = sign(&claims(now));
    vec![
        ("garbage", "garbage".to_owned()),
        ("empty", String::new()),
        ("a JWT of somebody else", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIn0.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c".to_owned()),
        ("alg none", raw(r#"{"typ":"at+jwt","alg":"none","kid":"KID"}"#, &ours)),
        ("alg none without a signature", format!("{}.", raw(r#"{"typ":"at+jwt","alg":"none","kid":"KID"}"#, &ours).rsplit_once('.').unwrap().0)),
        ("a typ that is no access token", raw(r#"{"typ":"hf1+jwt","alg":"EdDSA","kid":"KID"}"#, &ours)),
        ("crit", raw(r#"{"typ":"at+jwt","alg":"EdDSA","kid":"KID","crit":["b64"],"b64":false}"#, &ours)),
        ("a foreign key under our kid", raw(r#"{"typ":"at+jwt","alg":"EdDSA","kid":"KID"}"#, &foreign)),
        ("a foreign key under its own kid", token::sign(&claims(now), &foreign).unwrap()),
        ("the region's key", token::sign(&claims(now), &world.app.keys.region_signer()).unwrap()),
        ("expired", sign(&claims(now - token::LIFETIME - 60))),
        ("not yet", sign(&claims(now + 60))),
        ("another audience", sign(&elsewhere("https://other.test"))),
        ("another issuer", sign(&issued("https://other.test"))),
        ("a changed claim", swap_payload(&good, &sign(&issued("https://other.test")))),
        ("a client that does not exist", sign(&Claims::new(&url, "client_none", &Scope::ALL, "tok_2".to_owned(), now))),
    ]
}

/// The token with another's payload.
fn swap_payload(token: &str, other: &str) -> String {
    let (parts, others): (Vec<&str>, Vec<&str>) = (token.split('.').collect(), other.split('.').collect());
    format!("{}.{}.{}", parts[0], others[1], parts[2])
}

#[test]
fn only_the_operations_of_the_table_are_public() {
    let declared: BTreeSet<(String, String)> = operations().into_iter().filter(Operation::is_public).map(|o| (o.method, o.path)).collect();
    let table: BTreeSet<(String, String)> = PUBLIC.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(declared, table);
}

#[test]
fn every_other_operation_declares_exactly_one_scope_or_is_for_learners() {
    for operation in operations().iter().filter(|o| !o.is_public() && !o.account) {
        let scopes: Vec<&str> = operation.alternatives.iter().flatten().map(String::as_str).collect();
        assert_eq!(scopes.len(), 1, "{operation}");
        assert!(Scope::ALL.iter().any(|s| s.as_str() == scopes[0]), "{operation}: {scopes:?}");
    }
}

both! {
    fn without_a_token_every_guarded_operation_is_401(world: &World) {
        for operation in operations().iter().filter(|o| !o.is_public()) {
            let answer = operation.send(&world.client());
            assert_eq!(answer.header("www-authenticate"), r#"Bearer realm="hufu""#, "{operation}");
            answer.problem(401, "access.unauthenticated");
        }
    }

    fn with_a_bad_token_every_operation_that_reads_one_is_401(world: &World) {
        let (operator, _) = world.add(Role::Operator, None);
        for (what, bad) in bad_tokens(world, &operator) {
            // A public operation with a second alternative reads a token too.
            for operation in operations().iter().filter(|o| !o.is_public() || o.alternatives.iter().any(|a| !a.is_empty())) {
                let answer = operation.send(&world.client().bearer(&bad));
                assert_eq!(answer.status, 401, "{what}: {operation}: {answer}");
                assert_eq!(answer.header("www-authenticate"), r#"Bearer realm="hufu", error="invalid_token""#, "{what}: {operation}");
            }
        }
    }

    fn a_role_without_the_scope_is_403_and_a_role_with_it_passes(world: &World) {
        let clients: Vec<(Role, Client)> = Role::ALL.into_iter().map(|role| (role, world.signed_in(role, provider(world, role).as_deref()))).collect();
        for operation in operations().iter().filter(|o| !o.is_public() && !o.account) {
            let needed = &operation.alternatives[0][0];
            for (role, client) in &clients {
                let answer = operation.send(client);
                if role.scopes().iter().any(|s| s.as_str() == needed) {
                    assert_ne!(answer.status, 401, "{role:?}: {operation}: {answer}");
                    // A provider's client may be refused further in, because "none" is not its provider.
                    assert!(answer.status != 403 || *role == Role::Provider, "{role:?}: {operation}: {answer}");
                } else {
                    assert_eq!(answer.header("www-authenticate"), r#"Bearer realm="hufu", error="insufficient_scope""#, "{role:?}: {operation}");
                    answer.problem(403, "access.forbidden");
                }
            }
        }
    }

    fn a_learners_token_opens_the_account_and_nothing_else(world: &World) {
        let learner = world.client().bearer(&account(world));
        let mut seen = 0;
        for operation in operations().iter().filter(|o| !o.account && (!o.is_public() || o.alternatives.iter().any(|a| !a.is_empty()))) {
            let answer = operation.send(&learner);
            assert_eq!(answer.header("www-authenticate"), r#"Bearer realm="hufu", error="invalid_token""#, "{operation}");
            answer.problem(401, "access.unauthenticated");
        }
        for operation in operations().iter().filter(|o| o.account && o.method == "get") {
            // Of what is named by an id there is none.
            operation.send(&learner).expect(if operation.path.contains("{id}") { 404 } else { 200 });
            seen += 1;
        }
        assert_eq!(seen, 14);
    }

    fn no_other_token_opens_an_account(world: &World) {
        let mut strangers: Vec<Client> = Role::ALL.into_iter().map(|role| world.signed_in(role, provider(world, role).as_deref())).collect();
        let good = account(world);
        let changed = format!("{}{}", &good[..47], if good.ends_with('A') { 'E' } else { 'A' });
        strangers.extend([changed, good[..47].to_owned(), good.replace("hufl_", ""), good.to_uppercase()].map(|token| world.client().bearer(&token)));
        for operation in operations().iter().filter(|o| o.account) {
            for stranger in &strangers {
                let answer = operation.send(stranger);
                assert_eq!(answer.header("www-authenticate"), r#"Bearer realm="hufu", error="invalid_token""#, "{operation}");
                answer.problem(401, "access.unauthenticated");
            }
        }
        world.client().bearer(&good).get("/v1/account").expect(200);
    }

    fn a_narrowed_token_is_403_where_the_role_would_pass(world: &World) {
        let (id, secret) = world.add(Role::Operator, None);
        let narrow = world.token(&id, &secret, Some("audit:read"));
        world.client().bearer(&narrow).get("/v1/clients").expect(200);
        world.client().bearer(&narrow).post_json("/v1/clients", &serde_json::json!({"name": "x", "role": "auditor"})).problem(403, "access.forbidden");
    }

    fn a_token_is_taken_once_and_as_a_bearer_token_only(world: &World) {
        let (id, secret) = world.add(Role::Auditor, None);
        let good = world.token(&id, &secret, None);
        let with = |value: String| world.client().header("authorization", &value).get("/v1/clients").status;
        assert_eq!(with(format!("Bearer {good}")), 200);
        assert_eq!(with(format!("bearer {good}")), 200);
        for value in [format!("Bearer  {good}"), format!("Bearer {good} "), format!("Bearer{good}"), format!("Token {good}"), good.clone(), "Bearer".to_owned()] {
            let status = with(value.clone());
            // White space at the end belongs to no header value (RFC 9110 5.5).
            assert_eq!(status, if value.ends_with(' ') { 200 } else { 401 }, "{value:?}");
        }
        let twice = world.client().bearer(&good).and_header("authorization", &format!("Bearer {good}"));
        twice.get("/v1/clients").problem(401, "access.unauthenticated");
        world.client().get(&format!("/v1/clients?access_token={good}")).problem(401, "access.unauthenticated");
    }
}

/// The token of a signed-in learner.
fn account(world: &World) -> String {
    super::support::issuing::learner(world, &world.signed_in(Role::Operator, None)).token()
}

/// A provider for the role that needs one.
fn provider(world: &World, role: Role) -> Option<String> {
    (role == Role::Provider).then(|| {
        world
            .sql(
                "INSERT INTO providers (id, credit_code, name_zh, name_en, kind, revision, created_at) \
                 VALUES ('prov_1', '91350100M000100Y43', '甲', 'A', 'school', 1, 1)",
            )
            .unwrap();
        "prov_1".to_owned()
    })
}
