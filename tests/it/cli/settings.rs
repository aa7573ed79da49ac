//! Settings and help: what is in force, where it came from, and errors that say what to do.

use super::super::support::Backend;
use super::{Desk, Ran};

fn desk() -> Desk {
    Desk::with(Backend::Sqlite, &[]).unwrap()
}

#[test]
fn a_flag_goes_before_the_environment_before_the_file_before_the_default() {
    let desk = desk();
    let file = desk.data().parent().unwrap().join("hufu.toml");
    std::fs::write(file, "pool_size = 3\nlog = \"warn\"\nregion = \"440000\"\n").unwrap();
    let mut command = desk.command(&["config", "--pool-size", "5"]);
    command.env("HUFU_POOL_SIZE", "4").env("HUFU_LOG", "error");
    let ran = Ran::of(&mut command, b"").expect(0);
    for line in ["pool_size\t5\tflag", "log\terror\tenvironment HUFU_LOG", "region\t440000\tfile hufu.toml", "log_format\ttext\tdefault"] {
        assert!(ran.out.lines().any(|l| l == line), "{line} is not in\n{}", ran.out);
    }
}

#[test]
fn secrets_are_masked_where_settings_are_shown() {
    let desk = desk();
    let mut command = desk.command(&["config"]);
    let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    command.env("HUFU_MASTER_KEY", key).env("HUFU_DATABASE_URL", "postgres://hufu:pass%20word@host/db");
    let ran = Ran::of(&mut command, b"").expect(0);
    assert!(ran.out.contains("master_key\t********\tenvironment HUFU_MASTER_KEY"), "{}", ran.out);
    assert!(ran.out.contains("database_url\tpostgres://hufu:********@host/db\t"), "{}", ran.out);
    assert!(!ran.out.contains(key) && !ran.out.contains("word"), "{}", ran.out);
}

#[test]
fn a_wrong_setting_is_named_with_its_rule() {
    let desk = desk();
    let named = |arguments: &[&str], words: &str| {
        let ran = desk.run(arguments).expect(5);
        assert!(ran.err.contains(words), "{ran:?}");
    };
    named(&["config", "--pool-size", "0"], "setting pool_size must be a whole number from 1 to 256");
    named(&["config", "--log-format", "xml"], "setting log_format must be text or json");
    named(&["config", "--tls-cert", "x.pem"], "tls_cert and tls_key go together");
    named(&["config", "--public-url", "skills.example"], "setting public_url must start with http");
    named(&["config", "--config", "missing.toml"], "cannot read the settings file missing.toml");
    named(&["init", "--region", "31"], "setting region");
    std::fs::write(desk.data().parent().unwrap().join("hufu.toml"), "poolsize = 3\n").unwrap();
    named(&["config"], "there is no setting \"poolsize\"");
}

#[test]
fn help_teaches_and_goes_to_standard_output() {
    let desk = desk();
    let top = desk.run(&["--help"]).expect(0);
    for words in ["verify", "init", "keys", "serve", "Exit codes: 0 done, or valid", "hufu demo"] {
        assert!(top.out.contains(words), "{words} is not in\n{}", top.out);
    }
    for command in [&["verify", "--help"][..], &["keys", "rewrap", "--help"], &["keys", "revoke", "--help"]] {
        let ran = desk.run(command).expect(0);
        assert!(ran.out.contains("Example") && ran.out.contains("  hufu "), "{}", ran.out);
    }
    for wrong in [&["no-such-command"][..], &["keys"], &["init", "--master-key", "x"]] {
        assert_ne!(desk.run(wrong).expect(3).err, "", "{wrong:?}");
    }
}
