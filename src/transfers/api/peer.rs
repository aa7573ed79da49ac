//! Comparing what was decided, over HTTP: for operators, and for other registries.

use actix_web::{HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use verifier::documents::TransferId;
use verifier::ids::RegionCode;
use verifier::time::Day;

use crate::app::App;
use crate::http::body::Body;
use crate::http::caller::{Permit, Public, WritePartners};
use crate::http::problem::{Document, Problem};
use crate::messages::from_verifier;
use crate::transfers::compare::Reconciliation;
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
