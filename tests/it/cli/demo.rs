//! `hufu demo`: it tells its story, checks itself, and leaves nothing behind.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::super::support::Backend;
use super::{Client, Desk, Ran};

/// The command, with a folder of its own for what is temporary.
fn demo(desk: &Desk, arguments: &[&str]) -> (Command, std::path::PathBuf) {
    let folder = desk.data().parent().unwrap().join("temporary");
    std::fs::create_dir_all(&folder).unwrap();
    let mut command = desk.command(arguments);
    command.env("TMPDIR", &folder).env("http_proxy", "http://127.0.0.1:9");
    (command, folder)
}

fn is_empty(folder: &std::path::Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}

#[test]
fn the_demo_tells_its_whole_story_and_leaves_nothing_behind() {
    let desk = Desk::with(Backend::Sqlite, &[]).unwrap();
    for (lang, words) in [
        (
            "en",
            [
                "200 issued in",
                "VALID",
                "the certificate has been revoked",
                "altered or forged",
                "recognised here under an agreement",
                "no agreement covers this",
                "in transit to 320000",
                "ledger.exceeds_available",
                "320000 has accepted it",
                "✓ basis",
                "every step gave what it should",
            ],
        ),
        (
            "zh",
            [
                "已签发 200 张",
                "有效",
                "证书已被撤销",
                "被改动或系伪造",
                "依据互认协议，本地区认可",
                "没有互认协议涉及此证书",
                "转往 320000 途中",
                "ledger.exceeds_available",
                "320000 已接收",
                "✓ basis",
                "每一步都与预期相符",
            ],
        ),
    ] {
        let (mut command, folder) = demo(&desk, &["demo", "--exit", "--lang", lang]);
        let ran = Ran::of(&mut command, b"").expect(0);
        for word in words {
            assert!(ran.out.contains(word), "{word} is not in\n{}", ran.out);
        }
        assert!(ran.out.contains("200/200") && ran.out.contains('█') && !ran.out.contains('\x1b'), "{}", ran.out);
        assert_eq!(ran.err, "");
        assert!(is_empty(&folder) && !desk.data().exists(), "nothing is left behind");
    }
}

#[test]
fn the_demo_serves_on_until_it_is_told_to_end() {
    let desk = Desk::with(Backend::Sqlite, &[]).unwrap();
    let (mut command, folder) = demo(&desk, &["demo", "--lang", "en"]);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let told: Vec<String> = lines.take_while(|line| !line.contains("Serving until Ctrl-C")).collect();
    let line = told.iter().find(|line| line.contains("/v1/region")).unwrap();
    let url = line.split_whitespace().last().unwrap().strip_suffix("/v1/region").unwrap();
    assert_eq!(Client::new(url).get("/v1/region").expect(200).json()["code"], "310000");
    let data = std::fs::read_dir(&folder).unwrap().next().expect("the registry is there while it serves").unwrap().path();
    let refused = desk.run(&["keys", "rewrap", "--data-dir", data.to_str().unwrap()]).expect(5);
    assert!(refused.err.contains("locked"), "{refused:?}");
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(is_empty(&folder));
}

#[test]
fn a_demo_that_is_ended_in_the_middle_cleans_up_too() {
    let desk = Desk::with(Backend::Sqlite, &[]).unwrap();
    for signal in ["-INT", "-TERM"] {
        let (mut command, folder) = demo(&desk, &["demo", "--lang", "en"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        assert!(lines.any(|line| line.contains("Issuing the 200")), "the story has begun");
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        // Whoever tells a story must be heard out, or it would fail for another reason.
        lines.for_each(drop);
        let ended = child.wait_with_output().unwrap();
        assert_eq!(
            (ended.status.code(), String::from_utf8(ended.stderr).unwrap().as_str()),
            (Some(5), "hufu: the demo was interrupted\n"),
            "{signal}"
        );
        assert!(is_empty(&folder));
    }
}

#[test]
fn a_demo_that_cannot_be_told_says_so_and_cleans_up() {
    let desk = Desk::with(Backend::Sqlite, &[]).unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (mut command, folder) = demo(&desk, &["demo", "--exit", "--port", &port]);
    let ran = Ran::of(&mut command, b"").expect(5);
    assert!(ran.err.contains("cannot listen on 127.0.0.1:"), "{ran:?}");
    assert!(is_empty(&folder));
}
