//! An agreement in words, for people who sign it and people who read it: numbered articles of clauses, in Chinese and English. The words explain;
//! the bytes are what is agreed.

use super::{Accept, Agreement, Grant, LevelRange, ProviderTerms};
use crate::documents::{Digest, InForce};
use crate::ids::{Grade, RegionCode};
use crate::time::Day;
use crate::verdict::{Class, Flag, ProviderKind};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use serde::Serialize;

/// The same text in two languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    /// In Chinese (simplified).
    pub zh: String,
    /// In English.
    pub en: String,
}

/// One member of an agreement in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clause {
    /// The member, such as `accept.level`.
    pub member: &'static str,
    /// What it is called.
    pub name: Said,
    /// What it says.
    pub value: Said,
}

/// What belongs together in an agreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Article {
    /// `parties`, `term`, `version`, or the id of a grant after `grants.`.
    pub key: String,
    /// Its heading.
    pub title: Said,
    /// Its clauses, in order.
    pub clauses: Vec<Clause>,
}

/// A whole agreement in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Printed {
    /// Its title.
    pub title: Said,
    /// Its articles, in order.
    pub articles: Vec<Article>,
}

/// The same text in both languages.
pub(super) fn said(zh: impl Into<String>, en: impl Into<String>) -> Said {
    Said { zh: zh.into(), en: en.into() }
}

/// What reads the same in both languages.
pub(super) fn plain(text: impl ToString) -> Said {
    said(text.to_string(), text.to_string())
}

fn clause(member: &'static str, zh: &str, en: &str, value: Said) -> Clause {
    Clause { member, name: said(zh, en), value }
}

/// An enumeration.
fn all(items: impl Iterator<Item = Said>) -> Said {
    let (zh, en): (Vec<_>, Vec<_>) = items.map(|item| (item.zh, item.en)).unzip();
    said(zh.join("、"), en.join(", "))
}

fn regions(of: &[RegionCode]) -> Said {
    all(of.iter().map(|region| plain(region.as_str())))
}

impl Printed {
    /// An agreement, named by the digest of its bytes.
    pub fn of(agreement: &Agreement, digest: &Digest) -> Printed {
        let mut articles = vec![
            Article { key: "parties".into(), title: said("缔约方", "Parties"), clauses: vec![parties(agreement)] },
            Article { key: "term".into(), title: said("期限与终止", "Term and notice"), clauses: term(agreement) },
        ];
        articles.extend(agreement.grants.iter().map(Article::of));
        articles
            .push(Article { key: "version".into(), title: said("版本与签署", "Version and signatures"), clauses: version(agreement, digest) });
        Printed { title: said(agreement.title.zh.as_str(), agreement.title.en.as_str()), articles }
    }

    /// Plain text, one clause a line, in one of the two languages: `pick` chooses it.
    pub fn to_text(&self, pick: impl Fn(&Said) -> &str) -> String {
        let mut text = format!("{}\n", pick(&self.title));
        for (at, article) in self.articles.iter().enumerate() {
            text.push_str(&format!("\n{}. {}\n", at + 1, pick(&article.title)));
            for (n, clause) in article.clauses.iter().enumerate() {
                let line = said(format!("{}：{}", clause.name.zh, clause.value.zh), format!("{}: {}", clause.name.en, clause.value.en));
                text.push_str(&format!("   {}.{} {}\n", at + 1, n + 1, pick(&line)));
            }
        }
        text
    }
}

fn parties(agreement: &Agreement) -> Clause {
    clause("parties", "各方（地区代码）", "The parties, by region code", regions(&agreement.parties))
}

fn term(agreement: &Agreement) -> Vec<Clause> {
    let InForce { from, through } = agreement.in_force;
    let days = agreement.offer_days;
    let notice = said(format!("任何一方可提前至少 {days} 天通知终止"), format!("any party may end it with at least {days} days' notice"));
    vec![clause("in_force", "有效期", "In force", days_of(Some(from), through)), clause("offer_days", "终止通知", "Notice", notice)]
}

