//! Transfers over HTTP: for bodies and operators, and for other registries.

pub mod own;
pub mod peer;

use actix_web::{HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use verifier::ids::RegionCode;

use super::draft::Input;
use super::service::{self, Asker};
use super::store::Filter;
use super::views::{ChannelList, Detail, View};
use super::{CARRIED_MAX, Taken};
use crate::access::Role;
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Refusal};
use crate::http::body::{Body, Query};
use crate::http::caller::{MoveCredit, Permit, Public, ReadPartners};
use crate::http::idempotency::{Answer, IdempotencyKey, once};
use crate::http::page::{self, Page};
use crate::http::problem::{Document, HttpRefusal, Problem};
use crate::recognition;

/// States that a list may ask for.
const STATES: [&str; 5] = ["reserved", "settled", "returned", "accepted", "rejected"];

/// A message about a transfer, `docs/formats/transfer.md`.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TransferMessage)]
pub struct Carried {
    /// Compact JWS of at most 65,536 bytes.
    pub message: String,
}

/// What there is to say to a message without an answer.
#[derive(Serialize, ToSchema)]
#[schema(as = TransferNoAnswer)]
pub struct NoAnswer {}

/// For other registries: takes a message about a transfer that a pinned partner has signed for this region, and answers with the DECISION.
#[utoipa::path(post, path = "/peer/messages", operation_id = "take_transfer_message", tag = "transfers", security(()), request_body = Carried,
    responses((status = 200, description = "The DECISION, of a STATEMENT the own one; of a DECISION nothing, it was taken", body = Carried),
        (status = 202, description = "It cannot be decided yet; to be sent again", body = NoAnswer),
        (status = 409, description = "transfers.contradiction: the channel is stopped", body = Document),
        (status = 422, description = "transfer.*, document.* or jws.* with the member to blame, transfers.kind, transfers.stale", body = Document)))]
#[post("/peer/messages")]
pub async fn take(app: web::Data<App>, _public: Public, body: Body<Carried, CARRIED_MAX>) -> Result<HttpResponse, Problem> {
    match service::take(&app, body.value.message).await? {
        Taken::Answer(message) => Ok(HttpResponse::Ok().json(Carried { message })),
        Taken::Done => Ok(HttpResponse::Ok().json(NoAnswer {})),
        Taken::Later | Taken::Expects(_) => Ok(HttpResponse::Accepted().json(NoAnswer {})),
        Taken::Alarm(refusal) => Err(refusal.into()),
    }
}

/// Which transfers.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TransfersQuery {
    /// Id of the learner's account; a body must say. Not under `/v1/account`.
    learner: Option<String>,
    /// The other region.
    peer: Option<String>,
    /// `reserved`, `settled`, `returned`, `accepted` or `rejected`.
    state: Option<String>,
    /// Rows of a page, 1 to 200; 50 when absent.
    limit: Option<i64>,
    /// `next` of the page before.
    after: Option<String>,
}

impl TransfersQuery {
    /// The filter, limit and cursor; of `own`, where a learner is signed in.
    fn read(self, own: Option<&str>) -> Result<(Filter, i64, Option<String>), Refusal> {
        if own.is_some() && self.learner.is_some() {
            return Err(HttpRefusal::Query.at("learner"));
        }
        if let Some(peer) = &self.peer {
            RegionCode::parse(peer).map_err(|_| HttpRefusal::Query.at("peer"))?;
        }
        if self.state.as_deref().is_some_and(|state| !STATES.contains(&state)) {
            return Err(HttpRefusal::Query.at("state"));
        }
        let (limit, after) = (page::limit(self.limit)?, page::after(self.after.as_deref())?);
        let learner = self.learner.or_else(|| own.map(str::to_owned));
        Ok((Filter { family: learner.map(|learner| vec![learner]), peer: self.peer, state: self.state }, limit, after))
    }
}

