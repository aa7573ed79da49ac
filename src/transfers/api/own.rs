//! Transfers over HTTP, for the learner in person.

use actix_web::{HttpResponse, get, post, web};

use super::{TransfersQuery, begun, given_back, listed, quoted, shown, withdrawn};
use crate::app::App;
use crate::http::body::{Body, Query};
use crate::http::caller::Account;
use crate::http::idempotency::IdempotencyKey;
use crate::http::page::Page;
use crate::http::problem::{Document, Problem};
use crate::recognition;
use crate::transfers::draft::Input;
use crate::transfers::service::{self, Asker};
use crate::transfers::views::{DestinationList, Detail, View};

/// What the other region would make of the learner's credit.
#[utoipa::path(post, path = "/v1/account/transfers:quote", operation_id = "quote_account_transfer", tag = "account", security(("account" = [])), request_body = Input,
    responses((status = 200, description = "The decision; nothing is kept", body = recognition::Answer),
        (status = 404, description = "transfers.agreement, ledger.no_lot", body = Document),
        (status = 422, description = "transfers.learner, transfers.lots, ledger.other_region, document.*, ids.*", body = Document)))]
#[post("/v1/account/transfers:quote")]
pub async fn quote(app: web::Data<App>, account: Account, body: Body<Input>) -> Result<HttpResponse, Problem> {
    let own = account.learner.id;
    quoted(&app, Asker::Learner(own.clone()), &body.value, Some(&own)).await
}

/// Begins to move the learner's credit to another region.
#[utoipa::path(post, path = "/v1/account/transfers", operation_id = "create_account_transfer", tag = "account", security(("account" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A repeat gets the first answer")), request_body = Input,
    responses((status = 201, description = "In transit", body = Detail),
        (status = 404, description = "transfers.agreement, ledger.no_lot", body = Document),
        (status = 409, description = "transfers.checks with every check that is not met; ledger.exceeds_available, ledger.lot_expired, ledger.expires_before_answer", body = Document),
        (status = 422, description = "transfers.no_peer, transfers.learner, transfers.lots, transfer.stopped, transfer.expires_too_soon, ledger.other_region, document.*, ids.*", body = Document)))]
#[post("/v1/account/transfers")]
pub async fn propose(app: web::Data<App>, account: Account, key: IdempotencyKey, body: Body<Input>) -> Result<HttpResponse, Problem> {
    let wanted = body.value.read(Some(&account.learner.id))?;
    let ticket = key.own_ticket(&account.learner, &body.bytes);
    begun(&app, ticket, Asker::Learner(account.learner.id), wanted).await
}

/// The learner's transfers, in the order in which the region that asked began them.
#[utoipa::path(get, path = "/v1/account/transfers", operation_id = "list_account_transfers", tag = "account", security(("account" = [])), params(TransfersQuery),
    responses((status = 200, description = "A page", body = Page<View>), (status = 400, description = "http.query", body = Document)))]
#[get("/v1/account/transfers")]
pub async fn list(app: web::Data<App>, account: Account, query: Query<TransfersQuery>) -> Result<HttpResponse, Problem> {
    let asked = query.0.read(Some(&account.learner.id))?;
    listed(&app, Asker::Learner(account.learner.id), asked).await
}

/// One transfer of the learner's, with the document that asks and the one that decides.
#[utoipa::path(get, path = "/v1/account/transfers/{id}", operation_id = "get_account_transfer", tag = "account", security(("account" = [])),
    params(("id" = String, Path, description = "Transfer id")),
    responses((status = 200, description = "The transfer", body = Detail), (status = 404, description = "transfers.not_found", body = Document)))]
#[get("/v1/account/transfers/{id}")]
pub async fn read(app: web::Data<App>, account: Account, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    shown(&app, Asker::Learner(account.learner.id), id.into_inner()).await
}

/// Withdraws what is in transit: the other region is asked to reject it. It may have been accepted already; only its DECISION says.
#[utoipa::path(post, path = "/v1/account/transfers/{id}/withdraw", operation_id = "withdraw_account_transfer", tag = "account", security(("account" = [])),
    params(("id" = String, Path, description = "Transfer id")),
    responses((status = 200, description = "Being withdrawn", body = Detail), (status = 404, description = "transfers.not_found", body = Document),
        (status = 409, description = "transfers.ended", body = Document)))]
#[post("/v1/account/transfers/{id}/withdraw")]
pub async fn withdraw(app: web::Data<App>, account: Account, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    withdrawn(&app, Asker::Learner(account.learner.id), id.into_inner()).await
}

/// Gives back what came to the learner with a transfer, whole.
#[utoipa::path(post, path = "/v1/account/transfers/{id}/return", operation_id = "return_account_transfer", tag = "account", security(("account" = [])),
    params(("id" = String, Path, description = "Id of the transfer that came"), ("Idempotency-Key" = Option<String>, Header, description = "A repeat gets the first answer")),
    responses((status = 201, description = "On its way back, as a transfer of its own", body = Detail),
        (status = 404, description = "transfers.not_found", body = Document),
        (status = 409, description = "transfers.not_accepted, ledger.exceeds_available, ledger.lot_expired, ledger.expires_before_answer", body = Document),
        (status = 422, description = "transfers.no_peer, transfer.stopped", body = Document)))]
#[post("/v1/account/transfers/{id}/return")]
pub async fn give_back(app: web::Data<App>, account: Account, id: web::Path<String>, key: IdempotencyKey) -> Result<HttpResponse, Problem> {
    let ticket = key.own_ticket(&account.learner, b"");
    given_back(&app, ticket, Asker::Learner(account.learner.id), id.into_inner()).await
}

/// The pinned regions, and of each the grants in force by which credit of this region can move there. Whether a lot does, a quote says.
#[utoipa::path(get, path = "/v1/account/destinations", operation_id = "list_account_destinations", tag = "account", security(("account" = [])),
    responses((status = 200, description = "By region; grants in the order of agreements", body = DestinationList)))]
#[get("/v1/account/destinations")]
pub async fn destinations(app: web::Data<App>, _account: Account) -> Result<HttpResponse, Problem> {
    let (bundles, this) = (app.partners.current(&app).await, app.clone());
    let items = app.db.read(move |conn| service::destinations(conn, &this, &bundles)).await?;
    Ok(HttpResponse::Ok().json(DestinationList { items }))
}
