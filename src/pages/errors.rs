//! The list of codes, as a page and as Markdown, from the catalogue.

use super::fill::{escape, fill};
use super::{Values, verdict_words};
use crate::error::Reason;
use crate::messages;

pub(super) const HTML: &str = include_str!("../../web/errors.html");

/// The codes with which a request is refused, by slice, in order of precedence.
fn problems() -> Vec<Reason> {
    messages::reasons().into_iter().filter(|r| !verdict_words().any(|m| m.code == r.code)).collect()
}

/// The page at `/docs/errors`: one row a code, whose id is the code, so that the `type` of a problem document leads to it.
pub fn errors_page(values: &Values) -> String {
    let words = |zh: &str, en: &str| format!("<td>{}<span lang=\"en\">{}</span></td>", escape(zh), escape(en));
    let head = |code: &str| format!("<tr id=\"{code}\"><td><code><a href=\"#{code}\">{code}</a></code></td>");
    let problem = |r: &Reason| format!("{}<td>{}</td>{}<td lang=\"en\">{}</td></tr>\n", head(r.code), r.status, words(r.zh, r.en), escape(r.rule));
    let problems: String = problems().iter().map(problem).collect();
    let verdicts: String = verdict_words().map(|m| format!("{}{}</tr>\n", head(m.code), words(m.zh, m.en))).collect();
    fill(HTML, values).replace("<!--problems-->", &problems).replace("<!--verdicts-->", &verdicts)
}

/// docs/errors.md.
pub fn errors_markdown() -> String {
    let cell = |text: &str| text.replace('|', "\\|");
    let problem = |r: &Reason| format!("| `{}` | {} | {} | {} | {} |\n", r.code, r.status, cell(r.zh), cell(r.en), cell(r.rule));
    let problems: String = problems().iter().map(problem).collect();
    let verdicts: String = verdict_words().map(|m| format!("| `{}` | {} | {} |\n", m.code, cell(m.zh), cell(m.en))).collect();
    format!(
        "# Codes\n\n\
         Made from the code; the same list is served at `/docs/errors`. A code never changes its meaning.\n\n\
         ## Refused requests\n\n\
         Given in `application/problem+json` (RFC 9457), whose `type` leads to the entry.\n\n\
         | code | HTTP status | 说明 | words | rule |\n| --- | --- | --- | --- | --- |\n{problems}\n\
         ## Codes in a verdict\n\n\
         Each step of a verdict gives one code; these are answers, not refusals.\n\n\
         | code | 说明 | words |\n| --- | --- | --- |\n{verdicts}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checked_in_list_of_codes_is_the_generated_one() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/errors.md");
        let made = errors_markdown();
        if std::env::var_os("HUFU_UPDATE").is_some() {
            std::fs::write(path, &made).unwrap();
        }
        let held = std::fs::read_to_string(path).unwrap_or_default();
        assert!(held == made, "docs/errors.md is not what the code says: run the tests with HUFU_UPDATE=1");
    }

    #[test]
    fn every_code_has_exactly_one_row_to_which_a_problem_leads() {
        let page = errors_page(&Values::of_test("上海市"));
        for reason in messages::reasons() {
            assert_eq!(page.matches(&format!("<tr id=\"{}\">", reason.code)).count(), 1, "{}", reason.code);
        }
        assert!(!page.contains("<!--"));
    }
}
