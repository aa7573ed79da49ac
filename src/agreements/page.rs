//! An agreement as a page to be read and printed.

use std::fmt::Write;

use verifier::agreement::print::{Printed, Said};
use verifier::documents::Digest;
use verifier::time::Instant;

use super::View;
use crate::messages::Lang;

const STYLE: &str = "body{font-family:serif;max-width:46em;margin:2em auto;padding:0 1em;line-height:1.6}h1{font-size:1.5em}h2{font-size:1.1em;\
    margin:1.4em 0 .2em;break-after:avoid}ol{list-style:none;padding:0;margin:0}li{margin:.2em 0 .2em 2em;text-indent:-2em}td,th{text-align:left;\
    padding:.2em 1.5em .2em 0}code{overflow-wrap:anywhere}";

/// The page, in one language. A view without terms gives a page without clauses.
pub fn page(view: &View, digest: &Digest, lang: Lang) -> String {
    let pick = |said: &Said| escape(lang.pick(&said.zh, &said.en));
    let title = escape(lang.pick(view.title.zh.as_str(), view.title.en.as_str()));
    let code = lang.pick("zh-CN", "en");
    let mut html = format!(
        "<!doctype html>\n<html lang=\"{code}\"><head><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n"
    );
    let printed = view.terms.as_ref().map(|terms| Printed::of(terms, digest));
    let colon = lang.pick("：", ": ");
    for (at, article) in printed.iter().flat_map(|printed| &printed.articles).enumerate() {
        line(&mut html, &format!("<h2>{}. {}</h2><ol>", at + 1, pick(&article.title)));
        for (n, clause) in article.clauses.iter().enumerate() {
            line(&mut html, &format!("<li>{}.{} {}{colon}{}</li>", at + 1, n + 1, pick(&clause.name), pick(&clause.value)));
        }
        line(&mut html, "</ol>");
    }
    line(&mut html, &format!("<h2>{}</h2><table>", lang.pick("签署情况", "Signatures")));
    for party in &view.parties {
        let at = party.at.map(|at| Instant(at).rfc3339()).unwrap_or_default();
        line(&mut html, &format!("<tr><th>{}</th><td>{}</td><td>{at}</td></tr>", escape(&party.region), standing(party.standing, lang)));
    }
    line(&mut html, "</table>");
    for notice in &view.notices {
        let words = lang.pick("通知终止，自该日起不再有效", "gave notice; no longer in force from");
        line(&mut html, &format!("<p>{} {words} {} ({})</p>", escape(&notice.region), escape(&notice.effective), standing(notice.standing, lang)));
    }
    line(&mut html, "</body></html>");
    html
}

/// Writing into a text does not fail.
fn line(html: &mut String, text: &str) {
    let _ = writeln!(html, "{text}");
}

fn standing(word: &'static str, lang: Lang) -> &'static str {
    match word {
        "signed" => lang.pick("已签署", "signed"),
        "missing" => lang.pick("未签署", "not signed"),
        _ => lang.pick("签名无效", "signature does not count"),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn what_is_said_is_text_and_never_a_tag() {
        assert_eq!(escape("<b title=\"x\">&"), "&lt;b title=&quot;x&quot;&gt;&amp;");
    }
}
