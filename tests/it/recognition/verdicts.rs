//! Recognition in a verdict: by the registry, by a bundle, by the command line: the same answer.

use verifier::agreement::SignedAgreement;
use verifier::bundle::{AgreementsPart, Anchor, Bundle, PartName};
use verifier::ids::RegionCode;
use verifier::time::Instant;
use verifier::verdict::{NoMemo, Presented};

use super::*;

/// Shanghai and Jiangsu recognise each other's certificates from level 3 upwards; Shanghai publishes it.
fn published(world: &World) -> Scene<'_> {
    let scene = Scene::of(world, &["320000"]);
    let agreement = agreement(&["310000", "320000"]);
    scene.agree(&agreement);
    act(&scene.operator, &agreement, "publication").expect(200);
    scene
}

fn verify(client: &Client, text: &str, place: &str) -> Value {
    client.post_json("/v1/verify", &json!({"text": text, "place": place})).expect(200).json()
}

fn bundle(world: &World) -> Bundle {
    let anchor = Anchor { region: world.app.region.code.clone(), key: *world.app.keys.region_signer().public() };
    Bundle::open(&world.client().get("/v1/bundle").expect(200).bytes, &anchor).unwrap()
}

/// The digests of the agreements that the own region publishes, by text.
fn files(bundle: &Bundle) -> Vec<String> {
    let own = bundle.region(&bundle.anchor().region).unwrap();
    let part = AgreementsPart::parse(own.text(PartName::Agreements).unwrap()).unwrap();
    let digest = |file: &String| SignedAgreement::open(file.as_bytes(), &|_, _| None).unwrap().digest().to_string();
    part.files.iter().map(digest).collect()
}

both! {
    fn the_registry_and_its_bundle_say_the_same_of_recognition(world: &World) {
        let (_scene, one) = (published(world), body(world, 1));
        let card = |level: u8| text(&issue(&one.client, &with(draft(), "/level", json!(level))), "card").to_owned();
        let (high, low) = (card(3), card(1));
        world.app.edge.shift(2);
        let (bundle, client) = (bundle(world), world.client());
        let table = [
            (&high, "320000", "recognised", "recognition.recognised"),
            (&low, "320000", "not", "recognition.refused"),
            (&high, "330000", "not", "recognition.not_covered"),
            (&high, "310000", "recognised", "recognition.own"),
        ];
        for (card, place, outcome, code) in table {
            let said = verify(&client, card, place)["recognition"].clone();
            assert_eq!((text(&said, "outcome"), text(&said, "code"), text(&said, "place")), (outcome, code, place), "{said}");
            let place = RegionCode::parse(place).unwrap();
            let offline = bundle.judge_for(&Presented::from_text(card), &place, Instant(world.app.edge.now()), &NoMemo);
            assert_eq!(serde_json::to_value(offline.recognition).unwrap(), said);
        }
        let refused = verify(&client, &low, "320000")["recognition"].clone();
        assert_eq!((text(&refused, "id"), &refused["version"], text(&refused, "grant")), ("urn:hufu:agreement:yrd", &json!(1), "cert"));
        let level = refused["checks"].as_array().unwrap().iter().find(|check| check["check"] == "level").unwrap().clone();
        assert_eq!((text(&level, "want"), text(&level, "got"), &level["ok"]), ("at least 3", "1", &json!(false)));
    }

    fn a_version_that_is_agreed_and_not_published_counts_by_a_bundle_too(world: &World) {
        let (scene, one) = (published(world), body(world, 1));
        let first = agreement(&["310000", "320000"]);
        let second = with(next(&first, &scene.today()), "/grants/0/accept", json!({"level": {"min": 5}}));
        let made = issue(&one.client, &draft());
        world.app.edge.shift(20);
        let held = bundle(world);
        let said = |bundle: &Bundle| {
            let online = verify(&world.client(), text(&made, "card"), "320000")["recognition"].clone();
            let presented = Presented::from_text(text(&made, "card"));
            let offline = bundle.judge_for(&presented, &RegionCode::parse("320000").unwrap(), Instant(world.app.edge.now()), &NoMemo);
            assert_eq!(serde_json::to_value(offline.recognition).unwrap(), online);
            (text(&online, "code").to_owned(), online["version"].clone())
        };
        // Proposed, it changes nothing and goes nowhere.
        propose(&scene.operator, &second).expect(201);
        assert_eq!(said(&held), ("recognition.recognised".to_owned(), json!(1)));
        assert_eq!(files(&bundle(world)), [digest(&first)]);
        scene.agree_to(&second);
        assert_eq!(read(&scene.operator, &first)["state"], "superseded");
        assert_eq!(read(&scene.operator, &second)["published_at"], Value::Null);
        world.app.edge.shift(20);
        let next = held.update(&world.client().get("/v1/bundle").expect(200).bytes).unwrap();
        assert_eq!(said(&next).0, "recognition.refused");
        // Whatever becomes of a partner's key, what went out stays.
        let both = files(&next);
        assert_eq!(both.len(), 2);
        scene.operator.delete("/v1/partners/320000").expect(204);
        world.app.edge.shift(20);
        assert_eq!(files(&bundle(world)), both);
    }

    fn what_is_revoked_is_recognised_nowhere(world: &World) {
        let (_scene, one) = (published(world), body(world, 1));
        let made = issue(&one.client, &draft());
        step(&one.client, &made, "revoke").expect(200);
        let said = verify(&world.client(), text(&made, "card"), "320000");
        assert_eq!((text(&said, "outcome"), text(&said["recognition"], "code")), ("invalid", "recognition.not_valid"));
        assert_eq!(said["recognition"].get("grant"), None);
    }

    fn nothing_is_said_where_nobody_asked_and_a_place_is_a_region(world: &World) {
        let (_scene, one) = (published(world), body(world, 1));
        let made = issue(&one.client, &draft());
        let said = world.client().post_json("/v1/verify", &json!({"text": text(&made, "card")})).expect(200).json();
        assert_eq!(said.get("recognition"), None);
        world.client().post_json("/v1/verify", &json!({"text": text(&made, "card"), "place": "Jiangsu"})).problem(422, "ids.region_shape");
    }

    fn the_command_line_says_it_from_a_file_alone(world: &World) {
        let (_scene, one) = (published(world), body(world, 1));
        let made = issue(&one.client, &draft());
        world.app.edge.shift(2);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("310000.hufu");
        std::fs::write(&file, world.client().get("/v1/bundle").expect(200).bytes).unwrap();
        let pin = world.client().get("/v1/region").expect(200).json()["fingerprint"].as_str().unwrap().to_owned();
        let run = |place: &str| {
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_hufu"));
            let file = file.to_str().unwrap();
            let out = command.args(["verify", "--json", "--bundle", file, "--pin", &pin, "--place", place, text(&made, "card")]).output().unwrap();
            serde_json::from_slice::<Value>(&out.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&out.stderr)))
        };
        assert_eq!(text(&run("320000")["recognition"], "code"), "recognition.recognised");
        assert_eq!(text(&run("330000")["recognition"], "code"), "recognition.not_covered");
    }
}
