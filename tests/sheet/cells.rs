//! Cells: what is normalised, what is wrong, and where it is told.

use hufu::messages::Lang;
use verifier::ids::IdKind;

use crate::made::{text, with_day};
use crate::{GOOD, HEAD, row, rows};

/// A CSV of one row: name, number, day and one more column.
fn with(header: &str, cell: &str) -> crate::Read {
    row(format!("{HEAD},{header}\n{GOOD},{cell}\n").as_bytes())
}

#[test]
fn a_row_with_every_column_is_read() {
    let file = "\u{feff}证书编号*,证书类型,姓名,证件类型,证件号码,职业编码,职业（工种）,技能等级,评定成绩,评价日期,有效期至,依据标准,证据摘要,学分方案,学分,成果类型,学分类别,课程代码,学分方案2,学分2,成果类型2\n\
        Ｓ000031000026000001,职业技能等级证书,\u{3000}欧阳静 ,身份证,'110105 19491231 002x,６－３１－０１－０３,电工,三级/高级工,良好,2026年10月18日,2030/1/1,国家职业标准 电工 2023,,310000:credit,3.5,证书,core,SH-IC-101,310000:hour,2,training\n";
    let input = row(file.as_bytes()).unwrap();
    assert_eq!(input.number.as_deref(), Some("S000031000026000001"));
    assert_eq!((input.kind.as_str(), input.holder.name.as_str(), input.holder.id_type), ("skill-level", "欧阳静", IdKind::Resident));
    assert_eq!((input.holder.id_number.as_str(), input.occupation.as_deref()), ("11010519491231002x", Some("6-31-01-03")));
    assert_eq!((input.title.as_deref(), input.level, input.grade.as_deref()), (Some("电工"), Some(3), Some("good")));
    assert_eq!((input.assessed_on.as_str(), input.valid_until.as_deref()), ("2026-10-18", Some("2030-01-02")), "the day after the last");
    assert_eq!((input.standard.as_deref(), input.evidence_digest, input.provider), (Some("国家职业标准 电工 2023"), None, None));
    let credits: Vec<_> = input.credits.iter().map(|c| (c.scheme.as_str(), c.amount, c.kind.as_str(), c.course.as_deref())).collect();
    assert_eq!(credits, [("310000:credit", 350, "certificate", Some("SH-IC-101")), ("310000:hour", 200, "training", None)]);
}

#[test]
fn what_is_absent_is_a_resident_and_a_skill_level() {
    let input = row(format!("{HEAD}\n{GOOD}").as_bytes()).unwrap();
    assert_eq!((input.holder.id_type, input.kind.as_str()), (IdKind::Resident, "skill-level"));
    assert!(input.credits.is_empty() && input.level.is_none());
}

/// Column, cell, code, and what is shown of the cell.
const WRONG: [(&str, &str, &str, Option<&str>); 20] = [
    ("职业名称", "#N/A", "batches.error_cell", Some("#N/A")),
    ("证书编号", "1.23E+17", "batches.rounded", Some("1.23E+17")),
    ("证书编号", "=A1", "batches.formula", Some("=A1")),
    ("职业名称", "'=A1", "batches.formula", Some("'=A1")),
    ("证书编号", "a", "ids.certificate_number_shape", Some("a")),
    ("职业编码", "6-31-01", "ids.occupation_shape", Some("6-31-01")),
    ("技能等级", "六级", "batches.word", Some("六级")),
    ("技能等级", "0", "batches.word", Some("0")),
    ("成绩", "85", "batches.word", Some("85")),
    ("证件类型", "驾驶证", "batches.word", Some("驾驶证")),
    ("证书类型", "毕业证", "batches.word", Some("毕业证")),
    ("有效期至", "2026-13-01", "batches.day", Some("2026-13-01")),
    ("有效期至", "46024", "batches.day", Some("46024")),
    ("有效期至", "长期", "batches.day", Some("长期")),
    ("证据摘要", "ABC", "certificates.evidence_digest", Some("ABC")),
    ("依据标准", "\"a\u{7}b\"", "certificates.standard", Some("a b")),
    ("职业名称", "\u{202d}x", "ids.text_character", Some("\u{202d}x")),
    ("学分方案", "x", "certificates.credits", Some("x")),
    ("学分", "3.505", "batches.amount", Some("3.505")),
    ("学分", "0", "certificates.credits", Some("0")),
];