/// What the other region would make of it, as far as this one knows: whether it recognises it, check by check, and what it would book.
#[utoipa::path(post, path = "/v1/transfers:quote", operation_id = "quote_transfer", tag = "transfers", security(("oauth" = ["credit:move"])), request_body = Input,
    responses((status = 200, description = "The decision; nothing is kept", body = recognition::Answer),
        (status = 404, description = "learners.not_found, transfers.agreement, ledger.no_lot", body = Document),
        (status = 409, description = "learners.closed", body = Document),
        (status = 422, description = "transfers.learner, transfers.lots, ledger.other_region, document.*, ids.*", body = Document)))]
#[post("/v1/transfers:quote")]
pub async fn quote(app: web::Data<App>, permit: Permit<MoveCredit>, body: Body<Input>) -> Result<HttpResponse, Problem> {
    quoted(&app, Asker::Client(permit.caller), &body.value, None).await
}

async fn quoted(app: &App, asker: Asker, input: &Input, own: Option<&str>) -> Result<HttpResponse, Problem> {
    let (wanted, bundles, this) = (input.read(own)?, app.partners.current(app).await, app.clone());
    let answer = app.db.write(move |conn| {
        let learner = service::account(conn, &this, &asker, &wanted.learner)?;
        service::quoted(conn, &this, &bundles, &learner, &wanted)
    });
    Ok(HttpResponse::Ok().json(answer.await?))
}

/// Begins to move credit: holds it and offers it to the other region, which is asked until it has decided.
#[utoipa::path(post, path = "/v1/transfers", operation_id = "create_transfer", tag = "transfers", security(("oauth" = ["credit:move"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A repeat gets the first answer")), request_body = Input,
    responses((status = 201, description = "In transit", body = Detail),
        (status = 404, description = "learners.not_found, transfers.agreement, ledger.no_lot", body = Document),
        (status = 409, description = "transfers.checks with every check that is not met; learners.closed, ledger.exceeds_available, ledger.lot_expired, ledger.expires_before_answer", body = Document),
        (status = 422, description = "transfers.no_peer, transfers.learner, transfers.lots, transfer.stopped, transfer.expires_too_soon, ledger.other_region, document.*, ids.*", body = Document)))]
#[post("/v1/transfers")]
pub async fn propose(app: web::Data<App>, permit: Permit<MoveCredit>, key: IdempotencyKey, body: Body<Input>) -> Result<HttpResponse, Problem> {
    let (wanted, ticket) = (body.value.read(None)?, key.ticket(&permit.caller, &body.bytes));
    let (asker, bundles, this) = (Asker::Client(permit.caller), app.partners.current(&app).await, app.clone());
    let begin = move |conn: &mut Conn| {
        let learner = service::account(conn, &this, &asker, &wanted.learner)?;
        let id = service::propose(conn, &this, &bundles, asker.name(), &learner, &wanted)?;
        Ok(Answer::json(201, &service::show(conn, &asker, &id)?)?)
    };
    once(&app, ticket, begin).await
}

/// Transfers, in the order in which the region that asked began them.
#[utoipa::path(get, path = "/v1/transfers", operation_id = "list_transfers", tag = "transfers", security(("oauth" = ["credit:move"])), params(TransfersQuery),
    responses((status = 200, description = "A page", body = Page<View>), (status = 400, description = "http.query", body = Document),
        (status = 404, description = "learners.not_found", body = Document)))]
#[get("/v1/transfers")]
pub async fn list(app: web::Data<App>, permit: Permit<MoveCredit>, query: Query<TransfersQuery>) -> Result<HttpResponse, Problem> {
    let filter = query.0.read(None)?;
    if filter.0.family.is_none() && permit.caller.role != Role::Operator {
        return Err(HttpRefusal::Query.at("learner").into());
    }
    listed(&app, Asker::Client(permit.caller), filter).await
}

async fn listed(app: &App, asker: Asker, asked: (Filter, i64, Option<String>)) -> Result<HttpResponse, Problem> {
    let ((filter, limit, after), this) = (asked, app.clone());
    let page = app.db.write(move |conn| service::list(conn, &this, &asker, &filter, after.as_deref(), limit));
    Ok(HttpResponse::Ok().json(page.await?))
}

