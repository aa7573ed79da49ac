//! Comparing what was decided, over HTTP, for operators and for other registries; and what operators do when something does not go on by itself.

use actix_web::{HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use verifier::documents::TransferId;
use verifier::ids::RegionCode;
use verifier::time::Day;

use super::at_once;
use crate::app::App;
use crate::db::Conn;
use crate::http::body::Body;
use crate::http::caller::{Permit, Public, WritePartners};
use crate::http::idempotency::{Answer, IdempotencyKey, once};
use crate::http::problem::{Document, Problem};
use crate::messages::from_verifier;
use crate::transfers::compare::Reconciliation;
use crate::transfers::service::Asker;
use crate::transfers::views::{ChannelView, Detail};
use crate::transfers::{CARRIED_MAX, service};

/// A STATEMENT, and from where on its reader wants to see what was decided.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TransferLinesAsk)]
pub struct LinesAsk {
    /// The STATEMENT of the region that asks, a compact JWS of the last hour.
    message: String,
    /// `next` of the page before.
    after: Option<String>,
}

/// What was decided between two regions.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TransferLines)]
pub struct LinesPage {
    /// `JTI DIGEST AMOUNT`, a line each: transfer, digest of its DECISION, hundredths that were offered or 0.
    #[schema(max_items = 2000)]
    lines: Vec<String>,
    /// After which the next page begins; absent of the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// For other registries: what was decided until the day of a STATEMENT that a pinned partner has signed for this region. The roots of the own STATEMENT,
/// which `/peer/messages` answers, are those over these lines.
#[utoipa::path(post, path = "/peer/lines", operation_id = "list_transfer_lines", tag = "transfers", security(()), request_body = LinesAsk,
    responses((status = 200, description = "A page, in the order of the transfers", body = LinesPage),
        (status = 422, description = "transfer.*, document.* or jws.* with the member to blame, transfers.kind, transfers.stale", body = Document)))]
#[post("/peer/lines")]
pub async fn lines(app: web::Data<App>, _public: Public, body: Body<LinesAsk, CARRIED_MAX>) -> Result<HttpResponse, Problem> {
    let LinesAsk { message, after } = body.value;
    let after = after.as_deref().map(TransferId::parse).transpose().map_err(|e| from_verifier("after", e.code()))?;
    let (lines, next) = service::page(&app, message, after).await?;
    Ok(HttpResponse::Ok().json(LinesPage { lines, next }))
}

/// A RESYNC, and the page that is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TransferHandoverAsk)]
pub struct HandoverAsk {
    /// The RESYNC, a compact JWS.
    message: String,
    /// `next` of the page before; with it no new HANDOVER is signed.
    after: Option<String>,
}

/// A page of what is handed over.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TransferHandoverPage)]
pub struct HandoverPage {
    /// The HANDOVER, which names all messages of all pages; with the first page.
    #[serde(skip_serializing_if = "Option::is_none")]
    handover: Option<String>,
    /// Messages, compact JWS.
    messages: Vec<String>,
    /// What to pass as `after`; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// For other registries that were restored from a backup: with a RESYNC that a pinned partner has signed for this region, every message between the two.
#[utoipa::path(post, path = "/peer/handover", operation_id = "hand_over", tag = "transfers", security(()), request_body = HandoverAsk,
    responses((status = 200, description = "A page, in the order in which the messages came to be known", body = HandoverPage),
        (status = 422, description = "transfer.*, document.* or jws.* with the member to blame, transfers.kind", body = Document)))]
#[post("/peer/handover")]
pub async fn hand_over(app: web::Data<App>, _public: Public, body: Body<HandoverAsk, CARRIED_MAX>) -> Result<HttpResponse, Problem> {
    let HandoverAsk { message, after } = body.value;
    let page = service::handover_page(&app, message, after).await?;
    Ok(HttpResponse::Ok().json(HandoverPage { handover: page.handover, messages: page.messages, next: page.next }))
}

