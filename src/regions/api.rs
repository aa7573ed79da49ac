//! `GET /v1/region`: which registry this is.

use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Serialize;
use utoipa::ToSchema;
use verifier::base64url;
use verifier::jws::Fingerprint;

use crate::app::App;
use crate::error::Fault;
use crate::http::cache;
use crate::http::caller::Public;
use crate::http::problem::Problem;

/// The region that this registry serves.
#[derive(Serialize, ToSchema)]
pub struct RegionView {
    /// GB/T 2260.
    #[schema(example = "310000")]
    code: String,
    /// Name in Chinese.
    #[schema(example = "上海市")]
    name_zh: String,
    /// Name in English.
    #[schema(example = "Shanghai")]
    name_en: String,
    /// Where the world reaches it.
    #[schema(example = "https://skills.sh.example")]
    url: String,
    /// The region's DID.
    #[schema(example = "did:web:skills.sh.example")]
    did: String,
    /// Minutes east of UTC of its civil days.
    #[schema(example = 480)]
    zone: i16,
    /// Rises by one after a restore from backup.
    #[schema(example = 1)]
    epoch: i64,
    /// The region key, base64url of 32 bytes: what a verifier pins.
    #[schema(example = "gh5zUb6VHXStlQKqgGHNXAdVdKgnwe12i-gPx1YGvHo")]
    key: String,
    /// Its fingerprint, as people read it out to each other.
    #[schema(example = "53412 00817 21930 40005 61120 00042 33871 15008")]
    fingerprint: String,
}

/// Which region this is, and the fingerprint of its key.
#[utoipa::path(get, path = "/v1/region", operation_id = "get_region", tag = "published", security(()),
    responses((status = 200, description = "The region", body = RegionView)))]
#[get("/v1/region")]
pub async fn read(app: web::Data<App>, req: HttpRequest, _public: Public) -> Result<HttpResponse, Problem> {
    let (region, key) = (&app.region, *app.keys.region_signer().public());
    let view = RegionView {
        code: region.code.as_str().to_owned(),
        name_zh: region.name_zh.clone(),
        name_en: region.name_en.clone(),
        url: app.config.public_url(),
        did: app.did.region().to_owned(),
        zone: region.zone.minutes(),
        epoch: region.epoch,
        key: base64url::encode(key.as_bytes()),
        fingerprint: Fingerprint::of(&key).to_string(),
    };
    let body = serde_json::to_vec(&view).map_err(Fault::new)?;
    Ok(cache::respond(&req, "application/json", body, 300))
}
