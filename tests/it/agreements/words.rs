//! Agreements in words: lint, diff, and the page to be printed.

use super::*;
use crate::support::issuing::body;

both! {
    fn lint_finds_what_is_odd_and_asks_the_scopes_of_own_providers(world: &World) {
        let scene = Scene::of(world);
        let lint = |draft: &Value| scene.operator.post_json("/v1/agreements:lint", &json!({"agreement": draft.to_string()}));
        assert_eq!(lint(&ours()).expect(200).json()["findings"][0]["code"], "lint.level_unissued", "nobody is listed yet");
        body(world, 1);
        assert_eq!(lint(&ours()).expect(200).json()["findings"], json!([]));
        let mut odd = ours();
        odd["grants"][0]["to"] = json!(["320000"]);
        odd["grants"][0]["accept"]["occupation"] = json!(["1-01-"]);
        let found = lint(&odd).expect(200).json();
        let codes: Vec<&str> = found["findings"].as_array().unwrap().iter().map(|one| text(one, "code")).collect();
        assert!(codes.contains(&"lint.one_way"), "{found}");
        assert!(text(&found["findings"][0]["words"], "zh").contains("310000"), "{found}");
        odd["grants"][0]["accept"]["level"]["min"] = json!(9);
        assert_eq!(lint(&odd).problem(422, "agreement.number")["field"], "agreement.grants[0].accept.level.min");
    }

    fn diff_tells_two_versions_apart(world: &World) {
        let auditor = world.signed_in(Role::Auditor, None);
        let mut newer = next(&ours(), "2027-01-01");
        newer["grants"][0]["accept"]["level"]["min"] = json!(4);
        let compare = |one: &Value, other: &Value| auditor.post_json("/v1/agreements:diff", &json!({"before": one.to_string(), "after": other.to_string()}));
        let changes = compare(&ours(), &newer).expect(200).json()["changes"].clone();
        let told: Vec<(&str, &str)> = changes.as_array().unwrap().iter().map(|one| (text(one, "article"), text(one, "member"))).collect();
        assert_eq!(told, [("term", "in_force"), ("grants.cert", "accept.level")]);
        assert!(text(&changes[1]["words"], "en").ends_with("upwards -> from Level two (technician) upwards"), "{changes}");
        newer["parties"] = json!(["310000"]);
        assert_eq!(compare(&ours(), &newer).problem(422, "agreement.empty")["field"], "after.parties");
    }

    fn the_page_has_every_clause_who_signed_and_no_tag_of_anybody_elses(world: &World) {
        let scene = Scene::of(world);
        let mut draft = ours();
        draft["title"]["en"] = json!("Recognition & trust");
        propose(&scene.operator, &draft).expect(201);
        act(&scene.operator, &draft, "signature").expect(200);
        let path = format!("/v1/agreements/{}/print", digest(&draft));
        let english = scene.operator.get(&format!("{path}?lang=en")).expect(200);
        assert_eq!(english.header("content-type"), "text/html; charset=utf-8");
        assert!(english.header("content-security-policy").starts_with("default-src 'none'"));
        for words in ["<h1>Recognition &amp; trust</h1>", "2.1 In force: 2026-01-01 through 2099-12-31", "<th>310000</th><td>signed</td>", "<th>320000</th><td>not signed</td>", &digest(&draft)] {
            assert!(english.text().contains(words), "{words}\n{english}");
        }
        assert!(scene.operator.get(&path).expect(200).text().contains("三级（高级工）及以上"));
        scene.operator.get(&format!("{path}?lang=fr")).problem(400, "http.query");
        world.client().get(&path).problem(401, "access.unauthenticated");
    }
}
