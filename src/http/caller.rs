//! Who is calling, and may they: extractors that a handler names in its arguments. Every route has exactly one of [`Permit`],
//! [`MaybePermit`] and [`Public`], or stands in the table of routes that need none.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};

use super::limits::Limited;
use super::problem::{HttpRefusal, Problem};
use crate::access::{Caller, Scope, rules, service, token};
use crate::app::App;
use crate::error::{Error, Fault, Refusal};

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

/// A permission that a route asks for.
pub trait Permission: 'static {
    /// The scope it stands for.
    const SCOPE: Scope;
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
}

/// A caller whose token is good and allows `P`. Takes one from the client's rate limit.
///
/// Refusals: 401 `access.unauthenticated` or `access.client_disabled`, 403 `access.forbidden`, 429 `http.rate_limited`.
#[derive(Debug)]
pub struct Permit<P> {
    /// Who it is.
    pub caller: Caller,
    permission: PhantomData<P>,
}

/// For a public route that does more for a caller who may `P`. Without a token it counts as [`Public`]; a token that is present must be good.
/// A good token without `P` is served as the public is.
#[derive(Debug)]
pub struct MaybePermit<P> {
    /// Who it is, when they may `P`.
    pub caller: Option<Caller>,
    permission: PhantomData<P>,
}

/// Anybody, within the rate limit of their address.
#[derive(Debug)]
pub struct Public;

impl<P: Permission> FromRequest for Permit<P> {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let app = application(&req)?;
            let Some(signed_in) = signed_in(&app, &req).await? else {
                app.limits.take(Limited::Public, &app.limits.address(&req))?;
                return Err(HttpRefusal::Unauthenticated.at("authorization").into());
            };
            if !signed_in.may(P::SCOPE) {
                return Err(HttpRefusal::Forbidden.at("scope").got(format!("needs {}", P::SCOPE.as_str())).into());
            }
            Ok(Permit { caller: signed_in.caller, permission: PhantomData })
        })
    }
}

impl<P: Permission> FromRequest for MaybePermit<P> {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let req = req.clone();
        Box::pin(async move {
            let app = application(&req)?;
            let signed_in = signed_in(&app, &req).await?;
            if signed_in.is_none() {
                app.limits.take(Limited::Public, &app.limits.address(&req))?;
            }
            let caller = signed_in.filter(|s| s.may(P::SCOPE)).map(|s| s.caller);
            Ok(MaybePermit { caller, permission: PhantomData })
        })
    }
}

impl FromRequest for Public {
    type Error = Problem;
    type Future = std::future::Ready<Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let taken = application(req).and_then(|app| Ok(app.limits.take(Limited::Public, &app.limits.address(req))?));
        std::future::ready(taken.map(|()| Public))
    }
}

/// A caller and the scopes of the token they used.
struct SignedIn {
    caller: Caller,
    scope: String,
}

impl SignedIn {
    fn may(&self, scope: Scope) -> bool {
        rules::allows(self.caller.role, &self.scope, scope)
    }
}

fn application(req: &HttpRequest) -> Result<web::Data<App>, Problem> {
    req.app_data::<web::Data<App>>().cloned().ok_or_else(|| Fault::text("a route without an application").into())
}

/// The caller behind the Authorization header, or none without one. A bad token counts against the address that sent it.
async fn signed_in(app: &App, req: &HttpRequest) -> Result<Option<SignedIn>, Problem> {
    let checked = match bearer(req).map(|found| found.map(|text| check(app, text))) {
        Ok(None) => return Ok(None),
        Ok(Some(checked)) => checked,
        Err(refusal) => Err(refusal),
    };
    let known = match checked {
        Ok(claims) => {
            app.limits.take(Limited::Client, &claims.sub)?;
            service::caller(app, claims.sub).await.map(|caller| SignedIn { caller, scope: claims.scope })
        }
        Err(refusal) => Err(Error::from(refusal)),
    };
    if let Err(Error::Refusal(_)) = &known {
        app.limits.take(Limited::Public, &app.limits.address(req))?;
    }
    Ok(Some(known?))
}

fn check(app: &App, text: &str) -> Result<token::Claims, Refusal> {
    let ours = app.keys.token_signer();
    let key_of = |kid: &str| Some(*ours.public()).filter(|key| key.thumbprint() == kid);
    token::verify(text, &app.config.public_url(), app.edge.now(), key_of)
        .map_err(|e| HttpRefusal::Unauthenticated.at("authorization").got(e.as_str()))
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
