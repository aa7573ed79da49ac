//! What a newer version of an agreement changes, in words a lawyer can read: article by article, member by member.

use super::Agreement;
use super::print::{Article, Clause, Printed, Said, plain, said};
use crate::documents::Digest;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::Serialize;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What happened.
    pub what: What,
    /// `title`, `parties`, `term`, `grants` for their order, or `grants.` and the id of a grant.
    pub article: String,
    /// The member, such as `accept.level`; empty for a whole grant.
    pub member: String,
    /// What it said before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Said>,
    /// What it says now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Said>,
    /// All of it in one sentence.
    pub words: Said,
}

/// What `after` changes in `before`, in the order of articles: those of `after`, then those that are gone. Version, digest and what is superseded are
/// not compared: they always differ.
pub fn diff(before: &Agreement, after: &Agreement) -> Vec<Change> {
    let none = Digest::of("");
    let (old, new) = (Printed::of(before, &none), Printed::of(after, &none));
    let mut changes = Vec::new();
    if old.title != new.title {
        changes.push(member("title", &said("标题", "title"), "title", None, Some(&old.title), Some(&new.title)));
    }
    let compared = |printed: &Printed| printed.articles.iter().filter(|article| article.key != "version").cloned().collect::<Vec<_>>();
    let (old, new) = (compared(&old), compared(&new));
    for article in &new {
        match old.iter().find(|one| one.key == article.key) {
            Some(one) => members(one, article, &mut changes),
            None => changes.push(whole(What::Added, article)),
        }
    }
    changes.extend(old.iter().filter(|one| !new.iter().any(|article| article.key == one.key)).map(|gone| whole(What::Removed, gone)));
    changes.extend(order(before, after));
    changes
}

/// A grant that came or went.
fn whole(what: What, article: &Article) -> Change {
    let told = told(article);
    let words = match what {
        What::Removed => said(format!("删除{}", article.title.zh), format!("removed: {}", article.title.en)),
        _ => said(format!("新增{}（{}）", article.title.zh, told.zh), format!("added: {} ({})", article.title.en, told.en)),
    };
    let (before, after) = if what == What::Removed { (Some(told), None) } else { (None, Some(told)) };
    Change { what, article: article.key.clone(), member: String::new(), before, after, words }
}

/// All that an article says.
fn told(article: &Article) -> Said {
    let zh: Vec<_> = article.clauses.iter().map(|one| format!("{}：{}", one.name.zh, one.value.zh)).collect();
    let en: Vec<_> = article.clauses.iter().map(|one| format!("{}: {}", one.name.en, one.value.en)).collect();
    said(zh.join("；"), en.join("; "))
}

fn members(old: &Article, new: &Article, changes: &mut Vec<Change>) {
    let find = |article: &Article, of: &Clause| article.clauses.iter().find(|one| one.member == of.member).map(|one| one.value.clone());
    for clause in &new.clauses {
        let before = find(old, clause);
        if before.as_ref() != Some(&clause.value) {
            changes.push(member(&new.key, &new.title, clause.member, Some(&clause.name), before.as_ref(), Some(&clause.value)));
        }
    }
    for clause in old.clauses.iter().filter(|clause| find(new, clause).is_none()) {
        changes.push(member(&new.key, &new.title, clause.member, Some(&clause.name), Some(&clause.value), None));
    }
}

fn member(article: &str, title: &Said, member: &str, name: Option<&Said>, before: Option<&Said>, after: Option<&Said>) -> Change {
    let what = match (before, after) {
        (None, _) => What::Added,
        (_, None) => What::Removed,
        _ => What::Changed,
    };
    let about =
        name.map_or_else(|| title.clone(), |name| said(format!("{}，{}", title.zh, name.zh), format!("{}, {}", title.en, name.en.to_lowercase())));
    let nothing = said("无此条件", "no such condition");
    let (was, is) = (before.unwrap_or(&nothing), after.unwrap_or(&nothing));
    let words = said(format!("{}：{} → {}", about.zh, was.zh, is.zh), format!("{}: {} -> {}", about.en, was.en, is.en));
    Change { what, article: article.to_string(), member: member.to_string(), before: before.cloned(), after: after.cloned(), words }
}

/// Of several grants that accept a certificate the first is reported, so their order says something.
fn order(before: &Agreement, after: &Agreement) -> Option<Change> {
    let shared = |one: &Agreement, other: &Agreement| -> Vec<String> {
        one.grants.iter().filter(|grant| other.grant(&grant.id).is_some()).map(|grant| grant.id.to_string()).collect()
    };
    let (old, new) = (shared(before, after), shared(after, before));
    let (was, is) = (plain(old.join(", ")), plain(new.join(", ")));
    (old != new).then(|| member("grants", &said("条款顺序", "order of grants"), "order", None, Some(&was), Some(&is)))
}
