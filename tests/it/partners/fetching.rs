//! What a look at a partner brings, what it may cost, and what happens while there is no answer.

use std::sync::Arc;
use std::time::Duration;

use hufu::app::App;
use hufu::edge::Edge;
use verifier::bundle::{Change, Delta, KeysPart, MAX_BYTES, PartName, RiceSet, StatusChange};
use verifier::status::{Status, gzip};

use super::*;
use crate::support::Backend;
use crate::support::abroad::publish_manifests;
use crate::support::held::Held;
use crate::support::site::Reply;

const DAY: i64 = 86_400;
const MANIFESTS: &str = "/v1/bundle/manifests";

fn asked(pinned: &Pinned<'_>) -> Vec<String> {
    pinned.site.asked().into_iter().map(|path| path.strip_prefix("/v1/bundle/").unwrap().to_owned()).collect()
}

/// Runs the part of the job that a server does by itself.
fn visit(app: &App, region: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(hufu::partners::service::visit(app, region));
}

fn due(app: &App) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(hufu::partners::service::due(app)).unwrap()
}

/// Refused, and what is held stays as it was.
#[track_caller]
fn refused(pinned: &Pinned<'_>, code: &str) {
    let before = pinned.state();
    let after = pinned.fetch();
    assert_eq!(after["error"]["code"], code, "{after}");
    assert_eq!(after["failures"].as_i64(), before["failures"].as_i64().map(|n| n + 1));
    assert_eq!((&after["held"]["seq"], &after["fetched_at"]), (&before["held"]["seq"], &before["fetched_at"]));
    assert!(after.get("alarm").is_none(), "{after}");
}

