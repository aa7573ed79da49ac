//! What is fetched of a batch: files, and how far it is while somebody waits.

use std::time::Duration;

use actix_web::http::header::{self, ContentEncoding};
use actix_web::{HttpResponse, get, web};
use futures_util::stream;
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::service::{self, Wanted};
use super::super::sheet::{self, Form};
use super::super::views::View;
use super::super::{BatchRefusal, Turn};
use super::upload::BUSY_SECONDS;
use super::{found, stands};
use crate::app::App;
use crate::error::{Error, Fault};
use crate::http::body::Query;
use crate::http::caller::{Permit, Public, ReadCertificates};
use crate::http::problem::{Document, HttpRefusal, Problem};
use crate::http::stream::written;
use crate::messages::Lang;

/// Between two looks at a batch that somebody waits for.
const LOOK: Duration = Duration::from_millis(500);
/// Looks after which the connection is closed; whoever waits asks again.
const LOOKS: u32 = 1_200;

/// Which file.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FileQuery {
    /// `csv`, `xlsx`, `ndjson` (cards), `png` or `svg` (a ZIP of QR codes).
    form: Option<String>,
    /// `zh` or `en`: the language of the header.
    lang: Option<String>,
}

fn lang(text: Option<&str>) -> Result<Lang, Problem> {
    match text {
        None | Some("zh") => Ok(Lang::Zh),
        Some("en") => Ok(Lang::En),
        Some(_) => Err(HttpRefusal::Query.at("lang").into()),
    }
}

fn file(extension: &str, name: &str) -> actix_web::HttpResponseBuilder {
    let media = match extension {
        "csv" => "text/csv; charset=utf-8",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "ndjson" => "application/x-ndjson",
        _ => "application/zip",
    };
    let mut answer = HttpResponse::Ok();
    answer.content_type(media).insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{extension}\"")));
    answer.insert_header((header::CACHE_CONTROL, "no-store"));
    answer
}

/// A turn to fetch a file of a provider's: it takes a thread for as long as the reader takes over it.
fn turn(app: &App, provider: &str) -> Result<Turn, Problem> {
    app.downloads.take(provider).ok_or_else(|| BatchRefusal::Busy.at("").retry_after(BUSY_SECONDS).into())
}

/// What a batch has issued: a table with numbers and addresses, the cards, or the QR codes.
#[utoipa::path(get, path = "/v1/batches/{id}/results", operation_id = "get_batch_results", tag = "batches", security(("oauth" = ["certificates:read"])),
    params(("id" = String, Path, description = "Batch id"), FileQuery),
    responses((status = 200, description = "A file", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 400, description = "http.query", body = Document), (status = 404, description = "batches.not_found", body = Document),
        (status = 429, description = "batches.busy", body = Document)))]
#[get("/v1/batches/{id}/results")]
pub async fn results(
    app: web::Data<App>,
    permit: Permit<ReadCertificates>,
    id: web::Path<String>,
    query: Query<FileQuery>,
) -> Result<HttpResponse, Problem> {
    let wanted = Wanted::parse(query.0.form.as_deref().unwrap_or("csv")).ok_or_else(|| HttpRefusal::Query.at("form"))?;
    let lang = lang(query.0.lang.as_deref())?;
    let row = found(&app, permit.caller, id.into_inner()).await?;
    let (turn, name, this) = (turn(&app, &row.provider_id)?, format!("{}-results", row.id), app.clone());
    let body = written(move |outlet| {
        let _turn = turn;
        service::results(&this, &row.id, wanted, lang, outlet)
    });
    Ok(file(wanted.extension(), &name).streaming(body))
}

/// Which rows.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MarkedQuery {
    /// `faulty` (if absent) or `all` that are still kept.
    rows: Option<String>,
    /// `zh` or `en`: the language of what is said.
    lang: Option<String>,
}

