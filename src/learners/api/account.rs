//! What a person does with the own account: sign in by a one-time code, see it, see who looked, close it.

use actix_web::{HttpRequest, HttpResponse, delete, get, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::api::Paging;
use crate::app::App;
use crate::http::body::{Body, Query};
use crate::http::caller::{Account, Public};
use crate::http::limits::Limited;
use crate::http::page::Page;
use crate::http::problem::{Document, Problem};
use crate::learners::views::{self, LookView, Mine};
use crate::learners::{SELF, SESSION_LIFETIME, View, service};

/// A one-time code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeInput {
    /// As a body handed it over.
    #[schema(example = "7K3M-0Q9X-V2BD")]
    code: String,
}

/// A token.
#[derive(Serialize, ToSchema)]
pub struct SessionAnswer {
    /// Sent back as `Authorization: Bearer <token>`; opens the account's own routes and nothing else.
    #[schema(example = "hufl_n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg")]
    token: String,
    /// Seconds.
    #[schema(example = 1800)]
    expires_in: i64,
}

/// Signs a learner in with a one-time code, which is good once.
#[utoipa::path(post, path = "/v1/account/sessions", operation_id = "create_account_session", tag = "account", security(()), request_body = CodeInput,
    responses((status = 201, description = "A token, good for 30 minutes", body = SessionAnswer), (status = 409, description = "learners.closed", body = Document),
        (status = 422, description = "learners.code, the same for a code that is wrong, used or too old", body = Document)))]
#[post("/v1/account/sessions")]
pub async fn sign_in(app: web::Data<App>, req: HttpRequest, _public: Public, body: Body<CodeInput>) -> Result<HttpResponse, Problem> {
    app.limits.take(Limited::Login, &app.limits.address(&req))?;
    let (this, code) = (app.clone(), body.value.code);
    let token = app.db.write(move |conn| service::start_session(conn, &this, &code)).await?;
    Ok(HttpResponse::Created().json(SessionAnswer { token, expires_in: SESSION_LIFETIME }))
}

/// Signs out: the token is good no longer.
#[utoipa::path(delete, path = "/v1/account/sessions", operation_id = "delete_account_session", tag = "account", security(("account" = [])),
    responses((status = 204, description = "Signed out")))]
#[delete("/v1/account/sessions")]
pub async fn sign_out(app: web::Data<App>, account: Account) -> Result<HttpResponse, Problem> {
    let edge = app.edge.clone();
    app.db.write(move |conn| service::end_session(conn, &edge, &account.learner)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The own account.
#[utoipa::path(get, path = "/v1/account", operation_id = "get_account", tag = "account", security(("account" = [])),
    responses((status = 200, description = "The account", body = Mine)))]
#[get("/v1/account")]
pub async fn read(app: web::Data<App>, account: Account) -> Result<HttpResponse, Problem> {
    let this = app.clone();
    let read = app.db.read(move |conn| {
        let row = service::find(conn, &account.learner.id)?;
        views::mine(conn, &this, row)
    });
    Ok(HttpResponse::Ok().json(read.await?))
}

/// Who looked at the own account, when and at what, the newest first.
#[utoipa::path(get, path = "/v1/account/views", operation_id = "list_account_views", tag = "account", security(("account" = [])), params(Paging),
    responses((status = 200, description = "A page", body = Page<LookView>), (status = 400, description = "http.query", body = Document)))]
#[get("/v1/account/views")]
pub async fn looks(app: web::Data<App>, account: Account, query: Query<Paging>) -> Result<HttpResponse, Problem> {
    let (limit, after) = query.0.read()?;
    let this = app.clone();
    let page = app.db.read(move |conn| views::looks(conn, &this, &account.learner.id, after.as_deref(), limit)).await?;
    Ok(HttpResponse::Ok().json(page))
}

/// Closes the own account for good, and signs out everywhere.
#[utoipa::path(post, path = "/v1/account/close", operation_id = "close_account", tag = "account", security(("account" = [])),
    responses((status = 200, description = "The account, closed", body = View), (status = 409, description = "learners.closed", body = Document)))]
#[post("/v1/account/close")]
pub async fn close(app: web::Data<App>, account: Account) -> Result<HttpResponse, Problem> {
    let edge = app.edge.clone();
    let row = app.db.write(move |conn| service::close(conn, &edge, &account.learner.id, None, SELF)).await?;
    Ok(HttpResponse::Ok().json(View::of(&app, row)?))
}
