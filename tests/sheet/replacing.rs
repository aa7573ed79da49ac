//! Rows that take the place of certificates: what is read of them, and what is wrong.

use hufu::batches::sheet::Entry;

use crate::{GOOD, HEAD, try_open};

/// Number and reason of what a row replaces, or field and code of all that is wrong.
type Found = Result<Option<(String, String)>, Vec<String>>;

/// The only row of a file.
fn read(bytes: &[u8]) -> Found {
    let sheet = try_open(bytes, "{}").unwrap();
    let header = sheet.header().clone();
    let raws: Vec<_> = sheet.map(|raw| raw.unwrap_or_else(|e| panic!("{e:?}"))).collect();
    assert_eq!(raws.len(), 1);
    match header.read(&raws[0]) {
        Ok(Entry { replaces, .. }) => Ok(replaces.map(|old| (old.number.to_string(), old.reason))),
        Err(wrong) => Err(wrong.into_iter().map(|wrong| format!("{} {}", wrong.field, wrong.reason.code)).collect()),
    }
}

#[test]
fn what_a_row_replaces_is_read_in_every_spelling_and_form() {
    let wanted = Ok(Some(("S000031000026000001".to_owned(), "姓名更正".to_owned())));
    for (number, reason) in [("原证书编号", "换发原因"), ("Replaces certificate", "Reason of replacement"), ("replaces", "replace_reason")] {
        let file = format!("{HEAD},{number},{reason}\n{GOOD}, Ｓ000031000026 000001, 姓名更正 ");
        assert_eq!(read(file.as_bytes()), wanted, "{number}");
    }
    assert_eq!(read(format!("{HEAD},原证书编号,换发原因\n{GOOD},,").as_bytes()), Ok(None));
    assert_eq!(read(format!("{HEAD}\n{GOOD}").as_bytes()), Ok(None));
    assert_eq!(read(json(r#","replaces":"S000031000026000001","replace_reason":"姓名更正","errors":"x""#).as_bytes()), wanted);
    assert_eq!(read(json(r#","replaces":null,"replace_reason":null"#).as_bytes()), Ok(None));
}

fn json(more: &str) -> String {
    format!(
        r#"{{"type":"training","holder":{{"name":"欧阳静","id_type":"resident","id_number":"11010519491231002X"}},"assessed_on":"2026-10-18"{more}}}"#
    )
}

/// Number, reason, and what is wrong: field and code.
const WRONG: [(&str, &str, &[&str]); 7] = [
    ("S0001", "", &["replace_reason certificates.reason"]),
    ("", "x", &["replace_reason batches.replaces_nothing"]),
    ("a", "x", &["replaces ids.certificate_number_shape"]),
    ("a", "", &["replaces ids.certificate_number_shape", "replace_reason certificates.reason"]),
    ("1.23E+17", "", &["replaces batches.rounded"]),
    ("S0001", "=A1", &["replace_reason batches.formula"]),
    ("S0001", "\"a\u{7}b\"", &["replace_reason certificates.reason"]),
];

#[test]
fn a_number_and_a_reason_stand_beside_each_other_and_fit() {
    for (number, reason, wanted) in WRONG {
        let wanted = wanted.iter().map(|wanted| (*wanted).to_owned()).collect();
        let file = format!("{HEAD},原证书编号,换发原因\n{GOOD},{number},{reason}");
        assert_eq!(read(file.as_bytes()), Err(wanted), "{number} {reason}");
    }
    let without_column = format!("{HEAD},原证书编号\n{GOOD},S0001");
    assert_eq!(read(without_column.as_bytes()), Err(vec!["replace_reason certificates.reason".to_owned()]));
    for (more, field, code) in [
        (r#","replaces":"S0001""#, "replace_reason", "certificates.reason"),
        (r#","replace_reason":"x""#, "replace_reason", "batches.replaces_nothing"),
        (r#","replaces":"a","replace_reason":"x""#, "replaces", "ids.certificate_number_shape"),
    ] {
        assert_eq!(read(json(more).as_bytes()), Err(vec![format!("{field} {code}")]), "{more}");
    }
    for more in [r#","replaces":7"#, r#","replaces":"S0001","replaces":"S0002","replace_reason":"x""#] {
        let wrong = read(json(more).as_bytes()).unwrap_err();
        assert!(wrong.len() == 1 && wrong[0].contains(" http."), "{more}: {wrong:?}");
    }
}
