//! Batches: a file comes in, every row is looked at before one is issued, what is approved is issued once, whatever happens.

mod command;
mod deciding;
mod files;
mod killed;
mod replacing;

use hufu::access::Role;
use serde_json::{Value, json};

use super::support::client::percent;
use super::support::issuing::{Body, body, define_scheme, lines, listing, text};
use super::support::{Client, World};
use super::transfers::wait;

/// The header of the files of these tests.
const HEADER: &str = "姓名,证件号码,职业编码,职业(工种),技能等级,评定成绩,评价日期";

/// The number of the resident identity card of person `n`, with the check digit of GB 11643-1999.
pub fn resident(n: usize) -> String {
    const WEIGHTS: [usize; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let digits = format!("310101{:04}{:02}{:02}{:03}", 1960 + n / 335_664, 1 + n / 27_972 % 12, 1 + n / 999 % 28, 1 + n % 999);
    let sum: usize = digits.bytes().zip(WEIGHTS).map(|(digit, weight)| usize::from(digit - b'0') * weight).sum();
    format!("{digits}{}", b"10X98765432"[sum % 11] as char)
}

/// A row for person `n` that may be issued.
fn row(n: usize) -> String {
    format!("王小明,{},6-31-01-03,电工,三级,良好,2026-10-18", resident(n))
}

/// A file of so many people.
pub fn file(people: std::ops::Range<usize>) -> String {
    let rows: Vec<String> = std::iter::once(HEADER.to_owned()).chain(people.map(row)).collect();
    rows.join("\n")
}

/// Sends a file.
pub fn upload(client: &Client, name: &str, bytes: &[u8]) -> super::support::Answer {
    client.post_raw(&format!("/v1/batches?name={}", percent(name)), "application/octet-stream", bytes)
}

/// Lets the registry go on with what waits.
fn work(world: &World) {
    wait(hufu::batches::work(&world.app)).unwrap();
}

fn read(client: &Client, batch: &Value) -> Value {
    client.get(&format!("/v1/batches/{}", text(batch, "id"))).expect(200).json()
}

/// Sends a file and has its rows looked at.
fn checked(world: &World, body: &Body, file: &str) -> Value {
    let made = upload(&body.client, "test.csv", file.as_bytes()).expect(201).json();
    work(world);
    read(&body.client, &made)
}

fn approve(client: &Client, batch: &Value) -> super::support::Answer {
    client.post_json(&format!("/v1/batches/{}/approve", text(batch, "id")), &json!({"rows": batch["valid"]}))
}

/// Sends a file and has all of it issued.
pub fn issued(world: &World, body: &Body, file: &str) -> Value {
    let batch = checked(world, body, file);
    approve(&body.client, &batch).expect(200);
    work(world);
    read(&body.client, &batch)
}

/// (rows, faulty, issued, failed)
fn counts(batch: &Value) -> [i64; 4] {
    ["rows", "faulty", "issued", "failed"].map(|member| batch[member].as_i64().unwrap())
}

/// What is wrong: (row, column, code).
fn wrong(client: &Client, batch: &Value) -> Vec<(i64, String, String)> {
    let page = client.get(&format!("/v1/batches/{}/errors?limit=200", text(batch, "id"))).expect(200).json();
    let items = page["items"].as_array().unwrap().iter();
    items.map(|one| (one["row"].as_i64().unwrap(), text(one, "column").to_owned(), text(one, "code").to_owned())).collect()
}

both! {
    fn a_file_is_looked_at_approved_and_issued_and_every_certificate_verifies(world: &World) {
        let body = body(world, 1);
        let made = upload(&body.client, "十月电工.csv", file(0..1_203).as_bytes()).expect(201).json();
        assert_eq!((text(&made, "state"), text(&made, "form"), text(&made, "name")), ("uploaded", "csv", "十月电工.csv"));
        work(world);
        let batch = read(&body.client, &made);
        assert_eq!((text(&batch, "state"), counts(&batch), &batch["valid"]), ("validated", [1_203, 0, 0, 0], &json!(1_203)));
        assert_eq!(lines(world, "SELECT id AS line FROM certificates"), Vec::<String>::new(), "nothing is issued before somebody approves");
        let going = approve(&body.client, &batch).expect(200).json();
        assert_eq!(text(&going, "state"), "approved");
        work(world);
        let done = read(&body.client, &batch);
        assert_eq!((text(&done, "state"), counts(&done)), ("done", [1_203, 0, 1_203, 0]));
        let places = lines(world, "SELECT CAST(status_list AS TEXT) || ' ' || CAST(status_index AS TEXT) AS line FROM certificates ORDER BY batch_line");
        let wanted: Vec<String> = (0..1_203).map(|n| format!("1 {n}")).collect();
        assert_eq!(places, wanted, "the places are contiguous, in the order of the file");
        let cards = body.client.get(&format!("/v1/batches/{}/results?form=ndjson", text(&batch, "id"))).expect(200);
        assert_eq!(cards.text().lines().count(), 1_203);
        for line in cards.text().lines().step_by(400) {
            let card: Value = serde_json::from_str(line).unwrap();
            assert_eq!(crate::support::issuing::verdict(&world.client(), text(&card, "card"))["outcome"], "valid", "{card}");
        }
        assert_eq!(lines(world, "SELECT batch_id AS line FROM batch_chunks"), Vec::<String>::new(), "nothing stays of what was issued");
        assert_eq!(
            lines(world, "SELECT kind AS line FROM batch_events ORDER BY id"),
            ["approved", "done"].map(str::to_owned),
            "what was decided is kept as evidence"
        );
    }

    fn every_wrong_cell_is_told_and_the_other_rows_are_issued(world: &World) {
        let body = body(world, 1);
        let rows = [
            HEADER.to_owned(),
            row(0),
            format!("李四,{},6-31-01-03,电工,三级,良好,2026-13-01", resident(1)),
            "张三,110105194912310021,6-31-01-03,电工,十级,好极了,2026-10-18".to_owned(),
            row(2),
            row(0),
            format!("赵六,{},2-02-07-06,电工,三级,良好,2026-10-18", resident(3)),
            format!("孙七,{},6-31-01-03,电工,三级,良好,2999-01-01", resident(4)),
        ];
        let batch = checked(world, &body, &rows.join("\n"));
        assert_eq!((text(&batch, "state"), counts(&batch)), ("validated", [7, 5, 0, 0]));
        let found = wrong(&body.client, &batch);
        let told: Vec<(i64, &str, &str)> = found.iter().map(|(row, column, code)| (*row, column.as_str(), code.as_str())).collect();
        let wanted = [
            (3, "评价日期", "batches.day"),
            (4, "证件号码", "ids.document_check"),
            (4, "技能等级", "batches.word"),
            (4, "评定成绩", "batches.word"),
            (6, "证件号码", "batches.person_twice"),
            (7, "职业编码", "providers.scope"),
            (8, "评价日期", "certificates.assessed_in_future"),
        ];
        assert_eq!(told, wanted);
        assert_eq!(batch["errors"][0]["code"], "batches.word");
        let done = { approve(&body.client, &batch).expect(200); work(world); read(&body.client, &batch) };
        assert_eq!((text(&done, "state"), counts(&done)), ("done_with_errors", [7, 5, 2, 0]));
        assert!(!found.iter().any(|(_, _, code)| code.is_empty()));
        let page = body.client.get(&format!("/v1/batches/{}/errors", text(&batch, "id"))).expect(200);
        for secret in ["110105194912310021", &resident(0)] {
            assert!(!page.text().contains(secret), "{}", page.text());
        }
    }

    fn a_file_that_comes_again_is_the_batch_that_it_was_and_nothing_is_issued_twice(world: &World) {
        let body = body(world, 1);
        let first = issued(world, &body, &file(0..30));
        let again = upload(&body.client, "another name.csv", file(0..30).as_bytes()).expect(200).json();
        assert_eq!((text(&again, "id"), text(&again, "state")), (text(&first, "id"), "done"));
        // The same people in another file are known too.
        let other = checked(world, &body, &file(20..40));
        assert_eq!((counts(&other), text(&other["errors"][0], "code")), ([20, 10, 0, 0], "batches.issued_already"));
        approve(&body.client, &other).expect(200);
        work(world);
        assert_eq!(lines(world, "SELECT number AS line FROM certificates").len(), 40);
    }

    fn two_files_with_the_same_people_that_were_both_looked_at_first_certify_nobody_twice(world: &World) {
        let body = body(world, 1);
        let batches = [checked(world, &body, &file(0..20)), checked(world, &body, &file(10..30))];
        assert_eq!(batches.each_ref().map(counts), [[20, 0, 0, 0]; 2]);
        for batch in &batches {
            approve(&body.client, batch).expect(200);
        }
        work(world);
        assert_eq!(batches.each_ref().map(|batch| counts(&read(&body.client, batch))), [[20, 0, 20, 0], [20, 0, 10, 10]]);
        assert_eq!(wrong(&body.client, &batches[1])[0].2, "batches.issued_already");
        let places = lines(world, "SELECT CAST(status_index AS TEXT) AS line FROM certificates ORDER BY status_index");
        assert_eq!(places, (0..30).map(|n| n.to_string()).collect::<Vec<_>>());
    }

    fn credits_are_minted_with_the_certificates_of_a_batch(world: &World) {
        define_scheme(world);
        let body = body(world, 1);
        let rows: Vec<String> = (0..3).map(|n| format!("{},310000:credit,2.50,certificate,core", row(n))).collect();
        let done = issued(world, &body, &format!("{HEADER},学分方案,学分,成果类型,学分类别\n{}", rows.join("\n")));
        assert_eq!((text(&done, "state"), counts(&done)), ("done", [3, 0, 3, 0]), "{done}");
        assert_eq!(lines(world, "SELECT CAST(SUM(amount) AS TEXT) AS line FROM lots"), ["750"]);
    }

    fn a_provider_that_is_barred_half_way_issues_no_more_and_goes_on_when_it_may_again(world: &World) {
        let body = body(world, 1);
        let batch = checked(world, &body, &file(0..20));
        approve(&body.client, &batch).expect(200);
        let operator = world.signed_in(Role::Operator, None);
        let today = hufu::providers::service::today(&world.app);
        let bar = json!({"standing": "barred", "from": today.to_string(), "until": today.add_days(1).to_string(), "cause": "停业整顿"});
        operator.post_json(&format!("/v1/providers/{}/intervals", body.id), &bar).expect(201);
        work(world);
        assert_eq!(counts(&read(&body.client, &batch)), [20, 0, 0, 20]);
        assert_eq!(wrong(&body.client, &batch)[0].2, "providers.barred");
        world.app.edge.shift(86_400);
        let again = crate::support::issuing::with(listing(), "/from", json!(today.add_days(1).to_string()));
        let operator = world.signed_in(Role::Operator, None);
        operator.post_json(&format!("/v1/providers/{}/intervals", body.id), &again).expect(201);
        let client = world.signed_in(Role::Provider, Some(&body.id));
        client.post_json(&format!("/v1/batches/{}/retry", text(&batch, "id")), &json!({})).expect(200);
        work(world);
        let done = read(&client, &batch);
        assert_eq!((text(&done, "state"), counts(&done)), ("done", [20, 0, 20, 0]));
    }
}
