//! Certificates that are named by what they are like.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use verifier::ids::{Level, OccupationCode, OccupationPrefix};
use verifier::time::Day;

use super::{ChangeRefusal, Source};
use crate::certificates::rules::Status;
use crate::certificates::store::Filter;
use crate::error::{Error, Fault};

/// What certificates are like.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CertificateChangeFilter)]
pub struct FilterInput {
    /// Occupation code, or the beginning of one such as `6-31-`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub occupation: Option<String>,
    /// Rank 0..7.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<u8>,
    /// `issued` or `suspended`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Assessed on or after this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Assessed before this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

impl FilterInput {
    /// The certificates that are like this.
    ///
    /// # Errors
    /// `changes.filter` with the member that is not documented, or where nothing is named.
    pub fn source(&self) -> Result<Source, Error> {
        Ok(Source::Filter(Box::new(self.read()?), serde_json::to_value(self).map_err(Fault::new)?))
    }

    fn read(&self) -> Result<Filter, Error> {
        let wrong = |field: &str| Error::from(ChangeRefusal::Filter.at(format!("filter.{field}")));
        let day = |field: &str, text: &Option<String>| match text {
            Some(text) => Day::parse(text).map(|day| Some(day.to_string())).map_err(|_| wrong(field)),
            None => Ok(None),
        };
        let is_code = |text: &String| OccupationCode::parse(text).is_ok() || OccupationPrefix::parse(text).is_ok();
        if self.occupation.as_ref().is_some_and(|text| !is_code(text)) {
            return Err(wrong("occupation"));
        }
        let level = self.level.map(|level| Level::new(level).map(|level| i64::from(level.rank()))).transpose().map_err(|_| wrong("level"))?;
        let status = self.status.as_deref().map(|text| Status::parse(text).map(Status::as_str).ok_or_else(|| wrong("status"))).transpose()?;
        let (from, until) = (day("from", &self.from)?, day("until", &self.until)?);
        if self.occupation.is_none() && level.is_none() && status.is_none() && from.is_none() && until.is_none() {
            return Err(ChangeRefusal::Filter.at("filter").into());
        }
        Ok(Filter { occupation: self.occupation.clone(), level, status, from, until, ..Filter::default() })
    }
}