fn version(agreement: &Agreement, digest: &Digest) -> Vec<Clause> {
    let mut clauses = vec![clause("id", "协议编号", "Id", plain(&agreement.id)), clause("version", "版本", "Version", plain(agreement.version))];
    clauses.extend(agreement.supersedes.map(|before| clause("supersedes", "取代", "Supersedes", plain(before))));
    clauses.push(clause("digest", "各方签署的文本摘要", "Digest of the text that the parties sign", plain(digest)));
    clauses
}

fn days_of(from: Option<Day>, through: Option<Day>) -> Said {
    match (from, through) {
        (Some(from), Some(through)) => said(format!("{from} 至 {through}（含）"), format!("{from} through {through}")),
        (Some(from), None) => said(format!("{from} 起"), format!("from {from} on")),
        (None, Some(through)) => said(format!("{through} 及以前"), format!("through {through}")),
        (None, None) => said("不限", "any"),
    }
}

impl Article {
    /// A grant.
    pub fn of(grant: &Grant) -> Article {
        let words = grant.moves.words();
        let title = said(format!("条款 {}：{}", grant.id, words.zh), format!("Grant {}: {}", grant.id, words.en.to_lowercase()));
        Article { key: format!("grants.{}", grant.id), title, clauses: clauses(grant) }
    }
}

fn clauses(grant: &Grant) -> Vec<Clause> {
    let words = grant.moves.words();
    let mut clauses = vec![
        clause("moves", "对象", "About", said(words.zh, words.en.to_lowercase())),
        clause("from", "来源地", "From", regions(&grant.from)),
        clause("to", "认可地", "Recognised in", regions(&grant.to)),
    ];
    conditions(&grant.accept, &mut clauses);
    if let Some(provider) = &grant.accept.provider {
        provider_terms(provider, &mut clauses);
    }
    exchange(grant, &mut clauses);
    clauses
}

fn conditions(accept: &Accept, clauses: &mut Vec<Clause>) {
    let mut list = |member, zh: &str, en: &str, items: Vec<Said>| {
        if !items.is_empty() {
            clauses.push(clause(member, zh, en, all(items.into_iter())));
        }
    };
    list("accept.type", "证书类型", "Type of certificate", accept.types.iter().map(|kind| said(kind.words().zh, kind.words().en)).collect());
    list("accept.scheme", "学分制度", "Scheme of credit", accept.scheme.iter().map(plain).collect());
    list("accept.kind", "成果种类", "Kind of achievement", accept.kinds.iter().map(|kind| said(kind.words().zh, kind.words().en)).collect());
    list("accept.category", "学分类别", "Category of credit", accept.categories.iter().map(plain).collect());
    list("accept.course", "课程", "Course", accept.courses.iter().map(plain).collect());
    list(
        "accept.occupation",
        "职业（含其下各职业）",
        "Occupation, with all within it",
        accept.occupations.iter().map(|code| plain(code.as_str())).collect(),
    );
    list("accept.level", "等级", "Level", accept.level.iter().map(level).collect());
    let grade = |grade: Grade| said(format!("{}及以上", grade.words().zh), format!("{} or better", grade.words().en.to_lowercase()));
    list("accept.grade", "成绩", "Grade", accept.grade.iter().map(|least| grade(least.min)).collect());
    let age = |months: &u16| said(format!("取得后 {months} 个月内"), format!("earned at most {months} months before"));
    list("accept.max_age_months", "时效", "Age", accept.max_age_months.iter().map(age).collect());
    list("accept.earned", "取得日期", "Earned", accept.earned.iter().map(|days| days_of(days.from, days.through)).collect());
}

fn level(range: &LevelRange) -> Said {
    match (range.min.map(|level| level.words()), range.max.map(|level| level.words())) {
        (Some(min), Some(max)) => said(format!("{}至{}", min.zh, max.zh), format!("from {} to {}", min.en, max.en)),
        (Some(min), None) => said(format!("{}及以上", min.zh), format!("from {} upwards", min.en)),
        (None, Some(max)) => said(format!("{}及以下", max.zh), format!("up to {}", max.en)),
        (None, None) => said("不限", "any"),
    }
}

