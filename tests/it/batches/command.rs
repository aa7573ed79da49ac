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
        assert_eq!(stands(&made), ["validated", "620", "0", "620", "0", "0", "0", "十月.csv"]);
        assert_eq!(lines(world, "SELECT id AS line FROM certificates"), Vec::<String>::new(), "nothing is issued before somebody approves");
        assert!(hufu(world, &["batch", "run", &id]).expect(4).err.contains("batches.state"));
        assert!(hufu(world, &["batch", "approve", &id, "--rows", "619"]).expect(4).err.contains("batches.rows_differ"));
        assert_eq!(stands(&hufu(world, &["batch", "approve", &id, "--rows", "620"]).expect(0))[0], "approved");
        assert_eq!(stands(&hufu(world, &["batch", "run", &id]).expect(0)), ["done", "620", "0", "620", "0", "620", "0", "十月.csv"]);
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
        assert_eq!(stands(&made), ["validated", "3", "1", "2", "0", "0", "0", "bad.csv"]);
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
        assert_eq!(stands(&mended), ["validated", "3", "0", "3", "0", "0", "0", "mend.csv"]);
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
        assert_eq!(stands(&waits), ["uploaded", "1", "0", "1", "0", "0", "0", "甲"]);
        assert_eq!(stands(&hufu(world, &["batch", "validate", waits.rows()[0][0]]).expect(0))[0], "validated");
        assert!(hufu(world, &["batch", "status", "bat_x"]).expect(4).err.contains("batches.not_found"));
        for form in ["csv", "xlsx", "ndjson"] {
            let path = world.folder().join(form);
            hufu(world, &["batch", "template", "--form", form, "--lang", "en", "--output", path.to_str().unwrap()]).expect(0);
            assert!(std::fs::metadata(path).unwrap().len() > 100);
        }
    }
}

/// The rows of a table that a command prints, by the name of its first column.
fn table<'a>(ran: &'a crate::support::Ran, first: &str, columns: usize) -> Vec<Vec<&'a str>> {
    let cells = |line: &'a str| line.split('\t').collect::<Vec<_>>();
    let rows = ran.out.lines().map(cells).skip_while(|row| row[0] != first).skip(1);
    rows.take_while(|row| row.len() == columns && !["change", "scheme", "number"].contains(&row[0]) && !row[0].starts_with('{')).collect()
}

/// Id, state, step, certificates, done, refused, reason: the last time that a command says so.
fn stepped(ran: &crate::support::Ran) -> Vec<String> {
    let row = ran.out.lines().rfind(|line| line.starts_with("chg_")).unwrap_or_else(|| panic!("{ran:?}"));
    row.split('\t').map(str::to_owned).collect()
}

fn statuses(world: &World) -> Vec<String> {
    lines(world, "SELECT status || ' ' || CAST(COUNT(*) AS TEXT) AS line FROM certificates GROUP BY status ORDER BY status")
}

