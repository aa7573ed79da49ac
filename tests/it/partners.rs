//! Partner regions: pinned by fingerprint, fetched and verified before anything is stored, held while they are down, watched for contradictions.

mod alarms;
mod fetching;
mod pinning;
mod two_regions;

use hufu::access::Role;
use serde_json::{Value, json};

use super::support::abroad::{Abroad, pin_input};
use super::support::issuing::{text, verdict};
use super::support::site::Site;
use super::support::{Answer, Client, World};

/// A world with one partner, pinned and held.
struct Pinned<'a> {
    world: &'a World,
    operator: Client,
    site: Site,
    abroad: Abroad,
}

impl Pinned<'_> {
    fn new(world: &World) -> Pinned<'_> {
        let (operator, site, abroad) = (world.signed_in(Role::Operator, None), Site::start(), Abroad::at(world.app.edge.now()));
        abroad.publish(&site);
        operator.post_json("/v1/partners", &pin_input(&site.url, &abroad.fingerprint())).expect(201);
        site.asked();
        Pinned { world, operator, site, abroad }
    }

    fn state(&self) -> Value {
        state(&self.operator, self.abroad.code)
    }

    /// Looks at the partner now.
    fn fetch(&self) -> Value {
        fetch(&self.operator, self.abroad.code, false).expect(200).json()
    }

    /// Outcome of the partner's card, and the code of the first step that is not ok.
    fn said(&self) -> (String, String) {
        said(self.world, &self.abroad.card())
    }
}

fn fetch(operator: &Client, region: &str, acknowledge: bool) -> Answer {
    operator.post_json(&format!("/v1/partners/{region}/fetch"), &json!({"acknowledge": acknowledge}))
}

fn state(operator: &Client, region: &str) -> Value {
    operator.get(&format!("/v1/partners/{region}")).expect(200).json()
}

fn said(world: &World, card: &str) -> (String, String) {
    let verdict = verdict(&world.client(), card);
    let bad = verdict["steps"].as_array().unwrap().iter().find(|s| s["result"] != "ok");
    (text(&verdict, "outcome").to_owned(), bad.map_or(String::new(), |s| text(s, "code").to_owned()))
}

fn pair(outcome: &str, code: &str) -> (String, String) {
    (outcome.to_owned(), code.to_owned())
}

/// (kind, code) of every event of partners, in order, and that the evidence commits to each.
fn events(world: &World) -> Vec<(String, Option<String>)> {
    use diesel::prelude::*;
    use hufu::db::schema::partner_events as events;
    world
        .app
        .db
        .read_now(|conn| {
            let audit = hufu::evidence::audit(conn)?;
            assert_eq!(audit.wrong, None);
            Ok(events::table.order(events::id).select((events::kind, events::code)).load(conn)?)
        })
        .unwrap()
}
