//! The fields of a row, as a table: how columns may be called, what a cell holds. The one truth for reading, for templates and for
//! docs/formats/batch.md.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::values;
use super::words::{CREDIT_KINDS, GRADES, ID_TYPES, LEVELS, TYPES, Word};
use crate::messages::Lang;

/// How the cells of a field are read.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// Half-width, no spaces.
    Code,
    /// As it stands.
    Text,
    /// A member of a closed list.
    Word(&'static [Word]),
    /// A level.
    Level,
    /// A day.
    Day,
    /// An amount of credit with two decimal places.
    Amount,
}

/// A field.
#[derive(Debug)]
pub(super) struct Spec {
    /// Its path in the API.
    pub path: &'static str,
    /// What columns are called in Chinese; the first in templates.
    pub zh: &'static [&'static str],
    /// What columns are called in English; the first in templates.
    pub en: &'static [&'static str],
    pub kind: Kind,
    /// Whether there must be a column, and a value in each row.
    pub required: bool,
    /// Whether its value must never be shown.
    pub personal: bool,
    /// Names of columns that hold the last day on which something holds, and not the first on which it does no more.
    pub last_day: &'static [&'static str],
    /// The value in templates; empty where a new certificate has none.
    pub sample: &'static str,
}

const fn spec(path: &'static str, zh: &'static [&'static str], en: &'static [&'static str], kind: Kind, sample: &'static str) -> Spec {
    Spec { path, zh, en, kind, required: false, personal: false, last_day: &[], sample }
}

const fn required(spec: Spec) -> Spec {
    Spec { required: true, ..spec }
}

const fn personal(spec: Spec) -> Spec {
    Spec { personal: true, ..spec }
}

pub(super) const NUMBER: Field = Field { at: 0, nth: 1 };
pub(super) const TYPE: Field = Field { at: 1, nth: 1 };
pub(super) const NAME: Field = Field { at: 2, nth: 1 };
pub(super) const ID_TYPE: Field = Field { at: 3, nth: 1 };
pub(super) const ID_NUMBER: Field = Field { at: 4, nth: 1 };
pub(super) const OCCUPATION: Field = Field { at: 5, nth: 1 };
pub(super) const TITLE: Field = Field { at: 6, nth: 1 };
pub(super) const LEVEL: Field = Field { at: 7, nth: 1 };
pub(super) const GRADE: Field = Field { at: 8, nth: 1 };
pub(super) const ASSESSED_ON: Field = Field { at: 9, nth: 1 };
pub(super) const VALID_UNTIL: Field = Field { at: 10, nth: 1 };
pub(super) const STANDARD: Field = Field { at: 11, nth: 1 };
pub(super) const EVIDENCE_DIGEST: Field = Field { at: 12, nth: 1 };
pub(super) const REPLACES: Field = Field { at: 13, nth: 1 };
pub(super) const REPLACE_REASON: Field = Field { at: 14, nth: 1 };
/// The first of the members of a credit.
const CREDIT: usize = 15;

/// Most credits of a row.
pub(super) const CREDITS_MAX: u8 = 20;

/// Every field, in the order of templates.
pub(super) const FIELDS: [Spec; 20] = [
    spec("number", &["证书编号", "证书号", "证书号码"], &["Certificate number", "Certificate no"], Kind::Code, "S000031000026000001"),
    spec("type", &["证书类型", "证书类别"], &["Certificate type"], Kind::Word(TYPES), "skill-level"),
    personal(required(spec(
        "holder.name",
        &["姓名", "持证人姓名", "持证人", "考生姓名"],
        &["Name", "Full name", "Holder name", "Candidate name"],
        Kind::Text,
        "欧阳静",
    ))),
    spec("holder.id_type", &["证件类型", "证件类别", "证件种类"], &["ID type", "ID document type"], Kind::Word(ID_TYPES), "resident"),
    personal(required(spec(
        "holder.id_number",
        &["证件号码", "证件号", "身份证号", "身份证号码", "身份证件号码", "公民身份号码"],
        &["ID number", "ID no", "ID document number", "ID card number"],
        Kind::Code,
        "11010519491231002X",
    ))),
    spec("occupation", &["职业编码", "职业代码", "工种编码"], &["Occupation code"], Kind::Code, "6-31-01-03"),
    spec(
        "title",
        &["职业名称", "职业(工种)", "职业工种名称", "职业", "工种", "课程名称", "岗位名称", "职称名称"],
        &["Occupation title", "Occupation name", "Course title"],
        Kind::Text,
        "电工",
    ),
    spec("level", &["技能等级", "职业技能等级", "等级", "级别", "评价等级"], &["Skill level"], Kind::Level, "3"),
    spec("grade", &["成绩", "评定成绩", "成绩等次", "评定等次"], &["Result"], Kind::Word(GRADES), "good"),
    required(spec(
        "assessed_on",
        &["评价日期", "考核日期", "鉴定日期", "考试日期", "认定日期"],
        &["Assessment date", "Date of assessment"],
        Kind::Day,
        "2026-10-18",
    )),
    Spec {
        last_day: &["有效期至", "有效期截止日期", "Valid to", "Valid through", "Valid until"],
        ..spec(
            "valid_until",
            &["失效日期", "有效期至", "有效期截止日期"],
            &["Expiry date", "Valid to", "Valid through", "Valid until"],
            Kind::Day,
            "2030-01-01",
        )
    },
    spec("standard", &["依据标准", "执行标准", "评价标准"], &["Applied standard"], Kind::Text, "国家职业标准 电工 2023"),
    spec(
        "evidence_digest",
        &["证据摘要", "评价记录摘要"],
        &["Digest of the evidence"],
        Kind::Code,
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ),
    spec("replaces", &["原证书编号", "原证书号", "被换发证书编号"], &["Replaces certificate", "Replaced certificate number"], Kind::Code, ""),
    spec("replace_reason", &["换发原因", "换证原因", "更换原因"], &["Reason of replacement", "Reason for replacement"], Kind::Text, ""),
    spec("credit.scheme", &["学分方案", "学分制度"], &["Scheme of credit"], Kind::Code, "310000:credit"),
    spec("credit.amount", &["学分", "学分数", "学分数量"], &["Credits", "Amount of credit"], Kind::Amount, "2.00"),
    spec("credit.kind", &["学分来源", "成果类型"], &["Kind of credit"], Kind::Word(CREDIT_KINDS), "certificate"),
    spec("credit.category", &["学分类别"], &["Category of credit"], Kind::Code, "core"),
    spec("credit.course", &["课程代码", "课程编码"], &["Course code"], Kind::Code, "SH-IC-101"),
];

/// A field of a row: one of [`FIELDS`], and of a credit the number of it, from 1. Written as its path, `credit2.amount`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Field {
    at: usize,
    nth: u8,
}

impl Field {
    /// Members of the `nth` credit: scheme, amount, kind, category, course.
    pub fn credit(nth: u8) -> [Field; 5] {
        [0, 1, 2, 3, 4].map(|member| Field { at: CREDIT + member, nth })
    }

    /// The number of the credit that it is a member of.
    pub fn credit_of(self) -> Option<u8> {
        (self.at >= CREDIT).then_some(self.nth)
    }

    pub fn spec(self) -> &'static Spec {
        FIELDS.get(self.at).unwrap_or(&FIELDS[0])
    }

    pub fn path(self) -> String {
        match (self.spec().path.split_once('.'), self.nth) {
            (Some((credit, member)), 2..) => format!("{credit}{}.{member}", self.nth),
            _ => self.spec().path.to_owned(),
        }
    }

    /// Reads a path.
    pub fn parse(path: &str) -> Option<Field> {
        Field::all().find(|field| field.path() == path)
    }

    /// The field of a column that is called `name`, in any documented spelling.
    pub fn called(name: &str) -> Option<Field> {
        let wanted = values::folded(name);
        let number = wanted.trim_start_matches(|c: char| !c.is_ascii_digit());
        // A number stands at the end (学分2) or, in a path, before the dot (credit2.amount).
        let number = number.split('.').next().unwrap_or_default();
        let (plain, nth) = match number.parse::<u8>() {
            Ok(nth @ 1..=CREDITS_MAX) if !number.starts_with('0') => (wanted.replacen(number, "", 1), nth),
            _ => (wanted.clone(), 1),
        };
        let at = FIELDS.iter().position(|spec| spec.zh.iter().chain(spec.en).chain([&spec.path]).any(|s| values::folded(s) == plain))?;
        (nth == 1 && number.is_empty() || at >= CREDIT).then_some(Field { at, nth })
    }

    /// Whether a column that is called `name` holds the last day, and the value is the day after.
    pub fn is_last_day(self, name: &str) -> bool {
        // `valid_until` folds to what `Valid until` does, and is the API's own word.
        let is_path = name.to_lowercase().contains(self.spec().path);
        !is_path && self.spec().last_day.iter().any(|last| values::folded(last) == values::folded(name))
    }

    /// What its column is called in templates.
    pub fn name(self, lang: Lang) -> &'static str {
        let names = lang_of(self.spec(), lang);
        names.first().copied().unwrap_or_default()
    }

    fn all() -> impl Iterator<Item = Field> {
        let more = (2..=CREDITS_MAX).flat_map(Field::credit);
        (0..FIELDS.len()).map(|at| Field { at, nth: 1 }).chain(more)
    }

    /// The fields of a template: one credit.
    pub fn of_template() -> impl Iterator<Item = Field> {
        (0..FIELDS.len()).map(|at| Field { at, nth: 1 })
    }
}

