//! The two kinds of "no" that are errors: a [`Refusal`] (the caller can mend it) and a [`Fault`] (the caller cannot).
//! The third kind, a verdict, is an answer and never an error.

use std::fmt;

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use serde::Serialize;
use utoipa::ToSchema;
use verifier::verdict::Check;

/// One entry of the catalogue of refusals: its stable code, what it becomes over HTTP, its rule and its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Stable, dotted: `providers.not_found`. Part of the contract.
    pub code: &'static str,
    /// HTTP status, 4xx.
    pub status: u16,
    /// The rule that was applied, or the standard it comes from.
    pub rule: &'static str,
    /// Words in Chinese (zh-CN).
    pub zh: &'static str,
    /// Words in English.
    pub en: &'static str,
}

/// A check that is not met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = UnmetCheck)]
pub struct Unmet {
    /// Its name.
    #[schema(example = "at_least:core")]
    pub check: String,
    /// What is wanted.
    #[schema(example = "6.00")]
    pub want: String,
    /// What there is.
    #[schema(example = "4.00")]
    pub got: String,
}

impl Unmet {
    /// Those of `checks` that are not met, in order.
    pub fn of(checks: Vec<Check>) -> Vec<Unmet> {
        checks.into_iter().filter(|check| !check.ok).map(|Check { check, want, got, .. }| Unmet { check, want, got }).collect()
    }
}

/// A request that cannot be done, and why. The caller can mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What the catalogue says.
    pub reason: Reason,
    /// The input at fault, as a path: `holder.name`, `intervals[2].from`. Empty when no single input is.
    pub field: String,
    /// What was found, when it helps and is not personal.
    pub got: Option<String>,
    /// Every check that is not met, where several were made.
    pub checks: Vec<Unmet>,
    /// Seconds to wait before trying again (429, 503).
    pub retry_after: Option<u64>,
}

impl Refusal {
    /// A refusal for `reason`.
    pub fn new(reason: Reason) -> Refusal {
        Refusal { reason, field: String::new(), got: None, checks: Vec::new(), retry_after: None }
    }

    /// Names the input at fault.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Refusal {
        self.field = field.into();
        self
    }

    /// Says that the input at fault is a member of `parent`.
    #[must_use]
    pub fn within(mut self, parent: &str) -> Refusal {
        self.field = if self.field.is_empty() { parent.to_owned() } else { format!("{parent}.{}", self.field) };
        self
    }

    /// Says what was found. Never personal data.
    #[must_use]
    pub fn got(mut self, got: impl Into<String>) -> Refusal {
        self.got = Some(got.into());
        self
    }

    /// Lists the checks that are not met.
    #[must_use]
    pub fn unmet(mut self, checks: Vec<Unmet>) -> Refusal {
        self.checks = checks;
        self
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Refusal {
        self.retry_after = Some(seconds);
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.reason.code, self.reason.en)?;
        if !self.field.is_empty() {
            write!(f, " (field {})", self.field)?;
        }
        match &self.got {
            Some(got) => write!(f, " (got {got})"),
            None => Ok(()),
        }
    }
}

