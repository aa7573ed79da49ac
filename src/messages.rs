//! The one message catalogue: every code that a person can meet, with its words in zh-CN and English.
//! The verifier brings its own entries; each slice declares its refusals beside the code that makes them; here they come together.

use crate::error::Reason;
use crate::http::problem::{HttpRefusal, INTERNAL, UNAVAILABLE};

/// A language of the user-facing words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// Chinese as written on the mainland (zh-CN).
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The first of zh and en that an `Accept-Language` header names; Chinese when it names neither.
    pub fn accepted(header: Option<&str>) -> Lang {
        let tags = header.unwrap_or("").split(',').map(|t| t.split(';').next().unwrap_or("").trim().to_ascii_lowercase());
        for tag in tags {
            match tag.split('-').next() {
                Some("zh") => return Lang::Zh,
                Some("en") => return Lang::En,
                _ => {}
            }
        }
        Lang::Zh
    }

    /// Whichever of the two is in this language.
    pub fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

/// Every reason for which the registry refuses a request, slice by slice.
pub fn reasons() -> Vec<Reason> {
    [HttpRefusal::ALL, &[INTERNAL, UNAVAILABLE]].concat()
}
