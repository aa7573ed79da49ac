//! What is written back reads as it was.

use hufu::batches::sheet::{Form, Marked, template};
use hufu::messages::Lang;
use proptest::prelude::*;

use crate::made::with_day;
use crate::{Read, rows, try_open};

/// The file written back, with these words beside each row.
fn marked(bytes: &[u8], errors: &str) -> Vec<u8> {
    let sheet = try_open(bytes, "{}").unwrap();
    let mut out = Marked::new(sheet.header(), Vec::new()).unwrap();
    for raw in sheet {
        out.row(&raw.unwrap(), errors).unwrap();
    }
    out.finish().unwrap()
}

fn reads(bytes: &[u8]) -> Vec<Read> {
    rows(bytes).unwrap().into_iter().map(|(_, read)| read).collect()
}

#[test]
fn templates_hold_a_row_that_is_taken_the_same_in_every_form_and_language() {
    let mut seen = Vec::new();
    for form in [Form::Csv, Form::Xlsx, Form::Ndjson] {
        for lang in [Lang::Zh, Lang::En] {
            let file = template(form, lang, Vec::new()).unwrap();
            assert_eq!(try_open(&file, "{}").unwrap().header().form(), form);
            let mut read = reads(&file);
            assert_eq!(read.len(), 1);
            seen.push(read.remove(0).unwrap_or_else(|wrong| panic!("{form:?} {lang:?}: {wrong:?}")));
        }
    }
    assert!(seen.iter().all(|input| *input == seen[0]));
    assert_eq!((seen[0].level, seen[0].credits[0].amount), (Some(3), 200));
}

#[test]
fn a_file_is_marked_again_and_again_and_keeps_one_column_of_errors() {
    for form in [Form::Csv, Form::Xlsx, Form::Ndjson] {
        let mut file = template(form, Lang::Zh, Vec::new()).unwrap();
        let first = reads(&file);
        for errors in ["姓名：\"坏\"", "", "a, b\n}"] {
            file = marked(&file, errors);
            assert_eq!(reads(&file), first, "{form:?}");
        }
        assert_eq!(marked(&marked(&file, "x"), "x"), marked(&file, "x"), "{form:?}");
    }
}

#[test]
fn nothing_that_is_written_computes() {
    let head = "姓名,身份证号,考核日期,依据标准";
    for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "'=1+1"] {
        let file = marked(format!("{head}\n欧阳静,11010519491231002X,2026-10-18,{cell}\n").as_bytes(), "=cmd|' /C calc'!A0");
        let text = String::from_utf8(file).unwrap();
        assert!(text.starts_with('\u{feff}'));
        for written in text.trim_start_matches('\u{feff}').split([',', '\n']) {
            assert!(!written.trim_matches('"').starts_with(['=', '+', '-', '@']), "{written}");
        }
    }
    let tab = marked("姓名,身份证号,考核日期\n\"\tx\",1,2\n\"\rx\",1,2\n".as_bytes(), "");
    assert!(String::from_utf8(tab).unwrap().contains("'\tx"));
}

#[test]
fn what_a_workbook_held_stays_what_it_was() {
    for (properties, cell) in [
        ("", r#"<c r="C3"><v>46313</v></c>"#),
        ("date1904=\"1\"", r#"<c r="C3"><v>44851</v></c>"#),
        ("date1904=\"1\"", r#"<c r="C3" s="1"><v>44851</v></c>"#),
        ("", r#"<c r="C3"><v>20261018</v></c>"#),
        ("", r#"<c r="C3"><v>60</v></c>"#),
        ("", r#"<c r="C3"><v>1.1010519491231E+17</v></c>"#),
        ("", r#"<c r="C3" t="e"><v>#N/A</v></c>"#),
        ("", r#"<c r="C3"><f>TODAY()</f><v>46313</v></c>"#),
    ] {
        let file = with_day(properties, cell);
        let codes = |read: &Read| read.clone().map_err(|wrong| wrong.iter().map(|w| w.reason.code).collect::<Vec<_>>());
        assert_eq!(codes(&reads(&marked(&file, "x"))[0]), codes(&reads(&file)[0]), "{cell}");
    }
}

/// Names, titles and standards of every kind, some with what spreadsheets and files trip over.
fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[一-龥]{1,4}",
        "[\\-+@'\"][^\\p{C}\\p{Z}]{0,9}",
        "[^\\p{C}\\p{Z}=]([^\\p{C}\\p{Z}]| ){0,20}[^\\p{C}\\p{Z}]",
        Just("a,b\"c\"_x0041_&<>".to_owned()),
        Just("'t Hooft".to_owned()),
        Just("'+'".to_owned()),
    ]
}

fn csv(fields: &[&str]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["姓名", "身份证号", "评价日期", "职业名称", "依据标准", "学分", "学分方案", "成果类型"]).unwrap();
    writer.write_record(fields).unwrap();
    writer.into_inner().unwrap()
}

fn workbook(fields: &[&str]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (at, name) in (0..).zip(["姓名", "身份证号", "评价日期", "职业名称", "依据标准", "学分", "学分方案", "成果类型"])
    {
        sheet.write_string(0, at, name).unwrap();
    }
    for (at, field) in (0..).zip(fields) {
        sheet.write_string(1, at, *field).unwrap();
    }
    book.save_to_buffer().unwrap()
}

fn object(fields: &[&str]) -> Vec<u8> {
    let [name, number, day, title, standard, ..] = fields else { panic!() };
    let holder = serde_json::json!({"name": name, "id_type": "resident", "id_number": number});
    let credits = serde_json::json!([{"scheme": "310000:credit", "amount": 350, "kind": "course"}]);
    let object =
        serde_json::json!({"type": "skill-level", "holder": holder, "assessed_on": day, "title": title, "standard": standard, "credits": credits});
    object.to_string().into_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_is_read_reads_the_same_when_it_was_marked(name in words(), title in words(), standard in words(), errors in words()) {
        let fields = [name.as_str(), "11010519491231002X", "2026-10-18", &title, &standard, "3.50", "310000:credit", "课程"];
        for file in [csv(&fields), workbook(&fields), object(&fields)] {
            let once = reads(&file);
            let again = marked(&file, &errors);
            match (&once[0], &reads(&again)[0]) {
                (Ok(before), Ok(after)) => prop_assert_eq!(before, after),
                (Err(before), Err(after)) => {
                    let codes = |wrong: &[hufu::batches::sheet::Wrong]| wrong.iter().map(|w| (w.field.clone(), w.reason.code)).collect::<Vec<_>>();
                    prop_assert_eq!(codes(before), codes(after));
                }
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }
}
