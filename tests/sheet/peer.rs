//! What calamine reads of a workbook is what is read here. It reads the whole file into memory, so it stands in the tests and not in the program.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use hufu::batches::sheet::{Cell, Raw};
use proptest::prelude::*;
use rust_xlsxwriter::{Format, Workbook};

use crate::try_open;

const COLUMNS: [&str; 6] = ["姓名", "证件号码", "评价日期", "职业名称", "依据标准", "备注"];

/// What is written into a cell.
#[derive(Clone, Debug)]
enum Written {
    Text(String),
    Number(f64),
    /// Days after 1900, from March on.
    Day(u32),
    Nothing,
}

fn written() -> impl Strategy<Value = Written> {
    let texts = prop_oneof![
        "[ 一-龥a-zA-Z0-9&<>\"'_.=+@-]{1,24}",
        Just("_x0041_".to_owned()),
        Just("  two  spaces ".to_owned()),
        Just("a\nb".to_owned()),
        Just("𠮷野😀".to_owned()),
    ];
    let numbers = prop_oneof![(-1_000_000i64..1_000_000).prop_map(|n| n as f64), (0i64..10_000_000).prop_map(|n| n as f64 / 100.0)];
    prop_oneof![4 => texts.prop_map(Written::Text), 2 => numbers.prop_map(Written::Number), 1 => (61u32..2_958_465).prop_map(Written::Day), 1 => Just(Written::Nothing)]
}

/// A workbook whose texts stand in its table of shared texts, or each in its cell.
fn workbook(rows: &[Vec<Written>], is_shared: bool) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = if is_shared { book.add_worksheet() } else { book.add_worksheet_with_constant_memory().unwrap() };
    let day = Format::new().set_num_format("yyyy-mm-dd");
    for (at, name) in (0..).zip(COLUMNS) {
        sheet.write_string(0, at, name).unwrap();
    }
    for (line, row) in (1..).zip(rows) {
        for (at, cell) in (0..).zip(row) {
            match cell {
                Written::Text(text) => sheet.write_string(line, at, text).unwrap(),
                Written::Number(number) => sheet.write_number(line, at, *number).unwrap(),
                Written::Day(days) => sheet.write_number_with_format(line, at, f64::from(*days), &day).unwrap(),
                Written::Nothing => continue,
            };
        }
    }
    book.save_to_buffer().unwrap()
}

/// Whether both have read the same of a cell.
fn is_same(own: &Cell, other: &Data) -> bool {
    match (own, other) {
        (Cell::Text(own), Data::String(other)) => own == other,
        (Cell::Number(own), Data::Float(other)) => own.parse() == Ok(*other),
        (Cell::Number(own), Data::Int(other)) => own.parse() == Ok(*other),
        (Cell::Day(own), Data::DateTime(other)) => {
            let (year, month, day, ..) = other.to_ymd_hms_milli();
            *own == format!("{year:04}-{month:02}-{day:02}")
        }
        (Cell::Empty, Data::Empty) => true,
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn calamine_reads_the_same_cells(rows in prop::collection::vec(prop::collection::vec(written(), COLUMNS.len()), 1..30), is_shared: bool) {
        let bytes = workbook(&rows, is_shared);
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.clone())).unwrap();
        let range = book.worksheet_range_at(0).unwrap().unwrap();
        let own: Vec<Raw> = match try_open(&bytes, r#"{"备注": null}"#) {
            Ok(sheet) => sheet.map(|row| row.unwrap()).collect(),
            Err(refusal) => panic!("{refusal}"),
        };
        let is_blank = |cell: &Data| matches!(cell, Data::Empty) || matches!(cell, Data::String(text) if text.trim().is_empty());
        let mut seen = own.iter();
        for (line, cells) in (1u32..).zip(range.rows()).skip(1) {
            // A row without content is left out here.
            if cells.iter().all(is_blank) {
                continue;
            }
            let row = seen.next().expect("a row that calamine has");
            prop_assert_eq!(row.line, line);
            for (at, other) in cells.iter().enumerate() {
                let own = row.cells.get(at).unwrap_or(&Cell::Empty);
                prop_assert!(is_same(own, other) || at >= row.cells.len() && is_blank(other), "row {line}, column {at}: {own:?} and {other:?}");
            }
        }
        prop_assert!(seen.next().is_none());
    }
}
