//! Where a body is recognised, and for what.

use verifier::ids::{CreditCode, RegionCode};
use verifier::recognition::{CaseFacts, ProviderFacts};
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
use crate::recognition::held::abroad;
use crate::recognition::rules::listing::{Candidate, listed};
use crate::recognition::views::{ListingView, PlaceView};

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
    let facts = CaseFacts::Provider(ProviderFacts { code: provider.code.clone(), origin: origin.clone(), occupation: None, level: None });
    let waivers = waive::of_case(conn, &facts)?;
    let at = |place: &RegionCode| {
        let candidate = Candidate { provider, origin: &origin, place, waivers: &waivers };
        let all = accords.all();
        let grants = all.iter().flat_map(|accord| accord.agreement.grants.iter().map(move |grant| (accord, grant)));
        let by = grants.filter_map(|(accord, grant)| Some((accord, grant, listed(accord, grant, &candidate, day)?)));
        PlaceView::of(place, by.collect())
    };
    Ok(ListingView { provider: provider.code.to_string(), region: origin.to_string(), day: day.to_string(), places: places.iter().map(at).collect() })
}

/// A body in the bundle of a party.
fn elsewhere<'a>(accords: &Accords, bundles: &'a Bundles, own: &RegionCode, code: &CreditCode, now: i64) -> Option<(RegionCode, &'a Provider)> {
    accords.others(own).into_iter().find_map(|region| {
        let provider = abroad(bundles, &region, code, Instant(now))?;
        Some((region, provider))
    })
}
