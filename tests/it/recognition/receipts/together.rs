//! Many at once, and the command line.

use std::collections::BTreeSet;

use super::*;
use crate::support::issuing::race;

both! {
    fn of_eight_who_ask_for_one_certificate_exactly_one_gets_a_receipt(world: &World) {
        let scene = scene(world);
        let card = scene.card();
        let answers = race(8, |_| scene.operator.post_json(PATH, &json!({"text": card})));
        let (made, refused): (Vec<Answer>, Vec<Answer>) = answers.into_iter().partition(|answer| answer.status == 201);
        assert_eq!(made.len(), 1);
        for answer in refused {
            assert_eq!(answer.problem(409, "receipts.in_force")["got"], made[0].json()["id"]);
        }
        assert_eq!(made[0].json()["status"][1], 0);
        let next = crate::support::issuing::lines(world, "SELECT CAST(next_index AS TEXT) AS line FROM receipt_lists");
        assert_eq!(next, ["1"], "what was refused used up no index");
        let answers = race(8, |_| scene.operator.post_json(&format!("{PATH}/{}/revoke", text(&made[0].json(), "id")), &json!({"reason": "r"})));
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
        for answer in answers.into_iter().filter(|answer| answer.status != 200) {
            answer.problem(409, "receipts.revoked");
        }
        assert_eq!(world.app.db.read_now(hufu::evidence::audit).unwrap().wrong, None);
    }

    fn receipts_and_certificates_of_a_year_share_no_list(world: &World) {
        let scene = scene(world);
        let one = body(world, 1);
        let places: BTreeSet<i64> = (0..2).map(|_| issue(&one.client, &draft())["status_entry"]["list"].as_i64().unwrap()).collect();
        let made = scene.receipt();
        assert_eq!(places.len(), 1);
        assert!(!places.contains(&made["status"][0].as_i64().unwrap()));
    }

    fn the_command_line_gives_shows_lists_and_revokes(world: &World) {
        let scene = scene(world);
        let given = hufu(world, &["recognition", "receipt", "issue", &scene.card(), "--agreement", &digest(&ours()), "--grant", "in"]).expect(0);
        let document = given.out.trim();
        let view = scene.operator.get(PATH).expect(200).json()["items"][0].clone();
        assert_eq!((text(&view, "document"), text(&view, "by")), (document, "local"));
        assert_eq!(hufu(world, &["recognition", "receipt", "show", text(&view, "id")]).expect(0).out.trim(), document);
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (folder.path().join("one.jws"), folder.path().join("two.jws"));
        std::fs::write(&one, scene.card()).unwrap();
        std::fs::write(&two, format!("{0}\n{0}\n", scene.card())).unwrap();
        for card in [scene.card().as_str(), one.to_str().unwrap()] {
            let again = hufu(world, &["recognition", "receipt", "issue", card]).expect(4);
            assert!(again.err.contains("receipts.in_force"), "{}", again.err);
        }
        assert!(hufu(world, &["recognition", "receipt", "issue", two.to_str().unwrap()]).expect(3).err.contains("cli.receipt.one"));
        let listed = hufu(world, &["recognition", "receipt", "list", "--origin", "320000", "--number", "HF3200002026K7Q2M9X4TB4"]).expect(0);
        assert_eq!(listed.rows()[0][..4], [text(&view, "id"), "issued", "320000", "HF3200002026K7Q2M9X4TB4"]);
        assert_eq!(hufu(world, &["recognition", "receipt", "list", "--origin", "330000"]).expect(0).rows().len(), 0);
        let ended = hufu(world, &["recognition", "receipt", "revoke", text(&view, "id"), "--reason", "r"]).expect(0);
        assert_eq!(ended.rows()[0][1], "revoked");
        assert!(hufu(world, &["recognition", "receipt", "revoke", text(&view, "id"), "--reason", "r"]).expect(4).err.contains("receipts.revoked"));
        assert!(hufu(world, &["recognition", "receipt", "show", "rcp_none"]).expect(4).err.contains("receipts.not_found"));
        hufu(world, &["recognition", "receipt", "issue", &scene.card(), "--grant", "in"]).expect(3);
        assert_eq!(world.app.db.read_now(hufu::evidence::audit).unwrap().wrong, None);
    }
}
