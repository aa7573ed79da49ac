//! A partner as an operator sees it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use verifier::bundle::Manifest;
use verifier::jws::Fingerprint;

use super::service::Alarm;
use super::store::{self, Row};
use crate::db::Conn;
use crate::error::{Error, Fault};

/// A partner region: its pin, what is held of it, and how asking it goes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Partner)]
pub struct State {
    /// GB/T 2260.
    #[schema(example = "320000")]
    region: String,
    /// Where its registry is.
    #[schema(example = "https://skills.js.example")]
    url: String,
    /// The pinned key as people read it out: eight groups of five digits.
    #[schema(example = "53412 00817 20113 65001 00042 31377 12000 47110")]
    fingerprint: String,
    /// The pinned key's RFC 7638 thumbprint.
    thumbprint: String,
    /// Unix seconds: since when what is held is gathered under this key.
    #[schema(example = 1_795_276_800)]
    pinned_at: i64,
    /// The bundle that is held; absent until one was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<HeldState>,
    /// Unix seconds: when the partner last answered well, whether with something new or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    fetched_at: Option<i64>,
    /// Unix seconds: when it is asked again.
    #[schema(example = 1_795_277_400)]
    next_at: i64,
    /// Failures since it last answered well.
    #[schema(example = 0)]
    failures: i64,
    /// The last failure; absent when it answered well.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorState>,
    /// That its key contradicted itself; stands until an operator acknowledges it or pins the partner again.
    #[serde(skip_serializing_if = "Option::is_none")]
    alarm: Option<AlarmState>,
}

/// The bundle that is held of a partner.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PartnerBundle)]
pub(super) struct HeldState {
    /// The region's name in Chinese, by its own manifest.
    #[schema(example = "江苏省")]
    name_zh: String,
    /// The region's name in English.
    #[schema(example = "Jiangsu")]
    name_en: String,
    /// Rises when the partner restores from a backup.
    #[schema(example = 1)]
    epoch: u64,
    /// Rises with each of its manifests.
    #[schema(example = 17)]
    seq: u64,
    /// Unix seconds: up to when its facts are known.
    #[schema(example = 1_795_276_800)]
    iat: i64,
    /// Seconds since then.
    #[schema(example = 540)]
    age: i64,
    /// Unix seconds: until then verdicts are "valid", afterwards "valid as of".
    #[schema(example = 1_795_363_200)]
    fresh_until: i64,
    /// Unix seconds: from then on nothing is known any more.
    #[schema(example = 1_803_052_800)]
    expires: i64,
}

/// Why asking a partner failed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PartnerError)]
pub(super) struct ErrorState {
    /// Stable code.
    #[schema(example = "partners.unreachable")]
    code: String,
    /// What was found, where that helps.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "connection refused")]
    got: Option<String>,
}

/// That a partner's key signed two things that cannot both be so. Both manifests are kept, as they were signed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PartnerAlarm)]
pub(super) struct AlarmState {
    /// Stable code.
    #[schema(example = "bundle.equivocation")]
    code: String,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    about: Option<String>,
    /// Unix seconds.
    #[schema(example = 1_795_276_800)]
    at: i64,
    /// The manifest that was held.
    held: String,
    /// The one that contradicts it.
    other: String,
}

/// What an event of an alarm has in its document.
#[derive(Deserialize)]
struct Recorded {
    alarm: Alarm,
}

impl State {
    /// The state of a row at `now`.
    pub(super) fn of(conn: &mut Conn, row: Row, now: i64) -> Result<State, Error> {
        let key = row.anchor()?.key;
        let held = match &row.manifest {
            Some(text) => Some(HeldState::of(&Manifest::open(text, &key).map_err(|e| Fault::text(e.to_string()))?, now)),
            None => None,
        };
        let alarm = match row.alarm.as_deref().map(|id| store::event(conn, id)).transpose()?.flatten() {
            Some(event) => {
                let Alarm { code, about, held, other } = serde_json::from_str::<Recorded>(&event.document).map_err(Fault::new)?.alarm;
                Some(AlarmState { code, about, at: event.at, held, other })
            }
            None => None,
        };
        let got = row.error_detail;
        Ok(State {
            region: row.region,
            url: row.url,
            fingerprint: Fingerprint::of(&key).to_string(),
            thumbprint: key.thumbprint(),
            pinned_at: row.pinned_at,
            held,
            fetched_at: row.fetched_at,
            next_at: row.next_at,
            failures: row.failures,
            error: row.error.map(|code| ErrorState { code, got }),
            alarm,
        })
    }
}

impl HeldState {
    fn of(manifest: &Manifest, now: i64) -> HeldState {
        HeldState {
            name_zh: manifest.name_zh.clone(),
            name_en: manifest.name_en.clone(),
            epoch: manifest.epoch,
            seq: manifest.seq,
            iat: manifest.iat.0,
            age: now.saturating_sub(manifest.iat.0).max(0),
            fresh_until: manifest.fresh_until.0,
            expires: manifest.expires.0,
        }
    }
}
