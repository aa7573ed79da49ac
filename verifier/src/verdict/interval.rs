//! A provider's timeline: what it might issue, and when. The same rule decides at issue and at verification.

use crate::card::Claims;
use crate::ids::{Level, OccupationCode, OccupationPrefix, TypeOfCertificate};
use crate::json::{FromJson, Members, Value};
use crate::time::Day;
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// A stretch of days with one standing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// The first day.
    pub from: Day,
    /// The first day after it; absent: until further notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
    /// What the provider was in these days.
    pub standing: Standing,
    /// Why: the decision behind it.
    pub cause: String,
}

crate::json::from_members!(Interval { from, standing, cause; until });

/// What a provider is during an interval. Written `"barred"` or `{"listed":{...}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Standing {
    /// Listed, graded, and limited to a scope.
    Listed {
        /// Its grade; class D may not issue.
        class: Class,
        /// Its flag; red may not issue.
        flag: Flag,
        /// What it may issue.
        scope: Scope,
    },
    /// On the bar list (黑名单): may not issue.
    Barred,
}

/// The grade of a provider, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Class {
    /// The best.
    A,
    /// Good.
    B,
    /// Under watch.
    C,
    /// May not issue.
    D,
}

/// The flag of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Flag {
    /// In order.
    Green,
    /// Warned.
    Yellow,
    /// May not issue.
    Red,
}

impl Class {
    /// The string that documents use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Class::A => "A",
            Class::B => "B",
            Class::C => "C",
            Class::D => "D",
        }
    }
}

impl core::fmt::Display for Class {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Flag {
    /// The string that documents use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Flag::Green => "green",
            Flag::Yellow => "yellow",
            Flag::Red => "red",
        }
    }
}

impl core::fmt::Display for Flag {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a provider may issue. An empty list is no condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Branches of the classification. Where there are any, a certificate must name an occupation in one of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub occupations: Vec<OccupationPrefix>,
    /// The lowest rank; binds a certificate that states a level.
    #[serde(default = "lowest")]
    pub level_min: Level,
    /// The highest rank; binds a certificate that states a level.
    #[serde(default = "highest")]
    pub level_max: Level,
    /// Types of certificate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<TypeOfCertificate>,
}

impl FromJson for Standing {
    fn from_json(value: Value<'_>) -> Option<Standing> {
        if let Value::Text(name) = value {
            return (name == "barred").then_some(Standing::Barred);
        }
        let mut outer = Members::of(value)?;
        let mut listed = Members::of(outer.take("listed")?)?;
        let standing = Standing::Listed { class: listed.required("class")?, flag: listed.required("flag")?, scope: listed.required("scope")? };
        outer.end()?;
        listed.end()?;
        Some(standing)
    }
}

impl FromJson for Scope {
    fn from_json(value: Value<'_>) -> Option<Scope> {
        let mut members = Members::of(value)?;
        let scope = Scope {
            occupations: members.optional("occupations")?,
            level_min: members.optional::<Option<Level>>("level_min")?.unwrap_or(Level::MIN),
            level_max: members.optional::<Option<Level>>("level_max")?.unwrap_or(Level::MAX),
            types: members.optional("types")?,
        };
        members.end()?;
        Some(scope)
    }
}

const fn lowest() -> Level {
    Level::MIN
}

const fn highest() -> Level {
    Level::MAX
}

impl Default for Scope {
    fn default() -> Scope {
        Scope { occupations: Vec::new(), level_min: Level::MIN, level_max: Level::MAX, types: Vec::new() }
    }
}

/// What somebody wants to issue, or has issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IssueRequest<'a> {
    /// The type of certificate.
    pub typ: TypeOfCertificate,
    /// The occupation assessed.
    pub occupation: Option<&'a OccupationCode>,
    /// The level.
    pub level: Option<Level>,
}

impl<'a> From<&'a Claims> for IssueRequest<'a> {
    fn from(claims: &'a Claims) -> IssueRequest<'a> {
        IssueRequest { typ: claims.typ, occupation: claims.occ.as_ref(), level: claims.lvl }
    }
}

coded_error! {
    /// Why a provider may not issue a certificate, in order of precedence.
    IssueBar {
        /// It is barred.
        Barred = "issuer.barred",
        /// It is graded D.
        ClassD = "issuer.class_d",
        /// It is flagged red.
        RedFlag = "issuer.red_flag",
        /// The type of certificate is not in its scope.
        TypeOutOfScope = "issuer.type_out_of_scope",
        /// The occupation is not in its scope, or none is named where its scope names some.
        OccupationOutOfScope = "issuer.occupation_out_of_scope",
        /// The level is not in its scope.
        LevelOutOfScope = "issuer.level_out_of_scope",
    }
}

impl Interval {
    /// Whether a day lies in it: `from` included, `until` excluded.
    pub fn covers(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    /// Whether a provider of this standing may issue this.
    pub fn may_issue(&self, request: &IssueRequest<'_>) -> Result<(), IssueBar> {
        let Standing::Listed { class, flag, scope } = &self.standing else {
            return Err(IssueBar::Barred);
        };
        if *class == Class::D {
            return Err(IssueBar::ClassD);
        }
        if *flag == Flag::Red {
            return Err(IssueBar::RedFlag);
        }
        scope.covers(request)
    }
}

impl Scope {
    /// Whether the scope covers this.
    pub fn covers(&self, request: &IssueRequest<'_>) -> Result<(), IssueBar> {
        if !self.types.is_empty() && !self.types.contains(&request.typ) {
            return Err(IssueBar::TypeOutOfScope);
        }
        self.covers_subject(request.occupation, request.level)
    }

    /// Whether the scope covers this occupation and level, whatever is issued.
    pub fn covers_subject(&self, occupation: Option<&OccupationCode>, level: Option<Level>) -> Result<(), IssueBar> {
        let in_branch = |code| self.occupations.iter().any(|branch| branch.covers(code));
        if !self.occupations.is_empty() && !occupation.is_some_and(in_branch) {
            return Err(IssueBar::OccupationOutOfScope);
        }
        if level.is_some_and(|level| level < self.level_min || level > self.level_max) {
            return Err(IssueBar::LevelOutOfScope);
        }
        Ok(())
    }
}
