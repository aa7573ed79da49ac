//! The one message catalogue: every code that a person can meet, with its words in zh-CN and English.
//! The verifier brings its own entries; each slice declares its refusals beside the code that makes them; here they come together.

mod account;
mod batches;
pub mod json;
mod pages;
mod regions;

pub use account::ACCOUNT;
pub use batches::BATCHES;
pub use pages::PAGES;
pub use regions::REGIONS;

use std::collections::HashMap;
use std::sync::LazyLock;

use verifier::messages::Message;

use crate::access::rules::AccessRefusal;
use crate::achievements::AchievementRefusal;
use crate::agreements::AgreementRefusal;
use crate::batches::BatchRefusal;
use crate::certificates::CertificateRefusal;
use crate::changes::ChangeRefusal;
use crate::error::{Reason, Refusal};
use crate::http::problem::{HttpRefusal, INTERNAL, UNAVAILABLE};
use crate::keys::KeyRefusal;
use crate::learners::LearnerRefusal;
use crate::ledger::LedgerRefusal;
use crate::partners::PartnerRefusal;
use crate::programmes::ProgrammeRefusal;
use crate::providers::ProviderRefusal;
use crate::qr::QrError;
use crate::receipts::ReceiptRefusal;
use crate::recognition::RecognitionRefusal;
use crate::transfers::TransferRefusal;
use crate::trust::TrustRefusal;
use crate::verification::VerificationRefusal;
use crate::webhooks::WebhookRefusal;

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

    /// The language of a POSIX locale such as `en_GB.UTF-8`; Chinese when it is neither of the two.
    pub fn of_locale(locale: &str) -> Lang {
        if locale.to_ascii_lowercase().starts_with("en") { Lang::En } else { Lang::Zh }
    }

    /// The words of `message` in this language.
    pub fn say(self, message: &Message) -> &'static str {
        self.pick(message.zh, message.en)
    }

    /// Whichever of the two is in this language.
    pub fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }
}

/// Every reason for which the registry refuses a request, slice by slice, and then what the verifier brings.
pub fn reasons() -> Vec<Reason> {
    let own = [
        HttpRefusal::ALL,
        AccessRefusal::ALL,
        WebhookRefusal::ALL,
        ProviderRefusal::ALL,
        KeyRefusal::ALL,
        PartnerRefusal::ALL,
        AgreementRefusal::ALL,
        LearnerRefusal::ALL,
        LedgerRefusal::ALL,
        AchievementRefusal::ALL,
        CertificateRefusal::ALL,
        BatchRefusal::ALL,
        ChangeRefusal::ALL,
        ProgrammeRefusal::ALL,
        RecognitionRefusal::ALL,
        TransferRefusal::ALL,
        ReceiptRefusal::ALL,
        TrustRefusal::ALL,
        VerificationRefusal::ALL,
        QrError::ALL,
        &[INTERNAL, UNAVAILABLE],
    ]
    .concat();
    own.into_iter().chain(verifier::messages::all().map(reason)).collect()
}

/// The reason of a code, if there is such a code.
pub fn of(code: &str) -> Option<Reason> {
    static BY_CODE: LazyLock<HashMap<&'static str, Reason>> = LazyLock::new(|| reasons().into_iter().map(|reason| (reason.code, reason)).collect());
    BY_CODE.get(code).copied()
}

/// A refusal of `field` for a code of the verifier (`ids.credit_code_check`); `http.field` for a code that the verifier does not have.
pub fn from_verifier(field: impl Into<String>, code: &str) -> Refusal {
    match verifier::messages::find(code) {
        Some(message) => Refusal::new(reason(message)).at(field),
        None => HttpRefusal::Field.at(field),
    }
}

/// What a word of the verifier becomes when it refuses an input: 422, under the standard that its rule comes from.
fn reason(message: &Message) -> Reason {
    const RULES: [(&str, &str); 13] = [
        ("ids.credit_code_organization", "GB 11714-1997"),
        ("ids.credit_code", "GB 32100-2015"),
        ("ids.region", "GB/T 2260-2007"),
        ("ids.occupation", "GB/T 6565-2015: N-NN-NN-NN, a prefix ends at a group"),
        ("ids.document", "GB 11643-1999 and its sister documents"),
        ("ids.last_four", "four characters of 0-9A-Z"),
        ("ids.level", "a rank 0 to 7"),
        ("ids.certificate_number", "4 to 40 characters of 0-9A-Z-"),
        ("ids.text", "1 to 100 printable characters"),
        ("ids.name", "1 to 100 printable characters, no digits or symbols"),
        ("ids.unknown", "one of the documented words"),
        ("time.zone", "at most 14 hours from UTC"),
        ("time", "YYYY-MM-DD (ISO 8601)"),
    ];
    let rule = RULES.iter().find(|(prefix, _)| message.code.starts_with(prefix)).map_or("the documented format", |(_, rule)| rule);
    Reason { code: message.code, status: 422, rule, zh: message.zh, en: message.en }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_the_verifier_becomes_a_refusal_with_field_rule_and_words() {
        let refusal = from_verifier("credit_code", "ids.credit_code_check");
        assert_eq!((refusal.reason.code, refusal.reason.status, refusal.reason.rule), ("ids.credit_code_check", 422, "GB 32100-2015"));
        assert_eq!(refusal.field, "credit_code");
        assert!(refusal.reason.zh.contains("校验位") && refusal.reason.en.contains("GB 32100"));
        assert_eq!(from_verifier("x", "no.such").reason.code, "http.field");
    }

    #[test]
    fn no_code_stands_in_the_catalogue_twice() {
        let told = PAGES.iter().chain(ACCOUNT).chain(BATCHES).chain(REGIONS).chain(crate::cli::words::ALL).map(|m| m.code);
        let mut codes: Vec<&str> = reasons().iter().map(|r| r.code).chain(told).collect();
        let all = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all);
    }
}
