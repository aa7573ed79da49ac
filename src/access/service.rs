//! Use cases of access. Those that change something run inside the caller's transaction and write their evidence there.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use verifier::ids::Title;

use super::rules::{self, AccessRefusal};
use super::store::{self, Event, Row};
use super::{Caller, Role, Scope, token};
use crate::app::App;
use crate::db::{self, Conn};
use crate::edge::Edge;
use crate::error::{Error, Refusal};
use crate::evidence;
use crate::messages::from_verifier;

/// Who did it, where nobody was signed in.
pub const LOCAL: &str = "local";

/// A client to be added.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewClient {
    /// What people call it: 1 to 100 printable characters. Kept out of evidence.
    #[schema(example = "质检平台")]
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Id of the provider it acts for: of role `provider` only, and there required.
    #[schema(example = "prov_0193b3e0f5c7d0a9b1c2d3e4f5061720")]
    pub provider: Option<String>,
}

/// A client as it is shown: never its secret, never the hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Client {
    /// Id, the OAuth 2.0 `client_id`.
    #[schema(example = "client_0193b3e0f5c7d0a9b1c2d3e4f5061720")]
    pub id: String,
    /// What people call it.
    #[schema(example = "质检平台")]
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Id of the provider it acts for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Unix seconds.
    #[schema(example = 1_790_000_000)]
    pub created_at: i64,
    /// Unix seconds, when the secret in force was made.
    #[schema(example = 1_790_000_000)]
    pub rotated_at: i64,
    /// Unix seconds; absent while the client is in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled_at: Option<i64>,
}

impl Client {
    fn of(row: Row) -> Result<Client, Error> {
        let role = row.role()?;
        let Row { id, name, provider_id, created_at, rotated_at, disabled_at, .. } = row;
        Ok(Client { id, name, role, provider: provider_id, created_at, rotated_at, disabled_at })
    }
}

/// A client with its new secret, which is shown this once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WithSecret {
    /// The client.
    #[serde(flatten)]
    pub client: Client,
    /// The OAuth 2.0 `client_secret`. Nobody can show it again; rotate it when it is lost.
    #[schema(example = "hufu_n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg")]
    pub secret: String,
}

/// What the evidence of a change commits to.
#[derive(Serialize)]
struct Document<'a> {
    hufu: &'static str,
    event: &'static str,
    at: i64,
    client: &'a str,
    role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'a str>,
    actor: &'a str,
}

fn record(conn: &mut Conn, edge: &Edge, actor: &str, row: &Row, change: &'static str, at: i64) -> Result<(), Error> {
    let provider = row.provider_id.as_deref();
    let document = Document { hufu: "client-event/1", event: change, at, client: &row.id, role: row.role()?, provider, actor };
    let document = serde_json::to_string(&document).map_err(crate::error::Fault::new)?;
    let event = Event { id: edge.id("cev"), client_id: row.id.clone(), kind: change, at, document };
    store::record(conn, &event)?;
    evidence::record(conn, edge, evidence::Kind::Client, at, &event.id, event.document.as_bytes())
}

/// Adds a client. `actor` is the id of the client who asks, or [`LOCAL`].
///
/// # Errors
/// `ids.text_*`, `access.client_provider`, or a fault.
pub fn add(conn: &mut Conn, edge: &Edge, actor: &str, new: &NewClient) -> Result<WithSecret, Error> {
    Title::parse(&new.name).map_err(|e| from_verifier("name", e.code()))?;
    let provider_fits = match (new.role, &new.provider) {
        (Role::Provider, Some(id)) => rules::is_credential(id) && store::provider_exists(conn, id)?,
        (Role::Provider, None) | (_, Some(_)) => false,
        (_, None) => true,
    };
    if !provider_fits {
        return Err(AccessRefusal::ClientProvider.at("provider").into());
    }
    let (secret, at) = (rules::secret(&edge.random()), edge.now());
    let row = Row {
        id: edge.id("client"),
        name: new.name.clone(),
        role: new.role.as_str().to_owned(),
        provider_id: new.provider.clone(),
        secret_hash: rules::secret_hash(&secret).to_vec(),
        created_at: at,
        rotated_at: at,
        disabled_at: None,
    };
    store::insert(conn, &row)?;
    record(conn, edge, actor, &row, "created", at)?;
    Ok(WithSecret { client: Client::of(row)?, secret })
}

