//! The invented people of examples/roster.csv and the three bodies that certify them, as requests.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::Fault;

const ROSTER: &[u8] = include_bytes!("../../../examples/roster.csv");

/// One person and what they were assessed in.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    pub name: String,
    id_type: String,
    id_number: String,
    r#type: String,
    occupation: String,
    title: String,
    level: u8,
    grade: String,
    assessed_on: String,
    valid_until: Option<String>,
    /// Credit code of the body.
    pub provider: String,
}

/// A body: credit code, kind, names.
pub(super) struct Body {
    pub credit_code: &'static str,
    pub kind: &'static str,
    pub name_zh: &'static str,
    pub name_en: &'static str,
}

/// The bodies of the roster, one of each kind.
pub(super) const BODIES: [Body; 3] = [
    Body {
        credit_code: "52310199MAHUFUB25Q", kind: "social", name_zh: "示例职业技能评价中心", name_en: "Example Skills Assessment Centre"
    },
    Body { credit_code: "12310199MAHUFUC3XX", kind: "school", name_zh: "示例职业技术学院", name_en: "Example Vocational College" },
    Body { credit_code: "91310199MAHUFUA10H", kind: "employer", name_zh: "示例制造有限公司", name_en: "Example Manufacturing Ltd" },
];

/// Everybody in the roster.
///
/// # Errors
/// A fault when the embedded file is not as documented.
pub(super) fn lines() -> Result<Vec<Line>, Fault> {
    csv::Reader::from_reader(ROSTER).deserialize().collect::<Result<_, _>>().map_err(Fault::new)
}

impl Body {
    /// The registration: in scope is exactly what the roster and its courses need.
    pub(super) fn registration(&self, lines: &[Line]) -> Value {
        let mine = || lines.iter().filter(|line| line.provider == self.credit_code);
        let occupations: BTreeSet<&str> = mine().map(|line| line.occupation.as_str()).collect();
        // Courses are of the type `training`.
        let types: BTreeSet<&str> = mine().map(|line| line.r#type.as_str()).chain(["training"]).collect();
        let scope = json!({"occupations": occupations, "level_min": 1, "level_max": 5, "types": types});
        let interval = json!({"class": "A", "flag": "green", "from": "2010-01-01", "cause": "演示备案", "scope": scope});
        json!({"credit_code": self.credit_code, "name_zh": self.name_zh, "name_en": self.name_en, "kind": self.kind, "interval": interval})
    }
}

impl Line {
    /// The certificate to be issued. On a machine whose clock is behind the roster the assessment is `today`: none can lie ahead.
    pub(super) fn certificate(&self, provider: &str, today: &str, credits: &Value) -> Value {
        let assessed_on = if self.assessed_on.as_str() > today { today } else { &self.assessed_on };
        let mut body = json!({
            "provider": provider, "type": self.r#type, "occupation": self.occupation, "title": self.title, "level": self.level,
            "grade": self.grade, "assessed_on": assessed_on, "credits": credits,
            "holder": {"name": self.name, "id_type": self.id_type, "id_number": self.id_number},
        });
        if let Some(day) = &self.valid_until {
            body["valid_until"] = json!(day);
        }
        body
    }
}
