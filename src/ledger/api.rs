//! Schemes of credit over HTTP, and what a learner has.

use actix_web::{HttpResponse, get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use verifier::documents::{Category, DocumentError, Names, Ratio, Scheme, SchemeId, SchemeKind, ValueError, Yearly};
use verifier::ids::Title;
use verifier::time::Day;

use super::rules;
use super::service::{self, Act};
use super::views::{AccountPostingView, BalanceView, LotView, PostingView, SchemeView, YearView};
use crate::access::api::Paging;
use crate::app::App;
use crate::error::{Error, Refusal};
use crate::http::body::{Body, Query};
use crate::http::caller::{Account, ManageRegion, Permit, Public, WriteLearners};
use crate::http::idempotency::{Answer, IdempotencyKey, once};
use crate::http::page::{self, Page};
use crate::http::problem::{Document, HttpRefusal, Problem};
use crate::messages::from_verifier;
use crate::{learners, providers};

/// The first year in which something can have been earned.
const YEAR_MIN: i32 = 1949;

/// The same thing in two languages.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamesInput {
    /// In Chinese.
    #[schema(example = "学分")]
    zh: String,
    /// In English.
    #[schema(example = "Credit")]
    en: String,
}

/// What a learner has to earn each year.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct YearlyInput {
    /// Hundredths.
    #[schema(example = 9000)]
    amount: i64,
    /// The category of which a share is due.
    #[schema(example = "professional")]
    category: String,
    /// The least share of the amount in that category.
    #[schema(value_type = Vec<u16>, example = json!([2, 3]))]
    share: (u16, u16),
}

/// A scheme to be defined.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SchemeInput {
    /// This region, a colon, and 1 to 20 of `0-9a-z-`.
    #[schema(example = "310000:credit")]
    id: String,
    /// What it is called.
    name: NamesInput,
    /// What one unit is called.
    unit: NamesInput,
    /// `credit` or `hour`.
    #[schema(example = "credit")]
    kind: String,
    /// The categories that a credit may be in; at most 20.
    #[schema(example = json!(["core", "elective"]))]
    categories: Vec<String>,
    /// Calendar months after it was earned for which a credit can be spent, 1 to 1,200. Without this and `calendar_years` it never expires.
    #[schema(example = 84)]
    shelf_months: Option<u16>,
    /// A credit can be spent to the end of the n-th calendar year after the year in which it was earned, 0 to 100.
    calendar_years: Option<u16>,
    /// What a learner has to earn each year.
    yearly: Option<YearlyInput>,
}

impl NamesInput {
    /// The names of the member `field`.
    ///
    /// # Errors
    /// `ids.text_*`.
    pub fn read(&self, field: &str) -> Result<Names, Refusal> {
        let title = |language: &str, text: &str| Title::parse(text).map_err(|e| from_verifier(format!("{field}.{language}"), e.code()));
        Ok(Names { zh: title("zh", &self.zh)?, en: title("en", &self.en)? })
    }
}

impl SchemeInput {
    fn read(&self) -> Result<Scheme, Refusal> {
        let value = |field: &str, e: ValueError| from_verifier(field, e.code());
        let category = |field: &str, text: &str| Category::parse(text).map_err(|e| value(field, e));
        let yearly = |input: &YearlyInput| {
            Ok::<_, Refusal>(Yearly {
                amount: verifier::documents::Amount::new(input.amount).map_err(|e| value("yearly.amount", e))?,
                category: category("yearly.category", &input.category)?,
                share: Ratio::new(input.share.0, input.share.1).map_err(|e| value("yearly.share", e))?,
            })
        };
        Ok(Scheme {
            id: SchemeId::parse(&self.id).map_err(|e| value("id", e))?,
            name: self.name.read("name")?,
            unit: self.unit.read("unit")?,
            kind: SchemeKind::parse(&self.kind).map_err(|e| value("kind", e))?,
            categories: self.categories.iter().enumerate().map(|(n, text)| category(&format!("categories[{n}]"), text)).collect::<Result<_, _>>()?,
            shelf_months: self.shelf_months,
            calendar_years: self.calendar_years,
            yearly: self.yearly.as_ref().map(yearly).transpose()?,
        })
    }
}

fn refused(error: &DocumentError) -> Refusal {
    from_verifier(error.about().unwrap_or_default(), error.code())
}

/// Defines a scheme of credit: the region signs it, for good.
#[utoipa::path(post, path = "/v1/schemes", operation_id = "create_scheme", tag = "credit", security(("oauth" = ["region:manage"])),
    params(("Idempotency-Key" = Option<String>, Header, description = "A repeat gets the first answer")),
    request_body = SchemeInput,
    responses((status = 201, description = "Defined; the same scheme again changes nothing", body = SchemeView),
        (status = 409, description = "ledger.scheme_exists", body = Document),
        (status = 422, description = "ledger.scheme_region, document.*, ids.*", body = Document)))]
