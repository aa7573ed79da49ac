//! The small reader beside the general one.

use super::*;
use alloc::string::String;
use alloc::vec::Vec;
use proptest::prelude::*;
use serde_json::Value as General;

/// What the general reader makes of a text, as a value of the small one. Members of an object come sorted, and of those that occur twice it
/// keeps one, so that texts with duplicates are not compared.
fn general(value: &General) -> Value<'_> {
    match value {
        General::Null => Value::Null,
        General::Bool(truth) => Value::Bool(*truth),
        General::Number(number) => number.as_i64().map_or(Value::OtherNumber, Value::Whole),
        General::String(text) => Value::Text(text.as_str().into()),
        General::Array(items) => Value::List(items.iter().map(general).collect()),
        General::Object(members) => Value::Object(members.iter().map(|(name, value)| (name.as_str().into(), general(value))).collect()),
    }
}

fn sorted(value: Value<'_>) -> Value<'_> {
    match value {
        Value::List(items) => Value::List(items.into_iter().map(sorted).collect()),
        Value::Object(members) => {
            let mut members: Vec<_> = members.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            members.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(members)
        }
        other => other,
    }
}

fn has_duplicates(value: &Value<'_>) -> bool {
    match value {
        Value::List(items) => items.iter().any(has_duplicates),
        Value::Object(members) => {
            let is_twice = |at: usize, name: &str| members.iter().take(at).any(|(earlier, _)| earlier == name);
            members.iter().enumerate().any(|(at, (name, value))| is_twice(at, name) || has_duplicates(value))
        }
        _ => false,
    }
}

/// Both readers take the same texts and make the same of them.
fn agree(text: &str) {
    let (small, large) = (read(text).ok(), serde_json::from_str::<General>(text).ok());
    // Numbers too large for floating point are none to the general reader; here they are numbers that no format has.
    let too_large = large.is_none() && text.contains(['e', 'E']);
    if too_large || small.as_ref().is_some_and(has_duplicates) {
        return;
    }
    assert_eq!(small.map(sorted), large.as_ref().map(general).map(sorted), "{text}");
}

const GOOD: [&str; 5] = [
    r#"{"a":-5,"b":[[7,"x\n\u00e9\ud83d\ude00\"\/"],[0,""]],"c":{"of":{"k":18446744073709551615}},"d":true}"#,
    " {\t\"b\" :\r[ ] , \"a\" : null , \"c\":\"plain\" , \"d\":false}\n",
    r#"{"a":9223372036854775807,"b":[],"c":{"with":{"x":-128}}}"#,
    r#"{"a":-9223372036854775808,"b":[[255,"张三"]],"c":1.5}"#,
    r#"[{"b":[],"a":0},[1,[2,[]]],"",0]"#,
];

#[test]
fn what_is_written_well_is_read_as_by_the_general_reader() {
    for text in GOOD {
        assert!(read(text).is_ok(), "{text}");
        agree(text);
    }
}

#[test]
fn what_is_written_badly_is_refused() {
    let bad = [
        "",
        " ",
        "01",
        "-",
        "1.",
        ".5",
        "+1",
        "NaN",
        "tru",
        "nul",
        "\"",
        "[",
        "{",
        "]",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{,}",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "{1:1}",
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
        "{} x",
        "[1}",
        "{\"a\":1]",
    ];
    for text in bad {
        assert!(read(text).is_err(), "{text}");
        agree(text);
    }
}

#[test]
fn only_whole_numbers_of_64_bits_are_whole() {
    for (text, value) in
        [("0", Value::Whole(0)), ("-1", Value::Whole(-1)), ("-0", Value::OtherNumber), ("1.0", Value::OtherNumber), ("1e3", Value::OtherNumber)]
    {
        assert_eq!(read(text).ok(), Some(value), "{text}");
    }
    assert_eq!(read("9223372036854775808").ok(), Some(Value::OtherNumber));
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(read(&nested(usize::from(DEPTH_MAX))).is_ok());
    assert!(read(&nested(usize::from(DEPTH_MAX) + 1)).is_err());
    assert!(read(&nested(1_000_000)).is_err());
}

proptest! {
    #[test]
    fn a_damaged_text_is_read_as_by_the_general_reader(which in 0..GOOD.len(), at in any::<prop::sample::Index>(), with in "[\"\\\\{}\\[\\]:,0-9eE.+ntu -]{0,2}", cut in 0..3usize) {
        let text = GOOD[which];
        let from = (0..=at.index(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let to = (from + cut..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
        agree(&alloc::format!("{}{with}{}", &text[..from], &text[to..]));
    }

    #[test]
    fn any_string_that_is_written_is_read(text in any::<String>()) {
        let written = serde_json::to_string(&text).unwrap();
        prop_assert_eq!(read(&written).ok(), Some(Value::Text(text.into())));
    }

    #[test]
    fn any_list_of_numbers_is_read(numbers in proptest::collection::vec(any::<i64>(), 0..20)) {
        let written = serde_json::to_string(&numbers).unwrap();
        prop_assert_eq!(read(&written).ok(), Some(Value::List(numbers.into_iter().map(Value::Whole).collect())));
    }
}
