//! Recognition over HTTP.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use verifier::documents::Digest;
use verifier::ids::RegionCode;
use verifier::time::Day;

use super::{Answer, COVERAGE_SECONDS, CoverageView, Input, Kept, ListingView, RecognisedView, RecognitionRefusal, WaiverInput, WaiverView, service};
use crate::access::Scope;
use crate::app::App;
use crate::error::Fault;
use crate::http::body::{Body, Query};
use crate::http::cache;
use crate::http::caller::{Permit, Public, ReadRecognition, WriteRecognition};
use crate::http::idempotency::{self, IdempotencyKey, once};
use crate::http::page::{self, Page};
use crate::http::problem::{Document, HttpRefusal, Problem};
use crate::recognition::service::Wanted;

/// Most bytes of a request with questions.
const CASES_BYTES: usize = 1024 * 1024;
/// Seconds for which anybody may keep where a body is recognised.
const MAX_AGE: u32 = 60;
/// Longest text that is searched for, in characters.
const Q_MAX: usize = 64;
/// Longest name of a case that is looked for: a digest.
const CASE_MAX: usize = 71;

/// Answers in the order of the questions.
#[derive(Serialize, ToSchema)]
pub struct RecognitionAnswers {
    /// One a question.
    answers: Vec<Answer>,
}

/// Says of up to 100 certificates, offers of credit and bodies whether a region recognises them, by which grant, and why.
#[utoipa::path(post, path = "/v1/recognition:evaluate", operation_id = "evaluate_recognition", tag = "recognition",
    security(("oauth" = ["recognition:read"])), request_body = Input,
    responses((status = 200, description = "An answer to each question", body = RecognitionAnswers),
        (status = 404, description = "recognition.no_certificate, recognition.no_agreement, recognition.no_grant", body = Document),
        (status = 409, description = "recognition.not_in_force", body = Document),
        (status = 422, description = "recognition.cases, recognition.case, recognition.lots, recognition.too_long, document.*, ids.*, time.*", body = Document)))]
#[post("/v1/recognition:evaluate")]
pub async fn evaluate(app: web::Data<App>, permit: Permit<ReadRecognition>, body: Body<Input, CASES_BYTES>) -> Result<HttpResponse, Problem> {
    let (asked, keep) = (body.value.read()?, body.value.keep);
    if keep {
        permit.also(Scope::RecognitionWrite)?;
    }
    let (bundles, this) = (app.partners.current(&app).await, app.clone());
    let answers = if keep {
        app.db.write(move |conn| service::evaluate(conn, &this, &permit.caller, &bundles, &asked, true)).await?
    } else {
        app.db.read(move |conn| service::evaluate(conn, &this, &permit.caller, &bundles, &asked, false)).await?
    };
    Ok(HttpResponse::Ok().json(RecognitionAnswers { answers }))
}

/// A decision that was kept, with what it was made from.
#[utoipa::path(get, path = "/v1/recognition/{digest}", operation_id = "get_recognition", tag = "recognition", security(("oauth" = ["recognition:read"])),
    params(("digest" = String, Path, description = "`sha256:` and 64 digits of hex: the digest of the decision's bytes")),
    responses((status = 200, description = "The decision", body = Kept), (status = 404, description = "recognition.no_decision", body = Document)))]
#[get("/v1/recognition/{digest}")]
pub async fn read(app: web::Data<App>, _: Permit<ReadRecognition>, digest: web::Path<String>) -> Result<HttpResponse, Problem> {
    let digest = Digest::parse(&digest).map_err(|_| RecognitionRefusal::NoDecision.at("digest"))?;
    Ok(HttpResponse::Ok().json(app.db.read(move |conn| service::kept(conn, &digest)).await?))
}

/// Waives checks of a grant for one case: this region recognises it all the same, from a day to a day. Signed for good.
#[utoipa::path(post, path = "/v1/waivers", operation_id = "create_waiver", tag = "recognition", security(("oauth" = ["recognition:write"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A repeat gets the first answer")), request_body = WaiverInput,
    responses((status = 201, description = "Signed", body = WaiverView),
        (status = 404, description = "recognition.no_agreement, recognition.no_grant", body = Document),
        (status = 422, description = "recognition.not_ours, document.*, time.*", body = Document)))]
#[post("/v1/waivers")]
pub async fn waive(
    app: web::Data<App>,
    permit: Permit<WriteRecognition>,
    key: IdempotencyKey,
    body: Body<WaiverInput>,
) -> Result<HttpResponse, Problem> {
    let (ticket, this, input) = (key.ticket(&permit.caller, &body.bytes), app.clone(), body.value);
    once(&app, ticket, move |conn| Ok(idempotency::Answer::json(201, &service::waive(conn, &this, &permit.caller, &input)?)?)).await
}

/// Which waivers.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WaiversQuery {
    /// A certificate's number, the digest of a lot's basis, or a provider's code.
    #[param(example = "HF3200002026K7Q2M9X4TB4")]
    case: Option<String>,
    /// 1 to 200; 50 by default.
    #[param(example = 50)]
    limit: Option<i64>,
    /// Cursor of the page before.
    after: Option<String>,
}

/// Waivers in order of signing.
#[utoipa::path(get, path = "/v1/waivers", operation_id = "list_waivers", tag = "recognition", security(("oauth" = ["recognition:read"])), params(WaiversQuery),
    responses((status = 200, description = "A page", body = Page<WaiverView>), (status = 400, description = "http.query", body = Document)))]