fn lang_of(spec: &Spec, lang: Lang) -> &'static [&'static str] {
    match lang {
        Lang::Zh => spec.zh,
        Lang::En => spec.en,
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.path())
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Field, D::Error> {
        let path = String::deserialize(deserializer)?;
        Field::parse(&path).ok_or_else(|| D::Error::custom("not a field"))
    }
}

/// The tables of fields and words in Markdown, as they stand in docs/formats/batch.md.
pub fn reference() -> String {
    let code = |text: &&str| format!("`{text}`");
    let list = |texts: &[&str]| texts.iter().map(code).collect::<Vec<_>>().join(", ");
    let names = |texts: &[&str], last: &[&str]| {
        let name = |text: &&str| if last.contains(text) { code(text) + " (last day)" } else { code(text) };
        texts.iter().map(name).collect::<Vec<_>>().join(", ")
    };
    let mut page = String::from("| field | required | holds | 中文 | English |\n|---|---|---|---|---|\n");
    for Spec { path, zh, en, kind, required, last_day, .. } in &FIELDS {
        let (required, holds) = (if *required { "yes" } else { "no" }, holds(*kind));
        page += &format!("| `{path}` | {required} | {holds} | {} | {} |\n", names(zh, last_day), names(en, last_day));
    }
    for (title, words) in
        [("Types", TYPES), ("Levels", LEVELS), ("Grades", GRADES), ("Kinds of id document", ID_TYPES), ("Kinds of credit", CREDIT_KINDS)]
    {
        page += &format!("\n### {title}\n\n| API | 中文 | English |\n|---|---|---|\n");
        for word in words {
            page += &format!("| `{}` | {} | {} |\n", word.value, list(word.zh), list(word.en));
        }
    }
    page
}

