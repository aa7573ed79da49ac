//! Providers over HTTP: an operator registers them and changes their timelines, anybody reads both.

use actix_web::{HttpRequest, HttpResponse, get, post, web};
use serde::Deserialize;
use utoipa::IntoParams;
use verifier::ids::OccupationPrefix;
use verifier::time::Day;

use super::body::{ChangeBody, Listed, NewProvider, Shown};
use super::service::{self, Act};
use super::{Filter, from_word};
use crate::app::App;
use crate::error::{Fault, Refusal};
use crate::http::body::{Body, Query};
use crate::http::cache;
use crate::http::caller::{ManageRegion, Permit, Public};
use crate::http::idempotency::{Answer, IdempotencyKey, once};
use crate::http::page::{self, Page};
use crate::http::problem::{Document, HttpRefusal, Problem};

/// Seconds for which anybody may keep an answer.
const MAX_AGE: u32 = 60;
/// Longest text that is searched for, in characters.
const Q_MAX: usize = 64;

/// Registers a provider and opens its timeline.
#[utoipa::path(post, path = "/v1/providers", operation_id = "create_provider", tag = "providers", security(("oauth" = ["region:manage"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 128 visible ASCII characters; a repeated request gets the first answer")),
    request_body = NewProvider,
    responses(
        (status = 201, description = "Registered", body = Shown),
        (status = 400, description = "`http.malformed`, `http.header`", body = Document),
        (status = 401, description = "`access.unauthenticated`", body = Document),
        (status = 403, description = "`access.forbidden`", body = Document),
        (status = 409, description = "`providers.exists`, `http.idempotency_conflict`", body = Document),
        (status = 413, description = "`http.too_large`", body = Document),
        (status = 415, description = "`http.media_type`", body = Document),
        (status = 422, description = "`http.field`, `http.unknown_field`, `ids.*`, `time.*`, `providers.listing`, `providers.barring`, `providers.scope_length`, `providers.scope_levels`, `providers.until`, `providers.too_far_ahead`", body = Document),
        (status = 429, description = "`http.rate_limited`", body = Document)))]
#[post("/v1/providers")]
pub async fn create(
    app: web::Data<App>,
    permit: Permit<ManageRegion>,
    key: IdempotencyKey,
    body: Body<NewProvider>,
) -> Result<HttpResponse, Problem> {
    let new = body.value.read()?;
    let (work, actor) = (app.clone(), permit.caller.client_id.clone());
    once(&app, key.ticket(&permit.caller, &body.bytes), move |conn| {
        let act = Act { edge: &work.edge, today: service::today(&work), actor: &actor };
        Ok(Answer::json(201, &Shown::of(service::register(conn, &act, &new)?)?)?)
    })
    .await
}

/// Changes what a provider is from a day on: ends the last interval there and opens the next.
#[utoipa::path(post, path = "/v1/providers/{id}/intervals", operation_id = "create_provider_interval", tag = "providers",
    security(("oauth" = ["region:manage"])),
    params(("id" = String, Path, description = "Id or unified social credit code"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 128 visible ASCII characters; a repeated request gets the first answer")),
    request_body = ChangeBody,
    responses(
        (status = 201, description = "The provider with its whole timeline", body = Shown),
        (status = 400, description = "`http.malformed`, `http.header`", body = Document),
        (status = 401, description = "`access.unauthenticated`", body = Document),
        (status = 403, description = "`access.forbidden`", body = Document),
        (status = 404, description = "`providers.not_found`", body = Document),
        (status = 409, description = "`providers.before_last`, `providers.bar_stands`, `http.idempotency_conflict`", body = Document),
        (status = 413, description = "`http.too_large`", body = Document),
        (status = 415, description = "`http.media_type`", body = Document),
        (status = 422, description = "`http.field`, `http.unknown_field`, `ids.*`, `time.*`, `providers.listing`, `providers.barring`, `providers.scope_length`, `providers.scope_levels`, `providers.until`, `providers.too_far_ahead`", body = Document),
        (status = 429, description = "`http.rate_limited`", body = Document)))]
#[post("/v1/providers/{id}/intervals")]
pub async fn change(
    app: web::Data<App>,
    permit: Permit<ManageRegion>,
    id: web::Path<String>,
    key: IdempotencyKey,
    body: Body<ChangeBody>,
) -> Result<HttpResponse, Problem> {
    let change = body.value.read()?;
    let (work, actor) = (app.clone(), permit.caller.client_id.clone());
    once(&app, key.ticket(&permit.caller, &body.bytes), move |conn| {
        let act = Act { edge: &work.edge, today: service::today(&work), actor: &actor };
        Ok(Answer::json(201, &Shown::of(service::change(conn, &act, &id, &change)?)?)?)
    })
    .await
}

