//! Parts by civil year of issue.

use serde_json::Value;
use verifier::bundle::{Bundle, PartName};
use verifier::card::Card;
use verifier::time::{Day, Zone};

use super::{again, agree, anchor, body, bundle, draft, issue, step, text};
use crate::support::World;

/// Moves the clock to so many seconds after the next new year of the region.
pub fn to_new_year(world: &World, after: i64) -> u16 {
    let year = hufu::providers::service::today(&world.app).year() + 1;
    let start = Day::new(year, 1, 1).unwrap().start_in(Zone::CHINA).0;
    world.app.edge.shift(start + after - world.app.edge.now());
    u16::try_from(year).unwrap()
}

fn list_of(certificate: &Value) -> u32 {
    Card::parse(text(certificate, "card")).unwrap().claims().sts.list
}

both! {
    fn a_list_belongs_to_the_year_of_issue_and_stands_in_its_part_alone(world: &World) with [("publish_seconds", "0")] {
        let body = body(world, 1);
        let year = to_new_year(world, -100);
        let before = issue(&again(world, &body), &draft());
        world.app.edge.shift(200);
        let client = again(world, &body);
        let after = issue(&client, &draft());
        assert_ne!(list_of(&before), list_of(&after));
        step(&client, &before, "revoke").expect(200);
        let held = bundle(world);
        let lists = |year| held.region(&anchor(world).region).unwrap().status(year).unwrap().lists().to_vec();
        assert_eq!((lists(year - 1), lists(year)), (vec![(list_of(&before), 1)], vec![(list_of(&after), 1)]));
        assert_eq!(agree(world, &held, text(&before, "card")), "invalid");
        assert_eq!(agree(world, &held, text(&after, "card")), "valid");
    }

    fn who_asks_for_one_year_gets_this_one_and_may_fetch_the_rest_by_parts(world: &World) with [("publish_seconds", "0")] {
        let body = body(world, 1);
        let old = issue(&body.client, &draft());
        let year = to_new_year(world, 100);
        let new = issue(&again(world, &body), &draft());
        let whole = world.client().get("/v1/bundle").expect(200);
        assert_eq!(world.client().get("/v1/bundle?years=2").expect(200).bytes, whole.bytes);
        let file = world.client().get("/v1/bundle?years=1").expect(200);
        assert_ne!(file.header("etag"), whole.header("etag"));
        let mut held = Bundle::open(&file.bytes, &anchor(world)).unwrap();
        assert_eq!(agree(world, &held, text(&new, "card")), "valid");
        let missing: Vec<_> = held.missing().collect();
        let names: Vec<PartName> = missing.iter().map(|missing| missing.part.name).collect();
        assert_eq!(names, [PartName::Keys(year - 1), PartName::Status(year - 1)]);
        for missing in missing {
            let part = world.client().get(&format!("/v1/bundle/parts/{}", missing.part.sha256)).expect(200);
            assert_eq!(part.bytes.len() as u32, missing.part.bytes);
            held.add_part(part.text()).unwrap();
        }
        assert_eq!(agree(world, &held, text(&old, "card")), "valid");
        assert_eq!(held.to_json(), whole.bytes);
    }

    fn a_list_from_before_lists_had_a_year_stands_in_every_year_and_takes_nothing_new(world: &World) with [("publish_seconds", "0")] {
        let body = body(world, 1);
        let old: Vec<Value> = (0..2).map(|_| issue(&body.client, &draft())).collect();
        unguarded(world, "UPDATE status_lists SET year = 0");
        let year = to_new_year(world, 100);
        let client = again(world, &body);
        let new = issue(&client, &draft());
        assert_ne!(list_of(&new), list_of(&old[0]));
        step(&client, &old[1], "revoke").expect(200);
        let held = bundle(world);
        let lists = |year| held.region(&anchor(world).region).unwrap().status(year).unwrap().lists().iter().map(|(list, _)| *list).collect::<Vec<_>>();
        assert_eq!(lists(year - 1), [list_of(&old[0])]);
        assert_eq!(lists(year), [list_of(&old[0]), list_of(&new)]);
        let outcomes: Vec<String> = old.iter().chain([&new]).map(|c| agree(world, &held, text(c, "card"))).collect();
        assert_eq!(outcomes, ["valid", "invalid", "valid"]);
    }

    fn a_card_that_is_issued_this_instant_names_the_list_of_its_own_year(world: &World) with [("publish_seconds", "0")] {
        let body = body(world, 1);
        let year = to_new_year(world, -2);
        let mut lists = std::collections::BTreeSet::new();
        while world.app.edge.now() < Day::new(i32::from(year), 1, 1).unwrap().start_in(Zone::CHINA).0 + 1 {
            let answer = again(world, &body).post_json("/v1/certificates", &draft());
            // At the turn of the year the key may have ended in between; the caller tries again.
            if answer.status == 201 {
                let card = Card::parse(text(&answer.json(), "card")).unwrap();
                lists.insert((card.claims().iat.day_in(Zone::CHINA).year(), card.claims().sts.list));
            } else {
                answer.problem(503, "http.unavailable");
            }
        }
        assert_eq!(lists.len(), 2, "{lists:?}");
        bundle(world);
    }
}

/// Runs SQL that a guard would refuse, and puts the guards back.
fn unguarded(world: &World, sql: &str) {
    world
        .sql(match world.backend {
            crate::support::Backend::Sqlite => "DROP TRIGGER status_lists_frozen",
            crate::support::Backend::Postgres => "DROP TRIGGER status_lists_frozen ON status_lists",
        })
        .unwrap();
    world.sql(sql).unwrap();
    hufu::db::migrate(&world.app.db).unwrap();
}
