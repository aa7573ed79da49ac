//! The command line as a person or a script meets it: exit codes, words, and what it must not touch.

mod batch;
mod bundle;
mod demo;
mod exchange;
mod keys;
mod ledger;
mod offline;
mod settings;
mod verify;

use serde_json::{Value, json};

use super::support::{Client, Desk, Process, Ran};

/// A client with an operator's token, made by `hufu client add` and the token endpoint.
fn operator(process: &Process) -> Client {
    let added = process.run(&["client", "add", "--role", "operator", "--name", "test"]).expect(0);
    let (id, secret) = added.out.trim().split_once('\t').expect("id and secret");
    let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    let token = process.client().post_form("/oauth/token", &form).expect(200).json();
    process.client().bearer(token["access_token"].as_str().unwrap())
}

/// Registers a provider and answers with its id.
fn provider(operator: &Client) -> String {
    let scope = json!({"occupations": [], "level_min": 0, "level_max": 7, "types": ["skill-level"]});
    let interval = json!({"class": "A", "flag": "green", "from": "2020-01-01", "cause": "备案", "scope": scope});
    let body = json!({"credit_code": "91350100M000100Y43", "name_zh": "示例", "name_en": "Example", "kind": "social", "interval": interval});
    operator.post_json("/v1/providers", &body).expect(201).json()["id"].as_str().unwrap().to_owned()
}

/// Issues a certificate to 欧阳静.
fn issue(operator: &Client, provider: &str) -> Value {
    let holder = json!({"name": "欧阳静", "id_type": "resident", "id_number": "11010519491231002X"});
    let body = json!({"provider": provider, "type": "skill-level", "holder": holder, "occupation": "6-31-01-03", "title": "电工", "level": 3,
        "grade": "good", "assessed_on": "2026-01-05"});
    operator.post_json("/v1/certificates", &body).expect(201).json()
}

/// Changes the level that a card states, as a forger would.
fn forged(card: &str) -> String {
    let mut parts: Vec<String> = card.split('.').map(str::to_owned).collect();
    let payload = verifier::base64url::decode(&parts[1]).unwrap();
    let text = String::from_utf8(payload).unwrap();
    assert!(text.contains(r#""lvl":3"#));
    parts[1] = verifier::base64url::encode(text.replace(r#""lvl":3"#, r#""lvl":5"#).as_bytes());
    parts.join(".")
}

both! {
    fn another_region_than_the_default_says_what_it_is_called(desk: &Desk) {
        let refused = desk.run(&["init", "--region", "440000", "--region-name-zh", "广东省"]).expect(5);
        assert!(refused.err.contains("setting region_name_en: say what region 440000 is called"), "{refused:?}");
        let made = desk.run(&["init", "--region", "440000", "--region-name-zh", "广东省", "--region-name-en", "Guangdong"]).expect(0);
        assert!(made.out.contains("region\t440000 广东省 Guangdong\n"), "{made:?}");
    }

    fn init_makes_region_keys_and_operator_and_a_second_one_changes_nothing(desk: &Desk) {
        let first = desk.run(&["init"]).expect(0);
        let value = |ran: &Ran, name: &str| ran.out.lines().find_map(|line| line.strip_prefix(&format!("{name}\t")).map(str::to_owned));
        assert_eq!(value(&first, "region").unwrap(), "310000 上海市 Shanghai");
        let key_file = std::path::PathBuf::from(value(&first, "master_key").unwrap());
        let key = std::fs::read_to_string(&key_file).unwrap();
        assert!(!first.out.contains(key.trim()), "the key itself is never shown");
        let again = desk.run(&["init", "--region", "440000"]).expect(0);
        assert!(again.err.contains("exists already"), "{again:?}");
        assert_eq!(value(&again, "fingerprint"), value(&first, "fingerprint"));
        assert_eq!(value(&again, "region"), value(&first, "region"));
        assert_eq!(value(&again, "client_secret"), None);
        assert_eq!(std::fs::read_to_string(&key_file).unwrap(), key);

        // The server goes on with what init made, and makes no second operator.
        desk.start();
        let region = desk.client().get("/v1/region").expect(200).json();
        assert_eq!(region["fingerprint"].as_str(), value(&first, "fingerprint").as_deref());
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &value(&first, "client_id").unwrap()),
            ("client_secret", &value(&first, "client_secret").unwrap()),
        ];
        desk.client().post_form("/oauth/token", &form).expect(200);
        assert_eq!(desk.run(&["client", "list"]).expect(0).rows().len(), 1);
    }

    fn init_says_no_to_a_folder_that_a_server_has(desk: &Desk) {
        std::fs::create_dir_all(desk.data()).unwrap();
        let lock = std::fs::File::create(desk.data().join("lock")).unwrap();
        lock.lock().unwrap();
        let refused = desk.run(&["init"]).expect(5);
        assert!(refused.err.contains("another hufu server"), "{refused:?}");
        assert!(!desk.data().join("master.key").exists());
    }
}