fn holds(kind: Kind) -> &'static str {
    match kind {
        Kind::Code => "code",
        Kind::Text => "text",
        Kind::Word(_) => "word",
        Kind::Level => "level",
        Kind::Day => "day",
        Kind::Amount => "amount",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_column_leads_to_its_field() {
        for (at, spec) in FIELDS.iter().enumerate() {
            for name in spec.zh.iter().chain(spec.en).chain([&spec.path]) {
                assert_eq!(Field::called(name), Some(Field { at, nth: 1 }), "{name}");
                assert_eq!(Field::called(&format!("\u{feff} {} *", name.to_uppercase())), Some(Field { at, nth: 1 }), "{name}");
                let numbered = Field::called(&format!("{name} 12"));
                assert_eq!(
                    numbered,
                    (at >= CREDIT && !name.contains('.')).then_some(Field { at, nth: 12 }).or(numbered.filter(|_| at >= CREDIT)),
                    "{name}"
                );
            }
        }
        assert_eq!(Field::called("credit2.amount"), Some(Field { at: 16, nth: 2 }));
        for (field, path) in [
            (NUMBER, "number"),
            (TYPE, "type"),
            (NAME, "holder.name"),
            (ID_TYPE, "holder.id_type"),
            (ID_NUMBER, "holder.id_number"),
            (OCCUPATION, "occupation"),
            (TITLE, "title"),
            (LEVEL, "level"),
            (GRADE, "grade"),
            (ASSESSED_ON, "assessed_on"),
            (VALID_UNTIL, "valid_until"),
            (STANDARD, "standard"),
            (EVIDENCE_DIGEST, "evidence_digest"),
            (REPLACES, "replaces"),
            (REPLACE_REASON, "replace_reason"),
            (Field::credit(1)[0], "credit.scheme"),
            (Field::credit(3)[4], "credit3.course"),
        ] {
            assert_eq!((field.path().as_str(), Field::parse(path)), (path, Some(field)));
        }
        for unknown in ["", "1", "姓名2", "学分21", "学分0", "学分02", "credit21.amount", "备注", "provider"] {
            assert_eq!(Field::called(unknown), None, "{unknown}");
        }
    }
}