/// Until when.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReconcileInput {
    /// The last day of the decisions that are compared; yesterday when absent.
    #[schema(example = "2026-10-31")]
    through: Option<String>,
}

/// Compares what was decided with another region. What one of the two has lost and the other holds is exchanged, at most 1,000 messages; what differs after
/// that is named.
#[utoipa::path(post, path = "/v1/peers/{region}/reconcile", operation_id = "reconcile_peer", tag = "transfers", security(("oauth" = ["partners:write"])),
    params(("region" = String, Path, description = "Region code")), request_body = ReconcileInput,
    responses((status = 200, description = "What both regions state, and every difference", body = Reconciliation),
        (status = 422, description = "transfers.no_peer, transfers.through, transfers.lines, transfer.*, partners.*, ids.*, time.*", body = Document)))]
#[post("/v1/peers/{region}/reconcile")]
pub async fn reconcile(
    app: web::Data<App>,
    _: Permit<WritePartners>,
    region: web::Path<String>,
    body: Body<ReconcileInput>,
) -> Result<HttpResponse, Problem> {
    let region = RegionCode::parse(&region).map_err(|e| from_verifier("region", e.code()))?;
    let through = body.value.through.as_deref().map(Day::parse).transpose().map_err(|e| from_verifier("through", e.code()))?;
    Ok(HttpResponse::Ok().json(service::reconcile(&app, &region, through).await?))
}

/// Why a channel goes on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReopenInput {
    /// 1 to 200 characters; kept as evidence.
    #[schema(example = "江苏来函说明：系统误签两份要约，第二份作废")]
    reason: String,
}

/// Opens a channel that an alarm has stopped, because people have looked. What waits for the region is put at once.
#[utoipa::path(post, path = "/v1/peers/{region}/reopen", operation_id = "reopen_peer", tag = "transfers", security(("oauth" = ["partners:write"])),
    params(("region" = String, Path, description = "Region code"), ("Idempotency-Key" = Option<String>, Header, description = "A repeat gets the first answer")),
    request_body = ReopenInput,
    responses((status = 200, description = "The channel, open", body = ChannelView), (status = 404, description = "transfers.no_channel", body = Document),
        (status = 409, description = "transfers.not_stopped", body = Document), (status = 422, description = "transfers.reason, ids.*", body = Document)))]
#[post("/v1/peers/{region}/reopen")]
pub async fn reopen(
    app: web::Data<App>,
    permit: Permit<WritePartners>,
    region: web::Path<String>,
    key: IdempotencyKey,
    body: Body<ReopenInput>,
) -> Result<HttpResponse, Problem> {
    let region = RegionCode::parse(&region).map_err(|e| from_verifier("region", e.code()))?;
    let (ticket, this, by) = (key.ticket(&permit.caller, &body.bytes), app.clone(), permit.caller.client_id);
    let reason = body.value.reason;
    let open = move |conn: &mut Conn| Ok(Answer::json(200, &service::reopen(conn, &this, &by, &region, &reason)?)?);
    at_once(&app, once(&app, ticket, open).await)
}

/// Puts a transfer again at once, as if for the first time: one that was set aside, or that waits for its next try.
#[utoipa::path(post, path = "/v1/transfers/{id}/retry", operation_id = "retry_transfer", tag = "transfers", security(("oauth" = ["partners:write"])),
    params(("id" = String, Path, description = "Transfer id")),
    responses((status = 200, description = "The transfer, due now", body = Detail), (status = 404, description = "transfers.not_found", body = Document),
        (status = 409, description = "transfers.ended", body = Document)))]
#[post("/v1/transfers/{id}/retry")]
pub async fn retry(app: web::Data<App>, permit: Permit<WritePartners>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (this, asker, id) = (app.clone(), Asker::Client(permit.caller), id.into_inner());
    let done = app.db.write(move |conn| {
        let row = service::find(conn, &asker, &id)?;
        service::retry(conn, &this, &row)?;
        service::show(conn, &asker, &id)
    });
    at_once(&app, Ok(HttpResponse::Ok().json(done.await?)))
}
