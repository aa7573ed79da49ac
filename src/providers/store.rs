//! Tables of providers and their intervals.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::Text;
use verifier::ids::CreditCode;
use verifier::time::Day;
use verifier::verdict::{Interval, Provider, Standing};

use super::{Filter, ProviderRefusal, from_word, word};
use crate::db::schema::{provider_intervals as intervals, providers};
use crate::db::{Conn, is_id};
use crate::error::{Error, Fault, is_unique_violation};

#[diesel::declare_sql_function]
extern "SQL" {
    /// ASCII letters, and on PostgreSQL others too, in lower case.
    fn lower(text: Text) -> Text;
}

/// A provider as it is stored.
#[derive(Queryable, Insertable, Debug, Clone)]
#[diesel(table_name = providers, treat_none_as_default_value = false)]
pub struct Row {
    /// `prov_...`
    pub id: String,
    /// GB 32100.
    pub credit_code: String,
    /// Name in Chinese.
    pub name_zh: String,
    /// Name in English.
    pub name_en: String,
    /// `employer`, `social` or `school`.
    pub kind: String,
    /// Raised by every change.
    pub revision: i64,
    /// Unix seconds.
    pub created_at: i64,
}

impl Row {
    /// The provider with its timeline, as the verifier looks at it.
    ///
    /// # Errors
    /// A fault when the row does not hold what this program writes.
    pub fn provider(&self, timeline: Vec<Interval>) -> Result<Provider, Fault> {
        let damaged = |what: &str| Fault::text(format!("stored {what} of provider {}", self.id));
        Ok(Provider {
            code: CreditCode::parse(&self.credit_code).map_err(|_| damaged("credit code"))?,
            name_zh: self.name_zh.clone(),
            name_en: self.name_en.clone(),
            kind: from_word(&self.kind).map_err(|_| damaged("kind"))?,
            timeline,
        })
    }
}

/// An interval as it is stored.
#[derive(Queryable, Insertable, Debug, Clone)]
#[diesel(table_name = intervals, treat_none_as_default_value = false)]
pub struct IntervalRow {
    /// `intv_...`; the subject of its evidence.
    pub id: String,
    /// Whose.
    pub provider_id: String,
    /// 1, 2, 3 within the provider.
    pub n: i64,
    /// First day.
    pub from_day: String,
    /// First day after it; none while it is open.
    pub until_day: Option<String>,
    /// `listed` or `barred`.
    pub standing: String,
    /// `A` to `D` of a listing.
    pub class: Option<String>,
    /// `green`, `yellow` or `red` of a listing.
    pub flag: Option<String>,
    /// JSON of a listing's scope.
    pub scope: Option<String>,
    /// The decision behind it.
    pub cause: String,
    /// Unix seconds.
    pub recorded_at: i64,
    /// What the evidence commits to.
    pub document: String,
}

impl IntervalRow {
    /// The interval that this row stands for.
    ///
    /// # Errors
    /// A fault when the row does not hold what this program writes.
    pub fn interval(&self) -> Result<Interval, Fault> {
        let damaged = |what: &str| Fault::text(format!("{what} of {} in provider_intervals is damaged", self.id));
        let day = |text: &str| Day::parse(text).map_err(|_| damaged("a day"));
        let standing = match (self.standing.as_str(), &self.class, &self.flag, &self.scope) {
            ("barred", None, None, None) => Standing::Barred,
            ("listed", Some(class), Some(flag), Some(scope)) => {
                let scope = serde_json::from_str(scope).map_err(|_| damaged("the scope"))?;
                Standing::Listed { class: from_word(class)?, flag: from_word(flag)?, scope }
            }
            _ => return Err(damaged("the standing")),
        };
        Ok(Interval { from: day(&self.from_day)?, until: self.until_day.as_deref().map(day).transpose()?, standing, cause: self.cause.clone() })
    }
}

/// Registers a provider.
///
/// # Errors
/// `providers.exists` when the credit code is taken.
pub(super) fn insert(conn: &mut Conn, row: &Row) -> Result<(), Error> {
    match diesel::insert_into(providers::table).values(row).execute(conn) {
        Ok(_) => Ok(()),
        Err(e) if is_unique_violation(&e) => Err(ProviderRefusal::Exists.at("credit_code").got(row.credit_code.clone()).into()),
        Err(e) => Err(e.into()),
    }
}

/// Takes the row lock that every change of a timeline goes through, and raises the revision. False when there is no such provider.
pub(super) fn lock(conn: &mut Conn, id: &str) -> Result<bool, Error> {
    let row = providers::table.find(id);
    Ok(diesel::update(row).set(providers::revision.eq(providers::revision + 1)).execute(conn)? == 1)
}

/// Adds an interval at the end of a timeline.
pub(super) fn append(conn: &mut Conn, row: &IntervalRow) -> Result<(), Error> {
    diesel::insert_into(intervals::table).values(row).execute(conn)?;
    Ok(())
}

/// Ends an interval on `until` (excluded).
pub(super) fn close(conn: &mut Conn, id: &str, until: Day) -> Result<(), Error> {
    diesel::update(intervals::table.find(id)).set(intervals::until_day.eq(until.to_string())).execute(conn)?;
    Ok(())
}