/// Gives a client a new secret; the old one is good no longer. Tokens that were made with it stay good until they expire, at most
/// [`token::LIFETIME`] seconds: to stop a thief at once, disable the client.
///
/// # Errors
/// `access.client_not_found`, `access.already_disabled`, or a fault.
pub fn rotate(conn: &mut Conn, edge: &Edge, actor: &str, id: &str) -> Result<WithSecret, Error> {
    let (secret, at) = (rules::secret(&edge.random()), edge.now());
    let done = store::rotate(conn, id, &rules::secret_hash(&secret), at)?;
    let row = changed(conn, id, done)?;
    record(conn, edge, actor, &row, "rotated", at)?;
    Ok(WithSecret { client: Client::of(row)?, secret })
}

/// Disables a client for good; its tokens are refused from now on.
///
/// # Errors
/// `access.client_not_found`, `access.already_disabled`, or a fault.
pub fn disable(conn: &mut Conn, edge: &Edge, actor: &str, id: &str) -> Result<Client, Error> {
    let at = edge.now();
    let done = store::disable(conn, id, at)?;
    let row = changed(conn, id, done)?;
    db::bump(conn, "clients")?;
    record(conn, edge, actor, &row, "disabled", at)?;
    Client::of(row)
}

/// The row after a guarded update, or why the guard held.
fn changed(conn: &mut Conn, id: &str, done: bool) -> Result<Row, Error> {
    let row = store::find(conn, id)?.ok_or_else(|| AccessRefusal::ClientNotFound.at("id"))?;
    if done { Ok(row) } else { Err(AccessRefusal::AlreadyDisabled.at("id").into()) }
}

/// Those of these clients that are disabled.
///
/// # Errors
/// A fault of the database.
pub fn disabled(conn: &mut Conn, ids: &[&str]) -> Result<Vec<String>, Error> {
    store::disabled(conn, ids)
}

/// Clients after the id `after`, at most `limit`.
///
/// # Errors
/// A fault of the database.
pub fn list(conn: &mut Conn, after: Option<&str>, limit: i64) -> Result<Vec<Client>, Error> {
    store::page(conn, after, limit)?.into_iter().map(Client::of).collect()
}

/// On first start: adds an operator's client and returns its id and its secret; none when there ever was an operator.
///
/// # Errors
/// A fault of the database.
pub fn bootstrap_operator(app: &App) -> Result<Option<(String, String)>, Error> {
    let new = NewClient { name: "operator".to_owned(), role: Role::Operator, provider: None };
    app.db.write_now(|conn| {
        store::take_turn(conn)?;
        if store::any_with_role(conn, Role::Operator)? {
            return Ok(None);
        }
        let added = add(conn, &app.edge, LOCAL, &new)?;
        Ok(Some((added.client.id, added.secret)))
    })
}

/// A token and what it allows.
#[derive(Debug)]
pub struct Granted {
    /// The token.
    pub token: String,
    /// Its scopes.
    pub scopes: Vec<Scope>,
}

/// Signs a client in: checks its secret and makes a token with all scopes of its role, or with the subset that `asked` names.
///
/// # Errors
/// `access.client_credentials` (the same for an unknown client and a wrong secret), `access.client_disabled`, `access.scope`, or a fault.
pub async fn sign_in(app: &App, id: String, secret: String, asked: Option<String>) -> Result<Granted, Error> {
    let fits = rules::is_credential(&id) && rules::is_credential(&secret);
    let row = if fits { app.db.read(move |conn| store::find(conn, &id)).await? } else { None };
    let right = rules::secret_matches(&secret, row.as_ref().map(|row| row.secret_hash.as_slice()));
    let row = row.filter(|_| right).ok_or_else(|| Refusal::from(AccessRefusal::Credentials))?;
    if row.disabled_at.is_some() {
        return Err(AccessRefusal::ClientDisabled.into());
    }
    let scopes = rules::grant(row.role()?, asked.as_deref())?;
    let claims = token::Claims::new(&app.config.public_url(), &row.id, &scopes, app.edge.id("tok"), app.edge.now());
    Ok(Granted { token: token::sign(&claims, &app.keys.token_signer())?, scopes })
}

/// The client behind a token whose claims were checked, read anew for each request, so that disabling works at once.
///
/// # Errors
/// `access.client_disabled`, `access.client_credentials` when there is no such client, or a fault.
pub async fn caller(app: &App, client_id: String) -> Result<Caller, Error> {
    app.db.read(move |conn| admitted(store::find(conn, &client_id)?)).await
}

/// A client who may call.
pub(super) fn admitted(row: Option<Row>) -> Result<Caller, Error> {
    let row = row.ok_or_else(|| Refusal::from(AccessRefusal::Credentials))?;
    if row.disabled_at.is_some() {
        return Err(AccessRefusal::ClientDisabled.into());
    }
    let role = row.role()?;
    Ok(Caller { client_id: row.id, role, provider_id: row.provider_id })
}
