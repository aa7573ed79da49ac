//! Workbooks made by hand, with what no writer would write.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// A part of a workbook and its text.
pub type Part = (&'static str, String);

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// The parts of a workbook whose first sheet has these rows and this after them.
pub fn parts(properties: &str, rows: &str, after: &str) -> Vec<Part> {
    let root = format!(r#"<Relationships><Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#);
    let book = format!(
        r#"<x:workbook xmlns:x="{MAIN}" xmlns:r="{RELATIONS}"><x:workbookPr {properties}/><x:sheets><x:sheet name="一" sheetId="7" r:id="rId2"/><x:sheet name="二" sheetId="8" r:id="rId9"/></x:sheets></x:workbook>"#
    );
    let relations = format!(
        r#"<Relationships><Relationship Id="rId2" Type="{RELATIONS}/worksheet" Target="worksheets/first.xml"/><Relationship Id="rId3" Type="{RELATIONS}/sharedStrings" Target="/xl/sharedStrings.xml"/><Relationship Id="rId4" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>"#
    );
    let strings = r#"<sst uniqueCount="99999999999999999" count="1"><si><t>姓名</t></si><si><r><t>身份</t></r><r><t xml:space="preserve">证号</t></r><rPh sb="0" eb="1"><t>zheng</t></rPh></si><si><t>考核日期</t></si><si><t>A&amp;B&#x4e00;_x0041_</t></si></sst>"#;
    let styles = r##"<styleSheet><numFmts><numFmt numFmtId="165" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="165"/><xf numFmtId="2"/></cellXfs></styleSheet>"##;
    vec![
        ("_rels/.rels", root),
        ("xl/workbook.xml", book),
        ("xl/_rels/workbook.xml.rels", relations),
        ("xl/sharedStrings.xml", strings.to_owned()),
        ("xl/styles.xml", styles.to_owned()),
        ("xl/worksheets/first.xml", format!("<?xml version=\"1.0\"?><worksheet><sheetData>{rows}</sheetData>{after}</worksheet>")),
    ]
}

pub fn zipped(parts: &[Part]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, text) in parts {
        writer.start_file(*path, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Name, number of the id document and day of the assessment as headers, by shared strings.
pub const HEADER: &str = r#"<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c></row>"#;

pub fn text(place: &str, text: &str) -> String {
    format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

/// A workbook with [`HEADER`] and one row: a good name, a good number and this cell for the day.
pub fn with_day(properties: &str, day: &str) -> Vec<u8> {
    let row = format!(r#"<row r="3">{}{}{day}</row>"#, text("A3", "欧阳静"), text("B3", "11010519491231002X"));
    zipped(&parts(properties, &(HEADER.to_owned() + &row), ""))
}
