//! Levels, grades and types of certificate: closed lists, each with its words in Chinese and English.

use super::IdError;
use serde::{Deserialize, Serialize};

/// The same thing in two languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// In Chinese (simplified).
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

const fn words(zh: &'static str, en: &'static str) -> Words {
    Words { zh, en }
}

/// A rank of the eight-level system of skilled workers, 0 (apprentice) to 7 (chief technician). The digit printed on paper runs
/// backwards: level five (五级) is rank 1, level one (一级) is rank 5. Written as a JSON number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Level(u8);

impl Level {
    /// The lowest rank.
    pub const MIN: Level = Level(0);
    /// The highest rank.
    pub const MAX: Level = Level(7);

    /// A rank 0 to 7.
    pub const fn new(rank: u8) -> Result<Level, IdError> {
        if rank <= 7 { Ok(Level(rank)) } else { Err(IdError::LevelRange) }
    }

    /// The rank, 0 to 7.
    pub const fn rank(self) -> u8 {
        self.0
    }

    /// The words printed on a certificate.
    pub const fn words(self) -> Words {
        match self.0 {
            0 => words("学徒工", "Apprentice"),
            1 => words("五级（初级工）", "Level five (junior worker)"),
            2 => words("四级（中级工）", "Level four (intermediate worker)"),
            3 => words("三级（高级工）", "Level three (senior worker)"),
            4 => words("二级（技师）", "Level two (technician)"),
            5 => words("一级（高级技师）", "Level one (senior technician)"),
            6 => words("特级技师", "Master technician"),
            _ => words("首席技师", "Chief technician"),
        }
    }
}

impl TryFrom<u8> for Level {
    type Error = IdError;
    fn try_from(rank: u8) -> Result<Level, IdError> {
        Level::new(rank)
    }
}

impl From<Level> for u8 {
    fn from(level: Level) -> u8 {
        level.0
    }
}

/// Defines a closed list whose members are written as fixed strings; the error is that of any other string.
macro_rules! word_list {
    ($(#[$meta:meta])* $name:ident, $error:ident::$unknown:ident { $($(#[$doc:meta])* $variant:ident = $text:literal, $zh:literal, $en:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $text)] $variant,)+ }

        impl $name {
            /// Every member, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// Reads the string that documents use.
            pub fn parse(text: &str) -> Result<Self, $error> {
                match text { $($text => Ok(Self::$variant),)+ _ => Err($error::$unknown) }
            }

            /// The string that documents use.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The words printed on a certificate.
            pub const fn words(self) -> $crate::ids::Words {
                match self { $(Self::$variant => $crate::ids::Words { zh: $zh, en: $en },)+ }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use word_list;

word_list! {
    /// What a certificate is.
    TypeOfCertificate, IdError::UnknownType {
        /// A vocational skill level.
        SkillLevel = "skill-level", "职业技能等级证书", "Vocational skill level certificate";
        /// A professional qualification.
        Qualification = "qualification", "职业资格证书", "Professional qualification certificate";
        /// A completed training.
        Training = "training", "培训合格证书", "Training certificate";
        /// Hours of study.
        Hours = "hours", "学时证明", "Record of learning hours";
        /// A professional title.
        Title = "title", "职称证书", "Professional title certificate";
        /// An appointment to a rank.
        Appointment = "appointment", "聘任证书", "Letter of appointment";
    }
}

word_list! {
    /// How well it was done; ordered from worst to best.
    Grade, IdError::UnknownGrade {
        /// Not passed.
        Fail = "fail", "不合格", "Fail";
        /// Passed.
        Pass = "pass", "合格", "Pass";
        /// Good.
        Good = "good", "良好", "Good";
        /// Excellent.
        Excellent = "excellent", "优秀", "Excellent";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_run_from_apprentice_to_chief() {
        assert_eq!(Level::new(8), Err(IdError::LevelRange));
        assert!(Level::new(1).expect("five").words().zh.starts_with("五级"));
        assert!(Level::new(5).expect("one").words().zh.starts_with("一级"));
        assert_eq!((Level::MIN.words().zh, Level::MAX.words().zh), ("学徒工", "首席技师"));
    }

    #[test]
    fn every_member_is_written_and_read_alike() {
        for kind in TypeOfCertificate::ALL {
            assert_eq!(TypeOfCertificate::parse(kind.as_str()), Ok(*kind));
            assert_eq!(serde_json::to_string(kind).expect("a string"), alloc::format!("\"{kind}\""));
        }
        assert!(Grade::ALL.is_sorted());
        assert_eq!(Grade::parse("Pass"), Err(IdError::UnknownGrade));
    }
}
