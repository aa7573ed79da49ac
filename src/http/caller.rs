//! Who is calling, and may they: extractors that a handler names in its arguments. Every route has exactly one of [`Permit`],
//! [`MaybePermit`], [`Account`] and [`Public`] before its body, or stands in the tests' table of routes that need none.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use tokio::sync::Notify;

use super::limits::Limited;
use super::problem::{HttpRefusal, Problem};
use crate::access::{Caller, Scope, remembered, rules, service, token};
use crate::app::App;
use crate::error::{Fault, Refusal};
use crate::learners::{Learner, service as learners};

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

/// Opens when the caller of a request was found good. Extractors of one handler run side by side; a body waits here, so that who may not call
/// learns nothing about what was sent, and nothing is read for them.
#[derive(Clone, Default)]
pub(super) struct Gate(Rc<Notify>);

impl Gate {
    /// The gate of a request, when its handler names a permission before its body.
    pub(super) fn of(req: &HttpRequest) -> Option<Gate> {
        req.extensions().get::<Gate>().cloned()
    }

    /// Waits until it opens. It never does for a caller who is refused: the whole request ends instead.
    pub(super) async fn opened(&self) {
        self.0.notified().await;
    }

    fn set(req: &HttpRequest) -> Gate {
        let gate = Gate::default();
        req.extensions_mut().insert(gate.clone());
        gate
    }

    fn open(&self) {
        self.0.notify_one();
    }
}

/// A permission that a route asks for.
pub trait Permission: 'static {
    /// The scope it stands for.
    const SCOPE: Scope;
    /// Whether a client that was looked at a moment ago is let in: the transaction of the route looks again, by [`Permit::seen`].
    const REMEMBERED: bool = false;
}

macro_rules! permissions {
    ($($name:ident => $scope:ident;)+) => {
        $(
            #[doc = concat!("[`Scope::", stringify!($scope), "`]")]
            #[derive(Debug)]
            pub struct $name;
            impl Permission for $name {
                const SCOPE: Scope = Scope::$scope;
            }
        )+
    };
}

permissions! {
    ManageRegion => RegionManage;
    WriteCertificates => CertificatesWrite;
    ReadCertificates => CertificatesRead;
    VerifyMany => VerifyMany;
    Audit => Audit;
    ReadPartners => PartnersRead;
    WritePartners => PartnersWrite;
    WriteLearners => LearnersWrite;
    ReadAchievements => AchievementsRead;
    WriteAchievements => AchievementsWrite;
    ReadAgreements => AgreementsRead;
    WriteAgreements => AgreementsWrite;
    ReadRecognition => RecognitionRead;
    WriteRecognition => RecognitionWrite;
    MoveCredit => CreditMove;
    ManageWebhooks => WebhooksManage;
}

/// Issuing one certificate. The transaction that issues it sees to it that the client is not disabled.
#[derive(Debug)]
pub struct IssueCertificate;

impl Permission for IssueCertificate {
    const SCOPE: Scope = Scope::CertificatesWrite;
    const REMEMBERED: bool = true;
}

/// A caller whose token is good and allows `P`. Takes one from the client's rate limit.
///
/// Refusals: 401 `access.unauthenticated` or `access.client_disabled`, 403 `access.forbidden`, 429 `http.rate_limited`.
#[derive(Debug)]
pub struct Permit<P> {
    /// Who it is.
    pub caller: Caller,
    /// The revision of the clients under which it was let in, where it was not read for this request.
    pub seen: Option<i64>,
    scope: String,
    permission: PhantomData<P>,
}

impl<P> Permit<P> {
    /// Whether the caller may do something else besides, by the role and by the token: for a request that says by a member that it wants more.
    ///
    /// # Errors
    /// 403 `access.forbidden`.
    pub fn also(&self, scope: Scope) -> Result<(), Refusal> {
        let may = rules::has(&self.scope, scope) && self.caller.role.scopes().contains(&scope);
        if may { Ok(()) } else { Err(forbidden(scope)) }
    }
}

fn forbidden(scope: Scope) -> Refusal {
    HttpRefusal::Forbidden.at("scope").got(format!("needs {}", scope.as_str()))
}

/// For a public route that does more for a caller who may `P`. Without a token it counts as [`Public`]; a token that is present must be good.
/// A good token without `P` is served as the public is.
#[derive(Debug)]
pub struct MaybePermit<P> {
    /// Who it is, when they may `P`.
    pub caller: Option<Caller>,
    permission: PhantomData<P>,
}

/// A learner who is signed in. Takes one from the account's rate limit. An access token of a client is none of a learner, nor the other way round.
///
/// Refusals: 401 `access.unauthenticated`, 429 `http.rate_limited`.
#[derive(Debug)]
pub struct Account {
    /// Who it is.
    pub learner: Learner,
}

