//! Taking in a file: it goes to a file without a name on the way, whatever its size.

use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};

use actix_web::{HttpResponse, post, web};
use futures_util::{Stream, StreamExt};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use super::super::service::{self, Upload};
use super::super::sheet::{FILE_MAX, Mapping};
use super::super::views::View;
use super::super::{BatchRefusal, MAPPING_MAX};
use crate::app::App;
use crate::certificates::Actor;
use crate::error::Fault;
use crate::http::body::{Query, parse};
use crate::http::caller::{Permit, WriteCertificates};
use crate::http::problem::{Document, HttpRefusal, Problem};

/// After how many seconds who finds no turn may try again.
pub(super) const BUSY_SECONDS: u64 = 5;
/// How long the next piece of a file may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes a second that an upload keeps up on the whole.
const SLOWEST: u64 = 4 * 1024;

/// What is said beside the file.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UploadQuery {
    /// What the file is called, 1 to 200 characters.
    #[param(example = "2026年10月电工考试.xlsx")]
    name: Option<String>,
    /// Provider id. An operator must say; a provider's client may leave it out.
    provider: Option<String>,
    /// A JSON object of column names and fields, for columns that are not called as documented: `{"鉴定时间": "assessed_on", "工作单位": null}`.
    mapping: Option<String>,
}

/// Uploads a file of certificates: CSV, XLSX or NDJSON, at most 512 MiB and 1,000,000 rows. Every row is then looked at; nothing is issued before somebody
/// approves.
#[utoipa::path(post, path = "/v1/batches", operation_id = "create_batch", tag = "batches", security(("oauth" = ["certificates:write"])), params(UploadQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file as it is"),
    responses((status = 201, description = "It is being looked at", body = View),
        (status = 200, description = "This file was uploaded before: the batch that it is", body = View),
        (status = 409, description = "batches.too_many_open", body = Document),
        (status = 408, description = "batches.too_slow", body = Document),
        (status = 413, description = "batches.too_large", body = Document),
        (status = 422, description = "batches.* of the file as a whole, certificates.provider", body = Document),
        (status = 429, description = "batches.busy", body = Document)))]
#[post("/v1/batches")]
pub async fn create(
    app: web::Data<App>,
    permit: Permit<WriteCertificates>,
    query: Query<UploadQuery>,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    let UploadQuery { name, provider, mapping } = query.0;
    let actor = Actor::new(&permit.caller, provider.as_deref(), "provider")?;
    let mapping = match mapping {
        Some(text) if text.len() > MAPPING_MAX => return Err(BatchRefusal::Mapping.at("mapping").into()),
        Some(text) => parse::<Mapping>(text.as_bytes())?,
        None => Mapping::default(),
    };
    let _turn = app.uploads.take(&actor.provider).ok_or_else(|| BatchRefusal::Busy.at("").retry_after(BUSY_SECONDS))?;
    let (file, digest) = taken_in(payload, PATIENCE).await?;
    let this = app.clone();
    let upload = Upload { name: name.unwrap_or_default(), file, digest, mapping };
    let kept = tokio::task::spawn_blocking(move || service::receive(&this, &actor, upload)).await.map_err(Fault::new)?;
    let (row, is_new) = kept?;
    app.batches_due.notify_one();
    let view: View = super::stands(&app, permit.caller, row.id).await?;
    Ok(if is_new { HttpResponse::Created().json(view) } else { HttpResponse::Ok().json(view) })
}

/// All of a file, and its digest; `patience` is how long the next piece may take.
async fn taken_in<E>(payload: impl Stream<Item = Result<web::Bytes, E>>, patience: Duration) -> Result<(File, String), Problem> {
    let (mut file, mut hash, mut bytes) = (tempfile::tempfile().map_err(Fault::new)?, Sha256::new(), 0_u64);
    let (mut payload, started) = (std::pin::pin!(payload), Instant::now());
    let slow = || Problem::from(BatchRefusal::TooSlow.at(""));
    while let Some(piece) = tokio::time::timeout(patience, payload.next()).await.map_err(|_| slow())? {
        let piece = piece.map_err(|_| Problem::from(HttpRefusal::Malformed))?;
        bytes += piece.len() as u64;
        if bytes > FILE_MAX {
            return Err(BatchRefusal::TooLarge.at("").into());
        }
        let took = started.elapsed();
        if took > patience && bytes < took.as_secs() * SLOWEST {
            return Err(slow());
        }
        hash.update(&piece);
        // What was written waits in the kernel's cache; a write seldom waits for the disk.
        file.write_all(&piece).map_err(Fault::new)?;
    }
    let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((file, format!("sha256:{hex}")))
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    type Piece = Result<web::Bytes, ()>;

    async fn code(payload: impl Stream<Item = Piece>, patience: u64) -> String {
        match taken_in(payload, Duration::from_millis(patience)).await {
            Ok((_, digest)) => digest,
            Err(problem) => problem.to_string(),
        }
    }

    #[actix_web::test]
    async fn who_sends_nothing_or_next_to_nothing_gives_up_the_turn() {
        let piece = || Ok(web::Bytes::from_static(b"x"));
        let silent = stream::iter([piece()]).chain(stream::pending());
        assert!(code(silent, 20).await.contains("batches.too_slow"));
        let drops = stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            Some((Ok(web::Bytes::from_static(b"x")), ()))
        });
        assert!(code(drops, 1_000).await.contains("batches.too_slow"));
        let whole = stream::iter([piece(), piece()]);
        assert_eq!(code(whole, 1_000).await, verifier::documents::Digest::of("xx").to_string());
        assert!(code(stream::iter([piece(), Err(())]), 1_000).await.contains("http.malformed"));
    }
}
