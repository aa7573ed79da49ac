//! The trust bundle as it is published: what verifiers open under the region's key says what the registry says online.

mod deltas;
mod http;
mod servers;
mod years;

use hufu::access::Role;
use hufu::evidence::audit;
use serde_json::{Value, json};
use verifier::bundle::{Anchor, Bundle, Manifest};
use verifier::time::Instant;

use super::support::issuing::{Body, body, body_with, draft, issue, listing, replace, step, text, verdict, with};
use super::support::{Client, World};

/// What a verifier pins.
fn anchor(world: &World) -> Anchor {
    Anchor { region: world.app.region.code.clone(), key: *world.app.keys.region_signer().public() }
}

/// The file that is served, opened as a verifier opens it.
#[track_caller]
fn bundle(world: &World) -> Bundle {
    let file = world.client().get("/v1/bundle").expect(200);
    Bundle::open(&file.bytes, &anchor(world)).unwrap_or_else(|error| panic!("{}: {error}", error.code()))
}

fn manifest(world: &World) -> Manifest {
    bundle(world).own().unwrap().clone()
}

/// A body's client, signed in anew: tokens end when the clock is moved.
fn again(world: &World, body: &Body) -> Client {
    world.signed_in(Role::Provider, Some(&body.id))
}

/// Outcome and steps, which must be the same offline and online.
#[track_caller]
fn agree(world: &World, bundle: &Bundle, card: &str) -> String {
    let offline = serde_json::to_value(bundle.judge(card, Instant(world.app.edge.now()))).unwrap();
    let online = verdict(&world.client(), card);
    for member in ["outcome", "steps"] {
        assert_eq!(offline[member], online[member], "{member} of {card}");
    }
    text(&online, "outcome").to_owned()
}

fn operator(world: &World) -> Client {
    world.signed_in(Role::Operator, None)
}

fn kid(world: &World, body: &Body) -> String {
    let keys = again(world, body).get(&format!("/v1/providers/{}/keys", body.id)).expect(200).json();
    text(keys["items"].as_array().unwrap().last().unwrap(), "kid").to_owned()
}

fn today(world: &World) -> String {
    hufu::providers::service::today(&world.app).to_string()
}

