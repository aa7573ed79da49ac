//! Pages are plain files; what they leave open is put in here. An element says by an attribute what belongs into it or onto it:
//! `data-word="CODE"` the Chinese words of that code (a script changes them when the reader changes the language), `data-word-en` the
//! English ones, `data-label` the words as its `aria-label`, `data-value="NAME"` a value of this registry, `data-region` its name.

use verifier::messages::Message;

use super::Values;
use crate::messages::{ACCOUNT, BATCHES, PAGES, REGIONS};

/// Fills what `html` leaves open. A code or name that nobody knows is left empty; a test holds that there is none.
pub(super) fn fill(html: &str, values: &Values) -> String {
    let html = each(html, "data-word", |code| word(code).map_or_else(String::new, |m| escape(m.zh)), Place::Inside);
    let html = each(&html, "data-word-en", |code| word(code).map_or_else(String::new, |m| escape(m.en)), Place::Inside);
    let html = each(&html, "data-label", |code| word(code).map_or_else(String::new, |m| format!(" aria-label=\"{}\"", escape(m.zh))), Place::Onto);
    let html = each(&html, "data-value", |name| escape(values.get(name)), Place::Inside);
    let (zh, en) = (escape(values.get("name_zh")), escape(values.get("name_en")));
    html.replace("data-region>", &format!("data-region data-zh=\"{zh}\" data-en=\"{en}\">{zh}"))
        .replace("data-anchor>", &format!("data-code=\"{}\" data-key=\"{}\">", escape(values.get("code")), escape(values.get("key"))))
}

/// Where the text goes: into the element (before its end tag), or onto it as a further attribute.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Inside,
    Onto,
}

/// Puts in a text for each `attribute="..."`.
fn each(html: &str, attribute: &str, text: impl Fn(&str) -> String, place: Place) -> String {
    let mark = format!(" {attribute}=\"");
    let mut parts = html.split(mark.as_str());
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('"').unwrap_or((part, ""));
        let (tag, inside) = rest.split_once('>').unwrap_or((rest, ""));
        let (onto, into) = if place == Place::Onto { (text(name), String::new()) } else { (String::new(), text(name)) };
        filled.extend([mark.as_str(), name, "\"", onto.as_str(), tag, ">", into.as_str(), inside]);
    }
    filled
}

fn word(code: &str) -> Option<&'static Message> {
    PAGES.iter().chain(ACCOUNT).chain(BATCHES).chain(REGIONS).find(|m| m.code == code)
}

/// Text as it stands in HTML, between tags or in a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_gets_what_its_attribute_names() {
        let values = Values::of_test("<上海>");
        let page = r#"<p data-word="page.name" hidden></p><nav data-label="page.name" class="x"></nav><i lang="en" data-word-en="page.name"></i><b data-region></b><u data-value="name_zh"></u>"#;
        let filled = r#"<p data-word="page.name" hidden>虎符</p><nav data-label="page.name" aria-label="虎符" class="x"></nav><i lang="en" data-word-en="page.name">Hufu</i><b data-region data-zh="&lt;上海&gt;" data-en="Shanghai">&lt;上海&gt;</b><u data-value="name_zh">&lt;上海&gt;</u>"#;
        assert_eq!(fill(page, &values), filled);
    }

    #[test]
    fn a_name_enters_a_page_as_text() {
        assert_eq!(escape("<b a='1'>\"&"), "&lt;b a=&#39;1&#39;&gt;&quot;&amp;");
    }
}
