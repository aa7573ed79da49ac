//! Files as a whole: forms and encodings that are taken, and a table of those that are not.

use encoding_rs::GB18030;
use hufu::batches::sheet::{CELL_MAX, Form, ROW_MAX, ROWS_MAX};

use crate::made::{HEADER, Part, parts, text, with_day, zipped};
use crate::{GOOD, HEAD, row, rows, rows_with, try_open};

#[test]
fn csv_is_read_in_each_encoding() {
    let file = format!("{HEAD}\r\n㐂𠮷欧阳静,11010519491231002X,2026-10-18\r\n");
    let (gb, _, lossy) = GB18030.encode(&file);
    assert!(!lossy && std::str::from_utf8(&gb).is_err());
    for bytes in [file.clone().into_bytes(), [b"\xef\xbb\xbf", file.as_bytes()].concat(), gb.into_owned()] {
        assert_eq!(row(&bytes).unwrap().holder.name, "㐂𠮷欧阳静");
        assert_eq!(try_open(&bytes, "{}").unwrap().header().form(), Form::Csv);
    }
}

#[test]
fn rows_are_numbered_as_a_spreadsheet_numbers_them() {
    let file = format!("{HEAD}\n\n{GOOD}\n,,\n\"欧阳\n静\",11010519491231002X,2026-10-18\n{GOOD}");
    let lines: Vec<(u32, bool)> = rows(file.as_bytes()).unwrap().into_iter().map(|(line, read)| (line, read.is_ok())).collect();
    assert_eq!(lines, [(3, true), (5, false), (6, true)]);
    let book = zipped(&parts("", &format!("{HEADER}<row/><row r=\"9\">{}</row><row>{}</row>", text("A9", "x"), text("A10", "x")), ""));
    assert_eq!(rows(&book).unwrap().into_iter().map(|(line, _)| line).collect::<Vec<_>>(), [9, 10]);
    let lines = rows(format!("\n{}\n\n{{}}\n", object("")).as_bytes()).unwrap();
    assert_eq!(lines.into_iter().map(|(line, read)| (line, read.is_ok())).collect::<Vec<_>>(), [(2, true), (4, false)]);
}

fn object(more: &str) -> String {
    format!(
        r#"{{"type":"training","holder":{{"name":"欧阳静","id_type":"resident","id_number":"11010519491231002X"}},"assessed_on":"2026-10-18"{more}}}"#
    )
}

#[test]
fn columns_are_left_out_or_named_by_a_mapping_and_errors_of_an_earlier_reading_are_ignored() {
    let file = "名字,身份证号,备 注,错误/Errors,考核日期\n欧阳静,11010519491231002X,=1+1,姓名：坏,2026-10-18";
    let mapping = r#"{"名字": "holder.name", "备注": null}"#;
    assert_eq!(rows_with(file.as_bytes(), mapping).unwrap()[0].1.as_ref().unwrap().holder.name, "欧阳静");
    let sheet = try_open(file.as_bytes(), mapping).unwrap();
    let columns: Vec<_> = sheet.header().columns().map(|(name, field)| (name.to_owned(), field)).collect();
    assert_eq!(columns[0], ("名字".to_owned(), Some("holder.name".to_owned())));
    assert_eq!((&columns[2].1, &columns[3].1), (&None, &None));
}

#[test]
fn only_the_first_sheet_is_read() {
    let mut all = parts("", &format!("{HEADER}<row>{}</row>", text("A2", "x")), "");
    all.push(("xl/worksheets/second.xml", "<broken".to_owned()));
    assert_eq!(rows(&zipped(&all)).unwrap().len(), 1);
}