both! {
    fn a_batch_is_revoked_on_the_command_line_after_it_was_seen(world: &World) {
        define_scheme(world);
        let body = body(world, 1);
        let rows: Vec<String> = (0..600).map(|n| format!("{},310000:credit,2.50,certificate,core", row(n))).collect();
        let batch = issued(world, &body, &format!("{HEADER},学分方案,学分,成果类型,学分类别\n{}", rows.join("\n")));
        let seen = hufu(world, &["batch", "revoke", text(&batch, "id"), "--reason", "原始记录系伪造"]).expect(0);
        let stood = stepped(&seen);
        assert_eq!(stood[1..], ["previewed", "revoke", "600", "0", "0", "原始记录系伪造"]);
        assert_eq!(table(&seen, "scheme", 5), [["310000:credit", "600", "150000", "0", "0"]]);
        assert_eq!(table(&seen, "number", 1).len(), 20);
        assert_eq!(statuses(world), ["issued 600"], "nothing is done before somebody approves");
        let command = format!("hufu batch revoke --change {} --approve 600", stood[0]);
        assert!(seen.err.contains(&command), "{}", seen.err);
        // What is shown is what works; with another number nothing does.
        let wrong = hufu(world, &["batch", "revoke", "--change", &stood[0], "--approve", "599"]).expect(4);
        assert!(wrong.err.contains("changes.count_differs"), "{wrong:?}");
        assert!(hufu(world, &["batch", "suspend", "--change", &stood[0], "--approve", "600"]).expect(4).err.contains("cli.change.other_step"));
        assert_eq!(statuses(world), ["issued 600"]);
        let arguments: Vec<&str> = command.split(' ').skip(1).collect();
        let done = hufu(world, &arguments).expect(0);
        assert_eq!(stepped(&done)[1..6], ["done", "revoke", "600", "600", "0"]);
        let receipt: Value = serde_json::from_str(done.out.lines().last().unwrap()).unwrap();
        assert_eq!(["hufu", "event", "by", "reason"].map(|member| text(&receipt, member)), ["change-event/1", "done", "local", "原始记录系伪造"]);
        assert_eq!((&receipt["certificates"], &receipt["done"]), (&json!(600), &json!(600)));
        assert_eq!(statuses(world), ["revoked 600"]);
        assert_eq!(lines(world, "SELECT CAST(SUM(available) AS TEXT) AS line FROM lot_balances"), ["0"]);
        // Seen again it is the same; done again it is refused.
        let again = hufu(world, &["batch", "revoke", "--change", &stood[0]]).expect(0);
        assert_eq!(again.out.lines().last(), done.out.lines().last());
        assert!(hufu(world, &["batch", "revoke", "--change", &stood[0], "--approve", "600"]).expect(4).err.contains("changes.state"));
        assert!(hufu(world, &["batch", "revoke", text(&batch, "id"), "--reason", "x"]).expect(4).err.contains("changes.nothing"));
    }

    fn numbers_and_filters_name_certificates_on_the_command_line(world: &World) {
        let body = body(world, 1);
        issued(world, &body, &file(0..5));
        let all = lines(world, "SELECT number AS line FROM certificates ORDER BY id");
        let path = written(world, "numbers.txt", &format!("\u{feff}{}\r\n\r\n  {}\r\n", all[0], all[3]));
        let by_number = |step: &str, more: &[&str]| {
            let named = ["batch", step, "--numbers", &path, "--provider", &body.code, "--reason", "核查"];
            hufu(world, &named.into_iter().chain(more.iter().copied()).collect::<Vec<_>>())
        };
        // Approved in the same breath by who knows how many they are.
        assert_eq!(stepped(&by_number("suspend", &["--approve", "2"]).expect(0))[1..6], ["done", "suspend", "2", "2", "0"]);
        assert_eq!(statuses(world), ["issued 3", "suspended 2"]);
        let filter = |step: &str, filter: &[&str]| {
            let named = ["batch", step, "--provider", &body.id, "--reason", "核查完毕"];
            hufu(world, &named.into_iter().chain(filter.iter().copied()).collect::<Vec<_>>())
        };
        let back = filter("reinstate", &["--occupation", "6-31-", "--level", "3", "--status", "suspended", "--from", "2026-10-01", "--until", "2026-11-01"]);
        assert_eq!(stepped(&back.expect(0))[1..6], ["previewed", "reinstate", "2", "0", "0"]);
        assert!(filter("revoke", &["--from", "2026-10-19"]).expect(4).err.contains("changes.nothing"));
        assert!(filter("revoke", &["--level", "9"]).expect(4).err.contains("filter.level"));
        // What changed since it was seen is told, and holds up no other.
        let both = stepped(&by_number("revoke", &[]).expect(0));
        let first = body.client.get(&format!("/v1/certificates?number={}", all[0])).expect(200).json()["items"][0].clone();
        crate::support::issuing::step(&body.client, &first, "revoke").expect(200);
        let partly = hufu(world, &["batch", "revoke", "--change", &both[0], "--approve", "2"]).expect(4);
        assert_eq!(stepped(&partly)[1..6], ["done_with_refusals", "revoke", "2", "1", "1"]);
        assert!(partly.out.contains(&format!("{}\tcertificates.final\t", all[0])), "{}", partly.out);
        assert_eq!(statuses(world), ["issued 3", "revoked 2"]);
    }

    fn certificates_that_are_named_wrongly_are_told_and_nothing_is_proposed(world: &World) {
        let body = body(world, 1);
        let batch = issued(world, &body, &file(0..2));
        let path = written(world, "numbers.txt", "S00000000\n");
        let id = text(&batch, "id");
        for (arguments, code, said) in [
            (vec![id], 3, "--reason"),
            (vec!["--reason", "x"], 4, "changes.source"),
            (vec!["--reason", "x", "--provider", &body.id], 4, "changes.filter"),
            (vec!["--reason", "x", "--level", "3"], 3, "--provider"),
            (vec!["--reason", "x", "--numbers", &path], 3, "--provider"),
            (vec![id, "--reason", "x", "--level", "3", "--provider", &body.id], 3, "cannot be used"),
            (vec![id, "--reason", ""], 4, "changes.reason"),
            (vec!["bat_x", "--reason", "x"], 4, "batches.not_found"),
            (vec!["--reason", "x", "--provider", "prov_x", "--level", "3"], 4, "certificates.provider"),
            (vec!["--reason", "x", "--provider", &body.id, "--numbers", &path], 4, "changes.numbers"),
            (vec!["--reason", "x", "--provider", &body.id, "--numbers", "none.txt"], 3, "cli.no_file"),
            (vec!["--change", "chg_x", "--approve", "1"], 4, "changes.not_found"),
        ] {
            let all: Vec<&str> = ["batch", "revoke"].into_iter().chain(arguments.iter().copied()).collect();
            let ran = hufu(world, &all).expect(code);
            assert!(ran.err.contains(said), "{arguments:?}: {ran:?}");
        }
        assert_eq!(lines(world, "SELECT id AS line FROM changes"), Vec::<String>::new());
        assert_eq!(statuses(world), ["issued 2"]);
    }

    fn above_the_limit_a_change_of_the_command_line_is_approved_by_another(world: &World) {
        let body = body(world, 1);
        let batch = issued(world, &body, &file(0..3));
        body.client.put_json(&format!("/v1/providers/{}/approval", body.id), &json!({"above": 2})).expect(200);
        let refused = hufu(world, &["batch", "revoke", text(&batch, "id"), "--reason", "x", "--approve", "3"]).expect(4);
        assert!(refused.err.contains("changes.second_person"), "{refused:?}");
        let id = stepped(&refused).remove(0);
        let waits = hufu(world, &["batch", "revoke", "--change", &id]).expect(0);
        let path = format!("/v1/certificate-changes/{id}/approve");
        assert!(waits.err.contains(&format!("POST {path} {{\"certificates\": 3}}")), "{}", waits.err);
        body.client.post_json(&path, &json!({"certificates": 3})).expect(200);
        // Approved there, it is gone on with here.
        assert_eq!(stepped(&hufu(world, &["batch", "revoke", "--change", &id]).expect(0))[1..6], ["done", "revoke", "3", "3", "0"]);
        // And the other way round.
        let other = issued_after(world, &body);
        let made = json!({"step": "suspend", "reason": "x", "batch": other["id"]});
        let proposed = body.client.post_json("/v1/certificate-changes", &made).expect(201).json();
        let done = hufu(world, &["batch", "suspend", "--change", text(&proposed, "id"), "--approve", "3"]).expect(0);
        assert_eq!(stepped(&done)[1..6], ["done", "suspend", "3", "3", "0"]);
    }
}

/// Another batch of three, whose approval needs a second person.
fn issued_after(world: &World, body: &Body) -> Value {
    let batch = checked(world, body, &file(10..13));
    approve(&world.signed_in(Role::Provider, Some(&body.id)), &batch).expect(200);
    work(world);
    read(&body.client, &batch)
}
