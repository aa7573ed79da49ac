//! What is wrong with a cell, for the person who mends it.

use super::fields::Field;
use crate::error::{Reason, Refusal};
use crate::messages::Lang;

/// A cell that is refused, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// What the file calls the column; the field's path where it has no such column.
    pub column: String,
    /// Path of the field, as in the API; of a second credit `credit2.amount`. May be empty (the row as a whole).
    pub field: String,
    /// Code, rule and words.
    pub reason: Reason,
    /// What was found; of personal data only how long it is.
    pub got: Option<String>,
}

/// Most characters of what was found that are shown.
const GOT_MAX: usize = 60;

impl Wrong {
    /// One sentence for the error column: `考核日期：不是有效日期（2026-13-01）`.
    pub fn say(&self, lang: Lang) -> String {
        let Wrong { column, reason, got, .. } = self;
        let words = lang.pick(reason.zh, reason.en);
        let (colon, open, close) = (lang.pick("：", ": "), lang.pick("（", " ("), lang.pick("）", ")"));
        let place = if column.is_empty() { String::new() } else { format!("{column}{colon}") };
        match got {
            Some(got) => format!("{place}{words}{open}{got}{close}"),
            None => format!("{place}{words}"),
        }
    }

    /// A refusal of `field`, whose cell in the column `column` shows `text`.
    pub(super) fn of(refusal: &Refusal, column: &str, field: Field, text: &str) -> Wrong {
        let got = if field.spec().personal { measured(text) } else { shown(text) };
        Wrong { column: column.to_owned(), field: field.path(), reason: refusal.reason, got: got.or_else(|| refusal.got.clone()) }
    }
}

/// Nothing but its length.
fn measured(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| format!("{} characters", text.chars().count()))
}

fn shown(text: &str) -> Option<String> {
    let mut characters = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let head: String = characters.by_ref().take(GOT_MAX).collect();
    let more = if characters.next().is_some() { "…" } else { "" };
    (!head.is_empty()).then(|| head + more)
}