/// Anybody, within the rate limit of their address.
#[derive(Debug)]
pub struct Public;

impl<P: Permission> FromRequest for Permit<P> {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (req, gate) = (req.clone(), Gate::set(req));
        Box::pin(async move {
            let app = application(&req)?;
            let Some(claims) = claims(&app, &req)? else {
                app.limits.take(Limited::Public, &app.limits.address(&req))?;
                return Err(HttpRefusal::Unauthenticated.at("authorization").into());
            };
            if !rules::has(&claims.scope, P::SCOPE) {
                return Err(forbidden(P::SCOPE).into());
            }
            let (caller, seen) = if P::REMEMBERED {
                let (caller, revision) = remembered::caller(&app, claims.sub).await?;
                (caller, Some(revision))
            } else {
                (service::caller(&app, claims.sub).await?, None)
            };
            let permit = Permit { caller, seen, scope: claims.scope, permission: PhantomData };
            permit.also(P::SCOPE)?;
            gate.open();
            Ok(permit)
        })
    }
}

impl<P: Permission> FromRequest for MaybePermit<P> {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (req, gate) = (req.clone(), Gate::set(req));
        Box::pin(async move {
            let app = application(&req)?;
            let caller = match claims(&app, &req)? {
                Some(claims) => {
                    let caller = service::caller(&app, claims.sub).await?;
                    let may = rules::has(&claims.scope, P::SCOPE) && caller.role.scopes().contains(&P::SCOPE);
                    may.then_some(caller)
                }
                None => {
                    app.limits.take(Limited::Public, &app.limits.address(&req))?;
                    None
                }
            };
            gate.open();
            Ok(MaybePermit { caller, permission: PhantomData })
        })
    }
}

impl FromRequest for Account {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (req, gate) = (req.clone(), Gate::set(req));
        Box::pin(async move {
            let app = application(&req)?;
            match learner(&app, &req).await? {
                Ok(learner) => {
                    app.limits.take(Limited::Client, &learner.id)?;
                    gate.open();
                    Ok(Account { learner })
                }
                Err(refusal) => {
                    app.limits.take(Limited::Public, &app.limits.address(&req))?;
                    Err(refusal.into())
                }
            }
        })
    }
}

/// The learner whose token stands in the Authorization header, or why there is none.
async fn learner(app: &web::Data<App>, req: &HttpRequest) -> Result<Result<Learner, Refusal>, Problem> {
    let token = match bearer(req) {
        Ok(Some(token)) => token.to_owned(),
        Ok(None) => return Ok(Err(HttpRefusal::Unauthenticated.at("authorization"))),
        Err(refusal) => return Ok(Err(refusal)),
    };
    let edge = app.edge.clone();
    let found = app.db.read(move |conn| learners::session(conn, &edge, &token)).await?;
    Ok(found.ok_or_else(|| HttpRefusal::Unauthenticated.at("authorization").got("no account is signed in with it")))
}

impl FromRequest for Public {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let taken = application(req).and_then(|app| Ok(app.limits.take(Limited::Public, &app.limits.address(req))?));
        std::future::ready(taken.map(|()| Public))
    }
}

fn application(req: &HttpRequest) -> Result<web::Data<App>, Problem> {
    req.app_data::<web::Data<App>>().cloned().ok_or_else(|| Fault::text("a route without an application").into())
}

/// The claims of the token in the Authorization header, or none without one. A good token counts against its client, a bad one against the
/// address that sent it.
fn claims(app: &App, req: &HttpRequest) -> Result<Option<token::Claims>, Problem> {
    let checked = bearer(req).and_then(|found| found.map(|text| check(app, text)).transpose());
    match &checked {
        Ok(None) => {}
        Ok(Some(claims)) => app.limits.take(Limited::Client, &claims.sub)?,
        Err(_) => app.limits.take(Limited::Public, &app.limits.address(req))?,
    }
    Ok(checked?)
}

fn check(app: &App, text: &str) -> Result<token::Claims, Refusal> {
    let checked = app.tokens.verify(text, &app.config.public_url(), app.edge.now(), |kid| app.keys.token_key(kid));
    checked.map_err(|e| HttpRefusal::Unauthenticated.at("authorization").got(e.as_str()))
}

/// The token of `Authorization: Bearer <token>` (RFC 6750 section 2.1); none without the header. Two such headers are refused.
fn bearer(req: &HttpRequest) -> Result<Option<&str>, Refusal> {
    let mut values = req.headers().get_all(header::AUTHORIZATION);
    let Some(value) = values.next() else { return Ok(None) };
    let token = value.to_str().ok().and_then(|v| v.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    match (token, values.next()) {
        (Some((_, token)), None) => Ok(Some(token)),
        _ => Err(HttpRefusal::Unauthenticated.at("authorization").got("not one Bearer token")),
    }
}
