//! Files that come in whole or not at all, and files that are fetched.

use std::io::{Cursor, Read};

use hufu::batches::{FILES_AT_ONCE, OPEN_MAX, UPLOADS_AT_ONCE};

use super::*;

both! {
    fn a_file_that_cannot_be_read_is_refused_whole_and_nothing_of_it_stays(world: &World) {
        let body = body(world, 1);
        let mixed = [file(0..3).as_bytes(), b"\n\xff\xff,1,2,3,4,5,6"].concat();
        let cases: [(&str, Vec<u8>, &str); 6] = [
            ("empty", Vec::new(), "batches.empty"),
            ("header only", HEADER.as_bytes().to_vec(), "batches.no_rows"),
            ("a column too few", b"\xe5\xa7\x93\xe5\x90\x8d\nx".to_vec(), "batches.missing_column"),
            ("an unknown column", format!("{HEADER},备注\n{},x", row(0)).into_bytes(), "batches.unknown_column"),
            ("two encodings", mixed, "batches.encoding"),
            ("no workbook", b"PK\x03\x04 nothing".to_vec(), "batches.workbook"),
        ];
        for (what, bytes, code) in cases {
            assert_eq!(upload(&body.client, what, &bytes).expect(422).json()["code"], code, "{what}");
        }
        upload(&body.client, "", file(0..1).as_bytes()).problem(422, "batches.name");
        for table in ["batches", "batch_chunks"] {
            assert_eq!(lines(world, &format!("SELECT 'x' AS line FROM {table}")).len(), 0, "{table}");
        }
        world.signed_in(Role::Operator, None).post_raw("/v1/batches?name=x", "application/octet-stream", b"x").problem(422, "certificates.provider");
        world.signed_in(Role::Auditor, None).post_raw("/v1/batches?name=x", "application/octet-stream", b"x").problem(403, "access.forbidden");
    }

    fn a_server_takes_in_so_many_uploads_at_once(world: &World) {
        let body = body(world, 1);
        let [all, share] = UPLOADS_AT_ONCE;
        let own: Vec<_> = (0..share).map(|_| world.app.uploads.take(&body.id)).collect();
        upload(&body.client, "a.csv", file(0..1).as_bytes()).problem(429, "batches.busy");
        drop(own);
        let turns: Vec<_> = (0..all).map(|n| world.app.uploads.take(&format!("prov_{n}"))).collect();
        assert!(turns.iter().all(Option::is_some));
        let refused = upload(&body.client, "a.csv", file(0..1).as_bytes());
        assert_eq!(refused.header("retry-after"), "5");
        refused.problem(429, "batches.busy");
        drop(turns);
        upload(&body.client, "a.csv", file(0..1).as_bytes()).expect(201);
    }

    fn a_body_fetches_so_many_files_at_once(world: &World) {
        let body = body(world, 1);
        let batch = checked(world, &body, &file(0..1));
        let [_, share] = FILES_AT_ONCE;
        let turns: Vec<_> = (0..share).map(|_| world.app.downloads.take(&body.id)).collect();
        for path in ["results", "errors/file"] {
            body.client.get(&format!("/v1/batches/{}/{path}", text(&batch, "id"))).problem(429, "batches.busy");
        }
        drop(turns);
        for _ in 0..=share {
            body.client.get(&format!("/v1/batches/{}/results", text(&batch, "id"))).expect(200);
        }
    }

    fn a_body_has_so_many_batches_that_have_not_ended(world: &World) {
        let (one, two) = (body(world, 1), body(world, 2));
        let many = usize::try_from(OPEN_MAX).unwrap();
        let made: Vec<Value> = (0..many).map(|n| upload(&one.client, "a.csv", file(n..n + 1).as_bytes()).expect(201).json()).collect();
        upload(&one.client, "a.csv", file(many..many + 1).as_bytes()).problem(409, "batches.too_many_open");
        upload(&one.client, "a.csv", file(0..1).as_bytes()).expect(200);
        upload(&two.client, "a.csv", file(0..1).as_bytes()).expect(201);
        one.client.post_json(&format!("/v1/batches/{}/cancel", text(&made[7], "id")), &json!({"reason": "not needed"})).expect(200);
        upload(&one.client, "a.csv", file(many..many + 1).as_bytes()).expect(201);
    }

    fn columns_of_another_name_are_mapped(world: &World) {
        let body = body(world, 1);
        let text_of = file(0..2).replace("评价日期", "鉴定时间").replace("姓名", "备注,姓名").replace("王小明", "x,王小明");
        let path = |mapping: &str| format!("/v1/batches?name=x.csv&mapping={}", percent(mapping));
        let send = |mapping: &str| body.client.post_raw(&path(mapping), "application/octet-stream", text_of.as_bytes());
        send(r#"{"鉴定时间": "assessed_on"}"#).problem(422, "batches.unknown_column");
        send(r#"{"鉴定时间": "nothing", "备注": null}"#).problem(422, "batches.mapping");
        let made = send(r#"{"鉴定时间": "assessed_on", "备注": null}"#).expect(201).json();
        assert_eq!(made["columns"][7], json!({"name": "鉴定时间", "field": "assessed_on"}));
        work(world);
        assert_eq!(counts(&read(&body.client, &made)), [2, 0, 0, 0]);
    }

    fn what_is_wrong_comes_back_beside_the_rows_and_can_be_mended_and_sent_again(world: &World) {
        let body = body(world, 1);
        let bad = format!("{},{}", row(1), "").replace("2026-10-18,", "2026-13-18");
        let batch = checked(world, &body, &[HEADER, &row(0), &bad].join("\n"));
        let path = format!("/v1/batches/{}/errors/file", text(&batch, "id"));
        let marked = body.client.get(&format!("{path}?lang=en")).expect(200);
        assert_eq!(marked.header("content-type"), "text/csv; charset=utf-8");
        let wanted = format!("\u{feff}{HEADER},错误 / Errors\n{bad},评价日期: the cell is not a day (2026-13-18)\n");
        assert_eq!(marked.text(), wanted);
        let all = body.client.get(&format!("{path}?rows=all")).expect(200);
        assert_eq!(all.text().lines().count(), 3);
        let mended = all.text().replace("2026-13-18", "2026-10-18");
        let again = issued(world, &body, &mended);
        assert_eq!(counts(&again), [2, 0, 2, 0], "{again}");
        // Who only reads does not see names and numbers.
        world.signed_in(Role::Auditor, None).get(&path).problem(403, "access.forbidden");
    }

    fn results_come_as_tables_cards_and_codes(world: &World) {
        let body = body(world, 1);
        let done = issued(world, &body, &file(0..3));
        let fetch = |form: &str| body.client.get(&format!("/v1/batches/{}/results?form={form}&lang=en", text(&done, "id")));
        let csv = fetch("csv").expect(200);
        let first: Vec<&str> = csv.text().trim_start_matches('\u{feff}').lines().nth(1).unwrap().split(',').collect();
        assert_eq!((first[0], first[2], first[3], first[7]), ("2", "王小明", "skill-level", "issued"));
        assert!(first[8].contains("/v#"), "{first:?}");
        let number = first[1].to_owned();
        assert!(fetch("xlsx").expect(200).bytes().starts_with(b"PK"));
        for (form, magic) in [("png", &b"\x89PNG"[..]), ("svg", &b"<svg"[..])] {
            let answer = fetch(form).expect(200);
            let mut zip = zip::ZipArchive::new(Cursor::new(answer.bytes().to_vec())).unwrap();
            assert_eq!(zip.len(), 3);
            let mut picture = Vec::new();
            zip.by_name(&format!("{number}.{form}")).unwrap().read_to_end(&mut picture).unwrap();
            assert!(picture.starts_with(magic) || String::from_utf8_lossy(&picture).contains("<svg"), "{form}");
        }
        fetch("pdf").problem(400, "http.query");
    }

    fn a_template_is_taken_as_it_comes(world: &World) {
        define_scheme(world);
        let body = body(world, 1);
        for (form, lang) in [("csv", "zh"), ("xlsx", "en"), ("ndjson", "zh")] {
            let file = world.client().get(&format!("/v1/batch-template?form={form}&lang={lang}")).expect(200);
            let made = upload(&body.client, "template", file.bytes()).expect(201).json();
            work(world);
            let batch = read(&body.client, &made);
            assert_eq!(counts(&batch)[..2], [1, 0], "{form}: {:?}", wrong(&body.client, &batch));
        }
        world.client().get("/v1/batch-template?form=png").problem(400, "http.query");
    }

    fn progress_is_told_as_events_until_there_is_nothing_to_wait_for(world: &World) {
        let body = body(world, 1);
        let batch = checked(world, &body, &file(0..3));
        let told = body.client.get(&format!("/v1/batches/{}/progress", text(&batch, "id"))).expect(200);
        assert_eq!(told.header("content-type"), "text/event-stream");
        let events: Vec<Value> = told.text().split("\n\n").filter_map(|e| e.strip_prefix("data: ")).map(|e| serde_json::from_str(e).unwrap()).collect();
        assert_eq!(events.iter().map(|e| text(e, "state")).collect::<Vec<_>>(), ["validated"]);
    }
}
