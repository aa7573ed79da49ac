//! How credit looks in an answer. Amounts are hundredths.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use verifier::documents::Scheme;

use super::service::{self, Balance, LotState, Year};
use super::store::{LotRow, PostingRow, SchemeRow};
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Fault};
use crate::http::page::{LIMIT_MAX, Page};
use crate::{learners, providers};

/// The same thing in two languages.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NamesOfScheme)]
pub struct NamesView {
    /// In Chinese.
    #[schema(example = "学分")]
    pub zh: String,
    /// In English.
    #[schema(example = "Credit")]
    pub en: String,
}

/// A scheme of credit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Scheme)]
pub struct SchemeView {
    /// Id.
    #[schema(example = "310000:credit")]
    pub id: String,
    /// What it is called.
    pub name: NamesView,
    /// What one unit is called.
    pub unit: NamesView,
    /// `credit` or `hour`.
    #[schema(example = "credit")]
    pub kind: String,
    /// The categories that a credit may be in.
    pub categories: Vec<String>,
    /// Calendar months for which a credit can be spent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shelf_months: Option<u16>,
    /// Calendar years after the year of earning to whose end a credit can be spent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendar_years: Option<u16>,
    /// `scheme/1` as the region signed it: a compact JWS.
    pub document: String,
    /// When it was defined, unix seconds.
    #[schema(example = 1_795_276_800)]
    pub defined_at: i64,
}

impl SchemeView {
    /// The view of a row.
    ///
    /// # Errors
    /// A fault when the row was changed outside this program.
    pub fn of(row: SchemeRow) -> Result<SchemeView, Fault> {
        let scheme = Scheme::stored(&row.document).map_err(|e| Fault::text(format!("{} in schemes is damaged: {e}", row.id)))?;
        let names = |names: &verifier::documents::Names| NamesView { zh: names.zh.to_string(), en: names.en.to_string() };
        Ok(SchemeView {
            name: names(&scheme.name),
            unit: names(&scheme.unit),
            kind: scheme.kind.as_str().to_owned(),
            categories: scheme.categories.iter().map(ToString::to_string).collect(),
            shelf_months: scheme.shelf_months,
            calendar_years: scheme.calendar_years,
            id: row.id,
            document: row.document,
            defined_at: row.defined_at,
        })
    }
}

/// What a learner has of one scheme.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Balance)]
pub struct BalanceView {
    /// Scheme.
    #[schema(example = "310000:credit")]
    pub scheme: String,
    /// Minted or received.
    #[schema(example = 1_200)]
    pub minted: i64,
    /// Spendable.
    #[schema(example = 1_000)]
    pub available: i64,
    /// Set aside for transfers.
    #[schema(example = 0)]
    pub held: i64,
    /// Gone to other regions.
    #[schema(example = 0)]
    pub out: i64,
    /// Spent on programmes.
    #[schema(example = 200)]
    pub redeemed: i64,
    /// Not spent in time.
    #[schema(example = 0)]
    pub expired: i64,
    /// Taken back.
    #[schema(example = 0)]
    pub voided: i64,
    /// The next day on which something is no longer spendable, and how much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_expiry: Option<ExpiryView>,
}

/// An amount that ends.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NextExpiry)]
pub struct ExpiryView {
    /// The first day on which it is no longer spendable.
    #[schema(example = "2033-10-18")]
    pub on: String,
    /// Hundredths.
    #[schema(example = 200)]
    pub amount: i64,
}

impl BalanceView {
    /// The view of a balance.
    pub fn of(balance: Balance) -> BalanceView {
        let Balance { scheme, sums, next_expiry } = balance;
        BalanceView {
            scheme,
            minted: sums.minted,
            available: sums.available,
            held: sums.held,
            out: sums.out,
            redeemed: sums.redeemed,
            expired: sums.expired,
            voided: sums.voided,
            next_expiry: next_expiry.map(|(on, amount)| ExpiryView { on: on.to_string(), amount }),
        }
    }
}

/// What a learner earned in a year, scheme by scheme.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = YearOfHours)]
pub struct YearView {
    /// The calendar year.
    #[schema(example = 2026)]
    pub year: i32,
    /// One for each scheme of which something is due each year, by id.
    pub schemes: Vec<HoursView>,
}

/// What a learner earned of one scheme in a year, whatever became of it since, and what is due. What was taken back does not count.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Hours)]
pub struct HoursView {
    /// Scheme.
    #[schema(example = "310000:hour")]
    pub scheme: String,
    /// Earned in all.
    #[schema(example = 8_400)]
    pub earned: i64,
    /// Due in all.
    #[schema(example = 9_000)]
    pub due: i64,
    /// Missing in all.
    #[schema(example = 600)]
    pub missing: i64,
    /// The category of which a share is due.
    #[schema(example = "professional")]
    pub category: String,
    /// Earned in the category.
    #[schema(example = 6_400)]
    pub earned_in_category: i64,
    /// Due in the category: the share, rounded up to the next hundredth.
    #[schema(example = 6_000)]
    pub due_in_category: i64,
    /// Missing in the category.
    #[schema(example = 0)]
    pub missing_in_category: i64,
    /// Whether nothing is missing.
    #[schema(example = false)]
    pub met: bool,
}