#[post("/v1/schemes")]
pub async fn create_scheme(
    app: web::Data<App>,
    permit: Permit<ManageRegion>,
    key: IdempotencyKey,
    body: Body<SchemeInput>,
) -> Result<HttpResponse, Problem> {
    let scheme = body.value.read()?;
    if scheme.id.region() != app.region.code.as_str() {
        return Err(super::LedgerRefusal::SchemeRegion.at("id").into());
    }
    let document = scheme.sign(&app.keys.region_signer()).map_err(|e| refused(&e))?;
    let (ticket, this) = (key.ticket(&permit.caller, &body.bytes), app.get_ref().clone());
    once(&app, ticket, move |conn| {
        let act = Act::of(&this);
        service::define(conn, &act, &document)?;
        let row = service::scheme_row(conn, scheme.id.as_str())?;
        Ok(Answer::json(201, &SchemeView::of(row)?)?)
    })
    .await
}

/// Which page of a list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SchemesQuery {
    /// Rows of a page, 1..200.
    limit: Option<i64>,
    /// `next` of the page before.
    after: Option<String>,
}

/// Schemes of credit, by id.
#[utoipa::path(get, path = "/v1/schemes", operation_id = "list_schemes", tag = "credit", security(()), params(SchemesQuery),
    responses((status = 200, description = "A page", body = Page<SchemeView>), (status = 400, description = "http.query", body = Document)))]
#[get("/v1/schemes")]
pub async fn list_schemes(app: web::Data<App>, _public: Public, query: Query<SchemesQuery>) -> Result<HttpResponse, Problem> {
    let (limit, after) = (page::limit(query.0.limit)?, scheme_cursor(query.0.after)?);
    let rows = app.db.read(move |conn| service::schemes(conn, after.as_deref(), limit + 1)).await?;
    let page = Page::new(rows, limit, |row| row.id.clone(), |row| row);
    let items = page.items.into_iter().map(SchemeView::of).collect::<Result<Vec<_>, _>>()?;
    Ok(HttpResponse::Ok().json(Page { items, next: page.next }))
}

/// The cursor of a page of schemes is the id of one.
fn scheme_cursor(after: Option<String>) -> Result<Option<String>, Refusal> {
    match after {
        Some(id) if SchemeId::parse(&id).is_err() => Err(HttpRefusal::Query.at("after")),
        id => Ok(id),
    }
}

/// What the learner has of each scheme today.
#[utoipa::path(get, path = "/v1/account/balances", operation_id = "list_account_balances", tag = "account", security(("account" = [])),
    responses((status = 200, description = "By scheme", body = Vec<BalanceView>)))]
#[get("/v1/account/balances")]
pub async fn balances(app: web::Data<App>, account: Account) -> Result<HttpResponse, Problem> {
    let today = providers::service::today(&app);
    let read = app.db.read(move |conn| {
        let family = learners::store::family(conn, &account.learner.id)?;
        service::balances(conn, &family, today)
    });
    Ok(HttpResponse::Ok().json(read.await?.into_iter().map(BalanceView::of).collect::<Vec<_>>()))
}

/// Which lots, as of which day.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LotsQuery {
    /// Scheme; all when absent.
    scheme: Option<String>,
    /// As things were at the end of this day, `YYYY-MM-DD`; today when absent.
    as_of: Option<String>,
    /// Rows of a page, 1..200.
    limit: Option<i64>,
    /// `next` of the page before.
    after: Option<String>,
}

fn day(app: &App, asked: Option<&str>) -> Result<Day, Refusal> {
    let today = providers::service::today(app);
    match asked.map(Day::parse) {
        None => Ok(today),
        Some(Ok(day)) if day <= today => Ok(day),
        Some(_) => Err(HttpRefusal::Query.at("as_of")),
    }
}

/// The learner's lots as they were at the end of a day, in the order in which they came.
#[utoipa::path(get, path = "/v1/account/lots", operation_id = "list_account_lots", tag = "account", security(("account" = [])), params(LotsQuery),
    responses((status = 200, description = "A page", body = Page<LotView>), (status = 400, description = "http.query", body = Document)))]
#[get("/v1/account/lots")]
pub async fn lots(app: web::Data<App>, account: Account, query: Query<LotsQuery>) -> Result<HttpResponse, Problem> {
    let LotsQuery { scheme, as_of, limit, after } = query.0;
    let (limit, after) = (page::limit(limit)?, page::after(after.as_deref())?);
    let (day, scheme) = (day(&app, as_of.as_deref())?, scheme_cursor(scheme).map_err(|_| HttpRefusal::Query.at("scheme"))?);
    let read = app.db.read(move |conn| {
        let family = learners::store::family(conn, &account.learner.id)?;
        service::lots(conn, &family, scheme.as_deref(), day, after.as_deref(), limit + 1)
    });
    Ok(HttpResponse::Ok().json(Page::new(read.await?, limit, |state| state.lot.id.clone(), LotView::of)))
}

/// What happened to one of the learner's lots, in order, each posting with its cause: the statement behind the balance.
#[utoipa::path(get, path = "/v1/account/lots/{id}/postings", operation_id = "list_account_lot_postings", tag = "account", security(("account" = [])),
    params(("id" = String, Path, description = "Lot id")),
    responses((status = 200, description = "Up to 200 postings, the newest last", body = Vec<PostingView>), (status = 404, description = "ledger.no_lot", body = Document)))]
