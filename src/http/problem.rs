//! RFC 9457 problem documents: what a caller reads when something is refused or has failed.
//!
//! Handlers return [`Problem`]; the envelope middleware renders it, because only there are the language and the request id known.

use std::fmt;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::{Error, Fault, Reason, Refusal, Unmet};
use crate::messages::Lang;
use crate::refusals;

refusals! {
    /// Refusals of the HTTP layer itself.
    pub enum HttpRefusal {
        NoRoute = 404, "http.no_route", "RFC 9110 15.5.5", "没有这个地址", "there is nothing at this address";
        Method = 405, "http.method", "RFC 9110 15.5.6", "该地址不支持此方法", "this address does not take this method";
        TooLarge = 413, "http.too_large", "a request body is at most 64 KiB, a redemption 128 KiB, an agreement's file 512 KiB, a batch or an agreement's text 1 MiB", "请求体过大", "the request body is too large";
        MediaType = 415, "http.media_type", "a request body is application/json", "请求体须为 application/json", "the request body must be application/json";
        Malformed = 400, "http.malformed", "RFC 8259, UTF-8, no duplicate member", "请求体不是合法的 JSON", "the request body is not valid JSON";
        Field = 422, "http.field", "each field has the documented type and limits", "字段不符合要求", "a field does not have the documented shape";
        UnknownField = 422, "http.unknown_field", "unknown fields are refused", "存在未知字段", "there is an unknown field";
        Query = 400, "http.query", "query parameters are documented and limited", "查询参数不符合要求", "a query parameter is not as documented";
        Header = 400, "http.header", "headers are documented and limited", "请求头不符合要求", "a request header is not as documented";
        RateLimited = 429, "http.rate_limited", "each client has a number of requests a minute", "请求过于频繁，请稍后再试", "too many requests; try again later";
        Unauthenticated = 401, "access.unauthenticated", "RFC 6750", "需要有效的访问令牌", "a valid access token is needed";
        Forbidden = 403, "access.forbidden", "a role may do what its scopes say", "没有执行此操作的权限", "this client may not do this";
        Idempotency = 409, "http.idempotency_conflict", "an Idempotency-Key belongs to one input", "该幂等键已用于其他内容的请求", "this Idempotency-Key was used with other content";
    }
}

/// Reasons for what is wrong on our side. They carry no detail.
pub const INTERNAL: Reason = Reason {
    code: "http.internal",
    status: 500,
    rule: "a fault is logged under the request id",
    zh: "服务器内部错误，请凭请求编号联系运营方",
    en: "something failed here; tell the operator the request id",
};
/// The database (or another thing that comes back by itself) cannot be reached.
pub const UNAVAILABLE: Reason = Reason {
    code: "http.unavailable",
    status: 503,
    rule: "nothing was half done; repeat with the same Idempotency-Key",
    zh: "服务暂时不可用，请稍后用同一幂等键重试",
    en: "temporarily unavailable; repeat later with the same Idempotency-Key",
};

/// A refusal or a fault on its way to the caller.
#[derive(Clone, Debug)]
pub enum Problem {
    /// 4xx.
    Refusal(Box<Refusal>),
    /// 5xx; the text is for the log alone.
    Fault(Arc<Fault>),
}

impl Problem {
    /// The catalogue's entry.
    pub fn reason(&self) -> Reason {
        match self {
            Problem::Refusal(r) => r.reason,
            Problem::Fault(f) if f.is_unavailable() => UNAVAILABLE,
            Problem::Fault(_) => INTERNAL,
        }
    }

    /// The document in `lang`.
    pub fn document(&self, lang: Lang, request_id: &str) -> Document {
        let reason = self.reason();
        let words = lang.pick(reason.zh, reason.en).to_owned();
        let (field, got, checks) = match self {
            Problem::Refusal(r) => (Some(r.field.clone()).filter(|f| !f.is_empty()), r.got.clone(), r.checks.clone()),
            Problem::Fault(_) => (None, None, Vec::new()),
        };
        Document {
            kind: format!("/docs/errors#{}", reason.code),
            title: words,
            status: reason.status,
            code: reason.code.to_owned(),
            field,
            rule: reason.rule.to_owned(),
            got,
            checks,
            request_id: request_id.to_owned(),
        }
    }

    /// Seconds to wait, where that is known.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Problem::Refusal(r) => r.retry_after,
            Problem::Fault(f) => f.is_unavailable().then_some(2),
        }
    }
}

/// `application/problem+json` (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct Document {
    /// Reference to the catalogue's entry.
    #[serde(rename = "type")]
    #[schema(example = "/docs/errors#certificates.not_found")]
    pub kind: String,
    /// The code's words, in the language of `Accept-Language` (zh-CN or en).
    #[schema(example = "there is no such certificate")]
    pub title: String,
    /// HTTP status.
    #[schema(example = 404)]
    pub status: u16,
    /// Stable code.
    #[schema(example = "certificates.not_found")]
    pub code: String,
    /// The input at fault, as a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "holder.name")]
    pub field: Option<String>,
    /// The rule that was applied.
    pub rule: String,
    /// What was found, when it is not personal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub got: Option<String>,
    /// Every check that is not met, where several were made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Unmet>,
    /// Names this request in the registry's log.
    #[schema(example = "req_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub request_id: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Refusal(r) => r.fmt(f),
            Problem::Fault(x) => x.fmt(f),
        }
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.reason().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

impl From<Error> for Problem {
    fn from(e: Error) -> Problem {
        match e {
            Error::Refusal(r) => Problem::Refusal(Box::new(r)),
            Error::Fault(f) => Problem::Fault(Arc::new(f)),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(r: Refusal) -> Problem {
        Problem::Refusal(Box::new(r))
    }
}

impl From<Fault> for Problem {
    fn from(f: Fault) -> Problem {
        Problem::Fault(Arc::new(f))
    }
}

impl From<HttpRefusal> for Problem {
    fn from(r: HttpRefusal) -> Problem {
        Refusal::from(r).into()
    }
}
