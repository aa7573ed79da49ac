//! Agreements: a full example, what is refused of it, and signed files.

use super::signer;
use verifier::agreement::{Agreement, RegionKey, SignedAgreement};
use verifier::documents::{AgreementSignature, Digest, Notice};
use verifier::ids::RegionCode;
use verifier::jws::Signer;
use verifier::time::{Day, Instant, Zone};

/// The example of `docs/formats/agreement.md`: four parties, and every member of the format somewhere.
pub const EXAMPLE: &str = include_str!("../vectors/agreement-example.json");

/// The example, read.
pub fn example() -> Agreement {
    Agreement::read(EXAMPLE.as_bytes()).expect("a good agreement")
}

/// (what is replaced, once; by what; the code; the path).
#[rustfmt::skip]
pub const REFUSALS: &[(&str, &str, &str, &str)] = &[
    ("{", "", "agreement.json", ""),
    ("\"agreement/1\"", "\"agreement/2\"", "agreement.value", "hufu"),
    ("\"agreement/1\"", "1", "agreement.type", "hufu"),
    ("\"version\": 3", "\"version\": 3, \"version\": 3", "agreement.duplicate", "version"),
    ("\"version\": 3", "\"version\": 3, \"v\\u0065rsion\": 3", "agreement.duplicate", "version"),
    ("\"version\": 3", "\"version\": 3, \"note\": \"x\"", "agreement.unknown", "note"),
    ("\"version\": 3", "\"version\": 3, \"<b>\": \"x\"", "agreement.unknown", "?"),
    ("\"version\": 3, ", "", "agreement.missing", "version"),
    ("\"version\": 3", "\"version\": \"3\"", "agreement.type", "version"),
    ("\"version\": 3", "\"version\": 3.0", "agreement.number", "version"),
    ("\"version\": 3", "\"version\": 3e0", "agreement.number", "version"),
    ("\"version\": 3", "\"version\": 0", "agreement.number", "version"),
    ("\"version\": 3", "\"version\": -0", "agreement.number", "version"),
    ("\"version\": 3", "\"version\": 4294967296", "agreement.number", "version"),
    ("\"version\": 3", "\"version\": 99999999999999999999", "agreement.number", "version"),
    ("\"version\": 3", "\"version\": null", "agreement.type", "version"),
    ("\"version\": 3", "\"version\": 1", "agreement.supersedes", "supersedes"),
    ("\"supersedes\": \"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\",", "", "agreement.supersedes", "supersedes"),
    ("\"sha256:ba78", "\"sha256:BA78", "agreement.value", "supersedes"),
    ("urn:hufu:agreement:yrd-skills", "urn:hufu:agreement:YRD", "agreement.value", "id"),
    ("urn:hufu:agreement:yrd-skills", "urn:hufu:agreement:", "agreement.value", "id"),
    ("\"zh\": \"长三角技能人才评价互认\", ", "", "agreement.missing", "title.zh"),
    ("\"zh\": \"长三角", "\"zh\": \" 长三角", "agreement.value", "title.zh"),
    ("\"en\": \"Mutual", "\"fr\": \"x\", \"en\": \"Mutual", "agreement.unknown", "title.fr"),
    ("\"parties\": [\"310000\", \"320000\",", "\"parties\": [\"320000\", \"310000\",", "agreement.order", "parties[1]"),
    ("\"parties\": [\"310000\", \"320000\",", "\"parties\": [\"310000\", \"310000\", \"320000\",", "agreement.order", "parties[1]"),
    ("\"parties\": [\"310000\",", "\"parties\": [\"31000\",", "agreement.value", "parties[0]"),
    ("\"parties\": [\"310000\",", "\"parties\": [310000,", "agreement.type", "parties[0]"),
    ("\"parties\": [\"310000\", \"320000\", \"330000\", \"340000\", \"810000\"]", "\"parties\": [\"310000\"]", "agreement.empty", "parties"),
    ("\"parties\": [\"310000\", \"320000\", \"330000\", \"340000\", \"810000\"]", "\"parties\": []", "agreement.empty", "parties"),
    ("\"parties\": [\"310000\", \"320000\", \"330000\", \"340000\", \"810000\"]", "\"parties\": \"*\"", "agreement.type", "parties"),
    ("\"2028-12-31\"}, \"offer", "\"2025-12-31\"}, \"offer", "agreement.days", "in_force.through"),
    ("{\"from\": \"2026-01-01\", \"through\": \"2028-12-31\"}", "{\"from\": \"2026-02-29\"}", "agreement.value", "in_force.from"),
    ("{\"from\": \"2026-01-01\", \"through\": \"2028-12-31\"}", "{}", "agreement.missing", "in_force.from"),
    ("{\"from\": \"2026-01-01\", \"through\": \"2028-12-31\"}", "{\"from\": \"2026-01-01\", \"until\": \"2028-12-31\"}", "agreement.unknown", "in_force.until"),
    ("\"offer_days\": 30", "\"offer_days\": 0", "agreement.number", "offer_days"),
    ("\"offer_days\": 30", "\"offer_days\": 366", "agreement.number", "offer_days"),
    ("\"id\": \"cert-ic\"", "\"id\": \"Cert\"", "agreement.value", "grants[0].id"),
    ("\"id\": \"cert-ic\"", "\"id\": \"credit-sh-js\"", "agreement.twice", "grants[1]"),
    ("\"moves\": \"certificate\"", "\"moves\": \"money\"", "agreement.value", "grants[0].moves"),
    ("\"moves\": \"certificate\", ", "", "agreement.missing", "grants[0].moves"),
    ("\"from\": [\"310000\"], \"to\": [\"320000\"],\n      \"accept\"", "\"from\": [\"*\"], \"to\": [\"320000\"],\n      \"accept\"", "agreement.not_a_party", "grants[1].from[0]"),
    ("\"from\": [\"310000\"], \"to\": [\"320000\"],\n      \"accept\"", "\"from\": [\"310000\"], \"to\": [\"350000\"],\n      \"accept\"", "agreement.not_a_party", "grants[1].to[0]"),
    ("\"from\": [\"310000\"], \"to\": [\"320000\"],\n      \"accept\"", "\"from\": [], \"to\": [\"320000\"],\n      \"accept\"", "agreement.empty", "grants[1].from"),
    ("\"from\": [\"310000\"], \"to\": [\"320000\"],\n      \"accept\"", "\"from\": [\"320000\", \"310000\"], \"to\": [\"320000\"],\n      \"accept\"", "agreement.order", "grants[1].from[1]"),
    ("\"type\": [\"skill-level\"]", "\"type\": \"skill-level\"", "agreement.type", "grants[0].accept.type"),
    ("\"type\": [\"skill-level\"]", "\"type\": []", "agreement.empty", "grants[0].accept.type"),
    ("\"type\": [\"skill-level\"]", "\"type\": [\"skill-level\", \"skill-level\"]", "agreement.twice", "grants[0].accept.type[1]"),
    ("\"type\": [\"skill-level\"]", "\"type\": [\"diploma\"]", "agreement.value", "grants[0].accept.type[0]"),
    ("\"type\": [\"skill-level\"]", "\"kind\": [\"course\"]", "agreement.moves", "grants[0].accept.kind"),
    ("\"type\": [\"skill-level\"]", "\"scheme\": \"310000:credit\"", "agreement.moves", "grants[0].accept.scheme"),
    ("\"type\": [\"skill-level\"]", "\"occupation\": [\"6-25\"]", "agreement.duplicate", "grants[0].accept.occupation"),
    ("[\"6-25-\", \"4-04-05-05\"]", "[\"6-25-\", \"6-25-02-\"]", "agreement.overlap", "grants[1].accept.occupation[1]"),
    ("[\"6-25-\", \"4-04-05-05\"]", "[\"6-25-02-05\", \"6-25-\"]", "agreement.overlap", "grants[1].accept.occupation[0]"),
    ("[\"6-25-\", \"4-04-05-05\"]", "[\"6-25-\", \"6-25-\"]", "agreement.twice", "grants[1].accept.occupation[1]"),
    ("[\"6-25-\", \"4-04-05-05\"]", "[\"6-2\"]", "agreement.value", "grants[1].accept.occupation[0]"),
    ("\"level\": {\"min\": 1, \"max\": 5}", "\"level\": {\"min\": 6, \"max\": 5}", "agreement.range", "grants[0].accept.level.max"),
    ("\"level\": {\"min\": 1, \"max\": 5}", "\"level\": {\"min\": 8}", "agreement.number", "grants[0].accept.level.min"),
    ("\"level\": {\"min\": 1, \"max\": 5}", "\"level\": {\"min\": \"1\"}", "agreement.type", "grants[0].accept.level.min"),
    ("\"level\": {\"min\": 1, \"max\": 5}", "\"level\": {}", "agreement.empty", "grants[0].accept.level"),
    ("\"level\": {\"min\": 1, \"max\": 5}", "\"level\": 3", "agreement.type", "grants[0].accept.level"),
    ("\"grade\": {\"min\": \"pass\"}", "\"grade\": {\"min\": \"ok\"}", "agreement.value", "grants[1].accept.grade.min"),
    ("\"grade\": {\"min\": \"pass\"}", "\"grade\": {}", "agreement.missing", "grants[1].accept.grade.min"),
    ("\"max_age_months\": 84", "\"max_age_months\": 1201", "agreement.number", "grants[1].accept.max_age_months"),
    ("\"max_age_months\": 84", "\"max_age_months\": 0", "agreement.number", "grants[1].accept.max_age_months"),
    ("\"max_age_months\": 84", "\"max_age_months\": true", "agreement.type", "grants[1].accept.max_age_months"),
    ("\"earned\": {\"from\": \"2020-01-01\", \"through\": \"2028-06-30\"}", "\"earned\": {}", "agreement.empty", "grants[1].accept.earned"),
    ("\"earned\": {\"from\": \"2020-01-01\", \"through\": \"2028-06-30\"}", "\"earned\": {\"from\": \"2020-01-02\", \"through\": \"2020-01-01\"}", "agreement.days", "grants[1].accept.earned.through"),
    ("\"status_at\": \"earned\", \"in_scope\": true", "\"in_scope\": true", "agreement.missing", "grants[0].accept.provider.status_at"),
    ("\"status_at\": \"earned\", \"in_scope\": true", "\"status_at\": \"today\"", "agreement.value", "grants[0].accept.provider.status_at"),
    ("\"in_scope\": true", "\"in_scope\": false", "agreement.type", "grants[0].accept.provider.in_scope"),
    ("\"in_scope\": true", "\"in_scope\": 1", "agreement.type", "grants[0].accept.provider.in_scope"),
    ("\"class\": [\"A\", \"B\"]", "\"class\": [\"E\"]", "agreement.value", "grants[1].accept.provider.class[0]"),
    ("\"class\": [\"A\", \"B\"]", "\"class\": [1]", "agreement.type", "grants[1].accept.provider.class[0]"),
    ("\"code\": [\"91310000MA1FL0007C\"]", "\"code\": [\"91310000MA1FL0007D\"]", "agreement.value", "grants[3].accept.provider.code[0]"),
    ("\"scheme\": \"310000:credit\", \"kind\"", "\"kind\"", "agreement.missing", "grants[1].accept.scheme"),
    ("\"ratio\": [4, 5]", "\"ratio\": [0, 5]", "agreement.number", "grants[1].convert.ratio[0]"),
    ("\"ratio\": [4, 5]", "\"ratio\": [4, 0]", "agreement.number", "grants[1].convert.ratio[1]"),
    ("\"ratio\": [4, 5]", "\"ratio\": [4, 1000001]", "agreement.number", "grants[1].convert.ratio[1]"),
    ("\"ratio\": [4, 5]", "\"ratio\": 0.8", "agreement.type", "grants[1].convert.ratio"),
    ("\"ratio\": [4, 5]", "\"ratio\": \"80%\"", "agreement.type", "grants[1].convert.ratio"),
    ("\"ratio\": [4, 5]", "\"ratio\": [0.8, 1]", "agreement.number", "grants[1].convert.ratio[0]"),
    ("\"ratio\": [4, 5]", "\"ratio\": [\"4\", \"5\"]", "agreement.type", "grants[1].convert.ratio[0]"),
    ("\"ratio\": [4, 5]", "\"ratio\": [4]", "agreement.type", "grants[1].convert.ratio"),
    ("\"ratio\": [4, 5]", "\"ratio\": [4, 5, 6]", "agreement.too_many", "grants[1].convert.ratio"),
    ("\"category\": {\"core\": \"elective\"}", "\"category\": {}", "agreement.empty", "grants[1].convert.category"),
    ("\"category\": {\"core\": \"elective\"}", "\"category\": {\"core\": \"a\", \"core\": \"b\"}", "agreement.duplicate", "grants[1].convert.category.core"),
    ("\"category\": {\"core\": \"elective\"}", "\"category\": {\"Core\": \"a\"}", "agreement.value", "grants[1].convert.category.Core"),
    ("\"category\": {\"core\": \"elective\"}", "\"category\": [\"core\"]", "agreement.type", "grants[1].convert.category"),
    ("\"per\": \"learner-year\", \"amount\": 2000", "\"per\": \"learner-month\", \"amount\": 2000", "agreement.value", "grants[1].limits[0].per"),
    ("\"per\": \"learner-source\", \"amount\": 6000", "\"per\": \"learner-year\", \"amount\": 6000", "agreement.twice", "grants[1].limits[1]"),
    ("\"amount\": 2000", "\"amount\": 0", "agreement.number", "grants[1].limits[0].amount"),
    ("\"amount\": 2000", "\"amount\": 20.00", "agreement.number", "grants[1].limits[0].amount"),
    ("\"amount\": 2000", "\"amount\": \"2000\"", "agreement.type", "grants[1].limits[0].amount"),
    ("\"amount\": 2000", "\"amount\": 1000000001", "agreement.number", "grants[1].limits[0].amount"),
    ("{\"course\": \"SH-IC-102\", \"amount\": 200}", "{\"course\": \"SH-IC-101\", \"amount\": 200}", "agreement.twice", "grants[2].all_of[1]"),
    ("{\"course\": \"SH-IC-102\", \"amount\": 200}", "{\"course\": \"SH IC\", \"amount\": 200}", "agreement.value", "grants[2].all_of[1].course"),
    ("{\"course\": \"SH-IC-102\", \"amount\": 200}", "{\"course\": \"SH-IC-102\"}", "agreement.missing", "grants[2].all_of[1].amount"),
    ("\"all_of\": [{\"course\": \"SH-IC-101\", \"amount\": 200}, {\"course\": \"SH-IC-102\", \"amount\": 200}],", "", "agreement.missing", "grants[2].all_of"),
    ("\"all_of\": [{\"course\": \"SH-IC-101\", \"amount\": 200}, {\"course\": \"SH-IC-102\", \"amount\": 200}]", "\"convert\": {\"ratio\": [1, 1], \"scheme\": \"320000:credit\"}", "agreement.missing", "grants[2].all_of"),
    ("\"all_of\": [", "\"convert\": {\"ratio\": [1, 1], \"scheme\": \"320000:credit\"}, \"all_of\": [", "agreement.moves", "grants[2].convert"),
    ("\"all_of\": [{", "\"limits\": [{\"per\": \"learner-year\", \"amount\": 1}], \"all_of\": [{", "agreement.units", "grants[2].limits"),
    ("\"moves\": \"provider\"", "\"limits\": [{\"per\": \"learner-year\", \"amount\": 1}], \"moves\": \"provider\"", "agreement.moves", "grants[4].limits"),
    ("\"moves\": \"provider\"", "\"convert\": {\"ratio\": [1, 1], \"scheme\": \"320000:credit\"}, \"moves\": \"provider\"", "agreement.moves", "grants[4].convert"),
    ("\"status_at\": \"offered\", \"flag\": [\"green\"]", "\"status_at\": \"earned\", \"flag\": [\"green\"]", "agreement.moves", "grants[4].accept.provider.status_at"),
    ("{\"level\": {\"min\": 3}, \"provider\": {\"status_at\": \"offered\"", "{\"grade\": {\"min\": \"pass\"}, \"provider\": {\"status_at\": \"offered\"", "agreement.moves", "grants[4].accept.grade"),
    ("{\"level\": {\"min\": 3}, \"provider\": {\"status_at\": \"offered\"", "{\"max_age_months\": 1, \"provider\": {\"status_at\": \"offered\"", "agreement.moves", "grants[4].accept.max_age_months"),
];