#[get("/v1/account/lots/{id}/postings")]
pub async fn postings(app: web::Data<App>, account: Account, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let today = providers::service::today(&app);
    let read = app.db.read(move |conn| {
        let family = learners::store::family(conn, &account.learner.id)?;
        let lot = service::lot(conn, &family, &id, today)?.ok_or_else(|| Error::from(super::LedgerRefusal::NoLot.at("id")))?;
        service::postings(conn, &lot.lot.id, today, None, page::LIMIT_MAX)
    });
    Ok(HttpResponse::Ok().json(read.await?.into_iter().map(PostingView::of).collect::<Vec<_>>()))
}

/// The cursor of a page of postings: the entry, and the place of the movement within it.
fn posting_cursor(after: Option<&str>) -> Result<Option<(String, i64)>, Refusal> {
    let cursor = |text: &str| {
        let (entry, n) = text.rsplit_once('_')?;
        let n = n.bytes().all(|b| b.is_ascii_digit()).then(|| n.parse().ok()).flatten()?;
        rules::is_entry(entry).then(|| (entry.to_owned(), n))
    };
    after.map(|text| cursor(text).ok_or_else(|| HttpRefusal::Query.at("after"))).transpose()
}

/// What happened to all of the learner's credit, posting by posting, the newest first.
#[utoipa::path(get, path = "/v1/account/postings", operation_id = "list_account_postings", tag = "account", security(("account" = [])), params(Paging),
    responses((status = 200, description = "A page", body = Page<AccountPostingView>), (status = 400, description = "http.query", body = Document)))]
#[get("/v1/account/postings")]
pub async fn all_postings(app: web::Data<App>, account: Account, query: Query<Paging>) -> Result<HttpResponse, Problem> {
    let (limit, after) = query.0.read()?;
    let before = posting_cursor(after.as_deref())?;
    let read = app.db.read(move |conn| {
        let family = learners::store::family(conn, &account.learner.id)?;
        service::account_postings(conn, &family, before.as_ref().map(|(entry, n)| (entry.as_str(), *n)), limit + 1)
    });
    Ok(HttpResponse::Ok().json(Page::new(read.await?, limit, |(row, _)| format!("{}_{}", row.entry, row.n), AccountPostingView::of)))
}

/// Which year.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct HoursQuery {
    /// A calendar year from 1949 to this one in the region; this one when absent.
    #[param(example = 2026)]
    year: Option<i32>,
}

impl HoursQuery {
    fn read(&self, app: &App) -> Result<i32, Refusal> {
        let now = providers::service::today(app).year();
        match self.year {
            None => Ok(now),
            Some(year) if (YEAR_MIN..=now).contains(&year) => Ok(year),
            Some(year) => Err(HttpRefusal::Query.at("year").got(year.to_string())),
        }
    }
}

/// What the learner earned in a calendar year, by the day of the achievement, and what is missing of what is due.
#[utoipa::path(get, path = "/v1/account/hours", operation_id = "get_account_hours", tag = "account", security(("account" = [])), params(HoursQuery),
    responses((status = 200, description = "The year", body = YearView), (status = 400, description = "http.query", body = Document)))]
#[get("/v1/account/hours")]
pub async fn own_hours(app: web::Data<App>, account: Account, query: Query<HoursQuery>) -> Result<HttpResponse, Problem> {
    let year = query.0.read(&app)?;
    let read = app.db.read(move |conn| {
        let family = learners::store::family(conn, &account.learner.id)?;
        service::hours(conn, &family, year)
    });
    Ok(HttpResponse::Ok().json(YearView::of(year, read.await?)))
}

/// The same, for the operator, and for a body that may see the account. The learner sees that somebody looked.
#[utoipa::path(get, path = "/v1/learners/{id}/hours", operation_id = "get_learner_hours", tag = "learners", security(("oauth" = ["learners:write"])),
    params(("id" = String, Path, description = "Account id; of a merged account, the one that goes on is meant"), HoursQuery),
    responses((status = 200, description = "The year", body = YearView), (status = 400, description = "http.query", body = Document),
        (status = 404, description = "learners.not_found", body = Document)))]
#[get("/v1/learners/{id}/hours")]
pub async fn hours(
    app: web::Data<App>,
    permit: Permit<WriteLearners>,
    id: web::Path<String>,
    query: Query<HoursQuery>,
) -> Result<HttpResponse, Problem> {
    let (year, this) = (query.0.read(&app)?, app.clone());
    let read = app.db.write(move |conn| {
        let row = learners::service::visible(conn, &permit.caller, &id)?;
        learners::service::viewed(conn, &this.edge, &row.id, &permit.caller.client_id, learners::Look::Hours)?;
        let family = learners::store::family(conn, &row.id)?;
        service::hours(conn, &family, year)
    });
    Ok(HttpResponse::Ok().json(YearView::of(year, read.await?)))
}
