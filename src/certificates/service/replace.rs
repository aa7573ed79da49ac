//! Issuing in the place of other certificates, which become final in the same transaction: one, or rows of a batch.

use std::collections::BTreeMap;

use verifier::ids::CertificateNumber;

use super::issue::{Office, Order, Supply};
use super::known::Provider;
use super::{checked_reason, status, step, view, visible};
use crate::access::Caller;
use crate::app::App;
use crate::certificates::draft::Extra;
use crate::certificates::rules::{self, Step};
use crate::certificates::store::{self, Row};
use crate::certificates::{CertificateRefusal, View, credit};
use crate::db::{self, Bulk, Conn};
use crate::error::{Error, Fault, Refusal};

/// The certificate in whose place another one is issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaces {
    /// Its number.
    pub number: CertificateNumber,
    /// Why; 1 to 200 characters.
    pub reason: String,
}

/// Issues one in the place of certificate `old`, which becomes final in the same transaction.
///
/// # Errors
/// What is refused of any order, and `certificates.not_found`, `certificates.final`, `certificates.reason`, `certificates.other_provider`.
pub fn replace(conn: &mut Conn, app: &App, caller: &Caller, order: &Order, old: &str, reason: &str) -> Result<View, Error> {
    let reason = checked_reason(reason)?;
    let before = visible(conn, caller, old)?;
    rules::next(status(&before)?, Step::Replace)?;
    if !order.actor.is_of(conn, &before.provider_id)? {
        return Err(CertificateRefusal::OtherProvider.at("certificate.provider").into());
    }
    let order = on_its_basis(order, &before)?;
    let row = in_place(conn, app, &order, &before).map_err(in_certificate)?;
    step(conn, app, &before, Step::Replace, &reason, &order.actor.client, Some(&row.number))?;
    view(conn, app, row, Vec::new())
}

fn in_place(conn: &mut Conn, app: &App, order: &Order, old: &Row) -> Result<Row, Error> {
    let office = Office::open(conn, app, &[order])?;
    let provider = office.admit(order)?;
    let supply = Supply::take(conn, &office, std::iter::once(&provider), None)?;
    certified(conn, app, &office, &supply, order, &provider, old)
}

/// A refusal of the new certificate of a replacement: its fields are members of `certificate`.
fn in_certificate(error: Error) -> Error {
    match error {
        Error::Refusal(refusal) if !refusal.field.is_empty() => refusal.within("certificate").into(),
        other => other,
    }
}

/// What it was issued for stays what it was issued for.
fn on_its_basis(order: &Order, old: &Row) -> Result<Order, Fault> {
    let mut order = order.clone();
    order.draft.extra.basis = serde_json::from_str::<Extra>(&old.extra).map_err(Fault::new)?.basis;
    Ok(order)
}

fn certified(conn: &mut Conn, app: &App, office: &Office<'_>, supply: &Supply, order: &Order, provider: &Provider, old: &Row) -> Result<Row, Error> {
    let mut bulk = Bulk::default();
    let row = office.certify(&mut bulk, supply, order, provider, Some(old.id.clone()))?;
    bulk.write(conn)?;
    credit::mint_anew(conn, app, &order.actor.client, &order.draft, &row, old)?;
    Ok(row)
}

/// Of each order whether it may take the place of the certificate that its row names, as things are now; nothing is asked where no row names one.
///
/// # Errors
/// A fault.
pub fn may_replace(conn: &mut Conn, orders: &[&Order]) -> Result<Vec<Result<(), Refusal>>, Error> {
    let numbers = numbers(orders);
    let found = if numbers.is_empty() { Vec::new() } else { store::numbered(conn, &numbers)? };
    let found = by_number(found);
    let may = |order: &&Order| if order.replaces().is_some() { Ok(named(&found, order)?.map(drop)) } else { Ok(Ok(())) };
    orders.iter().map(may).collect()
}

/// Issues each row of a batch in the place of the certificate that it names, inside the caller's transaction, at places in status lists that were kept for
/// them: as many as there are orders, or more. Of each order whether it was; one that is refused takes nothing of the others.
///
/// # Errors
/// A fault, with which nothing may be kept.
pub fn replace_at(conn: &mut Conn, app: &App, orders: &[&Order], places: Option<Vec<(i64, i64)>>) -> Result<Vec<Result<(), Refusal>>, Error> {
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    let found = by_number(store::keep_numbered(conn, &numbers(orders))?);
    let office = Office::open(conn, app, orders)?;
    let mut accepted = Vec::with_capacity(orders.len());
    for order in orders {
        accepted.push(match named(&found, order)? {
            Ok(old) => office.admit(order).map(|provider| (provider, old)),
            Err(refusal) => Err(refusal),
        });
    }
    let mut supply = Supply::take(conn, &office, accepted.iter().flatten().map(|(provider, _)| provider), places)?;
    let mut done = Vec::with_capacity(orders.len());
    for (order, accepted) in orders.iter().zip(accepted) {
        done.push(match accepted {
            Ok((provider, (old, reason))) => {
                let order = on_its_basis(order, old)?;
                let replaced = db::apart(conn, |conn| {
                    let row = certified(conn, app, &office, &supply, &order, &provider, old)?;
                    step(conn, app, old, Step::Replace, reason, &order.actor.client, Some(&row.number))
                });
                match replaced {
                    Ok(()) => {
                        supply.used(&provider.id);
                        Ok(())
                    }
                    Err(Error::Refusal(refusal)) => Err(refusal),
                    Err(fault) => return Err(fault),
                }
            }
            Err(refusal) => Err(refusal),
        });
    }
    Ok(done)
}

/// The numbers that orders replace.
fn numbers<'a>(orders: &[&'a Order]) -> Vec<&'a str> {
    orders.iter().filter_map(|order| order.replaces()).map(|old| old.number.as_str()).collect()
}

fn by_number(rows: Vec<Row>) -> BTreeMap<String, Row> {
    rows.into_iter().map(|row| (row.number.clone(), row)).collect()
}

/// The certificate that an order replaces, which is its provider's and may be replaced, and why.
fn named<'a>(found: &'a BTreeMap<String, Row>, order: &'a Order) -> Result<Result<(&'a Row, &'a str), Refusal>, Error> {
    let Some(Replaces { number, reason }) = order.replaces() else { return Ok(Err(CertificateRefusal::NotFound.at("replaces"))) };
    let Some(old) = found.get(number.as_str()).filter(|old| old.provider_id == order.actor.provider) else {
        return Ok(Err(CertificateRefusal::NotFound.at("replaces").got(number.to_string())));
    };
    Ok(match rules::next(status(old)?, Step::Replace) {
        Ok(_) => Ok((old, reason.as_str())),
        Err(refused) => Err(refused.at("replaces").got(number.to_string())),
    })
}