/// Declares a closed enum of refusals, with everything the catalogue needs beside each variant.
///
/// ```ignore
/// refusals! {
///     /// Why a provider is refused.
///     pub enum ProviderRefusal {
///         NotFound = 404, "providers.not_found", "a provider is named by its id", "没有该机构", "there is no such provider";
///     }
/// }
/// ```
#[macro_export]
macro_rules! refusals {
    ($(#[$doc:meta])* pub enum $name:ident { $($variant:ident = $status:literal, $code:literal, $rule:literal, $zh:literal, $en:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $(#[doc = $en] $variant,)+ }
        impl $name {
            /// Every reason of this slice, for the catalogue, in order of precedence.
            pub const ALL: &'static [$crate::error::Reason] =
                &[$($crate::error::Reason { code: $code, status: $status, rule: $rule, zh: $zh, en: $en },)+];
            /// The catalogue's entry.
            pub fn reason(self) -> $crate::error::Reason { Self::ALL[self as usize] }
            /// A refusal that names the input at fault.
            pub fn at(self, field: impl Into<String>) -> $crate::error::Refusal { $crate::error::Refusal::new(self.reason()).at(field) }
        }
        impl From<$name> for $crate::error::Refusal { fn from(r: $name) -> Self { $crate::error::Refusal::new(r.reason()) } }
        impl From<$name> for $crate::error::Error { fn from(r: $name) -> Self { $crate::error::Error::Refusal($crate::error::Refusal::new(r.reason())) } }
    };
}

/// Something that went wrong here. Logged with its whole chain; a caller over HTTP sees a request id and nothing else.
#[derive(Debug)]
pub struct Fault {
    source: Box<dyn std::error::Error + Send + Sync>,
    unavailable: bool,
    overtaken: bool,
}

impl Fault {
    /// Wraps an error.
    pub fn new(error: impl std::error::Error + Send + Sync + 'static) -> Fault {
        Fault { source: Box::new(error), unavailable: false, overtaken: false }
    }

    /// Wraps a boxed error.
    pub fn boxed(error: Box<dyn std::error::Error + Send + Sync>) -> Fault {
        Fault { source: error, unavailable: false, overtaken: false }
    }

    /// A fault in words.
    pub fn text(words: impl Into<String>) -> Fault {
        Fault { source: words.into().into(), unavailable: false, overtaken: false }
    }

    /// A fault that is likely to pass: over HTTP it is a 503 with Retry-After.
    pub fn unavailable(words: impl Into<String>) -> Fault {
        Fault { source: words.into().into(), unavailable: true, overtaken: false }
    }

    /// Another transaction got in between: this one runs again and sees what that did. When it is overtaken again and again, it is unavailable.
    pub fn overtaken(words: impl Into<String>) -> Fault {
        Fault { overtaken: true, ..Fault::unavailable(words) }
    }

    /// Whether it is likely to pass by itself.
    pub fn is_unavailable(&self) -> bool {
        self.unavailable
    }

    /// Whether the transaction is to run again. diesel reports a PostgreSQL deadlock as `Unknown`.
    pub fn is_retryable(&self) -> bool {
        match self.source.downcast_ref::<DieselError>() {
            Some(DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _)) => true,
            Some(DieselError::DatabaseError(DatabaseErrorKind::Unknown, info)) => info.message().contains("deadlock detected"),
            _ => self.overtaken,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.source)?;
        let mut next = self.source.source();
        while let Some(error) = next {
            write!(f, ": {error}")?;
            next = error.source();
        }
        Ok(())
    }
}

impl std::error::Error for Fault {}

/// What a use case returns when it does not succeed.
#[derive(Debug)]
pub enum Error {
    /// The caller can mend it.
    Refusal(Refusal),
    /// The caller cannot.
    Fault(Fault),
}

impl Error {
    /// As a fault, for a caller that has nobody to refuse (start-up).
    pub fn into_fault(self) -> Fault {
        match self {
            Error::Fault(fault) => fault,
            Error::Refusal(refusal) => Fault::text(refusal.to_string()),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Refusal(r) => r.fmt(f),
            Error::Fault(x) => x.fmt(f),
        }
    }
}

impl std::error::Error for Error {}

impl From<Refusal> for Error {
    fn from(r: Refusal) -> Error {
        Error::Refusal(r)
    }
}

impl From<Fault> for Error {
    fn from(f: Fault) -> Error {
        Error::Fault(f)
    }
}

impl From<DieselError> for Error {
    fn from(e: DieselError) -> Error {
        let gone = match &e {
            DieselError::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ReadOnlyTransaction,
                _,
            )
            // The connection broke inside a transaction.
            | DieselError::BrokenTransactionManager
            | DieselError::RollbackErrorOnCommit { .. } => true,
            DieselError::DatabaseError(DatabaseErrorKind::Unknown, info) => is_outage(info.message()),
            _ => false,
        };
        Error::Fault(Fault { source: Box::new(e), unavailable: gone, overtaken: false })
    }
}

/// Messages of PostgreSQL and SQLite that say "not now" rather than "not ever".
fn is_outage(message: &str) -> bool {
    const SIGNS: [&str; 12] = [
        "server closed the connection",
        "terminating connection",
        "the database system is",
        "no connection to the server",
        "could not send data to server",
        "could not receive data from server",
        "No space left on device",
        "database or disk is full",
        "readonly database",
        "database is locked",
        "disk I/O error",
        "unable to open database file",
    ];
    SIGNS.iter().any(|s| message.contains(s))
}

/// Whether a statement was refused because the row exists already.
pub fn is_unique_violation(e: &DieselError) -> bool {
    matches!(e, DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
}
