//! Verification over HTTP. What is verified is never logged.

use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use verifier::ids::RegionCode;
use verifier::verdict::{PresentedReceipt, Verdict};

use super::{Said, VerificationRefusal, service};
use crate::app::App;
use crate::http::body::Body;
use crate::http::caller::{MaybePermit, Public, VerifyMany};
use crate::http::limits::Limited;
use crate::http::problem::{Document, HttpRefusal, Problem};
use crate::messages::from_verifier;

/// Most bytes of one text, the verifier's own limit for certificates.
const TEXT_MAX: usize = 8 * 1024;
/// Most texts in one call.
const TEXTS_MAX: usize = 100;
/// Most bytes of a request: a hundred texts.
const BATCH_MAX: usize = 1024 * 1024;
/// Most characters of a name or number that is looked up.
const LOOKUP_MAX: usize = 100;

/// What is to be verified: `text`, or `texts` by a partner.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"text": "eyJhbGciOiJFZERTQSIsImtpZCI6Im85cVNtM2M3IiwidHlwIjoiaGYxK2p3dCJ9.e30.AA"}))]
pub struct VerifyInput {
    /// The text of a QR, a URL, or a JWS of a certificate or of a receipt; for partners and issuing bodies also a bare number. At most 8 KiB; a
    /// receipt at most 128 KiB.
    #[schema(example = "eyJhbGciOiJFZERTQSIsImtpZCI6Im85cVNtM2M3IiwidHlwIjoiaGYxK2p3dCJ9.e30.AA")]
    text: Option<String>,
    /// Up to 100 of them at once.
    texts: Option<Vec<String>>,
    /// Region (six digits) that is to say whether it recognises what is valid, by which clause of which agreement, or why not. A receipt says that
    /// itself.
    #[schema(example = "320000")]
    place: Option<String>,
}

/// Verdicts in the order of the texts.
#[derive(Serialize, ToSchema)]
pub struct Verdicts {
    /// One a text.
    #[schema(value_type = Vec<Object>)]
    verdicts: Vec<Said>,
}

/// Verifies one certificate or receipt, or up to 100 for a partner.
#[utoipa::path(post, path = "/v1/verify", operation_id = "verify_certificate", tag = "verification", security((), ("oauth" = ["verify:many"])),
    request_body = VerifyInput,
    responses((status = 200, description = "A Verdict for `text` (docs/formats/verdict.md; of a receipt docs/formats/recognition.md), `{verdicts: [...]}` for `texts`", body = serde_json::Value),
        (status = 403, description = "verification.many", body = Document), (status = 422, description = "verification.input", body = Document),
        (status = 429, description = "http.rate_limited", body = Document)))]
#[post("/v1/verify")]
pub async fn verify(app: web::Data<App>, permit: MaybePermit<VerifyMany>, body: Body<VerifyInput, BATCH_MAX>) -> Result<HttpResponse, Problem> {
    let caller = permit.caller.as_ref();
    let place = body.value.place.as_deref().map(RegionCode::parse).transpose();
    let place = place.map_err(|error| from_verifier("place", error.code()))?;
    match (&body.value.text, &body.value.texts) {
        (Some(text), None) if is_short_enough(text) => Ok(HttpResponse::Ok().json(service::verify(&app, caller, text, place.as_ref()).await?)),
        (None, Some(texts)) if !texts.is_empty() && texts.len() <= TEXTS_MAX && texts.iter().all(|t| t.len() <= TEXT_MAX) => {
            if caller.is_none() {
                return Err(VerificationRefusal::Many.at("texts").into());
            }
            let mut verdicts = Vec::with_capacity(texts.len());
            for text in texts {
                verdicts.push(service::verify(&app, caller, text, place.as_ref()).await?);
            }
            Ok(HttpResponse::Ok().json(Verdicts { verdicts }))
        }
        (_, Some(_)) => Err(VerificationRefusal::Input.at("texts").into()),
        (_, None) => Err(VerificationRefusal::Input.at("text").into()),
    }
}

/// A receipt by itself may be as long as documents are: it brings its decision.
fn is_short_enough(text: &str) -> bool {
    text.len() <= TEXT_MAX || PresentedReceipt::from_text(text).is_some()
}

/// A certificate to be looked up.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookupInput {
    /// The number, as printed.
    #[schema(example = "S000031000026000001")]
    number: String,
    /// The holder's name, as printed.
    #[schema(example = "欧阳静")]
    name: String,
}

/// What was found. `verdict` is null when number and name do not belong together, for whatever reason.
#[derive(Serialize, ToSchema)]
pub struct LookupAnswer {
    /// Whether number and name belong together.
    #[schema(example = true)]
    found: bool,
    /// The verdict (docs/formats/verdict.md), or null.
    #[schema(value_type = Option<Object>)]
    verdict: Option<Verdict>,
}

/// Public look-up by number and name (证书查询). A POST, so that no name lands in a URL.
#[utoipa::path(post, path = "/v1/certificates:query", operation_id = "query_certificate", tag = "verification", security(()), request_body = LookupInput,
    responses((status = 200, description = "Always of the same shape", body = LookupAnswer), (status = 422, description = "http.field", body = Document),
        (status = 429, description = "http.rate_limited", body = Document)))]
#[post("/v1/certificates:query")]
pub async fn look_up(app: web::Data<App>, req: HttpRequest, _public: Public, body: Body<LookupInput>) -> Result<HttpResponse, Problem> {
    app.limits.take(Limited::Lookup, &app.limits.address(&req))?;
    let LookupInput { number, name } = &body.value;
    for (field, value) in [("number", number), ("name", name)] {
        if value.trim().is_empty() || value.chars().count() > LOOKUP_MAX || value.contains('\0') {
            return Err(HttpRefusal::Field.at(field).got(format!("not 1 to {LOOKUP_MAX} characters")).into());
        }
    }
    let looked = service::look_up(&app, number, name).await?;
    Ok(HttpResponse::Ok().json(LookupAnswer { found: looked.verdict.is_some(), verdict: looked.verdict }))
}
