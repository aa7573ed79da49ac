//! `hufu verify`: every kind of input, every outcome, and nothing touched.

use hufu::db::Db;
use hufu::qr::{Level, Matrix};
use serde_json::Value;

use super::super::support::Backend;
use super::{Desk, Ran, forged, issue, operator, provider};

/// The verdicts printed, one a line.
fn verdicts(ran: &Ran) -> Vec<Value> {
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

fn outcomes(ran: &Ran) -> Vec<String> {
    verdicts(ran).iter().map(|v| v["outcome"].as_str().unwrap().to_owned()).collect()
}

fn png(text: &str) -> Vec<u8> {
    let (prefix, digits) = text.split_at(text.find('#').unwrap() + 1);
    Matrix::encode(prefix, digits, Level::M).unwrap().to_png(4).unwrap()
}

/// Two symbols side by side in one picture.
fn beside(left: &[u8], right: &[u8]) -> Vec<u8> {
    let load = |bytes: &[u8]| image::load_from_memory(bytes).unwrap().into_luma8();
    let (left, right) = (load(left), load(right));
    let mut both = image::GrayImage::from_pixel(left.width() + right.width(), left.height().max(right.height()), image::Luma([255]));
    image::imageops::replace(&mut both, &left, 0, 0);
    image::imageops::replace(&mut both, &right, i64::from(left.width()), 0);
    let mut bytes = std::io::Cursor::new(Vec::new());
    both.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

both! {
    fn text_file_picture_and_standard_input_get_the_verdict_of_the_server(process: &Process) {
        let operator = operator(process);
        let provider = provider(&operator);
        let certificate = issue(&operator, &provider);
        let (card, qr) = (certificate["card"].as_str().unwrap(), certificate["qr_text"].as_str().unwrap());
        let online = process.client().post_json("/v1/verify", &serde_json::json!({"text": qr})).expect(200).json();

        let here = process.data();
        let file = |name: &str, bytes: &[u8]| { std::fs::write(here.join(name), bytes).unwrap(); here.join(name).to_str().unwrap().to_owned() };
        let (text, picture) = (file("card.txt", format!("{card}\n").as_bytes()), file("card.png", &png(qr)));
        for input in [card, qr, &text, &picture] {
            let ran = process.run(&["verify", input]).expect(0);
            let verdict = verdicts(&ran).remove(0);
            assert_eq!(verdict["outcome"], "valid", "{ran:?}");
            assert_eq!((&verdict["certificate"], &verdict["steps"]), (&online["certificate"], &online["steps"]));
            assert_eq!(ran.err, "");
        }
        for bytes in [card.as_bytes(), &png(qr)] {
            assert_eq!(outcomes(&Ran::of(&mut process.command(&["verify", "-"]), bytes).expect(0)), ["valid"]);
        }

        let bad = forged(card);
        let ran = process.run(&["verify", &bad]).expect(1);
        assert_eq!(verdicts(&ran)[0]["steps"][1]["code"], "signature.wrong");
        let lines = file("cards.txt", format!("{card}\n\n{bad}\r\nhello\n").as_bytes());
        assert_eq!(outcomes(&process.run(&["verify", &lines]).expect(1)), ["valid", "invalid", "undetermined"]);
        assert_eq!(outcomes(&process.run(&["verify", "hello", card]).expect(2)), ["undetermined", "valid"]);

        let second = issue(&operator, &provider);
        let id = second["id"].as_str().unwrap();
        operator.post_json(&format!("/v1/certificates/{id}/revoke"), &serde_json::json!({"reason": "test"})).expect(200);
        let two = file("two.png", &beside(&png(qr), &png(second["qr_text"].as_str().unwrap())));
        let ran = process.run(&["verify", &two]).expect(1);
        let mut both = outcomes(&ran);
        both.sort();
        assert_eq!(both, ["invalid", "valid"], "a verdict for each code in the picture: {ran:?}");

        // The same with the server stopped.
        process.terminate();
        process.run(&["verify", qr]).expect(0);
        process.run(&["verify", second["card"].as_str().unwrap()]).expect(1);
    }

    fn where_there_is_no_registry_it_says_so_and_makes_none(desk: &Desk) {
        let card = "eyJhbGciOiJFZERTQSIsImtpZCI6Im85cVNtM2M3IiwidHlwIjoiaGYxK2p3dCJ9.e30.AA";
        let ran = desk.run(&["verify", "--lang", "en", "hello"]).expect(2);
        assert!(ran.err.contains("there is no registry here"), "{ran:?}");
        assert_eq!(verdicts(&ran)[0]["steps"][0]["code"], "form.not_hufu");
        desk.run(&["verify", card]).expect(1);
        for command in [&["keys", "list"][..], &["keys", "rewrap"], &["keys", "retire", "x"]] {
            let ran = desk.run(command).expect(5);
            assert!(ran.err.contains("there is no registry") && ran.err.contains("hufu init"), "{ran:?}");
        }
        assert!(!desk.data().exists(), "nothing was made");
    }
}

both! {
    fn the_database_is_only_read_and_its_schema_must_be_the_program_s(world: &World) {
        let url = world.app.config.database();
        let reader = Db::open_read_only(&url).unwrap().expect("there is a database");
        let refused = reader.write_now(|conn| hufu::db::bump(conn, "trust")).unwrap_err().to_string();
        assert!(refused.contains("readonly") || refused.contains("read-only"), "{refused}");
        let desk = Desk::with(Backend::Sqlite, &[]).unwrap();
        let verify = || desk.run(&["verify", "--lang", "en", "--database-url", &url, "hello"]);
        assert_eq!(verify().expect(2).err, "");
        world.sql("INSERT INTO __diesel_schema_migrations (version, run_on) VALUES ('9999', CURRENT_TIMESTAMP)").unwrap();
        assert!(verify().expect(5).err.contains("newer version of hufu"));
        world.sql("DELETE FROM __diesel_schema_migrations WHERE version >= '0003'").unwrap();
        assert!(verify().expect(5).err.contains("older version of hufu; run: hufu migrate"));
        world.sql("DELETE FROM __diesel_schema_migrations").unwrap();
        assert!(verify().expect(2).err.contains("there is no registry here"));
    }
}

#[test]
fn what_cannot_be_read_is_undetermined_and_never_echoed() {
    let desk = Desk::with(Backend::Sqlite, &[]).unwrap();
    let here = desk.data().parent().unwrap().to_owned();
    let file = |name: &str, bytes: &[u8]| std::fs::write(here.join(name), bytes).unwrap();
    let mut blank = std::io::Cursor::new(Vec::new());
    image::GrayImage::from_pixel(200, 200, image::Luma([255])).write_to(&mut blank, image::ImageFormat::Png).unwrap();
    file("blank.png", &blank.into_inner());
    file("broken.png", b"\x89PNG\r\n\x1a\nnothing");
    file("binary", &[0xff, 0xfe, 0x00]);
    file("other.png", &png("https://other.example/ticket#0123456789"));
    for (input, complaint) in
        [("blank.png", "qr.no_code"), ("broken.png", "qr.picture_unreadable"), ("binary", "qr.picture_unreadable"), ("other.png", "")]
    {
        let ran = desk.run(&["verify", input]).expect(2);
        assert_eq!(outcomes(&ran), ["undetermined"], "{input}");
        assert!(ran.err.contains(complaint), "{input}: {ran:?}");
    }
    let secret = format!("https://skills.example/v#{}", "1234567".repeat(3000));
    let ran = desk.run(&["verify", "张三 11010519491231002X", &secret]).expect(2);
    assert_eq!(outcomes(&ran), ["undetermined", "undetermined"]);
    for shown in ["张三", "11010519491231002X", "1234567"] {
        assert!(!ran.out.contains(shown) && !ran.err.contains(shown), "{shown}");
    }
}

#[test]
fn a_wrong_use_is_told_from_a_wrong_certificate() {
    let desk = Desk::with(Backend::Sqlite, &[]).unwrap();
    let here = desk.data().parent().unwrap().to_owned();
    std::fs::write(here.join("empty.txt"), b" \n").unwrap();
    std::fs::write(here.join("large.txt"), vec![b'1'; (20 << 20) + 1]).unwrap();
    for (arguments, words) in [
        (&["verify"][..], "Usage"),
        (&["verify", "--lang", "fr", "x"], "zh or en"),
        (&["verify", "--lang", "en", "missing.png"], "cli.no_file: the argument looks like the name of a file"),
        (&["verify", "--lang", "en", "."], "cli.folder"),
        (&["verify", "--lang", "en", "empty.txt"], "cli.empty"),
        (&["verify", "--lang", "zh", "large.txt"], "cli.too_large: 输入不得超过 20 MiB"),
    ] {
        let ran = desk.run(arguments).expect(3);
        assert!(ran.err.contains(words), "{arguments:?}: {ran:?}");
    }
}
