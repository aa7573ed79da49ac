//! Documents of the credit bank: one full example of each kind, what each refuses, and made-up ones of every shape.

use super::cards::Draw;
use super::signer;
use verifier::documents::{
    Achievement, AchievementKind, AgreementSignature, Amount, Awards, Category, CourseCode, Credit, Digest, DocumentError, InForce, Minimum, Names,
    Notice, Programme, ProgrammeKind, Ratio, Receipt, Redemption, Scheme, SchemeKind, Waiver, Yearly,
};
use verifier::ids::{Grade, Level, Title, TypeOfCertificate};
use verifier::jws::{PublicKey, sign_compact};
use verifier::time::{Day, Instant};

/// One kind of document.
pub struct Kind {
    pub name: &'static str,
    pub typ: &'static str,
    pub example: &'static str,
    /// Opens a text and signs what was read again.
    pub again: fn(&str, &PublicKey) -> Result<String, DocumentError>,
}

/// Every kind with a full example.
pub const KINDS: [Kind; 8] = [
    Kind {
        name: "scheme",
        typ: "hufu-scheme+jwt",
        example: concat!(
            r#"{"hufu":"scheme/1","id":"310000:hour","name":{"zh":"专业技术人员继续教育学时","en":"Continuing education hours"},"#,
            r#""unit":{"zh":"学时","en":"hour"},"kind":"hour","categories":["professional","public"],"calendar_years":1,"#,
            r#""yearly":{"amount":9000,"category":"professional","share":[2,3]}}"#
        ),
        again: |text, key| Scheme::open(text, key)?.sign(&signer()),
    },
    Kind {
        name: "achievement",
        typ: "hufu-achievement+jwt",
        example: concat!(
            r#"{"hufu":"achievement/1","id":"ach_01","region":"310000","learner":"lrn_01","provider":"91310000MA1FL0007C","kind":"award","#,
            r#""course":"SH-IC-101","title":"集成电路应用开发赛项一等奖","hours":4800,"competition":"世界职业院校技能大赛","occupation":"6-25-02-05","#,
            r#""level":3,"grade":"good","earned":"2026-02-28","credits":[{"scheme":"310000:credit","amount":200,"category":"core"},"#,
            r#"{"scheme":"310000:hour","amount":4800}],"at":1772323200,"#,
            r#""replaces":"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}"#
        ),
        again: |text, key| Achievement::open(text, key)?.sign(&signer()),
    },
    Kind {
        name: "programme",
        typ: "hufu-programme+jwt",
        example: concat!(
            r#"{"hufu":"programme/1","id":"prg_01","version":2,"#,
            r#""supersedes":"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","#,
            r#""name":{"zh":"集成电路装调高级工","en":"Senior worker in chip assembly"},"kind":"non-degree","#,
            r#""in_force":{"from":"2026-01-01","through":"2028-12-31"},"scheme":"320000:credit","total":1200,"#,
            r#""at_least":[{"category":"core","amount":600}],"transferred_at_most":[1,2],"level_min":3,"max_age_months":84,"#,
            r#""awards":{"type":"skill-level","title":"集成电路装调工","occupation":"6-25-02-05","level":3}}"#
        ),
        again: |text, key| Programme::open(text, key)?.sign(&signer()),
    },
    Kind {
        name: "redemption",
        typ: "hufu-redemption+jwt",
        example: concat!(
            r#"{"hufu":"redemption/1","id":"red_01","region":"320000","learner":"lrn_01","#,
            r#""programme":"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","picks":[["lot_01",700],["lot_02",500]],"#,
            r#""at":1772323200,"certificate":"HF3200002026K7Q2M9X4TB4"}"#
        ),
        again: |text, key| Redemption::open(text, key)?.sign(&signer()),
    },
    Kind {
        name: "agreement-signature",
        typ: "hufu-agreement-signature+jwt",
        example: concat!(
            r#"{"hufu":"agreement-signature/1","agreement":"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","#,
            r#""region":"310000","at":1764561600}"#
        ),
        again: |text, key| AgreementSignature::open(text, key)?.sign(&signer()),
    },
    Kind {
        name: "notice",
        typ: "hufu-notice+jwt",
        example: concat!(
            r#"{"hufu":"notice/1","agreement":"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","#,
            r#""region":"340000","at":1772337600,"effective":"2026-03-31"}"#
        ),
        again: |text, key| Notice::open(text, key)?.sign(&signer()),
    },
    Kind {
        name: "waiver",
        typ: "hufu-waiver+jwt",
        example: concat!(
            r#"{"hufu":"waiver/1","id":"wvr_01","region":"320000","#,
            r#""agreement":"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","grant":"cert-ic","case":"HF3100002026K7Q2M9X4TB4","#,
            r#""checks":["level","provider.class"],"role":"skills-office","reason":"紧缺职业人才引进","from":"2026-03-01","until":"2026-06-01","at":1772323200}"#
        ),
        again: |text, key| Waiver::open(text, key)?.sign(&signer()),
    },
    Kind {
        name: "receipt",
        typ: "hufu-receipt+jwt",
        example: include_str!("../vectors/receipt-example.json"),
        again: |text, key| Receipt::open(text, key)?.sign(&signer()),
    },
];

