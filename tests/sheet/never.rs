//! Whatever a file holds, reading it ends, with rows or a refusal, and panics never.

use proptest::prelude::*;

use crate::made::{HEADER, parts, text, zipped};
use crate::rows;

/// A good file of each form.
fn seeds() -> Vec<Vec<u8>> {
    let book = parts("", &format!("{HEADER}<row>{}<c s=\"1\"><v>46313</v></c></row>", text("A2", "x")), "");
    let (csv, json) = (format!("{}\n{}\n", crate::HEAD, crate::GOOD), r#"{"type":"training","holder":{"name":"x"},"errors":[1]}"#);
    vec![zipped(&book), csv.clone().into_bytes(), encoding_rs::GB18030.encode(&csv).0.into_owned(), json.as_bytes().to_vec()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn arbitrary_bytes_are_read_or_refused(head in 0usize..5, bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let magic: [&[u8]; 5] = [b"", b"PK\x03\x04", b"{", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "姓名,身份证号,考核日期\n".as_bytes()];
        drop(rows(&[magic[head], &bytes].concat()));
    }

    #[test]
    fn altered_files_are_read_or_refused(seed in 0usize..4, changes in proptest::collection::vec((any::<u16>(), any::<u8>()), 1..6)) {
        let mut bytes = seeds().swap_remove(seed);
        for (at, byte) in changes {
            let at = usize::from(at) % bytes.len();
            bytes[at] = byte;
        }
        drop(rows(&bytes));
    }

    #[test]
    fn altered_parts_of_a_workbook_are_read_or_refused(part in 0usize..6, changes in proptest::collection::vec((any::<u16>(), "[<>/\"&;= a-z0-9]"), 1..4)) {
        let mut all = parts("", &format!("{HEADER}<row>{}</row>", text("A2", "x")), "");
        for (at, piece) in changes {
            let text = &mut all[part].1;
            let at = (0..=usize::from(at) % text.len()).rev().find(|at| text.is_char_boundary(*at)).unwrap();
            let end = at + text[at..].chars().next().map_or(0, char::len_utf8);
            text.replace_range(at..end, &piece);
        }
        drop(rows(&zipped(&all)));
    }
}
