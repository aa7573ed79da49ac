//! Where a body is recognised.

use super::*;

/// Bodies move from Shanghai to two places, and from Jiangsu to Shanghai.
fn ours() -> Value {
    with_grants(
        &["310000", "320000", "330000"],
        &json!([
            {"id": "electric", "moves": "provider", "from": ["310000"], "to": ["320000"],
                "accept": {"occupation": ["6-31-01-", "5-"], "level": {"min": 3}, "provider": {"status_at": "offered", "flag": ["green"]}}},
            {"id": "chief", "moves": "provider", "from": ["310000"], "to": ["330000"], "accept": {"level": {"min": 6}}},
            {"id": "back", "moves": "provider", "from": ["320000"], "to": ["310000"], "accept": {"provider": {"status_at": "offered", "class": ["A"]}}},
        ]),
    )
}

#[track_caller]
fn of(client: &Client, path: &str) -> Value {
    client.get(&format!("/v1/providers/{path}")).expect(200).json()
}

/// What `hufu provider recognised --json` says by the bundle that a world publishes now, and its exit code.
fn offline(world: &World, arguments: &[&str]) -> (Value, Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("310000.hufu");
    std::fs::write(&file, world.client().get("/v1/bundle").expect(200).bytes).unwrap();
    let pin = world.client().get("/v1/region").expect(200).json()["fingerprint"].as_str().unwrap().to_owned();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_hufu"));
    command
        .env("LC_ALL", "en_GB.UTF-8")
        .args(["provider", "recognised", "--json", "--bundle", file.to_str().unwrap(), "--pin", &pin])
        .args(arguments);
    let out = command.output().unwrap();
    let (said, why) = (String::from_utf8_lossy(&out.stdout).into_owned(), String::from_utf8_lossy(&out.stderr).into_owned());
    (serde_json::from_str(&said).unwrap_or(Value::Null), out.status.code(), why)
}

/// Bodies that are recognised here.
#[track_caller]
fn here(client: &Client, query: &str) -> Value {
    client.get(&format!("/v1/recognised-providers{query}")).expect(200).json()
}

