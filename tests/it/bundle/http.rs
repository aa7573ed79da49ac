//! How the bundle travels: tags, forms, caches, pages of other origins, refusals.

use verifier::status::gunzip;

use super::{body, bundle, draft, issue, manifest, step};

const PATHS: [&str; 3] = ["/v1/bundle", "/v1/bundle?years=1", "/v1/bundle/manifests"];

both! {
    fn every_form_has_a_strong_tag_of_its_own_and_saves_a_second_sending(world: &World) {
        let body = body(world, 1);
        issue(&body.client, &draft());
        let manifest = manifest(world);
        let parts = manifest.parts.iter().map(|part| format!("/v1/bundle/parts/{}", part.sha256));
        for path in PATHS.into_iter().map(str::to_owned).chain(parts).chain(["/v1/bundle/deltas/1".to_owned()]) {
            let plain = world.client().get(&path).expect(200);
            let zipped = world.client().header("accept-encoding", "br, gzip;q=0.5").get(&path).expect(200);
            assert_eq!((plain.header("content-encoding"), zipped.header("content-encoding")), ("", "gzip"), "{path}");
            assert_eq!(gunzip(&zipped.bytes, 1 << 20).unwrap(), plain.bytes, "{path}");
            assert_ne!(plain.header("etag"), zipped.header("etag"));
            let age = if path.contains("/parts/") { "public, max-age=31536000, immutable" } else { "public, max-age=10" };
            let kind = if path.starts_with("/v1/bundle/") { "application/json" } else { "application/vnd.hufu.bundle+json" };
            for (accepted, answer) in [("identity", &plain), ("gzip", &zipped)] {
                assert!(answer.header("etag").starts_with('"'), "{path}: a strong tag");
                assert_eq!((answer.header("content-type"), answer.header("cache-control")), (kind, age), "{path}");
                assert!(answer.header("vary").contains("accept-encoding"), "{path}");
                let client = world.client().header("accept-encoding", accepted);
                let again = client.header("if-none-match", answer.header("etag")).get(&path).expect(304);
                assert!(again.bytes.is_empty() && again.header("etag") == answer.header("etag"), "{path}");
                assert_eq!(client.header("if-none-match", "\"other\"").get(&path).expect(200).bytes, answer.bytes, "{path}");
                let head = client.send("HEAD", &path, None).expect(200);
                assert!(head.bytes.is_empty() && head.header("etag") == answer.header("etag"), "{path}");
            }
        }
        for refused in ["gzip;q=0", "identity, gzip;q=0.000", ""] {
            assert_eq!(world.client().header("accept-encoding", refused).get("/v1/bundle").expect(200).header("content-encoding"), "", "{refused}");
        }
    }

    fn a_new_manifest_has_a_new_tag_and_its_unchanged_parts_the_old_ones(world: &World) with [("publish_seconds", "0")] {
        let body = body(world, 1);
        let made = issue(&body.client, &draft());
        let (before, tag) = (manifest(world), world.client().get("/v1/bundle").header("etag").to_owned());
        step(&body.client, &made, "revoke").expect(200);
        let after = manifest(world);
        assert_ne!(world.client().header("if-none-match", &tag).get("/v1/bundle").expect(200).header("etag"), tag);
        let changed: Vec<String> = after.parts.iter().filter(|part| !before.parts.contains(part)).map(|part| part.name.to_string()).collect();
        let year = hufu::providers::service::today(&world.app).year();
        assert_eq!(changed, [format!("status/{year}")]);
    }

    fn any_page_may_read_the_bundle_and_nothing_else(world: &World) with [("cors_origins", "https://listed.example")] {
        bundle(world);
        let page = |origin: &str, path: &str| world.client().header("origin", origin).get(path).header("access-control-allow-origin").to_owned();
        for path in PATHS {
            assert_eq!(page("https://verifier.example", path), "*", "{path}");
            assert_eq!(page("https://listed.example", path), "https://listed.example", "{path}");
        }
        assert_eq!(page("https://verifier.example", "/v1/bundle/parts/none"), "*", "a page can tell a refusal from an outage");
        assert_eq!(page("https://verifier.example", "/v1/region"), "");
    }

    fn what_is_not_there_is_refused_in_words(world: &World) {
        bundle(world);
        let none = "0".repeat(64);
        for part in [none.as_str(), "none", "%00", "", &none.replace('0', "A")] {
            let answer = world.client().get(&format!("/v1/bundle/parts/{part}"));
            answer.problem(404, if part.is_empty() { "http.no_route" } else { "trust.no_part" });
        }
        for seq in ["0", "2", "01", "+1", "-1", "x", "%00", "18446744073709551615", "18446744073709551616"] {
            world.client().get(&format!("/v1/bundle/deltas/{seq}")).problem(404, "trust.no_delta");
        }
        for (query, field) in [("years=0", "years"), ("years=101", "years"), ("years=-1", ""), ("years=x", ""), ("years=", ""), ("year=1", "year"), ("years=1&years=2", "")] {
            let problem = world.client().get(&format!("/v1/bundle?{query}")).problem(400, "http.query");
            assert!(problem["field"].as_str().unwrap_or("") == field || field.is_empty(), "{query}: {problem}");
        }
        world.client().get("/v1/bundle?years=100").expect(200);
    }

    fn a_delta_spans_thirty_days(world: &World) with [("publish_seconds", "0")] {
        bundle(world);
        world.app.edge.shift(30 * 86_400 - 60);
        world.client().get("/v1/bundle/deltas/1").expect(200);
        world.app.edge.shift(3600);
        world.client().get("/v1/bundle/deltas/1").problem(410, "trust.delta_too_old");
        world.client().get("/v1/bundle/deltas/2").expect(200);
    }

    fn the_bundle_counts_as_any_public_request(world: &World) with [("public_per_minute", "2")] {
        world.client().get("/v1/bundle").expect(200);
        world.client().get("/v1/bundle/manifests").expect(200);
        world.client().get("/v1/bundle").problem(429, "http.rate_limited");
    }
}
