//! docs/formats/batch.md holds the tables of the code.

use hufu::batches::sheet::reference;

#[test]
fn the_page_about_files_shows_the_tables_that_are_read_by() {
    const PATH: &str = "docs/formats/batch.md";
    let page = std::fs::read_to_string(PATH).unwrap();
    let (begin, end) = ("<!-- made from the code -->\n", "<!-- end -->");
    let (before, rest) = page.split_once(begin).unwrap();
    let (tables, after) = rest.split_once(end).unwrap();
    if std::env::var_os("HUFU_UPDATE").is_some() {
        std::fs::write(PATH, format!("{before}{begin}\n{}\n{end}{after}", reference())).unwrap();
    } else {
        assert_eq!(tables.trim(), reference().trim(), "run with HUFU_UPDATE=1");
    }
}
