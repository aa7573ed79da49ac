//! A learner with many lots: what the pages of the account and a proposal for a programme cost.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::people::resident;
use super::registry::{Backend, Registry};

/// Credits of one achievement, each a lot in a category of its own.
const PARTS: usize = 20;
/// Requests of which the median is shown.
const ROUNDS: usize = 31;

/// Both databases with 100 lots and with 10,000.
pub fn pages() {
    for backend in [Backend::Sqlite, Backend::Postgres] {
        for lots in [100, 10_000] {
            let Some(registry) = Registry::start(backend) else { continue };
            println!("{backend:?}, {lots} lots");
            measure(&registry, lots);
        }
    }
}

fn measure(registry: &Registry, lots: usize) {
    let categories: Vec<String> = (0..PARTS).map(|n| format!("part-{n}")).collect();
    let names = json!({"zh": "学分", "en": "Credit"});
    let scheme = json!({"id": "310000:credit", "name": names, "unit": names, "kind": "credit", "categories": categories, "shelf_months": 84});
    registry.ask("/v1/schemes", &scheme);
    let person = json!({"name": "欧阳静", "id_type": "resident", "id_number": resident(0)});
    let learner = registry.ask("/v1/learners", &person)["id"].clone();
    let credits: Vec<Value> = categories.iter().map(|c| json!({"scheme": "310000:credit", "amount": 100, "category": c})).collect();
    for n in 0..lots / PARTS {
        let achievement = json!({"provider": registry.provider, "learner": learner, "kind": "course", "course": format!("C-{n}"), "title": "课程",
            "earned_on": format!("20{}-{:02}-{:02}", 21 + n % 5, 1 + n % 12, 1 + n % 28), "credits": credits});
        registry.ask("/v1/achievements", &achievement);
    }
    let programme = registry.ask(
        "/v1/programmes",
        &json!({"name": names, "kind": "non-degree", "scheme": "310000:credit", "total": 100 * (lots / 2).min(1_000),
        "in_force": {"from": "2021-01-01"}, "at_least": [{"category": "part-0", "amount": 100}], "max_age_months": 84,
        "awards": {"type": "training", "title": "结业证书"}}),
    );
    let code = registry.ask(&format!("/v1/learners/{}/codes", learner.as_str().unwrap()), &json!({}));
    let token = registry.ask("/v1/account/sessions", &json!({"code": code["code"]}))["token"].as_str().unwrap().to_owned();
    for path in [
        "/v1/account/balances",
        "/v1/account/lots?limit=200",
        "/v1/account/lots?limit=200&as_of=2026-01-01",
        "/v1/account/postings?limit=200",
        "/v1/account/hours",
        "/v1/account/programmes",
    ] {
        show(path, || registry.get(path, &token));
    }
    let suggest = format!("/v1/programmes/{}/suggest", programme["id"].as_str().unwrap());
    show("suggest", || drop(registry.ask(&suggest, &json!({"learner": learner}))));
}

fn show(what: &str, ask: impl Fn()) {
    let mut times: Vec<Duration> = (0..ROUNDS).map(|_| timed(&ask)).collect();
    times.sort_unstable();
    println!("  {what}: median {:.1} ms, most {:.1} ms", times[ROUNDS / 2].as_secs_f64() * 1e3, times[ROUNDS - 1].as_secs_f64() * 1e3);
}

fn timed(ask: &impl Fn()) -> Duration {
    let started = Instant::now();
    ask();
    started.elapsed()
}
