//! The offline verifier of Hufu certificates.
//!
//! In scope: the identifiers of the domain ([`ids`]), civil days and instants ([`time`]), strict JWS ([`jws`]), the certificate of
//! record ([`card`]), its QR form ([`hf1`]), status lists ([`status`]), and the one function that answers "is this good?"
//! ([`verdict`]), and the trust bundle from which it is answered with no network ([`bundle`]); the signed documents of the credit bank
//! ([`documents`]) and what its credit can be redeemed for ([`programme`]); what regions agreed to recognise ([`agreement`]); how credit
//! moves from one region to another ([`transfer`]). Server, command line, browser and a partner's program call the
//! same functions, so they agree by construction.
//!
//! Out of scope: I/O, clocks, random sources, async. Time and facts come in as parameters, so the same inputs give the same bytes.
//!
//! ```
//! use verifier::time::Instant;
//! use verifier::verdict::{Facts, NoMemo, Outcome, Presented, StatusFact, judge};
//!
//! let presented = Presented::from_text("https://any.host/#12345");
//! // With a card in hand, look up its key, provider and status in a trust bundle; here nothing is known.
//! assert!(presented.card().is_none());
//! let as_of = Instant(1_772_323_200);
//! let facts = Facts {
//!     as_of,
//!     fresh_until: as_of.plus_seconds(86_400),
//!     expires: as_of.plus_seconds(90 * 86_400),
//!     region: None,
//!     key: None,
//!     provider: None,
//!     status: StatusFact::Beyond,
//!     missing_part: None,
//! };
//! let verdict = judge(&presented, &facts, as_of, &NoMemo);
//! assert_eq!(verdict.outcome, Outcome::Undetermined);
//! assert_eq!(verdict.steps[0].code, "form.not_hufu");
//! ```
//!
//! Limits: a card is at most 2,048 bytes, what a person presents at most 8 KiB, and every decompression is capped.
#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable, clippy::float_arithmetic)]

extern crate alloc;

#[macro_use]
mod error;

pub mod agreement;
pub mod base64url;
pub mod bundle;
pub mod card;
pub mod documents;
pub mod hf1;
pub mod ids;
mod inflate;
mod json;
pub mod jws;
pub mod messages;
pub mod programme;
pub mod recognition;
pub mod status;
pub mod time;
pub mod transfer;
pub mod verdict;
