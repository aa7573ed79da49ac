//! What anybody makes of a receipt: by the registry, by a bundle of before and after, by the command line.

use verifier::bundle::{Anchor, Bundle};
use verifier::documents::Receipt;
use verifier::time::Instant;
use verifier::verdict::PresentedReceipt;

use super::*;

fn anchor(world: &World) -> Anchor {
    Anchor { region: world.app.region.code.clone(), key: *world.app.keys.region_signer().public() }
}

fn bundle(world: &World) -> Bundle {
    Bundle::open(&world.client().get("/v1/bundle").expect(200).bytes, &anchor(world)).unwrap()
}

fn by(bundle: &Bundle, world: &World, document: &str) -> Value {
    let verdict = bundle.judge_receipt(&PresentedReceipt::from_text(document).unwrap(), Instant(world.app.edge.now()));
    serde_json::to_value(verdict).unwrap()
}

/// What the registry says, its bundle, and the command line by either.
pub fn verdicts(world: &World, document: &str) -> [Value; 4] {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("310000.hufu");
    std::fs::write(&file, world.client().get("/v1/bundle").expect(200).bytes).unwrap();
    let pin = world.client().get("/v1/region").expect(200).json()["fingerprint"].as_str().unwrap().to_owned();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_hufu"));
    let alone = Ran::of(command.args(["verify", "--json", "--bundle", file.to_str().unwrap(), "--pin", &pin, document]), b"");
    let read = |ran: Ran| serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{}", ran.err));
    let online = world.client().post_json("/v1/verify", &json!({"text": document})).expect(200).json();
    [online, by(&bundle(world), world, document), read(alone), read(hufu(world, &["verify", "--json", document]))]
}

/// Outcome, and the codes of the four steps.
fn said(verdict: &Value) -> (&str, [&str; 4]) {
    (text(verdict, "outcome"), [0, 1, 2, 3].map(|n| text(&verdict["steps"][n], "code")))
}

const GOOD: [&str; 4] = ["receipt.form_ok", "receipt.signature_ok", "receipt.decision_ok", "receipt.status_ok"];

fn with_last(code: &'static str) -> [&'static str; 4] {
    [GOOD[0], GOOD[1], GOOD[2], code]
}

