//! Rows that take the place of certificates: the old one becomes final in the transaction in which the new one is issued.

use super::*;
use crate::support::issuing::{draft, issue, replace, step, verdict, with};

const CREDIT: &str = "学分方案,学分,成果类型,学分类别";

/// A row for person `n` with so much credit, in the place of a certificate.
fn renewed(n: usize, credit: &str, old: &str, reason: &str) -> String {
    format!("{},310000:credit,{credit},certificate,core,{old},{reason}", row(n))
}

fn sheet(rows: &[String]) -> String {
    let header = format!("{HEADER},{CREDIT},原证书编号,换发原因");
    std::iter::once(header).chain(rows.iter().cloned()).collect::<Vec<_>>().join("\n")
}

/// Issues certificates for so many people with 2.50 of credit each: their numbers.
fn certified(world: &World, body: &Body, people: std::ops::Range<usize>) -> Vec<String> {
    let rows: Vec<String> = people.map(|n| renewed(n, "2.50", "", "")).collect();
    let batch = issued(world, body, &sheet(&rows));
    assert_eq!(counts(&batch)[3], 0, "{batch}");
    lines(world, &format!("SELECT number AS line FROM certificates WHERE batch_id = '{}' ORDER BY batch_line", text(&batch, "id")))
}

fn by_number(client: &Client, number: &str) -> Value {
    let found = client.get(&format!("/v1/certificates?number={number}")).expect(200).json()["items"][0].clone();
    client.get(&format!("/v1/certificates/{}", text(&found, "id"))).expect(200).json()
}

fn available(world: &World) -> Vec<String> {
    lines(world, "SELECT CAST(SUM(available) AS TEXT) AS line FROM lot_balances")
}

/// The places of the certificates of a batch, in order.
fn places(world: &World, batch: &Value) -> Vec<String> {
    let query = format!("SELECT CAST(status_index AS TEXT) AS line FROM certificates WHERE batch_id = '{}' ORDER BY status_index", text(batch, "id"));
    lines(world, &query)
}

#[track_caller]
fn assert_audited(world: &World) {
    assert_eq!(world.app.db.read_now(hufu::evidence::audit).unwrap().wrong, None);
    assert_eq!(world.app.db.read_now(hufu::ledger::service::audit).unwrap().wrong, None);
}

