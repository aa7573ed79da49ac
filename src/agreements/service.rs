//! The use cases of agreements. Those that change something run inside the caller's transaction and write their evidence there.

use serde::{Deserialize, Serialize};
use verifier::agreement::{Agreement, SignedAgreement, Standing};
use verifier::documents::{AgreementSignature, Digest, Notice};
use verifier::time::{Day, Instant, Zone};

use super::held::{Keys, held, open};
use super::store::{self, NoticeRow, Publication, Row, Signature};
use super::{AGREEMENTS_MAX, AgreementRefusal, View, rules};
use crate::app::App;
use crate::db::{self, Conn};
use crate::error::{Error, Fault, Refusal};
use crate::evidence;
use crate::http::page::Page;
use crate::messages::from_verifier;
use crate::providers::service::today;

/// What a file brought.
pub struct Imported {
    /// The agreement, and what it is now.
    pub agreement: View,
    /// Parties whose signature is new here.
    pub signatures: Vec<String>,
    /// Parties whose notice is new here.
    pub notices: Vec<String>,
    /// (party, why) of what was not taken.
    pub refused: Vec<(String, Refusal)>,
}

/// Keeps an agreement, so that it can be signed; `by` is the id of the client who asks, or `local`. True where it was not here before.
///
/// # Errors
/// `agreement.*` with the path within `agreement`, `agreements.version_taken`, `agreements.supersedes`, `agreements.too_many`, or a fault.
pub fn propose(conn: &mut Conn, app: &App, by: &str, text: &str) -> Result<(View, bool), Error> {
    let agreement = Agreement::read(text.as_bytes()).map_err(|error| rules::refused(&error).within("agreement"))?;
    // Takes the revision's row lock: of two at once the second finds what the first one kept.
    db::bump(conn, "agreements")?;
    let is_new = keep(conn, app, by, &agreement, text).map_err(|error| within(error, "agreement"))?;
    Ok((show(conn, app, &Digest::of(text))?, is_new))
}

fn within(error: Error, parent: &str) -> Error {
    match error {
        Error::Refusal(refusal) => refusal.within(parent).into(),
        fault => fault,
    }
}

/// Stores an agreement unless it is here already.
fn keep(conn: &mut Conn, app: &App, by: &str, agreement: &Agreement, text: &str) -> Result<bool, Error> {
    let digest = Digest::of(text).to_string();
    let (urn, version) = (agreement.id.as_str(), i64::from(agreement.version));
    let versions = store::versions(conn, urn)?;
    if let Some(taken) = versions.iter().find(|row| row.version == version) {
        let refusal = || AgreementRefusal::VersionTaken.at("version").got(taken.digest.clone());
        return if taken.digest == digest { Ok(false) } else { Err(refusal().into()) };
    }
    if let Some(before) = agreement.supersedes {
        let before = store::find(conn, &before.to_string())?.filter(|row| rules::follows(agreement, &row.urn, row.version));
        before.ok_or_else(|| AgreementRefusal::Supersedes.at("supersedes"))?;
    }
    if store::count(conn)? >= AGREEMENTS_MAX {
        return Err(AgreementRefusal::TooMany.at("").into());
    }
    let row = Row {
        id: app.edge.id("agr"),
        digest,
        urn: urn.to_owned(),
        version,
        document: text.to_owned(),
        received_at: app.edge.now(),
        received_by: by.to_owned(),
    };
    store::insert(conn, &row)?;
    evidence::record(conn, &app.edge, evidence::Kind::Agreement, row.received_at, &row.id, row.document.as_bytes())?;
    Ok(true)
}

fn find(conn: &mut Conn, digest: &Digest) -> Result<Row, Error> {
    store::find(conn, &digest.to_string())?.ok_or_else(|| AgreementRefusal::NotFound.at("digest").into())
}