both! {
    fn the_registry_and_its_bundle_say_the_same_of_bodies(world: &World) {
        let scene = Scene::of(world, &["320000", "330000"]);
        let one = body(world, 1);
        scene.agree(&ours());
        act(&scene.operator, &ours(), "publication").expect(200);
        world.app.edge.shift(20);
        let asked = [("", &[][..]), ("?place=320000", &["--place", "320000"]), ("?place=330000", &["--place", "330000"]),
            ("?place=440000", &["--place", "440000"]), ("?place=320000&day=2025-12-31", &["--place", "320000", "--day", "2025-12-31"])];
        for code in [one.code.as_str(), THEIRS] {
            for (query, flags) in asked {
                let online = of(&world.client(), &format!("{code}/recognition{query}"));
                let (said, exit, why) = offline(world, &[&[code], flags].concat());
                assert_eq!(said, online, "{code}{query}: {why}");
                let is_recognised = online["places"].as_array().unwrap().iter().any(|place| place["recognised"] == true);
                assert_eq!(exit, Some(i32::from(!is_recognised)), "{code}{query}");
            }
        }
        let (said, exit, why) = offline(world, &[&crate::support::issuing::credit_code(9)]);
        assert_eq!((said, exit), (Value::Null, Some(2)));
        assert!(why.contains("cli.provider.unknown"), "{why}");
        assert_eq!(offline(world, &["nobody"]).1, Some(3));
    }

    fn a_bundle_that_has_expired_says_nothing_of_bodies(world: &World) {
        world.app.edge.shift(-100 * 86_400);
        let (said, exit, why) = offline(world, &[&crate::support::issuing::credit_code(9)]);
        assert_eq!((said, exit), (Value::Null, Some(2)));
        assert!(why.contains("cli.provider.expired"), "{why}");
    }

    fn the_bodies_of_parties_that_are_recognised_here_are_listed(world: &World) {
        let scene = Scene::of(world, &["320000", "330000"]);
        assert_eq!(here(&world.client(), ""), json!({"day": scene.today(), "regions": [], "items": []}));
        let both = with(ours(), "/grants/2/from", json!(["320000", "330000"]));
        scene.agree(&both);
        let all = here(&world.client(), "");
        assert_eq!(all["regions"], json!([{"region": "320000", "name": {"zh": "江苏省", "en": "Jiangsu"}}, {"region": "330000", "name": {"zh": "浙江省", "en": "Zhejiang"}}]));
        let of_jiangsu = of(&world.client(), &format!("{THEIRS}/recognition"))["places"][0]["by"].clone();
        let listed = |region: &str| json!({"region": region, "credit_code": THEIRS, "name_zh": "示例评价中心", "name_en": "Example Centre", "kind": "social",
            "class": "A", "flag": "green", "by": of_jiangsu});
        assert_eq!(all["items"], json!([listed("320000"), listed("330000")]));
        assert_eq!(all.get("next"), None);
        let first = here(&world.client(), "?limit=1");
        assert_eq!((&first["items"], text(&first, "next")), (&json!([listed("320000")]), format!("320000_{THEIRS}").as_str()));
        let second = here(&world.client(), &format!("?limit=1&after={}", text(&first, "next")));
        assert_eq!((&second["items"], second.get("next")), (&json!([listed("330000")]), None));
        for (query, count) in [("?region=330000", 1), ("?region=440000", 0), ("?q=example+cent", 2), ("?q=%E8%AF%84%E4%BB%B7", 2), ("?q=nobody", 0)] {
            assert_eq!(here(&world.client(), query)["items"].as_array().unwrap().len(), count, "{query}");
        }
        for query in ["?region=3", "?q=", "?limit=0", "?after=-", "?place=310000"] {
            world.client().get(&format!("/v1/recognised-providers{query}")).problem(400, "http.query");
        }
        let answer = world.client().get("/v1/recognised-providers").expect(200);
        world.client().header("if-none-match", answer.header("etag")).get("/v1/recognised-providers").expect(304);
        // What their bundles say counts until they expire.
        world.app.edge.shift(91 * 86_400);
        assert_eq!(here(&world.client(), "")["items"], json!([]));
    }

    fn a_waiver_lets_one_body_in_that_the_grant_does_not_take(world: &World) {
        let scene = Scene::of(world, &["320000"]);
        let narrow = with_grants(&["310000", "320000"], &json!([{"id": "back", "moves": "provider", "from": ["320000"], "to": ["310000"],
            "accept": {"provider": {"status_at": "offered", "type": ["school"]}}}]));
        scene.agree(&narrow);
        assert_eq!(here(&world.client(), "")["items"], json!([]));
        let waiver = json!({"agreement": digest(&narrow), "grant": "back", "case": THEIRS, "checks": ["provider.type"], "role": "skills-office",
            "reason": "紧缺职业", "from": "2026-01-01", "until": "2099-01-01"});
        scene.operator.post_json("/v1/waivers", &waiver).expect(201);
        assert_eq!(here(&world.client(), "")["items"][0]["by"][0]["grant"], "back");
    }

    fn an_own_body_is_recognised_for_what_lies_in_its_scope_and_in_the_grant(world: &World) {
        let scene = Scene::of(world, &["320000", "330000"]);
        let body = body(world, 1);
        assert_eq!(of(&world.client(), &format!("{}/recognition", body.id))["places"], json!([]));
        scene.agree(&ours());
        let seen = of(&world.client(), &format!("{}/recognition", body.id));
        assert_eq!((text(&seen, "provider"), text(&seen, "region")), (body.code.as_str(), "310000"));
        assert_eq!(seen["places"], json!([
            {"place": "320000", "name": {"zh": "江苏省", "en": "Jiangsu"}, "recognised": true, "by": [{"agreement": digest(&ours()), "title": ours()["title"], "grant": "electric", "since": "2026-01-01",
                "scope": {"occupations": ["6-31-01-"], "level_min": 3, "level_max": 5, "types": ["skill-level", "training"]}}]},
            {"place": "330000", "name": {"zh": "浙江省", "en": "Zhejiang"}, "recognised": false, "by": []},
        ]));
        assert_eq!(of(&world.client(), &format!("{}/recognition?place=320000", body.code))["places"], json!([seen["places"][0]]));
        assert_eq!(of(&world.client(), &format!("{}/recognition?place=320000&day=2025-12-31", body.id))["places"][0]["recognised"], false);
    }

    fn it_counts_from_when_its_standing_does(world: &World) {
        let scene = Scene::of(world, &["320000", "330000"]);
        let flagged = crate::support::issuing::body_with(world, 1, &with(listing(), "/flag", json!("yellow")));
        scene.agree(&ours());
        let path = format!("{}/recognition?place=320000", flagged.id);
        assert_eq!(of(&world.client(), &path)["places"][0]["recognised"], false);
        let green = with(listing(), "/from", json!(scene.today()));
        scene.operator.post_json(&format!("/v1/providers/{}/intervals", flagged.id), &green).expect(201);
        assert_eq!(of(&world.client(), &path)["places"][0]["by"][0]["since"], scene.today());
        let barred = json!({"standing": "barred", "from": scene.today(), "cause": "处罚"});
        scene.operator.post_json(&format!("/v1/providers/{}/intervals", flagged.id), &barred).expect(201);
        assert_eq!(of(&world.client(), &path)["places"][0]["recognised"], false);
    }

    fn a_body_of_a_party_is_recognised_here_by_what_is_held_of_it(world: &World) {
        let scene = Scene::of(world, &["320000", "330000"]);
        scene.agree(&ours());
        let seen = of(&world.client(), &format!("{THEIRS}/recognition"));
        assert_eq!((text(&seen, "region"), text(&seen["places"][0], "place"), text(&seen["places"][0]["by"][0], "grant")), ("320000", "310000", "back"));
        assert_eq!(seen["places"][0]["by"][0]["scope"], json!({"occupations": ["6-31-"], "level_min": 1, "level_max": 5, "types": ["skill-level"]}));
        for (path, status, code) in [
            ("prov_none/recognition", 404, "providers.not_found"),
            (&format!("{}/recognition", crate::support::issuing::credit_code(9)), 404, "providers.not_found"),
            (&format!("{THEIRS}/recognition?place=3"), 400, "http.query"),
            (&format!("{THEIRS}/recognition?day=today"), 400, "http.query"),
        ] {
            world.client().get(&format!("/v1/providers/{path}")).problem(status, code);
        }
        let first = world.client().get(&format!("/v1/providers/{THEIRS}/recognition")).expect(200);
        world.client().header("if-none-match", first.header("etag")).get(&format!("/v1/providers/{THEIRS}/recognition")).expect(304);
    }
}
