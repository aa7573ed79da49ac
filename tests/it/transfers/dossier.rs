//! What proves a transfer, as a file that anybody checks with a trust bundle.

use super::command::hufu;
use super::*;

/// The steps of a dossier by a bundle: (step, result, code) each.
fn steps(said: &str) -> Vec<(String, String, Option<String>)> {
    let said: Value = serde_json::from_str(said).unwrap();
    let of = |step: &Value| (text(step, "step").to_owned(), text(step, "result").to_owned(), step["code"].as_str().map(str::to_owned));
    said["steps"].as_array().unwrap().iter().map(of).collect()
}

both! {
    fn a_dossier_is_verified_offline_step_by_step(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100), (1, 50)]).unwrap();
        put(&world.app);
        let (bundle, file) = (world.folder().join("310000.hufu"), world.folder().join("trf.json"));
        let (bundle, file) = (bundle.to_str().unwrap(), file.to_str().unwrap());
        let said = world.client().get("/v1/region").expect(200).json();
        hufu(world, &["bundle", "fetch", &world.url, "--pin", text(&said, "fingerprint"), "-o", bundle]).expect(0);
        let verify = |code: i32| steps(&hufu(world, &["verify", "--bundle", bundle, file]).expect(code).out);
        let names = ["agreement", "offer", "decision", "engine", "basis", "returned"];
        hufu(world, &["transfer", "dossier", &id, "-o", file]).expect(0);
        assert_eq!(verify(0), names[..5].iter().map(|name| ((*name).into(), "ok".into(), None)).collect::<Vec<_>>());
        scene.send_back(&id).unwrap();
        put(&scene.there.app);
        hufu(world, &["transfer", "dossier", &id, "-o", file]).expect(0);
        assert_eq!(verify(0), names.iter().map(|name| ((*name).into(), "ok".into(), None)).collect::<Vec<_>>());
        hufu(&scene.there, &["transfer", "dossier", &id, "-o", file]).expect(0);
        let abroad = verify(2);
        assert_eq!(abroad[4], ("basis".into(), "unchecked".into(), Some("dossier.basis_missing".into())));
        assert_eq!((abroad.iter().filter(|step| step.1 == "ok").count(), abroad.len()), (5, 6));
        let whole = std::fs::read_to_string(file).unwrap();
        let offer = message(world, &id, "offer");
        let (head, signature) = offer.rsplit_once('.').unwrap();
        let other = if signature.starts_with('A') { "B" } else { "A" };
        std::fs::write(file, whole.replace(&offer, &format!("{head}.{other}{}", &signature[1..]))).unwrap();
        assert_eq!(verify(1)[1], ("offer".into(), "failed".into(), Some("jws.signature".into())));
        assert!(hufu(world, &["verify", file]).expect(3).err.contains("cli.dossier.bundle"));
        std::fs::write(file, "{\"hufu\":\"dossier/1\"}").unwrap();
        assert!(hufu(world, &["verify", "--bundle", bundle, file]).expect(2).err.contains("document.missing"));
    }

    fn only_what_was_offered_and_decided_has_a_dossier(world: &World) {
        let scene = Scene::of(world);
        let open = scene.begin(&[(0, 100)]).unwrap();
        assert!(hufu(world, &["transfer", "dossier", &open]).expect(4).err.contains("transfers.not_decided"));
        scene.withdraw(&open).unwrap();
        put(&world.app);
        assert!(hufu(world, &["transfer", "dossier", &open]).expect(4).err.contains("transfers.not_decided"));
        assert!(hufu(world, &["transfer", "dossier", "trf_none"]).expect(4).err.contains("transfers.not_found"));
        let rows = hufu(world, &["transfer", "list", "--state", "returned"]).expect(0);
        assert_eq!(rows.rows(), [[&open, "source", "move", "320000", "returned", "100", "cancelled"]]);
        assert_eq!(hufu(world, &["transfer", "list", "--peer", "330000"]).expect(0).rows(), Vec::<Vec<&str>>::new());
        let shown: Value = serde_json::from_str(&hufu(world, &["transfer", "show", &open]).expect(0).out).unwrap();
        assert_eq!((&shown["id"], text(&shown, "ask")), (&json!(open), message(world, &open, "offer").as_str()));
    }

    fn two_messages_that_contradict_each_other_are_a_proof(world: &World) {
        let scene = Scene::of(world);
        let id = scene.begin(&[(0, 100)]).unwrap();
        let (one, other) = (world.folder().join("one.jws"), world.folder().join("other.jws"));
        let (one, other) = (one.to_str().unwrap(), other.to_str().unwrap());
        let offer = offer_of(world, &id);
        std::fs::write(one, message(world, &id, "offer") + "\n").unwrap();
        let conflict = |code: i32| hufu(&scene.there, &["transfer", "conflict", one, other]).expect(code);
        let cases = [
            (Offer { seq: 7, ..offer.clone() }, 1, "cli.conflict.two_offers"),
            (Offer { jti: verifier::documents::TransferId::parse("trf_other").unwrap(), ..offer.clone() }, 1, "cli.conflict.same_seq"),
            (Offer { epoch: 2, ..offer.clone() }, 0, "cli.conflict.none"),
        ];
        for (changed, code, said) in cases {
            std::fs::write(other, changed.sign(&world.app.keys.region_signer()).unwrap()).unwrap();
            let told = conflict(code);
            assert!(told.out.starts_with(said), "{}", told.out);
        }
        std::fs::write(other, offer.sign(&verifier::jws::Signer::from_seed(&[9; 32])).unwrap()).unwrap();
        assert!(conflict(4).err.contains("transfer.unknown_key"), "a forgery proves nothing");
    }
}
