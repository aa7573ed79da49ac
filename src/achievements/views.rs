//! How an achievement looks in an answer.

use serde::Serialize;
use utoipa::ToSchema;

use super::service;
use super::store::Row;
use crate::app::App;
use crate::db::Conn;
use crate::error::Error;
use crate::ledger::LotView;
use crate::{ledger, providers};

/// An achievement.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Achievement)]
pub struct View {
    /// Id in this registry.
    #[schema(example = "ach_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub id: String,
    /// Id of the learner's account.
    #[schema(example = "lrn_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub learner: String,
    /// Id of the provider.
    #[schema(example = "prov_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub provider: String,
    /// `recorded`, `replaced` or `voided`.
    #[schema(example = "recorded")]
    pub state: String,
    /// `course`, `training` or `award`.
    #[schema(example = "course")]
    pub kind: String,
    /// What it is called.
    #[schema(example = "集成电路制造工艺")]
    pub title: String,
    /// Day of the achievement.
    #[schema(example = "2026-10-18")]
    pub earned_on: String,
    /// When it was recorded, unix seconds.
    #[schema(example = 1_795_276_800)]
    pub recorded_at: i64,
    /// `sha256:` of the document.
    pub digest: String,
    /// Id of the record that this one took the place of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<String>,
    /// `achievement/1` as the region signed it: a compact JWS.
    pub document: String,
    /// The credit that it minted, as it stands today: each lot is followed by those of earlier evaluations of which something has gone or was spent.
    pub lots: Vec<LotView>,
}

impl View {
    /// The view of a row.
    ///
    /// # Errors
    /// A fault when the row was changed outside this program.
    pub fn of(conn: &mut Conn, app: &App, row: Row) -> Result<View, Error> {
        let document = service::open(app, &row)?;
        let today = providers::service::today(app);
        let lots = ledger::service::evaluations(conn, &row.basis, today)?.into_iter().map(LotView::of).collect();
        Ok(View {
            id: row.id,
            learner: row.learner_id,
            provider: row.provider_id,
            state: row.state,
            kind: document.kind.as_str().to_owned(),
            title: document.title.as_str().to_owned(),
            earned_on: row.earned_on,
            recorded_at: row.recorded_at,
            digest: row.digest,
            replaces: row.replaces,
            document: row.document,
            lots,
        })
    }
}
