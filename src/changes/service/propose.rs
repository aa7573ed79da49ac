//! Saying which certificates are to take a step: they are fixed from then on.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use verifier::documents::Digest;

use super::super::store::{self, Chunk, Row};
use super::super::{CERTIFICATES_MAX, CHUNK, ChangeRefusal, NUMBERS_MAX, SAMPLE};
use crate::access::Caller;
use crate::app::App;
use crate::certificates::rules::{Status, Step, next};
use crate::certificates::store::Filter;
use crate::certificates::{self, Actor, CertificateRefusal};
use crate::db::{Bulk, Conn};
use crate::error::{Error, Fault};
use crate::learners::rules::is_reason;
use crate::{batches, providers};

/// Which certificates.
#[derive(Clone, Debug)]
pub enum Source {
    /// All of a batch.
    Batch(String),
    /// Those of these numbers.
    Numbers(Vec<String>),
    /// Those that are like this; as the caller wrote it.
    Filter(Box<Filter>, Value),
}

/// What somebody wants done.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The step: suspend, reinstate or revoke.
    pub step: Step,
    /// Why.
    pub reason: String,
    /// Which certificates.
    pub source: Source,
}

/// Fixes the certificates that could take the step now. Nothing is done to them before somebody has approved it.
///
/// # Errors
/// `changes.*`, `batches.not_found`, `certificates.provider`, or a fault.
pub fn propose(conn: &mut Conn, app: &App, caller: &Caller, actor: &Actor, wanted: &Wanted) -> Result<Row, Error> {
    if !is_reason(&wanted.reason) {
        return Err(ChangeRefusal::Reason.at("reason").into());
    }
    let provider = providers::store::find(conn, &actor.provider)?.ok_or_else(|| CertificateRefusal::Provider.at("provider"))?.id;
    let able = Status::ALL.into_iter().filter(|status| next(*status, wanted.step).is_ok()).map(Status::as_str).collect::<Vec<_>>();
    let (filter, source) = match &wanted.source {
        Source::Batch(id) => (Filter { batch: Some(batches::find(conn, caller, id)?.id), ..Filter::default() }, json!({"batch": id})),
        Source::Numbers(numbers) => (numbered(conn, &provider, numbers)?, json!({"numbers": numbers.len()})),
        Source::Filter(filter, written) => ((**filter).clone(), json!({"filter": written})),
    };
    let filter = Filter { provider: Some(provider.clone()), ..filter };
    let found = certificates::named(conn, &filter, &able, CERTIFICATES_MAX + 1)?;
    if found.is_empty() {
        return Err(ChangeRefusal::Nothing.at("").into());
    }
    if found.len() > CERTIFICATES_MAX {
        return Err(ChangeRefusal::TooMany.at("").into());
    }
    let numbers: String = found.iter().map(|(_, number)| format!("{number}\n")).collect();
    let sample: Vec<&str> = found.iter().take(SAMPLE).map(|(_, number)| number.as_str()).collect();
    let row = Row {
        id: app.edge.id("chg"),
        provider_id: provider,
        step: word(wanted.step).to_owned(),
        reason: wanted.reason.clone(),
        source: source.to_string(),
        state: "proposed".to_owned(),
        total: i64::try_from(found.len()).map_err(Fault::new)?,
        done: 0,
        refused: 0,
        chunk: 0,
        chunks: i64::try_from(found.len().div_ceil(CHUNK)).map_err(Fault::new)?,
        sample: serde_json::to_string(&sample).map_err(Fault::new)?,
        digest: Digest::of(&numbers).to_string(),
        effect: "[]".to_owned(),
        created_at: app.edge.now(),
        created_by: caller.client_id.clone(),
        approved_at: None,
        approved_by: None,
        started_at: None,
        finished_at: None,
        lease: String::new(),
        leased_until: 0,
    };
    store::insert(conn, &row)?;
    let mut bulk = Bulk::default();
    for (n, part) in (0..).zip(found.chunks(CHUNK)) {
        let ids: Vec<&str> = part.iter().map(|(id, _)| id.as_str()).collect();
        bulk.add(Chunk { change_id: row.id.clone(), n, ids: serde_json::to_string(&ids).map_err(Fault::new)? });
    }
    bulk.write(conn)?;
    Ok(row)
}

/// The filter for these numbers, all of which the provider has.
fn numbered(conn: &mut Conn, provider: &str, numbers: &[String]) -> Result<Filter, Error> {
    let wrong = |got: String| Error::from(ChangeRefusal::Numbers.at("numbers").got(got));
    if !(1..=NUMBERS_MAX).contains(&numbers.len()) {
        return Err(wrong(format!("{} numbers", numbers.len())));
    }
    let mut seen = BTreeSet::new();
    if let Some((at, _)) = numbers.iter().enumerate().find(|(_, number)| !seen.insert(number.as_str())) {
        return Err(wrong(format!("entry {at} stands twice")));
    }
    let filter = Filter { provider: Some(provider.to_owned()), numbers: Some(numbers.to_vec()), ..Filter::default() };
    let every = Status::ALL.map(Status::as_str);
    let found: BTreeSet<String> = certificates::named(conn, &filter, &every, NUMBERS_MAX)?.into_iter().map(|(_, number)| number).collect();
    match numbers.iter().position(|number| !found.contains(number)) {
        Some(at) => Err(wrong(format!("entry {at} is no certificate of this provider; {} are not", numbers.len() - found.len()))),
        None => Ok(filter),
    }
}

/// What a step is called where it is asked for.
pub(super) fn word(step: Step) -> &'static str {
    match step {
        Step::Suspend => "suspend",
        Step::Reinstate => "reinstate",
        Step::Revoke => "revoke",
        Step::Replace => "replace",
    }
}