both! {
    fn a_file_of_new_rows_and_rows_in_the_place_of_others_is_issued_with_its_credit(world: &World) {
        define_scheme(world);
        let body = body(world, 1);
        let old = certified(world, &body, 0..4);
        let better = renewed(0, "3.00", &old[0], "成绩更正").replace("良好", "优秀");
        let rows = [renewed(10, "2.50", "", ""), better, renewed(11, "2.50", "", ""), renewed(2, "2.50", &old[2], "证书遗失")];
        let batch = checked(world, &body, &sheet(&rows));
        assert_eq!((text(&batch, "state"), counts(&batch)), ("validated", [4, 0, 0, 0]), "{:?}", wrong(&body.client, &batch));
        assert_eq!(batch["replacing"], 2, "{batch}");
        assert_eq!(by_number(&body.client, &old[0])["status"], "issued", "nothing is done before somebody approves");
        approve(&body.client, &batch).expect(200);
        work(world);
        let done = read(&body.client, &batch);
        assert_eq!((text(&done, "state"), counts(&done)), ("done", [4, 0, 4, 0]), "{:?}", wrong(&body.client, &done));
        assert_eq!(places(world, &batch), ["4", "5", "6", "7"], "the places are contiguous");
        for (line, old, reason, credit) in [(3, &old[0], "成绩更正", 300), (5, &old[2], "证书遗失", 250)] {
            let query = format!("SELECT number AS line FROM certificates WHERE batch_id = '{}' AND batch_line = {line}", text(&batch, "id"));
            let (before, after) = (by_number(&body.client, old), by_number(&body.client, &lines(world, &query)[0]));
            assert_eq!((&before["status"], &before["replaced_by"], &after["replaces"]), (&json!("replaced"), &after["number"], &before["id"]));
            assert_eq!((&before["events"][0]["kind"], text(&before["events"][0], "reason")), (&json!("replaced"), reason), "{before}");
            assert_eq!(before["events"].as_array().unwrap().len(), 1);
            assert_eq!(after["lots"][0]["available"], credit, "{after}");
            assert_eq!(verdict(&world.client(), text(&before, "card"))["outcome"], "invalid");
            assert_eq!(verdict(&world.client(), text(&after, "card"))["outcome"], "valid");
        }
        assert_eq!(available(world), ["1550"]);
        assert_audited(world);
        // Sent again it is the batch that it was; in another file it replaces nothing twice.
        let again = upload(&body.client, "again.csv", sheet(&rows).as_bytes()).expect(200).json();
        assert_eq!(text(&again, "id"), text(&batch, "id"));
        let other = checked(world, &body, &format!("{}\n", sheet(&rows)));
        assert_eq!(counts(&other), [4, 4, 0, 0]);
        assert_eq!(other["replacing"], 0, "what cannot be issued replaces nothing");
        let told = wrong(&body.client, &other);
        let told: Vec<(i64, &str)> = told.iter().map(|(row, _, code)| (*row, code.as_str())).collect();
        let already = "batches.issued_already";
        assert_eq!(told, [(2, already), (3, already), (3, "certificates.final"), (4, already), (5, already), (5, "certificates.final")]);
        assert_eq!(available(world), ["1550"]);
    }

    fn what_may_not_be_replaced_is_told_with_its_row_and_column(world: &World) {
        define_scheme(world);
        let (body, other) = (body(world, 1), crate::support::issuing::body_with(world, 2, &listing()));
        let old = certified(world, &body, 0..8);
        let foreign = issue(&other.client, &draft());
        step(&body.client, &by_number(&body.client, &old[0]), "revoke").expect(200);
        replace(&body.client, &by_number(&body.client, &old[1]), &draft()).expect(201);
        step(&body.client, &by_number(&body.client, &old[2]), "suspend").expect(200);
        let (number, reason) = ("原证书编号", "换发原因");
        let (held, long): (Vec<&str>, String) = (old.iter().map(String::as_str).collect(), "长".repeat(201));
        let table = [
            ("S99999999", "x", 20, Some((number, "certificates.not_found"))),
            (text(&foreign, "number"), "x", 21, Some((number, "certificates.not_found"))),
            (held[0], "x", 22, Some((number, "certificates.final"))),
            (held[1], "x", 23, Some((number, "certificates.final"))),
            (held[2], "a suspended one may be", 24, None),
            (held[3], "x", 25, None),
            (held[3], "x", 26, Some((number, "batches.replaced_twice"))),
            (held[4], "", 27, Some((reason, "certificates.reason"))),
            (held[4], &long, 28, Some((reason, "certificates.reason"))),
            ("", "x", 29, Some((reason, "batches.replaces_nothing"))),
            ("a", "x", 30, Some((number, "ids.certificate_number_shape"))),
            (held[5], "what the other says is said already", 6, Some(("证件号码", "batches.issued_already"))),
            (held[7], "what it says itself may be said again", 7, None),
        ];
        let rows: Vec<String> = table.iter().map(|(old, why, person, _)| renewed(*person, "2.50", old, why)).collect();
        let batch = checked(world, &body, &sheet(&rows));
        let wanted: Vec<(i64, String, String)> = (2..)
            .zip(&table)
            .filter_map(|(row, (.., told))| told.map(|(column, code)| (row, column.to_owned(), code.to_owned())))
            .collect();
        assert_eq!(wrong(&body.client, &batch), wanted);
        assert_eq!(counts(&batch), [13, 10, 0, 0]);
        let page = body.client.get(&format!("/v1/batches/{}/errors?limit=200", text(&batch, "id"))).expect(200).json();
        let words = |code: &str| {
            let one = page["items"].as_array().unwrap().iter().find(|one| one["code"] == code).unwrap().clone();
            (text(&one, "zh").to_owned(), text(&one, "en").to_owned(), text(&one, "got").to_owned())
        };
        let twice = ("原证书在文件中重复".to_owned(), "the file replaces this certificate twice".to_owned(), old[3].clone());
        assert_eq!(words("batches.replaced_twice"), twice);
        let done = { approve(&body.client, &batch).expect(200); work(world); read(&body.client, &batch) };
        assert_eq!(counts(&done), [13, 10, 3, 0]);
        let replaced = lines(world, "SELECT number AS line FROM certificates WHERE status = 'replaced' AND batch_line > 3 ORDER BY batch_line");
        assert_eq!(replaced, [old[2].clone(), old[3].clone(), old[7].clone()]);
        assert_audited(world);
    }

    fn what_changed_since_it_was_looked_at_is_refused_and_takes_nothing_of_the_others(world: &World) {
        define_scheme(world);
        let body = body(world, 1);
        let old = certified(world, &body, 0..4);
        // Of two parts of credit the second was taken back when it was replaced; it cannot be declared again.
        let credits = |amounts: &[i64]| {
            let all = amounts.iter().map(|amount| json!({"scheme": "310000:credit", "amount": amount, "kind": "certificate", "category": "core"}));
            with(draft(), "/credits", all.collect())
        };
        let first = issue(&body.client, &credits(&[100, 50]));
        let second = replace(&body.client, &first, &credits(&[100])).expect(201).json();
        let held = crate::support::issuing::RESIDENT;
        let two = |row: String, more: &str| format!("{row},{more}");
        let again = format!("欧阳静,{held},6-31-01-03,电工,三级,良好,2026-10-18,310000:credit,1.00,certificate,core,{},x", text(&second, "number"));
        let none = ",,,";
        let rows = [
            two(renewed(0, "2.50", &old[0], "x"), none),
            two(again, "310000:credit,0.50,certificate,core"),
            two(renewed(1, "2.50", &old[1], "x"), none),
            two(renewed(30, "2.50", "", ""), none),
            two(renewed(2, "2.00", &old[2], "x"), none),
        ];
        let header = format!("{HEADER},{CREDIT},原证书编号,换发原因,学分方案2,学分2,成果类型2,学分类别2");
        let file = std::iter::once(header).chain(rows).collect::<Vec<_>>().join("\n");
        let batch = checked(world, &body, &file);
        assert_eq!(counts(&batch), [5, 0, 0, 0], "{:?}", wrong(&body.client, &batch));
        step(&body.client, &by_number(&body.client, &old[0]), "revoke").expect(200);
        step(&body.client, &by_number(&body.client, &old[1]), "suspend").expect(200);
        approve(&body.client, &batch).expect(200);
        work(world);
        let told = [(2, "原证书编号", "certificates.final"), (3, "学分方案2", "ledger.already_voided")];
        let told = told.map(|(row, column, code)| (row, column.to_owned(), code.to_owned()));
        for _ in 0..2 {
            let done = read(&body.client, &batch);
            assert_eq!((text(&done, "state"), counts(&done)), ("done_with_errors", [5, 0, 3, 2]));
            assert_eq!(wrong(&body.client, &batch), told);
            assert_eq!(places(world, &batch), ["6", "7", "8"], "what was refused took no place");
            assert_eq!(by_number(&body.client, text(&second, "number"))["status"], "issued");
            assert_eq!(available(world), [(250 + 250 + 250 + 200 + 100).to_string()]);
            assert_audited(world);
            // Tried again it is refused again, and nothing is issued twice.
            body.client.post_json(&format!("/v1/batches/{}/retry", text(&batch, "id")), &json!({})).expect(200);
            work(world);
        }
    }

    fn a_thousand_certificates_are_replaced_each_once(world: &World) {
        let body = body(world, 1);
        let first = issued(world, &body, &file(0..1_100));
        let old = lines(world, "SELECT number AS line FROM certificates ORDER BY batch_line");
        let rows: Vec<String> = (0..1_100).map(|n| format!("{},{},改版换发", row(n), old[n])).collect();
        let batch = issued(world, &body, &format!("{HEADER},Replaces certificate,Reason of replacement\n{}", rows.join("\n")));
        assert_eq!((text(&batch, "state"), counts(&batch)), ("done", [1_100, 0, 1_100, 0]));
        let query = "SELECT CAST(o.batch_line AS TEXT) AS line FROM certificates o JOIN certificates n ON n.replaces = o.id \
            WHERE o.status = 'replaced' AND o.replaced_by = n.number AND n.status = 'issued' AND n.batch_line = o.batch_line ORDER BY o.batch_line";
        let wanted: Vec<String> = (2..1_102).map(|line| line.to_string()).collect();
        assert_eq!(lines(world, query), wanted);
        assert_eq!(lines(world, "SELECT CAST(COUNT(*) AS TEXT) AS line FROM certificate_events"), ["1100"]);
        assert_eq!(places(world, &batch), (1_100..2_200).map(|n| n.to_string()).collect::<Vec<_>>());
        assert_ne!(text(&first, "id"), text(&batch, "id"));
        assert_eq!(world.app.db.read_now(hufu::evidence::audit).unwrap().wrong, None);
    }
}
