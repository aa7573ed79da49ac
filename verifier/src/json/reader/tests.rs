//! The small reader beside the general one.

use super::*;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    a: Option<i64>,
    b: Vec<(u8, String)>,
    #[serde(default)]
    c: Option<Kind>,
    #[serde(default)]
    d: bool,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Plain,
    Of(BTreeMap<String, u64>),
    With { x: i8 },
}

/// Both readers agree, where an object is written as an object and a unit variant as its name.
fn agree(text: &str) {
    assert_eq!(read::<Row>(text).ok(), serde_json::from_str::<Row>(text).ok(), "{text}");
    // Of what is skipped the general reader looks at less, of what is kept at more: how large a number is.
    assert!(read::<de::IgnoredAny>(text).is_err() || serde_json::from_str::<de::IgnoredAny>(text).is_ok(), "{text}");
    assert!(read::<de::IgnoredAny>(text).is_ok() || serde_json::from_str::<serde_json::Value>(text).is_err(), "{text}");
}

const GOOD: [&str; 5] = [
    r#"{"a":-5,"b":[[7,"x\n\u00e9\ud83d\ude00\"\/"],[0,""]],"c":{"of":{"k":18446744073709551615}},"d":true}"#,
    " {\t\"b\" :\r[ ] , \"a\" : null , \"c\":\"plain\" , \"d\":false}\n",
    r#"{"a":9223372036854775807,"b":[],"c":{"with":{"x":-128}}}"#,
    r#"{"a":-9223372036854775808,"b":[[255,"张三"]],"c":null}"#,
    r#"{"b":[],"a":0}"#,
];

#[test]
fn what_is_written_well_is_read_as_by_the_general_reader() {
    for text in GOOD {
        assert!(read::<Row>(text).is_ok(), "{text}");
        agree(text);
    }
}

#[test]
fn what_is_written_badly_is_refused() {
    let values = [
        "01",
        "-",
        "-0",
        "1.0",
        "1e3",
        "1.",
        ".5",
        "+1",
        "9223372036854775808",
        "-9223372036854775809",
        "NaN",
        "tru",
        "nul",
        "\"",
        "[",
        "{",
        "[1,]",
        "{,}",
        "\"\u{1}\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"\\udc00\"",
        "\"\\u+123\"",
        "1 2",
        "'1'",
        "\u{feff}1",
        "\u{a0}1",
    ];
    for value in values {
        let text = alloc::format!("{{\"a\":{value},\"b\":[]}}");
        assert!(read::<Row>(&text).is_err(), "{text}");
        agree(&text);
    }
    for text in [
        "",
        " ",
        "{\"b\":[]} x",
        "{\"b\":[],\"b\":[]}",
        "{\"b\":[],\"e\":1}",
        "{\"a\":1}",
        "{\"b\":[[256,\"\"]]}",
        "{\"b\":[[1,\"\",2]]}",
        "{\"b\":[[1]]}",
    ] {
        assert!(read::<Row>(text).is_err(), "{text}");
        agree(text);
    }
    // These a general reader takes.
    assert!(read::<Row>("[1,[],null,true]").is_err() && serde_json::from_str::<Row>("[1,[],null,true]").is_ok());
    assert!(read::<Row>(r#"{"b":[],"c":{"plain":null}}"#).is_err());
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(read::<de::IgnoredAny>(&nested(usize::from(DEPTH_MAX))).is_ok());
    assert!(read::<de::IgnoredAny>(&nested(usize::from(DEPTH_MAX) + 1)).is_err());
    assert!(read::<de::IgnoredAny>(&nested(1_000_000)).is_err());
}

proptest! {
    #[test]
    fn a_damaged_text_is_read_as_by_the_general_reader(which in 0..GOOD.len(), at in any::<prop::sample::Index>(), with in "[\"\\\\{}\\[\\]:,0-9eE.+ntu -]{0,2}", cut in 0..3usize) {
        let text = GOOD[which];
        let from = (0..=at.index(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let to = (from + cut..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
        let damaged = alloc::format!("{}{with}{}", &text[..from], &text[to..]);
        // Of a variant's name as an object only the general reader knows; with whole numbers it takes -0 for none, too.
        if !damaged.contains("plain\":") {
            agree(&damaged);
        }
    }

    #[test]
    fn any_string_that_is_written_is_read(text in any::<String>()) {
        let written = serde_json::to_string(&text).unwrap();
        prop_assert_eq!(read::<String>(&written).ok(), Some(text));
    }

    #[test]
    fn any_list_of_numbers_is_read(numbers in proptest::collection::vec(any::<i64>(), 0..20)) {
        let written = serde_json::to_string(&numbers).unwrap();
        prop_assert_eq!(read::<Vec<i64>>(&written).ok(), Some(numbers));
    }
}