/// The provider with this id or credit code.
///
/// # Errors
/// A fault of the database.
pub fn find(conn: &mut Conn, id_or_code: &str) -> Result<Option<Row>, Error> {
    if CreditCode::parse(id_or_code).is_ok() {
        return Ok(providers::table.filter(providers::credit_code.eq(id_or_code)).get_result(conn).optional()?);
    }
    // What is no id is not looked for: PostgreSQL refuses a NUL in a text.
    if is_id(id_or_code) { Ok(providers::table.find(id_or_code).get_result(conn).optional()?) } else { Ok(None) }
}

/// Every interval of a provider, the first to the last, empty ones too.
///
/// # Errors
/// A fault of the database.
pub fn history(conn: &mut Conn, provider_id: &str) -> Result<Vec<IntervalRow>, Error> {
    Ok(intervals::table.filter(intervals::provider_id.eq(provider_id)).order(intervals::n).load(conn)?)
}

/// The timeline of a provider, the first interval to the last, empty ones too.
///
/// # Errors
/// A fault of the database or of a row.
pub fn timeline(conn: &mut Conn, provider_id: &str) -> Result<Vec<Interval>, Error> {
    history(conn, provider_id)?.iter().map(|row| Ok(row.interval()?)).collect()
}

/// The providers with these ids or credit codes, each with its timeline.
///
/// # Errors
/// A fault of the database or of a row.
pub fn named(conn: &mut Conn, ids_or_codes: &[&str]) -> Result<Vec<(Row, Vec<Interval>)>, Error> {
    let names: Vec<&str> = ids_or_codes.iter().copied().filter(|name| is_id(name)).collect();
    let rows: Vec<Row> = providers::table.filter(providers::id.eq_any(&names).or(providers::credit_code.eq_any(&names))).load(conn)?;
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let history = intervals::table.filter(intervals::provider_id.eq_any(ids)).order((intervals::provider_id, intervals::n));
    with_timelines(rows.clone(), history.load(conn)?)
}

/// Every provider by id, with its timeline: what a trust snapshot is made of.
///
/// # Errors
/// A fault of the database or of a row.
pub fn all(conn: &mut Conn) -> Result<Vec<(Row, Vec<Interval>)>, Error> {
    let rows: Vec<Row> = providers::table.order(providers::id).load(conn)?;
    let history = intervals::table.order((intervals::provider_id, intervals::n)).load(conn)?;
    with_timelines(rows, history)
}

fn with_timelines(rows: Vec<Row>, history: Vec<IntervalRow>) -> Result<Vec<(Row, Vec<Interval>)>, Error> {
    let mut timelines: BTreeMap<String, Vec<Interval>> = BTreeMap::new();
    for row in history {
        timelines.entry(row.provider_id.clone()).or_default().push(row.interval()?);
    }
    Ok(rows.into_iter().map(|row| (timelines.remove(&row.id).unwrap_or_default(), row)).map(|(timeline, row)| (row, timeline)).collect())
}

/// Providers after the id `after`, by id, at most `limit`, each with the interval that covers the filter's day.
pub(super) fn search(conn: &mut Conn, filter: &Filter, after: Option<&str>, limit: i64) -> Result<Vec<(Row, Option<IntervalRow>)>, Error> {
    let day = filter.day.to_string();
    let covers = intervals::from_day.le(day.clone()).and(intervals::until_day.is_null().or(intervals::until_day.gt(day)));
    let on_day = intervals::table.on(intervals::provider_id.eq(providers::id).and(covers.assume_not_null()));
    let mut query = providers::table.left_join(on_day).order(providers::id).limit(limit).into_boxed();
    if let Some(after) = after {
        query = query.filter(providers::id.gt(after.to_owned()));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(providers::kind.eq(word(&kind)?));
    }
    if let Some(q) = &filter.q {
        // SQLite's LIKE ignores the case of ASCII letters and PostgreSQL's does not, so English names are asked in lower case too.
        let name = providers::name_zh.like(containing(q)).escape('\\').or(providers::name_en.like(containing(q)).escape('\\'));
        let lower = lower(providers::name_en).like(containing(&q.to_ascii_lowercase())).escape('\\');
        query = query.filter(name.or(lower).or(providers::credit_code.like(containing(&q.to_ascii_uppercase())).escape('\\')));
    }
    if filter.listed || filter.class.is_some() || filter.occupation.is_some() {
        query = query.filter(intervals::standing.eq("listed"));
    }
    if let Some(class) = filter.class {
        query = query.filter(intervals::class.eq(word(&class)?));
    }
    if let Some(asked) = &filter.occupation {
        // The scope's JSON quotes each branch, and a branch holds neither quotes nor what LIKE takes for a pattern.
        let [section, division, group] = [2, 5, 8].map(|n| asked.as_str().get(..n).unwrap_or(asked.as_str())).map(|branch| format!("%\"{branch}\"%"));
        let around = intervals::scope.like(section).or(intervals::scope.like(division)).or(intervals::scope.like(group));
        let any = intervals::scope.not_like("%\"occupations\"%");
        query = query.filter(any.or(around).or(intervals::scope.like(format!("%\"{asked}%"))));
    }
    Ok(query.select((providers::all_columns, intervals::all_columns.nullable())).load(conn)?)
}

/// The LIKE pattern of texts that contain `text`, with `\` before what LIKE would take for a pattern.
fn containing(text: &str) -> String {
    format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}
