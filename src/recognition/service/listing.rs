//! Where a body is recognised, and for what; which bodies of other regions are recognised here.

use verifier::ids::{CreditCode, RegionCode};
use verifier::recognition::Candidate;
use verifier::time::{Day, Instant};
use verifier::verdict::Provider;

use super::{accords, waive};
use crate::app::App;
use crate::db::Conn;
use crate::error::Error;
use crate::partners::Bundles;
use crate::providers::service::today;
use crate::providers::{self, ProviderRefusal};
use crate::recognition::Accords;
use crate::recognition::held::{abroad, all_abroad, name_of};
use crate::recognition::views::{BodyView, ListingView, PartyView, RecognisedView};

/// Bodies of which waivers are looked up at once.
const AT_ONCE: usize = 200;

/// Where a body of this region, or of a party whose bundle is held, is recognised: at `place`, or else an own one at every party and another
/// one here; on `day`, or else today.
///
/// # Errors
/// `providers.not_found`, or a fault.
pub fn listing(
    conn: &mut Conn,
    app: &App,
    bundles: &Bundles,
    id_or_code: &str,
    place: Option<RegionCode>,
    day: Option<Day>,
) -> Result<ListingView, Error> {
    let (accords, own, day) = (accords(conn, app)?, &app.region.code, day.unwrap_or_else(|| today(app)));
    let here = providers::store::find(conn, id_or_code)?.and_then(|row| CreditCode::parse(&row.credit_code).ok());
    let found = match &here {
        Some(code) => accords.own_provider(code).map(|provider| (own.clone(), provider)),
        None => CreditCode::parse(id_or_code).ok().and_then(|code| elsewhere(&accords, bundles, own, &code, app.edge.now())),
    };
    let (origin, provider) = found.ok_or_else(|| ProviderRefusal::NotFound.at("id"))?;
    let places = match place {
        Some(place) => vec![place],
        None if origin == *own => accords.others(own),
        None => vec![own.clone()],
    };
    let waivers = waive::of_bodies(conn, &[provider])?;
    let candidate = Candidate { provider, origin: &origin, place: own, waivers: &waivers };
    Ok(ListingView::of(&accords.all(), &candidate, &places, day, |region| name_of(app, bundles, region)))
}

/// A body in the bundle of a party.
fn elsewhere<'a>(accords: &Accords, bundles: &'a Bundles, own: &RegionCode, code: &CreditCode, now: i64) -> Option<(RegionCode, &'a Provider)> {
    accords.others(own).into_iter().find_map(|region| {
        let provider = abroad(bundles, &region, code, Instant(now))?;
        Some((region, provider))
    })
}

/// Which bodies are asked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Of this region alone.
    pub region: Option<RegionCode>,
    /// Part of a name or of the credit code.
    pub q: Option<String>,
    /// After this cursor.
    pub after: Option<String>,
}

/// A page of the bodies of other parties that are recognised here today, by the bundles that are held.
///
/// # Errors
/// A fault.
pub fn recognised_providers(conn: &mut Conn, app: &App, bundles: &Bundles, wanted: &Wanted, limit: usize) -> Result<RecognisedView, Error> {
    let (accords, own, day, now) = (accords(conn, app)?, &app.region.code, today(app), Instant(app.edge.now()));
    let (all, regions) = (accords.all(), accords.others(own));
    let asked = regions.iter().filter(|region| wanted.region.as_ref().is_none_or(|only| only == *region));
    let bodies = asked.flat_map(|region| all_abroad(bundles, region, now).iter().map(move |provider| (region, provider)));
    let bodies: Vec<_> = bodies.filter(|(region, provider)| wanted.matches(region, provider)).collect();
    let mut items = Vec::new();
    for chunk in bodies.chunks(AT_ONCE) {
        let waivers = waive::of_bodies(conn, &chunk.iter().map(|(_, provider)| *provider).collect::<Vec<_>>())?;
        items.extend(
            chunk.iter().filter_map(|(origin, provider)| BodyView::of(&all, &Candidate { provider, origin, place: own, waivers: &waivers }, day)),
        );
        if items.len() > limit {
            break;
        }
    }
    let is_more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| is_more).map(|last| cursor(&last.region, &last.credit_code));
    let regions = regions.iter().map(|region| PartyView { region: region.to_string(), name: name_of(app, bundles, region) }).collect();
    Ok(RecognisedView { day: day.to_string(), regions, items, next })
}

impl Wanted {
    fn matches(&self, region: &RegionCode, provider: &Provider) -> bool {
        let is_later = self.after.as_ref().is_none_or(|after| cursor(region.as_str(), provider.code.as_str()) > *after);
        let has = |text: &str, q: &str| text.to_ascii_lowercase().contains(&q.to_ascii_lowercase());
        let names = [provider.name_zh.as_str(), &provider.name_en, provider.code.as_str()];
        is_later && self.q.as_ref().is_none_or(|q| names.iter().any(|text| has(text, q)))
    }
}

fn cursor(region: &str, code: &str) -> String {
    format!("{region}_{code}")
}
