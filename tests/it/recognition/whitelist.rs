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

both! {
    fn an_own_body_is_recognised_for_what_lies_in_its_scope_and_in_the_grant(world: &World) {
        let scene = Scene::of(world, &["320000", "330000"]);
        let body = body(world, 1);
        assert_eq!(of(&world.client(), &format!("{}/recognition", body.id))["places"], json!([]));
        scene.agree(&ours());
        let seen = of(&world.client(), &format!("{}/recognition", body.id));
        assert_eq!((text(&seen, "provider"), text(&seen, "region")), (body.code.as_str(), "310000"));
        assert_eq!(seen["places"], json!([
            {"place": "320000", "recognised": true, "by": [{"agreement": digest(&ours()), "title": ours()["title"], "grant": "electric", "since": "2026-01-01",
                "scope": {"occupations": ["6-31-01-"], "level_min": 3, "level_max": 5, "types": ["skill-level", "training"]}}]},
            {"place": "330000", "recognised": false, "by": []},
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
