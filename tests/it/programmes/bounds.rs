//! The edges in time and number: the seconds at which a bar and a shelf life begin and end, and the most lots of one redemption.

use std::time::Duration;

use hufu::access::Role;
use hufu::ledger::service::{self, Act};
use hufu::ledger::{AMOUNT_MAX, LotKind, Mint};
use serde_json::{Value, json};
use verifier::ids::Level;
use verifier::time::{Day, Zone};

use super::{Scene, assert_audited, input, other_person, publish, redeem, suggest, wanted};
use crate::achievements::course;
use crate::ledger::bank::{digest, facts, lot_of as minted};
use crate::support::issuing::{SCHEME, listing, open, scheme, text, with};
use crate::support::{Answer, Client, World};

/// How often something is tried that has to be done within a second.
const TRIES: usize = 5;

/// What `work` gives within one second of the region's clock, which only goes forward; tried again, with the next number, when that took longer.
fn within<T>(world: &World, second: i64, work: impl Fn(usize) -> T) -> T {
    for n in 0..TRIES {
        let rest = 1_000 - world.app.edge.now_ms() % 1_000;
        std::thread::sleep(Duration::from_millis(rest as u64));
        world.app.edge.shift(second - world.app.edge.now());
        let done = work(n);
        if world.app.edge.now() == second {
            return done;
        }
    }
    panic!("this machine does not get it done within a second");
}

/// The body's client, signed in shortly before a day begins.
fn on_the_eve(world: &World, scene: &Scene, day: Day) -> Client {
    world.app.edge.shift(midnight(day) - 100 - world.app.edge.now());
    world.signed_in(Role::Provider, Some(&scene.one.id))
}

fn midnight(day: Day) -> i64 {
    day.start_in(Zone::CHINA).0
}

fn today(world: &World) -> Day {
    hufu::providers::service::today(&world.app)
}

/// Two lots of two credits, for each try.
fn pairs(world: &World, scene: &Scene, scheme: &str, earned: Day, tag: &str) -> Vec<Value> {
    let client = world.signed_in(Role::Provider, Some(&scene.one.id));
    let lot = |code: String| {
        let credits = json!([{"scheme": scheme, "amount": 200, "category": "core"}]);
        let course = with(with(course(&scene.learner), "/course", json!(code)), "/earned_on", json!(earned.to_string()));
        let made = client.post_json("/v1/achievements", &with(course, "/credits", credits)).expect(201).json();
        json!({"lot": made["lots"][0]["id"], "amount": 200})
    };
    (0..TRIES).map(|n| json!([lot(format!("{tag}{n}a")), lot(format!("{tag}{n}b"))])).collect()
}

fn spend(client: &Client, scene: &Scene, programme: &Value, picks: &Value) -> Answer {
    redeem(client, programme, &wanted(programme, &scene.learner, picks))
}

/// The code of a refusal; nothing when it was done.
fn code(answer: &Answer) -> String {
    if answer.status == 201 { String::new() } else { text(&answer.json(), "code").to_owned() }
}

