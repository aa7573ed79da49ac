//! Receipts: giving them, and why not; what comes of them is in [`offline`].

mod offline;
mod together;

use super::*;

const PATH: &str = "/v1/recognition/receipts";

/// Jiangsu's certificates are recognised in Shanghai from level 3 upwards by a body in scope.
fn ours() -> Value {
    with_grants(
        &["310000", "320000"],
        &json!([
            {"id": "in", "moves": "certificate", "from": ["320000"], "to": ["310000"],
                "accept": {"level": {"min": 3}, "provider": {"status_at": "earned", "class": ["A"], "in_scope": true}}},
            {"id": "high", "moves": "certificate", "from": ["320000"], "to": ["310000"], "accept": {"level": {"min": 5}, "grade": {"min": "pass"}}},
            {"id": "out", "moves": "certificate", "from": ["310000"], "to": ["320000"], "accept": {}},
        ]),
    )
}

/// Shanghai, with Jiangsu as its partner and the agreement published.
fn scene(world: &World) -> Scene<'_> {
    let scene = Scene::of(world, &["320000"]);
    scene.agree(&ours());
    act(&scene.operator, &ours(), "publication").expect(200);
    scene
}

impl Scene<'_> {
    /// The card of Jiangsu.
    fn card(&self) -> String {
        self.partners[0].0.card()
    }

    /// The operator, signed in now.
    fn again(&self) -> Client {
        self.world.signed_in(Role::Operator, None)
    }

    fn ask_for(&self, text: &str) -> Answer {
        self.again().post_json(PATH, &json!({"text": text}))
    }

    fn receipt(&self) -> Value {
        self.ask_for(&self.card()).expect(201).json()
    }

    fn revoke(&self, receipt: &Value) -> Answer {
        self.again().post_json(&format!("{PATH}/{}/revoke", text(receipt, "id")), &json!({"reason": "granted by mistake"}))
    }
}

/// How many rows of these.
fn counts(world: &World, tables: &[&str]) -> Vec<usize> {
    tables.iter().map(|table| crate::support::issuing::rows(world, &[table]).len()).collect()
}

/// Everything in which credit is counted.
const LEDGER: [&str; 5] = ["schemes", "lots", "lot_balances", "entries", "movements"];