both! {
    fn a_revocation_abroad_counts_here_after_the_next_look(world: &World) {
        let pinned = Pinned::new(world);
        pinned.abroad.later(60).with_card(Status::Revoked).publish(&pinned.site);
        assert_eq!(pinned.said(), pair("valid", ""));
        assert_eq!(pinned.fetch()["held"]["seq"], 8);
        assert_eq!(pinned.said(), pair("invalid", "status.revoked"));
    }

    fn only_what_changed_is_asked_for(world: &World) {
        let pinned = Pinned::new(world);
        pinned.fetch();
        assert_eq!(asked(&pinned), ["manifests"], "the tag says that nothing changed");
        let next = pinned.abroad.later(60).with_card(Status::Suspended);
        next.publish(&pinned.site);
        pinned.fetch();
        let part = next.manifest().parts.iter().find(|part| matches!(part.name, PartName::Status(_))).unwrap().sha256;
        assert_eq!(asked(&pinned), ["manifests".to_owned(), "deltas/7".to_owned(), format!("parts/{part}")]);
        assert_eq!(pinned.said(), pair("invalid", "status.suspended"));
        // Another order of the same manifests is another answer, but nothing new.
        publish_manifests(&pinned.site, &[("320000", &next.signed()), ("330000", "a.b.c")]);
        assert_eq!(pinned.fetch()["failures"], 0);
        assert_eq!(asked(&pinned), ["manifests"]);
    }

    fn a_delta_saves_the_parts(world: &World) {
        let pinned = Pinned::new(world);
        let next = pinned.abroad.later(60).with_card(Status::Revoked);
        publish_manifests(&pinned.site, &[("320000", &next.signed())]);
        let name = next.manifest().parts.iter().map(|part| part.name).find(|name| matches!(name, PartName::Status(_))).unwrap();
        let status = StatusChange { revoked: RiceSet::encode(&[5]), ..StatusChange::default() };
        let change = Change { status: Some(status), ..Change::of(name) };
        let delta = Delta::new(7, None, &next.signed(), vec![change]).unwrap();
        pinned.site.reply("/v1/bundle/deltas/7", Reply::ok(gzip(&delta.to_json())).header("content-encoding", "gzip"));
        assert_eq!(pinned.fetch()["held"]["seq"], 8);
        assert_eq!(asked(&pinned), ["manifests", "deltas/7"]);
        assert_eq!(pinned.said(), pair("invalid", "status.revoked"));
    }

    fn a_delta_that_does_not_fit_costs_only_the_detour(world: &World) {
        let pinned = Pinned::new(world);
        let mut abroad = pinned.abroad.clone();
        for (n, reply) in [
            Reply::ok("rubbish"),
            Reply::ok(Delta::new(3, None, &abroad.signed(), Vec::new()).unwrap().to_json()),
            Reply::ok(Delta::new(9, None, &abroad.signed(), Vec::new()).unwrap().to_json()),
            Reply::status(410),
            Reply::status(500),
        ].into_iter().enumerate() {
            let from = abroad.seq;
            abroad = abroad.later(60).with_card(if n % 2 == 0 { Status::Suspended } else { Status::Valid });
            abroad.publish(&pinned.site);
            pinned.site.reply(&format!("/v1/bundle/deltas/{from}"), reply);
            let state = pinned.fetch();
            assert_eq!((&state["held"]["seq"], &state["failures"]), (&json!(abroad.seq), &json!(0)), "{state}");
            assert!(state.get("alarm").is_none(), "{state}");
        }
        assert_eq!(pinned.said(), pair("invalid", "status.suspended"));
    }

    fn a_partner_that_is_down_keeps_its_bundle_and_its_age_shows(world: &World) {
        let pinned = Pinned::new(world);
        pinned.site.is_down(true);
        refused(&pinned, "partners.unreachable");
        assert_eq!(pinned.said(), pair("valid", ""));
        world.app.edge.shift(2 * DAY);
        let operator = world.signed_in(Role::Operator, None);
        let old = state(&operator, "320000");
        assert!((2 * DAY..2 * DAY + 600).contains(&old["held"]["age"].as_i64().unwrap()), "{old}");
        let verdict = verdict(&world.client(), &pinned.abroad.card());
        assert_eq!((&verdict["outcome"], &verdict["as_of"]), (&json!("valid-as-of"), &json!(pinned.abroad.iat)));
        world.app.edge.shift(88 * DAY);
        assert_eq!(pinned.said(), pair("undetermined", "facts.expired"));
        // And it comes back by itself.
        pinned.site.is_down(false);
        Abroad { seq: 8, iat: world.app.edge.now(), ..pinned.abroad.clone() }.publish(&pinned.site);
        visit(&world.app, "320000");
        assert_eq!(pinned.said(), pair("valid", ""));
    }

    fn pauses_grow_with_failures_and_end_with_an_answer(world: &World) with [("partner_seconds", "800")] {
        let pinned = Pinned::new(world);
        let pause = |state: &Value| state["next_at"].as_i64().unwrap() - world.app.edge.now();
        let usual = pause(&pinned.state());
        assert!((710..=890).contains(&usual), "{usual}");
        pinned.site.is_down(true);
        for (failures, low, high) in [(1, 48, 101), (2, 98, 201), (3, 198, 401), (4, 398, 801), (5, 798, 1601), (6, 1598, 3201), (7, 2398, 4801), (8, 2398, 4801)] {
            let state = pinned.fetch();
            assert_eq!(state["failures"], failures);
            assert!((low..=high).contains(&pause(&state)), "{state}");
        }
        pinned.site.is_down(false);
        let state = pinned.fetch();
        assert!(state["failures"] == 0 && state.get("error").is_none() && (710..=890).contains(&pause(&state)), "{state}");
    }

    fn a_server_looks_only_when_the_time_has_come(world: &World) {
        let pinned = Pinned::new(world);
        assert_eq!(due(&world.app), [""; 0]);
        visit(&world.app, "320000");
        assert_eq!(asked(&pinned), [""; 0]);
        world.app.edge.shift(700);
        assert_eq!(due(&world.app), ["320000"]);
        visit(&world.app, "320000");
        assert_eq!(asked(&pinned), ["manifests"]);
        assert_eq!(due(&world.app), [""; 0]);
    }

    fn of_two_servers_one_asks(world: &World) {
        let pinned = Pinned::new(world);
        let other = App::open(world.app.config.clone(), Edge::default()).unwrap();
        for app in [&world.app, &other] {
            app.edge.shift(700);
        }
        let slow = Reply { pause: Duration::from_millis(1500), ..Reply::ok("{}") };
        pinned.site.reply(MANIFESTS, slow);
        std::thread::scope(|scope| {
            scope.spawn(|| visit(&world.app, "320000"));
            scope.spawn(|| visit(&other, "320000"));
            std::thread::sleep(Duration::from_millis(700));
            fetch(&world.signed_in(Role::Operator, None), "320000", false).problem(409, "partners.busy");
        });
        assert_eq!(asked(&pinned), ["manifests"]);
    }

    fn a_turn_that_was_never_given_back_is_free_after_a_while(world: &World) {
        let pinned = Pinned::new(world);
        let until = world.app.edge.now() + 300;
        world.sql(&format!("UPDATE partners SET claim = 'gone', claimed_until = {until}")).unwrap();
        fetch(&pinned.operator, "320000", false).problem(409, "partners.busy");
        world.app.edge.shift(301);
        pinned.fetch();
    }

    fn what_another_server_took_is_known_here_within_two_seconds(world: &World) {
        let pinned = Pinned::new(world);
        assert_eq!(pinned.said(), pair("valid", ""));
        let other = App::open(world.app.config.clone(), Edge::default()).unwrap();
        other.edge.shift(700);
        pinned.abroad.later(60).with_card(Status::Revoked).publish(&pinned.site);
        visit(&other, "320000");
        std::thread::sleep(Duration::from_millis(1100));
        assert_eq!(pinned.said(), pair("invalid", "status.revoked"));
    }

    fn while_the_database_does_not_answer_the_last_bundles_do(world: &World) {
        let pinned = Pinned::new(world);
        assert_eq!(pinned.said(), pair("valid", ""));
        world.sql("ALTER TABLE revisions RENAME TO away").unwrap();
        assert_eq!(pinned.said(), pair("valid", ""));
        world.app.edge.shift(2 * DAY);
        assert_eq!(pinned.said(), pair("valid-as-of", ""));
        world.sql("ALTER TABLE away RENAME TO revisions").unwrap();
        assert_eq!(pinned.said(), pair("valid-as-of", ""));
    }

    fn a_redirect_on_the_host_is_followed_and_none_off_it(world: &World) {
        let pinned = Pinned::new(world);
        let next = pinned.abroad.later(60);
        next.publish(&pinned.site);
        let body = json!({"manifests": {"320000": next.signed()}}).to_string();
        let elsewhere = Site::start();
        elsewhere.reply("/x", Reply::ok(body.clone()));
        pinned.site.reply("/x", Reply::ok(body));
        for location in [format!("{}/x", elsewhere.url), format!("//{}/x", &elsewhere.url[7..]), "x".to_owned(), String::new(), MANIFESTS.to_owned()] {
            pinned.site.reply(MANIFESTS, Reply::to(&location));
            refused(&pinned, "partners.redirect");
        }
        assert_eq!(elsewhere.asked(), [""; 0]);
        pinned.site.reply("/b", Reply::to("/c"));
        pinned.site.reply("/c", Reply::to(&format!("{}/x", pinned.site.url)));
        pinned.site.reply(MANIFESTS, Reply::to("/b"));
        assert_eq!(pinned.fetch()["held"]["seq"], 8);
    }

    fn answers_that_are_too_large_or_too_slow_are_cut_off(world: &World) with [("partner_timeout", "1")] {
        let pinned = Pinned::new(world);
        let next = pinned.abroad.later(60).with_card(Status::Suspended);
        publish_manifests(&pinned.site, &[("320000", &next.signed())]);
        let manifests = |reply: Reply| pinned.site.reply(MANIFESTS, reply);
        // A bomb: 80 MiB of blanks in 80 KiB.
        manifests(Reply::ok(gzip(&vec![b' '; 80 << 20])).header("content-encoding", "gzip"));
        refused(&pinned, "bundle.too_large");
        manifests(Reply::ok(vec![b' '; MAX_BYTES + 1]).header("content-encoding", "gzip"));
        refused(&pinned, "bundle.too_large");
        manifests(Reply { pause: Duration::from_secs(3), ..Reply::ok("{}") });
        refused(&pinned, "partners.timeout");
        // A part that is longer than its manifest says, as it is and as a bomb.
        publish_manifests(&pinned.site, &[("320000", &next.signed())]);
        let part = next.manifest().parts.iter().find(|part| matches!(part.name, PartName::Status(_))).unwrap().clone();
        let path = format!("/v1/bundle/parts/{}", part.sha256);
        for (reply, code) in [
            (Reply::ok(vec![b' '; part.bytes as usize + 1]), "bundle.too_large"),
            (Reply::ok(gzip(&vec![b' '; part.bytes as usize + 1])).header("content-encoding", "gzip"), "bundle.too_large"),
            (Reply::ok(vec![b' '; part.bytes as usize]), "bundle.part_digest"),
            (Reply::ok("{}"), "bundle.part_digest"),
            (Reply::status(404), "partners.status"),
        ] {
            pinned.site.reply(&path, reply);
            refused(&pinned, code);
        }
        next.publish(&pinned.site);
        assert_eq!(pinned.fetch()["held"]["seq"], 8);
    }

    fn parts_of_more_than_a_bundle_may_hold_are_not_even_asked_for(world: &World) {
        let pinned = Pinned::new(world);
        let next = pinned.abroad.later(60);
        let mut manifest = next.manifest();
        for part in &mut manifest.parts {
            part.bytes = 40 << 20;
        }
        publish_manifests(&pinned.site, &[("320000", &manifest.sign(&next.signer()).unwrap())]);
        refused(&pinned, "bundle.too_large");
        assert!(asked(&pinned).iter().all(|path| !path.starts_with("parts")));
    }

    fn a_manifest_that_is_not_the_partners_is_refused(world: &World) {
        let pinned = Pinned::new(world);
        let next = pinned.abroad.later(60);
        let forged = Abroad { seed: [33; 32], ..next.clone() };
        let other_region = Abroad { code: "330000", ..next.clone() };
        let (header, rest) = (next.signed(), forged.signed());
        let (signed, _) = header.rsplit_once('.').unwrap();
        let spliced = format!("{signed}.{}", rest.rsplit_once('.').unwrap().1);
        for (manifest, code) in [
            (forged.signed(), "bundle.manifest_key"),
            (spliced, "bundle.manifest_signature"),
            (other_region.signed(), "bundle.manifest_region"),
            ("a.b.c".to_owned(), "bundle.manifest_form"),
            (Abroad { iat: world.app.edge.now() + 900, ..next.clone() }.signed(), "partners.future"),
        ] {
            publish_manifests(&pinned.site, &[("320000", &manifest)]);
            refused(&pinned, code);
        }
        publish_manifests(&pinned.site, &[("330000", &other_region.signed())]);
        refused(&pinned, "partners.no_manifest");
        assert_eq!(pinned.said(), pair("valid", ""));
    }

    fn a_part_that_is_no_part_is_refused_although_it_is_signed(world: &World) {
        let pinned = Pinned::new(world);
        let next = pinned.abroad.later(60);
        let mut manifest = next.manifest();
        let text = KeysPart::new(1999, Vec::new()).to_text();
        let part = manifest.parts.iter_mut().find(|part| part.name == PartName::Providers).unwrap();
        (part.sha256, part.bytes) = (verifier::bundle::Hash::of(text.as_bytes()), text.len() as u32);
        pinned.site.reply(&format!("/v1/bundle/parts/{}", part.sha256), Reply::ok(text));
        publish_manifests(&pinned.site, &[("320000", &manifest.sign(&next.signer()).unwrap())]);
        refused(&pinned, "bundle.part_form");
    }

    fn a_partner_slightly_ahead_of_our_clock_is_taken(world: &World) {
        let pinned = Pinned::new(world);
        Abroad { iat: world.app.edge.now() + 250, ..pinned.abroad.later(0) }.publish(&pinned.site);
        let state = pinned.fetch();
        assert_eq!((&state["held"]["seq"], &state["held"]["age"]), (&json!(8), &json!(0)));
        assert_eq!(said(world, &pinned.abroad.card()).0, "valid");
    }
}

/// Bundles that take longer to read than anybody waits; SQLite has nothing that holds up a reader.
#[test]
fn bundles_that_take_long_are_read_to_their_end_and_count_from_then_on() {
    let Some(world) = World::with(Backend::Postgres, &[]) else { return };
    let pinned = Pinned::new(&world);
    assert_eq!(pinned.said(), pair("valid", ""));
    pinned.abroad.later(60).with_card(Status::Revoked).publish(&pinned.site);
    let other = App::open(world.app.config.clone(), Edge::default()).unwrap();
    other.edge.shift(700);
    visit(&other, "320000");
    world.app.edge.shift(2);
    let held = Held::by(&world, "LOCK TABLE partner_parts IN ACCESS EXCLUSIVE MODE");
    assert_eq!(pinned.said(), pair("valid", ""), "answered from the last bundles");
    let before = world.app.partners.last();
    held.let_go();
    let asked_by_nobody = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        !Arc::ptr_eq(&before, &world.app.partners.last())
    });
    assert!(asked_by_nobody);
    assert_eq!(pinned.said(), pair("invalid", "status.revoked"));
}