#[test]
fn a_wrong_cell_is_told_with_its_column_and_its_rule() {
    for (column, cell, code, got) in WRONG {
        let wrong = with(column, cell).expect_err(cell);
        let found = wrong.iter().find(|w| w.column == column).unwrap_or_else(|| panic!("{column}: {wrong:?}"));
        assert_eq!((found.reason.code, found.got.as_deref()), (code, got), "{column} {cell}");
        assert_eq!(wrong.iter().filter(|w| w.column == column).count(), 1, "{column} {cell}");
    }
}

#[test]
fn every_wrong_cell_of_a_row_is_told_at_once_in_the_order_of_the_columns_and_persons_are_not_named() {
    let wrong = row("有效期至,姓名,技能等级,身份证号,考核日期,学分2,学分方案2\n2026-99-01,张3,九级,110105194912310021,,x,310000:credit".as_bytes())
        .unwrap_err();
    let told: Vec<_> = wrong.iter().map(|w| (w.column.as_str(), w.field.as_str(), w.reason.code, w.got.as_deref())).collect();
    assert_eq!(
        told,
        [
            ("有效期至", "valid_until", "batches.day", Some("2026-99-01")),
            ("姓名", "holder.name", "ids.name_character", Some("2 characters")),
            ("技能等级", "level", "batches.word", Some("九级")),
            ("身份证号", "holder.id_number", "ids.document_check", Some("18 characters")),
            ("考核日期", "assessed_on", "batches.empty_cell", None),
            ("学分2", "credit2.amount", "batches.amount", Some("x")),
            ("credit2.kind", "credit2.kind", "batches.empty_cell", None),
        ]
    );
    assert_eq!(wrong[0].say(Lang::Zh), "有效期至：不是有效日期（2026-99-01）");
    assert_eq!(wrong[0].say(Lang::En), "有效期至: the cell is not a day (2026-99-01)");
}

#[test]
fn a_number_is_not_judged_by_a_kind_that_is_unknown() {
    let wrong = row("姓名,证件类型,证件号码,考核日期\n欧阳静,学生证,12345678,2026-10-18".as_bytes()).unwrap_err();
    assert_eq!(wrong.iter().map(|w| w.field.as_str()).collect::<Vec<_>>(), ["holder.id_type"]);
}