fn provider_terms(terms: &ProviderTerms, clauses: &mut Vec<Clause>) {
    let day = terms.status_at.words();
    let standing = said(
        format!("{}须在册：不在黑名单期内，非 D 级，未亮红牌", day.zh),
        format!("listed on the {}: not barred, not class D, not flagged red", day.en.trim_start_matches("The ")),
    );
    clauses.push(clause("accept.provider.status_at", "机构", "Provider", standing));
    let mut list = |member, zh: &str, en: &str, items: Vec<Said>| {
        if !items.is_empty() {
            clauses.push(clause(member, zh, en, all(items.into_iter())));
        }
    };
    list("accept.provider.class", "机构等级", "Class of the provider", terms.classes.iter().map(class).collect());
    list("accept.provider.flag", "机构信号牌", "Flag of the provider", terms.flags.iter().map(flag).collect());
    list("accept.provider.type", "机构类型", "Type of provider", terms.kinds.iter().map(kind).collect());
    list(
        "accept.provider.code",
        "机构（统一社会信用代码）",
        "Providers, by credit code",
        terms.codes.iter().map(|code| plain(code.as_str())).collect(),
    );
    if terms.in_scope {
        clauses.push(clause("accept.provider.in_scope", "业务范围", "Scope", said("须在机构的业务范围内", "within the scope of the provider")));
    }
}

fn class(class: &Class) -> Said {
    let letter = match class {
        Class::A => "A",
        Class::B => "B",
        Class::C => "C",
        Class::D => "D",
    };
    said(format!("{letter} 级"), letter)
}

fn flag(flag: &Flag) -> Said {
    match flag {
        Flag::Green => said("绿牌", "green"),
        Flag::Yellow => said("黄牌", "yellow"),
        Flag::Red => said("红牌", "red"),
    }
}

fn kind(kind: &ProviderKind) -> Said {
    match kind {
        ProviderKind::Employer => said("用人单位", "employer"),
        ProviderKind::Social => said("社会培训评价组织", "social assessment organization"),
        ProviderKind::School => said("院校", "school"),
    }
}

fn exchange(grant: &Grant, clauses: &mut Vec<Clause>) {
    if let Some(convert) = &grant.convert {
        let (n, d, scheme) = (convert.ratio.0, convert.ratio.1, &convert.scheme);
        let ratio = said(format!("{d} 折 {n}，逐笔向下取整，计入 {scheme}"), format!("{n} for {d}, lot by lot, rounded down, in {scheme}"));
        clauses.push(clause("convert", "折算", "Conversion", ratio));
        if !convert.category.is_empty() {
            let pairs = all(convert.category.iter().map(|(from, to)| plain(format!("{from} → {to}"))));
            clauses.push(clause("convert.category", "类别对应（其余类别不予认可）", "Categories; any other is refused", pairs));
        }
    }
    if !grant.all_of.is_empty() {
        let courses = all(grant.all_of.iter().map(|one| plain(format!("{} {}", one.course, one.amount))));
        clauses.push(clause("all_of", "须恰好齐备的课程", "Exactly these courses together", courses));
        let given = |one: &super::Given| {
            let about: Vec<_> = one.course.iter().map(ToString::to_string).chain(one.category.iter().map(ToString::to_string)).collect();
            let about = if about.is_empty() { String::new() } else { format!(" ({})", about.join(", ")) };
            plain(format!("{} {}{about}", one.amount, one.scheme))
        };
        clauses.push(clause("gives", "给予", "Gives", all(grant.gives.iter().map(given))));
    }
    if !grant.limits.is_empty() {
        let limit = |limit: &super::Limit| {
            said(
                format!("{}至多 {}", limit.per.words().zh, limit.amount),
                format!("at most {}: {}", limit.amount, limit.per.words().en.to_lowercase()),
            )
        };
        clauses.push(clause("limits", "限额", "Limits", all(grant.limits.iter().map(limit))));
    }
}