#[get("/v1/waivers")]
pub async fn waivers(app: web::Data<App>, _: Permit<ReadRecognition>, query: Query<WaiversQuery>) -> Result<HttpResponse, Problem> {
    let WaiversQuery { case, limit, after } = query.0;
    if case.as_ref().is_some_and(|case| case.is_empty() || case.len() > CASE_MAX || case.contains('\0')) {
        return Err(HttpRefusal::Query.at("case").into());
    }
    let (limit, after) = (page::limit(limit)?, page::after(after.as_deref())?);
    Ok(HttpResponse::Ok().json(app.db.read(move |conn| service::list(conn, case.as_deref(), after.as_deref(), limit)).await?))
}

/// Where and when a body is looked at.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListingQuery {
    /// The region that is to recognise; absent: of a body of this region every party of its agreements, of another one this region.
    #[param(example = "320000")]
    place: Option<String>,
    /// The day in question, `YYYY-MM-DD`; absent: today.
    #[param(example = "2026-11-22")]
    day: Option<String>,
}

/// Where a body may work besides the region that lists it: by which grant, since when, and for what. Of bodies of this region and of those in the
/// bundles of the other parties.
#[utoipa::path(get, path = "/v1/providers/{id}/recognition", operation_id = "get_provider_recognition", tag = "recognition", security(()),
    params(("id" = String, Path, description = "Id or unified social credit code"), ListingQuery),
    responses((status = 200, description = "Each place; public for a minute, with an ETag", body = ListingView),
        (status = 304, description = "`If-None-Match` names what would be answered"), (status = 400, description = "http.query", body = Document),
        (status = 404, description = "providers.not_found", body = Document), (status = 429, description = "http.rate_limited", body = Document)))]
#[get("/v1/providers/{id}/recognition")]
pub async fn listing(
    app: web::Data<App>,
    _public: Public,
    req: HttpRequest,
    id: web::Path<String>,
    query: Query<ListingQuery>,
) -> Result<HttpResponse, Problem> {
    let place = query.0.place.as_deref().map(RegionCode::parse).transpose().map_err(|_| HttpRefusal::Query.at("place"))?;
    let day = query.0.day.as_deref().map(Day::parse).transpose().map_err(|_| HttpRefusal::Query.at("day"))?;
    let (bundles, this) = (app.partners.current(&app).await, app.clone());
    let view = app.db.read(move |conn| service::listing(conn, &this, &bundles, &id, place.clone(), day)).await?;
    Ok(cache::respond(&req, "application/json", serde_json::to_vec(&view).map_err(Fault::new)?, MAX_AGE))
}

/// Which bodies of other regions are asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RecognisedQuery {
    /// The region that lists them; absent: every other party of this region's agreements.
    #[param(example = "320000")]
    region: Option<String>,
    /// Part of a name or of the credit code, 1 to 64 characters; ASCII letters match in either case.
    #[param(example = "江苏")]
    q: Option<String>,
    /// 1 to 200; 50 by default.
    #[param(example = 50)]
    limit: Option<i64>,
    /// Cursor of the page before.
    after: Option<String>,
}

/// The bodies of other regions that may work here today, as their regions' bundles list them: by which grant, since when, and for what.
#[utoipa::path(get, path = "/v1/recognised-providers", operation_id = "list_recognised_providers", tag = "recognition", security(()),
    params(RecognisedQuery),
    responses((status = 200, description = "A page; public for a minute, with an ETag", body = RecognisedView),
        (status = 304, description = "`If-None-Match` names what would be answered"), (status = 400, description = "http.query", body = Document),
        (status = 429, description = "http.rate_limited", body = Document)))]
#[get("/v1/recognised-providers")]
pub async fn recognised(app: web::Data<App>, _public: Public, req: HttpRequest, query: Query<RecognisedQuery>) -> Result<HttpResponse, Problem> {
    let RecognisedQuery { region, q, limit, after } = query.0;
    let q_fits = |q: &str| (1..=Q_MAX).contains(&q.chars().count()) && !q.chars().any(char::is_control);
    if q.as_deref().is_some_and(|q| !q_fits(q)) {
        return Err(HttpRefusal::Query.at("q").into());
    }
    let region = region.as_deref().map(RegionCode::parse).transpose().map_err(|_| HttpRefusal::Query.at("region"))?;
    let (wanted, limit) = (Wanted { region, q, after: page::after(after.as_deref())? }, usize::try_from(page::limit(limit)?).unwrap_or(0));
    let (bundles, this) = (app.partners.current(&app).await, app.clone());
    let view = app.db.read(move |conn| service::recognised_providers(conn, &this, &bundles, &wanted, limit)).await?;
    Ok(cache::respond(&req, "application/json", serde_json::to_vec(&view).map_err(Fault::new)?, MAX_AGE))
}

/// How much of what this region issued is recognised at the other parties of its agreements, by place and kind of certificate. Counted anew every
/// five minutes; what was revoked or replaced does not count. Of small groups nothing is told: each count is rounded down to a multiple of 5, 1 to 4
/// are `<5`, and sums and shares are made from what is told.
#[utoipa::path(get, path = "/v1/coverage", operation_id = "get_coverage", tag = "recognition", security(()),
    responses((status = 200, description = "The counts; public for five minutes, with an ETag", body = CoverageView),
        (status = 304, description = "`If-None-Match` names what would be answered"), (status = 429, description = "http.rate_limited", body = Document)))]
#[get("/v1/coverage")]
pub async fn coverage(app: web::Data<App>, _public: Public, req: HttpRequest) -> Result<HttpResponse, Problem> {
    let body = service::covered(&app).await?;
    Ok(cache::respond(&req, "application/json", body.to_vec(), u32::try_from(COVERAGE_SECONDS).unwrap_or(0)))
}