both! {
    fn every_certificate_has_the_same_verdict_offline_and_online(world: &World) with [("publish_seconds", "0")] {
        let one = body(world, 1);
        let made: Vec<Value> = (0..6).map(|_| issue(&one.client, &draft())).collect();
        step(&one.client, &made[1], "suspend").expect(200);
        step(&one.client, &made[2], "suspend").expect(200);
        step(&one.client, &made[2], "reinstate").expect(200);
        step(&one.client, &made[3], "revoke").expect(200);
        let successor = replace(&one.client, &made[4], &draft()).expect(201).json();
        let held = bundle(world);
        let outcomes: Vec<String> = made.iter().chain([&successor]).map(|c| agree(world, &held, text(c, "card"))).collect();
        assert_eq!(outcomes, ["valid", "invalid", "valid", "invalid", "invalid", "valid", "valid"]);
        for presented in ["not a card", text(&made[0], "qr_text"), &text(&made[0], "card").replace("eyJ", "eyK")] {
            agree(world, &held, presented);
        }
    }

    fn keys_that_ended_and_barred_providers_count_offline_as_they_do_online(world: &World) with [("publish_seconds", "0")] {
        let bodies: Vec<Body> = (1..=5).map(|n| body(world, n)).collect();
        let made: Vec<Value> = bodies.iter().map(|body| issue(&body.client, &draft())).collect();
        let now = world.app.edge.now();
        let end = |body: &Body, verb: &str, reason: &Value| {
            operator(world).post_json(&format!("/v1/keys/{}/{verb}", kid(world, body)), reason).expect(200);
        };
        end(&bodies[0], "retire", &json!({}));
        end(&bodies[1], "revoke", &json!({"reason": "compromise"}));
        world.app.edge.shift(10);
        end(&bodies[2], "revoke", &json!({"reason": "superseded", "at": now + 5}));
        end(&bodies[3], "revoke", &json!({"reason": "ceased", "at": now - 5}));
        let bar = json!({"standing": "barred", "from": today(world), "cause": "违规"});
        operator(world).post_json(&format!("/v1/providers/{}/intervals", bodies[4].id), &bar).expect(201);
        let held = bundle(world);
        let outcomes: Vec<String> = made.iter().map(|c| agree(world, &held, text(c, "card"))).collect();
        assert_eq!(outcomes, ["valid", "invalid", "valid", "invalid", "invalid"]);
        let fresh = issue(&again(world, &bodies[0]), &draft());
        assert_eq!(agree(world, &bundle(world), text(&fresh, "card")), "valid", "under the key after the retired one");
    }

    fn a_manifest_follows_the_last_one_when_facts_changed_and_its_time_has_come(world: &World) with [("publish_seconds", "30")] {
        let body = body(world, 1);
        let first = bundle(world);
        assert_eq!((first.own().unwrap().place(), first.own().unwrap().prev), ((1, 1), None));
        let made = issue(&body.client, &draft());
        assert_eq!(manifest(world).seq, 1, "too early");
        world.app.edge.shift(31);
        let second = manifest(world);
        assert_eq!(second.seq, 2);
        let prev = verifier::bundle::Hash::of(first.contents().manifests[&anchor(world).region].as_bytes());
        assert_eq!(second.prev, Some(prev));
        world.app.edge.shift(31);
        assert_eq!(manifest(world), second, "nothing happened");
        step(&again(world, &body), &made, "revoke").expect(200);
        world.app.edge.shift(1);
        assert_eq!(manifest(world).seq, 3, "the database is asked once a second");
        world.app.edge.shift(3600);
        let renewed = manifest(world);
        assert_eq!((renewed.seq, renewed.parts), (4, manifest(world).parts), "signed anew after an hour");
    }

    fn what_was_committed_before_a_manifest_was_made_is_in_it(world: &World) with [("publish_seconds", "0")] {
        let body = body(world, 1);
        for n in 1..=3 {
            let made = issue(&body.client, &draft());
            let held = bundle(world);
            assert!(held.own().unwrap().iat.0 <= world.app.edge.now());
            assert_eq!(agree(world, &held, text(&made, "card")), "valid", "{n}");
            step(&body.client, &made, "suspend").expect(200);
            assert_eq!(agree(world, &bundle(world), text(&made, "card")), "invalid", "{n}");
        }
    }

    fn each_manifest_has_its_evidence_and_nothing_of_it_changes(world: &World) with [("publish_seconds", "0")] {
        let body = body(world, 1);
        for _ in 0..3 {
            issue(&body.client, &draft());
            bundle(world);
        }
        let found = world.app.db.read_now(audit).unwrap();
        assert_eq!(found.wrong, None);
        let rows = world.app.db.read_now(|conn| hufu::evidence::page(conn, 0, 1000)).unwrap();
        assert_eq!(rows.iter().filter(|row| row.kind == "bundle").count(), 3);
        for (sql, words) in [
            ("UPDATE bundle_manifests SET jws = 'x'", "bundle_manifests is append-only"),
            ("DELETE FROM bundle_manifests", "bundle_manifests is append-only"),
            ("UPDATE bundle_parts SET gzip = sha256", "a part of a bundle does not change"),
            ("DELETE FROM bundle_parts WHERE superseded_at IS NULL", "a part of the current bundle is not deleted"),
            ("UPDATE status_lists SET next_index = 0", "a status list neither shrinks nor moves"),
            ("UPDATE status_lists SET year = 2000", "a status list neither shrinks nor moves"),
            ("DELETE FROM status_lists", "status lists are never deleted"),
        ] {
            let answer = world.sql(sql).expect_err(sql);
            // PostgreSQL has other names for bytes and text.
            assert!(answer.contains(words) || sql.contains("gzip = sha256"), "{sql}: {answer}");
        }
    }

    fn without_a_database_the_last_manifest_is_served_from_memory(world: &World) with [("publish_seconds", "0")] {
        let body = body(world, 1);
        issue(&body.client, &draft());
        let before = world.client().get("/v1/bundle").expect(200);
        world.sql("ALTER TABLE revisions RENAME TO away").unwrap();
        world.app.edge.shift(60);
        let after = world.client().get("/v1/bundle").expect(200);
        assert_eq!((after.header("etag"), &after.bytes), (before.header("etag"), &before.bytes));
        assert!(world.client().get("/v1/bundle/manifests").expect(200).bytes.len() > 100);
        world.sql("ALTER TABLE away RENAME TO revisions").unwrap();
        issue(&again(world, &body), &draft());
        assert_eq!(manifest(world).seq, 2);
    }

    fn a_publication_that_fails_half_way_leaves_nothing_behind(world: &World) with [("publish_seconds", "0")] {
        let body = body(world, 1);
        let made = issue(&body.client, &draft());
        let before = bundle(world);
        step(&body.client, &made, "revoke").expect(200);
        // The evidence is written last.
        world.sql("ALTER TABLE evidence RENAME TO away").unwrap();
        assert_eq!(bundle(world).to_json(), before.to_json(), "the last one is served");
        world.sql("ALTER TABLE away RENAME TO evidence").unwrap();
        let after = bundle(world);
        assert_eq!((after.own().unwrap().seq, agree(world, &after, text(&made, "card")).as_str()), (2, "invalid"));
        assert_eq!(world.app.db.read_now(audit).unwrap().wrong, None);
    }

    fn a_registry_that_moved_says_so_in_its_next_manifest(world: &World) with [("publish_seconds", "0")] {
        assert_eq!(manifest(world).url, "https://registry.test");
        let mut settings: Vec<(&'static str, String)> = vec![("public_url", "https://moved.test".to_owned()), ("publish_seconds", "0".to_owned())];
        settings.extend(["data_dir", "database_url"].map(|key| (key, world.app.config.text(key).to_owned())));
        let config = hufu::config::Config::with(&settings).unwrap();
        let moved = hufu::app::App::open(config, world.app.edge.clone()).unwrap();
        let file = Bundle::open(&servers::file(&moved), &anchor(world)).unwrap();
        assert_eq!((file.own().unwrap().seq, file.own().unwrap().url.as_str()), (2, "https://moved.test"));
    }

    fn a_superseded_part_is_there_for_two_days(world: &World) with [("publish_seconds", "0")] {
        let body = body(world, 1);
        let made = issue(&body.client, &draft());
        let old = manifest(world);
        let part = old.parts.iter().find(|part| part.name.to_string().starts_with("status/")).unwrap();
        let path = format!("/v1/bundle/parts/{}", part.sha256);
        let text = world.client().get(&path).expect(200).bytes;
        step(&body.client, &made, "revoke").expect(200);
        assert_ne!(manifest(world).part(part.name).unwrap().sha256, part.sha256);
        let purge = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(hufu::trust::bundle::purge(&world.app)).unwrap()
        };
        world.app.edge.shift(2 * 86_400 - 60);
        assert_eq!(purge(), 0);
        assert_eq!(world.client().get(&path).expect(200).bytes, text);
        world.app.edge.shift(120);
        assert_eq!(purge(), 1);
        bundle(world);
        world.client().get(&path).problem(404, "trust.no_part");
        for part in manifest(world).parts {
            world.client().get(&format!("/v1/bundle/parts/{}", part.sha256)).expect(200);
        }
    }

    fn a_part_that_comes_back_is_not_superseded_any_more(world: &World) with [("publish_seconds", "0")] {
        let body = body(world, 1);
        let made = issue(&body.client, &draft());
        let before = manifest(world).parts;
        step(&body.client, &made, "suspend").expect(200);
        assert_ne!(manifest(world).parts, before);
        step(&body.client, &made, "reinstate").expect(200);
        assert_eq!(manifest(world).parts, before);
        world.app.edge.shift(3 * 86_400);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        assert_eq!(runtime.block_on(hufu::trust::bundle::purge(&world.app)).unwrap(), 1);
        let other = hufu::app::App::open(world.app.config.clone(), world.app.edge.clone()).unwrap();
        assert_eq!(servers::file(&other), world.client().get("/v1/bundle").expect(200).bytes, "what is stored is whole");
    }

    fn the_region_shows_key_and_fingerprint(world: &World) {
        let region = world.client().get("/v1/region").expect(200).json();
        let key = anchor(world).key;
        assert_eq!(verifier::jws::PublicKey::parse(text(&region, "key")).unwrap(), key);
        assert_eq!(verifier::jws::Fingerprint::parse(text(&region, "fingerprint")).unwrap(), verifier::jws::Fingerprint::of(&key));
        assert_eq!(text(&region, "fingerprint").split(' ').count(), 8);
    }
}
