//! Everything that is held about a person, for the person, as one JSON object. Sections stand here, above all slices; each slice reads its own.

use actix_web::http::header;
use actix_web::{HttpResponse, get, web};
use futures_util::stream;
use serde_json::Value;

use super::caller::Account;
use super::page::Page;
use super::problem::Problem;
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::{achievements, certificates, learners, ledger, programmes, transfers};

/// Reads the page after a cursor of what is held about the person whose account has this id.
type Read = fn(&mut Conn, &App, &str, Option<&str>) -> Result<Page<Value>, Error>;

/// The sections, in the order in which they are written.
const SECTIONS: [(&str, Read); 11] = [
    ("accounts", learners::accounts),
    ("account_events", learners::events),
    ("account_codes", learners::codes),
    ("account_sessions", learners::sessions),
    ("account_views", learners::looks),
    ("certificates", certificates::held),
    ("achievements", achievements::held),
    ("credit", ledger::held),
    ("redemptions", programmes::held),
    ("transfers", transfers::held),
    ("commitments", transfers::commitments),
];

/// Where the writing stands: a section, and the cursor within it.
#[derive(Clone, Default)]
struct Place {
    section: usize,
    after: Option<String>,
}

/// Everything that is held about the person: one JSON object of sections, each a list. Numbers of id documents are in full.
#[utoipa::path(get, path = "/v1/account/export", operation_id = "export_account", tag = "account", security(("account" = [])),
    responses((status = 200, description = "A file of JSON; sections: accounts, account_events, account_codes, account_sessions, account_views, certificates, achievements, credit, redemptions, transfers, commitments", body = Value)))]
#[get("/v1/account/export")]
pub async fn export(app: web::Data<App>, account: Account) -> Result<HttpResponse, Problem> {
    // What goes wrong with the first page is still answered as a problem; later the answer breaks off, and what came is no JSON.
    let first = piece(&app, &account.learner.id, Place::default()).await?;
    let rest = stream::try_unfold((app, account.learner.id, Some(first)), |(app, id, ready)| async move {
        let Some((text, next)) = ready else { return Ok::<_, Error>(None) };
        let ready = match next {
            Some(place) => Some(piece(&app, &id, place).await.inspect_err(|fault| tracing::error!(%fault, "an export broke off"))?),
            None => None,
        };
        Ok(Some((web::Bytes::from(text), (app, id, ready))))
    });
    let disposition = (header::CONTENT_DISPOSITION, r#"attachment; filename="hufu-account.json""#);
    Ok(HttpResponse::Ok().content_type("application/json").insert_header(disposition).streaming(rest))
}

/// The text of one page, with what has to stand before and behind it, and the place of the next. No connection is held between two pages.
async fn piece(app: &web::Data<App>, id: &str, place: Place) -> Result<(String, Option<Place>), Error> {
    let Some((name, read)) = SECTIONS.get(place.section) else { return Ok(("}".to_owned(), None)) };
    let (this, id, after) = (app.clone(), id.to_owned(), place.after.clone());
    let page = app.db.read(move |conn| read(conn, &this, &id, after.as_deref())).await?;
    let before = match (&place.after, place.section) {
        (Some(_), _) => ",".to_owned(),
        (None, 0) => format!("{{\"{name}\":["),
        (None, _) => format!(",\"{name}\":["),
    };
    let items = page.items.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>().map_err(Fault::new)?.join(",");
    let (behind, next) = match page.next {
        Some(after) => ("", Place { section: place.section, after: Some(after) }),
        None => ("]", Place { section: place.section + 1, after: None }),
    };
    Ok((format!("{before}{items}{behind}"), Some(next)))
}
