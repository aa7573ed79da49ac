//! Whom an operator may pin, and what becomes of it.

use super::*;
use crate::support::abroad::publish_manifests;
use crate::support::site::Reply;

fn pin(world: &World, url: &str, fingerprint: &str) -> Answer {
    world.signed_in(Role::Operator, None).post_json("/v1/partners", &pin_input(url, fingerprint))
}

/// Nothing was pinned, and nothing happened that would need evidence.
fn nothing_happened(world: &World) {
    assert_eq!(world.signed_in(Role::Operator, None).get("/v1/partners").expect(200).json(), json!({"items": []}));
    assert_eq!(events(world), []);
}

both! {
    fn a_partner_is_pinned_by_the_fingerprint_that_its_operator_reads_out(world: &World) {
        let (site, abroad, before) = (Site::start(), Abroad::at(world.app.edge.now()), world.app.edge.now());
        abroad.publish(&site);
        assert_eq!(said(world, &abroad.card()), pair("undetermined", "signature.key_unknown"));
        let made = pin(world, &format!("{}/", site.url), &abroad.fingerprint().replace(' ', "-")).expect(201).json();
        assert_eq!((&made["region"], &made["url"], &made["failures"]), (&json!("320000"), &json!(site.url), &json!(0)));
        assert_eq!(made["fingerprint"], abroad.fingerprint().as_str());
        assert_eq!((&made["held"]["seq"], &made["held"]["name_zh"], &made["held"]["iat"]), (&json!(7), &json!("江苏省"), &json!(abroad.iat)));
        assert!(made["held"]["age"].as_i64().unwrap() >= 0 && made["fetched_at"].as_i64().unwrap() >= before);
        assert!(made.get("error").is_none() && made.get("alarm").is_none(), "{made}");
        assert_eq!(said(world, &abroad.card()), pair("valid", ""));
        let auditor = world.signed_in(Role::Auditor, None);
        let seen = auditor.get("/v1/partners").expect(200).json()["items"][0].clone();
        assert_eq!((&seen["region"], &seen["held"]["seq"]), (&json!("320000"), &json!(7)));
        auditor.post_json("/v1/partners", &pin_input(&site.url, &abroad.fingerprint())).problem(403, "access.forbidden");
        assert_eq!(events(world), [("pinned".to_owned(), None), ("taken".to_owned(), None)]);
    }

    fn the_whole_thumbprint_will_do_too(world: &World) {
        let (site, abroad) = (Site::start(), Abroad::at(world.app.edge.now()));
        abroad.publish(&site);
        pin(world, &site.url, &abroad.signer().public().thumbprint()).expect(201);
    }

    fn another_fingerprint_is_refused_and_the_one_that_was_shown_is_told(world: &World) {
        let (site, abroad) = (Site::start(), Abroad::at(world.app.edge.now()));
        abroad.publish(&site);
        let other = Abroad { seed: [9; 32], ..abroad.clone() };
        let refused = pin(world, &site.url, &other.fingerprint()).problem(422, "partners.fingerprint");
        assert_eq!(refused["got"], format!("320000: {}", abroad.fingerprint()));
        for wrong in ["", "12345", "53412 00817", &"x".repeat(43), &format!("{}1", abroad.fingerprint())] {
            pin(world, &site.url, wrong).problem(422, "key.fingerprint");
        }
        nothing_happened(world);
    }

    fn addresses_that_are_none_are_refused_without_asking(world: &World) {
        let fingerprint = Abroad::at(0).fingerprint();
        for url in ["", "registry.example", "ftp://registry.example", "https://u:p@registry.example", "https://registry.example/?x", "file:///etc/passwd", &"x".repeat(999)] {
            pin(world, url, &fingerprint).problem(422, "partners.url");
        }
        nothing_happened(world);
    }

    fn the_own_region_is_nobodys_partner(world: &World) {
        let (site, abroad) = (Site::start(), Abroad::at(world.app.edge.now()));
        pin(world, &site.url, &world.app.keys.region_signer().public().thumbprint()).problem(422, "partners.own_region");
        let impostor = Abroad { code: "310000", ..abroad };
        impostor.publish(&site);
        pin(world, &site.url, &impostor.fingerprint()).problem(422, "partners.own_region");
        nothing_happened(world);
    }

    fn what_is_no_registry_is_refused_and_nothing_is_kept(world: &World) with [("partner_timeout", "1")] {
        let (site, abroad) = (Site::start(), Abroad::at(world.app.edge.now()));
        let print = abroad.fingerprint();
        let path = "/v1/bundle/manifests";
        pin(world, "http://127.0.0.1:1", &print).problem(422, "partners.unreachable");
        pin(world, "http://no-such-host.invalid", &print).problem(422, "partners.unreachable");
        // A server that speaks no TLS.
        pin(world, &site.url.replace("http:", "https:"), &print).problem(422, "partners.unreachable");
        assert_eq!(pin(world, &site.url, &print).problem(422, "partners.status")["got"], "404");
        for (reply, code) in [
            (Reply::ok("<html>"), "partners.not_a_bundle"),
            (Reply::ok("[]"), "partners.not_a_bundle"),
            (Reply::ok(r#"{"manifests":{}}"#), "partners.not_a_bundle"),
            (Reply::ok(r#"{"manifests":{},"more":1}"#), "partners.not_a_bundle"),
            (Reply::ok(r#"{"manifests":{"320000":"a.b.c"}}"#), "bundle.manifest_form"),
            (Reply::ok("x").header("content-encoding", "br"), "partners.not_a_bundle"),
            (Reply::ok("x").header("content-encoding", "gzip"), "bundle.compression"),
            (Reply::status(500), "partners.status"),
            (Reply::status(304), "partners.status"),
            (Reply { pause: std::time::Duration::from_secs(3), ..Reply::ok("{}") }, "partners.timeout"),
        ] {
            site.reply(path, reply);
            pin(world, &site.url, &print).problem(422, code);
        }
        // Under the name of another region than it speaks for.
        publish_manifests(&site, &[("330000", &abroad.signed())]);
        pin(world, &site.url, &print).problem(422, "bundle.manifest_region");
        nothing_happened(world);
    }

    fn of_several_manifests_the_one_under_the_fingerprint_is_meant(world: &World) {
        let (site, abroad) = (Site::start(), Abroad::at(world.app.edge.now()));
        let third = Abroad { code: "330000", seed: [33; 32], ..abroad.clone() };
        abroad.publish(&site);
        publish_manifests(&site, &[("320000", &abroad.signed()), ("330000", &third.signed())]);
        assert_eq!(pin(world, &site.url, &abroad.fingerprint()).expect(201).json()["region"], "320000");
        let card = third.card();
        assert_eq!(said(world, &card), pair("undetermined", "signature.key_unknown"), "a partner's partner is a stranger");
    }

    fn a_pin_stands_although_the_first_look_fails(world: &World) {
        let (site, abroad) = (Site::start(), Abroad::at(world.app.edge.now()));
        publish_manifests(&site, &[("320000", &abroad.signed())]);
        let made = pin(world, &site.url, &abroad.fingerprint()).expect(201).json();
        assert!(made.get("held").is_none() && made["error"]["code"] == "partners.status" && made["failures"] == 1, "{made}");
        assert_eq!(said(world, &abroad.card()), pair("undetermined", "signature.key_unknown"));
        abroad.publish(&site);
        let operator = world.signed_in(Role::Operator, None);
        assert_eq!(fetch(&operator, "320000", false).expect(200).json()["held"]["seq"], 7);
        assert_eq!(said(world, &abroad.card()), pair("valid", ""));
    }

    fn pinning_again_moves_a_partner_and_keeps_what_is_held(world: &World) {
        let pinned = Pinned::new(world);
        let elsewhere = Site::start();
        pinned.abroad.publish(&elsewhere);
        let moved = pin(world, &elsewhere.url, &pinned.abroad.fingerprint()).expect(200).json();
        assert_eq!((&moved["url"], &moved["held"]["seq"]), (&json!(elsewhere.url), &json!(7)));
        assert_eq!(moved["pinned_at"], pinned.state()["pinned_at"]);
        // An older manifest is still measured by what was held.
        let older = Abroad { seq: 6, iat: pinned.abroad.iat - 60, ..pinned.abroad.clone() };
        older.publish(&elsewhere);
        assert_eq!(pinned.fetch()["alarm"]["code"], "bundle.rollback");
    }

    fn another_key_takes_the_same_explicit_act_and_begins_anew(world: &World) {
        let pinned = Pinned::new(world);
        let renewed = Abroad { seed: [99; 32], seq: 1, ..pinned.abroad.clone() };
        renewed.publish(&pinned.site);
        let refused = pinned.fetch();
        assert_eq!((&refused["error"]["code"], &refused["held"]["seq"]), (&json!("bundle.manifest_key"), &json!(7)));
        assert_eq!(pinned.said(), pair("valid", ""), "what is held stays");
        let again = pin(world, &pinned.site.url, &renewed.fingerprint()).expect(200).json();
        assert_eq!((&again["held"]["seq"], &again["fingerprint"]), (&json!(1), &json!(renewed.fingerprint())));
        assert!(again.get("error").is_none(), "{again}");
        assert_eq!(pinned.said(), pair("valid", ""));
    }

    fn an_unpinned_partner_is_a_stranger_again(world: &World) {
        let pinned = Pinned::new(world);
        pinned.operator.delete("/v1/partners/320000").expect(204);
        assert_eq!(pinned.said(), pair("undetermined", "signature.key_unknown"));
        for path in ["320000", "330000", "none", "%00", "99"] {
            pinned.operator.delete(&format!("/v1/partners/{path}")).problem(404, "partners.not_found");
            pinned.operator.get(&format!("/v1/partners/{path}")).problem(404, "partners.not_found");
            fetch(&pinned.operator, path, false).problem(404, "partners.not_found");
        }
        let kinds: Vec<String> = events(world).into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds, ["pinned", "taken", "unpinned"]);
        pin(world, &pinned.site.url, &pinned.abroad.fingerprint()).expect(201);
        assert_eq!(pinned.said(), pair("valid", ""));
    }

    fn peers_and_contents_are_what_the_own_bundle_passes_on(world: &World) {
        let read = || world.app.db.read_now(|conn| Ok((hufu::partners::peers(conn)?, hufu::partners::contents(conn)?))).unwrap();
        assert_eq!(read().0, []);
        let pinned = Pinned::new(world);
        let (peers, contents) = read();
        assert_eq!(peers, [verifier::bundle::Peer { region: pinned.abroad.region(), key: *pinned.abroad.signer().public(), url: pinned.site.url.clone() }]);
        assert_eq!(contents.manifests.into_values().collect::<Vec<_>>(), [pinned.abroad.signed()]);
        let texts: std::collections::BTreeSet<String> = contents.parts.values().map(ToString::to_string).collect();
        assert_eq!(texts, pinned.abroad.parts().into_values().collect());
    }
}