both! {
    fn a_receipt_stands_by_the_registry_and_by_its_bundle_alone(world: &World) {
        let scene = scene(world);
        let made = scene.receipt();
        world.app.edge.shift(11);
        for verdict in verdicts(world, text(&made, "document")) {
            assert_eq!(said(&verdict), ("valid", GOOD), "{verdict}");
            let says = &verdict["receipt"];
            assert_eq!((&says["id"], &says["number"], &says["agreement"], &says["grant"]), (&made["id"], &made["number"], &made["agreement"], &made["grant"]));
        }
        // Among certificates it is told apart; nobody else's key makes one.
        let partner = world.signed_in(Role::Partner, None);
        let both = partner.post_json("/v1/verify", &json!({"texts": [scene.card(), made["document"]]})).expect(200).json();
        assert_eq!((&both["verdicts"][0]["steps"][0]["code"], &both["verdicts"][1]["steps"][0]["code"]), (&json!("form.ok"), &json!("receipt.form_ok")));
        let read = Receipt::stored(text(&made, "document")).unwrap();
        let forged = read.sign(&scene.partners[0].0.signer()).unwrap();
        for verdict in verdicts(world, &forged) {
            assert_eq!(said(&verdict), ("undetermined", [GOOD[0], "receipt.key_unknown", "step.signature_not_ok", "step.signature_not_ok"]), "{verdict}");
        }
        let (signed, _) = text(&made, "document").rsplit_once('.').unwrap();
        for verdict in verdicts(world, &format!("{signed}.{}", verifier::base64url::encode(&[7; 64]))) {
            assert_eq!(said(&verdict), ("invalid", [GOOD[0], "receipt.signature_wrong", "step.signature_not_ok", "step.signature_not_ok"]), "{verdict}");
            assert_eq!(verdict.get("receipt"), None, "a forgery is not shown");
        }
    }

    fn a_partners_receipt_stands_by_the_partners_own_key_and_list(world: &World) {
        let scene = scene(world);
        let made = issue(&body(world, 1).client, &draft());
        let asked = answer(&scene.operator, &json!({"place": "320000", "certificate": {"number": made["number"]}}));
        let (abroad, now) = (&scene.partners[0].0, Instant(world.app.edge.now()));
        let receipt = |status: (u32, u32)| {
            let receipt = Receipt {
                id: verifier::documents::ReceiptId::parse("rcp_1").unwrap(),
                region: abroad.region(),
                number: verifier::ids::CertificateNumber::parse(text(&made, "number")).unwrap(),
                origin: world.app.region.code.clone(),
                card: verifier::documents::Digest::of(text(&made, "card")),
                decision: text(&asked, "document").to_owned(),
                day: now.day_in(world.app.region.zone),
                at: now,
                status,
            };
            receipt.sign(&abroad.signer()).unwrap()
        };
        world.app.edge.shift(11);
        for (place, outcome, codes) in [((1, 6), "valid", GOOD), ((1, 99), "undetermined", with_last("receipt.newer_than_facts"))] {
            for verdict in verdicts(world, &receipt(place)) {
                assert_eq!(said(&verdict), (outcome, codes), "{verdict}");
            }
        }
    }

    fn a_revoked_receipt_falls_with_the_next_bundle_and_stays_fallen(world: &World) {
        let scene = scene(world);
        world.app.edge.shift(11);
        let before = bundle(world);
        world.app.edge.shift(11);
        let made = scene.receipt();
        let document = text(&made, "document");
        assert_eq!(said(&by(&before, world, document)), ("undetermined", with_last("receipt.newer_than_facts")), "older than the receipt");
        world.app.edge.shift(11);
        let older = bundle(world);
        scene.revoke(&made).expect(200);
        assert_eq!(said(&by(&older, world, document)), ("valid", GOOD), "of before the revocation");
        world.app.edge.shift(11);
        for verdict in verdicts(world, document) {
            assert_eq!(said(&verdict), ("invalid", with_last("receipt.revoked")), "{verdict}");
        }
        // By deltas too, over the first receipt and its revocation; and the way back is an alarm.
        let newer = bundle(world);
        for held in [&before, &older] {
            let seq = held.own().unwrap().seq;
            let delta = world.client().get(&format!("/v1/bundle/deltas/{seq}")).expect(200).bytes;
            let moved = held.apply(&delta).unwrap();
            assert_eq!(moved.to_json(), newer.to_json());
            assert_eq!(said(&by(&moved, world, document)), ("invalid", with_last("receipt.revoked")));
        }
        assert_eq!(newer.advance(older.contents()).unwrap_err().code(), "bundle.rollback");
        world.app.edge.shift(100 * 86_400);
        assert_eq!(said(&by(&newer, world, document)), ("invalid", with_last("receipt.revoked")), "a revocation is final");
        assert_eq!(said(&by(&older, world, document)), ("undetermined", with_last("facts.expired")));
    }

    fn an_agreement_that_ends_takes_no_receipt_back(world: &World) {
        let scene = scene(world);
        let made = scene.receipt();
        let today = hufu::providers::service::today(&world.app);
        crate::agreements::end(&scene.operator, &ours(), &today.add_days(31).to_string()).expect(200);
        world.app.edge.shift(11);
        for verdict in verdicts(world, text(&made, "document")) {
            assert_eq!(said(&verdict), ("valid", GOOD), "{verdict}");
        }
        world.app.edge.shift(40 * 86_400);
        for verdict in verdicts(world, text(&made, "document")) {
            assert_eq!(said(&verdict), ("valid", GOOD), "{verdict}");
        }
        let later = crate::agreements::next(&ours(), &today.to_string());
        propose(&scene.again(), &later).expect(201);
        act(&scene.again(), &later, "signature").expect(200);
        let signed = signature(&later, "320000", &scene.partners[0].0.signer(), world.app.edge.now());
        import(&scene.again(), &file_of(&later, &[signed], &[])).expect(200);
        act(&scene.again(), &later, "publication").expect(200);
        world.app.edge.shift(11);
        for verdict in verdicts(world, text(&made, "document")) {
            assert_eq!(said(&verdict), ("valid", GOOD), "superseded from before the day of the receipt: {verdict}");
        }
    }

    fn without_the_agreement_nobody_says_yes(world: &World) {
        let scene = Scene::of(world, &["320000"]);
        scene.agree(&ours());
        let made = scene.receipt();
        world.app.edge.shift(11);
        let [online, bundle, alone, local] = verdicts(world, text(&made, "document"));
        for verdict in [bundle, alone] {
            assert_eq!(said(&verdict), ("undetermined", [GOOD[0], GOOD[1], "receipt.agreement_unknown", GOOD[3]]), "{verdict}");
            assert_eq!(verdict["steps"][2]["detail"], digest(&ours()));
        }
        for verdict in [online, local] {
            assert_eq!(said(&verdict), ("valid", GOOD), "the registry holds it: {verdict}");
        }
    }

    fn the_list_of_receipts_is_published_under_the_regions_own_name(world: &World) {
        let scene = scene(world);
        let made = scene.receipt();
        let list = made["status"][0].as_i64().unwrap();
        scene.revoke(&made).expect(200);
        let kid = format!("did:web:registry.test#{}", world.app.keys.region_signer().public().thumbprint());
        for purpose in ["revocation", "token"] {
            let jwt = world.client().get(&format!("/status/{list}/{purpose}")).expect(200).text().to_owned();
            let part = |n: usize| -> Value { serde_json::from_slice(&verifier::base64url::decode(jwt.split('.').nth(n).unwrap()).unwrap()).unwrap() };
            assert_eq!((&part(0)["kid"], &part(1)["iss"]), (&json!(kid), &json!("did:web:registry.test")));
            if purpose == "revocation" {
                let encoded = part(1)["credentialSubject"]["encodedList"].as_str().unwrap().to_owned();
                let bits = verifier::status::Bitstring::parse(&encoded).unwrap();
                assert_eq!((bits.get(0), bits.get(1)), (Some(true), Some(false)));
            }
        }
        let jwks = world.client().get("/.well-known/jwks.json").expect(200).json();
        assert!(jwks["keys"].as_array().unwrap().iter().any(|key| key["kid"] == kid.as_str()));
    }
}
