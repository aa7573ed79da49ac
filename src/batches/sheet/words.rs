//! The words of closed lists that a cell may hold, as a table: what is read, what templates hold and what the documentation shows.

use super::values;

/// A member of a closed list: what the API calls it, and how cells may spell it besides. The first spelling is that of templates.
#[derive(Debug)]
pub struct Word {
    /// The API's word.
    pub value: &'static str,
    /// Chinese spellings.
    pub zh: &'static [&'static str],
    /// English spellings.
    pub en: &'static [&'static str],
}

const fn word(value: &'static str, zh: &'static [&'static str], en: &'static [&'static str]) -> Word {
    Word { value, zh, en }
}

/// Types of certificate.
pub(super) const TYPES: &[Word] = &[
    word("skill-level", &["职业技能等级证书", "职业技能等级", "技能等级证书", "技能等级"], &["Vocational skill level certificate", "Skill level"]),
    word("qualification", &["职业资格证书", "职业资格"], &["Professional qualification certificate", "Qualification"]),
    word("training", &["培训合格证书", "培训证书", "培训"], &["Training certificate", "Training"]),
    word("hours", &["学时证明", "学时"], &["Record of learning hours", "Hours"]),
    word("title", &["职称证书", "职称"], &["Professional title certificate", "Professional title", "Title"]),
    word("appointment", &["聘任证书", "聘任"], &["Letter of appointment", "Appointment"]),
];

/// Levels; the value is the rank.
pub(super) const LEVELS: &[Word] = &[
    word("0", &["学徒工"], &["Apprentice"]),
    word("1", &["五级", "五级/初级工", "初级工", "初级", "5级"], &["Level five", "Level five (junior worker)", "Level 5", "Junior worker"]),
    word(
        "2",
        &["四级", "四级/中级工", "中级工", "中级", "4级"],
        &["Level four", "Level four (intermediate worker)", "Level 4", "Intermediate worker"],
    ),
    word("3", &["三级", "三级/高级工", "高级工", "高级", "3级"], &["Level three", "Level three (senior worker)", "Level 3", "Senior worker"]),
    word("4", &["二级", "二级/技师", "技师", "2级"], &["Level two", "Level two (technician)", "Level 2", "Technician"]),
    word("5", &["一级", "一级/高级技师", "高级技师", "1级"], &["Level one", "Level one (senior technician)", "Level 1", "Senior technician"]),
    word("6", &["特级技师"], &["Master technician"]),
    word("7", &["首席技师"], &["Chief technician"]),
];

/// Grades.
pub(super) const GRADES: &[Word] = &[
    word("fail", &["不合格", "不及格"], &["Fail", "Failed"]),
    word("pass", &["合格", "及格"], &["Pass", "Passed"]),
    word("good", &["良好", "良"], &["Good"]),
    word("excellent", &["优秀", "优"], &["Excellent"]),
];

/// Kinds of id document.
pub(super) const ID_TYPES: &[Word] = &[
    word("resident", &["居民身份证", "身份证", "二代身份证"], &["Resident identity card", "Resident ID card", "ID card"]),
    word("hk_macau_permit", &["港澳居民来往内地通行证", "港澳通行证", "回乡证"], &["Hong Kong and Macau permit", "Home return permit"]),
    word("taiwan_permit", &["台湾居民来往大陆通行证", "台胞证"], &["Taiwan permit"]),
    word("hk_id", &["香港身份证", "香港居民身份证"], &["Hong Kong identity card", "Hong Kong ID card"]),
    word("macau_id", &["澳门身份证", "澳门居民身份证"], &["Macau identity card", "Macau ID card"]),
    word("residence_permit", &["居住证", "港澳台居民居住证", "外国人永久居留身份证"], &["Residence permit", "Permanent residence card"]),
    word("passport", &["护照"], &["Passport"]),
];

/// Kinds of achievement that earn credit.
pub(super) const CREDIT_KINDS: &[Word] = &[
    word("course", &["课程"], &["Course"]),
    word("training", &["培训"], &["Training"]),
    word("certificate", &["证书"], &["Certificate"]),
    word("award", &["奖项", "获奖"], &["Award"]),
];

/// The member of `list` that `text` spells, in either language or as the API does.
pub(super) fn find(list: &'static [Word], text: &str) -> Option<&'static str> {
    let spelt = |fits: &dyn Fn(&str) -> bool| list.iter().find(|word| word.zh.iter().chain(word.en).chain([&word.value]).any(|s| fits(s)));
    // Most cells are spelt as in the table, and folding the whole table for each is slow.
    let word = spelt(&|spelling| spelling == text).or_else(|| {
        let wanted = values::folded(text);
        spelt(&|spelling| values::folded(spelling) == wanted)
    });
    word.map(|word| word.value)
}

/// The rank of a level. A bare digit is the one printed on paper (5 is 五级, rank 1), unless the column is the API's own `level`, which holds ranks.
pub(super) fn rank(text: &str, is_rank: bool) -> Option<u8> {
    let plain = values::code(text);
    match plain.as_bytes() {
        [digit @ b'0'..=b'7'] if is_rank => Some(digit - b'0'),
        [digit @ b'1'..=b'5'] => Some(6 - (digit - b'0')),
        [b'0'..=b'9'] => None,
        _ => find(LEVELS, text).and_then(|value| value.parse().ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use verifier::documents::AchievementKind;
    use verifier::ids::{Grade, IdKind, Level, TypeOfCertificate};

    #[test]
    fn every_spelling_names_one_member() {
        for list in [TYPES, LEVELS, GRADES, ID_TYPES, CREDIT_KINDS] {
            let mut seen = BTreeMap::new();
            for word in list {
                for spelling in word.zh.iter().chain(word.en) {
                    assert_eq!(find(list, spelling), Some(word.value), "{spelling}");
                    assert!(seen.insert(values::folded(spelling), word.value).is_none_or(|other| other == word.value), "{spelling}");
                }
            }
        }
    }

    #[test]
    fn every_member_that_the_registry_knows_has_its_words_and_no_other_has() {
        let values = |list: &[Word]| list.iter().map(|word| word.value).collect::<Vec<_>>();
        assert!(
            TypeOfCertificate::ALL.iter().all(|m| find(TYPES, m.words().zh) == Some(m.as_str()) && find(TYPES, m.words().en) == Some(m.as_str()))
        );
        assert!(Grade::ALL.iter().all(|m| find(GRADES, m.words().zh) == Some(m.as_str()) && find(GRADES, m.words().en) == Some(m.as_str())));
        assert!(values(TYPES).into_iter().all(|v| TypeOfCertificate::parse(v).is_ok()));
        assert!(values(GRADES).into_iter().all(|v| Grade::parse(v).is_ok()));
        assert!(values(CREDIT_KINDS).into_iter().all(|v| AchievementKind::parse(v).is_ok()) && CREDIT_KINDS.len() == AchievementKind::ALL.len());
        assert!(ID_TYPES.iter().all(|w| serde_json::from_value::<IdKind>(w.value.into()).is_ok()));
        for at in 0..=7 {
            let words = Level::new(at).unwrap().words();
            assert_eq!((rank(words.zh, false), rank(words.en, true)), (Some(at), Some(at)), "{words:?}");
        }
    }

    #[test]
    fn a_bare_digit_is_the_level_on_paper_but_a_rank_in_the_column_of_the_api() {
        for (digit, printed, api) in [
            ("5", Some(1), Some(5)),
            ("３", Some(3), Some(3)),
            ("1", Some(5), Some(1)),
            ("0", None, Some(0)),
            ("7", None, Some(7)),
            ("8", None, None),
        ] {
            assert_eq!((rank(digit, false), rank(digit, true)), (printed, api), "{digit}");
        }
        assert_eq!(rank("6级", false), None);
    }
}
