//! The program as an operating system sees it.

use serde_json::json;

use super::crash::{draft_of_a_provider, operator};
use super::support::issuing::{text, with};

both! {
    fn it_starts_answers_and_ends_well_on_sigterm(process: &Process) {
        process.client().get("/health/ready").expect(200);
        let ended = process.terminate();
        assert_eq!(ended.code(), Some(0), "{}", process.log());
    }

    fn it_starts_again_after_sudden_death(process: &Process) {
        process.client().get("/health/ready").expect(200);
        process.kill9();
        process.start();
        process.client().get("/health/ready").expect(200);
    }

    fn the_log_has_routes_and_request_ids_but_no_path_or_query(process: &Process) {
        let answer = process.client().get("/health/live?name=%E5%BC%A0%E4%B8%89&id=11010519491231002X").expect(200);
        process.client().get("/11010519491231002X").expect(404);
        process.terminate();
        let log = process.log();
        assert!(log.contains(answer.header("x-request-id")), "{log}");
        assert!(log.contains("/health/live"), "{log}");
        for personal in ["11010519491231002", "张三", "%E5%BC%A0"] {
            assert!(!log.contains(personal), "{personal} is in the log:\n{log}");
        }
    }

    fn the_log_of_a_certificates_life_holds_nothing_personal_and_no_secret(process: &Process) with [("log", "debug")] {
        let token = operator(process);
        let client = process.client().bearer(&token);
        let draft = draft_of_a_provider(&client);
        let issued = client.post_json("/v1/certificates", &draft).expect(201).json();
        let (id, number, card) = (text(&issued, "id"), text(&issued, "number"), text(&issued, "card"));
        let (name, document) = (text(&draft["holder"], "name"), text(&draft["holder"], "id_number"));
        client.get(&format!("/v1/certificates/{id}")).expect(200);
        client.post_json("/v1/certificates:search", &json!({"id_type": "resident", "id_number": document})).expect(200);
        process.client().post_json("/v1/certificates:query", &json!({"number": number, "name": name})).expect(200);
        process.client().post_json("/v1/verify", &json!({"text": card})).expect(200);
        let wrong = with(draft.clone(), "/holder/id_number", json!("110105194912310021"));
        client.post_json("/v1/certificates", &wrong).expect(422);
        client.post_json("/v1/certificates", &with(draft.clone(), "/number", json!(number))).expect(409);
        process.terminate();
        let log = process.log();
        assert!(log.contains("/v1/certificates:query") && log.contains("status=422"), "{log}");
        for personal in [name, document, "110105194912310021", &document[6..14], card, &token, number, "hufu_"] {
            assert!(!log.contains(personal), "{personal} is in the log:\n{log}");
        }
    }
}