impl YearView {
    /// The view of a year.
    pub fn of(year: i32, schemes: Vec<Year>) -> YearView {
        YearView { year, schemes: schemes.into_iter().map(HoursView::of).collect() }
    }
}

impl HoursView {
    fn of(year: Year) -> HoursView {
        let Year { scheme, yearly, hours } = year;
        HoursView {
            scheme: scheme.id.to_string(),
            earned: hours.earned,
            due: hours.due,
            missing: hours.missing(),
            category: yearly.category.to_string(),
            earned_in_category: hours.earned_in_category,
            due_in_category: hours.due_in_category,
            missing_in_category: hours.missing_in_category(),
            met: hours.are_met(),
        }
    }
}

/// A movement of a lot.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Posting)]
pub struct PostingView {
    /// Id of the entry.
    #[schema(example = "ent_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub entry: String,
    /// `mint`, `void`, `reserve`, `settle`, `release`, `redeem`, `expire` or `receive`.
    #[schema(example = "mint")]
    pub kind: String,
    /// Digest of the document behind it.
    pub cause: String,
    /// The civil day.
    #[schema(example = "2026-10-18")]
    pub on: String,
    /// Unix seconds.
    #[schema(example = 1_795_276_800)]
    pub at: i64,
    /// Where the amount was: `issued`, `lot`, `hold:...`, `out:...`, `in:...`, `redeemed:...`, `expired` or `voided`.
    #[schema(example = "issued")]
    pub from: String,
    /// Where it went.
    #[schema(example = "lot")]
    pub to: String,
    /// Hundredths.
    #[schema(example = 200)]
    pub amount: i64,
}

impl PostingView {
    /// The view of a movement with its entry.
    pub fn of(row: PostingRow) -> PostingView {
        PostingView { entry: row.entry, kind: row.kind, cause: row.cause, on: row.on_day, at: row.at, from: row.from, to: row.to, amount: row.amount }
    }
}

/// A movement of one of a learner's lots.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccountPosting)]
pub struct AccountPostingView {
    /// What moved.
    #[serde(flatten)]
    pub posting: PostingView,
    /// Of which lot.
    pub lot: LotNameView,
}

/// What a lot was given for, and by whom.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LotName)]
pub struct LotNameView {
    /// Id of the lot.
    #[schema(example = "lot_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub id: String,
    /// Scheme.
    #[schema(example = "310000:credit")]
    pub scheme: String,
    /// What it was given for: `course`, `training`, `certificate` or `award`.
    #[schema(example = "course")]
    pub kind: String,
    /// Code of the course.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "SH-IC-101")]
    pub course: Option<String>,
    /// Title of what it was given for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "集成电路制造工艺")]
    pub title: Option<String>,
    /// Category within the scheme.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "core")]
    pub category: Option<String>,
    /// Id of the body that gave it, where it is one of this region.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "prov_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub provider: Option<String>,
}

impl AccountPostingView {
    /// The view of a movement with its entry and its lot.
    pub fn of((row, lot): (PostingRow, LotRow)) -> AccountPostingView {
        let LotRow { id, scheme, kind, course, title, category, provider_id: provider, .. } = lot;
        AccountPostingView { posting: PostingView::of(row), lot: LotNameView { id, scheme, kind, course, title, category, provider } }
    }
}

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
    /// What it was given for: `course`, `training`, `certificate` or `award`.
    #[schema(example = "course")]
    pub kind: String,
    /// Code of the course.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "SH-IC-101")]
    pub course: Option<String>,
    /// Title of what it was given for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "集成电路制造工艺")]
    pub title: Option<String>,
    /// Day of the achievement.
    #[schema(example = "2026-10-18")]
    pub earned_on: String,
    /// Category within the scheme.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "core")]
    pub category: Option<String>,
    /// Id of the body that gave it, where it is one of this region.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "prov_01936b3e0f5c7d0a9b1c2d3e4f506172")]
    pub provider: Option<String>,
    /// The region where it was earned: only credit of this one moves to others, and what came goes back whole.
    #[schema(example = "310000")]
    pub origin: String,
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
            kind: lot.kind,
            course: lot.course,
            title: lot.title,
            earned_on: lot.earned_on,
            category: lot.category,
            provider: lot.provider_id,
            origin: lot.origin,
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

/// A page of a person's credit, for the person: each lot as it stands, with what it is and what happened to it.
///
/// # Errors
/// A fault.
pub fn held(conn: &mut Conn, app: &App, learner: &str, after: Option<&str>) -> Result<Page<Value>, Error> {
    let (family, today) = (learners::store::family(conn, learner)?, providers::service::today(app));
    let lots = service::lots(conn, &family, None, today, after, LIMIT_MAX + 1)?;
    let page = Page::new(lots, LIMIT_MAX, |state| state.lot.id.clone(), |state| state);
    let mut items = Vec::with_capacity(page.items.len());
    for state in page.items {
        let facts = json!(state.lot.facts()?);
        let postings = service::postings(conn, &state.lot.id, today, None, LIMIT_MAX)?;
        let postings: Vec<PostingView> = postings.into_iter().map(PostingView::of).collect();
        items.push(json!({"lot": LotView::of(state), "facts": facts, "postings": postings}));
    }
    Ok(Page { items, next: page.next })
}