both! {
    fn a_certificate_of_another_region_is_recognised_by_a_signed_receipt(world: &World) {
        let scene = scene(world);
        let before = counts(world, &LEDGER);
        let made = scene.receipt();
        let card = scene.card();
        let receipt = verifier::documents::Receipt::open(text(&made, "document"), world.app.keys.region_signer().public()).unwrap();
        let decision = receipt.decision().unwrap();
        assert_eq!((receipt.region.as_str(), receipt.origin.as_str(), receipt.number.as_str()), ("310000", "320000", "HF3200002026K7Q2M9X4TB4"));
        assert_eq!((receipt.card, receipt.day.to_string()), (verifier::documents::Digest::of(&card), scene.today()));
        assert_eq!((decision.grant.as_str(), decision.agreement.to_string()), ("in", digest(&ours())));
        assert_eq!((text(&made, "state"), text(&made, "grant"), text(&made, "agreement")), ("issued", "in", digest(&ours()).as_str()));
        assert_eq!(made["status"], json!([receipt.status.0, receipt.status.1]));
        let kept = scene.operator.get(&format!("/v1/recognition/{}", text(&made, "decision"))).expect(200).json();
        assert_eq!(kept["decision"]["outcome"], "recognised");
        hufu(world, &["recognition", "replay", text(&made, "decision")]).expect(0);
        assert_eq!(counts(world, &LEDGER), before, "a receipt mints nothing");
        assert_eq!(counts(world, &["receipts", "recognition_decisions", "receipt_revocations"]), [1, 1, 0]);
        assert_eq!(world.app.db.read_now(hufu::evidence::audit).unwrap().wrong, None);
        for role in [Role::Auditor, Role::Partner] {
            let reader = world.signed_in(role, None);
            assert_eq!(reader.get(&format!("{PATH}/{}", text(&made, "id"))).expect(200).json(), made);
            reader.post_json(PATH, &json!({"text": card})).problem(403, "access.forbidden");
            reader.post_json(&format!("{PATH}/{}/revoke", text(&made, "id")), &json!({"reason": "x"})).problem(403, "access.forbidden");
        }
    }

    fn the_same_certificate_has_one_receipt_in_force_at_a_time(world: &World) {
        let scene = scene(world);
        let one = scene.receipt();
        let problem = scene.ask_for(&scene.card()).problem(409, "receipts.in_force");
        assert_eq!((&problem["got"], &problem["field"]), (&one["id"], &json!("text")));
        let link = format!("https://any.example/v#{}", verifier::hf1::encode(&verifier::card::Card::parse(&scene.card()).unwrap()));
        scene.ask_for(&link).problem(409, "receipts.in_force");
        let ended = scene.revoke(&one).expect(200).json();
        assert_eq!((text(&ended, "state"), text(&ended["revocation"], "reason")), ("revoked", "granted by mistake"));
        scene.revoke(&one).problem(409, "receipts.revoked");
        let two = scene.receipt();
        assert_eq!((&two["status"][0], two["status"][1].as_i64()), (&one["status"][0], one["status"][1].as_i64().map(|n| n + 1)));
        let listed = scene.again().get(PATH).expect(200).json();
        assert_eq!(listed, json!({"items": [ended, two]}));
        assert_eq!(world.app.db.read_now(hufu::evidence::audit).unwrap().wrong, None);
    }

    fn what_is_not_recognised_gets_no_receipt(world: &World) {
        let scene = Scene::of(world, &["320000"]);
        let card = scene.card();
        let ask = |input: &Value| scene.again().post_json(PATH, input);
        let own = text(&issue(&body(world, 1).client, &draft()), "card").to_owned();
        let forged = format!("{}AAAA", &card[..card.len() - 4]);
        let unknown = Abroad { code: "330000", ..scene.partners[0].0.clone() }.card();
        ask(&json!({"text": card})).problem(409, "receipts.not_covered");
        scene.agree(&ours());
        let (ours, other) = (digest(&ours()), digest(&agreement(&["310000", "320000"])));
        let table = [
            (json!({"text": own}), 422, "receipts.own", "text", None),
            (json!({"text": forged}), 409, "receipts.not_valid", "text", Some("invalid: signature.wrong")),
            (json!({"text": "nothing"}), 409, "receipts.not_valid", "text", Some("undetermined: form.not_hufu")),
            (json!({"text": unknown}), 409, "receipts.not_valid", "text", Some("undetermined: signature.key_unknown")),
            (json!({"text": card, "grant": "in"}), 422, "receipts.terms", "agreement", None),
            (json!({"text": card, "agreement": ours}), 422, "receipts.terms", "grant", None),
            (json!({"text": card, "agreement": "sha256:0", "grant": "in"}), 422, "document.digest_shape", "agreement", None),
            (json!({"text": card, "agreement": ours, "grant": "No"}), 422, "document.grant_id_shape", "grant", None),
            (json!({"text": card, "agreement": ours, "grant": "none"}), 404, "recognition.no_grant", "grant", None),
            (json!({"text": card, "agreement": other, "grant": "in"}), 404, "recognition.no_agreement", "agreement", None),
            (json!({"text": card, "more": 1}), 422, "http.unknown_field", "more", None),
        ];
        for (input, status, code, field, got) in table {
            let problem = ask(&input).problem(status, code);
            assert_eq!((problem["field"].as_str(), problem["got"].as_str().filter(|_| got.is_some())), (Some(field), got), "{problem}");
        }
        let problem = ask(&json!({"text": card, "agreement": ours, "grant": "high"})).problem(409, "receipts.not_recognised");
        assert_eq!(problem["got"], format!("{ours}#high"));
        let unmet = json!([{"check": "level", "want": "at least 5", "got": "3"}, {"check": "grade", "want": "at least pass", "got": "none"}]);
        assert_eq!(problem["checks"], unmet);
        let problem = ask(&json!({"text": card, "agreement": ours, "grant": "out"})).problem(409, "receipts.not_recognised");
        assert_eq!(problem["checks"], json!([{"check": "parties", "want": "310000 to 320000", "got": "320000 to 310000"}]));
        // Facts that are old are not enough.
        world.app.edge.shift(86_400 + 10);
        assert_eq!(ask(&json!({"text": card})).problem(409, "receipts.not_valid")["got"], "valid-as-of: facts.not_fresh");
        assert_eq!(counts(world, &["receipts", "receipt_lists", "recognition_decisions"]), [0, 0, 0], "what is refused leaves nothing");
    }

    fn a_revoked_certificate_gets_none(world: &World) {
        let scene = scene(world);
        let (abroad, site) = &scene.partners[0];
        abroad.later(1).with_card(verifier::status::Status::Revoked).publish(site);
        world.app.edge.shift(11);
        scene.operator.post_json("/v1/partners/320000/fetch", &json!({})).expect(200);
        let problem = scene.ask_for(&scene.card()).problem(409, "receipts.not_valid");
        assert_eq!(problem["got"], "invalid: status.revoked");
    }

    fn a_waived_check_counts_for_a_receipt(world: &World) {
        let scene = Scene::of(world, &["320000"]);
        let strict = with_grants(&["310000", "320000"], &json!([
            {"id": "in", "moves": "certificate", "from": ["320000"], "to": ["310000"], "accept": {"level": {"min": 4}}}]));
        scene.agree(&strict);
        act(&scene.operator, &strict, "publication").expect(200);
        let problem = scene.ask_for(&scene.card()).problem(409, "receipts.not_recognised");
        assert_eq!(problem["checks"], json!([{"check": "level", "want": "at least 4", "got": "3"}]));
        let waiver = json!({"agreement": digest(&strict), "grant": "in", "case": "HF3200002026K7Q2M9X4TB4", "checks": ["level"], "role": "office",
            "reason": "r", "from": "2026-03-01", "until": "2027-06-01"});
        scene.operator.post_json("/v1/waivers", &waiver).expect(201);
        let made = scene.receipt();
        world.app.edge.shift(11);
        for verdict in offline::verdicts(world, text(&made, "document")) {
            assert_eq!((&verdict["outcome"], &verdict["steps"][2]["code"]), (&json!("valid"), &json!("receipt.decision_ok")), "{verdict}");
        }
    }

    fn a_repeat_with_its_key_gets_the_first_answer(world: &World) {
        let scene = scene(world);
        let client = scene.operator.header("idempotency-key", "one");
        let first = client.post_json(PATH, &json!({"text": scene.card()})).expect(201);
        let again = client.post_json(PATH, &json!({"text": scene.card()})).expect(201);
        assert_eq!((again.json(), again.header("idempotency-replayed")), (first.json(), "true"));
        client.post_json(PATH, &json!({"text": "other"})).problem(409, "http.idempotency_conflict");
        let (end, why) = (format!("{PATH}/{}/revoke", text(&first.json(), "id")), json!({"reason": "r"}));
        let client = scene.operator.header("idempotency-key", "two");
        assert_eq!(client.post_json(&end, &why).expect(200).json(), client.post_json(&end, &why).expect(200).json());
        assert_eq!(counts(world, &["receipts", "receipt_revocations"]), [1, 1]);
    }

    fn receipts_are_found_by_number_and_origin_page_by_page(world: &World) {
        let scene = scene(world);
        let one = scene.receipt();
        scene.revoke(&one).expect(200);
        let two = scene.receipt();
        let ids = |query: &str| {
            let page = scene.operator.get(&format!("{PATH}?{query}")).expect(200).json();
            (page["items"].as_array().unwrap().iter().map(|item| text(item, "id").to_owned()).collect::<Vec<_>>(), page["next"].clone())
        };
        let [first, second] = [&one, &two].map(|view| text(view, "id").to_owned());
        assert_eq!(ids("number=HF3200002026K7Q2M9X4TB4&origin=320000"), (vec![first.clone(), second.clone()], Value::Null));
        assert_eq!(ids("limit=1"), (vec![first.clone()], json!(first)));
        assert_eq!(ids(&format!("limit=1&after={first}")), (vec![second], Value::Null));
        assert_eq!((ids("number=OTHER-1").0, ids("origin=330000").0), (vec![], vec![]));
        for query in ["number=x", "origin=x", "limit=0", "after=%00", "state=issued"] {
            scene.operator.get(&format!("{PATH}?{query}")).problem(400, "http.query");
        }
        scene.operator.get(&format!("{PATH}/rcp_none")).problem(404, "receipts.not_found");
        scene.operator.post_json(&format!("{PATH}/rcp_none/revoke"), &json!({"reason": "r"})).problem(404, "receipts.not_found");
        for reason in [String::new(), " x".to_owned(), "长".repeat(201), "a\nb".to_owned()] {
            let problem = scene.operator.post_json(&format!("{PATH}/{}/revoke", text(&two, "id")), &json!({"reason": reason}));
            assert_eq!(problem.problem(422, "receipts.reason")["field"], "reason");
        }
    }
}