/// Words for what is wrong, file, code, field, what was found.
type Bad = (&'static str, Vec<u8>, &'static str, &'static str, Option<String>);

fn csv(what: &'static str, text: &str, code: &'static str, field: &'static str, got: Option<&str>) -> Bad {
    (what, text.as_bytes().to_vec(), code, field, got.map(str::to_owned))
}

fn texts() -> Vec<Bad> {
    let mixed = [format!("{HEAD}\n").into_bytes(), GB18030.encode(GOOD).0.into_owned(), b"\n".to_vec(), "欧阳静静静,1,2\n".into()].concat();
    let neither = [format!("{HEAD}\n").into_bytes(), b"\xff\xff,1,2\n".to_vec()].concat();
    let utf16: Vec<u8> = [0xfeff].into_iter().chain(HEAD.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let columns = (0..101).map(|n| format!("c{n}")).collect::<Vec<_>>().join(",");
    vec![
        csv("nothing", "", "batches.empty", "", None),
        csv("a byte order mark", "\u{feff}", "batches.empty", "", None),
        csv("blank lines", "\n\n", "batches.empty", "", None),
        csv("a header", HEAD, "batches.no_rows", "", None),
        csv("a header and blank rows", &format!("{HEAD}\n,,\n\n \n"), "batches.no_rows", "", None),
        csv("a column twice", &format!("{HEAD},姓 名\n{GOOD},x"), "batches.duplicate_column", "姓 名", None),
        csv("two columns for a field", &format!("{HEAD},证件号码\n{GOOD},x"), "batches.duplicate_column", "证件号码", None),
        csv("no column for a day", "姓名,身份证号\na,b", "batches.missing_column", "assessed_on", Some("评价日期")),
        csv("a column that is unknown", &format!("{HEAD},备注\n{GOOD},x"), "batches.unknown_column", "备注", None),
        csv("a column without a name", "姓名,,考核日期\na,b,c", "batches.no_header", "", Some("column 2")),
        csv("rows without a header", GOOD, "batches.unknown_column", "欧阳静", None),
        csv("101 columns", &columns, "batches.too_many_columns", "", None),
        csv("102 columns", &format!("{columns},x"), "batches.too_many_columns", "", Some("row 1")),
        csv("more cells than the header", &format!("{HEAD}\n{GOOD}\n{GOOD},x"), "batches.too_many_cells", "", Some("row 3")),
        csv("a long line", &format!("{HEAD}\n{}", "x".repeat(ROW_MAX + 1)), "batches.row_too_long", "", Some("row 2")),
        csv("a quotation mark that stays open", &format!("{HEAD}\n\"{}", "x\n".repeat(ROW_MAX / 2 + 1)), "batches.row_too_long", "", Some("row 2")),
        ("GB 18030 and UTF-8", mixed, "batches.encoding", "", Some("row 3".to_owned())),
        ("neither", neither, "batches.encoding", "", Some("row 2".to_owned())),
        ("UTF-16", utf16, "batches.utf16", "", None),
        csv("NDJSON of two encodings", "{\n", "http.malformed", "", Some("line 1 column 1")),
    ]
}

fn compound(name: &str) -> Vec<u8> {
    let mut file = vec![0; 2048];
    file[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    (file[30], file[48]) = (9, 1);
    let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    file[1024 + 128..1024 + 128 + name.len()].copy_from_slice(&name);
    file
}

/// The parts of a good workbook, one of them changed.
fn with(path: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
    let mut all: Vec<Part> = parts("", &format!("{HEADER}<row>{}</row>", text("A2", "x")), "");
    let part = all.iter_mut().find(|(own, _)| *own == path).unwrap();
    part.1 = change(&part.1);
    zipped(&all)
}

fn workbooks() -> Vec<Bad> {
    let row = |cells: &str| zipped(&parts("", &format!("{HEADER}<row r=\"2\">{cells}</row>"), ""));
    let long: String = (0..3).map(|n| text(&format!("{}2", ["A", "B", "C"][n]), &"x".repeat(30_000))).collect();
    let merged = zipped(&parts("", &format!("{HEADER}<row>{}</row>", text("A2", "x")), r#"<mergeCells><mergeCell ref="A2:A3"/></mergeCells>"#));
    let huge = format!("<t>{}</t>", "x".repeat(ROW_MAX * 2));
    let mut cut = with_day("", "");
    cut.truncate(cut.len() / 2);
    let bad = |what, bytes, code| (what, bytes, code, "", None);
    vec![
        bad("an .xls", compound("Workbook"), "batches.old_workbook"),
        bad("a password", compound("EncryptedPackage"), "batches.encrypted"),
        ("another archive", zipped(&[("a.txt", String::new())]), "batches.workbook", "", Some("_rels/.rels".to_owned())),
        bad("half a workbook", cut, "batches.workbook"),
        bad("a header", zipped(&parts("", HEADER, "")), "batches.no_rows"),
        bad("nothing in the sheet", zipped(&parts("", "", "")), "batches.empty"),
        ("merged cells", merged, "batches.merged", "", Some("A2:A3".to_owned())),
        ("more cells than the header", row(&text("D2", "x")), "batches.too_many_cells", "", Some("row 2".to_owned())),
        ("a cell far out", row(&text("XFD2", "x")), "batches.too_many_columns", "", Some("row 2".to_owned())),
        ("a long row", row(&long), "batches.row_too_long", "", Some("row 2".to_owned())),
        bad("a text that does not end", row(&format!(r#"<c r="A2" t="inlineStr"><is>{huge}</is></c>"#)), "batches.expands"),
        bad(
            "a text of many runs",
            row(&format!(r#"<c r="A2" t="inlineStr"><is>{}</is></c>"#, format!("<r><t>{}</t></r>", "x".repeat(9_000)).repeat(9))),
            "batches.row_too_long",
        ),
        bad("rows out of order", row("</row><row r=\"2\">"), "batches.workbook"),
        bad("a row beyond the last", row("</row><row r=\"1048577\">"), "batches.workbook"),
        bad("cells out of order", row(&(text("B2", "x") + &text("A2", "x"))), "batches.workbook"),
        bad("a shared text that is not there", row(r#"<c r="A2" t="s"><v>9999999</v></c>"#), "batches.workbook"),
        bad("a cell of an unknown kind", row(r#"<c r="A2" t="?"><v>1</v></c>"#), "batches.workbook"),
        bad("a place that is none", row(r#"<c r="7"><v>1</v></c>"#), "batches.workbook"),
        bad("XML that is none", with("xl/worksheets/first.xml", |t| t.replace("</sheetData>", "</x>")), "batches.workbook"),
        bad("an entity of its own", with("xl/sharedStrings.xml", |t| t.replace("&amp;", "&lol;")), "batches.workbook"),
        bad("a document type", with("xl/workbook.xml", |t| format!("<!DOCTYPE a [<!ENTITY b \"c\">]>{t}")), "batches.workbook"),
        bad("a bomb in the styles", with("xl/styles.xml", |t| t.replace("</styleSheet>", &"<a></a>".repeat(3_000_000))), "batches.expands"),
        bad(
            "a bomb of one tag",
            with("xl/workbook.xml", |t| t.replace("name=\"一\"", &format!("name=\"{}\"", " ".repeat(9_000_000)))),
            "batches.expands",
        ),
    ]
}

#[test]
fn a_bad_file_is_refused_by_the_rule_that_it_breaks() {
    let mut failed = Vec::new();
    for (what, bytes, code, field, got) in texts().into_iter().chain(workbooks()) {
        let found = match rows(&bytes) {
            Err(refusal) => (refusal.reason.code, refusal.field, refusal.got),
            // A line of NDJSON is refused by itself.
            Ok(rows) => {
                rows[0].1.as_ref().map_or_else(|wrong| (wrong[0].reason.code, String::new(), wrong[0].got.clone()), |_| ("", String::new(), None))
            }
        };
        failed.extend((found != (code, field.to_owned(), got)).then(|| format!("{what}: {found:?}")));
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// A bomb that declares to be small: its sizes in the archive are those of one byte.
#[test]
fn a_lying_size_hides_no_bomb() {
    let mut bytes = with("xl/styles.xml", |t| t.replace("</styleSheet>", &"<a></a>".repeat(3_000_000)));
    let real = (3_000_000u32 * 7 + 300).to_le_bytes()[3];
    let name = b"xl/styles.xml";
    let mut lied = 0;
    for at in 0..bytes.len() - 46 {
        // Offsets of the name and of the uncompressed size, in the local header and in the central directory.
        let (head, size) = match &bytes[at..at + 4] {
            b"PK\x03\x04" => (30, 22),
            b"PK\x01\x02" => (46, 24),
            _ => continue,
        };
        if bytes[at + head..].starts_with(name) {
            assert_eq!(bytes[at + size + 3], real);
            bytes[at + size..at + size + 4].copy_from_slice(&1u32.to_le_bytes());
            lied += 1;
        }
    }
    assert_eq!(lied, 2);
    let code = rows(&bytes).unwrap_err().reason.code;
    assert!(["batches.expands", "batches.workbook"].contains(&code), "{code}");
}

#[test]
fn a_bad_mapping_is_refused() {
    let file = format!("{HEAD},备注\n{GOOD},x");
    for (mapping, field, got) in [
        (r#"{"备注": "remark"}"#, "备注", Some("remark")),
        (r#"{"备注": "", "附注": null}"#, "附注", None),
        (r#"{"备注": "credit21.amount"}"#, "备注", Some("credit21.amount")),
    ] {
        let refusal = rows_with(file.as_bytes(), mapping).unwrap_err();
        assert_eq!((refusal.reason.code, refusal.field.as_str(), refusal.got.as_deref()), ("batches.mapping", field, got), "{mapping}");
    }
    let twice = rows_with(file.as_bytes(), r#"{"备注": "holder.name"}"#).unwrap_err();
    assert_eq!((twice.reason.code, twice.field.as_str()), ("batches.duplicate_column", "备注"));
}

#[test]
fn one_row_more_than_a_million_is_refused() {
    let mut file = format!("{HEAD}\n").into_bytes();
    file.extend(b"a,b,c\n".repeat(ROWS_MAX as usize));
    assert_eq!(try_open(&file, "{}").unwrap().filter(Result::is_ok).count(), ROWS_MAX as usize);
    file.extend(b"a,b,c\n");
    let last = try_open(&file, "{}").unwrap().last().unwrap();
    assert_eq!(crate::refusal(last.unwrap_err()).reason.code, "batches.too_many_rows");
}

#[test]
fn an_upload_above_the_limit_is_refused_before_it_is_read() {
    let file = tempfile::tempfile().unwrap();
    file.set_len(hufu::batches::sheet::FILE_MAX + 1).unwrap();
    let refused = hufu::batches::sheet::open(file, &Default::default()).unwrap_err();
    assert_eq!(crate::refusal(refused).reason.code, "batches.too_large");
}

#[test]
fn a_cell_has_a_limit() {
    let wrong = row(format!("{HEAD}\n{},11010519491231002X,2026-10-18", "x".repeat(CELL_MAX + 1)).as_bytes()).unwrap_err();
    assert_eq!((wrong.len(), wrong[0].reason.code), (1, "batches.cell_length"));
}
