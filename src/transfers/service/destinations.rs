//! Where credit of this region can move, and by which grants.

use verifier::agreement::print::Article;
use verifier::agreement::{Grant, Moves, State};
use verifier::recognition::Accord;
use verifier::verdict::Names;

use crate::app::App;
use crate::db::Conn;
use crate::error::Error;
use crate::partners::{self, Bundles};
use crate::providers::service::today;
use crate::recognition;
use crate::transfers::views::{DestinationView, GrantView, Words};

/// Every pinned region with the grants in force today by which credit of this one can move there; without grants where there are none.
///
/// # Errors
/// A fault.
pub fn destinations(conn: &mut Conn, app: &App, bundles: &Bundles) -> Result<Vec<DestinationView>, Error> {
    let (accords, own, day) = (recognition::service::accords(conn, app)?, &app.region.code, today(app));
    let in_force: Vec<Accord<'_>> =
        accords.all().into_iter().filter(|accord| accord.life.state(accord.agreement.in_force, day) == State::InForce).collect();
    let mut all = Vec::new();
    for peer in partners::peers(conn)? {
        let moves = |grant: &&Grant| grant.moves == Moves::Credit && grant.from.contains(own) && grant.to.contains(&peer.region);
        let grants = in_force.iter().flat_map(|accord| accord.agreement.grants.iter().filter(moves).map(|grant| shown(accord, grant)));
        let name = recognition::name_of(app, bundles, &peer.region).map(|Names { zh, en }| Words { zh: zh.into_owned(), en: en.into_owned() });
        all.push(DestinationView { region: peer.region.as_str().to_owned(), name, grants: grants.collect() });
    }
    Ok(all)
}

fn shown(accord: &Accord<'_>, grant: &Grant) -> GrantView {
    let title = &accord.agreement.title;
    GrantView {
        agreement: accord.digest.to_string(),
        title: Words { zh: title.zh.as_str().to_owned(), en: title.en.as_str().to_owned() },
        version: accord.agreement.version,
        grant: grant.id.as_str().to_owned(),
        scheme: grant.accept.scheme.as_ref().map(|scheme| scheme.as_str().to_owned()),
        article: Article::of(grant).into(),
    }
}