/// One agreement as it is today.
///
/// # Errors
/// `agreements.not_found`, or a fault.
pub fn show(conn: &mut Conn, app: &App, digest: &Digest) -> Result<View, Error> {
    let (row, keys) = (find(conn, digest)?, Keys::of(conn, app)?);
    let versions = held(conn, &keys, &row.urn)?;
    let signed = open(conn, &keys, &row)?;
    Ok(View::of(&row, &signed, &versions, store::published_at(conn, &row.digest)?, today(app)).with_terms(signed.agreement()))
}

/// A page of agreements, the first that came first, without what they say.
///
/// # Errors
/// A fault.
pub fn list(conn: &mut Conn, app: &App, after: Option<&str>, limit: i64) -> Result<Page<View>, Error> {
    let (keys, day) = (Keys::of(conn, app)?, today(app));
    let page = Page::new(store::page(conn, after, limit)?, limit, |row| row.id.clone(), |row| row);
    let mut items = Vec::with_capacity(page.items.len());
    for row in page.items {
        let versions = held(conn, &keys, &row.urn)?;
        let published_at = store::published_at(conn, &row.digest)?;
        let own = versions.iter().find(|signed| signed.digest().to_string() == row.digest);
        items.extend(own.map(|signed| View::of(&row, signed, &versions, published_at, day)));
    }
    Ok(Page { items, next: page.next })
}

/// The file that gathers an agreement with its signatures and notices.
///
/// # Errors
/// `agreements.not_found`, or a fault.
pub fn file(conn: &mut Conn, app: &App, digest: &Digest) -> Result<SignedAgreement, Error> {
    let (row, keys) = (find(conn, digest)?, Keys::of(conn, app)?);
    open(conn, &keys, &row)
}

/// An agreement of which this region is a party, with the revision's row locked.
fn own(conn: &mut Conn, app: &App, digest: &Digest) -> Result<SignedAgreement, Error> {
    db::bump(conn, "agreements")?;
    let signed = file(conn, app, digest)?;
    let is_party = signed.agreement().parties.contains(&app.region.code);
    if is_party { Ok(signed) } else { Err(AgreementRefusal::NotAParty.at("digest").into()) }
}

/// Signs an agreement with the region's key. What is signed stays signed: a repeat changes nothing.
///
/// # Errors
/// `agreements.not_found`, `agreements.not_a_party`, or a fault.
pub fn sign(conn: &mut Conn, app: &App, by: &str, digest: &Digest) -> Result<View, Error> {
    own(conn, app, digest)?;
    if store::signature_of(conn, &digest.to_string(), app.region.code.as_str())?.is_none() {
        let signature = AgreementSignature { agreement: *digest, region: app.region.code.clone(), at: Instant(app.edge.now()) };
        let document = signature.sign(&app.keys.region_signer()).map_err(Fault::new)?;
        add_signature(conn, app, by, &signature, &document)?;
    }
    show(conn, app, digest)
}

fn add_signature(conn: &mut Conn, app: &App, by: &str, signature: &AgreementSignature, document: &str) -> Result<(), Error> {
    let row = Signature {
        id: app.edge.id("ags"),
        digest: signature.agreement.to_string(),
        region: signature.region.as_str().to_owned(),
        at: signature.at.0,
        document: document.to_owned(),
        actor: by.to_owned(),
    };
    store::insert_signature(conn, &row)?;
    evidence::record(conn, &app.edge, evidence::Kind::AgreementSignature, app.edge.now(), &row.id, document.as_bytes())
}