/// The rows as they were sent, with what is wrong beside each: to be mended and sent again.
#[utoipa::path(get, path = "/v1/batches/{id}/errors/file", operation_id = "get_batch_error_file", tag = "batches", security(("oauth" = ["certificates:read"])),
    params(("id" = String, Path, description = "Batch id"), MarkedQuery),
    responses((status = 200, description = "A file in the form that was sent", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 400, description = "http.query", body = Document), (status = 404, description = "batches.not_found", body = Document),
        (status = 429, description = "batches.busy", body = Document)))]
#[get("/v1/batches/{id}/errors/file")]
pub async fn marked(
    app: web::Data<App>,
    permit: Permit<ReadCertificates>,
    id: web::Path<String>,
    query: Query<MarkedQuery>,
) -> Result<HttpResponse, Problem> {
    let all = match query.0.rows.as_deref() {
        None | Some("faulty") => false,
        Some("all") => true,
        Some(_) => return Err(HttpRefusal::Query.at("rows").into()),
    };
    let lang = lang(query.0.lang.as_deref())?;
    let row = found(&app, permit.caller.clone(), id.into_inner()).await?;
    // The names and numbers of people are shown to who may issue for them.
    if permit.caller.role != crate::access::Role::Provider && permit.caller.role != crate::access::Role::Operator {
        return Err(HttpRefusal::Forbidden.at("id").into());
    }
    let view: View = stands(&app, permit.caller, row.id.clone()).await?;
    let (turn, name, this) = (turn(&app, &row.provider_id)?, format!("{}-errors", row.id), app.clone());
    let body = written(move |outlet| {
        let _turn = turn;
        service::mark(&this, &row, lang, all, outlet)
    });
    Ok(file(view.form.extension(), &name).streaming(body))
}

/// A file to begin with: the header and one row.
#[utoipa::path(get, path = "/v1/batch-template", operation_id = "get_batch_template", tag = "batches", security(()), params(FileQuery),
    responses((status = 200, description = "A file", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 400, description = "http.query", body = Document)))]
#[get("/v1/batch-template")]
pub async fn template(_public: Public, query: Query<FileQuery>) -> Result<HttpResponse, Problem> {
    let Some(Wanted::Table(form)) = Wanted::parse(query.0.form.as_deref().unwrap_or("xlsx")) else {
        return Err(HttpRefusal::Query.at("form").into());
    };
    let lang = lang(query.0.lang.as_deref())?;
    let made = tokio::task::spawn_blocking(move || sheet::template(form, lang, Vec::new())).await.map_err(Fault::new)?;
    Ok(file(Form::extension(form), "hufu-template").body(made.map_err(Fault::new)?))
}

/// How far a batch is, told twice a second while it goes on: Server-Sent Events, each the batch as `GET /v1/batches/{id}` shows it.
#[utoipa::path(get, path = "/v1/batches/{id}/progress", operation_id = "watch_batch", tag = "batches", security(("oauth" = ["certificates:read"])),
    params(("id" = String, Path, description = "Batch id")),
    responses((status = 200, description = "Events", body = String, content_type = "text/event-stream"),
        (status = 404, description = "batches.not_found", body = Document)))]
#[get("/v1/batches/{id}/progress")]
pub async fn progress(app: web::Data<App>, permit: Permit<ReadCertificates>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (caller, id) = (permit.caller, id.into_inner());
    let first = stands(&app, caller.clone(), id.clone()).await?;
    let events = stream::try_unfold((Some(first), LOOKS), move |(view, looks)| {
        let (app, caller, id) = (app.clone(), caller.clone(), id.clone());
        async move {
            let view = match view {
                Some(view) => view,
                None if looks == 0 => return Ok::<_, Error>(None),
                None => {
                    tokio::time::sleep(LOOK).await;
                    stands(&app, caller, id).await?
                }
            };
            let event = format!("data: {}\n\n", serde_json::to_string(&view).map_err(Fault::new)?);
            let left = if view.is_going() { looks.saturating_sub(1) } else { 0 };
            Ok(Some((web::Bytes::from(event), (None, left))))
        }
    });
    let mut answer = HttpResponse::Ok();
    answer.content_type("text/event-stream").insert_header((header::CACHE_CONTROL, "no-store")).insert_header(ContentEncoding::Identity);
    Ok(answer.streaming(events))
}