#[test]
fn the_cells_of_a_workbook_are_read_for_what_they_are() {
    let day = |properties: &str, cell: &str| row(&with_day(properties, cell));
    for (properties, cell, expected) in [
        ("", r#"<c r="C3"><v>46313</v></c>"#, "2026-10-18"),
        ("", r#"<c r="C3" s="1"><v>46313</v></c>"#, "2026-10-18"),
        ("", r#"<c r="C3" s="2" t="n"><v>46313.5</v></c>"#, "2026-10-18"),
        ("", r#"<c r="C3"><v>20261018</v></c>"#, "2026-10-18"),
        ("", r#"<c r="C3" t="d"><v>2026-10-18T00:00:00</v></c>"#, "2026-10-18"),
        ("", r#"<c r="C3" t="str"><v>2026.10.18</v></c>"#, "2026-10-18"),
        ("", r#"<c s="1"><v>46313</v></c>"#, "2026-10-18"),
        ("date1904=\"1\"", r#"<c r="C3"><v>44851</v></c>"#, "2026-10-18"),
        ("date1904=\"true\"", r#"<c r="C3" s="1"><v>44851</v></c>"#, "2026-10-18"),
    ] {
        assert_eq!(day(properties, cell).as_ref().map(|input| input.assessed_on.as_str()), Ok(expected), "{cell}");
    }
    for (cell, code) in [
        (r#"<c r="C3"><f>TODAY()</f><v>46313</v></c>"#, "batches.formula"),
        (r#"<c r="C3"><f t="shared" si="99999999999"/><v>46313</v></c>"#, "batches.formula"),
        (r#"<c r="C3" t="e"><v>#N/A</v></c>"#, "batches.error_cell"),
        (r#"<c r="C3"><v>60</v></c>"#, "batches.day"),
        (r#"<c r="C3"><v>-5</v></c>"#, "batches.day"),
        (r#"<c r="C3"><v>1.1010519491231E+17</v></c>"#, "batches.rounded"),
        (r#"<c r="C3"><v>1E+300</v></c>"#, "batches.rounded"),
        (r#"<c r="C3" t="b"><v>1</v></c>"#, "batches.day"),
        (r#"<c r="C3"/>"#, "batches.empty_cell"),
        ("", "batches.empty_cell"),
    ] {
        let wrong = day("", cell).expect_err(cell);
        assert_eq!((wrong.len(), wrong[0].column.as_str(), wrong[0].reason.code), (1, "考核日期", code), "{cell}");
    }
}

#[test]
fn an_id_that_a_spreadsheet_has_rounded_is_never_taken() {
    use crate::made::{HEADER, parts, zipped};
    let cells = format!(r#"{}<c r="B2"><v>1.1010519491231002E+17</v></c>{}"#, text("A2", "A&amp;B"), text("C2", "2026-10-18"));
    let wrong = row(&zipped(&parts("", &format!("{HEADER}<row r=\"2\">{cells}</row>"), ""))).unwrap_err();
    let told: Vec<_> = wrong.iter().map(|w| (w.reason.code, w.got.as_deref())).collect();
    assert_eq!(told, [("ids.name_character", Some("3 characters")), ("batches.rounded", Some("18 characters"))]);
}

#[test]
fn ndjson_is_read_as_the_api_reads_a_body() {
    let good = r#"{"type":"training","holder":{"name":"欧阳静","id_type":"resident","id_number":"11010519491231002X"},"assessed_on":"2026-10-18","errors":"x"}"#;
    assert_eq!(row(good.as_bytes()).unwrap().kind, "training");
    for (from, to, field, code) in [
        ("\"type\"", "\"typ\"", "typ", "http.unknown_field"),
        ("\"training\"", "7", "type", "http.field"),
        ("2026-10-18", "2026-10-88", "assessed_on", "time.no_such_day"),
        ("\"errors\":", "\"type\":", "type", "http.malformed"),
        ("欧阳静", "欧3", "holder.name", "ids.name_character"),
    ] {
        let wrong = row(good.replace(from, to).as_bytes()).unwrap_err();
        assert_eq!((wrong[0].field.as_str(), wrong[0].reason.code), (field, code), "{to}");
    }
    let both = good.replace("欧阳静", "欧3").replace("10-18", "10-88");
    assert_eq!(rows(both.as_bytes()).unwrap()[0].1.as_ref().unwrap_err().len(), 2);
}

#[test]
fn a_column_says_whether_its_day_is_the_last_or_the_one_after() {
    for (header, until) in [
        ("有效期至", "2030-01-01"),
        ("有效期截止日期", "2030-01-01"),
        ("Valid to", "2030-01-01"),
        ("VALID THROUGH", "2030-01-01"),
        ("Valid until", "2030-01-01"),
        ("valid_until", "2029-12-31"),
        ("失效日期", "2029-12-31"),
        ("Expiry date", "2029-12-31"),
    ] {
        for day in ["2029-12-31", "2029年12月31日"] {
            assert_eq!(with(header, day).unwrap().valid_until.as_deref(), Some(until), "{header}");
        }
    }
    let file = format!("{HEAD},到期\n{GOOD},2029-12-31");
    let read = crate::rows_with(file.as_bytes(), r#"{"到期": "valid_until"}"#).unwrap();
    assert_eq!(read[0].1.as_ref().unwrap().valid_until.as_deref(), Some("2029-12-31"));
    // No other day moves.
    assert_eq!(with("有效期至", "").unwrap().assessed_on, "2026-10-18");
}