/// Gives notice: the agreement ends on `effective`, `YYYY-MM-DD`, which is no longer in force. The same notice again changes nothing.
///
/// # Errors
/// `time.*`, `agreements.not_found`, `agreements.not_a_party`, `agreements.not_agreed`, `agreements.notice_given`,
/// `agreement.notice_too_short` with the earliest day, or a fault.
pub fn end(conn: &mut Conn, app: &App, by: &str, digest: &Digest, effective: &str) -> Result<View, Error> {
    let effective = Day::parse(effective).map_err(|e| from_verifier("effective", e.code()))?;
    let signed = own(conn, app, digest)?;
    if !signed.is_agreed() {
        return Err(AgreementRefusal::NotAgreed.at("digest").into());
    }
    let notice = Notice { agreement: *digest, region: app.region.code.clone(), at: Instant(app.edge.now()), effective };
    if let Some(given) = store::notice_of(conn, &digest.to_string(), app.region.code.as_str())? {
        let given = Notice::stored(&given).map_err(Fault::new)?.effective;
        let refusal = || AgreementRefusal::NoticeGiven.at("effective").got(given.to_string());
        return if given == effective { show(conn, app, digest) } else { Err(refusal().into()) };
    }
    if !signed.agreement().allows(&notice) {
        let earliest = notice.at.day_in(Zone::CHINA).add_days(i64::from(signed.agreement().offer_days));
        return Err(from_verifier("effective", "agreement.notice_too_short").got(format!("earliest {earliest}")).into());
    }
    let document = notice.sign(&app.keys.region_signer()).map_err(Fault::new)?;
    add_notice(conn, app, by, &notice, &document)?;
    show(conn, app, digest)
}

fn add_notice(conn: &mut Conn, app: &App, by: &str, notice: &Notice, document: &str) -> Result<(), Error> {
    let row = NoticeRow {
        id: app.edge.id("agn"),
        digest: notice.agreement.to_string(),
        region: notice.region.as_str().to_owned(),
        at: notice.at.0,
        effective: notice.effective.to_string(),
        document: document.to_owned(),
        actor: by.to_owned(),
    };
    store::insert_notice(conn, &row)?;
    evidence::record(conn, &app.edge, evidence::Kind::AgreementNotice, app.edge.now(), &row.id, document.as_bytes())
}

/// What the evidence of a publication commits to.
#[derive(Serialize)]
struct Published<'a> {
    hufu: &'static str,
    agreement: &'a str,
    at: i64,
    by: &'a str,
}

/// Publishes an agreement that every party has signed. A repeat changes nothing.
///
/// # Errors
/// `agreements.not_found`, `agreements.not_a_party`, `agreements.not_agreed`, or a fault.
pub fn publish(conn: &mut Conn, app: &App, by: &str, digest: &Digest) -> Result<View, Error> {
    if !own(conn, app, digest)?.is_agreed() {
        return Err(AgreementRefusal::NotAgreed.at("digest").into());
    }
    let (name, at) = (digest.to_string(), app.edge.now());
    if store::published_at(conn, &name)?.is_none() {
        let document = serde_json::to_string(&Published { hufu: "agreement-publication/1", agreement: &name, at, by }).map_err(Fault::new)?;
        let row = Publication { id: app.edge.id("agp"), digest: name, at, actor: by.to_owned(), document };
        store::insert_publication(conn, &row)?;
        evidence::record(conn, &app.edge, evidence::Kind::AgreementPublication, at, &row.id, row.document.as_bytes())?;
    }
    show(conn, app, digest)
}

/// What of a file is stored.
#[derive(Deserialize)]
struct Texts {
    signatures: Vec<String>,
    notices: Vec<String>,
}

/// Takes a file: the agreement, if it is new, and every signature and notice that is new and good. What is not good is told, party by party.
///
/// # Errors
/// `agreement.*`, `document.*` or `jws.*` with a path in the file, what keeping the agreement refuses, or a fault.
pub fn import(conn: &mut Conn, app: &App, by: &str, bytes: &[u8]) -> Result<Imported, Error> {
    db::bump(conn, "agreements")?;
    let signed = read(conn, app, bytes)?;
    take(conn, app, by, bytes, &signed)
}

fn read(conn: &mut Conn, app: &App, bytes: &[u8]) -> Result<SignedAgreement, Error> {
    let keys = Keys::of(conn, app)?;
    Ok(SignedAgreement::open(bytes, &|region, _| keys.find(region)).map_err(|error| rules::refused(&error))?)
}

