//! Waivers: what this region recognises all the same. Signed for good; each ends on its day.

use verifier::documents::{Digest, Waiver, WaiverId};
use verifier::recognition::CaseFacts;
use verifier::time::Instant;
use verifier::verdict::Provider;

use super::accords;
use crate::access::Caller;
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::evidence;
use crate::http::page::Page;
use crate::messages::from_verifier;
use crate::recognition::store::{self, WaiverRow};
use crate::recognition::{RecognitionRefusal, WaiverInput, WaiverView, rules};

/// Signs a waiver with the region's key.
///
/// # Errors
/// `recognition.no_agreement`, `recognition.no_grant`, `recognition.not_ours`, `document.*`, `time.*`, or a fault.
pub fn waive(conn: &mut Conn, app: &App, caller: &Caller, input: &WaiverInput) -> Result<WaiverView, Error> {
    let id = WaiverId::parse(&app.edge.id("wvr")).map_err(Fault::new)?;
    let waiver = input.read(id, app.region.code.clone(), Instant(app.edge.now()))?;
    let accords = accords(conn, app)?;
    let accord = accords.find(&waiver.agreement).ok_or_else(|| RecognitionRefusal::NoAgreement.at("agreement"))?;
    let grant = accord.agreement.grant(&waiver.grant).ok_or_else(|| RecognitionRefusal::NoGrant.at("grant"))?;
    if !grant.to.contains(&app.region.code) {
        return Err(RecognitionRefusal::NotOurs.at("grant").into());
    }
    let document = waiver.sign(&app.keys.region_signer()).map_err(|e| from_verifier(e.about().unwrap_or_default(), e.code()))?;
    let row = WaiverRow {
        id: waiver.id.as_str().to_owned(),
        digest: Digest::of(&document).to_string(),
        subject: waiver.case,
        document,
        signed_at: waiver.at.0,
        signed_by: caller.client_id.clone(),
    };
    store::insert_waiver(conn, &row)?;
    evidence::record(conn, &app.edge, evidence::Kind::Waiver, row.signed_at, &row.id, row.document.as_bytes())?;
    Ok(WaiverView::of(row)?)
}

/// A page of waivers in order of signing, of one case or of all.
///
/// # Errors
/// A fault.
pub fn list(conn: &mut Conn, case: Option<&str>, after: Option<&str>, limit: i64) -> Result<Page<WaiverView>, Error> {
    let page = Page::new(store::waivers_page(conn, case, after, limit)?, limit, |row| row.id.clone(), |row| row);
    let items = page.items.into_iter().map(WaiverView::of).collect::<Result<_, _>>()?;
    Ok(Page { items, next: page.next })
}

/// The waivers that may have to do with a case.
///
/// # Errors
/// A fault.
pub fn of_case(conn: &mut Conn, facts: &CaseFacts) -> Result<Vec<(Digest, Waiver)>, Error> {
    opened(store::waivers_for(conn, &rules::subjects(facts))?)
}

/// The waivers that may have to do with these bodies.
pub(super) fn of_bodies(conn: &mut Conn, bodies: &[&Provider]) -> Result<Vec<(Digest, Waiver)>, Error> {
    let codes: Vec<String> = bodies.iter().map(|body| body.code.to_string()).collect();
    opened(store::waivers_for(conn, &codes)?)
}

/// The waivers of these digests; one that is not here is left out.
pub(super) fn named(conn: &mut Conn, digests: &[String]) -> Result<Vec<(Digest, Waiver)>, Error> {
    opened(store::waivers_named(conn, digests)?)
}

fn opened(rows: Vec<WaiverRow>) -> Result<Vec<(Digest, Waiver)>, Error> {
    let open = |row: WaiverRow| {
        let waiver = Waiver::stored(&row.document).map_err(|e| Fault::text(format!("the stored waiver {}: {e}", row.id)))?;
        Ok((Digest::of(&row.document), waiver))
    };
    rows.into_iter().map(open).collect()
}
