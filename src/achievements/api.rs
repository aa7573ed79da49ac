//! Achievements over HTTP.

use actix_web::{HttpResponse, get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::store::Filter;
use super::{Draft, Input, View, service};
use crate::app::App;
use crate::db::is_id;
use crate::error::Refusal;
use crate::http::body::{Body, Query};
use crate::http::caller::{Permit, ReadAchievements, WriteAchievements};
use crate::http::idempotency::{Answer, IdempotencyKey, once};
use crate::http::page::{self, Page};
use crate::http::problem::{Document, HttpRefusal, Problem};
use crate::learners;

type AchievementPage = Page<View>;

/// Records an achievement: the region signs it, and its credit is minted in the same transaction.
#[utoipa::path(post, path = "/v1/achievements", operation_id = "create_achievement", tag = "achievements", security(("oauth" = ["achievements:write"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 128 visible ASCII characters; a repeat gets the first answer")),
    request_body = Input,
    responses((status = 201, description = "Recorded, and its credit minted", body = View),
        (status = 403, description = "providers.barred, providers.class, providers.flag, providers.not_listed, access.forbidden", body = Document),
        (status = 404, description = "learners.not_found, ledger.no_scheme", body = Document),
        (status = 409, description = "ledger.learner_closed, http.idempotency_conflict", body = Document),
        (status = 422, description = "a field breaks a rule", body = Document)))]
#[post("/v1/achievements")]
pub async fn create(app: web::Data<App>, permit: Permit<WriteAchievements>, key: IdempotencyKey, body: Body<Input>) -> Result<HttpResponse, Problem> {
    let draft = Draft::parse(&body.value, "")?;
    let (ticket, this, named) = (key.ticket(&permit.caller, &body.bytes), app.get_ref().clone(), body.value.provider);
    once(&app, ticket, move |conn| Ok(Answer::json(201, &service::record(conn, &this, &permit.caller, named.as_deref(), &draft)?)?)).await
}

/// One achievement.
#[utoipa::path(get, path = "/v1/achievements/{id}", operation_id = "get_achievement", tag = "achievements", security(("oauth" = ["achievements:read"])),
    params(("id" = String, Path, description = "Achievement id")),
    responses((status = 200, description = "The achievement with its credit", body = View), (status = 404, description = "achievements.not_found", body = Document)))]
#[get("/v1/achievements/{id}")]
pub async fn read(app: web::Data<App>, permit: Permit<ReadAchievements>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let this = app.clone();
    Ok(HttpResponse::Ok().json(app.db.read(move |conn| service::read(conn, &this, &permit.caller, &id)).await?))
}

/// What a list is filtered by; all that are given must hold.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Provider id. A provider's client sees only its own.
    provider: Option<String>,
    /// Id of the learner's account.
    learner: Option<String>,
    /// Rows of a page, 1..200.
    limit: Option<i64>,
    /// `next` of the page before.
    after: Option<String>,
}

/// Achievements in order of recording.
#[utoipa::path(get, path = "/v1/achievements", operation_id = "list_achievements", tag = "achievements", security(("oauth" = ["achievements:read"])),
    params(ListQuery),
    responses((status = 200, description = "A page", body = AchievementPage), (status = 400, description = "http.query", body = Document),
        (status = 404, description = "learners.not_found", body = Document)))]
#[get("/v1/achievements")]
pub async fn list(app: web::Data<App>, permit: Permit<ReadAchievements>, query: Query<ListQuery>) -> Result<HttpResponse, Problem> {
    let ListQuery { provider, learner, limit, after } = query.0;
    let (limit, after) = (page::limit(limit)?, page::after(after.as_deref())?);
    let provider = match provider.or_else(|| permit.caller.provider_id.clone()) {
        Some(id) if !is_id(&id) => return Err(HttpRefusal::Query.at("provider").into()),
        Some(id) if !permit.caller.acts_for(&id) => return Err(Refusal::from(HttpRefusal::Forbidden).at("provider").into()),
        id => id,
    };
    let this = app.clone();
    let page = app.db.read(move |conn| {
        let root = learner.map(|id| learners::service::find(conn, &id)).transpose()?;
        let family = root.map(|row| learners::store::family(conn, &row.id)).transpose()?;
        service::list(conn, &this, &Filter { provider: provider.clone(), family }, after.as_deref(), limit)
    });
    Ok(HttpResponse::Ok().json(page.await?))
}

/// A result that was evaluated anew.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AchievementReplaceInput)]
pub struct ReplaceInput {
    /// The achievement, complete; its credits in the same schemes and categories, in the same order.
    achievement: Input,
}

/// Records a result that was evaluated anew: the old credit is voided, the new minted, both or neither.
#[utoipa::path(post, path = "/v1/achievements/{id}/replace", operation_id = "replace_achievement", tag = "achievements",
    security(("oauth" = ["achievements:write"])),
    params(("id" = String, Path, description = "Id of the achievement to be replaced"), ("Idempotency-Key" = Option<String>, Header, description = "A repeat gets the first answer")),
    request_body = ReplaceInput,
    responses((status = 201, description = "The new record", body = View), (status = 404, description = "achievements.not_found", body = Document),
        (status = 409, description = "achievements.ended, ledger.lot_held", body = Document), (status = 422, description = "a field breaks a rule", body = Document)))]
#[post("/v1/achievements/{id}/replace")]
pub async fn replace(
    app: web::Data<App>,
    permit: Permit<WriteAchievements>,
    id: web::Path<String>,
    key: IdempotencyKey,
    body: Body<ReplaceInput>,
) -> Result<HttpResponse, Problem> {
    let draft = Draft::parse(&body.value.achievement, "achievement.")?;
    let (ticket, this, named) = (key.ticket(&permit.caller, &body.bytes), app.get_ref().clone(), body.value.achievement.provider);
    once(&app, ticket, move |conn| Ok(Answer::json(201, &service::replace(conn, &this, &permit.caller, &id, named.as_deref(), &draft)?)?)).await
}

/// Why a record is taken back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AchievementVoidInput)]
pub struct VoidInput {
    /// 1 to 200 characters; never personal data, it is kept for good.
    #[schema(example = "recorded by mistake")]
    reason: String,
}

/// Takes a record back, and with it what is left of its credit. `lots` says of each lot what was voided,
/// and what is held, has gone or was spent and stays so.
#[utoipa::path(post, path = "/v1/achievements/{id}/void", operation_id = "void_achievement", tag = "achievements", security(("oauth" = ["achievements:write"])),
    params(("id" = String, Path, description = "Achievement id"), ("Idempotency-Key" = Option<String>, Header, description = "A repeat gets the first answer")),
    request_body = VoidInput,
    responses((status = 200, description = "The record, voided", body = View), (status = 404, description = "achievements.not_found", body = Document),
        (status = 409, description = "achievements.ended", body = Document), (status = 422, description = "achievements.reason", body = Document)))]
#[post("/v1/achievements/{id}/void")]
pub async fn void(
    app: web::Data<App>,
    permit: Permit<WriteAchievements>,
    id: web::Path<String>,
    key: IdempotencyKey,
    body: Body<VoidInput>,
) -> Result<HttpResponse, Problem> {
    let (ticket, this, reason) = (key.ticket(&permit.caller, &body.bytes), app.get_ref().clone(), body.value.reason);
    once(&app, ticket, move |conn| Ok(Answer::json(200, &service::void(conn, &this, &permit.caller, &id, &reason)?)?)).await
}