/// What a list of providers may be asked for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// Part of a name or of the credit code, 1 to 64 characters; ASCII letters match in either case.
    #[param(example = "上海")]
    q: Option<String>,
    /// `employer`, `social` or `school`.
    #[param(example = "social")]
    kind: Option<String>,
    /// `A`, `B`, `C` or `D`: listed with this class on the day.
    #[param(example = "A")]
    class: Option<String>,
    /// Only providers listed on this day. Without it, class and occupation are those of today.
    #[param(example = "2026-03-01")]
    listed_on: Option<String>,
    /// A branch of the occupational classification, or a full code, that the scope on the day has to do with.
    #[param(example = "6-31-")]
    occupation: Option<String>,
    /// Rows of a page, 1 to 200; 50 without it.
    #[param(example = 50)]
    limit: Option<i64>,
    /// `next` of the page before.
    #[param(example = "prov_0193b3e0f5c7d0a9b1c2d3e4f5061720")]
    after: Option<String>,
}

impl Asked {
    fn filter(&self, today: Day) -> Result<Filter, Refusal> {
        let wrong = |field: &'static str| HttpRefusal::Query.at(field);
        let q_fits = |q: &str| (1..=Q_MAX).contains(&q.chars().count()) && !q.chars().any(char::is_control);
        if self.q.as_deref().is_some_and(|q| !q_fits(q)) {
            return Err(wrong("q").got("not 1 to 64 printable characters"));
        }
        let listed_on = self.listed_on.as_deref().map(|day| Day::parse(day).map_err(|_| wrong("listed_on"))).transpose()?;
        Ok(Filter {
            q: self.q.clone(),
            kind: self.kind.as_deref().map(|kind| from_word(kind).map_err(|_| wrong("kind"))).transpose()?,
            listed: listed_on.is_some(),
            class: self.class.as_deref().map(|class| from_word(class).map_err(|_| wrong("class"))).transpose()?,
            occupation: self.occupation.as_deref().map(|branch| OccupationPrefix::parse(branch).map_err(|_| wrong("occupation"))).transpose()?,
            day: listed_on.unwrap_or(today),
        })
    }
}

/// Lists providers by id, each with what it is on the day asked about.
#[utoipa::path(get, path = "/v1/providers", operation_id = "list_providers", tag = "providers", security(()), params(Asked),
    responses(
        (status = 200, description = "One page; public for a minute, with an ETag", body = Page<Listed>),
        (status = 304, description = "`If-None-Match` names what would be answered"),
        (status = 400, description = "`http.query`", body = Document),
        (status = 429, description = "`http.rate_limited`", body = Document)))]
#[get("/v1/providers")]
pub async fn list(app: web::Data<App>, _public: Public, req: HttpRequest, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    let filter = asked.0.filter(service::today(&app))?;
    let (limit, after) = (page::limit(asked.0.limit)?, page::after(asked.0.after.as_deref())?);
    let rows = app.db.read(move |conn| service::search(conn, &filter, after.as_deref(), limit + 1)).await?;
    let rows = rows.into_iter().map(Listed::of).collect::<Result<Vec<_>, _>>()?;
    answer(&req, &Page::new(rows, limit, |row| row.id().to_owned(), |row| row))
}

/// Reads a provider with its whole timeline.
#[utoipa::path(get, path = "/v1/providers/{id}", operation_id = "get_provider", tag = "providers", security(()),
    params(("id" = String, Path, description = "Id or unified social credit code")),
    responses(
        (status = 200, description = "The provider; public for a minute, with an ETag", body = Shown),
        (status = 304, description = "`If-None-Match` names what would be answered"),
        (status = 404, description = "`providers.not_found`", body = Document),
        (status = 429, description = "`http.rate_limited`", body = Document)))]
#[get("/v1/providers/{id}")]
pub async fn read(app: web::Data<App>, _public: Public, req: HttpRequest, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let found = app.db.read(move |conn| service::show(conn, &id)).await?;
    answer(&req, &Shown::of(found)?)
}

fn answer(req: &HttpRequest, value: &impl serde::Serialize) -> Result<HttpResponse, Problem> {
    let body = serde_json::to_vec(value).map_err(Fault::new)?;
    Ok(cache::respond(req, "application/json", body, MAX_AGE))
}