both! {
    fn a_bar_holds_from_the_first_second_of_its_first_day_to_the_last_before_its_end(world: &World) {
        let scene = Scene::of(world);
        let first = today(world).add_days(1);
        let (from, until) = (first, first.add_days(2));
        let path = format!("/v1/providers/{}/intervals", scene.one.id);
        let operator = world.signed_in(Role::Operator, None);
        let bar = json!({"standing": "barred", "from": from.to_string(), "until": until.to_string(), "cause": "伪造成绩"});
        operator.post_json(&path, &bar).expect(201);
        operator.post_json(&path, &with(listing(), "/from", json!(until.to_string()))).expect(201);
        let lots = ["before", "after"].map(|tag| pairs(world, &scene, SCHEME, today(world), tag));
        let record = |client: &Client, earned: Day| {
            let body = with(course(&scene.learner), "/earned_on", json!(earned.to_string()));
            code(&client.post_json("/v1/achievements", &body))
        };
        let barred = "providers.barred";
        for (day, sides) in [(from, [(&lots[0], ""), (&lots[1], barred)]), (until, [(&lots[1], barred), (&lots[1], "")])] {
            let client = on_the_eve(world, &scene, day);
            for (second, (of, wanted)) in [midnight(day) - 1, midnight(day)].into_iter().zip(sides) {
                let got = within(world, second, |n| [record(&client, first.add_days(-1)), code(&spend(&client, &scene, &scene.programme, &of[n]))]);
                assert_eq!(got, [wanted, wanted], "{} seconds after the bar begins", second - midnight(from));
            }
        }
        // What was achieved under the bar is not recorded after it either.
        let client = world.signed_in(Role::Provider, Some(&scene.one.id));
        let days = [(from, barred), (until.add_days(-1), barred), (until, ""), (until.add_days(1), "achievements.earned_in_future")];
        for (earned, wanted) in days {
            assert_eq!(record(&client, earned), wanted, "{earned}");
        }
        assert_audited(world);
    }

    fn credit_is_redeemed_until_the_last_second_of_its_last_day_whether_or_not_it_was_swept(world: &World) {
        let scene = Scene::of(world);
        let short = with(with(scheme(), "/id", json!("310000:short")), "/shelf_months", json!(1));
        world.signed_in(Role::Operator, None).post_json("/v1/schemes", &short).expect(201);
        let programme = publish(world, &with(input(), "/scheme", json!("310000:short"))).expect(201).json();
        let earned = today(world).add_days(-1);
        let expires = earned.add_months(1);
        let lots = pairs(world, &scene, "310000:short", earned, "short");
        let (client, ends) = (on_the_eve(world, &scene, expires), midnight(expires));
        for (second, first, wanted) in [(ends - 1, 0, ""), (ends, TRIES - 1, "programmes.checks")] {
            let got = within(world, second, |n| spend(&client, &scene, &programme, &lots[(first + n) % TRIES]));
            assert_eq!(code(&got), wanted, "{got}");
            if !wanted.is_empty() {
                let unmet = got.json()["checks"].clone();
                assert_eq!(unmet.as_array().unwrap().iter().map(|check| text(check, "check")).collect::<Vec<_>>(), ["unexpired"], "{unmet}");
            }
        }
        assert_eq!(suggest(&client, &programme, &scene.learner).expect(200).json().get("picks"), None);
        assert!(world.app.db.read_now(service::trial_balance).unwrap().iter().all(|row| row.place != "expired"), "nothing was swept");
        assert_audited(world);
    }

    fn one_hundredth_and_ten_million_credits_are_earned_and_redeemed(world: &World) {
        let scene = Scene::of(world);
        for amount in [1, AMOUNT_MAX] {
            let taken = with(with(course(&scene.learner), "/course", json!(format!("C-{amount}-"))), "/credits/0/amount", json!(amount));
            let made = scene.one.client.post_json("/v1/achievements", &taken).expect(201).json();
            let asked = with(with(input(), "/total", json!(amount)), "/at_least/0/amount", json!(amount));
            let programme = publish(world, &asked).expect(201).json();
            let picks = json!([{"lot": made["lots"][0]["id"], "amount": amount}]);
            assert_eq!(spend(&scene.one.client, &scene, &programme, &picks).expect(201).json()["picks"], picks);
        }
        assert_audited(world);
    }

    fn a_thousand_lots_are_redeemed_at_once_and_one_more_are_not(world: &World) {
        let scene = Scene::of(world);
        let learner = open(&scene.one.client, &other_person(1));
        let act = || Act { edge: &world.app.edge, today: today(world), region: &world.app.region.code, is_restoring: false };
        let mint = |n: usize| {
            let facts = hufu::ledger::Facts { kind: LotKind::Training, course: None, level: Level::new(3).ok(), ..facts(text(&learner, "id"), SCHEME, n) };
            Mint { entry: format!("ent_{n}"), cause: digest(n), amount: 999_001, facts }
        };
        let mint_all = |conn: &mut hufu::db::Conn| (0..1_001).map(|n| Ok(minted(service::mint(conn, &act(), &mint(n))?))).collect();
        let lots: Vec<String> = world.app.db.write_now(mint_all).unwrap();
        let of = |total: i64| publish(world, &with(input(), "/total", json!(total))).expect(201).json();
        let (programme, too_much) = (of(999_001_000), of(AMOUNT_MAX));
        let missing = suggest(&scene.one.client, &too_much, &learner).expect(200).json()["missing"].clone();
        assert_eq!((&missing[0]["check"], &missing[0]["want"], &missing[0]["got"]), (&json!("lots"), &json!("at most 1000"), &json!("1001")));
        let spend = |picks: Vec<Value>| redeem(&scene.one.client, &programme, &wanted(&programme, &learner, &json!(picks)));
        let all = |amount: i64| lots.iter().map(|lot| json!({"lot": lot, "amount": amount})).collect::<Vec<_>>();
        assert_eq!(spend(all(999_001)).problem(422, "programmes.picks")["field"], "picks");
        let checks = spend(all(AMOUNT_MAX)[1..].to_vec()).problem(409, "programmes.checks")["checks"].clone();
        let total = checks.as_array().unwrap().iter().find(|check| check["check"] == "total").unwrap();
        assert_eq!(total["got"], "10000000000.00");
        let proposal = suggest(&scene.one.client, &programme, &learner).expect(200).json();
        let made = spend(proposal["picks"].as_array().unwrap().clone()).expect(201).json();
        assert_eq!(made["picks"].as_array().map(Vec::len), Some(1_000));
        assert!(text(&made, "document").len() < 128 * 1024);
        assert_eq!(scene.one.client.get(&format!("/v1/redemptions/{}", text(&made, "id"))).expect(200).json(), made);
        assert_audited(world);
    }
}
