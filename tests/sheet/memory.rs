//! A million rows in flat memory; measured by hand: `cargo test --release --test sheet memory -- --ignored --nocapture --test-threads 1`.

use std::fs::File;
use std::io::{BufWriter, Seek, Write};
use std::time::Instant;

use hufu::batches::sheet::{Marked, ROWS_MAX, open};

const HEADER: &str = "姓名,证件号码,证书编号,职业编码,职业名称,技能等级,成绩,评价日期";

/// The most memory that this process has had, in MiB.
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

fn told(what: &str, file: &File) {
    println!("{what}: {} MiB of file, at most {} MiB of memory so far", file.metadata().unwrap().len() >> 20, most_memory());
}

#[test]
#[ignore = "takes a minute; prints what it measures"]
fn a_million_rows_are_read_and_written_back() {
    let mut csv = BufWriter::new(tempfile::tempfile().unwrap());
    writeln!(csv, "{HEADER}").unwrap();
    for n in 0..ROWS_MAX {
        writeln!(csv, "欧阳静,11010519491231002X,S0000310000{n:08},6-31-01-03,电工,三级,良好,2026年10月18日").unwrap();
    }
    let mut csv = csv.into_inner().unwrap();
    csv.rewind().unwrap();
    told("CSV is written", &csv);
    let begun = Instant::now();
    let sheet = open(csv.try_clone().unwrap(), &Default::default()).unwrap();
    let header = sheet.header().clone();
    assert_eq!(sheet.filter(|raw| header.read(raw.as_ref().unwrap()).is_ok()).count(), ROWS_MAX as usize);
    told(&format!("CSV is read in {:?}", begun.elapsed()), &csv);

    let book = serde_json::to_string(&header).unwrap().replace("\"csv\"", "\"xlsx\"");
    let book: hufu::batches::sheet::Header = serde_json::from_str(&book).unwrap();
    let mut marked = Marked::new(&book, tempfile::tempfile().unwrap()).unwrap();
    csv.rewind().unwrap();
    for raw in open(csv, &Default::default()).unwrap() {
        marked.row(&raw.unwrap(), "").unwrap();
    }
    let mut xlsx = marked.finish().unwrap();
    told("XLSX is written", &xlsx);
    xlsx.rewind().unwrap();
    let begun = Instant::now();
    let sheet = open(xlsx.try_clone().unwrap(), &Default::default()).unwrap();
    let header = sheet.header().clone();
    assert_eq!(sheet.filter(|raw| header.read(raw.as_ref().unwrap()).is_ok()).count(), ROWS_MAX as usize);
    told(&format!("XLSX is read in {:?}", begun.elapsed()), &xlsx);
}
