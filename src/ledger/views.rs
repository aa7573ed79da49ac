//! How credit looks in an answer. Amounts are hundredths.

use serde::Serialize;
use utoipa::ToSchema;

use super::service::LotState;

/// A lot and where its amount is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Lot)]
pub struct LotView {
    /// Id of the lot.
    #[schema(example = "lot_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub id: String,
    /// Scheme.
    #[schema(example = "310000:credit")]
    pub scheme: String,
    /// Category within the scheme.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "core")]
    pub category: Option<String>,
    /// Minted or received.
    #[schema(example = 200)]
    pub amount: i64,
    /// In the lot and spendable.
    #[schema(example = 200)]
    pub available: i64,
    /// Set aside for transfers.
    #[schema(example = 0)]
    pub held: i64,
    /// Gone to other regions.
    #[schema(example = 0)]
    pub out: i64,
    /// Spent on programmes.
    #[schema(example = 0)]
    pub redeemed: i64,
    /// Not spent in time.
    #[schema(example = 0)]
    pub expired: i64,
    /// Taken back.
    #[schema(example = 0)]
    pub voided: i64,
    /// First day on which it is no longer spendable; absent: it never expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2033-10-18")]
    pub expires_on: Option<String>,
}

impl LotView {
    /// The view of a lot.
    pub fn of(state: LotState) -> LotView {
        let LotState { lot, sums } = state;
        LotView {
            id: lot.id,
            scheme: lot.scheme,
            category: lot.category,
            amount: lot.amount,
            available: sums.available,
            held: sums.held,
            out: sums.out,
            redeemed: sums.redeemed,
            expired: sums.expired,
            voided: sums.voided,
            expires_on: lot.expires_on,
        }
    }
}