/// The kind of this name.
pub fn kind(name: &str) -> &'static Kind {
    KINDS.iter().find(|kind| kind.name == name).expect("a kind")
}

/// The header under which the test key signs.
pub fn header(typ: &str) -> String {
    format!(r#"{{"alg":"EdDSA","kid":"{}","typ":"{typ}"}}"#, signer().public().thumbprint())
}

/// A payload, signed as this kind of document.
pub fn signed(kind: &Kind, payload: &str) -> String {
    sign_compact(&header(kind.typ), payload.as_bytes(), &signer())
}

/// Of which kind, what of its example is replaced by what, and the code and member of the refusal.
pub type Refusal = (&'static str, &'static str, &'static str, &'static str, Option<&'static str>);

#[rustfmt::skip]
pub const REFUSALS: &[Refusal] = &[
    ("scheme", "scheme/1", "scheme/2", "document.member", Some("hufu")),
    ("scheme", "{\"hufu\"", "[\"hufu\"", "document.json", None),
    ("scheme", "\"kind\"", "\"Kind\"", "document.unknown", Some("Kind")),
    ("scheme", "\"kind\":\"hour\",", "", "document.missing", Some("kind")),
    ("scheme", "\"kind\":\"hour\"", "\"kind\":\"hour\",\"kind\":\"hour\"", "document.duplicate", Some("kind")),
    ("scheme", "\"kind\":\"hour\"", "\"kind\":\"day\"", "document.member", Some("kind")),
    ("scheme", "\"kind\":\"hour\"", "\"kind\":\"h\\u006fur\"", "document.form", None),
    ("scheme", "\"kind\":\"hour\"", "\"kind\": \"hour\"", "document.form", None),
    ("scheme", "310000:hour", "310000", "document.member", Some("id")),
    ("scheme", "310000:hour", "990000:hour", "document.member", Some("id")),
    ("scheme", "310000:hour", "310000:Hour", "document.member", Some("id")),
    ("scheme", ",\"en\":\"hour\"", "", "document.member", Some("unit")),
    ("scheme", "\"en\":\"hour\"", "\"en\":\"hour\",\"fr\":\"heure\"", "document.member", Some("unit")),
    ("scheme", "\"public\"", "\"professional\"", "document.twice", Some("categories")),
    ("scheme", "\"public\"", "\"Public\"", "document.member", Some("categories")),
    ("scheme", "\"public\"", "\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\",\"k\",\"l\",\"m\",\"n\",\"o\",\"p\",\"q\",\"r\",\"s\",\"t\"",
        "document.too_many", Some("categories")),
    ("scheme", "\"calendar_years\":1", "\"shelf_months\":12,\"calendar_years\":1", "document.shelf", None),
    ("scheme", "\"calendar_years\":1", "\"shelf_months\":0", "document.member", Some("shelf_months")),
    ("scheme", "\"calendar_years\":1", "\"shelf_months\":1201", "document.member", Some("shelf_months")),
    ("scheme", "\"calendar_years\":1", "\"shelf_months\":null", "document.member", Some("shelf_months")),
    ("scheme", "\"calendar_years\":1", "\"calendar_years\":101", "document.member", Some("calendar_years")),
    ("scheme", "\"calendar_years\":1", "\"calendar_years\":1.0", "document.member", Some("calendar_years")),
    ("scheme", "\"amount\":9000", "\"amount\":0", "document.member", Some("yearly")),
    ("scheme", "[2,3]", "[3,2]", "document.member", Some("yearly")),
    ("scheme", "[2,3]", "[0,0]", "document.member", Some("yearly")),
    ("scheme", "\"category\":\"professional\"", "\"category\":\"other\"", "document.no_such_category", Some("yearly")),

    ("achievement", "ach_01", "lrn_01", "document.member", Some("id")),
    ("achievement", "ach_01", "ach_", "document.member", Some("id")),
    ("achievement", "\"310000\"", "\"990000\"", "document.member", Some("region")),
    ("achievement", "91310000MA1FL0007C", "91310000MA1FL0007D", "document.member", Some("provider")),
    ("achievement", "\"award\"", "\"prize\"", "document.member", Some("kind")),
    ("achievement", "SH-IC-101", "SH IC 101", "document.member", Some("course")),
    ("achievement", "一等奖", "一等奖 ", "document.member", Some("title")),
    ("achievement", "\"hours\":4800", "\"hours\":1000000001", "document.member", Some("hours")),
    ("achievement", "\"hours\":4800", "\"hours\":-1", "document.member", Some("hours")),
    ("achievement", "\"level\":3", "\"level\":8", "document.member", Some("level")),
    ("achievement", "\"good\"", "\"best\"", "document.member", Some("grade")),
    ("achievement", "2026-02-28", "2026-02-29", "document.member", Some("earned")),
    ("achievement", "2026-02-28", "2026-03-02", "document.earned_after_signing", Some("earned")),
    ("achievement", "\"310000:hour\",\"amount\":4800", "\"320000:hour\",\"amount\":4800", "document.other_region", Some("credits")),
    ("achievement", "\"310000:hour\",\"amount\":4800", "\"310000:credit\",\"amount\":4800,\"category\":\"core\"", "document.twice", Some("credits")),
    ("achievement", "\"amount\":200,", "\"amount\":200,\"of\":1,", "document.member", Some("credits")),
    ("achievement", "\"at\":1772323200", "\"at\":-1", "document.member", Some("at")),
    ("achievement", "\"at\":1772323200", "\"at\":253402300800", "document.member", Some("at")),
    ("achievement", "sha256:", "SHA256:", "document.member", Some("replaces")),

    ("programme", "\"version\":2", "\"version\":1", "document.supersedes", Some("supersedes")),
    ("programme", "\"version\":2", "\"version\":0", "document.member", Some("version")),
    ("programme", "\"supersedes\":\"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\",", "", "document.supersedes", Some("supersedes")),
    ("programme", "prg_01", "PRG_01", "document.member", Some("id")),
    ("programme", "non-degree", "diploma", "document.member", Some("kind")),
    ("programme", "2028-12-31", "2025-12-31", "document.days", Some("in_force")),
    ("programme", "\"total\":1200", "\"total\":599", "document.minima", Some("at_least")),
    ("programme", "\"total\":1200", "\"total\":0", "document.member", Some("total")),
    ("programme", "{\"category\":\"core\",\"amount\":600}", "{\"category\":\"core\",\"amount\":3},{\"category\":\"core\",\"amount\":4}", "document.twice", Some("at_least")),
    ("programme", "[1,2]", "[1,2,3]", "document.member", Some("transferred_at_most")),
    ("programme", "[1,2]", "[1,10001]", "document.member", Some("transferred_at_most")),
    ("programme", "\"level_min\":3", "\"level_min\":-1", "document.member", Some("level_min")),
    ("programme", "\"max_age_months\":84", "\"max_age_months\":0", "document.member", Some("max_age_months")),
    ("programme", "\"level\":3}", "\"level\":3,\"grade\":\"good\"}", "document.member", Some("awards")),
    ("programme", "skill-level", "degree", "document.member", Some("awards")),
    ("programme", "\"type\":\"skill-level\",", "", "document.member", Some("awards")),
    ("programme", "\"title\":\"集成电路装调工\",", "", "document.member", Some("awards")),
    ("programme", "集成电路装调工", "集成电路装调工 ", "document.member", Some("awards")),
    ("programme", "\"occupation\":\"6-25-02-05\",", "", "document.award", Some("awards")),
    ("programme", ",\"level\":3}", "}", "document.award", Some("awards")),

    ("redemption", "red_01", "red_-1", "document.member", Some("id")),
    ("redemption", "[[\"lot_01\",700],[\"lot_02\",500]]", "[]", "document.member", Some("picks")),
    ("redemption", "lot_02", "lot_01", "document.twice", Some("picks")),
    ("redemption", "\"lot_02\",500", "\"lot_02\",0", "document.member", Some("picks")),
    ("redemption", "\"lot_02\",500", "\"lot_02\",500,1", "document.member", Some("picks")),
    ("redemption", "\"lot_02\",500", "\"lot_02\",9223372036854775808", "document.member", Some("picks")),
    ("redemption", "sha256:ba", "sha256:BA", "document.member", Some("programme")),
    ("redemption", "HF3200002026K7Q2M9X4TB4", "hf", "document.member", Some("certificate")),
    ("agreement-signature", "sha256:ba78", "sha256:BA78", "document.member", Some("agreement")),
    ("agreement-signature", "\"310000\"", "\"*\"", "document.member", Some("region")),
    ("agreement-signature", "1764561600", "-1", "document.member", Some("at")),
    ("notice", "2026-03-31", "2026-02-29", "document.member", Some("effective")),
    ("notice", "1772337600", "253402300800", "document.member", Some("at")),
    ("waiver", "wvr_01", "rcp_01", "document.member", Some("id")),
    ("waiver", "cert-ic", "Cert", "document.member", Some("grant")),
    ("waiver", "HF3100002026K7Q2M9X4TB4", "张三", "document.member", Some("case")),
    ("waiver", "HF3100002026K7Q2M9X4TB4", "sha256:x", "document.member", Some("case")),
    ("waiver", "[\"level\",\"provider.class\"]", "[]", "document.member", Some("checks")),
    ("waiver", "\"level\"", "\"provider.class\"", "document.twice", Some("checks")),
    ("waiver", "\"level\"", "\"weather\"", "document.member", Some("checks")),
    ("waiver", "\"level\"", "\"signed\"", "document.member", Some("checks")),
    ("waiver", "\"level\"", "\"in_force\"", "document.member", Some("checks")),
    ("waiver", "\"level\"", "\"parties\"", "document.member", Some("checks")),
    ("waiver", "\"level\"", "\"moves\"", "document.member", Some("checks")),
    ("waiver", "\"level\"", "\"amount\"", "document.member", Some("checks")),
    ("waiver", "\"level\"", "\"limit:learner-year\"", "document.member", Some("checks")),
    ("waiver", "\"level\"", "\"unexpired\"", "document.member", Some("checks")),
    ("waiver", "skills-office", "Skills Office", "document.member", Some("role")),
    ("waiver", "紧缺职业人才引进", "", "document.member", Some("reason")),
    ("waiver", "2026-06-01", "2026-03-01", "document.days", Some("until")),
    ("receipt", "rcp_01", "wvr_01", "document.member", Some("id")),
    ("receipt", "\"region\":\"320000\"", "\"region\":\"330000\"", "document.member", Some("decision")),
    ("receipt", "\"origin\":\"310000\"", "\"origin\":\"330000\"", "document.member", Some("decision")),
    ("receipt", "HF3100002026K7Q2M9X4TB4", "HF3100002026K7Q2M9X4TB5", "document.member", Some("decision")),
    ("receipt", "\"2026-03-01\"", "\"2026-03-02\"", "document.member", Some("decision")),
    ("receipt", "\"decision\":\"", "\"decision\":\"=", "document.member", Some("decision")),
    ("receipt", "[2026,12]", "[2026]", "document.member", Some("status")),
];

/// Headers that are none of an achievement under the test key; `KID` stands for that key.
#[rustfmt::skip]
pub const HEADERS: &[(&str, &str)] = &[
    (r#"{"alg":"EdDSA","kid":"KID","typ":"hufu-scheme+jwt"}"#, "jws.typ"),
    (r#"{"alg":"EdDSA","kid":"KID"}"#, "jws.typ"),
    (r#"{"alg":"EdDSA","kid":"aaaa","typ":"hufu-achievement+jwt"}"#, "document.key"),
    (r#"{"alg":"EdDSA","typ":"hufu-achievement+jwt"}"#, "document.header"),
    (r#"{"alg":"EdDSA","typ":"hufu-achievement+jwt","kid":"KID"}"#, "document.header"),
    (r#"{"alg":"EdDSA", "kid":"KID","typ":"hufu-achievement+jwt"}"#, "document.header"),
    (r#"{"alg":"none","kid":"KID","typ":"hufu-achievement+jwt"}"#, "jws.alg"),
    (r#"{"alg":"EdDSA","crit":["b64"],"kid":"KID","typ":"hufu-achievement+jwt"}"#, "jws.crit"),
];

fn some<T>(draw: &mut Draw, value: T) -> Option<T> {
    (draw.below(2) == 1).then_some(value)
}

fn amount(draw: &mut Draw) -> Amount {
    Amount::new(1 + draw.below(1_000_000_000) as i64).expect("in range")
}

fn title(draw: &mut Draw) -> Title {
    Title::parse(draw.one(&["电工", "a \"quoted\" \\ title", "𠮷野/é", "x"])).expect("a title")
}

fn names(draw: &mut Draw) -> Names {
    Names { zh: title(draw), en: title(draw) }
}

fn category(text: &str) -> Category {
    Category::parse(text).expect("a category")
}

fn level(draw: &mut Draw) -> Level {
    Level::new(draw.below(8) as u8).expect("a level")
}

fn ratio(draw: &mut Draw) -> Ratio {
    let d = 1 + draw.below(10_000) as u16;
    Ratio::new(draw.below(usize::from(d) + 1) as u16, d).expect("a ratio")
}

fn day(draw: &mut Draw) -> Day {
    Day::from_epoch_days(draw.below(30_000) as i64)
}

pub fn scheme(draw: &mut Draw) -> Scheme {
    let shelf = draw.below(3);
    let kinds = SchemeKind::ALL;
    Scheme {
        id: verifier::documents::SchemeId::parse(draw.one(&["310000:credit", "810000:h-2"])).expect("a scheme"),
        name: names(draw),
        unit: names(draw),
        kind: kinds[draw.below(kinds.len())],
        categories: ["a", "b-1", "c"].map(category).into_iter().skip(draw.below(3)).collect(),
        shelf_months: (shelf == 1).then_some(1 + draw.below(1_200) as u16),
        calendar_years: (shelf == 2).then_some(draw.below(101) as u16),
        yearly: if draw.below(2) == 1 { Some(Yearly { amount: amount(draw), category: category("c"), share: ratio(draw) }) } else { None },
    }
}

pub fn achievement(draw: &mut Draw) -> Achievement {
    let earned = day(draw);
    let credits = ["a", "b", "c"].map(|text| Credit {
        scheme: verifier::documents::SchemeId::parse("310000:credit").expect("a scheme"),
        amount: amount(draw),
        category: Some(category(text)),
    });
    let (title, competition) = (title(draw), title(draw));
    Achievement {
        id: verifier::documents::AchievementId::parse("ach_0a").expect("an id"),
        region: "310000".parse().expect("a region"),
        learner: verifier::documents::LearnerId::parse("lrn_zz").expect("an id"),
        provider: "91310000MA1FL0007C".parse().expect("a credit code"),
        kind: AchievementKind::ALL[draw.below(4)],
        course: some(draw, CourseCode::parse("SH-IC_1.0").expect("a course")),
        title,
        hours: some(draw, Amount::MAX),
        competition: some(draw, competition),
        occupation: some(draw, "6-25-02-05".parse().expect("an occupation")),
        level: if draw.below(2) == 1 { Some(level(draw)) } else { None },
        grade: some(draw, Grade::ALL[2]),
        earned,
        credits: credits.into_iter().skip(draw.below(4)).collect(),
        at: Instant(earned.epoch_days() * 86_400 + draw.below(1_000_000) as i64),
        replaces: some(draw, Digest::of("x")),
    }
}

pub fn programme(draw: &mut Draw) -> Programme {
    let from = day(draw);
    let version = 1 + draw.below(3) as u32;
    let least = |text, n: usize| Minimum { category: category(text), amount: Amount::new(1 + n as i64).expect("in range") };
    let minima = [least("a", draw.below(1_000)), least("b", draw.below(1_000))];
    Programme {
        id: verifier::documents::ProgrammeId::parse("prg_0").expect("an id"),
        version,
        supersedes: (version > 1).then(|| Digest::of("x")),
        name: names(draw),
        kind: ProgrammeKind::ALL[draw.below(2)],
        in_force: InForce { from, through: some(draw, from.add_days(7)) },
        scheme: verifier::documents::SchemeId::parse("310000:credit").expect("a scheme"),
        total: Amount::new(2_000 + draw.below(10_000) as i64).expect("in range"),
        at_least: minima.into_iter().skip(draw.below(3)).collect(),
        transferred_at_most: if draw.below(2) == 1 { Some(ratio(draw)) } else { None },
        level_min: if draw.below(2) == 1 { Some(level(draw)) } else { None },
        max_age_months: some(draw, 84),
        awards: awards(draw),
    }
}

fn awards(draw: &mut Draw) -> Awards {
    let kind = TypeOfCertificate::ALL[draw.below(TypeOfCertificate::ALL.len())];
    let (title, occupation, level) = (title(draw), "6-25-02-05".parse().expect("an occupation"), level(draw));
    let must = kind == TypeOfCertificate::SkillLevel;
    let (has_occupation, has_level) = (draw.below(2) == 1, draw.below(2) == 1);
    Awards { kind, title, occupation: (must || has_occupation).then_some(occupation), level: (must || has_level).then_some(level) }
}

pub fn redemption(draw: &mut Draw) -> Redemption {
    let lot = |at| verifier::documents::LotId::parse(&format!("lot_{at}")).expect("an id");
    Redemption {
        id: verifier::documents::RedemptionId::parse("red_0").expect("an id"),
        region: "310000".parse().expect("a region"),
        learner: verifier::documents::LearnerId::parse("lrn_0").expect("an id"),
        programme: Digest::of("x"),
        picks: (0..=draw.below(999)).map(|at| (lot(at), amount(draw))).collect(),
        at: Instant(draw.below(1 << 33) as i64),
        certificate: "HF3100002026K7Q2M9X4TB4".parse().expect("a number"),
    }
}