/// The key of a region: its seed is 32 bytes of its first two digits.
pub fn region_signer(region: &str) -> Signer {
    Signer::from_seed(&[region[..2].parse().expect("two digits"); 32])
}

/// The keys that the reader trusts: each region its own, none revoked.
pub fn keys(region: &RegionCode, _: &str) -> Option<RegionKey> {
    Some(RegionKey { public: *region_signer(region.as_str()).public(), revoked: None })
}

pub fn region(code: &str) -> RegionCode {
    RegionCode::parse(code).expect("a region")
}

/// Noon of a day in China.
pub fn noon(day: &str) -> Instant {
    Day::parse(day).expect("a day").start_in(Zone::CHINA).plus_seconds(12 * 3600)
}

pub fn signature(bytes: &[u8], code: &str) -> String {
    let content = AgreementSignature { agreement: Digest::of_bytes(bytes), region: region(code), at: noon("2025-12-01") };
    content.sign(&region_signer(code)).expect("a signature")
}

pub fn notice(bytes: &[u8], code: &str, at: &str, effective: &str) -> String {
    let effective = Day::parse(effective).expect("a day");
    let content = Notice { agreement: Digest::of_bytes(bytes), region: region(code), at: noon(at), effective };
    content.sign(&region_signer(code)).expect("a notice")
}

/// Bytes, signed by these parties, with notices.
pub fn gathered(bytes: &[u8], parties: &[&str], notices: Vec<String>) -> SignedAgreement {
    let signatures = parties.iter().map(|party| signature(bytes, party)).collect();
    SignedAgreement::gather(bytes.to_vec(), signatures, notices, &keys).expect("a good file")
}

/// A key that is no region's.
pub fn stranger() -> Signer {
    signer()
}