/// One transfer, with the document that asks and the one that decides.
#[utoipa::path(get, path = "/v1/transfers/{id}", operation_id = "get_transfer", tag = "transfers", security(("oauth" = ["credit:move"])),
    params(("id" = String, Path, description = "Transfer id")),
    responses((status = 200, description = "The transfer", body = Detail), (status = 404, description = "transfers.not_found", body = Document)))]
#[get("/v1/transfers/{id}")]
pub async fn read(app: web::Data<App>, permit: Permit<MoveCredit>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    shown(&app, Asker::Client(permit.caller), id.into_inner()).await
}

async fn shown(app: &App, asker: Asker, id: String) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(app.db.read(move |conn| service::show(conn, &asker, &id)).await?))
}

/// Withdraws what is in transit: the other region is asked to reject it. It may have been accepted already; only its DECISION says.
#[utoipa::path(post, path = "/v1/transfers/{id}/withdraw", operation_id = "withdraw_transfer", tag = "transfers", security(("oauth" = ["credit:move"])),
    params(("id" = String, Path, description = "Transfer id")),
    responses((status = 200, description = "Being withdrawn", body = Detail), (status = 404, description = "transfers.not_found", body = Document),
        (status = 409, description = "transfers.ended", body = Document)))]
#[post("/v1/transfers/{id}/withdraw")]
pub async fn withdraw(app: web::Data<App>, permit: Permit<MoveCredit>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    withdrawn(&app, Asker::Client(permit.caller), id.into_inner()).await
}

async fn withdrawn(app: &App, asker: Asker, id: String) -> Result<HttpResponse, Problem> {
    let this = app.clone();
    let done = app.db.write(move |conn| {
        let row = service::find(conn, &asker, &id)?;
        service::withdraw(conn, &this, &row)?;
        service::show(conn, &asker, &id)
    });
    Ok(HttpResponse::Ok().json(done.await?))
}

/// Gives back what came with a transfer, whole: it is held here, and goes back when the region that sent it has taken it back.
#[utoipa::path(post, path = "/v1/transfers/{id}/return", operation_id = "return_transfer", tag = "transfers", security(("oauth" = ["credit:move"])),
    params(("id" = String, Path, description = "Id of the transfer that came"), ("Idempotency-Key" = Option<String>, Header, description = "A repeat gets the first answer")),
    responses((status = 201, description = "On its way back, as a transfer of its own", body = Detail),
        (status = 404, description = "transfers.not_found", body = Document),
        (status = 409, description = "transfers.not_accepted, ledger.exceeds_available, ledger.lot_expired, ledger.expires_before_answer", body = Document),
        (status = 422, description = "transfers.no_peer, transfer.stopped", body = Document)))]
#[post("/v1/transfers/{id}/return")]
pub async fn give_back(app: web::Data<App>, permit: Permit<MoveCredit>, id: web::Path<String>, key: IdempotencyKey) -> Result<HttpResponse, Problem> {
    let (ticket, this, id) = (key.ticket(&permit.caller, b""), app.clone(), id.into_inner());
    let asker = Asker::Client(permit.caller);
    once(&app, ticket, move |conn| Ok(Answer::json(201, &given_back(conn, &this, &asker, &id)?)?)).await
}

fn given_back(conn: &mut Conn, app: &App, asker: &Asker, id: &str) -> Result<Detail, Error> {
    let original = service::find(conn, asker, id)?;
    let back = service::give_back(conn, app, asker.name(), &original)?;
    service::show(conn, asker, &back)
}

/// The channels to other regions: what was sent, what waits, and whether one was stopped.
#[utoipa::path(get, path = "/v1/peers", operation_id = "list_peers", tag = "transfers", security(("oauth" = ["partners:read"])),
    responses((status = 200, description = "All of them", body = ChannelList)))]
#[get("/v1/peers")]
pub async fn channels(app: web::Data<App>, _: Permit<ReadPartners>) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(ChannelList { items: app.db.read(service::channels).await? }))
}
