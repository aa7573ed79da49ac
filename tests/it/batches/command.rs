//! `hufu batch`: from a file to certificates with nothing but the database.

use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::transfers::command::hufu;

fn written(world: &World, name: &str, text: &str) -> String {
    let path = world.folder().join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The first row of what a command says: of a batch.
fn stands(ran: &crate::support::Ran) -> Vec<String> {
    ran.rows()[0][1..].iter().map(|cell| (*cell).to_owned()).collect()
}

both! {
    fn a_file_becomes_certificates_on_the_command_line_alone(world: &World) {
        let body = body(world, 1);
        let path = written(world, "十月.csv", &file(0..620));
        let made = hufu(world, &["batch", "create", &path, "--provider", &body.code]).expect(0);
        let id = made.rows()[0][0].to_owned();
        assert_eq!(stands(&made), ["validated", "620", "0", "620", "0", "0", "十月.csv"]);
        assert_eq!(lines(world, "SELECT id AS line FROM certificates"), Vec::<String>::new(), "nothing is issued before somebody approves");
        assert!(hufu(world, &["batch", "run", &id]).expect(4).err.contains("batches.state"));
        assert!(hufu(world, &["batch", "approve", &id, "--rows", "619"]).expect(4).err.contains("batches.rows_differ"));
        assert_eq!(stands(&hufu(world, &["batch", "approve", &id, "--rows", "620"]).expect(0))[0], "approved");
        assert_eq!(stands(&hufu(world, &["batch", "run", &id]).expect(0)), ["done", "620", "0", "620", "620", "0", "十月.csv"]);
        let again = hufu(world, &["batch", "create", &path, "--provider", &body.id, "--name", "x"]).expect(0);
        assert_eq!((again.rows()[0][0], again.rows()[0][1]), (id.as_str(), "done"), "the same file is the batch that it was");
        assert_eq!(hufu(world, &["batch", "list"]).expect(0).rows().len(), 1);
        let output = world.folder().join("cards.ndjson");
        hufu(world, &["batch", "results", &id, "--form", "ndjson", "--output", output.to_str().unwrap()]).expect(0);
        let (cards, mode) = (std::fs::read_to_string(&output).unwrap(), std::fs::metadata(&output).unwrap().permissions().mode());
        assert_eq!(mode & 0o777, 0o600, "only its owner reads it");
        assert_eq!(cards.lines().count(), 620);
        let card: Value = serde_json::from_str(cards.lines().nth(300).unwrap()).unwrap();
        assert_eq!(crate::support::issuing::verdict(&world.client(), text(&card, "card"))["outcome"], "valid");
        assert_eq!(lines(world, "SELECT actor AS line FROM batch_events ORDER BY id"), ["local", "local"]);
    }

    fn what_is_wrong_is_told_written_beside_each_row_and_mended(world: &World) {
        let body = body(world, 1);
        let bad = format!("{}\n李四,{},6-31-01-03,电工,三级,良好,2026-13-01", file(0..2), resident(7));
        let path = written(world, "bad.csv", &bad);
        let made = hufu(world, &["batch", "create", &path, "--provider", &body.id]).expect(4);
        let id = made.rows()[0][0].to_owned();
        assert_eq!(stands(&made), ["validated", "3", "1", "2", "0", "0", "bad.csv"]);
        assert!(made.out.contains("batches.day\t1\t"), "{}", made.out);
        let told = hufu(world, &["batch", "errors", &id, "--lang", "en"]).expect(0);
        assert_eq!(told.rows(), [["4", "评价日期", "batches.day", "2026-13-01", "the cell is not a day"]]);
        let mend = world.folder().join("mend.csv");
        for (all, rows) in [(None, 1), (Some("--all"), 3)] {
            let arguments: Vec<&str> = ["batch", "errors", &id, "--output", mend.to_str().unwrap(), "--lang", "zh"].into_iter().chain(all).collect();
            hufu(world, &arguments).expect(0);
            let marked = std::fs::read_to_string(&mend).unwrap();
            assert_eq!(marked.lines().count(), 1 + rows);
            assert!(marked.contains("不是有效日期") && marked.contains("错误 / Errors"), "{marked}");
        }
        assert_eq!(stands(&hufu(world, &["batch", "validate", &id]).expect(4))[2], "1");
        assert!(hufu(world, &["batch", "cancel", &id, "--reason", ""]).expect(4).err.contains("batches.reason"));
        assert_eq!(stands(&hufu(world, &["batch", "cancel", &id, "--reason", "重新上传"]).expect(0))[0], "cancelled");
        std::fs::write(&mend, std::fs::read_to_string(&mend).unwrap().replace("2026-13-01", "2026-10-18")).unwrap();
        let mended = hufu(world, &["batch", "create", mend.to_str().unwrap(), "--provider", &body.id]).expect(0);
        assert_eq!(stands(&mended), ["validated", "3", "0", "3", "0", "0", "mend.csv"]);
    }

    fn nobody_is_a_second_person_to_himself_on_the_command_line(world: &World) {
        let body = body(world, 1);
        body.client.put_json(&format!("/v1/providers/{}/approval", body.id), &json!({"above": 2})).expect(200);
        let path = written(world, "a.csv", &file(0..3));
        let made = hufu(world, &["batch", "create", &path, "--provider", &body.id]).expect(0);
        let id = made.rows()[0][0].to_owned();
        assert!(hufu(world, &["batch", "approve", &id, "--rows", "3"]).expect(4).err.contains("batches.second_person"));
        approve(&body.client, &read(&body.client, &json!({"id": id, "valid": 3}))).expect(200);
        assert_eq!(stands(&hufu(world, &["batch", "run", &id]).expect(0))[0], "done");
        // And the other way round.
        let other = checked(world, &body, &file(10..13));
        approve(&body.client, &other).expect(403);
        hufu(world, &["batch", "approve", text(&other, "id"), "--rows", "3"]).expect(0);
    }

    fn what_cannot_be_taken_in_is_said_and_leaves_nothing(world: &World) {
        let body = body(world, 1);
        let create = |file: &str, more: &[&str]| {
            let all: Vec<&str> = ["batch", "create", file, "--provider", &body.id].into_iter().chain(more.iter().copied()).collect();
            hufu(world, &all)
        };
        assert!(create("none.csv", &[]).expect(3).err.contains("cli.no_file"));
        assert!(create(".", &[]).expect(3).err.contains("cli.folder"));
        let odd = written(world, "odd.csv", &file(0..1).replace("评价日期", "鉴定时间"));
        assert!(create(&odd, &[]).expect(4).err.contains("batches.unknown_column"));
        let mapping = written(world, "mapping.json", "[]");
        assert!(create(&odd, &["--mapping", &mapping]).expect(4).err.contains("http."));
        assert_eq!(hufu(world, &["batch", "list"]).expect(0).rows().len(), 0);
        let mapping = written(world, "mapping.json", r#"{"鉴定时间": "assessed_on"}"#);
        let waits = create(&odd, &["--mapping", &mapping, "--no-wait", "--name", "甲"]).expect(0);
        assert_eq!(stands(&waits), ["uploaded", "1", "0", "1", "0", "0", "甲"]);
        assert_eq!(stands(&hufu(world, &["batch", "validate", waits.rows()[0][0]]).expect(0))[0], "validated");
        assert!(hufu(world, &["batch", "status", "bat_x"]).expect(4).err.contains("batches.not_found"));
        for form in ["csv", "xlsx", "ndjson"] {
            let path = world.folder().join(form);
            hufu(world, &["batch", "template", "--form", form, "--lang", "en", "--output", path.to_str().unwrap()]).expect(0);
            assert!(std::fs::metadata(path).unwrap().len() > 100);
        }
    }
}