/// Takes what the party `region` answered when it was sent the agreement `digest`.
///
/// # Errors
/// As [`import`], and `agreements.other_agreement`.
pub fn answered(conn: &mut Conn, app: &App, region: &str, digest: &Digest, bytes: &[u8]) -> Result<Imported, Error> {
    db::bump(conn, "agreements")?;
    let signed = read(conn, app, bytes)?;
    if signed.digest() != *digest {
        return Err(AgreementRefusal::OtherAgreement.at("agreement").into());
    }
    take(conn, app, region, bytes, &signed)
}

/// A file that somebody sent, if it may be taken, and the partner whose signature says so.
///
/// # Errors
/// `agreement.*`, `document.*` or `jws.*` with a path in the file, `agreements.not_a_party`, `agreements.stranger`, or a fault.
pub fn greet(conn: &mut Conn, app: &App, bytes: &[u8]) -> Result<(SignedAgreement, String), Error> {
    let signed = read(conn, app, bytes)?;
    if !signed.agreement().parties.contains(&app.region.code) {
        return Err(AgreementRefusal::NotAParty.at("agreement.parties").into());
    }
    let other = signed.parties().iter().find(|party| party.standing == Standing::Signed && party.region != app.region.code);
    let from = other.ok_or_else(|| AgreementRefusal::Stranger.at("signatures"))?.region.as_str().to_owned();
    Ok((signed, from))
}

/// Takes a file that a partner sent, and answers with what is here now.
///
/// # Errors
/// As [`greet`], and what keeping the agreement refuses.
pub fn exchange(conn: &mut Conn, app: &App, bytes: &[u8]) -> Result<SignedAgreement, Error> {
    db::bump(conn, "agreements")?;
    let (signed, from) = greet(conn, app, bytes)?;
    take(conn, app, &from, bytes, &signed)?;
    file(conn, app, &signed.digest())
}

fn take(conn: &mut Conn, app: &App, by: &str, bytes: &[u8], signed: &SignedAgreement) -> Result<Imported, Error> {
    let text = std::str::from_utf8(signed.bytes()).map_err(Fault::new)?;
    keep(conn, app, by, signed.agreement(), text).map_err(|error| within(error, "agreement"))?;
    let texts: Texts = serde_json::from_slice(bytes).map_err(Fault::new)?;
    let (mut signatures, mut notices, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    // Both are in the order of regions, and a party without a signature is missing.
    let said = signed.parties().iter().filter(|party| party.standing != Standing::Missing);
    for (n, (party, document)) in said.zip(&texts.signatures).enumerate() {
        let region = party.region.as_str();
        if let Some(fault) = rules::fault(party.standing, &format!("signatures[{n}]")) {
            refused.push((region.to_owned(), fault));
        } else if store::signature_of(conn, &signed.digest().to_string(), region)?.is_none() {
            add_signature(conn, app, by, &AgreementSignature::stored(document).map_err(Fault::new)?, document)?;
            signatures.push(region.to_owned());
        }
    }
    for (n, (given, document)) in signed.notices().iter().zip(&texts.notices).enumerate() {
        let (region, field) = (given.notice.region.as_str(), format!("notices[{n}]"));
        let here = store::notice_of(conn, &signed.digest().to_string(), region)?;
        let other = here.as_ref().is_some_and(|here| here != document).then(|| AgreementRefusal::NoticeGiven.at(&field));
        if let Some(fault) = rules::fault(given.standing, &field).or(other) {
            refused.push((region.to_owned(), fault));
        } else if here.is_none() {
            add_notice(conn, app, by, &given.notice, document)?;
            notices.push(region.to_owned());
        }
    }
    Ok(Imported { agreement: show(conn, app, &signed.digest())?, signatures, notices, refused })
}
