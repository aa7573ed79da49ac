//! A real registry and a verifier that only has its file: fetched, renewed, and good on when the registry is gone.

use serde_json::{Value, json};

use super::{issue, operator, provider};

both! {
    fn what_a_registry_publishes_is_fetched_renewed_and_judged_without_it(process: &Process) with [("publish_seconds", "0")] {
        let operator = operator(process);
        let provider = provider(&operator);
        let cards: Vec<Value> = (0..2).map(|_| issue(&operator, &provider)).collect();
        let text = |at: usize| cards[at]["qr_text"].as_str().unwrap();
        let first = process.run(&["bundle", "fetch", process.client().url(), "--lang", "en"]).expect(4);
        let pin = first.out.lines().nth(1).expect("region, then fingerprint").to_owned();
        let file = process.data().join("bundle.hufu");
        let file = file.to_str().unwrap();
        process.run(&["bundle", "fetch", process.client().url(), "--pin", &pin, "--years", "3", "-o", file]).expect(0);
        let verify = |at: usize| process.run(&["verify", "--bundle", file, text(at)]);
        for at in 0..2 {
            let ran = verify(at).expect(0);
            let online = process.client().post_json("/v1/verify", &json!({"text": text(at)})).expect(200).json();
            let offline: Value = serde_json::from_str(&ran.out).unwrap();
            assert_eq!((&offline["outcome"], &offline["steps"]), (&online["outcome"], &online["steps"]));
        }

        let id = cards[1]["id"].as_str().unwrap();
        operator.post_json(&format!("/v1/certificates/{id}/revoke"), &json!({"reason": "test"})).expect(200);
        let newer = issue(&operator, &provider);
        let newer = newer["qr_text"].as_str().unwrap();
        assert!(process.run(&["verify", "--bundle", file, newer]).expect(2).out.contains("newer_than_facts"));
        process.run(&["bundle", "update", file]).expect(0);
        assert!(verify(1).expect(1).out.contains("status.revoked"));
        process.run(&["verify", "--bundle", file, newer]).expect(0);
        process.run(&["bundle", "verify", file]).expect(0);

        process.terminate();
        let ran = process.run(&["bundle", "update", file, "--lang", "en"]).expect(5);
        assert!(ran.err.contains("cli.bundle.unreachable") && ran.err.contains("the file is as it was"), "{ran:?}");
        verify(0).expect(0);
        verify(1).expect(1);
    }
}
